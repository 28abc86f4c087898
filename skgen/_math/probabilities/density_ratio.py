"""Density ratios from a classifier, and rejection sampling with them.

If a classifier distinguishes equal numbers of rows of p and q, its odds for p estimate
p(x) / q(x) [1]_. Rows of q that are accepted with a probability in proportion to this
ratio follow p.

References
----------
.. [1] Sugiyama, Suzuki & Kanamori (2012), "Density Ratio Estimation in Machine
   Learning", Cambridge University Press, chapter 4.
"""

import numpy as np
from scipy.optimize import minimize_scalar

#: bound of absolute log-odds: a probability of one in a million
MAX_LOG_ODDS = np.log(1e6)


def log_odds(probability):
    """Logarithm of the odds of each probability, clipped to be finite."""
    with np.errstate(divide="ignore"):
        odds = np.log(probability) - np.log1p(-probability)
    return np.clip(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS)


def log_loss(odds, label, weights):
    """Mean negative log-likelihood of labels 0 and 1, in nats, given log-odds."""
    signed = np.where(label == 1, odds, -odds)
    return np.average(np.logaddexp(0.0, -signed), weights=weights)


def calibration_slope(odds, label, weights):
    """Factor in (0, 1) for log-odds that minimises their log-loss.

    If the odds are not related to the labels, it is near 0, and the ratio near one.
    """
    found = minimize_scalar(
        lambda slope: log_loss(slope * odds, label, weights),
        bounds=(0.0, 1.0),
        method="bounded",
    )
    return float(found.x)


def clip_level(log_ratio, max_draws):
    """Largest level of rejection at which one of `max_draws` rows is kept on average.

    Row i is kept with probability min(1, exp(log_ratio[i] - level)). At the largest
    ratio, rejection is exact; the level is never higher.

    Parameters
    ----------
    log_ratio : ndarray of shape (n_rows,)
        Log-ratios of drawn rows.
    max_draws : float
        Draws per kept row, at least 1.

    Returns
    -------
    level : float
    """
    largest = log_ratio.max()
    ratio = np.sort(np.exp(log_ratio - largest))
    below = np.cumsum(ratio)
    above = len(ratio) - 1 - np.arange(len(ratio))
    target = len(ratio) / max_draws
    # expected number of kept rows if the level is the ratio of each row in turn
    kept = below / ratio + above
    if kept[-1] >= target:
        return float(largest)
    at = np.flatnonzero(kept >= target)[-1]
    return float(largest + np.log(below[at] / (target - above[at])))


def log_keep_probability(log_ratio, level):
    """Log-probability that rejection at a level keeps each row."""
    return np.minimum(log_ratio - level, 0.0)
