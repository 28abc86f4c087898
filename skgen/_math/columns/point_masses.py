"""Values of a numeric column that stand for themselves."""

from typing import NamedTuple

import numpy as np

#: rows that hold a point mass, at least
MIN_ROWS = 3
#: rows from which on a repeated value is one, whatever the others are
MANY_ROWS = 10
#: share of the rows from which on it is one; off a grid, from which on it is counted
MIN_SHARE = 0.01
#: share of the values that the same number of rows hold, if the table is balanced
BALANCED = 0.8
#: share of the rows from which on two of them are enough
PAIR_SHARE = 0.05
#: neighbours on either side from which the density around a value is estimated
N_NEIGHBOURS = 4


class PointMasses(NamedTuple):
    """Values that stand for themselves; build it with `find_point_masses`."""

    atoms: np.ndarray  # values, sorted
    atom_shares: np.ndarray  # share of the rows that hold each
    atom_widths: np.ndarray  # interval over which a score spreads each; 1 if counted


def find_point_masses(values, counts, *, integer_valued, different=None, certain=True):
    """Find the values that a numeric column repeats, and between which it has gaps.

    A value stands for itself if at least three rows hold it. If nearly all values are
    held by the same number of rows, as in visits of one person each, these rows must
    also be many or a large share of all. Of copies of the same row only one counts, so
    that repeating a table changes nothing.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Distinct observed values, sorted, at least one.
    counts : ndarray of int of shape (n_values,)
        Number of rows that hold each.
    integer_valued : bool
        Whether the column is on a grid. Then all values have probabilities. Otherwise
        only those do that hold at least one in a hundred rows: whether a rarer one is
        found depends on the number of rows, and the unit of a score must not.
    different : ndarray of int of shape (n_values,), default=None
        Number of different rows that hold each. None if copies of rows count, too.
    certain : bool, default=True
        Whether `counts` are none of copies of rows. Otherwise a point mass needs many
        rows, or a large share of them where values are held by different numbers.

    Returns
    -------
    point_masses : PointMasses
    """
    rows, shares = counts if different is None else different, counts / counts.sum()
    usual = np.median(rows)
    found = rows >= MIN_ROWS
    if not certain:
        found &= (rows >= MANY_ROWS) | (shares >= PAIR_SHARE)
    if (rows == usual).mean() >= BALANCED:
        found &= (
            (rows >= MIN_ROWS * usual)
            | (rows >= MANY_ROWS)
            | (certain & (shares >= MIN_SHARE))
        )
    found |= certain & (rows >= 2) & (shares >= PAIR_SHARE)
    found |= len(values) == 1
    widths = np.ones(found.sum())
    rare = shares[found] < MIN_SHARE
    if not integer_valued and rare.any():
        widths[rare] = local_widths(values, counts)[found][rare]
    return PointMasses(values[found], shares[found], widths)


def local_widths(values, counts):
    """Width of the interval that the rows of each value would fill by themselves.

    It is their number over the number of rows per unit length around the value.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Sorted, at least two.
    counts : ndarray of int of shape (n_values,)
    """
    at = np.arange(len(values))
    low = np.maximum(at - N_NEIGHBOURS, 0)
    high = np.minimum(at + N_NEIGHBOURS, len(values) - 1)
    below = np.concatenate([[0], np.cumsum(counts)])
    # half of the rows of either end lie within
    rows = below[high + 1] - below[low] - (counts[low] + counts[high]) / 2
    return counts * (values[high] - values[low]) / rows
