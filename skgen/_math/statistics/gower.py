"""Nearest rows of mixed tables in Gower's distance.

The distance of two rows is the mean over columns of what their cells differ by [1]_:
numbers the share of the column's range that lies between them, at most 1; categories 1
unless they are equal; a missing cell 1 from a known one and 0 from a missing one.

References
----------
.. [1] Gower (1971), "A General Coefficient of Similarity and Some of Its Properties",
   Biometrics.
"""

from typing import NamedTuple

import numpy as np

#: distances held at once: few enough for the cache of one core
BLOCK = 1 << 17
#: where a missing cell lies, in ranges of its column: far from any known one
MISSING = np.float32(1e9)
#: where known cells end, in ranges of their column
FARTHEST = 1e6
#: what distances in single precision may be wrong by
TOLERANCE = 1e-6


class Gower(NamedTuple):
    """How cells of each column are compared; build it with `fit_gower`."""

    discrete: np.ndarray  # of bool: cells are equal or not
    scale: np.ndarray  # of the other columns the range, else 1


def fit_gower(columns, Z):
    """How to compare cells, from what the columns are and reference rows.

    Parameters
    ----------
    columns : sequence
        Each with an attribute `discrete`, True for codes of categories.
    Z : ndarray of shape (n_samples, n_columns)
        NaN is a missing cell.

    Returns
    -------
    gower : Gower
        A number that all rows share has no range: it is compared as a category is, so
        that distances depend on no unit.
    """
    discrete = np.array([column.discrete for column in columns], dtype=bool)
    scale = np.ones(len(discrete))
    for j in np.flatnonzero(~discrete):
        known = Z[~np.isnan(Z[:, j]), j]
        width = np.ptp(known) if len(known) else 0.0
        discrete[j] = not width > 0
        scale[j] = width if width > 0 else 1.0
    return Gower(discrete, scale)


def nearest(gower, queries, reference, *, n_neighbors=1, exclude=None, euclidean=False):
    """Nearest reference rows of each query row, in blocks of bounded memory.

    Rows are ranked in single precision: of rows whose distances differ by less than
    about 1e-6 any may come first. Distances that are returned are exact.

    Parameters
    ----------
    gower : Gower
    queries : ndarray of shape (n_queries, n_columns)
    reference : ndarray of shape (n_reference, n_columns)
    n_neighbors : int, default=1
    exclude : ndarray of shape (n_queries,), default=None
        A position in `reference` that each query must not find, such as its own; -1
        for none.
    euclidean : bool, default=False
        The Euclidean distance of the same cells instead, categories as indicators: the
        root of the sum over columns of squares, 2 for categories that differ.

    Returns
    -------
    distance : ndarray of shape (n_queries, n_neighbors)
        Ascending, Gower's in [0, 1]; infinite where there are fewer rows to find.
        Rounded to twelve decimals, so that equal distances are equal numbers.
    position : ndarray of shape (n_queries, n_neighbors)
        In `reference`; of equal distances the lowest first, -1 for none.
    """
    position = np.empty((len(queries), n_neighbors), dtype=np.int64)
    for block, D in _blocks(gower, queries, reference, exclude, euclidean):
        rows = np.arange(len(D))
        for k in range(n_neighbors):
            found = D.argmin(axis=1)
            position[block, k] = np.where(np.isinf(D[rows, found]), -1, found)
            D[rows, found] = np.inf
    return _sort(_exact(gower, queries, reference, position, euclidean), position)


def count_within(gower, queries, reference, radius, *, exclude=None):
    """How many reference rows are no farther from each query row than a radius.

    Parameters
    ----------
    gower, queries, reference, exclude
        As in `nearest`.
    radius : ndarray of shape (n_queries,)
        In Gower's distance; what exceeds it by less than about 1e-6 counts.

    Returns
    -------
    count : ndarray of shape (n_queries,)
    """
    count = np.empty(len(queries), dtype=np.int64)
    # sums of columns in single precision
    limit = ((radius + TOLERANCE) * len(gower.scale)).astype(np.float32)
    for block, D in _blocks(gower, queries, reference, exclude, False):
        count[block] = np.count_nonzero(limit[block, None] >= D, axis=1)
    return count


def _blocks(gower, queries, reference, exclude, euclidean):
    """Sums over columns for all pairs of rows, a few queries at a time."""
    numbers, codes = _embed(gower, queries, reference)
    size = max(1, BLOCK // len(reference))
    space = _Space(min(size, len(queries)), len(reference), len(codes[1]), euclidean)
    for start in range(0, len(queries), size):
        block = slice(start, start + size)
        D = space.distances(numbers[0][block], codes[0][block], numbers[1], codes[1])
        if exclude is not None:
            asked = np.flatnonzero(exclude[block] >= 0)
            D[asked, exclude[block][asked]] = np.inf
        yield block, D


def _embed(gower, queries, reference):
    """Numbers in ranges of their column and codes, of (queries, reference.T).

    Both are small numbers, which are compared fastest; reference columns are rows.
    """
    both = np.concatenate([queries, reference])
    numbers, codes = [], []
    for z, discrete, scale in zip(both.T, *gower, strict=True):
        if discrete:
            codes.append(np.unique(z, return_inverse=True)[1])
            continue
        known = ~np.isnan(z)
        # rounding to single precision keeps most near zero
        start = np.median(z[known]) if known.any() else 0.0
        u = np.clip((z - start) / scale, -FARTHEST, FARTHEST).astype(np.float32)
        numbers.append(np.where(known, u, MISSING))
    n = len(queries)
    most = max((c.max() for c in codes), default=0)
    dtypes = (np.float32, np.min_scalar_type(int(most)))
    return [
        (Z[:, :n].T, Z[:, n:])
        for Z in (
            np.array(part, dtype=dtype).reshape(-1, len(both))
            for part, dtype in zip((numbers, codes), dtypes, strict=True)
        )
    ]


class _Space:
    """Arrays for the distances of one block of queries, used again for each."""

    def __init__(self, n_queries, n_reference, n_codes, euclidean):
        self.bend = np.square if euclidean else np.abs
        self.mismatch = 2 if euclidean else 1
        shape = (n_queries, n_reference)
        self.total, self.step = np.empty((2, *shape), dtype=np.float32)
        self.differ = np.empty(shape, dtype=bool)
        self.count = np.empty(shape, dtype=np.min_scalar_type(n_codes))

    def distances(self, numbers, codes, reference_numbers, reference_codes):
        """Sum over columns of what cells differ by, for all pairs of rows."""
        n = len(numbers)
        total, step = self.total[:n], self.step[:n]
        differ, count = self.differ[:n], self.count[:n]
        total[:], count[:] = 0, 0
        for a, b in zip(numbers.T, reference_numbers, strict=True):
            np.subtract(a[:, None], b, out=step)
            self.bend(step, out=step)
            np.minimum(step, 1, out=step)
            np.add(total, step, out=total)
        for a, b in zip(codes.T, reference_codes, strict=True):
            np.not_equal(a[:, None], b, out=differ)
            np.add(count, differ.view(np.uint8), out=count)
        for _ in range(self.mismatch):
            total += count
        return total


def _exact(gower, queries, reference, position, euclidean):
    """Distances of queries to the rows that were found, in double precision."""
    total = np.zeros(position.shape)
    bend, mismatch = (np.square, 2) if euclidean else (np.abs, 1)
    for j, (discrete, scale) in enumerate(zip(*gower, strict=True)):
        a, b = queries[:, j, None], reference[position, j]
        unlike = (a != b) & ~(np.isnan(a) & np.isnan(b))
        if discrete:
            total += mismatch * unlike
            continue
        with np.errstate(over="ignore"):
            step = np.minimum(bend((a - b) / scale), 1)
        total += np.where(np.isnan(step), unlike, step)
    distance = np.sqrt(total) if euclidean else total / max(1, len(gower.scale))
    return np.where(position < 0, np.inf, np.round(distance, 12))


def _sort(distance, position):
    # single precision may have swapped two of them
    order = np.lexsort((position, distance), axis=1)
    return tuple(np.take_along_axis(a, order, axis=1) for a in (distance, position))
