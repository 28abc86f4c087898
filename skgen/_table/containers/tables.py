"""Containers of tables: how each gives and takes its columns as cells.

A container knows, of a table, its ``names`` and its ``form`` (what `build` needs beside
the columns), its ``column`` at a position and that column's ``native`` dtype. It can
``read`` a column as `Cells`, ``write`` cells as a native column, ``build`` a table of
native columns, and ``put`` native cells in a copy of a table, or whole columns where
the mask is None. ``native_for`` cells of a column that had none is a dtype that holds
them. ``with_categories`` is one that declares all categories of cells, None if none is
lacking. ``widened`` is that to which the library casts another one for missing cells.
"""

from dataclasses import replace
from importlib import import_module

import narwhals.stable.v2 as nw
import numpy as np
from scipy import sparse

from skgen._table.categories import LabelCells, label_cells, wider_categories
from skgen._table.cells import (
    MissingCells,
    Native,
    cannot_hold,
    cast_exactly,
    check_fits,
    column_error,
    missing_cells,
    object_array,
    unsupported,
)
from skgen._table.containers.arrays import as_array, refuse_other_containers
from skgen._table.containers.objects import (
    complex_refused,
    missing_objects,
    read_objects,
)
from skgen._table.containers.polars_tables import PolarsTables
from skgen._table.numbers import BooleanCells, NumberCells
from skgen._table.times import TimeCells, read_times

_FLOAT, _OBJECT = np.dtype(np.float64), np.dtype(object)

# --- arrays -------------------------------------------------------------------------


def read_array(values, name):
    """Cells of a 1-D array of any dtype."""
    kind = values.dtype.kind
    nowhere = np.zeros(len(values), dtype=bool)
    if kind in "iu":
        return NumberCells(values, nowhere)
    if kind == "f":
        return NumberCells(_exact_float(values, name), np.isnan(values))
    if kind == "b":
        return BooleanCells(values, nowhere)
    if kind in "mM":
        return read_times(values, name)
    if kind == "U":
        return label_cells(values.astype(object), nowhere)
    if kind == "O":
        return read_objects(values, name)
    if kind == "c":
        raise complex_refused(name)
    raise column_error(
        name,
        f"has the unsupported dtype {values.dtype}. Cast it to numbers, str or "
        "datetime64, or drop it.",
        TypeError,
    )


def _exact_float(values, name):
    if values.dtype.itemsize <= 8:
        return values
    double = values.astype(np.float64)
    if not np.array_equal(double, values, equal_nan=True):
        raise column_error(
            name, f"of dtype {values.dtype} has more digits than float64: cast it."
        )
    return double


def write_array(cells, dtype, name, missing=None):
    """1-D array of a dtype; `missing` fills the missing cells of object arrays."""
    if cells.missing.any() and dtype.kind not in "fOMm":
        raise column_error(
            name,
            f"is of dtype {dtype}, which cannot hold missing cells, but "
            f"{cells.missing.sum()} of the {len(cells.missing)} cells to be written "
            "are missing. Give numbers for all of them, or fit on a float or nullable "
            "dtype.",
        )
    if dtype.kind == "O":
        out = cells.to_objects()
        out[cells.missing] = missing
        return out
    if isinstance(cells, MissingCells):
        nothing = "NaT" if dtype.kind in "mM" else np.nan
        return np.full(len(cells.missing), nothing, dtype=dtype)
    if dtype.kind not in cells.dtypes:
        raise cannot_hold(cells, dtype, name)
    out = cast_exactly(cells.to_array(), cells.missing, dtype, name)
    if cells.missing.any() and dtype.kind == "f":
        out[cells.missing] = np.nan
    return out


def _native_of_array(values):
    if values.dtype.kind != "O":
        return Native(values.dtype)
    missing = missing_objects(values)
    return Native(values.dtype, values[missing.argmax()] if missing.any() else None)


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
    def widened(dtype):
        return dtype

    @staticmethod
    def native_for(cells, fitted, own):
        untyped = fitted is None or fitted.dtype.kind == "O"
        # in an array of floats a boolean can only be a number
        floats_do = not (untyped and isinstance(cells, BooleanCells))
        if own.dtype.kind == "O" or (own.dtype.kind in cells.dtypes and floats_do):
            return own
        holds = cells.dtypes if not cells.missing.any() else "fmM"
        if not untyped and fitted.dtype.kind in set(cells.dtypes) & set(holds):
            return fitted
        return Native(_OBJECT)

    @staticmethod
    def with_categories(own, fitted, cells):
        return None

    @staticmethod
    def put(X, changes):
        whole = [new.dtype for mask, new in changes.values() if mask is None]
        if all(dtype == X.dtype for dtype in whole):
            out = X.copy()
        elif len(whole) == X.shape[1] and len(set(whole)) == 1:
            out = np.empty(X.shape, dtype=whole[0])
        else:
            columns = [_as_objects(column, j) for j, column in enumerate(X.T)]
            out = np.array(columns, dtype=object).T
        for position, (mask, new) in changes.items():
            new = _as_objects(new, position) if out.dtype == object else new
            out[slice(None) if mask is None else mask, position] = new
        return out


def _as_objects(values, name):
    """1-D array of Python objects; numpy alone would make integers of some dates."""
    if values.dtype.kind not in "mM":
        return values.astype(object)
    return write_array(read_times(values, name), _OBJECT, name)


# --- pandas --------------------------------------------------------------------------


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
            categories = object_array(column.cat.categories.tolist())
            codes = column.cat.codes.to_numpy().astype(np.intp)
            return LabelCells(codes, missing, categories, bool(dtype.ordered))
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
            return replace(cells, zoned=zone is not None, zone=zone)
        if str(dtype) == "null[pyarrow]":
            return missing_cells(len(missing))
        raise unsupported(dtype, name)

    @staticmethod
    def write(cells, native, name):
        dtype = native.dtype
        if isinstance(dtype, np.dtype):
            return write_array(cells, dtype, name, native.missing)
        pd = import_module("pandas")
        if isinstance(cells, MissingCells):
            return pd.array([pd.NA] * len(cells.values), dtype=dtype)
        empty = pd.Series([], dtype=dtype)
        kind = nw.from_native(empty, series_only=True).dtype
        check_fits(cells, kind, native, name)
        if isinstance(dtype, pd.CategoricalDtype):
            codes = _recode(cells, dtype.categories.tolist(), name)
            return pd.Categorical.from_codes(codes, dtype=dtype)
        if isinstance(cells, LabelCells):
            categories = pd.array(cells.categories, dtype=dtype)
            return categories.take(cells.values, allow_fill=True)
        if isinstance(cells, TimeCells):
            return _write_pandas_times(pd, cells, dtype, name)
        out = pd.array(
            cast_exactly(cells.values, cells.missing, dtype.numpy_dtype, name),
            dtype=dtype,
        )
        out[cells.missing] = pd.NA
        return out

    @staticmethod
    def widened(dtype):
        kind = dtype.kind if isinstance(dtype, np.dtype) else ""
        return {"i": _FLOAT, "u": _FLOAT, "b": _OBJECT}.get(kind, dtype)

    @staticmethod
    def native_for(cells, fitted, own):
        native = fitted
        if native is None:
            pd = import_module("pandas")
            native = Native(_pandas_dtype(pd, cells))
        if cells.missing.any():
            native = native._replace(dtype=PandasTables.widened(native.dtype))
        return native

    @staticmethod
    def with_categories(own, fitted, cells):
        pd = import_module("pandas")
        categorical = isinstance(own.dtype, pd.CategoricalDtype)
        if not categorical or not isinstance(cells, LabelCells):
            return None
        categories = own.dtype.categories.tolist()
        declared = isinstance(getattr(fitted, "dtype", None), pd.CategoricalDtype)
        of_fit = fitted.dtype.categories.tolist() if declared else None
        wider = wider_categories(categories, own.dtype.ordered, of_fit, cells)
        if wider is None:
            return None
        return fitted if wider is of_fit else Native(pd.CategoricalDtype(wider))

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
            if mask is None:
                # with its dtype, since pandas takes objects for text
                whole = pd.Series(new, index=X.index, dtype=new.dtype, copy=False)
                out.isetitem(position, whole)
                continue
            # not by assignment, which some dtypes of arrow do not offer
            column = X.iloc[:, position]
            new = pd.Series(new, dtype=column.dtype, copy=False)
            # labels may be declared to be unique, which those of both are not
            both = pd.concat([column, new], ignore_index=True)
            order = np.arange(len(X))
            order[mask] = len(X) + np.arange(mask.sum())
            out.isetitem(position, both.iloc[order].set_axis(X.index))
        return out


def _pandas_dtype(pd, cells):
    """Dtype of pandas for cells of any origin."""
    if isinstance(cells, LabelCells):
        return pd.Series(cells.categories.tolist()).dtype
    if not isinstance(cells, TimeCells):
        return cells.values.dtype
    unit = "s" if cells.unit in "Dhm" else cells.unit
    if cells.zoned:
        return pd.DatetimeTZDtype(unit, "UTC")
    return np.dtype(f"{cells.dtype_name}[{unit}]")


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
    if isinstance(dtype, pd.DatetimeTZDtype):
        values = cells.to_unit(dtype.unit, name)
        return pd.array(values).tz_localize("UTC").tz_convert(dtype.tz)
    arrow = dtype.pyarrow_dtype
    values = cells.to_unit(getattr(arrow, "unit", "D"), name)  # dates have none
    ticks = np.where(cells.missing, 0, values.view(np.int64))
    ticks = pd.array(ticks, dtype="int64[pyarrow]")
    ticks[cells.missing] = pd.NA
    return ticks.astype(f"int{arrow.bit_width}[pyarrow]").astype(dtype)


def _recode(cells, categories, name):
    """Positions of labels in another list of categories."""
    if categories == cells.categories.tolist():
        return cells.values
    position = {label: at for at, label in enumerate(categories)}
    table = np.array(
        [position.get(label, -1) for label in cells.categories.tolist()] + [-1]
    )
    codes = table[cells.values]
    if (codes[~cells.missing] < 0).any():
        raise column_error(
            name,
            "lacks in its category dtype here a category of the fitted column. Cast it "
            "to the dtype it had at fit.",
        )
    return codes


# --- any table -----------------------------------------------------------------------


def as_table(X):
    """Container of `X`, and `X` as a dataframe or 2-D array."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse data was passed, but dense data is required. Use '.toarray()' to "
            "convert to a dense numpy array."
        )
    if nw.dependencies.is_pandas_dataframe(X):
        container = PandasTables
    elif nw.dependencies.is_polars_dataframe(X):
        container = PolarsTables
    else:
        refuse_other_containers(X)
        container, X = NumpyTables, as_array(X)
    if X.shape[1] == 0:
        raise ValueError(
            f"Found 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    _check_names(container.names(X))
    return container, X


def _check_names(names):
    for at, name in enumerate(names):
        if not isinstance(name, str) and missing_objects(object_array([name])).any():
            raise ValueError(
                f"Column {at} (from 0) has no name but {name!r}: give it a name."
            )
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise column_error(repeated, "has the name of another one: rename one of them.")
