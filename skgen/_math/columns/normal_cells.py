"""Intervals of a standard normal variable: probability, mean and variance."""

import numpy as np
from scipy.special import log_ndtr

#: width, times one plus the distance from zero, of intervals of even density
NARROW = 1e-4


def log_cell_probability(low, high):
    """Log-probability of intervals of a standard normal variable, stable in tails.

    Parameters
    ----------
    low, high : ndarray
        With low < high; infinite ends are allowed.
    """
    # intervals above zero are mirrored, where the distribution function is exact
    mirrored = low > 0
    low, high = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    above, below = log_ndtr(high), log_ndtr(low)
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = above + np.log(-np.expm1(np.minimum(below - above, 0.0)))
        # where the difference would cancel: density times width
        center, width = low + (high - low) / 2, high - low
        narrow = np.log(width) - 0.5 * center**2 - 0.5 * np.log(2 * np.pi)
        return np.where(width * (1 + np.abs(center)) < NARROW, narrow, wide)


def truncated_moments(low, high):
    """Mean and variance of a standard normal variable inside each interval."""
    log_mass = log_cell_probability(low, high)
    ends = np.stack([low, high])
    finite = np.where(np.isfinite(ends), ends, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        rate = np.exp(-0.5 * ends**2 - 0.5 * np.log(2 * np.pi) - log_mass)
        mean = rate[0] - rate[1]
        variance = 1 + finite[0] * rate[0] - finite[1] * rate[1] - mean**2
    width = high - low
    # the difference of nearly equal numbers is lost to rounding
    narrow = (width < 0.1) | ~np.isfinite(mean) | ~np.isfinite(variance)
    middle = np.where(np.isfinite(width), finite.mean(axis=0), finite.sum(axis=0))
    mean = np.where(narrow, middle, np.clip(mean, low, high))
    variance = np.where(narrow, np.minimum(width, 1.0) ** 2 / 12, variance)
    return mean, np.clip(variance, 0.0, 1.0)
