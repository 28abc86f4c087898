"""Densities of one class made comparable with those of another.

A generator that was fitted to one class counts the values that this class repeats, and
measures the others by length. What it says of a row is restated in the measure of the
whole table, which all classes share: counting on the values that the whole table
repeats, length on the others. A value stands for the interval half-way to its
neighbours in the whole table, so that a density times its width is a probability.
"""

from typing import NamedTuple

import numpy as np


class Seen(NamedTuple):
    """What one class has seen of a column; build it with `look_at`."""

    n_observed: float  # weight of its observed cells
    values: np.ndarray  # its distinct values
    points: np.ndarray  # of a number: values that have a probability in its model
    integer_valued: bool  # of a number: whether its model knows whole numbers only


def look_at(z, weights, column):
    """What a class has seen of a column.

    Parameters
    ----------
    z : ndarray of shape (n_rows,)
        NaN where missing.
    weights : ndarray of shape (n_rows,)
    column : Column or None
        The column as the generator of the class knows it. None, of generators that know
        no kinds: it has a density everywhere.
    """
    known = ~np.isnan(z)
    values, n_observed = np.unique(z[known]), weights[known].sum()
    if column is None:
        return Seen(n_observed, values, np.empty(0), False)
    rest = np.setdiff1d(values, column.atoms)
    # alone, it has no neighbour to make it a density with, and counts as a point
    points = values if len(rest) == 1 else column.atoms
    return Seen(n_observed, values, points, column.integer_valued)


def log_unseen_share(seen, n_categories):
    """Logarithm of the share of a category that a class has not seen.

    All of them together have half a row's weight, as in the floor of the generators.
    """
    return -np.log(2 * (seen.n_observed + 1) * n_categories)


def log_measure_ratio(z, seen, atoms, values):
    """What to add to log-densities of a class for the measure of the whole table.

    Parameters
    ----------
    z : ndarray of shape (n_rows,)
        Numbers of a column that is continuous in the whole table; NaN where missing.
    seen : Seen
        What the class has seen of the column.
    atoms, values : ndarray
        Sorted values that the whole table repeats, and all its values.

    Returns
    -------
    log_ratio : ndarray of shape (n_rows,)
    """
    counted = np.isin(z, atoms)
    if not seen.integer_valued:
        of_class = np.isin(z, seen.points)
        return (counted * 1.0 - of_class) * _log_width(z, values)
    # its model spreads whole numbers over intervals of length one
    between = z != np.rint(z)
    between[np.isnan(z)] = False
    log_rare = -np.log(2 * (seen.n_observed + 1))
    return between * (log_rare + counted * _log_width(z, values))


def _log_width(z, values):
    """Logarithm of the half-way interval of each of the `values`; others get any."""
    if len(values) < 2:
        return np.zeros(len(z))
    gaps = np.diff(values)
    width = (np.append(gaps, gaps[-1]) + np.append(gaps[0], gaps)) / 2
    at = np.minimum(np.searchsorted(values, z), len(values) - 1)
    return np.log(width[at])
