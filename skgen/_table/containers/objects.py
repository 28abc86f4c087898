"""Cells of arrays of Python objects."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from numbers import Integral

import numpy as np

from skgen._table.categories import label_cells
from skgen._table.cells import column_error, missing_cells, object_array, too_wide
from skgen._table.numbers import BooleanCells, NumberCells
from skgen._table.times import read_times


def missing_objects(values):
    """Mask of the cells of an object array that are None, NaN, NaT or NA."""
    families = {type_: _family(type_) for type_ in set(map(type, values))}
    missing = _of_family(values, families, "missing")
    floats = np.flatnonzero(_of_family(values, families, "float"))
    missing[floats] = values[floats] != values[floats]
    return missing


def _of_family(values, families, family):
    types = {type_ for type_, found in families.items() if found == family}
    return np.fromiter(map(types.__contains__, map(type, values)), bool, len(values))


def _family(type_):
    """Name of the sort of cells of a Python type; None if it is not supported."""
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


def read_objects(values, name):
    """Cells of a 1-D object array."""
    missing = missing_objects(values)
    observed = values[~missing]
    family = _single_family(set(map(type, observed)), name)
    if family is None:
        return missing_cells(len(values))
    if family == "str":
        return label_cells(values, missing)
    if family in ("datetime", "timedelta"):
        cells = _read_python_times(observed, family, name)
    else:
        sort = BooleanCells if family == "bool" else NumberCells
        cells = sort(_plain_array(observed, family, name), missing)
    whole = np.zeros(len(values), dtype=cells.values.dtype)
    whole[~missing] = cells.values
    return replace(cells, values=whole, missing=missing)


def _single_family(types, name):
    """Sort of the cells of all types of a column; None if there is no type."""
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
        return complex_refused(name)
    return column_error(
        name,
        f"holds cells of type {type_.__name__}: a cell argument must be a string, a "
        "bool, a date or a real number. Cast the cells to one of these (float, str), "
        "spread them over several columns, or drop the column.",
        TypeError,
    )


def _plain_array(observed, family, name):
    """Convert bools, ints or floats to a numpy dtype that holds them exactly."""
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
    cells = read_times(observed.astype(dtype), name)
    if zoned or len(types) > 1:
        return replace(cells, zoned=zoned, cell_type=object)
    same = replace(cells, cell_type=types.pop())
    exact = np.array_equal(same.to_objects(), observed)
    return same if exact else replace(cells, cell_type=object)


def complex_refused(name):
    """Exception for a column of complex numbers."""
    return column_error(
        name,
        "holds complex numbers. Complex data not supported: split it into its real "
        "and imaginary parts.",
    )
