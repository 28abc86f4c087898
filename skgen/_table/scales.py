"""Codecs of columns on a scale: numbers, dates and durations."""

from dataclasses import replace

import numpy as np

from skgen._math.columns.marginals import find_atoms
from skgen._table.cells import (
    NANOSECONDS,
    Cells,
    Column,
    column_error,
    too_wide,
    wrong_type,
)

EXACT = 2**53  # float64 holds every whole number up to here
MAX_DECIMALS = 10


# --- numbers -------------------------------------------------------------------------


def fit_numbers(cells, name):
    """The codec of a column of numbers."""
    refuse_infinity(cells, name)
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


def refuse_infinity(cells, name):
    """Raise where an observed cell is infinite."""
    values = cells.values
    if values.dtype.kind == "f" and np.isinf(values[~cells.missing]).any():
        raise column_error(
            name,
            "holds infinity (inf). Set such cells to missing (NaN) or clip them to a "
            "finite value.",
        )


def _integer_offset(lowest, highest, name):
    if max(-lowest, highest) <= EXACT:
        return 0
    if highest - lowest > EXACT:
        raise too_wide(name)
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
    with np.errstate(over="ignore"):  # at the largest float, in older numpy
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
        z = np.full(len(cells.missing), np.nan)
        observed = ~cells.missing
        if not observed.any():
            return z
        if cells.type not in ("number", "boolean"):
            raise wrong_type(self.column, cells)
        refuse_infinity(cells, self.column.name)
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


# --- dates and durations -------------------------------------------------------------


def fit_times(cells, name):
    """The codec of a column of datetimes or timedeltas."""
    if cells.cell_type is object:
        raise column_error(
            name,
            "holds Python dates that do not come back as they were (several types, a "
            "time zone, or finer than a microsecond). Convert it to a datetime dtype, "
            "such as with pandas.to_datetime.",
        )
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
            raise wrong_type(self.column, cells)
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


# --- both ----------------------------------------------------------------------------


def _range(z):
    if len(z) == 0:
        return {}
    lower, upper = float(z.min()), float(z.max())
    return {"lower": lower, "upper": upper, "atoms": find_atoms(z)}


def _clip(z, column, extrapolate):
    if extrapolate or np.isnan(column.lower):
        return z
    return z.clip(column.lower, column.upper)
