"""Nearest rows of mixed tables by brute force, in blocks of bounded memory."""

import numpy as np
from scipy.spatial.distance import cdist

# The most distances held at once.
BLOCK = 4_000_000


def nearest(queries, reference, scale, *, euclidean=False, skip=None):
    """Find the nearest reference row of each query row.

    Parameters
    ----------
    queries, reference : Rows
        Encoded together.
    scale : ndarray of shape (n_numeric,)
        What numbers are divided by, unless it is zero.
    euclidean : bool, default=False
        The Euclidean distance, else the sum of absolute differences; of the numbers
        and of one indicator column per category, so that a mismatch adds two.
    skip : ndarray of shape (n_queries,), default=None
        A reference row that each query may not find, such as itself.

    Returns
    -------
    distance : ndarray of shape (n_queries,)
    position : ndarray of shape (n_queries,)
        Of the reference row that was found.
    """
    n_queries, n_reference = len(queries.codes), len(reference.codes)
    metric = "sqeuclidean" if euclidean else "cityblock"
    numbers = [scaled(rows.numeric, scale) for rows in (queries, reference)]
    # small unsigned integers compare fastest
    small = [rows.codes.astype(np.uint16) for rows in (queries, reference)]
    distance, position = np.empty(n_queries), np.empty(n_queries, dtype=np.int64)
    for block in _blocks(n_queries, n_reference):
        D = _mismatches(small[0][block], small[1])
        if numbers[0].shape[1]:
            D += cdist(numbers[0][block], numbers[1], metric)
        if skip is not None:
            D[np.arange(len(D)), skip[block]] = np.inf
        position[block] = D.argmin(axis=1)
        distance[block] = D[np.arange(len(D)), position[block]]
    return np.sqrt(distance) if euclidean else distance, position


def kth_nearest(queries, reference, scale, k):
    """Distance of each query row to its k-th nearest reference row; see `nearest`."""
    numbers = [scaled(rows.numeric, scale) for rows in (queries, reference)]
    distance = np.empty(len(queries.codes))
    for block in _blocks(len(queries.codes), len(reference.codes)):
        D = _mismatches(queries.codes[block], reference.codes)
        if numbers[0].shape[1]:
            D += cdist(numbers[0][block], numbers[1], "cityblock")
        distance[block] = np.partition(D, k - 1, axis=1)[:, k - 1]
    return distance


def _blocks(n_queries, n_reference):
    size = max(1, BLOCK // n_reference)
    return [slice(start, start + size) for start in range(0, n_queries, size)]


def scaled(numeric, scale):
    """Divide columns by their scale, unless it is zero."""
    return numeric / np.where(scale > 0, scale, 1.0)


def _mismatches(queries, reference):
    """Twice the number of columns in which codes differ, for all pairs of rows."""
    counts = np.zeros((len(queries), len(reference)), dtype=np.uint8)
    for a, b in zip(queries.T, np.ascontiguousarray(reference.T), strict=True):
        counts += a[:, None] != b
    return 2.0 * counts
