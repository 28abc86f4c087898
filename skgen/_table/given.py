"""What `given` says about rows to be drawn, read once into encoded numbers."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skgen._table.categories import Categorical, LabelCells, label_cells
from skgen._table.cells import Column, column_error, object_array
from skgen._table.containers.arrays import is_dataframe
from skgen._table.containers.numpy_tables import read_array
from skgen._table.containers.objects import missing_objects
from skgen._table.containers.pandas_tables import PandasTables
from skgen._table.containers.polars_tables import PolarsTables
from skgen._table.containers.tables import as_table
from skgen._table.times import Datetime

# stricter than numpy, to which "5" is a year, "now" a date and "NaT" a missing one
ISO_DATE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?)"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


class Limit(NamedTuple):
    """A range or set of values that a column may take, in encoded units."""

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


class Given(NamedTuple):
    """Known cells and limits by the position of their column in the table."""

    n_samples: int
    n_features: int
    shared: dict  # numbers that all rows have
    each: dict  # arrays of shape (n_samples,), NaN where a row has none
    limits: dict  # of `Limit`
    kept: dict  # cells of identifiers, which no model sees

    def take(self, rows):
        """The same for a slice of the rows."""
        each = {position: z[rows] for position, z in self.each.items()}
        kept = {
            position: cells.take(np.arange(self.n_samples)[rows])
            for position, cells in self.kept.items()
        }
        n_samples = len(range(*rows.indices(self.n_samples)))
        return self._replace(n_samples=n_samples, each=each, kept=kept)

    def matrix(self):
        """Known cells of shape (n_samples, n_features), NaN elsewhere."""
        Z = np.full((self.n_samples, self.n_features), np.nan)
        for position, z in {**self.shared, **self.each}.items():
            Z[:, position] = z
        return Z


def given_items(given):
    """Pairs of a column's name and its given values, of a dict or dataframe."""
    if isinstance(given, Mapping):
        return given.items()
    if not is_dataframe(given):
        raise ValueError(
            "given must be a dict {column: value} or a dataframe, which name their "
            f"columns; got a {type(given).__name__}."
        )
    container, table = as_table(given)
    return [
        (name, container.column(table, position))
        for position, name in enumerate(container.names(table))
    ]


def is_scalar(values):
    """Whether a value is given for all rows, and not an array or list of values."""
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        return True
    return isinstance(values, np.ndarray) and values.ndim == 0


def encode_limit(limit, codec, position):
    """The `Limit` that a tuple or set means for a column."""
    column = codec.column
    if not column.modelled:
        raise column_error(
            column.name, "had no observed cell at fit, so none can be drawn for it."
        )
    if not isinstance(limit, tuple):
        values = _encode_values(list(limit), codec)
        refuse_between(values, column)
        return Limit(column, position, values[0], values[-1], values)
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
    return Limit(column, position, low, high, None)


def refuse_between(z, column):
    """Raise an error if numbers lie between two values that a column can hold."""
    if column.integer_valued and np.any(z % 1 > 0):
        steps = f" in steps of {column.steps}" if column.steps else ""
        raise column_error(
            column.name,
            "is given a value that no row can have: it holds "
            f"{column.kind_class.holds}{steps}. Round the value, or give the range "
            "(lowest, highest) around it.",
        )


def _encode_values(values, codec):
    if not values:
        raise column_error(codec.column.name, "is given an empty set of values.")
    z = encode_given(values, codec, len(values))
    if np.isnan(z).any():
        raise column_error(
            codec.column.name,
            "is given a range or set that holds a missing value. Leave it out.",
        )
    return np.unique(z)


def encode_given(values, codec, n_samples):
    """Numbers of the values given for a column: one for a scalar, else `n_samples`."""
    cells = given_cells(values, codec, n_samples)
    z = codec.encode(cells)
    unknown = np.isnan(z) & ~cells.missing
    if unknown.any():
        raise codec.unknown_error(cells.take(unknown), "leave the column out of given")
    return z


def given_cells(values, codec, n_samples):
    """Cells of the values given for a column."""
    name = codec.column.name
    if not is_scalar(values) and len(values) != n_samples:
        raise column_error(
            name,
            f"is given for {len(values)} rows, but {n_samples} are asked for. Give one "
            "value for all rows, or one for each.",
        )
    series = [c for c in (PandasTables, PolarsTables) if c.is_series(values)]
    if series:
        cells = series[0].read(values, name)
    elif isinstance(codec, Categorical) and codec.sort is LabelCells:
        cells = _label_cells(values, name)
    else:
        cells = read_array(_given_array(values), name)
    texts = cells.sort == "text" and all(isinstance(x, str) for x in cells.categories)
    if isinstance(codec, Datetime) and texts and not cells.missing.all():
        return _parse_dates(cells, codec)
    return cells


def _given_array(values):
    if isinstance(values, np.generic | np.ndarray) and np.ndim(values) < 2:
        return np.atleast_1d(values)
    return object_array([values] if is_scalar(values) else list(values))


def _label_cells(values, name):
    values = _given_array(values).astype(object)  # categories of any Python type
    nested = {type(v) for v in values if not isinstance(v, Hashable)}
    if nested:
        raise column_error(
            name,
            f"is given cells of type {nested.pop().__name__}, which are no "
            "categories. Give one of the categories seen at fit.",
            TypeError,
        )
    return label_cells(values, missing_objects(values), sort=False)


def _parse_dates(cells, codec):
    """Datetimes of labels that are ISO 8601."""
    name, dates = codec.column.name, []
    for text in cells.categories:
        try:
            dates.append(_parse_date(text, codec.zoned))
        except ValueError:
            zone, how = ("+01:00", "with") if codec.zoned else ("", "without")
            raise column_error(
                name,
                f"is given the text {text!r}, which is not understood as a date. Write "
                f"it as in ISO 8601 {how} a time zone, such as '2024-01-31T09:30{zone}'"
                ", or give a datetime.",
            ) from None
    levels = read_array(np.array(dates), name)
    ticks = np.where(cells.missing, 0, levels.values[cells.values])
    return replace(levels, values=ticks, missing=cells.missing, zoned=codec.zoned)


def _parse_date(text, zoned):
    match = ISO_DATE.fullmatch(text)
    if match is None or zoned != (match["zone"] is not None):
        raise ValueError(text)
    date = np.datetime64(match["time"])
    if match["zone"] in (None, "Z"):
        return date
    hours, minutes = map(int, match["zone"][1:].split(":"))
    ahead = np.timedelta64(60 * hours + minutes, "m")
    return date + ahead if match["zone"].startswith("-") else date - ahead
