"""Fits of mixtures of normal scores times independent levels: EM, its start and BIC."""

from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.mixture.density import (
    MIN_VARIANCE,
    Mixture,
    Prior,
    collect_statistics,
    log_joint,
    maximize_mixture,
    mixture_objective,
    overall_shares,
    sum_overall,
    sum_rows,
    vague_mixture,
)

#: number of levels up to which the features for clustering are a dense array
DENSE_LEVELS = 300
#: iterations before the covariance that components are shrunk to is fixed
WARM_UP = 5


class MixtureFit(NamedTuple):
    """Result of `fit_mixture`."""

    mixture: Mixture
    prior: Prior
    log_likelihood: float  # of all rows, without the prior
    lower_bounds: list  # mean objective per row, of each iteration
    converged: bool


def fit_mixture(
    parts, weights, responsibilities, prior, *, covariance_type, max_iter, tol
):
    """Maximise the log-likelihood plus the log-prior, from given responsibilities.

    Parameters
    ----------
    parts : list of MixtureRows
    weights : ndarray of shape (n_rows,)
        In the order of the rows of all parts, like the responsibilities.
    responsibilities : ndarray of shape (n_rows, n_components)
    prior : Prior
        Several components are shrunk to that of `within_prior` after a few iterations,
        which `lower_bounds` leaves out.
    covariance_type : {"full", "tied", "diag", "spherical"}
    max_iter : int
    tol : float
        Gain of the mean objective per row below which to stop.
    """
    n_components = responsibilities.shape[1]
    overall = add_up(sum_overall, parts, weights)
    mixture = vague_mixture(overall, n_components, prior.shares)
    shares = weights[:, None] * responsibilities
    found = add_up(sum_rows, parts, shares, mixture, covariance_type)
    if n_components > 1:
        whole, prior = prior, within_prior(found, prior)
        # clusters of filled-in cells are wider than components are
        for _ in range(WARM_UP if whole.weight else 0):
            mixture = maximize_mixture(found, mixture, prior, covariance_type)
            found = add_up(collect_statistics, parts, weights, mixture, covariance_type)
            prior = within_prior(found, whole)
    mixture = maximize_mixture(found, mixture, prior, covariance_type)
    bounds, converged = [-np.inf], False
    for _ in range(max_iter):
        found = add_up(collect_statistics, parts, weights, mixture, covariance_type)
        bounds.append(mixture_objective(found, mixture, prior, covariance_type))
        mixture = maximize_mixture(found, mixture, prior, covariance_type)
        if abs(bounds[-1] - bounds[-2]) < tol:
            converged = True
            break
    total = add_up(_log_likelihood, parts, weights, mixture, covariance_type)
    return MixtureFit(mixture, prior, float(total), bounds[1:], converged)


def within_prior(found, prior):
    """Prior of several components: they are shrunk to the mean of their covariances.

    A component is narrower than the whole, in some directions more than in others, as
    are the others (Friedman, 1989, "Regularized discriminant analysis", equation 16).
    The geometric mean is little moved by the widest of them. Few rows may leave a
    covariance singular: each is blended with the pooled one, and this with the
    covariance of the whole, narrowed as if the components shared its volume (Fraley &
    Raftery, 2007). Both count as one row more than there are scores.

    Parameters
    ----------
    found : Statistics
        Sums over all rows, by component.
    prior : Prior
        With the covariance of the whole, and its weight for each score.

    Returns
    -------
    prior : Prior
    """
    n_components, width = found.shifts.shape
    narrowed = prior.covariance * n_components ** (-2 / max(1, width))
    counts, n_blended = np.broadcast_to(found.counts, found.shifts.shape), width + 1
    moved = found.shifts / np.maximum(counts, np.finfo(np.float64).tiny)
    diagonal = found.scatters.ndim == 2
    if diagonal:
        product, narrowed = moved**2, np.diag(narrowed)
    else:
        counts = found.sizes[:, None, None]
        product = moved[:, :, None] * moved[:, None, :]
    scatters = found.scatters - counts * product
    pooled = scatters.sum(axis=0) + n_blended * narrowed
    pooled /= counts.sum(axis=0) + n_blended
    covariances = (scatters + n_blended * pooled) / (counts + n_blended)
    mean = _mean_variances if diagonal else mean_covariance
    covariance = mean(covariances, found.sizes / found.sizes.sum())
    return prior._replace(covariance=covariance, weight=prior.weight * width)


def mean_covariance(covariances, shares):
    """Weighted geometric mean of covariance matrices.

    The exponential of the mean logarithm (Arsigny et al., 2007, "Geometric means in a
    novel vector space structure on symmetric positive-definite matrices", equation
    3.5), of matrices that are divided by the mean standard deviations.

    Parameters
    ----------
    covariances : ndarray of shape (n_components, n_scores, n_scores)
    shares : ndarray of shape (n_components,)
        Weights; they sum to one.
    """
    scale = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2).T @ shares)
    units = np.outer(scale, scale)
    values, vectors = np.linalg.eigh(covariances / units)
    logs = np.log(np.maximum(values, MIN_VARIANCE))[:, None] * vectors
    mean_log = np.tensordot(shares, logs @ vectors.transpose(0, 2, 1), axes=1)
    values, vectors = np.linalg.eigh(mean_log)
    return (np.exp(values) * vectors) @ vectors.T * units


def _mean_variances(variances, shares):
    return np.diag(np.exp(shares @ np.log(np.maximum(variances, MIN_VARIANCE))))


def add_up(function, parts, weights, *arguments):
    """Sum of ``function(part, weights of its rows, *arguments)`` over parts."""
    ends = np.cumsum([len(rows.x) for rows in parts])
    weights = np.split(weights, ends[:-1])
    return reduce(
        add,
        (function(*part, *arguments) for part in zip(parts, weights, strict=True)),
    )


def _log_likelihood(rows, weights, mixture, covariance_type):
    return weights @ logsumexp(log_joint(rows, mixture, covariance_type), axis=1)


def fit_single(parts, weights, prior, n_levels, *, covariance_type, max_iter, tol):
    """Fit one component, shrunk to its diagonal.

    The shrinkage is `oas_weight`.

    Parameters
    ----------
    prior : Prior
        Only its weights and `reg_covar` are used.

    Returns
    -------
    fit : MixtureFit
    prior : Prior
        For several components, with the covariance of the fit.
    """
    column = np.repeat(np.arange(len(n_levels)), n_levels)
    overall = add_up(sum_overall, parts, weights)
    prior = prior._replace(
        covariance=vague_mixture(overall, 1).covariances[0],
        shares=overall_shares(overall, column),
        column=column,
    )
    options = {"max_iter": max_iter, "tol": tol}
    one = np.ones((len(weights), 1))
    if covariance_type in ("diag", "spherical"):
        options["covariance_type"] = covariance_type
        return fit_mixture(parts, weights, one, prior, **options), prior
    options["covariance_type"] = "full"
    single = fit_mixture(parts, weights, one, prior, **options)
    if prior.weight:
        weight = oas_weight(single.mixture.covariances[0], weights.sum())
        shrunk = prior._replace(weight=weight)
        single = fit_mixture(parts, weights, one, shrunk, **options)
    covariance = single.mixture.covariances[0]
    if covariance_type == "tied":
        mixture = single.mixture._replace(covariances=covariance)
        single = single._replace(mixture=mixture)
    return single, prior._replace(covariance=covariance)


def oas_weight(covariance, n_rows):
    """Weight, in rows, of the diagonal to which a covariance matrix is shrunk.

    The oracle approximating shrinkage of the correlations (Chen et al., 2010,
    "Shrinkage algorithms for MMSE covariance estimation", equation 23).
    """
    width = len(covariance)
    if width < 2:
        return 0.0
    scale = np.sqrt(np.diag(covariance))
    square = np.sum((covariance / np.outer(scale, scale)) ** 2)
    above = (1 - 2 / width) * square + width**2
    below = (n_rows + 1 - 2 / width) * (square - width)
    share = min(1.0, above / below) if below > 0 else 1.0
    # limited, since a share of one would be an infinite weight
    return n_rows * min(share / max(1 - share, 1e-3), 1e3)


def n_parameters(n_components, prior, covariance_type):
    """Number of free parameters, without levels that never occur."""
    width, occurring = len(prior.covariance), prior.shares > 0
    n_levels = occurring.sum() - len(np.unique(prior.column[occurring]))
    one_covariance = {
        "full": width * (width + 1) // 2,
        "tied": width * (width + 1) // 2,
        "diag": width,
        "spherical": min(width, 1),
    }[covariance_type]
    n_covariances = 1 if covariance_type == "tied" else n_components
    per_component = width + int(n_levels) + 1
    return n_components * per_component - 1 + n_covariances * one_covariance


def search_sizes(bics, largest):
    """Numbers of components to try: doubled until worse, then between the best ones.

    Yields sizes; `bics` holds the criterion (Schwarz, 1978) of those before.
    """
    size = 1
    while size <= largest:
        yield size
        if size > 1 and bics[size] > bics[size // 2]:
            break
        size *= 2
    while True:
        best = min(bics, key=bics.get)
        below = max((size for size in bics if size < best), default=best)
        above = min((size for size in bics if size > best), default=best)
        middles = {(best + near) // 2 for near in (below, above)} - bics.keys()
        # sizes within a quarter of the best are not tried
        middles = [m for m in sorted(middles) if 4 * abs(m - best) >= best]
        if not middles:
            return
        yield from middles


def start_features(parts, is_feature):
    """Features for clustering: scores (means where missing) and level indicators.

    Parameters
    ----------
    parts : list of MixtureRows
    is_feature : ndarray of bool of shape (total number of levels,)
    """
    x, observed = (np.vstack(arrays) for arrays in list(zip(*parts, strict=True))[:2])
    levels = sparse.vstack([rows.levels for rows in parts], format="csr")[:, is_feature]
    x = np.where(observed, x, x.sum(axis=0) / np.maximum(observed.sum(axis=0), 1))
    if levels.shape[1] > DENSE_LEVELS:
        return sparse.hstack([sparse.csr_array(x), levels], format="csr")
    return np.hstack([x, levels.toarray()])
