"""Auxiliary columns: what a plan draws in place of a column that a rule bounds."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skgen.table import Column, TableCodec


class Auxiliary(NamedTuple):
    """A column that the table does not have."""

    column: Column
    source: object  # its `measure(Z, units)` computes cells from those of the table
    target: int | None  # the column that it serves, if a single one
    needs: tuple  # the other columns without which it has no meaning
    unless: tuple | None = None  # a category and its level with which it has none


@dataclass
class Group:
    """One-hot columns, as a category that says which of them is 1."""

    columns: tuple
    ones: tuple  # encoded 1 of each

    def measure(self, Z, units):
        """Which of the columns is 1; NaN unless it is a single one, or not known."""
        cells = Z[:, self.columns]
        is_one, unknown = cells == self.ones, np.isnan(cells)
        level = is_one.argmax(axis=1).astype(np.float64)
        # all others are 0
        last = ~is_one.any(axis=1) & (unknown.sum(axis=1) == 1)
        level[last] = unknown[last].argmax(axis=1)
        level[~last & (is_one.sum(axis=1) != 1)] = np.nan
        return level

    def breaks(self, Z):
        """Rows in which several are 1, or none."""
        cells = Z[:, self.columns]
        n_ones = (cells == self.ones).sum(axis=1)
        return (n_ones > 1) | ((n_ones == 0) & ~np.isnan(cells).any(axis=1))


def cells_column(name, cells, on_grid):
    """Description of a column of numbers; whole ones if on a grid."""
    if on_grid:
        facts = {"kind": "integer", "step": 1}
    else:
        facts = {"kind": "continuous", "step": None}
    codec = TableCodec(schema={0: facts}, identifiers="learn").fit(cells[:, None])
    return replace(codec.columns_[0], name=name, has_missing=False, missing_share=0.0)


def group_column(name, n_levels):
    """Description of a category that says which column of a group is 1."""
    return Column(name=name, kind="categorical", n_categories=n_levels)


def indicator_column(column, position):
    """Missing indicator of a column at a position, None if models do not see it."""
    return Column(
        name=column.name, kind="boolean", n_categories=2, indicator_of=position
    )
