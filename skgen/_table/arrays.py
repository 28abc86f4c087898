"""Cells of 1-D arrays of any dtype, Python objects included, and back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from numbers import Integral

import numpy as np

from skgen._table.cells import (
    NANOSECONDS,
    TIMES,
    Cells,
    column_error,
    label_cells,
    object_array,
    times_array,
    too_wide,
)

# --- arrays -> cells ----------------------------------------------------------------


def read_array(values, name):
    """Cells of a 1-D array of any dtype."""
    kind = values.dtype.kind
    nowhere = np.zeros(len(values), dtype=bool)
    if kind in "iu":
        return Cells("number", values, nowhere)
    if kind == "f":
        return Cells("number", _exact_float(values, name), np.isnan(values))
    if kind == "b":
        return Cells("boolean", values, nowhere)
    if kind in "mM":
        return _read_times(values, name)
    if kind == "U":
        return label_cells(values.astype(object), nowhere)
    if kind == "O":
        return _read_objects(values, name)
    if kind == "c":
        raise _complex_refused(name)
    raise column_error(
        name,
        f"has the unsupported dtype {values.dtype}. Cast it to numbers, str or "
        "datetime64, or drop it.",
        TypeError,
    )


def _complex_refused(name):
    return column_error(
        name,
        "holds complex numbers. Complex data not supported: split it into its real "
        "and imaginary parts.",
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


def _read_times(values, name):
    unit, count = np.datetime_data(values.dtype)
    if unit not in NANOSECONDS or count != 1:
        raise column_error(
            name,
            f"has the unsupported dtype {values.dtype}. Cast it to "
            f"{values.dtype.type.__name__}[s], or to another unit from D to ns.",
            TypeError,
        )
    type_ = "datetime" if values.dtype.kind == "M" else "timedelta"
    values = values.astype(values.dtype.newbyteorder("="))  # contiguous, too
    return Cells(type_, values.view(np.int64), np.isnat(values), unit=unit)


# --- Python objects -> cells --------------------------------------------------------


def missing_objects(values):
    """Which cells of an object array are None, NaN, NaT or NA."""
    families = {type_: _family(type_) for type_ in set(map(type, values))}
    missing = _of_family(values, families, "missing")
    floats = np.flatnonzero(_of_family(values, families, "float"))
    missing[floats] = values[floats] != values[floats]
    return missing


def _of_family(values, families, family):
    types = {type_ for type_, found in families.items() if found == family}
    return np.fromiter(map(types.__contains__, map(type, values)), bool, len(values))


def _family(type_):
    """What cells of a Python type are, None if they cannot be coded."""
    if type_.__name__ in ("NoneType", "NAType", "NaTType"):
        return "missing"
    if issubclass(type_, np.timedelta64):  # an integer to numpy
        return None
    for family, base in (
        ("bool", (bool, np.bool_)),
        ("timedelta", timedelta),
        ("int", Integral),
        ("float", (float, np.floating)),
        ("str", str),
        ("datetime", date),
    ):
        if issubclass(type_, base):
            return family
    return None


def _read_objects(values, name):
    missing = missing_objects(values)
    observed = values[~missing]
    family = _single_family(set(map(type, observed)), name)
    if family is None:
        return Cells("missing", np.zeros(len(values)), missing)
    if family == "str":
        return label_cells(values, missing)
    if family in TIMES:
        cells = _read_python_times(observed, family, name)
    else:
        cells = read_array(_plain_array(observed, family, name), name)
    whole = np.zeros(len(values), dtype=cells.values.dtype)
    whole[~missing] = cells.values
    return replace(cells, values=whole, missing=missing)


def _single_family(types, name):
    """The family of all types of a column, None if there is no type."""
    families = {_family(type_): type_ for type_ in types}
    if None in families:
        raise _unsupported_objects(families[None], name)
    found = sorted(families)
    if found == ["float", "int"]:
        return "float"
    if len(found) > 1:
        raise column_error(
            name,
            f"mixes {' and '.join(found)} cells: the argument must be uniformly "
            "strings or numbers. Cast the column to one type.",
            TypeError,
        )
    return found[0] if found else None


def _unsupported_objects(type_, name):
    if issubclass(type_, complex | np.complexfloating):
        return _complex_refused(name)
    return column_error(
        name,
        f"holds cells of type {type_.__name__}: a cell argument must be a string, a "
        "bool, a date or a real number. Cast the cells to one of these (float, str), "
        "spread them over several columns, or drop the column.",
        TypeError,
    )


def _plain_array(observed, family, name):
    """Bools, ints or floats as an array of a numpy dtype that holds them exactly."""
    if family == "bool":
        return observed.astype(bool)
    if family == "float":
        values = observed.astype(np.float64)
        if not np.array_equal(values, observed):
            raise too_wide(name)
        return values
    lowest, highest = min(observed), max(observed)
    for dtype in (np.int64, np.uint64):
        limits = np.iinfo(dtype)
        if limits.min <= lowest and highest <= limits.max:
            return observed.astype(dtype)
    raise too_wide(name)


def _read_python_times(observed, family, name):
    zoned = {getattr(cell, "tzinfo", None) is not None for cell in observed}
    if len(zoned) > 1:
        raise column_error(
            name,
            "mixes datetimes with and without a time zone. Convert all to one zone, "
            "such as with pandas.to_datetime(..., utc=True), or to none.",
        )
    zoned, types = zoned.pop(), set(map(type, observed))
    if zoned:
        naive = [cell.astimezone(UTC).replace(tzinfo=None) for cell in observed]
        observed = object_array(naive)
    if family == "timedelta":
        dtype = "m8[us]"
    else:
        clock = any(issubclass(type_, datetime) for type_ in types)
        dtype = "M8[us]" if clock else "M8[D]"
    cells = read_array(observed.astype(dtype), name)
    if zoned or len(types) > 1:
        return replace(cells, zoned=zoned, cell_type=object)
    same = replace(cells, cell_type=types.pop())
    exact = np.array_equal(_python_times(same), observed)
    return same if exact else replace(cells, cell_type=object)


# --- cells -> arrays ----------------------------------------------------------------

# kinds of dtypes, object aside, that hold the cells of a type
KINDS = {
    "number": "biuf",
    "boolean": "biuf",
    "label": "U",
    "datetime": "M",
    "timedelta": "m",
}


def write_array(cells, dtype, name, missing=None):
    """1-D array of a dtype that holds the cells; `missing` fills object arrays."""
    if cells.missing.any() and dtype.kind not in "fOMm":
        raise column_error(
            name,
            f"is of dtype {dtype}, which cannot hold missing cells, but "
            f"{cells.missing.sum()} of the {len(cells.missing)} cells to be written "
            "are missing. Give numbers for all of them, or fit on a float or nullable "
            "dtype.",
        )
    if dtype.kind == "O":
        return _write_objects(cells, missing)
    if cells.type == "missing":
        nothing = "NaT" if dtype.kind in "mM" else np.nan
        return np.full(len(cells.missing), nothing, dtype=dtype)
    if dtype.kind not in KINDS[cells.type]:
        raise cannot_hold(cells, dtype, name)
    if cells.type == "label":
        texts = cells.levels.astype(str)[cells.values]
        return cast_exactly(texts, cells.missing, dtype, name)
    if cells.type in TIMES:
        return cast_exactly(times_array(cells), cells.missing, dtype, name)
    out = cast_exactly(cells.values, cells.missing, dtype, name)
    if cells.missing.any():
        out[cells.missing] = np.nan
    return out


def cannot_hold(cells, dtype, name):
    """The exception for a dtype that is of another sort than the cells."""
    return column_error(
        name,
        f"is of dtype {dtype} here, which cannot hold the {cells.plural} of the fitted "
        "column. Cast it to the dtype it had at fit.",
    )


def cast_exactly(values, missing, dtype, name):
    """Array cast to a dtype; an error unless all but floats stay what they are."""
    with np.errstate(invalid="ignore"):
        out = values.astype(dtype)
    if dtype.kind == "f" or dtype == values.dtype:
        return out
    if not np.array_equal(out[~missing], values[~missing]):
        raise column_error(
            name,
            f"is of dtype {dtype} here, which cannot hold the values of the fitted "
            f"column of dtype {values.dtype}. Cast it to {values.dtype}.",
        )
    return out


def _write_objects(cells, missing):
    if cells.type in TIMES and cells.cell_type is not None:
        out = _python_times(cells)
    elif cells.type in TIMES:
        out = times_array(cells).astype(object)
    elif cells.type == "label":
        out = np.append(cells.levels, None)[cells.values]
    else:
        out = cells.values.astype(object)
    out[cells.missing] = missing
    return out


def _python_times(cells):
    """Object array of Python dates, datetimes or timedeltas of the cells' own type."""
    values = times_array(cells).astype(object)
    if cells.cell_type in (date, datetime, timedelta):
        return values
    observed = ~cells.missing
    values[observed] = list(map(cells.cell_type, values[observed]))
    return values
