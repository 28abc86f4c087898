"""Columns of a table as numbers in the user's own units."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: decimals of seconds that float64 holds of dates of several hundred years
SECOND_DECIMALS = 6
_ZERO_ONE = {0, 1, "0", "1"}  # False and True equal 0 and 1


@dataclass(frozen=True)
class ValueColumn:
    """Description of one column of `Values`.

    Parameters
    ----------
    name : hashable
        Name of the column, or its position in arrays.
    kind : {"number", "time", "duration", "level", "boolean", "none"}, default="none"
        "none" is a column without numbers: it identifies the rows, has no observed
        cell, or holds numbers or times that float64 cannot hold exactly.
    unit : str, default=None
        "s" for times and durations.
    step : float, default=None
        Distance between neighbouring values of the grid of the column, in these units:
        1 for whole numbers. None if there is no grid.
    categories : tuple, default=()
        Labels of levels and booleans, whose numbers are positions in it.
    """

    name: object
    kind: str = "none"
    unit: str | None = None
    step: float | None = None
    categories: tuple = ()

    @property
    def discrete(self):
        """Whether the numbers are positions of categories."""
        return self.kind in ("level", "boolean", "none")

    @property
    def is_numeric(self):
        """Whether cells can be added: numbers, times, or categories 0 and 1."""
        if not self.discrete:
            return True
        return self.kind != "none" and set(self.categories) <= _ZERO_ONE

    def from_numbers(self, numbers):
        """Numbers of `Values` of what `Values.as_numbers` returns.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples,)

        Returns
        -------
        numbers : ndarray of shape (n_samples,)
            NaN where a number is no category.
        """
        if not self.discrete:
            return numbers
        out = np.full(len(numbers), np.nan)
        for position, label in enumerate(self.categories):
            out[numbers == float(label)] = position
        return out


class Values(NamedTuple):
    """Numbers of a table in the user's units.

    Attributes
    ----------
    numbers : ndarray of shape (n_samples, n_features)
        float64, NaN where a cell is missing or is no number.
    columns : tuple of ValueColumn
    """

    numbers: np.ndarray
    columns: tuple

    def as_numbers(self, position):
        """Numbers of a column in which categories 0 and 1, and booleans, are 0 and 1.

        Parameters
        ----------
        position : int
            Of a column that `is_numeric`.

        Returns
        -------
        numbers : ndarray of shape (n_samples,)
        """
        column, numbers = self.columns[position], self.numbers[:, position]
        if not column.discrete:
            return numbers
        table = np.array([*map(float, column.categories), np.nan])
        return table[np.where(np.isnan(numbers), -1, numbers).astype(np.intp)]

    def take(self, rows):
        """The same of some rows."""
        return self._replace(numbers=self.numbers[rows])


def seconds_of(ticks, per_tick):
    """Seconds of ticks of time, as float64 that is correct to a microsecond.

    Parameters
    ----------
    ticks : ndarray of int64 of shape (n,)
    per_tick : int
        Nanoseconds of a tick.
    """
    second = 10**9
    if per_tick >= second:
        return ticks.astype(np.float64) * (per_tick // second)
    whole, rest = np.divmod(ticks, second // per_tick)
    return whole + rest * (per_tick / second)


def ticks_of(seconds, per_tick):
    """Whole ticks of seconds, of which float64 has microseconds; inverse of the above.

    Parameters
    ----------
    seconds : ndarray of finite float64 of shape (n,)
    per_tick : int
        Nanoseconds of a tick.

    Returns
    -------
    ticks : ndarray of int64 of shape (n,)
    rest : ndarray of float64 of shape (n,)
        Fraction of a tick by which each is later, less than 1.
    """
    whole = np.floor(seconds)
    micros = np.rint((seconds - whole) * 10**SECOND_DECIMALS).astype(np.int64)
    nanoseconds = micros * 1000
    if per_tick <= 10**9:
        per_second = 10**9 // per_tick
        ticks, rest = np.divmod(nanoseconds, per_tick)
        return whole.astype(np.int64) * per_second + ticks, rest / per_tick
    size = per_tick // 10**9
    ticks, rest = np.divmod(whole.astype(np.int64), size)
    return ticks, (rest + nanoseconds / 10**9) / size
