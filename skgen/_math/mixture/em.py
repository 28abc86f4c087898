"""EM for mixtures of normal coordinates times independent codes."""

from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from skgen._math.mixture.density import (
    Mixture,
    Prior,
    collect_statistics,
    log_joint,
    maximize,
    objective,
    overall_shares,
    sum_overall,
    sum_rows,
    vague_mixture,
)


class Fit(NamedTuple):
    """Outcome of `fit_mixture`."""

    mixture: Mixture
    prior: Prior
    log_likelihood: float  # of all rows, without the prior
    lower_bounds: list  # mean objective per row, of each iteration
    converged: bool


def fit_mixture(
    parts, weights, responsibilities, prior, *, covariance_type, max_iter, tol
):
    """Maximise the likelihood and the prior from given responsibilities.

    Parameters
    ----------
    parts : list of Rows
    weights : ndarray of shape (n_rows,)
        In the order of the rows of all parts, as are the responsibilities.
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
        covariance=prior.covariance
        * n_components ** (-2 / max(1, len(prior.covariance)))
    )
    overall = add_up(sum_overall, parts, weights)
    mixture = vague_mixture(overall, n_components, prior.shares)
    shares = weights[:, None] * responsibilities
    found = add_up(sum_rows, parts, shares, mixture, covariance_type)
    mixture = maximize(found, mixture, prior, covariance_type)
    bounds, converged = [-np.inf], False
    for _ in range(max_iter):
        found = add_up(collect_statistics, parts, weights, mixture, covariance_type)
        bounds.append(objective(found, mixture, prior, covariance_type))
        mixture = maximize(found, mixture, prior, covariance_type)
        if abs(bounds[-1] - bounds[-2]) < tol:
            converged = True
            break
    total = add_up(_log_likelihood, parts, weights, mixture, covariance_type)
    return Fit(mixture, prior, float(total), bounds[1:], converged)


def add_up(function, parts, weights, *arguments):
    """Sum over parts of what a function finds of a part and its rows' weights."""
    ends = np.cumsum([len(rows.x) for rows in parts])
    weights = np.split(weights, ends[:-1])
    return reduce(
        add,
        (function(*part, *arguments) for part in zip(parts, weights, strict=True)),
    )


def _log_likelihood(rows, weights, mixture, covariance_type):
    return weights @ logsumexp(log_joint(rows, mixture, covariance_type), axis=1)


def fit_single(parts, weights, prior, n_codes, *, covariance_type, max_iter, tol):
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
