"""Values of a column that may be told: those that several rows hold, or none.

A number that fewer rows hold points at them. It is moved to the nearest of some allowed
numbers, which also bound the column: its tails are cut where they thin out, as in top
and bottom coding [1]_.

References
----------
.. [1] Hundepool et al. (2012), "Statistical Disclosure Control", Wiley.
"""

import numpy as np


def frequent_counts(codes, n_categories, min_count):
    """Number of rows of each category, 0 for those of fewer than `min_count`.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        NaN marks missing cells.
    n_categories, min_count : int
    """
    observed = codes[~np.isnan(codes)].astype(np.intp)
    counts = np.bincount(observed, minlength=n_categories)
    return np.where(counts >= min_count, counts, 0)


def replace_rare_codes(codes, counts, rng):
    """Codes, those of count 0 replaced by others at random in proportion to counts.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        NaN marks missing cells, which stay so.
    counts : ndarray of shape (n_categories,)
        Not all zero.
    rng : numpy.random.Generator
    """
    out = codes.copy()
    rare = np.isin(codes, np.flatnonzero(counts == 0))
    out[rare] = rng.choice(len(counts), size=rare.sum(), p=counts / counts.sum())
    return out


def rare_numbers(z, min_count):
    """Sorted distinct numbers that fewer than `min_count` cells hold; NaN is none."""
    values, counts = np.unique(z[~np.isnan(z)], return_counts=True)
    return values[counts < min_count]


def allowed_numbers(z, min_count, settle):
    """Numbers that tell of no single row, and lie between the tails of a column.

    These are the numbers that at least `min_count` cells hold, and some that none
    holds: midpoints of neighbouring numbers of the column, of which two have more than
    `min_count` cells between them. So no number can be told from two midpoints.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN marks missing cells.
    min_count : int
        At least 2.
    settle : callable
        Rounds an array of numbers to what the column can hold.

    Returns
    -------
    allowed : ndarray
        Sorted. None is below the `min_count`-th smallest cell or above the
        `min_count`-th largest. Empty if the column allows none.
    """
    z = np.sort(z[~np.isnan(z)])
    if len(z) < min_count:
        return z[:0]
    low, high = z[min_count - 1], z[-min_count]
    values, counts = np.unique(z, return_counts=True)
    frequent = values[counts >= min_count]
    inner = (values >= low) & (values <= high)
    pair = np.flatnonzero(inner[:-1] & inner[1:])
    middle = settle(values[pair] + (values[pair + 1] - values[pair]) / 2)
    # what a column of whole numbers holds between two neighbours may be one of them
    free = (middle > values[pair]) & (middle < values[pair + 1])
    middle, before = middle[free], np.cumsum(counts)[pair[free]]
    if len(middle):
        # every second of blocks of rows; the first midpoint of each
        block = (before - before[0]) // (min_count + 1)
        first = np.diff(block, prepend=-1) > 0
        middle = middle[first & (block % 2 == 0)]
    return np.union1d(frequent, middle)


def nearest_allowed(z, allowed):
    """The allowed number that is nearest to each number; NaN stays NaN.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
    allowed : ndarray of shape (n_allowed,)
        Sorted, at least one.
    """
    edges = allowed[:-1] + np.diff(allowed) / 2
    return np.where(np.isnan(z), np.nan, allowed[np.searchsorted(edges, z)])
