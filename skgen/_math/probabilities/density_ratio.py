"""The ratio of two densities, from a classifier that tells their rows apart.

Where rows of p and of q are equally many, a classifier's odds for p are an estimate of
p(x) / q(x) [1]_. Rows of q that are kept with a probability in proportion to it are
rows of p.

References
----------
.. [1] Sugiyama, Suzuki & Kanamori (2012), "Density Ratio Estimation in Machine
   Learning", Cambridge University Press.
"""

import numpy as np
from scipy.optimize import minimize_scalar

#: what log-odds are held to: a probability of one in a million
MAX_LOG_ODDS = np.log(1e6)


def log_odds(probability):
    """Finite logarithm of the odds of each probability."""
    with np.errstate(divide="ignore"):
        odds = np.log(probability) - np.log1p(-probability)
    return np.clip(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS)


def log_loss(odds, label, weights):
    """Mean negative log-likelihood of labels 0 and 1, in nats, given log-odds."""
    signed = np.where(label == 1, odds, -odds)
    return np.average(np.logaddexp(0.0, -signed), weights=weights)


def calibration_slope(odds, label, weights):
    """Factor between 0 and 1 by which log-odds fit the labels best.

    Odds that say nothing about the labels get a factor near 0: a ratio near one.
    """
    found = minimize_scalar(
        lambda slope: log_loss(slope * odds, label, weights),
        bounds=(0.0, 1.0),
        method="bounded",
    )
    return float(found.x)


def clip_level(log_ratio, max_draws):
    """Largest level at which one of `max_draws` rows is kept on average.

    Row i is kept with the probability min(1, exp(log_ratio[i] - level)). The level is
    never above the largest ratio, at which the kept rows follow the ratio exactly.

    Parameters
    ----------
    log_ratio : ndarray of shape (n_rows,)
        Of rows as they are drawn.
    max_draws : float
        At least 1.

    Returns
    -------
    level : float
    """
    largest = log_ratio.max()
    ratio = np.sort(np.exp(log_ratio - largest))
    below = np.cumsum(ratio)
    above = len(ratio) - 1 - np.arange(len(ratio))
    target = len(ratio) / max_draws
    # number of rows kept, were the level that of each row
    kept = below / ratio + above
    if kept[-1] >= target:
        return float(largest)
    at = np.flatnonzero(kept >= target)[-1]
    return float(largest + np.log(below[at] / (target - above[at])))


def log_keep_probability(log_ratio, level):
    """Log-probability with which rejection at a level keeps each row."""
    return np.minimum(log_ratio - level, 0.0)
