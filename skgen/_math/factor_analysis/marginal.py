"""The marginal distribution that a factor model gives to each score."""

import numpy as np
from scipy.special import log_softmax, ndtri
from scipy.stats import qmc

from skgen._math.columns.model_marginal import density_curve, mixture_curve
from skgen._math.columns.normal_cells import log_cell_probability
from skgen._math.factor_analysis.model import level_ranges

#: quasi-random factors, and intervals of a score over this number of deviations
N_NODES, N_INTERVALS, REACH = 256, 400, 9.0


def factor_curve(model, i, conditions):
    """Curve of score i among the rows in which some levels have given values.

    Without such levels a score is normal. Otherwise its density is normal times the
    probability of the levels given the score, averaged over quasi-random factors given
    the score.

    Parameters
    ----------
    model : FactorModel
    i : int
    conditions : list of (int, int)
        Level column, and its level.

    Returns
    -------
    u, v : ndarray of shape (n_knots,)
        See `skgen._math.columns.model_marginal`.
    """
    loading, mean = model.loadings[i], model.mean[i]
    deviation = np.sqrt(loading @ loading + model.noise[i])
    if not conditions or not model.n_factors:
        return mixture_curve(*np.array([[1.0], [mean], [deviation]]))
    ends = np.linspace(-REACH, REACH, N_INTERVALS + 1)
    middle = (ends[:-1] + ends[1:]) / 2
    f = _factors_at_zero(loading, model.noise[i])
    slope = loading / deviation
    log_share = np.zeros((N_NODES, N_INTERVALS))
    for column, level in conditions:
        first, last = level_ranges(model)[column]
        slopes = model.slopes[first:last]
        logits = (model.bias[first:last] + f @ slopes.T)[:, None]
        logits = logits + middle[:, None] * (slopes @ slope)
        log_share += log_softmax(logits, axis=2)[:, :, level]
    log_share = np.log(np.exp(log_share).mean(axis=0))
    log_mass = log_cell_probability(ends[:-1], ends[1:]) + log_share
    return density_curve(mean + deviation * ends, log_mass)


def _factors_at_zero(loading, noise):
    """Factors given that the score is at its mean, of shape (N_NODES, n_factors)."""
    # the seed only has to be the same in every call
    sobol = qmc.Sobol(len(loading) + 1, rng=np.random.default_rng(0))
    nodes = ndtri(np.clip(sobol.random(N_NODES), 1e-9, 1 - 1e-9))
    deviation = nodes[:, :-1] @ loading + np.sqrt(noise) * nodes[:, -1]
    return nodes[:, :-1] - np.outer(deviation, loading) / (loading @ loading + noise)
