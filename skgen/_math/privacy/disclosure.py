"""What a figure or a report may show of a table without telling of single rows.

A count, a range or the name of a category is shown where it stands for at least
`MIN_COUNT` rows, the threshold that statistical offices use for tables of counts [1]_.

References
----------
.. [1] Hundepool, Domingo-Ferrer, Franconi, Giessing, Nordholt, Spicer & de Wolf (2012),
   "Statistical Disclosure Control", Wiley, chapter 4.
"""

import numpy as np

#: the fewest rows that a figure shown may stand for
MIN_COUNT = 5


def frequent_codes(codes, n_categories, min_count=MIN_COUNT):
    """Codes of the categories that enough rows hold, the most frequent first.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    n_categories : int
    min_count : int, default=5

    Returns
    -------
    codes : ndarray of int
        Where two are equally frequent, the lower one is first.
    """
    counts = code_counts(codes, n_categories)
    order = np.argsort(-counts, kind="stable")
    return order[counts[order] >= max(1, min_count)]


def code_counts(codes, n_categories):
    """Number of rows of each code; those with a missing cell are in none."""
    known = codes[~np.isnan(codes)].astype(np.intp)
    return np.bincount(known, minlength=n_categories)


def public_range(z, min_count=MIN_COUNT, tail=0.0):
    """Ends of a scale, with at least `min_count` rows at or beyond each of them.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    min_count : int, default=5
    tail : float, default=0.0
        Share of the known cells to be left beyond each end, where that is more.

    Returns
    -------
    low, high : float
        Both NaN where so few cells are known that none can be shown: the scale would
        then end at the cells of single rows.
    """
    known = np.sort(z[~np.isnan(z)])
    rank = max(min_count, int(np.ceil(tail * len(known))), 1)
    if len(known) < rank or known[rank - 1] > known[-rank]:
        return np.nan, np.nan
    return float(known[rank - 1]), float(known[-rank])


def public_edges(z, n_bins, *, whole=False, min_count=MIN_COUNT, tail=0.0):
    """Edges of the bins of a histogram, none of which holds a few rows only.

    Bins are equally wide between the ends of `public_range`. One with some rows, but
    fewer than `min_count`, is merged with the next ones. What lies beyond the ends is
    meant to be counted in the outermost bins (`bin_counts`), and is here.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        NaN where a cell is missing.
    n_bins : int
        Largest number of bins.
    whole : bool, default=False
        Whether the numbers are whole ones, each of which belongs in the middle of a
        bin, or as many of them as others in each bin.
    min_count : int, default=5
    tail : float, default=0.0
        As in `public_range`.

    Returns
    -------
    edges : ndarray of shape (n_bins_left + 1,)
        Empty where `public_range` knows no ends.
    width : float
        Of the bins before any were merged.
    """
    low, high = public_range(z, min_count, tail)
    if np.isnan(low):
        return np.empty(0), np.nan
    if whole:
        step = np.ceil((high - low + 1) / n_bins)
        n_steps = int(np.ceil((high - low + 1) / step))
        edges = low - 0.5 + step * np.arange(n_steps + 1)
    elif high - low <= 1e-12 * max(abs(low), abs(high)):
        # one number, or as good as one: floats cannot part the ends into bins
        step = abs(low) or 1.0
        edges = np.array([low - step / 2, low + step / 2])
    else:
        edges = np.linspace(low, high, n_bins + 1)
        step = (high - low) / n_bins
    return merge_sparse(edges, bin_counts(z, edges), min_count), float(step)


def merge_sparse(edges, counts, min_count=MIN_COUNT):
    """Edges of bins, those of a few rows merged with the next ones.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
    counts : ndarray of shape (n_bins,)
        Number of rows in each bin.
    min_count : int, default=5

    Returns
    -------
    edges : ndarray of shape (n_bins_left + 1,)
        Of bins that are empty or hold at least `min_count` rows; of a single bin where
        there are fewer rows in all.
    """
    starts, held = [0], counts[0]
    for k, count in enumerate(counts[1:], 1):
        if held == 0 or held >= min_count:
            starts.append(k)
            held = 0
        held += count
    while 0 < held < min_count and len(starts) > 1:
        # nothing follows, so it goes with the ones before
        held += counts[starts[-2] : starts[-1]].sum()
        del starts[-1]
    return edges[[*starts, len(counts)]]


def bin_counts(z, edges):
    """Number of known cells in each bin; what lies beyond the ends is in the last ones.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
    edges : ndarray of shape (n_bins + 1,)
        Increasing.
    """
    known = np.clip(z[~np.isnan(z)], edges[0], edges[-1])
    return np.histogram(known, edges)[0]
