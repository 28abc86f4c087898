"""Cells as the coordinates and digits that flow, and back."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from skgen._math.columns.mixed import GRID, fit_mixed, join_mixed, split_mixed
from skgen._math.flow_matching import (
    HIDDEN,
    climb,
    descend,
    find_levels,
    fit_digits,
    fit_stairs,
    from_digits,
    kinds,
    make_layout,
    nearest_level,
    to_digits,
)

#: levels of a digit, and values of a number that is taken as a code
_MAX_LEVELS = 32


class Coordinates:
    """How cells become normal coordinates and digits.

    Parameters
    ----------
    many_levels : bool
        Whether a digit may have more than two levels, each of which is an output.

    Attributes
    ----------
    mixed : Mixed
    layout : Layout
    """

    def __init__(self, *, many_levels):
        self.max_levels = _MAX_LEVELS if many_levels else 2

    def fit(self, Z, sample_weight, columns):
        """Learn from encoded cells, NaN where they are missing; their `Split`."""
        self._levels, columns = {}, list(columns)
        for j, column in enumerate(columns):
            levels = None
            if not column.discrete:
                levels = find_levels(Z[:, j], sample_weight, _MAX_LEVELS)
            if levels is not None:
                self._levels[j] = levels
                columns[j] = replace(
                    column, kind="categorical", n_categories=len(levels)
                )
        Z = self._to_levels(Z)
        self.mixed = fit_mixed(Z, sample_weight, columns, marginals="quantile")
        split = split_mixed(self.mixed, Z)
        self._stairs = [{} for _ in split.u.T]
        for i, kind, rows in kinds(self.mixed, split.code, ~np.isnan(split.u)):
            self._stairs[i][kind] = fit_stairs(split.u[rows, i], sample_weight[rows])
        codes = zip(split.code.T, self.mixed.n_codes, strict=True)
        digits = [fit_digits(z, sample_weight, n, self.max_levels) for z, n in codes]
        self.layout = make_layout(split.u.shape[1], digits)
        return split

    def split(self, Z):
        """The `Split` of encoded cells."""
        return split_mixed(self.mixed, self._to_levels(Z))

    def join(self, Z, x, written):
        """Fill the NaN cells of Z."""
        code = np.full((len(Z), len(self.mixed.coded)), np.nan)
        for i, (digits, first) in enumerate(self._each_code()):
            code[:, i] = from_digits(digits, written[:, first])
        u = x.copy()
        for i, kind, rows in kinds(self.mixed, code, np.ones(x.shape, dtype=bool)):
            stairs = self._stairs[i][kind]
            u[rows, i] = descend(stairs, x[rows, i], exact=kind == GRID)
        full = join_mixed(self.mixed, self._to_levels(Z), u, code)
        for j, levels in self._levels.items():
            full[:, j] = levels[full[:, j].astype(np.intp)]
        return np.where(np.isnan(Z), full, Z)

    def climb(self, u, code, rng):
        """Normal coordinates, NaN where they are unknown."""
        u = u.copy()
        for i, kind, rows in kinds(self.mixed, code, ~np.isnan(u)):
            u[rows, i] = climb(self._stairs[i][kind], u[rows, i], rng)
        return u

    def write(self, code):
        """Digits of codes, `HIDDEN` where they are unknown."""
        written = np.full((len(code), len(self.layout.size)), HIDDEN)
        for i, (digits, place) in enumerate(self._each_code()):
            written[:, place] = to_digits(digits, code[:, i])
        return written

    def _to_levels(self, Z):
        Z = Z.copy()
        for j, levels in self._levels.items():
            Z[:, j] = nearest_level(levels, Z[:, j])
        return Z

    def _each_code(self):
        """Digits of each code, and where they stand."""
        places = [slice(*ends) for ends in pairwise(self.layout.first)]
        return zip(self.layout.digits, places, strict=True)
