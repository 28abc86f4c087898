"""Does a generator draw the same rows repeatedly?"""

import numpy as np

from skgen._math.statistics.auc import equal_rows
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import subsample

#: largest number of drawn, and of real rows whose nearest rows are found
_MAX_QUERIES = 5_000


def repeat_share(columns, Z_first, Z_second, Z_real, rng):
    """Share of the rows of one draw that a second draw repeats.

    A generator that has memorised rows draws near copies of these each time. So a row
    of the first draw has a near copy in the second one, and all other rows are much
    farther away: the distance to the nearest row is small relative to the distance to
    the second nearest. For rows that are spread evenly over a neighbourhood of
    dimension d, the mean of this ratio is d / (d + 1), whatever their number. The ratio
    among real rows stands for d and for rows that are equal by chance.

    Parameters
    ----------
    columns : sequence of Column
    Z_first, Z_second : ndarray of shape (n_drawn, n_columns)
        Two independent draws.
    Z_real : ndarray of shape (n_real, n_columns)
        At least three rows of distinct people, best about the number of drawn rows.
    rng : numpy.random.Generator

    Returns
    -------
    share : float
        In [0, 1]: by how much the mean ratio is smaller than among real rows, relative
        to the mean ratio of real rows that are equal to no other row. If all other rows
        are like real ones, it is the share of exact repeats beyond chance.
    """
    gower = fit_gower(columns, Z_real)
    drawn = _distance_ratios(gower, subsample(Z_first, _MAX_QUERIES, rng), Z_second)
    real = _own_distance_ratios(gower, Z_real, rng)
    if not real.any():
        return 0.0
    # the mean over all rows would depend on a few distinct ones
    return max(0.0, float((real.mean() - drawn.mean()) / real[real > 0].mean()))


def _distance_ratios(gower, queries, reference):
    """Distance to the nearest distinct row over that to the second nearest one."""
    _, first = np.unique(equal_rows(reference), return_index=True)
    distance, _ = nearest(gower, queries, reference[first], n_neighbors=2)
    return _ratio(distance)


def _own_distance_ratios(gower, Z, rng):
    """The same ratios of rows of a table, among all its other rows."""
    group = equal_rows(Z)
    _, first, count = np.unique(group, return_index=True, return_counts=True)
    asked = subsample(np.arange(len(Z)), _MAX_QUERIES, rng)
    distance, _ = nearest(
        gower, Z[asked], Z[first], n_neighbors=2, exclude=group[asked]
    )
    # the distinct rows are in the order of their groups
    return np.where(count[group[asked]] > 1, 0.0, _ratio(distance))


def _ratio(distance):
    """Ratios; 0 where rows are equal or there is no second row."""
    first, second = distance.T
    usable = (second > 0) & np.isfinite(second)
    return np.divide(first, second, out=np.zeros(len(first)), where=usable)
