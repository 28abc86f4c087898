"""Replace values that only a few rows hold, since they could identify these rows.

Rare categories are replaced by frequent ones at random. Rare numbers are moved to the
nearest allowed number. The allowed numbers also bound the column, which amounts to top
and bottom coding [1]_.

References
----------
.. [1] Hundepool et al. (2012), "Statistical Disclosure Control", Wiley.
"""

import numpy as np


def frequent_counts(levels, n_categories, min_count):
    """Count the rows of each category; 0 for categories of fewer than `min_count`.

    Parameters
    ----------
    levels : ndarray of shape (n_samples,)
        NaN is a missing cell.
    n_categories, min_count : int
    """
    observed = levels[~np.isnan(levels)].astype(np.intp)
    counts = np.bincount(observed, minlength=n_categories)
    return np.where(counts >= min_count, counts, 0)


def replace_rare_levels(levels, counts, rng):
    """Replace levels of count 0 by others, drawn in proportion to their counts.

    Parameters
    ----------
    levels : ndarray of shape (n_samples,)
        NaN is a missing cell, and stays missing.
    counts : ndarray of shape (n_categories,)
        Not all zero.
    rng : numpy.random.Generator
    """
    out = levels.copy()
    rare = np.isin(levels, np.flatnonzero(counts == 0))
    out[rare] = rng.choice(len(counts), size=rare.sum(), p=counts / counts.sum())
    return out


def rare_numbers(z, min_count):
    """Distinct numbers held by fewer than `min_count` cells, sorted, without NaN."""
    values, counts = np.unique(z[~np.isnan(z)], return_counts=True)
    return values[counts < min_count]


def allowed_numbers(z, min_count, settle):
    """Numbers that can be published without identifying single rows.

    These are the numbers that at least `min_count` cells hold, and some midpoints of
    neighbouring numbers, which no cell holds. More than `min_count` cells lie between
    two such midpoints, so that a number cannot be inferred from them.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN is a missing cell.
    min_count : int
        At least 2.
    settle : callable
        Rounds an array of numbers to values that the column can hold.

    Returns
    -------
    allowed : ndarray
        Sorted, from the `min_count`-th smallest cell to the `min_count`-th largest.
        Empty if the column allows none.
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
    # in a column of whole numbers, a rounded midpoint may be one of its neighbours
    free = (middle > values[pair]) & (middle < values[pair + 1])
    middle, before = middle[free], np.cumsum(counts)[pair[free]]
    if len(middle):
        # the first midpoint of every second block of rows
        block = (before - before[0]) // (min_count + 1)
        first = np.diff(block, prepend=-1) > 0
        middle = middle[first & (block % 2 == 0)]
    return np.union1d(frequent, middle)


def nearest_allowed(z, allowed):
    """Move each number to the nearest allowed number; NaN stays NaN.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
    allowed : ndarray of shape (n_allowed,)
        Sorted, at least one.
    """
    edges = allowed[:-1] + np.diff(allowed) / 2
    return np.where(np.isnan(z), np.nan, allowed[np.searchsorted(edges, z)])
