"""Statistical disclosure control: what a figure or report may show of a table.

A count, a range or the name of a category is shown only if it stands for at least
`MIN_COUNT` rows, as in the tables of counts of statistical offices [1]_.

References
----------
.. [1] Hundepool, Domingo-Ferrer, Franconi, Giessing, Nordholt, Spicer & de Wolf (2012),
   "Statistical Disclosure Control", Wiley, chapter 4.
"""

import numpy as np

#: smallest number of rows behind anything that is shown
MIN_COUNT = 5


def frequent_levels(levels, n_categories, min_count=MIN_COUNT):
    """Codes of the categories of at least `min_count` rows, most frequent first.

    Parameters
    ----------
    levels : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    n_categories : int
    min_count : int, default=5

    Returns
    -------
    levels : ndarray of int
        Equally frequent levels are in ascending order.
    """
    counts = level_counts(levels, n_categories)
    order = np.argsort(-counts, kind="stable")
    return order[counts[order] >= max(1, min_count)]


def level_counts(levels, n_categories):
    """Count the rows of each level, without missing cells."""
    known = levels[~np.isnan(levels)].astype(np.intp)
    return np.bincount(known, minlength=n_categories)


def public_range(z, min_count=MIN_COUNT, tail=0.0):
    """Ends of an axis, with at least `min_count` rows at or beyond each of them.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    min_count : int, default=5
    tail : float, default=0.0
        Smallest share of the known cells at or beyond each end.

    Returns
    -------
    low, high : float
        Both NaN if there are too few known cells: the axis would end at the cells of
        single rows.
    """
    known = np.sort(z[~np.isnan(z)])
    rank = max(min_count, int(np.ceil(tail * len(known))), 1)
    if len(known) < rank or known[rank - 1] > known[-rank]:
        return np.nan, np.nan
    return float(known[rank - 1]), float(known[-rank])


def public_edges(z, n_bins, *, whole=False, min_count=MIN_COUNT, tail=0.0):
    """Edges of histogram bins that are empty or hold at least `min_count` rows.

    Bins of equal width span the `public_range`. Bins with some rows, but fewer than
    `min_count`, are merged with the next ones. Cells beyond the ends are counted in the
    outermost bins, as `bin_counts` does.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    n_bins : int
        Largest number of bins.
    whole : bool, default=False
        Whether the numbers are whole. Bins then have a whole width, and edges half-way
        between whole numbers.
    min_count : int, default=5
    tail : float, default=0.0
        As in `public_range`.

    Returns
    -------
    edges : ndarray of shape (n_bins_left + 1,)
        Empty if `public_range` is NaN.
    width : float
        Width of the bins before merging.
    """
    low, high = public_range(z, min_count, tail)
    if np.isnan(low):
        return np.empty(0), np.nan
    if whole:
        step = np.ceil((high - low + 1) / n_bins)
        n_steps = int(np.ceil((high - low + 1) / step))
        edges = low - 0.5 + step * np.arange(n_steps + 1)
    elif high - low <= 1e-12 * max(abs(low), abs(high)):
        # a single number, up to rounding, cannot be divided into bins
        step = abs(low) or 1.0
        edges = np.array([low - step / 2, low + step / 2])
    else:
        edges = np.linspace(low, high, n_bins + 1)
        step = (high - low) / n_bins
    return merge_sparse(edges, bin_counts(z, edges), min_count), float(step)


def merge_sparse(edges, counts, min_count=MIN_COUNT):
    """Merge bins of fewer than `min_count` rows with the next ones; empty bins stay.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
    counts : ndarray of shape (n_bins,)
        Number of rows in each bin.
    min_count : int, default=5

    Returns
    -------
    edges : ndarray of shape (n_bins_left + 1,)
        Each bin is empty or holds at least `min_count` rows, unless the total is lower.
    """
    starts, held = [0], counts[0]
    for k, count in enumerate(counts[1:], 1):
        if held == 0 or held >= min_count:
            starts.append(k)
            held = 0
        held += count
    while 0 < held < min_count and len(starts) > 1:
        # the last bin has no next one and is merged with those before it
        held += counts[starts[-2] : starts[-1]].sum()
        del starts[-1]
    return edges[[*starts, len(counts)]]


def bin_counts(z, edges):
    """Count the known cells of each bin; outermost bins include cells beyond the ends.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
    edges : ndarray of shape (n_bins + 1,)
        Increasing.
    """
    known = np.clip(z[~np.isnan(z)], edges[0], edges[-1])
    return np.histogram(known, edges)[0]
