"""Grids of time: equal steps, months and business days.

A grid numbers its times by whole numbers, of which 0 is the first time at fit. A time
between two of them has a number between theirs.
"""

from dataclasses import dataclass, fields
from math import gcd
from typing import ClassVar

import numpy as np

from skgen._table.numbers import EXACT

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
UNIT_NAMES = {
    "D": "day",
    "h": "hour",
    "m": "minute",
    "s": "second",
    "ms": "millisecond",
    "us": "microsecond",
    "ns": "nanosecond",
}
FURTHEST = 10**11  # days from 1970 to which numpy's calendar is used
MONTH = 146_097 / 4_800  # days, on average over 400 years
MONTHS = {1: "month", 3: "quarter", 12: "year"}

GRIDS = {}  # classes by the names of their grids


def ticks_of_day(unit):
    """Ticks of a day."""
    return NANOSECONDS["D"] // NANOSECONDS[unit]


class Grid:
    """Base class of grids of time.

    A subclass is a frozen dataclass with a `name`, the `unit` of its ticks, their mean
    `spacing`, whether it is `aligned` (its days start at midnight, its quarters of an
    hour at the full hour) and `words` that say what it is. It implements `ticks` and
    `floor`.
    """

    name: ClassVar = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        GRIDS[cls.name] = cls

    def ticks(self, index):
        """Times of whole numbers.

        Parameters
        ----------
        index : ndarray of int64 of shape (n,)

        Returns
        -------
        ticks : ndarray of int64 of shape (n,)
        """

    def floor(self, ticks):
        """Numbers of the last times of the grid that are not after some ticks."""

    def index(self, ticks):
        """Numbers of times, fractions where a time is between two of the grid.

        Parameters
        ----------
        ticks : ndarray of int64, or of int objects that may exceed it, of shape (n,)

        Returns
        -------
        index : ndarray of float64 of shape (n,)
            It rises with the ticks.
        """
        ticks = self._within(ticks)
        k = self.floor(ticks)
        before, z = self.ticks(k), k.astype(np.float64)
        between = np.flatnonzero(before != ticks)
        if len(between):
            past = ticks[between] - before[between]
            z[between] += past / (self.ticks(k[between] + 1) - before[between])
        return z

    @property
    def limits(self):
        """Lowest and highest number whose times int64 holds."""
        ends = self.floor(np.array([-self._furthest, self._furthest]))
        return int(ends[0]) + 1, int(ends[1])

    def holds(self, ticks):
        """Whether all times come back from their numbers exactly."""
        z = self.index(ticks)
        if len(z) and max(-z.min(), z.max()) > EXACT:
            return False
        return np.array_equal(self.ticks(z.astype(np.int64)), ticks)

    def _within(self, ticks):
        return ticks.clip(-self._furthest, self._furthest).astype(np.int64, copy=False)

    @property
    def _furthest(self):
        day = ticks_of_day(self.unit)
        whole = min(np.iinfo(np.int64).max, FURTHEST * day)
        return whole - 2 * day

    def to_dict(self):
        """Numbers and texts from which `grid_from_dict` makes the grid again."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"grid": self.name, **parts}

    @classmethod
    def from_parts(cls, parts):
        """Grid of what `to_dict` returns, less its name."""
        return cls(**parts)


@dataclass(frozen=True)
class Steps(Grid):
    """Equal steps.

    Parameters
    ----------
    unit : str
        Unit of ticks, from "D" to "ns".
    step : int
        Ticks of a step.
    origin : int
        Tick of number 0.
    """

    name: ClassVar = "steps"

    unit: str
    step: int
    origin: int

    def ticks(self, index):
        return self.origin + index * self.step

    def floor(self, ticks):
        # without a difference of times, which may leave int64
        whole, phase = divmod(self.origin, self.step)
        k = ticks // self.step
        return k - whole - (ticks - k * self.step < phase)

    def index(self, ticks):
        ends = (int(ticks.min()), int(ticks.max())) if len(ticks) else ()
        if any(abs(end - self.origin) >= 2**63 for end in ends):
            ticks = ticks.astype(object)  # Python integers, which do not overflow
        past = ticks - self.origin
        k = past // self.step
        rest = past - k * self.step
        z = k.astype(np.float64)
        return z + (rest / self.step).astype(np.float64) if rest.any() else z

    @property
    def limits(self):
        limit = np.iinfo(np.int64).max
        low, high = -((limit + self.origin) // self.step), limit - self.origin
        return max(low, -EXACT), min(high // self.step, EXACT)

    @property
    def spacing(self):
        return float(self.step)

    @property
    def aligned(self):
        return self.origin % gcd(self.step, ticks_of_day(self.unit)) == 0

    @property
    def words(self):
        size = self.step * NANOSECONDS[self.unit]
        unit = next(unit for unit, of in NANOSECONDS.items() if size % of == 0)
        count = size // NANOSECONDS[unit]
        if count == 1:
            return UNIT_NAMES[unit]
        return f"{'every ' if unit == 'D' else ''}{count} {UNIT_NAMES[unit]}s"


@dataclass(frozen=True)
class Months(Grid):
    """A day of every month, or of every `count`-th month.

    Parameters
    ----------
    unit : str
        Unit of ticks, from "D" to "ns".
    count : int
        Months of a step.
    origin : int
        Month of number 0, counted from January 1970.
    day : int
        Day of the month, from 1 to 31; in shorter months the last day.
    time : int
        Ticks after midnight.
    """

    name: ClassVar = "months"

    unit: str
    count: int
    origin: int
    day: int
    time: int

    def ticks(self, index):
        return self._days(index) * ticks_of_day(self.unit) + self.time

    def _days(self, index):
        """Dates of whole numbers, as days since 1970."""
        if len(index) == 0 or np.ptp(index) >= len(index):
            return self._find_days(index)
        # rows share months, whose dates are slow to find
        lowest = index.min()
        return self._find_days(np.arange(lowest, index.max() + 1))[index - lowest]

    def _find_days(self, index):
        months = (self.origin + index * self.count).view("M8[M]")
        days = months.astype("M8[D]").view(np.int64) + (self.day - 1)
        if self.day > 28:
            following = (months + 1).astype("M8[D]").view(np.int64)
            days = np.minimum(days, following - 1)
        return days

    def floor(self, ticks):
        days = (ticks - self.time) // ticks_of_day(self.unit)
        length = self.count * MONTH
        # months of equal length would be wrong by less than one
        first = self._days(np.zeros(1, dtype=np.int64))
        k = np.floor((days - first) / length).astype(np.int64)
        k -= self._days(k) > days
        return k + (self._days(k + 1) <= days)

    @property
    def spacing(self):
        return self.count * MONTH * ticks_of_day(self.unit)

    @property
    def aligned(self):
        return self.time == 0

    @property
    def words(self):
        day = {1: "start", 31: "end"}.get(self.day, f"on day {self.day}")
        return f"{MONTHS.get(self.count, f'{self.count} months')} {day}"


@dataclass(frozen=True)
class BusinessDays(Grid):
    """Equal steps within the days from Monday to Friday.

    Parameters
    ----------
    unit : str
        Unit of ticks, from "D" to "ns".
    step : int
        Ticks of a step, of which a day has a whole number.
    phase : int
        Ticks after midnight of the first step of a day, less than a step.
    origin : int
        Step of number 0, counted from the first of Monday, 29 December 1969.
    """

    name: ClassVar = "business days"

    unit: str
    step: int
    phase: int
    origin: int

    @property
    def _per_day(self):
        return ticks_of_day(self.unit) // self.step

    def ticks(self, index):
        days, step = np.divmod(self.origin + index, self._per_day)
        weeks, weekday = np.divmod(days, 5)
        days = weeks * 7 + weekday - 3  # 1970 began on a Thursday
        return days * ticks_of_day(self.unit) + (step * self.step + self.phase)

    def floor(self, ticks):
        day = ticks_of_day(self.unit)
        days = ticks // day
        step = (ticks - days * day - self.phase) // self.step
        weeks, weekday = np.divmod(days + 3, 7)
        k = (weeks * 5 + weekday) * self._per_day + step
        # a weekend is after the last step of Friday
        return np.minimum(k, (weeks + 1) * 5 * self._per_day - 1) - self.origin

    @property
    def spacing(self):
        return self.step * 7 / 5

    @property
    def aligned(self):
        return self.phase == 0

    @property
    def words(self):
        if self._per_day == 1:
            return "business day"
        return f"{Steps(self.unit, self.step, 0).words} of business days"
