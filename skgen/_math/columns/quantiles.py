"""Distributions given by quantiles, a different one in each row.

The distribution function is linear between the quantiles. Beyond the outermost ones the
tails are exponential, and the density is continuous there.
"""

import numpy as np

#: smallest gap between quantiles, relative to the mean gap of their row
MIN_GAP = 0.01


def separate(knots):
    """Sort the quantiles of each row, which may cross, and separate ties a little.

    Parameters
    ----------
    knots : ndarray of shape (n_rows, n_levels)
        With at least two levels.
    """
    knots = np.sort(knots, axis=1)
    first, last = knots[:, :1], knots[:, -1:]
    # where all of them tie, a width that floats can still represent
    width = np.maximum(last - first, 1e-6 * np.maximum(1.0, np.abs(first)))
    even = first + width * np.linspace(0, 1, knots.shape[1])
    return (1 - MIN_GAP) * knots + MIN_GAP * even


def cdf(knots, levels, x):
    """Evaluate the distribution function of each row at its point.

    Parameters
    ----------
    knots : ndarray of shape (n_rows, n_levels)
        Increasing quantiles.
    levels : ndarray of shape (n_levels,)
        Increasing probabilities of the quantiles, between 0 and 1.
    x : ndarray of shape (n_rows,)
        May be infinite.
    """
    place, low, gap, slope = _piece(knots, levels, x)
    below, above = place == 0, place == len(levels)
    with np.errstate(invalid="ignore"):
        inside = levels[place - 1] + slope * (x - low)
        left = levels[0] * np.exp(np.minimum(slope / levels[0] * (x - low), 0.0))
        tail = 1 - levels[-1]
        right = 1 - tail * np.exp(-np.maximum(slope / tail * (x - low - gap), 0.0))
    return np.where(below, left, np.where(above, right, inside))


def ppf(knots, levels, probability):
    """Evaluate the inverse of `cdf`: one quantile of each row.

    Parameters
    ----------
    knots, levels : ndarray
        As in `cdf`.
    probability : ndarray of shape (n_rows,)
        Between 0 and 1, exclusive.
    """
    place = np.searchsorted(levels, probability, side="right")
    low, gap, slope = _slope(knots, levels, place)
    start = levels[np.clip(place, 1, len(levels) - 1) - 1]
    inside = low + (probability - start) / slope
    tail = 1 - levels[-1]
    left = low + levels[0] / slope * np.log(probability / levels[0])
    right = low + gap - tail / slope * np.log((1 - probability) / tail)
    return np.where(place == 0, left, np.where(place == len(levels), right, inside))


def logpdf(knots, levels, x):
    """Log-density of each row at its point; parameters as in `cdf`."""
    place, low, gap, slope = _piece(knots, levels, x)
    left = np.where(place == 0, slope / levels[0] * (x - low), 0.0)
    right = slope / (1 - levels[-1]) * (x - low - gap)
    return np.log(slope) + left - np.where(place == len(levels), right, 0.0)


def _piece(knots, levels, x):
    place = (knots <= x[:, None]).sum(axis=1)
    return place, *_slope(knots, levels, place)


def _slope(knots, levels, place):
    """Start, width and density of the piece at each place, or next to it."""
    right = np.clip(place, 1, len(levels) - 1)
    rows = np.arange(len(knots))
    low = knots[rows, right - 1]
    gap = knots[rows, right] - low
    return low, gap, (levels[right] - levels[right - 1]) / gap


def weighted_quantiles(x, weights, levels):
    """Quantiles of weighted values: the inverse of their mid-distribution function."""
    order = np.argsort(x, kind="stable")
    weights = weights[order]
    middle = (np.cumsum(weights) - weights / 2) / weights.sum()
    return np.interp(levels, middle, x[order])


def slope_within_unit(guess, truth, weights):
    """Least-squares slope of `truth` on `guess`, clipped to between 0 and 1."""
    guess = guess - np.average(guess, weights=weights)
    variance = np.average(guess**2, weights=weights)
    if variance == 0:
        return 0.0
    return float(np.clip(np.average(guess * truth, weights=weights) / variance, 0, 1))
