"""How often a rough model of two columns would break their order."""

import numpy as np

#: bins of the column given which the other one is shuffled
N_BINS = 16
#: share of the rows from which on a value has a bin of its own
FREQUENT = 0.02


def expected_violations(a, b):
    """Share of rows with a > b, and a = b, if a is shuffled among rows of similar b.

    A model that knows b up to a bin draws a as it occurs in that bin. The order means
    something if such a model would break it: levels that are far apart, as those of age
    and income, never break it.

    Parameters
    ----------
    a, b : ndarray of shape (n,)

    Returns
    -------
    above, equal : float
        Exact expectations over all shuffles inside the bins of b.
    """
    bins = quantile_bins(b)
    order = np.argsort(bins, kind="stable")
    ends = np.flatnonzero(np.diff(bins[order])) + 1
    above = equal = 0.0
    for rows in np.split(order, ends):
        own = np.sort(a[rows])
        below = np.searchsorted(own, b[rows], side="left")
        not_above = np.searchsorted(own, b[rows], side="right")
        above += (len(rows) - not_above).mean()
        equal += (not_above - below).mean()
    return above / len(a), equal / len(a)


def quantile_bins(x, n_bins=N_BINS):
    """Bins of nearly equal frequency; frequent values have bins of their own.

    Parameters
    ----------
    x : ndarray of shape (n,)
    n_bins : int, default=16

    Returns
    -------
    bins : ndarray of int of shape (n,)
    """
    _, positions, counts = np.unique(x, return_inverse=True, return_counts=True)
    special = counts >= max(2, FREQUENT * len(x))
    # the ends may stand for something else, such as "none" or "more than"
    special[[0, -1]] |= counts[[0, -1]] >= 2
    rest = np.where(special, 0, counts)
    total = max(1, rest.sum())
    of_value = ((np.cumsum(rest) - rest / 2) * n_bins / total).astype(np.int64)
    of_value = of_value.clip(0, n_bins - 1)
    of_value[special] = n_bins + np.arange(special.sum())
    return of_value[positions.reshape(-1)]
