"""Estimates of success rates with confidence intervals, and of excess success.

References
----------
.. [1] Wilson (1927), "Probable Inference, the Law of Succession, and Statistical
   Inference", Journal of the American Statistical Association 22.
.. [2] Giomi, Boenisch, Wehmeyer & Tasnadi (2023), "A Unified Framework for Quantifying
   Privacy Risk in Synthetic Data", Proceedings on Privacy Enhancing Technologies.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

#: half the width of a 95 % confidence interval, in standard errors
Z_95 = float(ndtri(0.975))


class Share(NamedTuple):
    """Estimate of a share, and its standard error."""

    value: float
    standard_error: float

    @property
    def lower(self):
        """Lower end of the 95 % confidence interval."""
        return self.value - Z_95 * self.standard_error


def wilson_share(n_success, n_trials):
    """Success probability: the centre of Wilson's 95 % score interval [1]_.

    Parameters
    ----------
    n_success, n_trials : int
        Without trials, the interval is [0, 1].

    Returns
    -------
    share : Share
        Its standard error is half the width of the interval over `Z_95`. It is never 0.
    """
    z2, n_failure = Z_95**2, n_trials - n_success
    spread = n_success * n_failure / max(n_trials, 1) + z2 / 4
    value = (n_success + z2 / 2) / (n_trials + z2)
    return Share(float(value), float(np.sqrt(spread) / (n_trials + z2)))


def excess_share(attack, control):
    """Success rate of an attack among targets that chance does not reach [2]_.

    Parameters
    ----------
    attack, control : Share
        Independent estimates by `wilson_share`, so that `control` is below 1.

    Returns
    -------
    excess : Share
        (attack - control) / (1 - control), negative if the control has more success.
        The standard error is that of the delta method.
    """
    failure = 1.0 - control.value
    value = (attack.value - control.value) / failure
    by_attack = attack.standard_error / failure
    by_control = (1.0 - attack.value) / failure**2 * control.standard_error
    return Share(float(value), float(np.hypot(by_attack, by_control)))


def overlap_by_chance(n_items, n_chosen):
    """Probability that two random subsets of equal size have an item in common.

    Parameters
    ----------
    n_items : int
    n_chosen : int
        Size of each subset, at most `n_items`.

    Returns
    -------
    probability : float
    """
    if 2 * n_chosen > n_items:
        return 1.0
    missed = np.log1p(-n_chosen / (n_items - np.arange(n_chosen)))
    return float(-np.expm1(missed.sum()))
