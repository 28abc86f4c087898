"""The distribution that a model gives to each score, as a curve to normal scores.

A mixture of normal distributions fitted to normal scores has marginals that are nearly,
not exactly, standard normal. A curve holds scores u, increasing, and the normal scores
v = Phi^-1(G(u)) of the same probability under the model's marginal G. It is linear
between its knots and beyond them, so it is undone exactly, and densities on either side
of it agree.
"""

import numpy as np
from scipy.special import log_ndtr, logsumexp, ndtri, ndtri_exp

#: knots of each component, in its standard deviations
_QUANTILES = np.concatenate(
    [[-8.0, -6.0, -5.0], np.linspace(-4.0, 4.0, 33), [5.0, 6.0, 8.0]]
)
#: levels of the quantiles of a sample, and how far the curve goes on beyond them
N_LEVELS, FAR = 32, 10.0
#: least distance of knots
_APART = 1e-9


def mixture_curve(weights, means, deviations):
    """Curve of a mixture of normal distributions of one score.

    Parameters
    ----------
    weights, means, deviations : ndarray of shape (n_components,)
        Weights need not sum to one, but are not all zero.

    Returns
    -------
    u, v : ndarray of shape (n_knots,)
        Strictly increasing.
    """
    kept = weights > 0
    log_weights = np.log(weights[kept] / weights.sum())
    means, deviations = means[kept], deviations[kept]
    u = np.unique(means[:, None] + deviations[:, None] * _QUANTILES)
    standard = (u[:, None] - means) / deviations
    below = logsumexp(log_weights + log_ndtr(standard), axis=1)
    above = logsumexp(log_weights + log_ndtr(-standard), axis=1)
    return _curve(u, below, above)


def density_curve(u, log_density):
    """Curve of a distribution whose density is normal but for a smooth factor.

    Parameters
    ----------
    u : ndarray of shape (n_knots,)
        Increasing, from far below to far above all scores.
    log_density : ndarray of shape (n_knots - 1,)
        Log-probability of each interval between these, up to a constant.
    """
    total = logsumexp(log_density)
    low = np.concatenate([[-np.inf], np.logaddexp.accumulate(log_density)])
    high = np.append(np.logaddexp.accumulate(log_density[::-1])[::-1], -np.inf)
    return _curve(u[1:-1], low[1:-1] - total, high[1:-1] - total)


def sample_curve(u):
    """Curve of a distribution of which a sample is known.

    Knots are the quantiles at few levels, more of them towards the ends but none beyond
    eight rows from there, so that the curve does not follow single rows. Beyond, it
    goes on with the mean slope of the last tenth.

    Parameters
    ----------
    u : ndarray of shape (n_rows,)
        At least 100 scores.
    """
    n_rows = len(u)
    ranks = 8 * 2.0 ** np.arange(np.ceil(np.log2(n_rows / 8 / N_LEVELS)))
    inner = np.linspace(0, 1, N_LEVELS + 1)[1:-1]
    levels = np.unique([*ranks / n_rows, *inner, *(1 - ranks / n_rows)])
    levels = levels[(levels >= 8 / n_rows) & (levels <= 1 - 8 / n_rows)]
    u, v = _curve(np.quantile(u, levels), np.log(levels), np.log1p(-levels))
    tenth = np.interp(ndtri([0.1, 0.9]), v, u)
    slope = (u[[0, -1]] - tenth) / (v[[0, -1]] - ndtri([0.1, 0.9]))
    ends = u[[0, -1]] + slope * [-FAR, FAR]
    return (
        np.concatenate([ends[:1], u, ends[1:]]),
        np.concatenate([[v[0] - FAR], v, [v[-1] + FAR]]),
    )


def _curve(u, log_below, log_above):
    """Knots from the probabilities below and above, whichever is less."""
    lower = log_below < log_above
    v = np.where(
        lower,
        ndtri_exp(np.minimum(log_below, log_above)),
        -ndtri_exp(np.minimum(log_below, log_above)),
    )
    kept = np.zeros(len(u), dtype=bool)
    finite = np.flatnonzero(np.isfinite(v))
    u, v, kept = u[finite], v[finite], kept[finite]
    # where probabilities are equal but for rounding, the first knot is enough
    above = np.maximum.accumulate(np.append(-np.inf, v[:-1]))
    kept = (v > above + _APART) & (np.diff(u, prepend=-np.inf) > _APART)
    return u[kept], v[kept]
