"""Ranges and sets of values within which cells of a column are drawn."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from skgen._table.cells import Column, column_error
from skgen._table.inputs import given_cells, is_scalar
from skgen._table.rows import n_rows, take_rows


class Limit(NamedTuple):
    """Values that a column may take, in encoded units."""

    column: Column
    position: int  # of the column in the table
    low: float  # of a range, both ends included
    high: float
    values: np.ndarray | None  # of a set, sorted; None for a range

    def allows(self, z):
        """Whether each number is within the limit; missing cells are not."""
        if self.values is None:
            return (z >= self.low) & (z <= self.high)
        return np.isin(z, self.values)


def split_given(given):
    """Split `given` into values, and ranges and sets."""
    if not isinstance(given, Mapping):
        return given, {}
    limits = {
        name: value
        for name, value in given.items()
        if isinstance(value, tuple | set | frozenset)
    }
    return {n: value for n, value in given.items() if n not in limits}, limits


def shared_cells(given):
    """Values that `given` holds for all rows alike."""
    cells = split_given(given)[0]
    if not isinstance(cells, Mapping):
        return {}
    return {name: value for name, value in cells.items() if is_scalar(value)}


def given_rows(given, rows):
    """Part of `given` that concerns some of the rows, in the same form.

    Parameters
    ----------
    given : dict, dataframe or None
    rows : slice
    """
    if given is None:
        return None
    if not isinstance(given, Mapping):
        return take_rows(given, np.arange(n_rows(given))[rows])
    each = split_given(given)[0].items()
    each = {name for name, values in each if not is_scalar(values)}
    return {n: value[rows] if n in each else value for n, value in given.items()}


def encode_limit(limit, codec, position):
    """`Limit` of a column, from a tuple or set in the user's units."""
    column = codec.column
    if column.all_missing:
        raise column_error(
            column.name, "had no observed cell at fit, so none can be drawn for it."
        )
    if isinstance(limit, tuple):
        return Limit(column, position, *_encode_range(limit, codec), None)
    values = _encode_values(list(limit), codec)
    refuse_between(values, column)
    return Limit(column, position, values[0], values[-1], values)


def refuse_between(z, column):
    """Raise an error if numbers lie between two values that a column can hold."""
    if column.integer_valued and np.any(z % 1 > 0):
        raise column_error(
            column.name,
            f"is given a value that no row can have: it holds "
            f"{column.kind_class.grid}. Round it, or give the range (lowest, highest) "
            "around it.",
        )


def _encode_range(limit, codec):
    column = codec.column
    if len(limit) != 2:
        raise column_error(
            column.name,
            f"is given a tuple of {len(limit)}; a range is (lowest, highest), either "
            "of which may be None. Give several rows as a list, alternatives as a set.",
        )
    if not column.has_order:
        raise column_error(
            column.name,
            "is given a range but holds categories without an order. Give the set of "
            "those that may be drawn, such as {'a', 'b'}.",
        )
    low, high = (
        fallback if end is None else float(_encode_values([end], codec)[0])
        for end, fallback in zip(limit, (-np.inf, np.inf), strict=True)
    )
    if low > high:
        raise column_error(
            column.name,
            "is given a range whose lowest value is above its highest. Give the lowest "
            "first.",
        )
    return low, high


def _encode_values(values, codec):
    if not values:
        raise column_error(codec.column.name, "is given an empty set of values.")
    z = codec.encode(given_cells(values, codec, len(values)))
    if np.isnan(z).any():
        raise column_error(
            codec.column.name,
            "is given a range or set that holds a missing value. Leave it out.",
        )
    return np.unique(z)
