"""Draw rows of mixed tables as random linear combinations of training rows.

Deviations of rows from their mean, each multiplied by an independent standard normal
number and summed, are normally distributed with the covariance matrix of the rows. No
matrix is inverted, so any number of rows will do: draws stay in the space that the rows
span. Numbers are combined as they are. Categories and missing cells are combined as
indicators, and the indicator that exceeds its threshold by most is chosen. The
threshold of an indicator is the one that it would exceed, on its own, with its observed
frequency, as in a probit model [1]_.

References
----------
.. [1] Albert & Chib (1993), "Bayesian analysis of binary and polychotomous response
   data", Journal of the American Statistical Association 88.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

#: categories of a column with indicators of their own; others share one
MAX_LEVELS = 30
#: largest number of elements in one array of a block
BLOCK = 2**22


class Normal(NamedTuple):
    """Normal distribution of rows; build it with `fit_normal`."""

    mean: np.ndarray  # (n_dimensions,)
    root: np.ndarray  # (rank, n_dimensions), root.T @ root is the covariance
    columns: tuple  # a `ColumnDimensions` for each column


class ColumnDimensions(NamedTuple):
    """Dimensions of the normal distribution that stand for one column."""

    start: int
    levels: np.ndarray | None  # levels with an indicator of their own; None for numbers
    others: np.ndarray  # levels that share the indicator after these
    shares: np.ndarray  # observed weight of each of those
    has_missing: bool  # whether the last dimension indicates missing cells

    @property
    def stop(self):
        """One past the dimensions of values."""
        if self.levels is None:
            return self.start + 1
        return self.start + len(self.levels) + (len(self.others) > 0)


def fit_normal(Z, discrete, weights, *, others=None, other_weights=None, pooled=0.0):
    """Fit the mean and covariance of rows.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        Numbers, or levels of discrete columns. NaN is a missing cell, which counts as
        the mean. The variance of a number is that of its observed cells.
    discrete : sequence of bool
        Which columns hold levels.
    weights : ndarray of shape (n_rows,)
    others : ndarray of shape (n_others, n_columns), default=None
        Rows whose covariance, around their own mean, is mixed in.
    other_weights : ndarray of shape (n_others,), default=None
        Their weights; not all are 0.
    pooled : float, default=0.0
        Share of their covariance in the result; the rest is that of the rows.
    """
    start, columns = 0, []
    for z, is_discrete in zip(Z.T, discrete, strict=True):
        columns.append(_assign_dimensions(z, is_discrete, weights, start))
        start = columns[-1].stop + columns[-1].has_missing
    columns = tuple(columns)
    deviations, mean = _deviations(columns, Z, weights)
    parts = [np.sqrt(1 - pooled) * deviations]
    if others is not None:
        borrowed, _ = _deviations(columns, others, other_weights)
        parts.append(np.sqrt(pooled) * borrowed)
    root = np.linalg.qr(np.vstack(parts), mode="r")
    return Normal(mean, root, columns)


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
        Numbers are neither rounded nor held to a range.
    """
    Z = np.full((n_rows, len(normal.columns)), np.nan)
    size = max(1, BLOCK // max(1, len(normal.mean)))
    plain = all(c.levels is None and not c.has_missing for c in normal.columns)
    for begin in range(0, n_rows, size):
        block = slice(begin, min(begin + size, n_rows))
        noise = rng.standard_normal((block.stop - begin, len(normal.root)))
        deviation = noise @ normal.root
        excess = None if plain else _excess(normal, deviation)
        for j, column in enumerate(normal.columns):
            at = slice(column.start, column.stop)
            if column.levels is None:
                z = normal.mean[column.start] + deviation[:, column.start]
            else:
                z = _choose_levels(column, excess[:, at], rng)
            if column.has_missing:
                z = np.where(excess[:, column.stop] > 0, np.nan, z)
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


def fold_back(Z, limits):
    """Reflect numbers at the ends of the range of others, so that they lie within it.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
    limits : ndarray of shape (n_others, n_columns)
        NaN is passed over; each column has a number.
    """
    low, high = np.nanmin(limits, axis=0), np.nanmax(limits, axis=0)
    width = np.where(high > low, high - low, 1.0)
    place = np.mod((Z - low) / width, 2.0)
    folded = low + np.minimum(place, 2.0 - place) * width
    return np.clip(folded, low, high)


def _assign_dimensions(z, is_discrete, weights, start):
    known = ~np.isnan(z)
    has_missing = not known.all()
    nothing = np.empty(0, dtype=np.intp)
    if not is_discrete:
        return ColumnDimensions(start, None, nothing, nothing, has_missing)
    mass = np.bincount(z[known].astype(np.intp), weights=weights[known])
    seen = np.argsort(-mass, kind="stable")[: np.count_nonzero(mass)]
    n_own = len(seen) if len(seen) <= MAX_LEVELS else MAX_LEVELS - 1
    rare = seen[n_own:]
    return ColumnDimensions(start, seen[:n_own], rare, mass[rare], has_missing)


def _deviations(columns, Z, weights):
    """Weighted deviations of the rows from their mean, and the mean."""
    share = weights / weights.sum()
    width = columns[-1].stop + columns[-1].has_missing if columns else 0
    deviations, mean = np.zeros((len(Z), width)), np.zeros(width)
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        observed = share[known].sum()
        values = _to_dimensions(column, z)
        if observed > 0:
            at = slice(column.start, column.stop)
            mean[at] = share[known] @ values[known] / observed
            deviations[known, at] = (values[known] - mean[at]) / np.sqrt(observed)
        if column.has_missing:
            mean[column.stop] = 1 - observed
            deviations[:, column.stop] = ~known - mean[column.stop]
    return deviations * np.sqrt(share)[:, None], mean


def _to_dimensions(column, z):
    """Numbers or indicators, of shape (n_rows, n); anything where a cell is missing."""
    if column.levels is None:
        return z[:, None]
    rare = np.isin(z, column.others)[:, None][:, : len(column.others)]
    return np.hstack([z[:, None] == column.levels, rare]).astype(np.float64)


def _choose_levels(column, excess, rng):
    """Levels whose indicators exceed their thresholds by most."""
    if not excess.shape[1]:
        return np.full(len(excess), np.nan)
    levels = np.append(column.levels, column.others[:1]).astype(np.float64)
    chosen = excess.argmax(axis=1)
    z = levels[chosen]
    rare = np.flatnonzero(chosen == len(column.levels))
    if len(rare):
        p = column.shares / column.shares.sum()
        z[rare] = rng.choice(column.others, size=len(rare), p=p)
    return z
