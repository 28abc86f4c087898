"""Calibration of class probabilities on held-out rows, with a change of the prior.

Prior correction cannot change probabilities of 0 or 1, which an overconfident
classifier predicts. The map first bounds log-probabilities from below, so that 0 turns
into a small probability. It then scales them, and adds to each class the change of its
prior and a bias:

    log q = power * r(log p) + log_ratio + bias - log-normaliser,   r(x) = x / (1 - x/c)

Its loss on held-out rows is that of a logistic regression [1]_ with features r(log p).
Since r increases strictly, rows with different p keep different q, unlike clipped
probabilities. With two classes, q increases with p.

References
----------
.. [1] Platt (1999), "Probabilistic outputs for support vector machines and comparisons
   to regularized likelihood methods", Advances in Large Margin Classifiers.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

#: prior median of the bound: a probability of 0 becomes about exp(-10)
BOUND = 10.0
#: standard deviations of the normal priors of log-bound, log-power and each bias, which
#: keep a class of a few rows from changing the map much
SPREAD_BOUND, SPREAD_POWER, SPREAD_BIAS = 1.0, 0.5, 1.0


class Calibration(NamedTuple):
    """Parameters of the map."""

    bound: float  # c: bounded log-probabilities are above -c, in nats
    power: float
    bias: np.ndarray  # (n_classes,)


def calibrate(log_proba, log_ratio, calibration):
    """Apply the map to log-probabilities of classes.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        May be minus infinity.
    log_ratio : ndarray of shape (n_classes,) or (n_samples, n_classes)
        Logarithm of the new share of each class less that of the old one.
    calibration : Calibration

    Returns
    -------
    log_proba : ndarray of shape (n_samples, n_classes)
        Finite; the probabilities of each row sum to one.
    """
    bounded = _bounded(log_proba, calibration.bound)
    return log_softmax(
        calibration.power * bounded + log_ratio + calibration.bias, axis=1
    )


def fit_calibration(log_proba, log_ratio, levels, weights=None):
    """Fit the map by maximum a posteriori estimation of its parameters.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Predictions for rows that the classifier was not fitted to.
    log_ratio : ndarray of shape (n_classes,) or (n_samples, n_classes)
        Logarithm of the new share of each class less that of the old one.
    levels : ndarray of int of shape (n_samples,)
        Position of the class of each row.
    weights : ndarray of shape (n_samples,), default=None
        Number of rows that each row counts for. If None, 1.

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
        """Negative log-posterior up to a constant, and its gradient."""
        bound, power = np.exp(theta[:2])
        bounded = _bounded(log_proba, bound)
        log_q = log_softmax(power * bounded + log_ratio + theta[2:], axis=1)
        deviation = (theta - center) / spread
        value = 0.5 * deviation @ deviation - weights @ log_q[rows, levels]
        error = np.exp(log_q)
        error[rows, levels] -= 1.0
        error *= weights[:, None]
        along = power * bounded
        # the derivative of r(x) with respect to log(bound) is -r(x)^2 / bound
        slopes = -(error * along * bounded).sum() / bound, (error * along).sum()
        return value, np.r_[slopes, error.sum(axis=0)] + deviation / spread

    theta = minimize(loss, center, jac=True, method="L-BFGS-B").x
    bound, power = np.exp(theta[:2])
    return Calibration(float(bound), float(power), theta[2:])


def _bounded(log_proba, bound):
    """r(x) of the module: -bound at minus infinity, slope one at zero."""
    # written as -c / (1 + c / |x|), which is defined at both ends
    with np.errstate(divide="ignore"):
        return -bound / (1 + bound / -np.minimum(log_proba, 0.0))
