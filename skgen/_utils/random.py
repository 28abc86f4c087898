"""Random generators from what scikit-learn calls a random state."""

import threading

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_parameter_constraints


def make_rng(random_state):
    """One `numpy.random.Generator` from what scikit-learn calls a random state.

    Parameters
    ----------
    random_state : int, RandomState instance or None

    Returns
    -------
    rng : numpy.random.Generator

    Examples
    --------
    >>> from skgen._utils.random import make_rng
    >>> int(make_rng(0).integers(10)) == int(make_rng(0).integers(10))
    True
    """
    return np.random.default_rng(
        check_random_state(random_state).randint(2**32, size=4, dtype=np.uint32)
    )


def make_call_rng(random_state):
    """As `make_rng`, for the argument of a method, which is checked first."""
    validate_parameter_constraints(
        {"random_state": ["random_state"]},
        {"random_state": random_state},
        caller_name="the method",
    )
    return make_rng(random_state)


class _OfThread(threading.local):
    def __init__(self):
        self.random_state = np.random.RandomState(0)


_OF_THREAD = _OfThread()


def reseeded(seed):
    """The numbers of ``RandomState(seed)``, for one use at a time.

    To make a new one takes as long as to grow a tree on some hundred cells.

    Parameters
    ----------
    seed : int

    Returns
    -------
    random_state : RandomState
        The same in all calls of a thread, which seed it anew.
    """
    _OF_THREAD.random_state.seed(seed)
    return _OF_THREAD.random_state
