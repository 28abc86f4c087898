"""Columns as the normal scores and digits of flow matching, and back."""

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from skgen._math.columns.mixed import GRID, POINT, fit_mixed, join_mixed, split_mixed
from skgen._math.flow_matching import (
    HIDDEN,
    fit_digits,
    from_digits,
    make_layout,
    to_digits,
)

#: values of a digit, and of a number that is treated as a category
MAX_VALUES = 32
#: rows for each of its values from which on a number is treated as a category
ROWS_PER_VALUE = 10


class EmpiricalDistribution(NamedTuple):
    """Distribution of scores of one kind; build it with `fit_empirical`."""

    values: np.ndarray  # distinct scores, sorted
    edges: np.ndarray  # probability of less than each, and 1

    @property
    def middles(self):
        return (self.edges[1:] + self.edges[:-1]) / 2


class FlowColumns:
    """Turns columns into normal scores and digits, and back.

    Parameters
    ----------
    multi_output : bool
        Whether the regressor has several outputs. Then a digit may have more than two
        values, each of which is an output.

    Attributes
    ----------
    mixed : Mixed
    layout : Layout
    """

    def __init__(self, *, multi_output):
        self.max_base = MAX_VALUES if multi_output else 2

    def fit(self, Z, sample_weight, columns):
        """Fit to encoded cells, NaN where missing; return their `Split`."""
        self._values, columns = {}, list(columns)
        for j, column in enumerate(columns):
            if column.discrete:
                continue
            values = find_few_values(Z[:, j], sample_weight, MAX_VALUES)
            if values is not None:
                self._values[j] = values
                columns[j] = replace(
                    column, kind="categorical", n_categories=len(values)
                )
        Z = self._with_categories(Z)
        self.mixed = fit_mixed(Z, sample_weight, columns, marginals="quantile")
        split = split_mixed(self.mixed, Z)
        self._distributions = [{} for _ in split.u.T]
        for i, kind, rows in rows_by_kind(self.mixed, split.level, ~np.isnan(split.u)):
            self._distributions[i][kind] = fit_empirical(
                split.u[rows, i], sample_weight[rows]
            )
        levels = zip(split.level.T, self.mixed.n_levels, strict=True)
        digits = [fit_digits(z, sample_weight, n, self.max_base) for z, n in levels]
        self.layout = make_layout(split.u.shape[1], digits)
        return split

    def split(self, Z):
        """The `Split` of encoded cells."""
        return split_mixed(self.mixed, self._with_categories(Z))

    def join(self, Z, x, values):
        """Fill the NaN cells of Z from normal scores and the values of the digits."""
        level = np.full((len(Z), len(self.mixed.level_columns)), np.nan)
        for i, (digits, place) in enumerate(self._digits_by_column()):
            level[:, i] = from_digits(digits, values[:, place])
        u, everywhere = x.copy(), np.ones(x.shape, dtype=bool)
        for i, kind, rows in rows_by_kind(self.mixed, level, everywhere):
            distribution = self._distributions[i][kind]
            u[rows, i] = from_normal(distribution, x[rows, i], exact=kind == GRID)
        full = join_mixed(self.mixed, self._with_categories(Z), u, level)
        for j, known in self._values.items():
            full[:, j] = known[full[:, j].astype(np.intp)]
        return np.where(np.isnan(Z), full, Z)

    def normal_scores(self, u, level, rng):
        """Normal scores without ties, NaN where they are unknown."""
        u = u.copy()
        for i, kind, rows in rows_by_kind(self.mixed, level, ~np.isnan(u)):
            u[rows, i] = to_normal(self._distributions[i][kind], u[rows, i], rng)
        return u

    def digits(self, level):
        """Values of the digits of levels, `HIDDEN` where they are unknown."""
        values = np.full((len(level), len(self.layout.size)), HIDDEN)
        for i, (digits, place) in enumerate(self._digits_by_column()):
            values[:, place] = to_digits(digits, level[:, i])
        return values

    def _with_categories(self, Z):
        Z = Z.copy()
        for j, values in self._values.items():
            Z[:, j] = nearest_position(values, Z[:, j])
        return Z

    def _digits_by_column(self):
        """Digits of each column with levels, and where they stand."""
        places = [slice(*ends) for ends in pairwise(self.layout.first)]
        return zip(self.layout.digits, places, strict=True)


def rows_by_kind(mixed, level, selected):
    """Points and grid values of each score, whose distributions differ.

    Parameters
    ----------
    mixed : Mixed
    level : ndarray of shape (n_rows, n_level_columns)
    selected : bool ndarray of shape (n_rows, n_scores)
        Scores to look at.

    Yields
    ------
    i : int
        Position of the score.
    kind : {POINT, GRID}
    rows : ndarray
        Rows whose level is that kind.
    """
    place = {j: i for i, j in enumerate(mixed.level_columns)}
    for i, j in enumerate(mixed.score_columns):
        kinds = mixed.transforms[j].kinds
        for kind in np.intersect1d(kinds, [POINT, GRID]):
            rows = selected[:, i]
            if j in place:
                rows = rows & (level[:, place[j]] == np.searchsorted(kinds, kind))
            yield i, int(kind), np.flatnonzero(rows)


def fit_empirical(u, weights):
    """Fit the distribution of scores, at least one, none of them missing."""
    values, inverse = np.unique(u, return_inverse=True)
    edges = np.concatenate([[0.0], np.cumsum(np.bincount(inverse, weights=weights))])
    return EmpiricalDistribution(values, edges / edges[-1])


def to_normal(distribution, u, rng):
    """Randomised probability integral transform: normal scores without ties.

    Each value is drawn within its share of the probability (Dunn & Smyth, 1996,
    "Randomized quantile residuals").
    """
    values, edges = distribution
    at = np.minimum(np.searchsorted(values, u), len(values) - 1)
    low, high = edges[at], edges[at + 1]
    p = low + rng.random(len(u)) * (high - low)
    new = values[at] != u
    p[new] = np.interp(u[new], values, distribution.middles)
    # the ends of the range of uniform numbers would be infinite
    return ndtri(np.clip(p, 1e-12, 1 - 1e-12))


def from_normal(distribution, x, *, exact):
    """Inverse of `to_normal`; `exact` returns observed values only."""
    values, edges = distribution
    if not exact:
        return np.interp(ndtr(x), distribution.middles, values)
    return values[np.searchsorted(edges[1:-1], ndtr(x), side="right")]


def find_few_values(z, weights, max_values):
    """The values of a number that has few of them, each with many rows, or None."""
    known = ~np.isnan(z)
    values = np.unique(z[known])
    few = len(values) <= max_values
    many = few and weights[known].sum() >= ROWS_PER_VALUE * len(values)
    return values if many else None


def nearest_position(values, z):
    """Position of the value nearest to each number; NaN where it is missing."""
    at = np.searchsorted(values[:-1] + np.diff(values) / 2, z).astype(np.float64)
    return np.where(np.isnan(z), np.nan, at)
