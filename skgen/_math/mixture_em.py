"""Mixtures of normal coordinates times independent codes, fitted by EM.

Of each row some coordinates and codes are observed. The others are summed out: the
E-step takes exact expectations given the observed ones, nothing is filled in first. A
coordinate may stand for a cell (a repeated value); then the fit takes it to be spread
evenly around its place in the cell. By Jensen's inequality what is maximised lies below
the probability of the cells, and no component gains from being narrower than these.

The objective is the log-likelihood and a prior (Fraley & Raftery 2007): as if each
component had seen some more rows of a given covariance, and of the overall shares of
the codes. Every iteration increases it.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.gaussian import (
    Patterns,
    expected_rows,
    find_cells,
    group_rows,
    log_cell_gain,
    log_density,
)

#: variance of a coordinate that does not vary
MIN_VARIANCE = 1e-12


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


class Fit(NamedTuple):
    """Outcome of `fit_mixture`."""

    mixture: Mixture
    prior: Prior
    log_likelihood: float  # of all rows, without the prior
    lower_bounds: list  # mean objective per row, of each iteration
    converged: bool


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


def fit_mixture(
    rows, weights, responsibilities, prior, *, covariance_type, max_iter, tol
):
    """Maximise the likelihood and the prior from given responsibilities.

    Parameters
    ----------
    rows : Rows
    weights : ndarray of shape (n_rows,)
        In the order of `rows`, as are the responsibilities.
    responsibilities : ndarray of shape (n_rows, n_components)
    prior : Prior
    covariance_type : {"full", "tied", "diag", "spherical"}
    max_iter : int
    tol : float
        Gain of the mean objective per row below which to stop.
    """
    n_components = responsibilities.shape[1]
    # components share the volume of the whole
    prior = prior._replace(
        covariance=prior.covariance * n_components ** (-2 / max(1, rows.x.shape[1]))
    )
    total = weights.sum()
    mixture = _vague_mixture(rows, weights, n_components, prior.shares)
    mixture = _m_step(
        rows, weights[:, None] * responsibilities, mixture, prior, covariance_type
    )
    bounds, converged = [-np.inf], False
    for _ in range(max_iter):
        joint = log_joint(rows, mixture, covariance_type)
        norm = logsumexp(joint, axis=1)
        bounds.append(
            (weights @ norm + _log_prior(mixture, prior, covariance_type)) / total
        )
        joint -= norm[:, None]
        np.exp(joint, out=joint)
        joint *= weights[:, None]
        mixture = _m_step(rows, joint, mixture, prior, covariance_type)
        if abs(bounds[-1] - bounds[-2]) < tol:
            converged = True
            break
    norm = logsumexp(log_joint(rows, mixture, covariance_type), axis=1)
    return Fit(mixture, prior, float(weights @ norm), bounds[1:], converged)


def fit_single(rows, weights, prior, n_codes, *, covariance_type, max_iter, tol):
    """Fit one component, shrunk to its diagonal.

    The shrinkage is that of Chen et al. (2010) for correlation matrices.

    Parameters
    ----------
    prior : Prior
        Of weights and `reg_covar`; the rest is left open.

    Returns
    -------
    fit : Fit
    prior : Prior
        For several components: its covariance is that of the fit.
    """
    column = np.repeat(np.arange(len(n_codes)), n_codes)
    prior = prior._replace(
        covariance=_vague_mixture(rows, weights, 1).covariances[0],
        shares=overall_shares(rows.codes, weights, column),
        column=column,
    )
    options = {"max_iter": max_iter, "tol": tol}
    one = np.ones((len(weights), 1))
    if covariance_type in ("diag", "spherical"):
        options["covariance_type"] = covariance_type
        return fit_mixture(rows, weights, one, prior, **options), prior
    options["covariance_type"] = "full"
    single = fit_mixture(rows, weights, one, prior, **options)
    if prior.weight:
        weight = oas_weight(single.mixture.covariances[0], weights.sum())
        shrunk = prior._replace(weight=weight)
        single = fit_mixture(rows, weights, one, shrunk, **options)
    covariance = single.mixture.covariances[0]
    if covariance_type == "tied":
        mixture = single.mixture._replace(covariances=covariance)
        single = single._replace(mixture=mixture)
    return single, prior._replace(covariance=covariance)


def oas_weight(covariance, n_rows):
    """Rows' worth of its own diagonal that a covariance matrix of n_rows lacks.

    The oracle approximating shrinkage of Chen et al. (2010), of correlations.
    """
    width = len(covariance)
    if width < 2:
        return 0.0
    scale = np.sqrt(np.diag(covariance))
    square = np.sum((covariance / np.outer(scale, scale)) ** 2)
    above = (1 - 2 / width) * square + width**2
    below = (n_rows + 1 - 2 / width) * (square - width)
    share = min(1.0, above / below) if below > 0 else 1.0
    # at most as if all but one row in a thousand were of the diagonal
    return n_rows * min(share / max(1 - share, 1e-3), 1e3)


def n_parameters(n_components, prior, covariance_type):
    """Number of free parameters, codes that never occur left out."""
    width, occurring = len(prior.covariance), prior.shares > 0
    n_codes = occurring.sum() - len(np.unique(prior.column[occurring]))
    one_covariance = {
        "full": width * (width + 1) // 2,
        "tied": width * (width + 1) // 2,
        "diag": width,
        "spherical": min(width, 1),
    }[covariance_type]
    n_covariances = 1 if covariance_type == "tied" else n_components
    per_component = width + int(n_codes) + 1
    return n_components * per_component - 1 + n_covariances * one_covariance


def overall_shares(codes, weights, column):
    """Share of each code in its column, among the rows that show it."""
    counts = codes.T @ weights
    totals = np.bincount(column, weights=counts)
    return counts / totals[column]


def component_covariance(mixture, k, covariance_type):
    """Covariance of one component: a matrix, its diagonal, or one variance."""
    tied = covariance_type == "tied"
    return mixture.covariances if tied else mixture.covariances[k]


def _indicators(code, n_codes):
    """Sparse indicators of the codes of all columns."""
    known = ~np.isnan(code)
    offsets = np.concatenate([[0], np.cumsum(n_codes)]).astype(np.intp)
    # 32 bits, as scikit-learn wants them
    indices = (np.nan_to_num(code) + offsets[:-1])[known].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))]).astype(np.int32)
    shape = len(code), int(offsets[-1])
    return sparse.csr_array((np.ones(len(indices)), indices, starts), shape=shape)


def _vague_mixture(rows, weights, n_components, shares=None):
    """Equal components of the overall means and variances: what nothing is known of."""
    counts = weights @ rows.observed
    mean = weights @ rows.x / counts
    square = rows.x**2 if rows.spread is None else rows.x**2 + rows.spread
    variances = np.maximum(weights @ square / counts - mean**2, MIN_VARIANCE)
    return Mixture(
        np.full(n_components, 1 / n_components),
        np.tile(mean, (n_components, 1)),
        np.tile(np.diag(variances), (n_components, 1, 1)),
        shares,
    )


def _m_step(rows, responsibilities, mixture, prior, covariance_type):
    """Parameters that maximise the expected log-likelihood and the prior."""
    # so that no component divides by zero, as in scikit-learn
    sizes = responsibilities.sum(axis=0) + 10 * np.finfo(np.float64).eps
    diagonal = covariance_type in ("diag", "spherical")
    update = _diagonal_update if diagonal else _full_update
    means, covariances = update(
        rows, responsibilities, sizes, mixture, prior, covariance_type
    )
    return Mixture(
        sizes / sizes.sum(),
        means,
        covariances,
        _code_shares(rows, responsibilities, prior),
    )


def _full_update(rows, responsibilities, sizes, mixture, prior, covariance_type):
    tied = covariance_type == "tied"
    complete = rows.observed.all()
    means = np.empty(mixture.means.shape)
    scatters = np.empty((len(sizes), rows.x.shape[1], rows.x.shape[1]))
    for k, size in enumerate(sizes):
        r = responsibilities[:, k]
        covariance = mixture.covariances
        covariance = covariance if covariance.ndim == 2 else covariance[k]
        x, extra = rows.x, np.zeros_like(scatters[k])
        if not complete:
            x, extra = expected_rows(
                rows.x,
                rows.observed == 1.0,
                r,
                mixture.means[k],
                covariance,
                rows.patterns,
                rows.spread,
            )
        elif rows.spread is not None:
            extra = np.diag(r @ rows.spread)
        means[k] = r @ x / size
        deviation = x - means[k]
        scatters[k] = (r * deviation.T) @ deviation + extra
    if tied:
        scatters, sizes = scatters.sum(axis=0), sizes.sum()
    scatters = scatters + prior.weight * prior.covariance
    covariances = scatters / np.reshape(sizes + prior.weight, (*np.shape(sizes), 1, 1))
    return means, covariances + prior.reg_covar * np.eye(rows.x.shape[1])


def _diagonal_update(rows, responsibilities, sizes, mixture, prior, covariance_type):
    # coordinates are independent in a component: what is missing drops out
    counts = responsibilities.T @ rows.observed + 10 * np.finfo(np.float64).eps
    means = responsibilities.T @ rows.x / counts
    square = rows.x**2 if rows.spread is None else rows.x**2 + rows.spread
    scatters = np.maximum(responsibilities.T @ square - counts * means**2, 0.0)
    scatters += prior.weight * np.diag(prior.covariance)
    counts += prior.weight
    if covariance_type == "spherical":
        scatters, counts = scatters.sum(axis=1), counts.sum(axis=1)
        # of no coordinates at all
        counts = np.maximum(counts, np.finfo(np.float64).tiny)
    return means, scatters / counts + prior.reg_covar


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


def _code_shares(rows, responsibilities, prior):
    counts = (rows.codes.T @ responsibilities).T
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
