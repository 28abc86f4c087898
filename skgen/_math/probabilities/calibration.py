"""Class probabilities made honest by a monotone map, learned on rows held out.

A classifier that is too sure of itself gives probabilities near 0 and 1, where no
change of the prior moves them. The map first bounds how far log-probabilities fall, so
that 0 becomes a small probability, then scales them, and adds to each class the change
of its prior and a bias:

    log q = power * r(log p) + log_ratio + bias - log-normaliser,   r(x) = x / (1 - x/c)

Its loss on the rows held out is that of a logistic regression [1]_ with the features
r(log p). Of two classes, q increases with p, and r is flat nowhere: rows that differ in
p keep to differ, as they would not if all p were clipped or mixed with a constant.

References
----------
.. [1] Platt (1999), "Probabilistic outputs for support vector machines and comparisons
   to regularized likelihood methods", Advances in Large Margin Classifiers.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

#: what the bound is by default: odds of 0 become about exp(-10)
BOUND = 10.0
#: standard deviations of the normal priors: of the logarithms of bound and power, and
#: of each bias. A class of a few rows moves the map little.
SPREAD_BOUND, SPREAD_POWER, SPREAD_BIAS = 1.0, 0.5, 1.0


class Calibration(NamedTuple):
    """Parameters of the map."""

    bound: float  # nats that a log-probability is below zero at most
    power: float
    bias: np.ndarray  # (n_classes,)


def calibrate(log_proba, log_ratio, calibration):
    """Log-probabilities of the classes after the map.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Minus infinity is fine.
    log_ratio : ndarray of shape (n_classes,) or (n_samples, n_classes)
        Logarithm of the new share of each class less that of the old one.
    calibration : Calibration

    Returns
    -------
    log_proba : ndarray of shape (n_samples, n_classes)
        Finite and normalised: the probabilities of each row sum to one.
    """
    bounded = _bounded(log_proba, calibration.bound)
    return log_softmax(
        calibration.power * bounded + log_ratio + calibration.bias, axis=1
    )


def fit_calibration(log_proba, log_ratio, codes, weights=None):
    """Learn the map: the largest posterior probability of its parameters.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Of rows that the classifier was not fitted to.
    log_ratio : ndarray of shape (n_classes,) or (n_samples, n_classes)
        Logarithm of the new share of each class less that of the old one.
    codes : ndarray of int of shape (n_samples,)
        Position of the class of each row.
    weights : ndarray of shape (n_samples,), default=None
        How many rows each one stands for. None counts it once.

    Returns
    -------
    calibration : Calibration
    """
    n_samples, n_classes = log_proba.shape
    weights = np.ones(n_samples) if weights is None else weights
    rows = np.arange(n_samples)
    center = np.r_[np.log(BOUND), np.zeros(1 + n_classes)]
    spread = np.r_[SPREAD_BOUND, SPREAD_POWER, np.full(n_classes, SPREAD_BIAS)]

    def loss(theta):
        """Negative log-posterior, but for a constant, and its gradient."""
        bound, power = np.exp(theta[:2])
        bounded = _bounded(log_proba, bound)
        log_q = log_softmax(power * bounded + log_ratio + theta[2:], axis=1)
        deviation = (theta - center) / spread
        value = 0.5 * deviation @ deviation - weights @ log_q[rows, codes]
        error = np.exp(log_q)
        error[rows, codes] -= 1.0
        error *= weights[:, None]
        along = power * bounded
        # the derivative of r by the logarithm of the bound is -r(x)^2 / bound
        slopes = -(error * along * bounded).sum() / bound, (error * along).sum()
        return value, np.r_[slopes, error.sum(axis=0)] + deviation / spread

    theta = minimize(loss, center, jac=True, method="L-BFGS-B").x
    bound, power = np.exp(theta[:2])
    return Calibration(float(bound), float(power), theta[2:])


def _bounded(log_proba, bound):
    """Between -bound, at minus infinity, and zero, where the slope is one."""
    # c / (1 + c / |x|) is the same, and defined at both ends
    with np.errstate(divide="ignore"):
        return -bound / (1 + bound / -np.minimum(log_proba, 0.0))
