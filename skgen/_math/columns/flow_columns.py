"""Columns as the normal scores and digits of flow matching, and back."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.special import ndtr, ndtri

from skgen._math.columns.mixed import (
    fit_mixed,
    join_mixed,
    score_conditions,
    split_mixed,
    spread_within_range,
    with_model_marginals,
)
from skgen._math.columns.model_marginal import sample_curve
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
#: drawn rows that show the marginal of a score
MIN_DRAWN = 200


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
        self.mixed = fit_mixed(Z, sample_weight, columns, marginals="empirical")
        self._drawn = self.mixed
        split = split_mixed(self.mixed, Z)
        levels = zip(split.level.T, self.mixed.n_levels, strict=True)
        digits = [fit_digits(z, sample_weight, n, self.max_base) for z, n in levels]
        self.layout = make_layout(split.u.shape[1], digits)
        return split

    def fit_model_marginals(self, x, values, columns):
        """Correct the marginals of what a model draws, from rows that it drew.

        Parameters
        ----------
        x : ndarray of shape (n_rows, n_scores)
            Drawn normal scores.
        values : ndarray of shape (n_rows, n_digits)
            Drawn digits.
        columns : sequence of Column
        """
        level, curves = self._levels(values), []
        for u, conditions in zip(
            x.T, score_conditions(self.mixed, columns), strict=True
        ):
            there = np.ones(len(u), dtype=bool)
            for column, wanted in conditions:
                there &= level[:, column] == wanted
            enough = there.sum() >= MIN_DRAWN and np.ptp(u[there]) > 0
            curves.append(sample_curve(u[there]) if enough else ())
        self._drawn = with_model_marginals(self.mixed, curves)

    def split(self, Z):
        """The `Split` of encoded cells."""
        return split_mixed(self.mixed, self._with_categories(Z))

    def join(self, Z, x, values):
        """Fill the NaN cells of Z from normal scores and the values of the digits."""
        level = self._levels(values)
        u = spread_within_range(self._drawn, x)
        full = join_mixed(self._drawn, self._with_categories(Z), u, level)
        for j, known in self._values.items():
            full[:, j] = known[full[:, j].astype(np.intp)]
        return np.where(np.isnan(Z), full, Z)

    @staticmethod
    def normal_scores(split, rng):
        """Normal scores without ties, NaN where they are unknown.

        A score is drawn within its cell: the randomised probability integral transform
        (Dunn & Smyth, 1996, "Randomized quantile residuals").
        """
        low, high = ndtr(split.low), ndtr(split.high)
        u = ndtri(low + rng.random(low.shape) * (high - low))
        return np.where(split.low < split.high, u, split.u)

    def digits(self, level):
        """Values of the digits of levels, `HIDDEN` where they are unknown."""
        values = np.full((len(level), len(self.layout.size)), HIDDEN)
        for i, (digits, place) in enumerate(self._digits_by_column()):
            values[:, place] = to_digits(digits, level[:, i])
        return values

    def _levels(self, values):
        level = np.full((len(values), len(self.mixed.level_columns)), np.nan)
        for i, (digits, place) in enumerate(self._digits_by_column()):
            level[:, i] = from_digits(digits, values[:, place])
        return level

    def _with_categories(self, Z):
        Z = Z.copy()
        for j, values in self._values.items():
            Z[:, j] = nearest_position(values, Z[:, j])
        return Z

    def _digits_by_column(self):
        """Digits of each column with levels, and where they stand."""
        places = [slice(*ends) for ends in pairwise(self.layout.first)]
        return zip(self.layout.digits, places, strict=True)


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
