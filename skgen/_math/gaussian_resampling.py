"""Rows as random linear combinations of rows: a normal distribution of mixed tables.

Deviations of rows from their mean, each times an independent standard normal number and
summed, have a normal distribution whose covariance matrix is that of the rows. So rows
are drawn without a matrix being inverted, however few there are: they stay in the space
that the rows span. Numbers are combined as they are, categories and missing cells as
indicators, of which the one is chosen that exceeds its threshold the most; thresholds
are those at which one indicator alone would be chosen as often as it is observed, as in
a probit model [1]_.

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
#: numbers that one array of a block may hold
BLOCK = 2**22


class Normal(NamedTuple):
    """Mean and covariance of rows in coordinates; build it with `fit_normal`."""

    mean: np.ndarray  # (n_coordinates,)
    root: np.ndarray  # (rank, n_coordinates), root.T @ root is the covariance
    columns: tuple  # a `Coordinates` for each column


class Coordinates(NamedTuple):
    """Which coordinates a column has, and what they stand for."""

    start: int
    levels: np.ndarray | None  # codes with an indicator of their own; None for numbers
    others: np.ndarray  # codes that share the indicator after these
    shares: np.ndarray  # how often each of those was observed
    marked: bool  # whether the last coordinate indicates missing cells

    @property
    def stop(self):
        """One past the coordinates of values."""
        if self.levels is None:
            return self.start + 1
        return self.start + len(self.levels) + (len(self.others) > 0)


def fit_normal(Z, discrete, weights, *, others=None, other_weights=None, pooled=0.0):
    """Mean and covariance of rows.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        Numbers, or codes of discrete columns; NaN marks missing cells, which count as
        the mean. The variance of a number is that of its observed cells.
    discrete : sequence of bool
        Which columns hold codes.
    weights : ndarray of shape (n_rows,)
    others : ndarray of shape (n_others, n_columns), default=None
        Rows of which the covariance is borrowed, around their own mean.
    other_weights : ndarray of shape (n_others,), default=None
        Their weights; not all are 0.
    pooled : float, default=0.0
        Share of their covariance in the result; the rest is that of the rows.
    """
    start, columns = 0, []
    for z, is_code in zip(Z.T, discrete, strict=True):
        columns.append(_place(z, is_code, weights, start))
        start = columns[-1].stop + columns[-1].marked
    columns = tuple(columns)
    deviations, mean = _deviations(columns, Z, weights)
    parts = [np.sqrt(1 - pooled) * deviations]
    if others is not None:
        borrowed, _ = _deviations(columns, others, other_weights)
        parts.append(np.sqrt(pooled) * borrowed)
    root = np.linalg.qr(np.vstack(parts), mode="r")
    return Normal(mean, root, columns)


def draw_normal(normal, n_rows, rng):
    """Rows with the mean and covariance of the fitted ones.

    Parameters
    ----------
    normal : Normal
    n_rows : int
    rng : numpy.random.Generator

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
        Numbers are not rounded, nor held to any range.
    """
    Z = np.full((n_rows, len(normal.columns)), np.nan)
    size = max(1, BLOCK // max(1, len(normal.mean)))
    plain = all(c.levels is None and not c.marked for c in normal.columns)
    for begin in range(0, n_rows, size):
        block = slice(begin, min(begin + size, n_rows))
        noise = rng.standard_normal((block.stop - begin, len(normal.root)))
        deviation = noise @ normal.root
        excess = None if plain else _excess(normal, deviation)
        for j, place in enumerate(normal.columns):
            at = slice(place.start, place.stop)
            if place.levels is None:
                z = normal.mean[place.start] + deviation[:, place.start]
            else:
                z = _choose(place, excess[:, at], rng)
            if place.marked:
                z = np.where(excess[:, place.stop] > 0, np.nan, z)
            Z[block, j] = z
    return Z


def _excess(normal, deviation):
    """By how many standard deviations each indicator exceeds its threshold."""
    spread = np.sqrt((normal.root**2).sum(axis=0))
    excess = np.full_like(deviation, -np.inf)
    np.divide(deviation, spread, out=excess, where=spread > 0)
    # an indicator without spread is all of the rows, or none
    excess[:, (spread == 0) & (normal.mean > 0.5)] = np.inf
    excess += ndtri(np.clip(normal.mean, 1e-12, 1 - 1e-12))
    return excess


def fold_back(Z, limits):
    """Numbers mirrored at the ends of the range of others, and so within it.

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


def _place(z, is_code, weights, start):
    known = ~np.isnan(z)
    marked = not known.all()
    nothing = np.empty(0, dtype=np.intp)
    if not is_code:
        return Coordinates(start, None, nothing, nothing, marked)
    mass = np.bincount(z[known].astype(np.intp), weights=weights[known])
    seen = np.argsort(-mass, kind="stable")[: np.count_nonzero(mass)]
    n_own = len(seen) if len(seen) <= MAX_LEVELS else MAX_LEVELS - 1
    rare = seen[n_own:]
    return Coordinates(start, seen[:n_own], rare, mass[rare], marked)


def _deviations(columns, Z, weights):
    """Weighted deviations of the rows from their mean, and the mean."""
    share = weights / weights.sum()
    width = columns[-1].stop + columns[-1].marked if columns else 0
    deviations, mean = np.zeros((len(Z), width)), np.zeros(width)
    for z, place in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        observed = share[known].sum()
        cells = _cells(place, z)
        if observed > 0:
            at = slice(place.start, place.stop)
            mean[at] = share[known] @ cells[known] / observed
            deviations[known, at] = (cells[known] - mean[at]) / np.sqrt(observed)
        if place.marked:
            mean[place.stop] = 1 - observed
            deviations[:, place.stop] = ~known - mean[place.stop]
    return deviations * np.sqrt(share)[:, None], mean


def _cells(place, z):
    """Coordinates of values, of shape (n_rows, n); those of missing cells are any."""
    if place.levels is None:
        return z[:, None]
    rare = np.isin(z, place.others)[:, None][:, : len(place.others)]
    return np.hstack([z[:, None] == place.levels, rare]).astype(np.float64)


def _choose(place, excess, rng):
    """Codes whose indicators exceed their thresholds the most."""
    if not excess.shape[1]:
        return np.full(len(excess), np.nan)
    codes = np.append(place.levels, place.others[:1]).astype(np.float64)
    chosen = excess.argmax(axis=1)
    z = codes[chosen]
    rare = np.flatnonzero(chosen == len(place.levels))
    if len(rare):
        p = place.shares / place.shares.sum()
        z[rare] = rng.choice(place.others, size=len(rare), p=p)
    return z
