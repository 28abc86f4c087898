"""How often a rough model of two columns would break their order."""

import numpy as np

#: bins of the column given which the other one is shuffled, and rows of each
MOST_BINS, FEWEST_BINS, ROWS_OF_BIN = 16, 6, 100


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


def independent_violations(a, b):
    """Share of rows in which a > b if a and b are independent.

    Parameters
    ----------
    a, b : ndarray of shape (n,)
    """
    not_above = np.searchsorted(np.sort(a), b, side="right")
    return float(1 - (not_above / len(a)).mean())


def quantile_bins(x):
    """Bins of nearly equal frequency; 0 and the extremes have bins of their own.

    There are 16 bins, fewer of less than 1,600 rows, which a model knows less well.

    Parameters
    ----------
    x : ndarray of shape (n,)

    Returns
    -------
    bins : ndarray of int of shape (n,)
    """
    values, positions, counts = np.unique(x, return_inverse=True, return_counts=True)
    # the extremes may stand for something else, such as "none" or "more than"
    special = values == 0
    special[[0, -1]] |= counts[[0, -1]] >= 2
    rest = np.where(special, 0, counts)
    n_bins = int(np.clip(len(x) // ROWS_OF_BIN, FEWEST_BINS, MOST_BINS))
    of_value = (np.cumsum(rest) - rest / 2) * n_bins / max(1, rest.sum())
    of_value = of_value.astype(np.int64).clip(0, n_bins - 1)
    of_value[special] = n_bins + np.arange(special.sum())
    return of_value[positions.reshape(-1)]
