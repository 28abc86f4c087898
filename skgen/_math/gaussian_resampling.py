"""Draw rows of mixed tables as random linear combinations of training rows.

Deviations of rows from their mean, each multiplied by an independent standard normal
number and summed, are normally distributed with the covariance matrix of the rows. No
matrix is inverted, so any number of rows will do: draws stay in the space that the rows
span. Numbers are combined as normal scores among the rows of a larger table, so that
draws reach beyond the rows, but hit the values that the column can hold. Categories,
missing cells and point masses are combined as indicators, and the indicator that
exceeds its threshold by most is chosen. The threshold of an indicator is the one that
it would exceed, on its own, with its observed frequency, as in a probit model [1]_.

References
----------
.. [1] Albert & Chib (1993), "Bayesian analysis of binary and polychotomous response
   data", Journal of the American Statistical Association 88.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from skgen._math.columns.score_scale import (
    ScoreScale,
    from_scores,
    narrow,
    to_scores,
)

#: categories of a column with indicators of their own; others share one
MAX_LEVELS = 30
#: A point mass gets an indicator beside the score of its column if it has this share of
#: all rows, or that of the given ones.
MIN_SHARES = 0.02, 0.1
#: largest number of elements in one array of a block
BLOCK = 2**22


class Normal(NamedTuple):
    """Normal distribution of rows; build it with `fit_normal`."""

    mean: np.ndarray  # (n_dimensions,)
    root: np.ndarray  # (rank, n_dimensions), root.T @ root is the covariance
    columns: tuple  # a `ColumnDimensions` for each column


class ColumnDimensions(NamedTuple):
    """Dimensions of the normal distribution that stand for one column.

    The score comes first if there is a scale, then the indicators.
    """

    start: int
    scale: ScoreScale | None  # of numbers; None if levels are all that there is
    levels: np.ndarray  # values with an indicator of their own
    others: np.ndarray  # levels that share the indicator after these
    shares: np.ndarray  # observed weight of each of those
    has_missing: bool  # whether the last dimension indicates missing cells

    @property
    def first_level(self):
        """Position of the first indicator of a value."""
        return self.start + (self.scale is not None)

    @property
    def stop(self):
        """One past the dimensions of values."""
        return self.first_level + len(self.levels) + (len(self.others) > 0)


def fit_normal(
    Z,
    scales,
    weights,
    *,
    draws_missing=True,
    others=None,
    other_weights=None,
    pooled=0.0,
):
    """Fit the mean and covariance of rows.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        Numbers, or levels of discrete columns. NaN is a missing cell, which counts as
        the mean, and so does a point mass. The variance of a score is that of the other
        cells.
    scales : sequence of ScoreScale or None
        Scales of the columns of numbers, whose values are all that is drawn; None for
        columns of levels.
    weights : ndarray of shape (n_rows,)
    draws_missing : bool, default=True
        Whether rows are drawn with missing cells; otherwise NaN is only a cell that is
        not known.
    others : ndarray of shape (n_others, n_columns), default=None
        Rows whose covariance, around their own mean, is mixed in.
    other_weights : ndarray of shape (n_others,), default=None
        Their weights; not all are 0.
    pooled : float, default=0.0
        Share of their covariance in the result; the rest is that of the rows.
    """
    start, columns = 0, []
    for z, scale in zip(Z.T, scales, strict=True):
        has_missing = draws_missing and bool(np.isnan(z).any())
        columns.append(
            _assign_dimensions(z, scale, weights, start, pooled, has_missing)
        )
        start = columns[-1].stop + columns[-1].has_missing
    columns = tuple(columns)
    deviations, mean, blur = _deviations(columns, Z, weights)
    parts = [np.sqrt(1 - pooled) * deviations]
    if others is not None:
        borrowed, *_ = _deviations(columns, others, other_weights)
        parts.append(np.sqrt(pooled) * borrowed)
    root = np.linalg.qr(np.vstack(parts), mode="r")
    # scores spread less than what was recorded in cells, at the same correlation
    variance = (root**2).sum(axis=0)
    wider = np.divide(blur, variance, out=np.zeros(len(blur)), where=variance > 0)
    return Normal(mean, root * np.sqrt(1 + wider), columns)


def draw_normal(normal, n_rows, rng):
    """Draw rows with the mean and covariance of the fitted ones.

    Parameters
    ----------
    normal : Normal
    n_rows : int
    rng : numpy.random.Generator

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
        Levels, and numbers that lie in the cells of their scales.
    """
    Z = np.full((n_rows, len(normal.columns)), np.nan)
    size = max(1, BLOCK // max(1, len(normal.mean)))
    for begin in range(0, n_rows, size):
        block = slice(begin, min(begin + size, n_rows))
        noise = rng.standard_normal((block.stop - begin, len(normal.root)))
        deviation = noise @ normal.root
        excess = _excess(normal, deviation)
        for j, column in enumerate(normal.columns):
            at = column.start
            z = _choose_levels(column, excess[:, column.first_level : column.stop], rng)
            if column.scale is not None:
                number = np.isnan(z)
                score = normal.mean[at] + deviation[number, at]
                z[number] = from_scores(column.scale, score)
            if column.has_missing:
                z[excess[:, column.stop] > 0] = np.nan
            Z[block, j] = z
    return Z


def _excess(normal, deviation):
    """Standard deviations by which each indicator exceeds its threshold."""
    spread = np.sqrt((normal.root**2).sum(axis=0))
    excess = np.full_like(deviation, -np.inf)
    np.divide(deviation, spread, out=excess, where=spread > 0)
    # an indicator without spread is 1 in all rows, or in none
    excess[:, (spread == 0) & (normal.mean > 0.5)] = np.inf
    excess += ndtri(np.clip(normal.mean, 1e-12, 1 - 1e-12))
    return excess


def _assign_dimensions(z, scale, weights, start, pooled, has_missing):
    """Dimensions of a column, given its cells."""
    known, nothing = ~np.isnan(z), np.empty(0)
    levels, at = np.unique(z[known], return_inverse=True)
    mass = np.bincount(at, weights=weights[known], minlength=len(levels))
    levels, mass = levels[mass > 0], mass[mass > 0]
    if scale is not None and not _is_discrete(levels, scale, pooled):
        masses = levels[_stand_beside(levels, mass / mass.sum(), scale)]
        if len(masses) < len(levels):
            rest = narrow(scale, ~np.isin(scale.values, masses))
            return ColumnDimensions(start, rest, masses, nothing, nothing, has_missing)
    order = np.argsort(-mass, kind="stable")
    n_own = len(levels) if len(levels) <= MAX_LEVELS else MAX_LEVELS - 1
    own, rare = order[:n_own], order[n_own:]
    return ColumnDimensions(
        start, None, levels[own], levels[rare], mass[rare], has_missing
    )


def _is_discrete(levels, scale, pooled):
    """Whether the levels of a column of numbers are all that can be drawn."""
    n_least = 0 if pooled else 1  # a single number spreads like those of other rows
    return len(levels) <= n_least or len(scale.values) <= 2


def _stand_beside(levels, shares, scale):
    """Which levels are point masses beside the numbers of a column."""
    at = np.minimum(np.searchsorted(scale.values, levels), len(scale.values) - 1)
    is_mass = scale.is_mass[at] & (scale.values[at] == levels)
    of_all, of_rows = MIN_SHARES
    return is_mass & ((scale.shares[at] >= of_all) | (shares >= of_rows))


def _deviations(columns, Z, weights):
    """Weighted deviations of the rows from their mean, the mean, and the blur."""
    share = weights / weights.sum()
    width = columns[-1].stop + columns[-1].has_missing if columns else 0
    deviations = np.zeros((len(Z), width))
    mean, blur = np.zeros(width), np.zeros(width)
    for z, column in zip(Z.T, columns, strict=True):
        at = slice(column.start, column.stop)
        values, variances = _to_dimensions(column, z)
        known = ~np.isnan(values)
        observed = share @ known
        some = np.maximum(observed, np.finfo(np.float64).tiny)
        mean[at] = share @ np.where(known, values, 0.0) / some
        deviation = np.where(known, values - mean[at], 0.0)
        deviations[:, at] = deviation / np.sqrt(some)
        if column.scale is not None:
            blur[column.start] = share @ np.where(known[:, 0], variances, 0.0) / some[0]
        if column.has_missing:
            missing = np.isnan(z)
            mean[column.stop] = share @ missing
            deviations[:, column.stop] = missing - mean[column.stop]
    return deviations * np.sqrt(share)[:, None], mean, blur


def _to_dimensions(column, z):
    """Scores and indicators, NaN where there is none, and variances of the scores."""
    missing = np.isnan(z)
    indicators = (z[:, None] == column.levels).astype(np.float64)
    if len(column.others):
        indicators = np.column_stack([indicators, np.isin(z, column.others)])
    indicators[missing] = np.nan
    if column.scale is None:
        return indicators, None
    scores, variances = to_scores(column.scale, z)
    scores[np.isin(z, column.levels)] = np.nan
    return np.column_stack([scores, indicators]), variances


def _choose_levels(column, excess, rng):
    """Levels whose indicators exceed their thresholds by most; NaN for a number."""
    z = np.full(len(excess), np.nan)
    if not excess.shape[1]:
        return z
    levels = np.append(column.levels, column.others[:1])
    chosen = excess.argmax(axis=1)
    z[:] = levels[chosen]
    rare = np.flatnonzero(chosen == len(column.levels))
    if len(rare):
        p = column.shares / column.shares.sum()
        z[rare] = rng.choice(column.others, size=len(rare), p=p)
    if column.scale is not None:
        z[excess.max(axis=1) <= 0] = np.nan
    return z
