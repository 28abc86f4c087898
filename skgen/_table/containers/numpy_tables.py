"""Container of arrays: 2-D arrays, and single columns of any dtype."""

import numpy as np

from skgen._table.categories import label_cells
from skgen._table.cells import MissingCells, column_error
from skgen._table.containers.native import Native, cannot_hold, cast_exactly
from skgen._table.containers.objects import (
    complex_refused,
    missing_objects,
    read_objects,
)
from skgen._table.numbers import BooleanCells, NumberCells
from skgen._table.times import read_times

_OBJECT = np.dtype(object)


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


def native_of_array(values):
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
    native = staticmethod(native_of_array)

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
            columns = [_to_objects(column, j) for j, column in enumerate(X.T)]
            out = np.array(columns, dtype=object).T
        for position, (mask, new) in changes.items():
            new = _to_objects(new, position) if out.dtype == object else new
            out[slice(None) if mask is None else mask, position] = new
        return out


def _to_objects(values, name):
    """1-D array of Python objects; numpy alone would make integers of some dates."""
    if values.dtype.kind not in "mM":
        return values.astype(object)
    return write_array(read_times(values, name), _OBJECT, name)
