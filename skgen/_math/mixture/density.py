"""Mixtures of normal scores times independent levels: densities and steps of EM.

Some scores and levels of a row are observed; the others are summed out, by exact
expectations given the observed ones (Ghahramani & Jordan, 1994, "Supervised learning
from incomplete data via an EM approach"). A score may stand for a cell (a repeated
value); the fit then spreads it evenly around its place in the cell. By Jensen's
inequality what is maximised is a lower bound of the probability of the cells, and no
component gains from being narrower than these.

The objective is the log-likelihood plus a log-prior (Fraley & Raftery, 2007, "Bayesian
regularization for normal mixture estimation and model-based clustering"): it is as if
each component held some more rows with a given covariance and with the overall shares
of the levels. `collect_statistics` and `maximize_mixture`, in turn, increase it. The
statistics of parts of the rows add up to those of all rows.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.mixture.gaussian import (
    Patterns,
    conditional_draw,
    expected_rows,
    find_cells,
    find_patterns,
    log_cell_gain,
    log_normal_density,
)
from skgen._math.sampling import choose_one

#: variance of a constant score
MIN_VARIANCE = 1e-12
#: rows of a part: few enough that intermediate arrays stay in the cache
PART_ROWS = 20_000


class MixtureRows(NamedTuple):
    """Rows sorted by which scores are observed; build it with `sort_rows`."""

    x: np.ndarray  # (n_rows, n_scores), zero where not observed
    observed: np.ndarray  # (n_rows, n_scores), 1.0 where observed, else 0.0
    levels: sparse.csr_array  # (n_rows, total number of levels) of ones
    patterns: Patterns  # of the scores
    spread: np.ndarray | None  # variances of the scores within their cells
    cells: list | None  # result of `find_cells`


class Prior(NamedTuple):
    """Covariance and shares that components are shrunk to, and how strongly."""

    weight: float  # of the covariance below, in rows of each component
    covariance: np.ndarray  # (n_scores, n_scores)
    level_weight: float  # of the shares below, in rows
    shares: np.ndarray  # (total number of levels,) overall shares in their column
    column: np.ndarray  # (total number of levels,) position of the level's column
    reg_covar: float  # added to the variances


class Mixture(NamedTuple):
    """Parameters of the components."""

    weights: np.ndarray  # (n_components,)
    means: np.ndarray  # (n_components, n_scores)
    covariances: np.ndarray  # as in scikit-learn, by covariance type
    level_shares: np.ndarray  # (n_components, total number of levels)


class Statistics(NamedTuple):
    """Sums over rows, by expected component; parts of the rows add up."""

    log_likelihood: float
    total: float  # weight of the rows
    sizes: np.ndarray  # (n_components,) weights
    counts: np.ndarray  # (n_components, 1), or (n_components, n_scores) weights
    shifts: np.ndarray  # (n_components, n_scores) of x less the current mean
    scatters: np.ndarray  # of the products of these, or of their squares
    levels: np.ndarray  # (n_components, total number of levels)

    def __add__(self, other):
        return Statistics(*map(np.add, self, other))


def sort_rows(split, n_levels, *, scored=False):
    """Sort rows by which scores are observed, for `log_joint` and `fit_mixture`.

    Parameters
    ----------
    split : Split
        Scores and levels.
    n_levels : ndarray of shape (n_level_columns,)
    scored : bool, default=False
        Whether a cell counts by its probability, as in `score_samples`, or as an evenly
        spread score, as in fits.
    """
    observed = ~np.isnan(split.u)
    patterns = find_patterns(observed)
    order = patterns.order
    spread, cells = None, None
    if (split.low < split.high).any():
        if scored:
            cells = find_cells(split.u, split.low, split.high, order)
        else:
            half = np.minimum(split.u - split.low, split.high - split.u)
            spread = np.nan_to_num(half[order] ** 2 / 3)
    return MixtureRows(
        np.nan_to_num(split.u)[order],
        observed[order].astype(np.float64),
        _level_indicators(split.level[order], n_levels),
        patterns,
        spread,
        cells,
    )


def sort_parts(split, n_levels):
    """Divide rows into parts with few patterns each, for `fit_mixture`.

    Returns
    -------
    parts : list of MixtureRows
    order : ndarray of shape (n_rows,)
        Order of the rows in all parts.
    """
    order = find_patterns(~np.isnan(split.u)).order
    parts = []
    for start in range(0, len(order), PART_ROWS):
        chosen = order[start : start + PART_ROWS]
        rows = sort_rows(split.take(chosen), n_levels)
        chosen[:] = chosen[rows.patterns.order]
        parts.append(rows)
    return parts, order


def log_joint(rows, mixture, covariance_type):
    """Log-density of each row and component, of shape (n_rows, n_components)."""
    if covariance_type in ("diag", "spherical"):
        out = _log_density_diagonal(rows, mixture)
    else:
        out = np.empty((len(rows.x), len(mixture.weights)))
        for k, mean in enumerate(mixture.means):
            covariance = component_covariance(mixture, k, covariance_type)
            out[:, k] = log_normal_density(
                rows.x, mean, covariance, rows.patterns, rows.cells, rows.spread
            )
    out += np.log(mixture.weights)
    if rows.levels.shape[1]:
        out += rows.levels @ _log_shares(mixture.level_shares).T
    return out


def sum_overall(rows, weights):
    """Statistics of all rows in one component, of scores and their squares."""
    zero = Mixture(np.ones(1), np.zeros((1, rows.x.shape[1])), None, None)
    return sum_rows(rows, weights[:, None], zero, "diag")


def vague_mixture(overall, n_components, shares=None):
    """Equal components with the overall means and variances.

    A score that no row holds is standard normal.
    """
    counts = overall.counts[0]
    is_seen, counts = counts > 0, np.where(counts > 0, counts, 1.0)
    mean, square = overall.shifts[0] / counts, overall.scatters[0] / counts
    variances = np.maximum(square - mean**2, MIN_VARIANCE)
    variances = np.where(is_seen, variances, 1.0)
    return Mixture(
        np.full(n_components, 1 / n_components),
        np.tile(mean, (n_components, 1)),
        np.tile(np.diag(variances), (n_components, 1, 1)),
        shares,
    )


def collect_statistics(rows, weights, mixture, covariance_type):
    """E-step: sums over rows, given the current parameters."""
    joint = log_joint(rows, mixture, covariance_type)
    norm = logsumexp(joint, axis=1)
    joint -= norm[:, None]
    np.exp(joint, out=joint)
    joint *= weights[:, None]
    found = sum_rows(rows, joint, mixture, covariance_type)
    return found._replace(log_likelihood=weights @ norm)


def sum_rows(rows, responsibilities, mixture, covariance_type):
    """Statistics of weighted responsibilities, without the likelihood."""
    sizes = responsibilities.sum(axis=0)
    diagonal = covariance_type in ("diag", "spherical")
    sums = _diagonal_sums if diagonal else _full_sums
    counts, shifts, scatters = sums(rows, responsibilities, sizes, mixture)
    levels = (rows.levels.T @ responsibilities).T
    return Statistics(0.0, sizes.sum(), sizes, counts, shifts, scatters, levels)


def mixture_objective(found, mixture, prior, covariance_type):
    """Log-likelihood plus log-prior of the parameters of the E-step, per row."""
    log_prior = _log_prior(mixture, prior, covariance_type)
    return float((found.log_likelihood + log_prior) / found.total)


def maximize_mixture(found, mixture, prior, covariance_type):
    """M-step: maximise the expected log-likelihood plus the log-prior.

    Parameters
    ----------
    found : Statistics
        Sums over all rows.
    mixture : Mixture
        Parameters of the E-step.
    prior : Prior
    covariance_type : {"full", "tied", "diag", "spherical"}
    """
    # no component divides by zero, as in scikit-learn
    tiny = 10 * np.finfo(np.float64).eps
    sizes, counts = found.sizes + tiny, found.counts + tiny
    moved = found.shifts / counts
    diagonal = covariance_type in ("diag", "spherical")
    update = _diagonal_covariances if diagonal else _full_covariances
    covariances = update(found.scatters, counts, moved, prior, covariance_type)
    shares = _level_shares(found.levels, prior)
    means = mixture.means + moved
    return Mixture(sizes / sizes.sum(), means, covariances, shares)


def overall_shares(overall, column):
    """Share of each level in its column, among rows where the column is observed.

    Zeros, if there are no such rows.
    """
    counts = overall.levels[0]
    totals = np.bincount(column, weights=counts)[column]
    return counts / np.where(totals > 0, totals, 1.0)


def component_covariance(mixture, k, covariance_type):
    """Covariance of one component: a matrix, its diagonal, or one variance."""
    tied = covariance_type == "tied"
    return mixture.covariances if tied else mixture.covariances[k]


def draw_components(log_joint, n_rows, rng):
    """Draw a component for each row; `log_joint` may have one row for all."""
    if len(log_joint) == 1:
        weights = np.exp(log_joint[0])
        return rng.choice(len(weights), size=n_rows, p=weights / weights.sum())
    return choose_one(log_joint, rng)


def draw_levels(level, component, level_shares, n_levels, rng):
    """Replace missing levels by draws given the component of each row."""
    level, start = level.copy(), 0
    for j, n in enumerate(n_levels):
        rows = np.flatnonzero(np.isnan(level[:, j]))
        shares = level_shares[:, start : start + n]
        level[rows, j] = _draw_level(shares, component[rows], rng)
        start += n
    return level


def draw_scores(u, mixture, covariance_type, k, rng):
    """Replace missing scores by draws from component k given the observed ones."""
    mean, covariance = (
        mixture.means[k],
        component_covariance(mixture, k, covariance_type),
    )
    if covariance.ndim < 2:
        # independent scores: the observed ones do not matter
        drawn = mean + np.sqrt(covariance) * rng.standard_normal(u.shape)
        return np.where(np.isnan(u), drawn, u)
    return conditional_draw(u, mean, covariance, find_patterns(~np.isnan(u)), rng)


def _draw_level(shares, component, rng):
    cumulative = np.cumsum(shares, axis=1)
    cumulative /= cumulative[:, -1:]
    # one sorted list for all components; a draw of exactly one would be in the next
    draws = component + rng.random(len(component)) * (1 - 1e-9)
    ladder = (np.arange(len(shares))[:, None] + cumulative).ravel()
    found = np.searchsorted(ladder, draws, side="right")
    return found - component * shares.shape[1]


def _level_indicators(level, n_levels):
    """Sparse indicators of the levels of all columns."""
    known = ~np.isnan(level)
    offsets = np.concatenate([[0], np.cumsum(n_levels)]).astype(np.intp)
    # scikit-learn wants 32 bits
    indices = (np.nan_to_num(level) + offsets[:-1])[known].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))]).astype(np.int32)
    shape = len(level), int(offsets[-1])
    return sparse.csr_array((np.ones(len(indices)), indices, starts), shape=shape)


def _full_sums(rows, responsibilities, sizes, mixture):
    complete = rows.observed.all()
    shifts = np.empty(mixture.means.shape)
    scatters = np.empty((len(sizes), rows.x.shape[1], rows.x.shape[1]))
    for k, mean in enumerate(mixture.means):
        r = responsibilities[:, k]
        covariance = mixture.covariances
        covariance = covariance if covariance.ndim == 2 else covariance[k]
        x, extra = rows.x, 0.0
        if not complete:
            x, extra = expected_rows(
                rows.x,
                rows.observed == 1.0,
                r,
                mean,
                covariance,
                rows.patterns,
                rows.spread,
            )
        elif rows.spread is not None:
            extra = np.diag(r @ rows.spread)
        deviation = x - mean
        shifts[k] = r @ deviation
        scatters[k] = (r * deviation.T) @ deviation + extra
    return sizes[:, None], shifts, scatters


def _diagonal_sums(rows, responsibilities, sizes, mixture):
    # scores are independent within a component: missing ones drop out
    counts = responsibilities.T @ rows.observed
    sums = responsibilities.T @ rows.x
    square = rows.x**2 if rows.spread is None else rows.x**2 + rows.spread
    shifts = sums - counts * mixture.means
    scatters = responsibilities.T @ square - (sums + shifts) * mixture.means
    return counts, shifts, scatters


def _full_covariances(scatters, counts, moved, prior, covariance_type):
    counts = counts[:, :, None]
    scatters = scatters - counts * moved[:, :, None] * moved[:, None, :]
    if covariance_type == "tied":
        scatters, counts = scatters.sum(axis=0), counts.sum()
    covariances = scatters + prior.weight * prior.covariance
    covariances /= counts + prior.weight
    return covariances + prior.reg_covar * np.eye(moved.shape[1])


def _diagonal_covariances(scatters, counts, moved, prior, covariance_type):
    scatters = np.maximum(scatters - counts * moved**2, 0.0)
    scatters += prior.weight * np.diag(prior.covariance)
    counts = counts + prior.weight
    if covariance_type == "spherical":
        scatters, counts = scatters.sum(axis=1), counts.sum(axis=1)
        # there may be no scores
        counts = np.maximum(counts, np.finfo(np.float64).tiny)
    return scatters / counts + prior.reg_covar


def _log_density_diagonal(rows, mixture):
    variances = mixture.covariances
    if variances.ndim == 1:
        variances = np.repeat(variances[:, None], rows.x.shape[1], axis=1)
    precision = 1 / variances
    square = rows.x**2 if rows.spread is None else rows.x**2 + rows.spread
    out = square @ precision.T
    out -= 2 * rows.x @ (mixture.means * precision).T
    constant = mixture.means**2 * precision + np.log(2 * np.pi * variances)
    out += rows.observed @ constant.T
    out *= -0.5
    for j, at, below, above in rows.cells or ():
        rate = np.sqrt(precision[:, j])
        center = rate * (rows.x[at, j, None] - mixture.means[:, j])
        out[at] += log_cell_gain(
            center, rate, rate * below[:, None], rate * above[:, None]
        )
    return out


def _level_shares(counts, prior):
    totals = np.zeros((len(counts), prior.column.max(initial=-1) + 1))
    for column in range(totals.shape[1]):
        totals[:, column] = counts[:, prior.column == column].sum(axis=1)
    counts = counts + prior.level_weight * prior.shares
    return counts / (totals + prior.level_weight)[:, prior.column]


def _log_prior(mixture, prior, covariance_type):
    """Log-prior, up to a constant."""
    width = mixture.means.shape[1]
    if covariance_type in ("diag", "spherical"):
        variances = mixture.covariances
        if covariance_type == "spherical":
            variances = np.repeat(variances[:, None], width, axis=1)
        log_determinant = np.log(variances).sum()
        trace = (np.diag(prior.covariance) / variances).sum()
    else:
        covariances = mixture.covariances
        covariances = covariances[None] if covariances.ndim == 2 else covariances
        log_determinant = np.linalg.slogdet(covariances)[1].sum()
        trace = (np.linalg.inv(covariances) * prior.covariance).sum()
    levels = (prior.shares * _log_shares(mixture.level_shares)).sum()
    return prior.level_weight * levels - 0.5 * prior.weight * (log_determinant + trace)


def _log_shares(shares):
    # levels of probability zero never occur where this is used
    return np.log(np.maximum(shares, np.finfo(np.float64).tiny))
