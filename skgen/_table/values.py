"""Columns of a table as numbers in the user's own units."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: decimals of seconds that float64 holds of dates of several hundred years
SECOND_DECIMALS = 6


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
