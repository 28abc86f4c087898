"""Values of a numeric column that stand for themselves."""

from typing import NamedTuple

import numpy as np

#: rows that hold a point mass, at least
MIN_ROWS = 3
#: rows from which on a repeated value is one, whatever the others are
MANY_ROWS = 10
#: share of the rows from which on it is one; off a grid, from which on it is counted
MIN_SHARE = 0.01
#: share of the rows from which on two of them are enough
PAIR_SHARE = 0.05
#: neighbours on either side from which the density around a value is estimated
N_NEIGHBOURS = 4


class PointMasses(NamedTuple):
    """Values that stand for themselves; build it with `find_point_masses`."""

    atoms: np.ndarray  # values, sorted
    atom_shares: np.ndarray  # share of the rows that hold each
    atom_widths: np.ndarray  # interval over which a score spreads each; 1 if counted


def find_point_masses(values, counts, *, integer_valued, copies=1, different=None):
    """Find the values that a numeric column repeats, and between which it has gaps.

    A value stands for itself if at least three rows hold it, and if either they are
    many, or a large share of all, or several times those of a usual value. Otherwise
    all values of rows that belong together, such as visits of one person, would count.
    Of copies of the same row only one counts, so that repeating a table changes
    nothing.

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
    copies : int, default=1
        Number of copies of a usual row in the table.
    different : ndarray of int of shape (n_values,), default=None
        Number of different rows that hold each. None if all rows differ.

    Returns
    -------
    point_masses : PointMasses
    """
    rows, shares = counts // copies, counts / counts.sum()
    if different is not None:
        rows = np.maximum(rows, different)
    usual = max(1.0, np.median(rows))
    found = (rows >= MIN_ROWS) & (
        (rows >= MIN_ROWS * usual) | (rows >= MANY_ROWS) | (shares >= MIN_SHARE)
    )
    found |= (rows >= 2) & (shares >= PAIR_SHARE)
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
