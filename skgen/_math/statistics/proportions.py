"""How sure shares of successes are, and what a leak adds to them.

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

#: half the width, in standard errors, of an interval that holds the truth in 95 %
Z_95 = float(ndtri(0.975))


class Share(NamedTuple):
    """A share, and the standard error of its estimate."""

    value: float
    standard_error: float

    @property
    def lower(self):
        """Where the 95 % interval begins."""
        return self.value - Z_95 * self.standard_error


def wilson_share(n_success, n_trials):
    """Probability of a success, in the middle of Wilson's 95 % interval [1]_.

    Parameters
    ----------
    n_success, n_trials : int
        Without a trial the interval is all of [0, 1].

    Returns
    -------
    share : Share
        Its standard error is half of the interval in units of the normal quantile. It
        is never 0: no number of trials makes a probability certain.
    """
    z2, n_failure = Z_95**2, n_trials - n_success
    spread = n_success * n_failure / max(n_trials, 1) + z2 / 4
    value = (n_success + z2 / 2) / (n_trials + z2)
    return Share(float(value), float(np.sqrt(spread) / (n_trials + z2)))


def excess_share(attack, control):
    """Share of those not reached by chance whom an attack reaches [2]_.

    Parameters
    ----------
    attack, control : Share
        Independent. `control` is below 1, as those of Wilson are.

    Returns
    -------
    excess : Share
        (attack - control) / (1 - control), negative where the control is reached more
        often; its standard error by the delta method.
    """
    failure = 1.0 - control.value
    value = (attack.value - control.value) / failure
    by_attack = attack.standard_error / failure
    by_control = (1.0 - attack.value) / failure**2 * control.standard_error
    return Share(float(value), float(np.hypot(by_attack, by_control)))


def overlap_by_chance(n_items, n_chosen):
    """Probability that two random choices of different items share at least one.

    Parameters
    ----------
    n_items : int
    n_chosen : int
        Of each choice, at most `n_items`.

    Returns
    -------
    probability : float
    """
    if 2 * n_chosen > n_items:
        return 1.0
    missed = np.log1p(-n_chosen / (n_items - np.arange(n_chosen)))
    return float(-np.expm1(missed.sum()))
