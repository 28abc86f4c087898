"""Grids of time made of another one: on a wall clock, or with exceptions."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skgen._table.calendars.grids import GRIDS, Grid
from skgen._table.calendars.zones import Clock
from skgen._table.numbers import EXACT

#: number to which times are moved that are more steps away, if there are exceptions
FURTHEST_NUMBER = EXACT // 4


def grid_from_dict(described):
    """Grid that its `to_dict` describes."""
    parts = dict(described)
    return GRIDS[parts.pop("grid")].from_parts(parts)


@dataclass(frozen=True)
class LocalTime(Grid):
    """A grid on the wall clock of a time zone.

    A time that the clock skips is the first one after it; of a time that it shows
    twice, the first is meant.

    Parameters
    ----------
    wall : Grid
        Grid of what the clock shows.
    clock : Clock
    """

    name: ClassVar = "local time"

    wall: Grid
    clock: Clock

    @property
    def unit(self):
        return self.wall.unit

    def ticks(self, index):
        return self.clock.reaches(self.wall.ticks(index))

    def floor(self, ticks):
        return self.wall.floor(self.clock.shows(ticks)[0])

    def index(self, ticks):
        ticks = self._within(ticks)
        shown, again = self.clock.shows(ticks)
        z = self.wall.index(shown)
        # a time of the wall's grid that the clock shows for the first time is exact
        other = np.flatnonzero(again | (z % 1 > 0))
        z[other] = super().index(ticks[other])
        return z

    @property
    def spacing(self):
        return self.wall.spacing

    @property
    def aligned(self):
        return self.wall.aligned

    @property
    def words(self):
        return f"{self.wall.words} (local)"

    def to_dict(self):
        clock = {"changes": self.clock.changes, "offsets": self.clock.offsets}
        clock = {name: list(ticks) for name, ticks in clock.items()}
        return {"grid": self.name, "wall": self.wall.to_dict(), "clock": clock}

    @classmethod
    def from_parts(cls, parts):
        clock = {name: tuple(ticks) for name, ticks in parts["clock"].items()}
        return cls(grid_from_dict(parts["wall"]), Clock(**clock))


@dataclass(frozen=True)
class WithExceptions(Grid):
    """A grid, and a few times off it that stand for themselves, such as 9999-12-31.

    The exceptions are numbered in their place, so that later times of the grid have a
    number more for each.

    Parameters
    ----------
    grid : Grid
        Grid of the other times.
    times : tuple of int
        Ticks of the exceptions, in ascending order.
    """

    name: ClassVar = "with exceptions"

    grid: Grid
    times: tuple

    @property
    def unit(self):
        return self.grid.unit

    @property
    def _numbers(self):
        before = np.floor(self._clipped_index(np.array(self.times)))
        return before.astype(np.int64) + np.arange(1, len(self.times) + 1)

    def _clipped_index(self, ticks):
        return self.grid.index(ticks).clip(-FURTHEST_NUMBER, FURTHEST_NUMBER)

    def ticks(self, index):
        numbers = self._numbers
        before = np.searchsorted(numbers, index)
        ticks = self.grid.ticks(index - before)
        for number, time in zip(numbers, self.times, strict=True):
            ticks[index == number] = time
        return ticks

    def index(self, ticks):
        z = self._clipped_index(ticks)
        earlier = np.zeros(len(z))
        for time in self.times:
            earlier += ticks > time
        z += earlier
        for number, time in zip(self._numbers, self.times, strict=True):
            z[ticks == time] = number
        return z

    @property
    def limits(self):
        low, high = self.grid.limits
        # an exception may be further away than float64 can count steps
        return min(low, -FURTHEST_NUMBER), max(high, FURTHEST_NUMBER) + len(self.times)

    @property
    def spacing(self):
        return self.grid.spacing

    @property
    def aligned(self):
        return self.grid.aligned

    @property
    def words(self):
        n = len(self.times)
        return f"{self.grid.words}, and {n} other time{'s' if n > 1 else ''}"

    def to_dict(self):
        inner = self.grid.to_dict()
        return {"grid": self.name, "of": inner, "times": list(self.times)}

    @classmethod
    def from_parts(cls, parts):
        return cls(grid_from_dict(parts["of"]), tuple(parts["times"]))
