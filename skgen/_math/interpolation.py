"""Interpolation of many numbers at once."""

import numpy as np


def interpolate(x, knots, values):
    """What `np.interp` returns, faster: it searches little where x are sorted.

    Parameters
    ----------
    x : float or ndarray of shape (n_samples,)
        May hold NaN.
    knots, values : ndarray of shape (n_knots,)
        Ascending knots, and the values there.

    Returns
    -------
    y : same as `x`
    """
    if np.ndim(x) == 0:
        return np.interp(x, knots, values)
    order = np.argsort(x)
    y = np.empty(len(x))
    y[order] = np.interp(x[order], knots, values)
    return y
