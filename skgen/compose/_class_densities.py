"""Densities of one class converted to a measure that all classes share.

A generator fitted to one class gives probabilities to the values that this class
repeats (its point masses) and densities to all others. They are converted to the
measure of the whole table: probabilities for the values that the whole table repeats,
densities for the others. The factor between the two is the width of the interval that
reaches half-way to the neighbours of a value in the whole table.
"""

from typing import NamedTuple

import numpy as np


class ObservedValues(NamedTuple):
    """Values of a column in one class; build it with `observed_values`."""

    n_observed: float  # weight of the observed cells
    values: np.ndarray  # distinct values
    points: np.ndarray  # of numbers: the point masses of the generator of the class
    integer_valued: bool  # of numbers: whether this generator draws integers only


def observed_values(z, weights, column):
    """Summarise the values of a column in one class.

    Parameters
    ----------
    z : ndarray of shape (n_rows,)
        Encoded cells, NaN where missing.
    weights : ndarray of shape (n_rows,)
    column : Column or None
        The column in the codec of the generator of the class. None if the generator has
        no codec: then it has a density everywhere.

    Returns
    -------
    seen : ObservedValues
    """
    known = ~np.isnan(z)
    values, n_observed = np.unique(z[known]), weights[known].sum()
    if column is None:
        return ObservedValues(n_observed, values, np.empty(0), False)
    rest = np.setdiff1d(values, column.atoms)
    # a single value has no neighbours to define a width, so it is a point mass
    points = values if len(rest) == 1 else column.atoms
    return ObservedValues(n_observed, values, points, column.integer_valued)


def log_unseen_share(seen, n_categories):
    """Log-probability of a category that a class has not seen.

    All such categories together have half a row's weight, as in the generators' floor.
    """
    return -np.log(2 * (seen.n_observed + 1) * n_categories)


def log_measure_ratio(z, seen, atoms, values):
    """Term that converts log-densities of a class to the measure of the whole table.

    Parameters
    ----------
    z : ndarray of shape (n_rows,)
        Numbers of a column that is continuous in the whole table; NaN where missing.
    seen : ObservedValues
        Values of the column in the class.
    atoms, values : ndarray
        Sorted point masses of the column in the whole table, and all its values.

    Returns
    -------
    log_ratio : ndarray of shape (n_rows,)
    """
    counted = np.isin(z, atoms)
    if not seen.integer_valued:
        of_class = np.isin(z, seen.points)
        return (counted * 1.0 - of_class) * _log_width(z, values)
    # the generator of the class spreads integers over intervals of length one
    between = z != np.rint(z)
    between[np.isnan(z)] = False
    log_rare = -np.log(2 * (seen.n_observed + 1))
    return between * (log_rare + counted * _log_width(z, values))


def _log_width(z, values):
    """Log-width of the half-way interval around each of the `values`.

    Numbers that are not among them get an arbitrary width.
    """
    if len(values) < 2:
        return np.zeros(len(z))
    gaps = np.diff(values)
    width = (np.append(gaps, gaps[-1]) + np.append(gaps[0], gaps)) / 2
    at = np.minimum(np.searchsorted(values, z), len(values) - 1)
    return np.log(width[at])
