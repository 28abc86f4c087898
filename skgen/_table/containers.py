"""Containers of tables: how each gives and takes its columns as cells.

A container knows, of a table, its ``names`` and its ``form`` (what `build` needs beside
the columns), its ``column`` at a position and that column's ``native`` dtype. It can
``read`` a column as `Cells`, ``write`` cells as a native column, ``build`` a table of
native columns, and ``put`` native cells in a copy of a table.
"""

from dataclasses import replace
from importlib import import_module
from typing import NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from skgen._table.arrays import (
    cannot_hold,
    cast_exactly,
    missing_objects,
    read_array,
    write_array,
)
from skgen._table.cells import (
    TIMES,
    Cells,
    column_error,
    label_cells,
    object_array,
    times_array,
)


class Native(NamedTuple):
    """What a container needs to know to write a column back."""

    dtype: object
    missing: object = None  # fills missing cells of object columns


def _native_of_array(values):
    if values.dtype.kind != "O":
        return Native(values.dtype)
    missing = missing_objects(values)
    return Native(values.dtype, values[missing.argmax()] if missing.any() else None)


def _unsupported(dtype, name):
    return column_error(
        name,
        f"has the unsupported dtype {dtype}. Cast it to numbers, text, a category, a "
        "datetime or a timedelta (dense, not nested), or drop it.",
        TypeError,
    )


def _to_unit(values, unit, cells, name):
    dtype = np.dtype(f"{values.dtype.kind}8[{unit}]")
    return cast_exactly(values, cells.missing, dtype, name)


def _check_sort(cells, native, column, name):
    """Raise unless an empty column of a dataframe can hold cells of their type."""
    kind = nw.from_native(column, series_only=True).dtype
    sorts = {"label"}
    if kind == nw.Boolean or kind.is_numeric():
        sorts = {"number", "boolean"}
    # narwhals does not know every time zone of pandas
    elif kind in (nw.Date, nw.Datetime) or getattr(native.dtype, "kind", "") == "M":
        sorts = {"datetime"}
    elif kind == nw.Duration:
        sorts = {"timedelta"}
    elif str(native.dtype) in ("Null", "null[pyarrow]"):
        sorts = set()
    if cells.type not in sorts:
        raise cannot_hold(cells, native.dtype, name)


class NumpyTables:
    """2-D arrays."""

    @staticmethod
    def names(X):
        return list(range(X.shape[1]))

    @staticmethod
    def form(X):
        return X.dtype

    @staticmethod
    def column(X, position):
        return X[:, position]

    read = staticmethod(read_array)
    native = staticmethod(_native_of_array)

    @staticmethod
    def write(cells, native, name):
        return write_array(cells, native.dtype, name, native.missing)

    @staticmethod
    def build(columns, form, n_samples):
        out = np.empty((n_samples, len(columns)), dtype=form)
        for position, column in enumerate(columns):
            out[:, position] = column
        return out

    @staticmethod
    def put(X, changes):
        out = X.copy()
        for position, (mask, new) in changes.items():
            out[mask, position] = new
        return out


class PandasTables:
    """pandas dataframes."""

    is_series = staticmethod(nw.dependencies.is_pandas_series)

    @staticmethod
    def names(X):
        return X.columns.tolist()

    @staticmethod
    def form(X):
        return X.columns

    @staticmethod
    def column(X, position):
        return X.iloc[:, position]

    @staticmethod
    def native(column):
        if isinstance(column.dtype, np.dtype):
            return _native_of_array(column.to_numpy())
        return Native(column.dtype)

    @staticmethod
    def read(column, name):
        dtype = column.dtype
        if isinstance(dtype, np.dtype):
            return read_array(column.to_numpy(), name)
        kind = nw.from_native(column, series_only=True).dtype
        missing = column.isna().to_numpy()
        if hasattr(column, "cat"):
            levels = object_array(column.cat.categories.tolist())
            codes = column.cat.codes.to_numpy().astype(np.intp)
            ordered = bool(dtype.ordered)
            return Cells("label", codes, missing, levels, ordered=ordered)
        if kind == nw.String or kind == nw.Categorical:
            values = column.to_numpy(dtype=object, na_value=None)
            return label_cells(values, missing, free_text=kind == nw.String)
        if kind.is_integer() or kind.is_float() or kind == nw.Boolean:
            nothing = False if kind == nw.Boolean else 0
            values = column.to_numpy(dtype=dtype.numpy_dtype, na_value=nothing)
            cells = read_array(values, name)
            return replace(cells, missing=missing | cells.missing)
        # narwhals does not know every time zone of pandas
        if dtype.kind in "mM" or kind == nw.Date:
            zone = getattr(getattr(dtype, "pyarrow_dtype", dtype), "tz", None)
            cells = read_array(_pandas_times(column), name)
            return replace(cells, zoned=zone is not None)
        if str(dtype) == "null[pyarrow]":
            return Cells("missing", np.zeros(len(missing)), missing)
        raise _unsupported(dtype, name)

    @staticmethod
    def write(cells, native, name):
        dtype = native.dtype
        if isinstance(dtype, np.dtype):
            return write_array(cells, dtype, name, native.missing)
        pd = import_module("pandas")
        if cells.type == "missing":
            return pd.array([pd.NA] * len(cells.values), dtype=dtype)
        _check_sort(cells, native, pd.Series([], dtype=dtype), name)
        if isinstance(dtype, pd.CategoricalDtype):
            codes = _relevel(cells, dtype.categories.tolist(), name)
            return pd.Categorical.from_codes(codes, dtype=dtype)
        if cells.type == "label":
            levels = pd.array(cells.levels, dtype=dtype)
            return levels.take(cells.values, allow_fill=True)
        if cells.type in TIMES:
            return _write_pandas_times(pd, cells, dtype, name)
        out = pd.array(
            cast_exactly(cells.values, cells.missing, dtype.numpy_dtype, name),
            dtype=dtype,
        )
        out[cells.missing] = pd.NA
        return out

    @staticmethod
    def build(columns, form, n_samples):
        pd = import_module("pandas")
        index = pd.RangeIndex(n_samples)
        out = pd.DataFrame(
            {
                position: pd.Series(column, index=index, dtype=column.dtype, copy=False)
                for position, column in enumerate(columns)
            },
            index=index,
        )
        out.columns = form
        return out

    @staticmethod
    def put(X, changes):
        pd = import_module("pandas")
        out = X.copy()
        for position, (mask, new) in changes.items():
            # not by assignment, which some dtypes of arrow do not offer
            column = X.iloc[:, position]
            new = pd.Series(new, dtype=column.dtype, copy=False)
            # labels may be declared to be unique, which those of both are not
            both = pd.concat([column, new], ignore_index=True)
            order = np.arange(len(X))
            order[mask] = len(X) + np.arange(mask.sum())
            out.isetitem(position, both.iloc[order].set_axis(X.index))
        return out


def _pandas_times(column):
    """datetime64 (of UTC) or timedelta64 array of a pandas column."""
    code = "m8" if column.dtype.kind == "m" else "M8"
    if not hasattr(column.dtype, "pyarrow_dtype"):
        return column.to_numpy(dtype=f"{code}[{column.dtype.unit}]")
    dtype = column.dtype.pyarrow_dtype
    unit = getattr(dtype, "unit", "D")  # dates have none
    ticks = column.astype(f"int{dtype.bit_width}[pyarrow]")
    nothing = np.iinfo(f"i{dtype.bit_width // 8}").min
    ticks = ticks.to_numpy(dtype=np.int64, na_value=nothing)
    missing = column.isna().to_numpy()
    ticks = np.where(missing, np.iinfo(np.int64).min, ticks)
    return ticks.view(f"{code}[{unit}]")


def _write_pandas_times(pd, cells, dtype, name):
    values = times_array(cells)
    if isinstance(dtype, pd.DatetimeTZDtype):
        values = _to_unit(values, dtype.unit, cells, name)
        return pd.array(values).tz_localize("UTC").tz_convert(dtype.tz)
    arrow = dtype.pyarrow_dtype
    unit = getattr(arrow, "unit", "D")  # dates have none
    values = _to_unit(values, unit, cells, name)
    ticks = np.where(cells.missing, 0, values.view(np.int64))
    ticks = pd.array(ticks, dtype="int64[pyarrow]")
    ticks[cells.missing] = pd.NA
    return ticks.astype(f"int{arrow.bit_width}[pyarrow]").astype(dtype)


def _relevel(cells, levels, name):
    """Codes of labels in another list of levels."""
    if levels == cells.levels.tolist():
        return cells.values
    position = {level: at for at, level in enumerate(levels)}
    table = np.array(
        [position.get(level, -1) for level in cells.levels.tolist()] + [-1]
    )
    codes = table[cells.values]
    if (codes[~cells.missing] < 0).any():
        raise column_error(
            name,
            "lacks in its category dtype here a category of the fitted column. Cast it "
            "to the dtype it had at fit.",
        )
    return codes


class PolarsTables:
    """polars dataframes."""

    is_series = staticmethod(nw.dependencies.is_polars_series)

    @staticmethod
    def names(X):
        return X.columns

    form = names

    @staticmethod
    def column(X, position):
        return X.to_series(position)

    @staticmethod
    def native(column):
        return Native(column.dtype)

    @staticmethod
    def read(column, name):
        kind = nw.from_native(column, series_only=True).dtype
        missing = column.is_null().to_numpy()
        if kind == nw.Boolean or kind.is_float() or kind.is_integer():
            if kind in (nw.Int128, nw.UInt128):
                raise _unsupported(kind, name)
            nothing = False if kind == nw.Boolean else 0
            cells = read_array(column.fill_null(nothing).to_numpy(), name)
            return replace(cells, missing=missing | cells.missing)
        if kind == nw.String or kind == nw.Categorical:
            values = object_array(column.to_list())
            return label_cells(values, missing, free_text=kind == nw.String)
        if str(column.dtype) == "Null":
            return Cells("missing", np.zeros(len(missing)), missing)
        if kind == nw.Enum:
            levels = object_array(list(kind.categories))
            codes = column.to_physical().cast(int).fill_null(-1).to_numpy()
            return Cells("label", codes, missing, levels)
        if kind in (nw.Datetime, nw.Duration, nw.Date):
            values = column.to_physical().cast(int).fill_null(0).to_numpy()
            type_ = "timedelta" if kind == nw.Duration else "datetime"
            unit = getattr(kind, "time_unit", "D")
            zoned = getattr(kind, "time_zone", None) is not None
            return Cells(type_, values, missing, unit=unit, zoned=zoned)
        raise _unsupported(kind, name)

    @staticmethod
    def write(cells, native, name):
        pl = import_module("polars")
        dtype, missing = native.dtype, pl.Series(cells.missing)
        if cells.type == "missing":
            return pl.repeat(None, len(missing), dtype=dtype, eager=True)
        _check_sort(cells, native, pl.Series([], dtype=dtype), name)
        if cells.type == "label":
            codes = pl.Series(cells.values).set(missing, None)
            levels = pl.Series(cells.levels.tolist(), dtype=pl.String)
            return levels.gather(codes).cast(dtype)
        if cells.type in TIMES:
            values = times_array(cells)
            unit = getattr(dtype, "time_unit", "D")
            values = _to_unit(values, unit, cells, name).view(np.int64)
            values = pl.Series(values).set(missing, None)
            return values.cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)
        target = pl.Series([], dtype=dtype).to_numpy().dtype
        values = cast_exactly(cells.values, cells.missing, target, name)
        return pl.Series(values, dtype=dtype).set(missing, None)

    @staticmethod
    def build(columns, form, n_samples):
        pl = import_module("polars")
        return pl.DataFrame(dict(zip(form, columns, strict=True)))

    @staticmethod
    def put(X, changes):
        pl = import_module("polars")
        columns = []
        for position, (mask, new) in changes.items():
            column, dtype = X.to_series(position).clone(), X.dtypes[position]
            if dtype == pl.Categorical:  # which older releases do not mix
                column, new = column.cast(pl.String), new.cast(pl.String)
            if dtype != pl.Null:  # where polars writes nothing
                column = column.scatter(np.flatnonzero(mask), new)
            columns.append(column.cast(dtype))
        return X.with_columns(columns)
