"""Container of pandas dataframes."""

from dataclasses import replace
from importlib import import_module

import narwhals.stable.v2 as nw
import numpy as np

from skgen._table.categories import LabelCells, label_cells, wider_categories
from skgen._table.cells import MissingCells, column_error, missing_cells, object_array
from skgen._table.containers.native import Native, cast_exactly, check_fits, unsupported
from skgen._table.containers.numpy_tables import (
    native_of_array,
    read_array,
    write_array,
)
from skgen._table.times import TimeCells

_FLOAT, _OBJECT = np.dtype(np.float64), np.dtype(object)


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
            return native_of_array(column.to_numpy())
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
