"""Random generators from what scikit-learn calls a random state."""

import numpy as np
from sklearn.utils import check_random_state


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
    >>> from skgen.base import make_rng
    >>> int(make_rng(0).integers(10)) == int(make_rng(0).integers(10))
    True
    """
    return np.random.default_rng(
        check_random_state(random_state).randint(2**32, size=4, dtype=np.uint32)
    )
