"""Nearest rows of mixed tables in Gower's distance.

The distance of two rows is the mean over columns of the distance of their cells, one
minus the similarity of [1]_. For numbers it is their difference as a share of the
column's range, at most 1; for categories, 0 if they are equal, else 1. A missing cell
is at distance 1 from a known one and 0 from a missing one.

References
----------
.. [1] Gower (1971), "A General Coefficient of Similarity and Some of Its Properties",
   Biometrics 27(4).
"""

from typing import NamedTuple

import numpy as np

#: number of distances computed at once: small enough for the cache of one core
BLOCK = 1 << 17
#: position of missing cells, in ranges of their column: far from all known cells
MISSING = np.float32(1e9)
#: known cells are clipped to this distance from the median, in ranges of their column
FARTHEST = 1e6
#: error of distances in single precision
TOLERANCE = 1e-6


class Gower(NamedTuple):
    """How cells of each column are compared; made by `fit_gower`."""

    discrete: np.ndarray  # of bool: cells are compared for equality only
    scale: np.ndarray  # the range of the other columns; 1 for discrete ones


def fit_gower(columns, Z):
    """Determine how cells are compared, from the kind and range of each column.

    Parameters
    ----------
    columns : sequence
        Each with an attribute `discrete`, True for levels of categories.
    Z : ndarray of shape (n_samples, n_columns)
        Reference rows. NaN is a missing cell.

    Returns
    -------
    gower : Gower
        A constant column of numbers has no range. It is compared like a category, so
        that distances do not depend on units.
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
    """Find the nearest reference rows of each query row, in bounded memory.

    Rows are ranked in single precision: if distances differ by less than about 1e-6,
    any of the rows may come first. The returned distances are in double precision.

    Parameters
    ----------
    gower : Gower
    queries : ndarray of shape (n_queries, n_columns)
    reference : ndarray of shape (n_reference, n_columns)
    n_neighbors : int, default=1
    exclude : ndarray of shape (n_queries,), default=None
        Position in `reference` of a row to skip for each query, such as its own; -1
        for none.
    euclidean : bool, default=False
        Use the Euclidean distance instead, with scaled numbers and one-hot encoded
        categories: the root of a sum of squares, 2 for categories that differ.

    Returns
    -------
    distance : ndarray of shape (n_queries, n_neighbors)
        Ascending; in [0, 1] for Gower's, infinite if there are too few reference rows.
        Rounded to twelve decimals, so that equal distances are equal numbers.
    position : ndarray of shape (n_queries, n_neighbors)
        Positions in `reference`; ties in ascending order, -1 for none.
    """
    position = np.empty((len(queries), n_neighbors), dtype=np.int64)
    for block, D in _distance_blocks(gower, queries, reference, exclude, euclidean):
        rows = np.arange(len(D))
        for k in range(n_neighbors):
            found = D.argmin(axis=1)
            position[block, k] = np.where(np.isinf(D[rows, found]), -1, found)
            D[rows, found] = np.inf
    return _sort_neighbors(
        _exact(gower, queries, reference, position, euclidean), position
    )


def count_within(gower, queries, reference, radius, *, exclude=None):
    """Count the reference rows within a radius of each query row.

    Parameters
    ----------
    gower, queries, reference, exclude
        As in `nearest`.
    radius : ndarray of shape (n_queries,)
        In Gower's distance; rows up to about 1e-6 farther away count too.

    Returns
    -------
    count : ndarray of shape (n_queries,)
    """
    count = np.empty(len(queries), dtype=np.int64)
    # blocks are sums over columns, in single precision
    limit = ((radius + TOLERANCE) * len(gower.scale)).astype(np.float32)
    for block, D in _distance_blocks(gower, queries, reference, exclude, False):
        count[block] = np.count_nonzero(limit[block, None] >= D, axis=1)
    return count


def _distance_blocks(gower, queries, reference, exclude, euclidean):
    """Yield distances of some queries to all reference rows, summed over columns."""
    numbers, levels = _embed(gower, queries, reference)
    size = max(1, BLOCK // len(reference))
    space = _Space(min(size, len(queries)), len(reference), len(levels[1]), euclidean)
    for start in range(0, len(queries), size):
        block = slice(start, start + size)
        D = space.distances(numbers[0][block], levels[0][block], numbers[1], levels[1])
        if exclude is not None:
            asked = np.flatnonzero(exclude[block] >= 0)
            D[asked, exclude[block][asked]] = np.inf
        yield block, D


def _embed(gower, queries, reference):
    """Scaled numbers and levels of queries and reference.T, in small dtypes."""
    both = np.concatenate([queries, reference])
    numbers, levels = [], []
    for z, discrete, scale in zip(both.T, *gower, strict=True):
        if discrete:
            levels.append(np.unique(z, return_inverse=True)[1])
            continue
        known = ~np.isnan(z)
        # centred, since single precision is finest near zero
        start = np.median(z[known]) if known.any() else 0.0
        u = np.clip((z - start) / scale, -FARTHEST, FARTHEST).astype(np.float32)
        numbers.append(np.where(known, u, MISSING))
    n = len(queries)
    most = max((c.max() for c in levels), default=0)
    dtypes = (np.float32, np.min_scalar_type(int(most)))
    return [
        (Z[:, :n].T, Z[:, n:])
        for Z in (
            np.array(part, dtype=dtype).reshape(-1, len(both))
            for part, dtype in zip((numbers, levels), dtypes, strict=True)
        )
    ]


class _Space:
    """Arrays for the distances of one block of queries, reused for each block."""

    def __init__(self, n_queries, n_reference, n_levels, euclidean):
        self.bend = np.square if euclidean else np.abs
        self.mismatch = 2 if euclidean else 1
        shape = (n_queries, n_reference)
        self.total, self.step = np.empty((2, *shape), dtype=np.float32)
        self.differ = np.empty(shape, dtype=bool)
        self.count = np.empty(shape, dtype=np.min_scalar_type(n_levels))

    def distances(self, numbers, levels, reference_numbers, reference_levels):
        """Sum over columns of the distances of cells, for all pairs of rows."""
        n = len(numbers)
        total, step = self.total[:n], self.step[:n]
        differ, count = self.differ[:n], self.count[:n]
        total[:], count[:] = 0, 0
        for a, b in zip(numbers.T, reference_numbers, strict=True):
            np.subtract(a[:, None], b, out=step)
            self.bend(step, out=step)
            np.minimum(step, 1, out=step)
            np.add(total, step, out=total)
        for a, b in zip(levels.T, reference_levels, strict=True):
            np.not_equal(a[:, None], b, out=differ)
            np.add(count, differ.view(np.uint8), out=count)
        for _ in range(self.mismatch):
            total += count
        return total


def _exact(gower, queries, reference, position, euclidean):
    """Distances of queries to the rows at `position`, in double precision."""
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


def _sort_neighbors(distance, position):
    # single precision may have swapped two neighbours
    order = np.lexsort((position, distance), axis=1)
    return tuple(np.take_along_axis(a, order, axis=1) for a in (distance, position))
