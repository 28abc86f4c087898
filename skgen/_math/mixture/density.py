"""Mixtures of normal coordinates times independent codes: densities and M-step.

Of each row some coordinates and codes are observed. The others are summed out: the
E-step takes exact expectations given the observed ones, nothing is filled in first. A
coordinate may stand for a cell (a repeated value); then the fit takes it to be spread
evenly around its place in the cell. By Jensen's inequality what is maximised lies below
the probability of the cells, and no component gains from being narrower than these.

The objective is the log-likelihood and a prior (Fraley & Raftery 2007): as if each
component had seen some more rows of a given covariance, and of the overall shares of
the codes. Each pair of `collect_statistics` and `maximize` increases it. The statistics
of parts of the rows add up to those of all, wherever the parts are.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.columns.mixed import Split
from skgen._math.mixture.gaussian import (
    Patterns,
    expected_rows,
    find_cells,
    group_rows,
    log_cell_gain,
    log_density,
)
from skgen._math.sampling.particles import choose_one

#: variance of a coordinate that does not vary
MIN_VARIANCE = 1e-12
#: rows of a part: few enough that what is computed of them stays in the cache
PART_ROWS = 20_000


class Rows(NamedTuple):
    """Rows sorted by what they show; build it with `sort_rows`."""

    x: np.ndarray  # (n_rows, n_coordinates), zero where not observed
    observed: np.ndarray  # (n_rows, n_coordinates), 1.0 where observed, else 0.0
    codes: sparse.csr_array  # (n_rows, total number of codes) of ones
    patterns: Patterns  # of the coordinates
    spread: np.ndarray | None  # variances of the coordinates within their cells
    cells: list | None  # as `find_cells` gives them


class Prior(NamedTuple):
    """What each component is drawn to, and how strongly."""

    weight: float  # of the covariance below, in rows
    covariance: np.ndarray  # (n_coordinates, n_coordinates)
    code_weight: float  # of the shares below, in rows
    shares: np.ndarray  # (total number of codes,) overall shares in their column
    column: np.ndarray  # (total number of codes,) position of the code's column
    reg_covar: float  # added to the variances


class Mixture(NamedTuple):
    """Parameters of the components."""

    weights: np.ndarray  # (n_components,)
    means: np.ndarray  # (n_components, n_coordinates)
    covariances: np.ndarray  # as in scikit-learn, by covariance type
    code_shares: np.ndarray  # (n_components, total number of codes)


class Statistics(NamedTuple):
    """Sums over rows, by expected component; those of parts of the rows add up."""

    log_likelihood: float
    total: float  # weight of the rows
    sizes: np.ndarray  # (n_components,) weights
    counts: np.ndarray  # (n_components, 1), or (n_components, n_coordinates) weights
    shifts: np.ndarray  # (n_components, n_coordinates) of x less the present mean
    scatters: np.ndarray  # of the products of these, by component, or of their squares
    codes: np.ndarray  # (n_components, total number of codes)

    def __add__(self, other):
        return Statistics(*map(np.add, self, other))


def sort_rows(split, n_codes, *, scored=False):
    """Bring rows into the order and form that `log_joint` and `fit_mixture` take.

    Parameters
    ----------
    split : Split
        Coordinates and codes.
    n_codes : ndarray of shape (n_coded,)
    scored : bool, default=False
        Whether cells count by their probability, as in scores, or as evenly spread
        coordinates, as in fits.
    """
    observed = ~np.isnan(split.u)
    patterns = group_rows(observed)
    order = patterns.order
    spread, cells = None, None
    if (split.low < split.high).any():
        if scored:
            cells = find_cells(split.u, split.low, split.high, order)
        else:
            half = np.minimum(split.u - split.low, split.high - split.u)
            spread = np.nan_to_num(half[order] ** 2 / 3)
    return Rows(
        np.nan_to_num(split.u)[order],
        observed[order].astype(np.float64),
        _indicators(split.code[order], n_codes),
        patterns,
        spread,
        cells,
    )


def sort_parts(split, n_codes):
    """Parts of the rows, with as few patterns in each as can be, for `fit_mixture`.

    Returns
    -------
    parts : list of Rows
    order : ndarray of shape (n_rows,)
        That of the rows of all parts.
    """
    order = group_rows(~np.isnan(split.u)).order
    parts = []
    for start in range(0, len(order), PART_ROWS):
        chosen = order[start : start + PART_ROWS]
        rows = sort_rows(Split(*(array[chosen] for array in split)), n_codes)
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
            out[:, k] = log_density(
                rows.x, mean, covariance, rows.patterns, rows.cells, rows.spread
            )
    out += np.log(mixture.weights)
    if rows.codes.shape[1]:
        out += rows.codes @ _log_shares(mixture.code_shares).T
    return out


def sum_overall(rows, weights):
    """Statistics of rows as a whole: of coordinates less zero, and of their squares."""
    zero = Mixture(np.ones(1), np.zeros((1, rows.x.shape[1])), None, None)
    return sum_rows(rows, weights[:, None], zero, "diag")


def vague_mixture(overall, n_components, shares=None):
    """Equal components of the overall means and variances: what nothing is known of."""
    mean = overall.shifts[0] / overall.counts[0]
    square = overall.scatters[0] / overall.counts[0]
    variances = np.maximum(square - mean**2, MIN_VARIANCE)
    return Mixture(
        np.full(n_components, 1 / n_components),
        np.tile(mean, (n_components, 1)),
        np.tile(np.diag(variances), (n_components, 1, 1)),
        shares,
    )


def collect_statistics(rows, weights, mixture, covariance_type):
    """E-step: sums over rows given the present parameters."""
    joint = log_joint(rows, mixture, covariance_type)
    norm = logsumexp(joint, axis=1)
    joint -= norm[:, None]
    np.exp(joint, out=joint)
    joint *= weights[:, None]
    found = sum_rows(rows, joint, mixture, covariance_type)
    return found._replace(log_likelihood=weights @ norm)


def sum_rows(rows, responsibilities, mixture, covariance_type):
    """Statistics of weighted responsibilities, but for the likelihood."""
    sizes = responsibilities.sum(axis=0)
    diagonal = covariance_type in ("diag", "spherical")
    sums = _diagonal_sums if diagonal else _full_sums
    counts, shifts, scatters = sums(rows, responsibilities, sizes, mixture)
    codes = (rows.codes.T @ responsibilities).T
    return Statistics(0.0, sizes.sum(), sizes, counts, shifts, scatters, codes)


def objective(found, mixture, prior, covariance_type):
    """Log-likelihood and prior of the parameters that statistics tell of, per row."""
    log_prior = _log_prior(mixture, prior, covariance_type)
    return float((found.log_likelihood + log_prior) / found.total)


def maximize(found, mixture, prior, covariance_type):
    """M-step: parameters that maximize the expected log-likelihood and the prior.

    Parameters
    ----------
    found : Statistics
        Of all rows.
    mixture : Mixture
        With which they were collected.
    prior : Prior
    covariance_type : {"full", "tied", "diag", "spherical"}
    """
    # so that no component divides by zero, as in scikit-learn
    tiny = 10 * np.finfo(np.float64).eps
    sizes, counts = found.sizes + tiny, found.counts + tiny
    moved = found.shifts / counts
    diagonal = covariance_type in ("diag", "spherical")
    update = _diagonal_covariances if diagonal else _full_covariances
    covariances = update(found.scatters, counts, moved, prior, covariance_type)
    shares = _code_shares(found.codes, prior)
    means = mixture.means + moved
    return Mixture(sizes / sizes.sum(), means, covariances, shares)


def overall_shares(overall, column):
    """Share of each code in its column, among the rows that show it."""
    counts = overall.codes[0]
    totals = np.bincount(column, weights=counts)
    return counts / totals[column]


def component_covariance(mixture, k, covariance_type):
    """Covariance of one component: a matrix, its diagonal, or one variance."""
    tied = covariance_type == "tied"
    return mixture.covariances if tied else mixture.covariances[k]


def draw_components(log_joint, n_rows, rng):
    """A component of each row; `log_joint` may have one row for all."""
    if len(log_joint) == 1:
        weights = np.exp(log_joint[0])
        return rng.choice(len(weights), size=n_rows, p=weights / weights.sum())
    return choose_one(log_joint, rng)


def draw_codes(code, component, code_shares, n_codes, rng):
    """Codes with draws, given the component of each row, where they are missing."""
    code, start = code.copy(), 0
    for j, n in enumerate(n_codes):
        rows = np.flatnonzero(np.isnan(code[:, j]))
        shares = code_shares[:, start : start + n]
        code[rows, j] = _draw_code(shares, component[rows], rng)
        start += n
    return code


def _draw_code(shares, component, rng):
    cumulative = np.cumsum(shares, axis=1)
    cumulative /= cumulative[:, -1:]
    # one sorted list for all components; a draw of exactly one would leave its own
    draws = component + rng.random(len(component)) * (1 - 1e-9)
    ladder = (np.arange(len(shares))[:, None] + cumulative).ravel()
    found = np.searchsorted(ladder, draws, side="right")
    return found - component * shares.shape[1]


def _indicators(code, n_codes):
    """Sparse indicators of the codes of all columns."""
    known = ~np.isnan(code)
    offsets = np.concatenate([[0], np.cumsum(n_codes)]).astype(np.intp)
    # 32 bits, as scikit-learn wants them
    indices = (np.nan_to_num(code) + offsets[:-1])[known].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))]).astype(np.int32)
    shape = len(code), int(offsets[-1])
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
    # coordinates are independent in a component: what is missing drops out
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
        # of no coordinates at all
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


def _code_shares(counts, prior):
    totals = np.zeros((len(counts), prior.column.max(initial=-1) + 1))
    for column in range(totals.shape[1]):
        totals[:, column] = counts[:, prior.column == column].sum(axis=1)
    counts = counts + prior.code_weight * prior.shares
    return counts / (totals + prior.code_weight)[:, prior.column]


def _log_prior(mixture, prior, covariance_type):
    """Logarithm of the prior density, up to a constant."""
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
    codes = (prior.shares * _log_shares(mixture.code_shares)).sum()
    return prior.code_weight * codes - 0.5 * prior.weight * (log_determinant + trace)


def _log_shares(shares):
    # codes of probability zero never occur where this is used
    return np.log(np.maximum(shares, np.finfo(np.float64).tiny))
