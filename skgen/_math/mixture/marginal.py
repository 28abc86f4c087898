"""The marginal distribution that a mixture gives to each score."""

import numpy as np

from skgen._math.columns.model_marginal import mixture_curve
from skgen._math.mixture.density import component_covariance


def mixture_curves(mixture, covariance_type, n_levels, conditions):
    """Marginal distribution of each score among rows whose levels have given values.

    Parameters
    ----------
    mixture : Mixture
    covariance_type : {"full", "tied", "diag", "spherical"}
    n_levels : ndarray of shape (n_level_columns,)
    conditions : list of list of (int, int)
        For each score, level columns and their levels.

    Returns
    -------
    curves : list of (u, v)
        See `skgen._math.columns.model_marginal`.
    """
    width, curves = mixture.means.shape[1], []
    variances = np.empty(mixture.means.shape)
    for k in range(len(variances)):
        covariance = component_covariance(mixture, k, covariance_type)
        full = np.ndim(covariance) == 2
        variances[k] = np.diag(covariance) if full else np.full(width, covariance)
    first = np.cumsum(n_levels) - n_levels
    for i, levels in enumerate(conditions):
        weights = mixture.weights.copy()
        for column, level in levels:
            weights *= mixture.level_shares[:, first[column] + level]
        curves.append(
            mixture_curve(weights, mixture.means[:, i], np.sqrt(variances[:, i]))
        )
    return curves
