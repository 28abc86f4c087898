"""How far residuals spread, as a log-linear function of features.

The logarithm of the size of left-out residuals r_i is predicted by ridge regression,
and the spread of row i is

    s_i = c exp(b (g_i - mean g)),   b in {0, 1/2, 1},   c^2 = mean (r_i / exp(...))^2,

with left-out predictions g_i of log |r_i|. The slope b has the largest likelihood of
normal residuals; 0 is a constant spread [1]_.

References
----------
.. [1] Harvey (1976), "Estimating regression models with multiplicative
   heteroscedasticity", Econometrica 44(3).
"""

from typing import NamedTuple

import numpy as np

from skgen._math.regression.ridge import fit_ridge

SLOPES = (0.0, 0.5, 1.0)
#: residuals below this share of their root mean square do not count as smaller
LEAST_RESIDUAL = 1e-3


class Spread(NamedTuple):
    """Predictor of the logarithm of the spread; build it with `fit_spread`."""

    coef: np.ndarray  # (n_features,)
    intercept: float
    ends: tuple  # least and largest logarithm of training rows
    left_out: np.ndarray  # (n_rows,), spreads by models of all other rows


def fit_spread(decomposition, residual, least):
    """Predict the spread of residuals from features.

    Parameters
    ----------
    decomposition : Decomposition
        Of the features, by `decompose`.
    residual : ndarray of shape (n_rows,)
        Left-out residuals.
    least : float
        Smallest spread.

    Returns
    -------
    spread : Spread
    """
    weights = decomposition.weights
    total = weights.sum()
    rms = np.sqrt(weights @ residual**2 / total)
    size = np.maximum(np.abs(residual), LEAST_RESIDUAL * rms + 1e-12)
    log_size = np.log(size)
    fitted = fit_ridge(decomposition, log_size)
    # light rows may be far from what all others predict
    predicted = np.clip(fitted.left_out, log_size.min(), log_size.max())
    center = weights @ predicted / total
    best = np.inf
    for slope in SLOPES:
        relative = slope * (predicted - center)
        scale = np.sqrt(weights @ (residual / np.exp(relative)) ** 2 / total)
        log_spread = relative + np.log(max(scale, least))
        loss = weights @ (log_spread + 0.5 * (residual / np.exp(log_spread)) ** 2)
        if loss < best:
            best, chosen, of_rows = loss, slope, log_spread
            intercept = slope * (fitted.intercept - center) + np.log(max(scale, least))
    ends = max(of_rows.min(), np.log(least)), max(of_rows.max(), np.log(least))
    left_out = np.exp(np.clip(of_rows, *ends))
    return Spread(chosen * fitted.coef, intercept, ends, left_out)
