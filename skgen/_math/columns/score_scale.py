"""Normal scores of a column, and the way back to values that the column can hold.

The column is taken for a standard normal number that was recorded in cells, one for
each observed value and as likely as that. The score of a value is the mean of its cell.
Back from a score, its cell is looked up. In it lie the value itself and what is nearer
to it than to its neighbours, but nothing in a gap that is empty: no number between a
code such as -999 and the numbers beside it, and none between the values of a column
that has few.

References
----------
.. [1] Good (1953), "The population frequencies of species and the estimation of
   population parameters", Biometrika 40.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

#: A gap is empty unless a neighbour's distance to this number of other rows spans it.
N_NEAR = 5
#: A column of at most this number of values, ...
MAX_FEW = 20
#: ... of which at most this share of the rows are the only ones with their value, has
#: no others: the share of values not yet seen is about that of those seen once [1]_.
MAX_SINGLE = 0.05
#: smallest gaps around a point mass in which there are fewer other rows than it has
MIN_GAPS = 10
#: smallest number of rows of a point mass
MIN_ROWS = 5
#: share of the rows up to which a cell counts as a point
MIN_SHARE = 1e-3
#: ranks are held to this distance from 0 and 1
_MIN_RANK = 1e-12


class ScoreScale(NamedTuple):
    """Values of a column and their ranks; build it with `fit_score_scale`."""

    values: np.ndarray  # (n_values,) sorted
    shares: np.ndarray  # (n_values,) of the weight of all rows
    low: np.ndarray  # (n_values,) lower end of what may be drawn in each cell
    high: np.ndarray
    is_mass: np.ndarray  # (n_values,) whether a value stands far above its neighbours
    is_whole: bool


def fit_score_scale(z, weights, column):
    """Fit the scale of a column of numbers or times.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        Without missing cells, at least one.
    weights : ndarray of shape (n_samples,) or None
        Positive.
    column : Column
        Its `integer_valued` and `atoms` are used.

    Returns
    -------
    scale : ScoreScale
    """
    values, counts = np.unique(z, return_counts=True)
    shares = counts / len(z)
    if weights is not None:
        shares = np.bincount(np.searchsorted(values, z), weights, len(values))
        shares /= shares.sum()
    is_few = has_few_values(counts)
    # repeating the whole table changes nothing
    counts = counts // np.gcd.reduce(counts)
    stands_out = _find_repeated(values, counts)
    alone = stands_out & (counts > 1) | is_few
    if not column.integer_valued:
        alone |= np.isin(values, column.atoms)
    low, high = _find_cells(values, counts, alone)
    is_mass = stands_out & (counts >= MIN_ROWS)
    return ScoreScale(values, shares, low, high, is_mass, column.integer_valued)


def narrow(scale, kept):
    """Scale of the column with some of its values only.

    Parameters
    ----------
    scale : ScoreScale
    kept : ndarray of bool of shape (n_values,)
        At least one. Nothing is drawn below the first and above the last of these.
    """
    values, shares, low, high, is_mass = (part[kept] for part in scale[:-1])
    low = np.maximum(low, values[0])
    high = np.minimum(high, values[-1])
    return ScoreScale(values, shares, low, high, is_mass, scale.is_whole)


def to_scores(scale, z):
    """Scores of values, and the variance of what each score stands for.

    Parameters
    ----------
    scale : ScoreScale
    z : ndarray of shape (n_samples,)
        NaN stays NaN. Values that were not observed count as the next above.

    Returns
    -------
    scores, variances : ndarray of shape (n_samples,)
        Mean and variance of a standard normal number in the cell of each value.
    """
    at = np.searchsorted(scale.values[:-1], z)
    ends = _rank_ends(scale)
    low, high = ends[at], ends[at + 1]
    # narrow cells, in which differences of nearly equal numbers cancel, are points
    wide = high - low > MIN_SHARE
    share = np.where(wide, high - low, 1.0)
    middle = np.clip((low + high) / 2, _MIN_RANK, 1 - _MIN_RANK)
    (below, slope_below), (above, slope_above) = _heights(low), _heights(high)
    scores = np.where(wide, (below - above) / share, ndtri(middle))
    variances = 1 + (slope_below - slope_above) / share - scores**2
    variances = np.where(wide, variances, 0.0)
    scores[np.isnan(z)], variances[np.isnan(z)] = np.nan, np.nan
    return scores, variances


def _heights(ranks):
    """Standard normal density at quantiles, and its product with them."""
    bounds = ndtri(ranks)
    height = np.exp(-(bounds**2) / 2) / np.sqrt(2 * np.pi)
    return height, np.where(height > 0, bounds, 0.0) * height


def from_scores(scale, scores):
    """Values in whose cells scores lie.

    Parameters
    ----------
    scale : ScoreScale
    scores : ndarray of shape (n_samples,)
        Without missing cells.

    Returns
    -------
    z : ndarray of shape (n_samples,)
        Whole numbers if the column holds no others.
    """
    rank, ends = ndtr(scores), _rank_ends(scale)
    at = np.searchsorted(ends[1:-1], rank)
    value, low, high = scale.values[at], scale.low[at], scale.high[at]
    # from -1 at the lower end of the cell to 1 at the upper one, 0 at the value
    width = np.maximum(ends[at + 1] - ends[at], np.finfo(np.float64).tiny)
    place = np.clip(2 * (rank - ends[at]) / width - 1, -1, 1)
    z = value + place * np.where(place < 0, value - low, high - value)
    return np.where(low < high, np.rint(z), z) if scale.is_whole else z


def _rank_ends(scale):
    """Ranks between cells, from 0 to 1."""
    ends = np.append(0.0, np.cumsum(scale.shares))
    return ends / ends[-1]


def has_few_values(counts):
    """Whether a column has few values, and no others than those that it holds.

    Parameters
    ----------
    counts : ndarray of int of shape (n_values,)
        Number of rows of each value.
    """
    singles = np.count_nonzero(counts == 1)
    return len(counts) <= MAX_FEW and singles <= MAX_SINGLE * counts.sum()


def _find_repeated(values, counts):
    """Which values are held by more rows than the density around them explains.

    On each side, fewer other rows than the value has lie within `MIN_GAPS` times the
    smallest gap between values.
    """
    if len(values) < 3:
        return np.zeros(len(values), dtype=bool)
    stop = np.cumsum(counts)
    rows = np.repeat(values, counts)
    first, last = stop - 2 * counts, stop - 1 + counts
    below = np.where(first >= 0, values - rows[np.maximum(first, 0)], np.inf)
    above = rows[np.minimum(last, len(rows) - 1)] - values
    above = np.where(last < len(rows), above, np.inf)
    return np.minimum(below, above) >= MIN_GAPS * np.diff(values).min()


def _find_cells(values, counts, alone):
    """Lower and upper end of what may be drawn around each value."""
    gaps, near = np.diff(values), _distance_to_near(values, counts)
    bridged = gaps <= np.maximum(near[1:], near[:-1])
    # next to a value that stands alone, nothing is drawn
    reach = np.where(bridged & ~alone[1:] & ~alone[:-1], gaps / 2, 0.0)
    low, high = values.copy(), values.copy()
    low[1:] -= reach
    high[:-1] += reach
    return low, high


def _distance_to_near(values, counts):
    """Distance of each value to the `N_NEAR`-th nearest other row."""
    stop = np.cumsum(counts)
    first, edge = stop - counts, np.full(N_NEAR, np.inf)
    rows = np.concatenate([-edge, np.repeat(values, counts), edge])
    near = np.full(len(values), np.inf)
    for before in range(N_NEAR + 1):
        start = first + N_NEAR - before
        span = np.maximum(values - rows[start], rows[start + N_NEAR] - values)
        near = np.minimum(near, span)
    return near
