"""numpy random generators from scikit-learn's ``random_state``."""

import threading

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_parameter_constraints


def make_rng(random_state):
    """Make a `numpy.random.Generator` from a ``random_state`` of scikit-learn.

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
    """Check the ``random_state`` argument of a method, then do as `make_rng`."""
    validate_parameter_constraints(
        {"random_state": ["random_state"]},
        {"random_state": random_state},
        caller_name="the method",
    )
    return make_rng(random_state)


class _ThreadState(threading.local):
    def __init__(self):
        self.random_state = np.random.RandomState(0)


_THREAD_STATE = _ThreadState()


def reseeded(seed):
    """A reused `RandomState` that gives the numbers of ``RandomState(seed)``.

    Creating a new one is expensive: as much as growing a small tree.

    Parameters
    ----------
    seed : int

    Returns
    -------
    random_state : RandomState
        The same object in all calls of a thread: the next call seeds it again.
    """
    _THREAD_STATE.random_state.seed(seed)
    return _THREAD_STATE.random_state
