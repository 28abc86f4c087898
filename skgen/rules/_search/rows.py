"""Distinct rows of a table, in two halves that depend on their content only."""

import numpy as np

from skgen._math.copies import merge_copies
from skgen._math.hashing import mix

_MISSING = np.uint64(0x5DEECE66D)  # in place of a missing cell


def halves(values, sample_weight=None, *, largest=(4_000, 8_000)):
    """Rows in which rules are searched, those on which they are verified, and others.

    Copies of rows count once, so that repeating every row changes nothing. Which half
    a row is in depends on its cells, so that neither does the order of the rows.

    Parameters
    ----------
    values : Values
    sample_weight : ndarray of shape (n_samples,), default=None
        Rows of weight 0 do not count.
    largest : tuple of int, default=(4000, 8000)
        Largest numbers of rows of the first and of the second half.

    Returns
    -------
    first, second, others : ndarray of int
        Positions of rows.
    """
    rows = np.arange(len(values.numbers))
    if sample_weight is not None:
        rows = rows[np.asarray(sample_weight) > 0]
    key = _hash_rows(values.numbers[rows])
    kept, times = _without_copies(values, rows, key)
    order = np.argsort(mix(key[kept], 1) + mix(times.astype(np.uint64), 2))
    rows = rows[kept[order]]
    half = min(largest[0], len(rows) // 2)
    first, second, others = np.split(rows, [half, half + largest[1]])
    return first, second, others


def _hash_rows(numbers):
    total = np.zeros(len(numbers), dtype=np.uint64)
    for j, column in enumerate(numbers.T):
        bits = np.ascontiguousarray(column + 0.0).view(np.uint64)
        total += mix(np.where(np.isnan(column), _MISSING, bits), j)
    return total


def _without_copies(values, rows, key):
    """Positions in `rows` of those that count, and which copy of its row each is."""
    order = np.argsort(key, kind="stable")
    new = np.append(True, np.diff(key[order].view(np.int64)) != 0)[: len(order)]
    group = np.cumsum(new) - 1
    counts = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(new)
    times = np.arange(len(order)) - starts[group]
    if len(counts) == len(order):
        return order, times
    # if all rows are repeated the same number of times, one of them counts
    counted = times < (counts // np.gcd.reduce(counts))[group]
    order, times = order[counted], times[counted]
    merged, _ = merge_copies(
        values.numbers[rows[order]], np.ones(len(order)), values.columns
    )
    if len(merged) == len(order):
        return order, times
    return order[times == 0], times[times == 0]
