"""Whether a generator draws the same rows again and again."""

import numpy as np

from skgen._math.statistics.auc import equal_rows
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import subsample

#: drawn and real rows of which the nearest ones are looked for
_MAX_QUERIES = 5_000


def repeat_share(columns, Z_first, Z_second, Z_real, rng):
    """Share of drawn rows that come again when rows are drawn anew.

    A generator that remembers some rows draws near copies of these each time, so that a
    row of one draw has a row of the next as good as at its place, and the others much
    farther away. The distance to the nearest row over that to the second nearest tells
    so whatever the distribution is: where rows are spread evenly over a neighbourhood
    of dimension d, its mean is d / (d + 1) however many there are. What it is among
    real rows, of which none was copied, tells d, and how often rows are equal by
    chance.

    Parameters
    ----------
    columns : sequence of Column
    Z_first, Z_second : ndarray of shape (n_drawn, n_columns)
        Two independent draws.
    Z_real : ndarray of shape (n_real, n_columns)
        Distinct people, at least three; about as many as the rows of one draw.
    rng : numpy.random.Generator

    Returns
    -------
    share : float
        In [0, 1]: how much smaller the mean ratio is than among real rows, relative to
        that of those which are equal to no other one. It is the share of exact repeats
        beyond those by chance, were the other rows like real ones.
    """
    gower = fit_gower(columns, Z_real)
    drawn = _distance_ratios(gower, subsample(Z_first, _MAX_QUERIES, rng), Z_second)
    real = _own_distance_ratios(gower, Z_real, rng)
    if not real.any():
        return 0.0
    # relative to all of them, a few distinct rows would decide
    return max(0.0, float((real.mean() - drawn.mean()) / real[real > 0].mean()))


def _distance_ratios(gower, queries, reference):
    """Distance to the nearest distinct row over that to the second nearest one."""
    _, first = np.unique(equal_rows(reference), return_index=True)
    distance, _ = nearest(gower, queries, reference[first], n_neighbors=2)
    return _ratio(distance)


def _own_distance_ratios(gower, Z, rng):
    """The same of rows among all others of their table."""
    group = equal_rows(Z)
    _, first, count = np.unique(group, return_index=True, return_counts=True)
    asked = subsample(np.arange(len(Z)), _MAX_QUERIES, rng)
    distance, _ = nearest(
        gower, Z[asked], Z[first], n_neighbors=2, exclude=group[asked]
    )
    # the distinct rows are in the order of their groups
    return np.where(count[group[asked]] > 1, 0.0, _ratio(distance))


def _ratio(distance):
    """Zero where rows are equal, and where there is no second one."""
    first, second = distance.T
    usable = (second > 0) & np.isfinite(second)
    return np.divide(first, second, out=np.zeros(len(first)), where=usable)
