"""Columns as plain numpy: reading arrays, coding cells as numbers and back.

A container (see `skgen.table`) hands over each of its columns as `Cells`; a codec
fitted to the column turns cells into float64 numbers, NaN for missing, and numbers into
cells. Nothing here knows dataframes.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from numbers import Integral

import numpy as np

from ._math.marginals import find_atoms

EXACT = 2**53  # float64 holds every whole number up to here
NANOSECONDS = {
    "D": 86_400 * 10**9,
    "h": 3_600 * 10**9,
    "m": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}
MAX_DECIMALS = 10
MIN_IDENTIFIERS = 10
TIMES = ("datetime", "timedelta")


@dataclass(frozen=True)
class Column:
    """What a model knows of one column of the encoded matrix.

    Parameters
    ----------
    name : hashable
        Name as the user wrote it, or the position in arrays.
    kind : {"continuous", "integer", "categorical", "boolean", "datetime", \
            "timedelta", "missing"}
        ``"missing"`` is a column without an observed cell.
    n_categories : int, default=0
        Number of codes of a categorical or boolean column: its numbers are
        ``0, ..., n_categories - 1``. 0 for the other kinds.
    ordered : bool, default=False
        Whether the codes follow an order that the user declared.
    lower, upper : float, default=nan
        Observed range of a numeric column, in encoded units.
    atoms : ndarray, default=empty
        Sorted encoded values that a numeric column repeats.
    has_missing : bool, default=False
        Whether a cell was missing at fit.
    flag_of : int or None, default=None
        Position of the column whose missingness this column tells; the codec never
        sets it.

    Notes
    -----
    ``repr`` leaves out the values, which are facts about the user's rows.
    """

    name: object
    kind: str
    n_categories: int = 0
    ordered: bool = False
    lower: float = field(default=np.nan, repr=False, compare=False)
    upper: float = field(default=np.nan, repr=False, compare=False)
    atoms: np.ndarray = field(
        default_factory=lambda: np.empty(0), repr=False, compare=False
    )
    has_missing: bool = False
    flag_of: int | None = None

    @property
    def discrete(self):
        """Whether the column holds codes of categories."""
        return self.kind in ("categorical", "boolean")

    @property
    def lattice(self):
        """Whether the column is numeric with whole encoded numbers."""
        return self.kind in ("integer", *TIMES)


@dataclass(frozen=True)
class Cells:
    """The cells of one column, whatever container they came from.

    `values` holds numbers, bools, codes into `levels` (labels) or int64 ticks of `unit`
    (datetimes in UTC, timedeltas); what it holds where `missing` is not read.
    """

    type: str  # "number", "boolean", "label", "datetime", "timedelta" or "missing"
    values: np.ndarray
    missing: np.ndarray
    levels: np.ndarray | None = None
    ordered: bool = False
    free_text: bool = False  # labels of which no list was declared
    unit: str | None = None
    zoned: bool = False
    cell_type: type | None = None  # of Python dates; object if there is no single one


def column_error(name, problem, error=ValueError):
    """The exception that tells what is wrong with the column `name`."""
    return error(f"Column {name!r} {problem}")


# --- arrays -> cells ----------------------------------------------------------------


def read_array(values, name):
    """Cells of a 1-D array of any dtype."""
    kind = values.dtype.kind
    if kind in "iu":
        return Cells("number", values, np.zeros(len(values), dtype=bool))
    if kind == "f":
        return Cells("number", _exact_float(values, name), np.isnan(values))
    if kind == "b":
        return Cells("boolean", values, np.zeros(len(values), dtype=bool))
    if kind in "mM":
        return _read_times(values, name)
    if kind == "U":
        return label_cells(values.astype(object), np.zeros(len(values), dtype=bool))
    if kind == "O":
        return _read_objects(values, name)
    if kind == "c":
        raise column_error(
            name,
            "holds complex numbers. Complex data not supported: split it into its "
            "real and imaginary parts.",
        )
    raise column_error(
        name,
        f"has the unsupported dtype {values.dtype}. Cast it to numbers, str or "
        "datetime64, or drop it.",
        TypeError,
    )


def label_cells(values, missing, *, free_text=True, sort=True):
    """Cells of an object array of labels; the distinct ones become the levels."""
    observed = values[~missing]
    levels = object_array(sorted(set(observed)) if sort else list(set(observed)))
    code = {level: position for position, level in enumerate(levels)}
    codes = np.full(len(values), -1)
    codes[~missing] = np.fromiter(map(code.get, observed), np.intp, len(observed))
    return Cells("label", codes, missing, levels, free_text=free_text)


def object_array(values):
    """1-D object array of any Python objects, sequences included."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def missing_objects(values):
    """Which cells of an object array are None, NaN, NaT or NA."""
    types = set(map(type, values))
    nothing = {type_ for type_ in types if _family(type_) == "missing"}
    missing = np.fromiter(
        map(nothing.__contains__, map(type, values)), bool, len(values)
    )
    if any(_family(type_) == "float" for type_ in types):
        observed = np.flatnonzero(~missing)
        missing[observed] = values[observed] != values[observed]
    return missing


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


def _read_objects(values, name):
    types = set(map(type, values))
    families = {type_: _family(type_) for type_ in types}
    unknown = [type_ for type_, family in families.items() if family is None]
    if unknown:
        raise _unsupported_objects(unknown[0], name)
    missing = missing_objects(values)
    observed = values[~missing]
    types = set(map(type, observed))
    found = sorted({families[type_] for type_ in types})
    if not found:
        return Cells("missing", np.zeros(len(values)), missing)
    if found == ["float", "int"]:
        found = ["float"]
    if len(found) > 1:
        raise column_error(
            name,
            f"mixes {' and '.join(found)} cells: the argument must be uniformly "
            "strings or numbers. Cast the column to one type.",
            TypeError,
        )
    if found == ["str"]:
        return label_cells(values, missing)
    cells = _OBJECT_READERS[found[0]](observed, types, name)
    whole = np.zeros(len(values), dtype=cells.values.dtype)
    whole[~missing] = cells.values
    return replace(cells, values=whole, missing=missing)


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
        ("datetime", (date, datetime)),
    ):
        if issubclass(type_, base):
            return family
    return None


def _unsupported_objects(type_, name):
    if issubclass(type_, complex | np.complexfloating):
        return column_error(
            name, "holds complex numbers. Complex data not supported: split it."
        )
    return column_error(
        name,
        f"holds cells of type {type_.__name__}: a cell argument must be a string, a "
        "bool, a date or a real number. Cast the cells to one of these (float, str), "
        "spread them over several columns, or drop the column.",
        TypeError,
    )


def _object_bools(observed, types, name):
    return Cells("boolean", observed.astype(bool), np.zeros(len(observed), dtype=bool))


def _object_floats(observed, types, name):
    values = observed.astype(np.float64)
    if not np.array_equal(values, observed):
        raise _too_wide(name)
    return Cells("number", values, np.zeros(len(observed), dtype=bool))


def _object_ints(observed, types, name):
    lowest, highest = min(observed), max(observed)
    for dtype in (np.int64, np.uint64):
        limits = np.iinfo(dtype)
        if limits.min <= lowest and highest <= limits.max:
            values = observed.astype(dtype)
            return Cells("number", values, np.zeros(len(observed), dtype=bool))
    raise _too_wide(name)


def _object_times(observed, types, name):
    zoned = {getattr(cell, "tzinfo", None) is not None for cell in observed}
    if len(zoned) > 1:
        raise column_error(name, "mixes datetimes with and without a time zone.")
    zoned = zoned.pop()
    if zoned:
        naive = [cell.astimezone(UTC).replace(tzinfo=None) for cell in observed]
        observed = object_array(naive)
    if any(issubclass(cell, timedelta) for cell in types):
        type_, unit, dtype = "timedelta", "us", "m8[us]"
    elif any(issubclass(cell, datetime) for cell in types):
        type_, unit, dtype = "datetime", "us", "M8[us]"
    else:
        type_, unit, dtype = "datetime", "D", "M8[D]"
    cells = Cells(
        type_,
        observed.astype(dtype).view(np.int64),
        np.zeros(len(observed), dtype=bool),
        unit=unit,
        zoned=zoned,
        cell_type=types.pop() if len(types) == 1 and not zoned else object,
    )
    if cells.cell_type is object or np.array_equal(_python_times(cells), observed):
        return cells
    return replace(cells, cell_type=object)


_OBJECT_READERS = {
    "bool": _object_bools,
    "int": _object_ints,
    "float": _object_floats,
    "datetime": _object_times,
    "timedelta": _object_times,
}


def _python_times(cells):
    """Object array of Python dates, datetimes or timedeltas of the cells' own type."""
    values = times_array(cells).astype(object)
    if cells.cell_type in (date, datetime, timedelta):
        return values
    observed = ~cells.missing
    values[observed] = list(map(cells.cell_type, values[observed]))
    return values


def _python_dates_refused(name):
    return column_error(
        name,
        "holds Python dates that do not come back as they were (several types, a time "
        "zone, or finer than a microsecond). Convert it to a datetime dtype, such as "
        "with pandas.to_datetime.",
    )


def _too_wide(name):
    return column_error(
        name,
        "spans more than 2**53 whole numbers, which cannot be held exactly. Cast it to "
        "float if its last digits do not matter; to str if it is a code.",
    )


# --- cells -> arrays ----------------------------------------------------------------


def times_array(cells):
    """datetime64 or timedelta64 array of the cells."""
    ticks = cells.values.copy()
    ticks[cells.missing] = np.iinfo(np.int64).min
    return ticks.view(f"{'M' if cells.type == 'datetime' else 'm'}8[{cells.unit}]")


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
        out = np.empty(len(cells.values), dtype=dtype)
        out[:] = np.nan if dtype.kind == "f" else "NaT"
        return out
    if cells.type == "label":
        texts = cells.levels.astype(str)[cells.values]
        return cast_exactly(texts, cells.missing, dtype, name)
    if cells.type in TIMES:
        return cast_exactly(times_array(cells), cells.missing, dtype, name)
    out = cast_exactly(cells.values, cells.missing, dtype, name)
    if cells.missing.any():
        out[cells.missing] = np.nan
    return out


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


# --- codecs -------------------------------------------------------------------------


def fit_column(cells, name, categorical=False):
    """The codec of one column.

    Parameters
    ----------
    cells : Cells
    name : hashable
    categorical : bool, default=False
        Whether the user declared the column categorical.
    """
    if cells.type == "missing" or (len(cells.missing) and cells.missing.all()):
        return MissingCodec(
            Column(name, "missing", has_missing=bool(cells.missing.any()))
        )
    if cells.type in TIMES:
        if categorical:
            raise column_error(
                name,
                f"is listed in categorical_features but holds {cells.type}s. Cast it "
                "to str or to a category dtype, or leave it out of the list.",
            )
        return _fit_times(cells, name)
    if cells.type == "label" and cells.free_text and not categorical:
        _refuse_identifiers(cells, name)
    if cells.type in ("label", "boolean") or categorical:
        return _fit_factor(cells, name, categorical)
    return _fit_numbers(cells, name)


def _refuse_identifiers(cells, name):
    n_observed = len(cells.missing) - cells.missing.sum()
    if n_observed >= MIN_IDENTIFIERS and len(cells.levels) == n_observed:
        raise column_error(
            name,
            f"holds {n_observed} texts, all distinct, as an identifier or free text "
            "would; learning them would only copy them. Drop the column, or list it "
            "in categorical_features to keep it as a category.",
        )


class MissingCodec:
    """Codec of a column without an observed cell."""

    def __init__(self, column):
        self.column = column

    def encode(self, cells):
        """NaN for every cell."""
        if not cells.missing.all():
            raise column_error(
                self.column.name,
                "had no observed cell at fit, so nothing is known of its values. "
                "Drop it, or fit on rows where it is observed.",
            )
        return np.full(len(cells.missing), np.nan)

    def decode(self, z, extrapolate):
        """Missing cells, whatever the numbers."""
        return Cells("missing", np.zeros(len(z)), np.ones(len(z), dtype=bool))


def _fit_factor(cells, name, categorical):
    observed = cells.values[~cells.missing]
    if cells.type == "label":
        levels = cells.levels
        seen = np.flatnonzero(np.bincount(observed, minlength=len(levels)))
    else:
        if cells.type == "number":
            _refuse_infinity(cells, name)
        levels = np.unique(observed)
        seen = np.arange(len(levels))
    column = Column(
        name,
        "boolean" if cells.type == "boolean" and not categorical else "categorical",
        n_categories=len(seen),
        ordered=cells.ordered,
        has_missing=bool(cells.missing.any()),
    )
    return FactorCodec(column, cells.type, levels, seen)


class FactorCodec:
    """Codec of categories and booleans: codes of the levels that were seen.

    Parameters
    ----------
    column : Column
    type : {"label", "boolean", "number"}
        Type of the cells.
    levels : ndarray
        Declared levels.
    seen : ndarray of int
        Positions in `levels` of those observed.
    """

    def __init__(self, column, type, levels, seen):
        self.column = column
        self.type = type
        self.levels = levels
        self.seen = seen

    def encode(self, cells):
        """Codes as floats; unseen categories are an error."""
        z = np.full(len(cells.missing), np.nan)
        observed = ~cells.missing
        if not observed.any():
            return z
        if cells.type in TIMES:
            raise _wrong_type(self.column, cells)
        keys, positions = cells.levels, cells.values[observed]
        used = slice(None)
        if cells.type == "label":
            used = np.flatnonzero(np.bincount(positions, minlength=len(keys)))
        else:
            keys, positions = np.unique(positions, return_inverse=True)
        code = dict(
            zip(self.levels[self.seen].tolist(), range(len(self.seen)), strict=True)
        )
        table = np.full(len(keys), -1)
        known = keys[used].tolist()
        table[used] = np.fromiter(map(code.get, known, repeat(-1)), np.intp, len(known))
        if (table[used] < 0).any():
            raise self._unseen(keys[used][table[used] < 0][0])
        z[observed] = table[positions]
        return z

    def _unseen(self, value):
        value = value.item() if isinstance(value, np.generic) else value
        return column_error(
            self.column.name,
            f"holds the category {value!r}, which was not seen at fit. Use a category "
            "seen at fit, fit on rows that hold it, or set the cell to missing.",
        )

    def decode(self, z, extrapolate):
        """Levels of the nearest codes; missing cells where none was seen (no rows)."""
        missing = np.isnan(z) | (len(self.seen) == 0)
        if missing.all():
            return Cells("missing", np.zeros(len(z)), missing)
        codes = np.rint(np.where(missing, 0, z))
        codes = np.clip(codes, 0, len(self.seen) - 1).astype(np.intp)
        if self.type == "label":
            values = np.where(missing, -1, self.seen[codes])
            ordered = self.column.ordered
            return Cells("label", values, missing, self.levels, ordered=ordered)
        return Cells(self.type, self.levels[codes], missing)


def _wrong_type(column, cells):
    found = "text or categories" if cells.type == "label" else f"{cells.type}s"
    return column_error(
        column.name,
        f"is {column.kind} in the fitted table but holds {found} here. Cast it to the "
        "type it had at fit.",
        TypeError,
    )


def _refuse_infinity(cells, name):
    values = cells.values
    if values.dtype.kind == "f" and np.isinf(values[~cells.missing]).any():
        raise column_error(
            name,
            "holds infinity (inf). Set such cells to missing (NaN) or clip them to a "
            "finite value.",
        )


def _fit_numbers(cells, name):
    _refuse_infinity(cells, name)
    values = cells.values[~cells.missing]
    dtype = values.dtype
    offset, decimals, kind = 0, None, "integer"
    if dtype.kind == "f":
        double = values.astype(np.float64)
        whole = (np.abs(double) < EXACT) & (double == np.rint(double))
        if not whole.all() or len(values) == 0:
            kind, decimals = "continuous", count_decimals(values)
    elif len(values):
        offset = _integer_offset(int(values.min()), int(values.max()), name)
    z = _subtract(values, offset)
    column = Column(name, kind, has_missing=bool(cells.missing.any()), **_range(z))
    return NumberCodec(column, dtype, offset, decimals)


def _range(z):
    if len(z) == 0:
        return {}
    lower, upper = float(z.min()), float(z.max())
    return {"lower": lower, "upper": upper, "atoms": find_atoms(z)}


def _integer_offset(lowest, highest, name):
    if max(-lowest, highest) <= EXACT:
        return 0
    if highest - lowest > EXACT:
        raise _too_wide(name)
    return lowest


def _subtract(values, offset):
    if offset == 0:
        return values.astype(np.float64)
    # Python integers, because the difference may leave the dtype of the values
    return (values.astype(object) - offset).astype(np.float64)


def count_decimals(values):
    """Number of decimal places of an array of floats, None if it is on no such grid.

    A grid is recognised only where it is at least twice as coarse as the spacing of the
    floats, which lie on every finer one.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite numbers of a float dtype, which decides how close is equal.
    """
    if len(values) == 0:
        return None
    spacing = np.spacing(np.abs(values).max()).astype(np.float64)
    some = values[:: max(1, len(values) // 1000)]
    for decimals in range(MAX_DECIMALS + 1):
        if spacing * 2 > 10.0**-decimals:
            return None
        if _on_grid(some, decimals) and _on_grid(values, decimals):
            return decimals
    return None


def _on_grid(values, decimals):
    rounded = np.round(values.astype(np.float64), decimals).astype(values.dtype)
    return np.array_equal(rounded, values)


class NumberCodec:
    """Codec of numbers: the number itself, less an offset for huge integers.

    Parameters
    ----------
    column : Column
    dtype : numpy.dtype
        Dtype of the values.
    offset : int
        What is subtracted.
    decimals : int or None
        Places to round to; None leaves a continuous column as it is.
    """

    def __init__(self, column, dtype, offset, decimals):
        self.column = column
        self.dtype = dtype
        self.offset = offset
        self.decimals = decimals

    def encode(self, cells):
        """Numbers as float64."""
        if cells.type not in ("number", "boolean") and not cells.missing.all():
            raise _wrong_type(self.column, cells)
        z = np.full(len(cells.missing), np.nan)
        if cells.type in ("number", "boolean"):
            _refuse_infinity(cells, self.column.name)
            observed = ~cells.missing
            z[observed] = _subtract(cells.values[observed], self.offset)
        return z

    def decode(self, z, extrapolate):
        """Numbers of the fitted dtype, rounded and within the observed range."""
        missing = np.isnan(z)
        z = np.where(missing, 0.0, z)
        if self.column.kind == "integer":
            z = np.rint(z)
        elif self.decimals is not None:
            z = np.round(z, self.decimals)
        z = _clip(z, self.column, extrapolate)
        if self.dtype.kind == "f":
            limit = np.finfo(self.dtype).max
            return Cells("number", z.clip(-limit, limit).astype(self.dtype), missing)
        limits = np.iinfo(self.dtype)
        z = z.clip(
            max(limits.min - self.offset, -EXACT), min(limits.max - self.offset, EXACT)
        )
        values = z.astype(np.int64)
        if self.offset:
            values = values.astype(object) + self.offset
        values[missing] = self.offset
        return Cells("number", values.astype(self.dtype), missing)


def _clip(z, column, extrapolate):
    if extrapolate or np.isnan(column.lower):
        return z
    return z.clip(column.lower, column.upper)


def _fit_times(cells, name):
    if cells.cell_type is object:
        raise _python_dates_refused(name)
    ticks = cells.values[~cells.missing]
    column = Column(name, cells.type, has_missing=bool(cells.missing.any()))
    if len(ticks) == 0:
        return TimeCodec(column, cells, 0, 1)
    origin = int(ticks.min())
    # the range may leave int64 but never uint64
    past = ticks.view(np.uint64) - np.uint64(origin % 2**64)
    step = _coarsest_step(past, cells.unit)
    past //= np.uint64(step)
    if past.max() > EXACT:
        raise column_error(
            name,
            f"spans more than 2**53 steps of its unit ({cells.unit}), which cannot be "
            "held exactly. Round it to a coarser unit, such as microseconds.",
        )
    column = replace(column, **_range(past.astype(np.float64)))
    return TimeCodec(column, cells, origin, step)


def _coarsest_step(past, unit):
    steps = [size // NANOSECONDS[unit] for size in NANOSECONDS.values()]
    coarser = (step for step in steps if step > 1)
    return next((s for s in coarser if not (past % np.uint64(s)).any()), 1)


class TimeCodec:
    """Codec of datetimes and timedeltas: whole steps since the earliest.

    Parameters
    ----------
    column : Column
    cells : Cells
        Cells at fit, for their unit and type.
    origin : int
        Earliest tick.
    step : int
        Ticks of a step.
    """

    def __init__(self, column, cells, origin, step):
        self.column = column
        self.unit = cells.unit
        self.zoned = cells.zoned
        self.cell_type = cells.cell_type
        self.origin = origin
        self.step = step

    def encode(self, cells):
        """Steps as float64; a fraction where the cell is between two steps."""
        z = np.full(len(cells.missing), np.nan)
        observed = ~cells.missing
        if not observed.any():
            return z
        if cells.type != self.column.kind:
            raise _wrong_type(self.column, cells)
        if cells.zoned != self.zoned:
            have, want = ("has a", "none") if cells.zoned else ("has no", "one")
            raise column_error(
                self.column.name,
                f"{have} time zone here but had {want} at fit. Convert it.",
                TypeError,
            )
        ticks = cells.values[observed]
        size, of = NANOSECONDS[cells.unit], NANOSECONDS[self.unit]
        furthest = max(abs(int(ticks.min())), abs(int(ticks.max())), abs(self.origin))
        step = self.step
        if size == of and furthest < 2**62:
            past = ticks - self.origin
        else:  # Python integers, which do not overflow
            past, step = ticks.astype(object) * size - self.origin * of, step * of
        z[observed] = (past // step + past % step / step).astype(np.float64)
        return z

    def decode(self, z, extrapolate):
        """Ticks of the nearest steps, within the observed range."""
        missing = np.isnan(z)
        z = _clip(np.rint(np.where(missing, 0.0, z)), self.column, extrapolate)
        limit = np.iinfo(np.int64).max
        z = z.clip(
            max(-((limit + self.origin) // self.step), -EXACT),
            min((limit - self.origin) // self.step, EXACT),
        )
        return Cells(
            self.column.kind,
            self.origin + z.astype(np.int64) * self.step,
            missing,
            unit=self.unit,
            zoned=self.zoned,
            cell_type=self.cell_type,
        )
