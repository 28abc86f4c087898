"""Kinds of columns of times: dates and durations."""

import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from skgen._table.calendars.declared import declared_grid
from skgen._table.calendars.grids import NANOSECONDS
from skgen._table.calendars.search import find_grid
from skgen._table.calendars.zones import find_zone
from skgen._table.cells import Cells, column_error, object_array
from skgen._table.containers.native import cast_exactly
from skgen._table.number_grids import EXACT
from skgen._table.numbers import ScaleKind

# --- cells --------------------------------------------------------------------------


@dataclass(frozen=True)
class TimeCells(Cells):
    """Dates or durations: `values` are int64 ticks of `unit`, of UTC for dates."""

    unit: str
    zoned: bool = False
    cell_type: type | None = None  # of Python objects; object if they have several
    zone: object = None  # tzinfo, or its name

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
    """Base class of dates and durations, numbered on the grid that they lie on.

    Parameters
    ----------
    column : Column
    cells : TimeCells
        Cells at fit, for their unit, time zone and Python type.
    time_grid : Grid
    """

    integer_valued = True
    temporal = True
    holds = "times"

    def __init__(self, column, cells, time_grid):
        super().__init__(column)
        self.unit = cells.unit
        self.zoned = cells.zoned
        self.cell_type = cells.cell_type
        self.time_grid = time_grid

    @classmethod
    def fit(cls, cells, facts):
        name, observed = facts.name, ~cells.missing
        _check_times(cells, name, facts.listed)
        ticks, unit = cells.values[observed], cells.unit
        grid = cls._find_grid(cells, ticks, facts)
        codec = cls(None, cells, grid)
        if len(ticks) == 0:
            codec.column = cls.describe(cells, facts, steps=grid.words)
            return codec
        z = grid.index(ticks)
        if max(-z.min(), z.max()) > EXACT:
            raise column_error(
                name,
                f"spans more than 2**53 steps of its unit ({unit}), which cannot "
                "be held exactly. Round it to a coarser unit, such as microseconds.",
            )
        seen = cls.summarise(z, facts.take(observed), integer_valued=True)
        codec.column = cls.describe(cells, facts, steps=grid.words, **seen)
        return codec

    @classmethod
    def _find_grid(cls, cells, ticks, facts):
        zone, dates = _known_zone(cells, facts.name), cls.accepts is DateCells
        step = facts.declared.get("step", "auto")
        if step == "auto":
            return find_grid(ticks, cells.unit, zone, dates=dates)
        try:
            return declared_grid(ticks, cells.unit, step, zone, dates=dates)
        except ValueError as error:
            raise column_error(facts.name, str(error)) from None

    def schema(self):
        return super().schema() | {"step": self.time_grid.words}

    def _encode(self, cells):
        # a fraction where the cell is between two times of the grid
        if cells.zoned != self.zoned:
            have, want = ("has a", "none") if cells.zoned else ("has no", "one")
            raise column_error(
                self.column.name,
                f"{have} time zone here but had {want} at fit. Convert it.",
                TypeError,
            )
        ticks = cells.values
        size, of = NANOSECONDS[cells.unit], NANOSECONDS[self.unit]
        if size >= of:
            return self.time_grid.index(_finer(ticks, size // of))
        before = ticks // (of // size)
        rest = ticks - before * (of // size)
        z = self.time_grid.index(before)
        if rest.any():
            z += (self.time_grid.index(before + 1) - z) * (rest * size / of)
        return z

    def _decode(self, z, missing, extrapolate):
        z = self.clip(np.rint(z), extrapolate).clip(*self.time_grid.limits)
        ticks = self.time_grid.ticks(z.astype(np.int64))
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


def _known_zone(cells, name):
    """Time zone of the cells, None if they have none or Python does not know it."""
    if cells.zone is None:
        return None
    zone = find_zone(cells.zone)
    if zone is None:
        warnings.warn(
            f"Column {name!r} has the time zone {cells.zone!r}, which Python does not "
            "know here, so that its whole days are not recognised as such. Install "
            "the package tzdata.",
            UserWarning,
            stacklevel=2,
        )
    return zone


def _finer(ticks, factor):
    """Ticks of a unit that is finer by a whole factor."""
    if factor == 1:
        return ticks
    furthest = max(-int(ticks.min()), int(ticks.max())) * factor
    # Python integers, which do not overflow
    return (ticks if furthest < 2**63 else ticks.astype(object)) * factor
