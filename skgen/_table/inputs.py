"""Targets, names of columns and given cells that users pass, checked."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from skgen._table.arrays import is_dataframe
from skgen._table.categories import Categorical, LabelCells, label_cells
from skgen._table.cells import column_error, object_array
from skgen._table.containers import PandasTables, PolarsTables, as_table, read_array
from skgen._table.objects import missing_objects
from skgen._table.times import Datetime

# stricter than numpy, to which "5" is a year, "now" a date and "NaT" a missing one
ISO_DATE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?)"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


# --- targets ------------------------------------------------------------------------


def target_array(y, name="y"):
    """Convert a target to an array of any dtype; an error if it is none.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    name : str, default="y"
        Name of the parameter, for errors.
    """
    if sparse.issparse(y) or isinstance(y, np.ma.MaskedArray):
        kind = "sparse" if sparse.issparse(y) else "masked"
        raise TypeError(
            f"{name} is a {kind} array, which is not supported: pass a dense one, "
            "without the rows whose label is not known."
        )
    try:
        array = np.asarray(y)
    except ValueError:  # lists of different lengths
        raise _no_labels(name, "lists of different lengths") from None
    if array.ndim == 0:
        raise ValueError(
            f"{name} should be a 1d array with one label for each row, got a "
            f"{type(y).__name__}."
        )
    if array.dtype.names is not None:
        raise _no_labels(name, f"records with the fields {list(array.dtype.names)}")
    if array.dtype.kind == "O":
        nested = list | tuple | set | dict | np.ndarray
        type_ = next((type(x) for x in array.flat if isinstance(x, nested)), None)
        if type_ is not None:
            raise _no_labels(name, f"cells of type {type_.__name__}")
    return array


def _no_labels(name, found):
    return TypeError(
        f"{name} holds {found}: it must have one label, a number or a text, for each "
        "row."
    )


# --- columns ------------------------------------------------------------------------


def check_name(parameter, name):
    """Raise an error if `name` cannot be the name of a column."""
    if not isinstance(name, Hashable):
        raise TypeError(
            f"{parameter}: expected the name of a column, got a {type(name).__name__}. "
            "Pass names, not cells."
        )


# --- given cells --------------------------------------------------------------------


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


def given_cells(values, codec, n_samples):
    """Cells of the values given for a column: one for a scalar, else `n_samples`."""
    name = codec.column.name
    if not is_scalar(values) and len(values) != n_samples:
        raise column_error(
            name,
            f"is given for {len(values)} rows, but {n_samples} are asked for. Give one "
            "value for all rows, or one for each.",
        )
    cells = _read_given(values, codec)
    texts = cells.sort == "text" and all(isinstance(x, str) for x in cells.categories)
    if isinstance(codec, Datetime) and texts and not cells.missing.all():
        return _parse_dates(cells, codec)
    return cells


def is_scalar(values):
    """Whether a value is given for all rows, and not an array or list of values."""
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        return True
    return isinstance(values, np.ndarray) and values.ndim == 0


def _read_given(values, codec):
    name = codec.column.name
    for container in (PandasTables, PolarsTables):
        if container.is_series(values):
            return container.read(values, name)
    if isinstance(values, np.generic | np.ndarray) and np.ndim(values) < 2:
        values = np.atleast_1d(values)
    else:
        values = object_array([values] if is_scalar(values) else list(values))
    if isinstance(codec, Categorical) and codec.sort is LabelCells:
        values = values.astype(object)  # categories may be of any Python type
        nested = {type(v) for v in values if not isinstance(v, Hashable)}
        if nested:
            raise column_error(
                name,
                f"is given cells of type {nested.pop().__name__}, which are no "
                "categories. Give one of the categories seen at fit.",
                TypeError,
            )
        return label_cells(values, missing_objects(values), sort=False)
    return read_array(values, name)


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
