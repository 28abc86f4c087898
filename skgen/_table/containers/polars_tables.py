"""Container of polars dataframes."""

from importlib import import_module

import narwhals.stable.v2 as nw
import numpy as np

from skgen._table.categories import LabelCells, label_cells, wider_categories
from skgen._table.cells import MissingCells, missing_cells, object_array
from skgen._table.containers.native import Native, cast_exactly, check_fits, unsupported
from skgen._table.numbers import BooleanCells, NumberCells
from skgen._table.times import DateCells, DurationCells, TimeCells


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
                raise unsupported(kind, name)
            nothing, sort = 0, NumberCells
            if kind == nw.Boolean:
                nothing, sort = False, BooleanCells
            values = column.fill_null(nothing).to_numpy()
            return sort(values, missing | (values != values))
        if kind == nw.String or kind == nw.Categorical:
            values = object_array(column.to_list())
            return label_cells(values, missing, free_text=kind == nw.String)
        if str(column.dtype) == "Null":
            return missing_cells(len(missing))
        if kind == nw.Enum:
            categories = object_array(list(kind.categories))
            codes = column.to_physical().cast(int).fill_null(-1).to_numpy()
            return LabelCells(codes, missing, categories)
        if kind in (nw.Datetime, nw.Duration, nw.Date):
            values = column.to_physical().cast(int).fill_null(0).to_numpy()
            sort = DurationCells if kind == nw.Duration else DateCells
            unit = getattr(kind, "time_unit", "D")
            zone = getattr(kind, "time_zone", None)
            return sort(values, missing, unit, zone is not None, zone=zone)
        raise unsupported(kind, name)

    @staticmethod
    def write(cells, native, name):
        pl = import_module("polars")
        dtype, missing = native.dtype, pl.Series(cells.missing)
        if isinstance(cells, MissingCells):
            return pl.repeat(None, len(missing), dtype=dtype, eager=True)
        empty = pl.Series([], dtype=dtype)
        kind = nw.from_native(empty, series_only=True).dtype
        check_fits(cells, kind, native, name)
        if isinstance(cells, LabelCells):
            codes = pl.Series(cells.values).set(missing, None)
            categories = pl.Series(cells.categories.tolist(), dtype=pl.String)
            return categories.gather(codes).cast(dtype)
        if isinstance(cells, TimeCells):
            unit = getattr(dtype, "time_unit", "D")
            values = cells.to_unit(unit, name).view(np.int64)
            values = pl.Series(values).set(missing, None)
            return values.cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)
        target = empty.to_numpy().dtype
        values = cast_exactly(cells.values, cells.missing, target, name)
        return pl.Series(values, dtype=dtype).set(missing, None)

    @staticmethod
    def widened(dtype):
        return dtype

    @staticmethod
    def native_for(cells, fitted, own):
        return fitted or Native(_polars_dtype(import_module("polars"), cells))

    @staticmethod
    def with_categories(own, fitted, cells):
        pl = import_module("polars")
        if not isinstance(own.dtype, pl.Enum) or not isinstance(cells, LabelCells):
            return None
        categories = own.dtype.categories.to_list()
        declared = isinstance(getattr(fitted, "dtype", None), pl.Enum)
        of_fit = fitted.dtype.categories.to_list() if declared else None
        wider = wider_categories(categories, False, of_fit, cells)
        if wider is None:
            return None
        return fitted if wider is of_fit else Native(pl.Enum(wider))

    @staticmethod
    def build(columns, form, n_samples):
        pl = import_module("polars")
        return pl.DataFrame(dict(zip(form, columns, strict=True)))

    @staticmethod
    def put(X, changes):
        pl = import_module("polars")
        columns = []
        for position, (mask, new) in changes.items():
            if mask is None:
                columns.append(new.alias(X.columns[position]))
                continue
            column, dtype = X.to_series(position).clone(), X.dtypes[position]
            if dtype == pl.Categorical:  # which older releases do not mix
                column, new = column.cast(pl.String), new.cast(pl.String)
            if dtype != pl.Null:  # where polars writes nothing
                column = column.scatter(np.flatnonzero(mask), new)
            columns.append(column.cast(dtype))
        return X.with_columns(columns)


def _polars_dtype(pl, cells):
    """Dtype of polars for cells of any origin."""
    if isinstance(cells, LabelCells):
        return pl.Series(cells.categories.tolist()).dtype
    if not isinstance(cells, TimeCells):
        return pl.Series(cells.values[:0]).dtype
    unit = cells.unit if cells.unit in ("ms", "us", "ns") else "us"
    if isinstance(cells, DurationCells):
        return pl.Duration(unit)
    if cells.unit == "D" and not cells.zoned:
        return pl.Date
    return pl.Datetime(unit, "UTC" if cells.zoned else None)
