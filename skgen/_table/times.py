"""Kinds of columns of times: dates and durations."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from skgen._table.cells import Cells, cast_exactly, column_error, object_array
from skgen._table.number_grids import EXACT
from skgen._table.numbers import ScaleKind

# units of dates and durations, coarsest first
NANOSECONDS = {
    "D": 86_400 * 10**9,
    "h": 3_600 * 10**9,
    "m": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}


# --- cells --------------------------------------------------------------------------


@dataclass(frozen=True)
class TimeCells(Cells):
    """Dates or durations: `values` are int64 ticks of `unit`, of UTC for dates."""

    unit: str
    zoned: bool = False
    cell_type: type | None = None  # of Python objects; object if they have several

    dtype_name = None

    def to_array(self):
        ticks = self.values.copy()
        ticks[self.missing] = np.iinfo(np.int64).min
        return ticks.view(f"{self.dtype_name}[{self.unit}]")

    def to_unit(self, unit, name):
        """Array in another unit; an error if that loses anything."""
        dtype = np.dtype(f"{self.dtype_name}[{unit}]")
        return cast_exactly(self.to_array(), self.missing, dtype, name)

    def to_objects(self):
        array = self.to_array()
        if self.unit == "ns":  # numpy would make integers
            coarser = array.astype(f"{self.dtype_name}[us]")
            exact = (coarser == array) | self.missing
            if not exact.all():  # which Python cannot hold
                return object_array(list(array))
            array = coarser
        values, observed = array.astype(object), ~self.missing
        if self.zoned:
            values[observed] = [cell.replace(tzinfo=UTC) for cell in values[observed]]
        if self.cell_type not in (None, date, datetime, timedelta):
            values[observed] = list(map(self.cell_type, values[observed]))
        return values


class DateCells(TimeCells):
    """Dates and datetimes."""

    plural = sort = "datetimes"
    dtypes, dtype_name = "M", "M8"


class DurationCells(TimeCells):
    """Durations."""

    plural = sort = "timedeltas"
    dtypes, dtype_name = "m", "m8"


def read_times(values, name):
    """Cells of an array of datetime64 or timedelta64."""
    unit, count = np.datetime_data(values.dtype)
    if unit not in NANOSECONDS or count != 1:
        raise column_error(
            name,
            f"has the unsupported dtype {values.dtype}. Cast it to "
            f"{values.dtype.type.__name__}[s], or to another unit from D to ns.",
            TypeError,
        )
    sort = DateCells if values.dtype.kind == "M" else DurationCells
    values = values.astype(values.dtype.newbyteorder("="))  # contiguous, too
    return sort(values.view(np.int64), np.isnat(values), unit)


# --- kinds --------------------------------------------------------------------------


class TimeKind(ScaleKind):
    """Base class of dates and durations: whole steps since the earliest.

    Parameters
    ----------
    column : Column
    cells : TimeCells
        Cells at fit, for their unit, time zone and Python type.
    origin : int
        Earliest tick.
    step : int
        Ticks of a step.
    """

    integer_valued = True
    temporal = True
    holds = "coarser times"

    def __init__(self, column, cells, origin, step):
        super().__init__(column)
        self.unit = cells.unit
        self.zoned = cells.zoned
        self.cell_type = cells.cell_type
        self.origin = origin
        self.step = step

    @classmethod
    def fit(cls, cells, facts):
        name, observed = facts.name, ~cells.missing
        _check_times(cells, name, facts.listed)
        ticks = cells.values[observed]
        if len(ticks) == 0:
            return cls(cls.describe(cells, facts), cells, 0, 1)
        origin = int(ticks.min())
        # the range may leave int64 but never uint64
        past = ticks.view(np.uint64) - np.uint64(origin % 2**64)
        step = _coarsest_step(past, cells.unit)
        past //= np.uint64(step)
        if past.max() > EXACT:
            raise column_error(
                name,
                f"spans more than 2**53 steps of its unit ({cells.unit}), which cannot "
                "be held exactly. Round it to a coarser unit, such as microseconds.",
            )
        codec, z = cls(None, cells, origin, step), past.astype(np.float64)
        seen = cls.summarise(z, facts.take(observed), integer_valued=True)
        codec.column = cls.describe(cells, facts, **seen)
        return codec

    def _encode(self, cells):
        # a fraction where the cell is between two steps
        if cells.zoned != self.zoned:
            have, want = ("has a", "none") if cells.zoned else ("has no", "one")
            raise column_error(
                self.column.name,
                f"{have} time zone here but had {want} at fit. Convert it.",
                TypeError,
            )
        ticks, step = cells.values, self.step
        size, of = NANOSECONDS[cells.unit], NANOSECONDS[self.unit]
        furthest = max(abs(int(ticks.min())), abs(int(ticks.max())), abs(self.origin))
        if size == of and furthest < 2**62:
            past = ticks - self.origin
        else:  # Python integers, which do not overflow
            past, step = ticks.astype(object) * size - self.origin * of, step * of
        return (past // step + past % step / step).astype(np.float64)

    def _decode(self, z, missing, extrapolate):
        limit = np.iinfo(np.int64).max
        z = self.clip(np.rint(z), extrapolate).clip(
            max(-((limit + self.origin) // self.step), -EXACT),
            min((limit - self.origin) // self.step, EXACT),
        )
        ticks = self.origin + z.astype(np.int64) * self.step
        return self.accepts(ticks, missing, self.unit, self.zoned, self.cell_type)


class Datetime(TimeKind):
    """Column of dates or datetimes."""

    name = "datetime"
    accepts = DateCells


class Timedelta(TimeKind):
    """Column of durations."""

    name = "timedelta"
    accepts = DurationCells


def _check_times(cells, name, listed):
    if listed:
        raise column_error(
            name,
            f"is listed in categorical_features but holds {cells.plural}. Cast it to "
            "str or to a category dtype, or leave it out of the list.",
        )
    if cells.cell_type is object:
        raise column_error(
            name,
            "holds Python dates that do not come back as they were (several types, a "
            "time zone, or finer than a microsecond). Convert it to a datetime dtype, "
            "such as with pandas.to_datetime.",
        )


def _coarsest_step(past, unit):
    steps = [size // NANOSECONDS[unit] for size in NANOSECONDS.values()]
    coarser = (step for step in steps if step > 1)
    return next((s for s in coarser if not (past % np.uint64(s)).any()), 1)
