"""Steps of time that a user declares, such as "15min" or "month end"."""

from re import fullmatch, sub
from typing import NamedTuple

import numpy as np

from skgen._table.calendars.grids import (
    MONTHS,
    NANOSECONDS,
    BusinessDays,
    Months,
    Steps,
    ticks_of_day,
)
from skgen._table.calendars.search import (
    clock_around,
    day_of_month,
    except_few,
    first_that_holds,
    plain_step,
    set_apart,
)

# spellings of units of time, in nanoseconds
SPELLINGS = {
    **dict.fromkeys(("W", "week", "weeks"), 7 * NANOSECONDS["D"]),
    **dict.fromkeys(("D", "d", "day", "days"), NANOSECONDS["D"]),
    **dict.fromkeys(("h", "hour", "hours"), NANOSECONDS["h"]),
    **dict.fromkeys(("min", "minute", "minutes"), NANOSECONDS["m"]),
    **dict.fromkeys(("s", "second", "seconds"), NANOSECONDS["s"]),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), NANOSECONDS["ms"]),
    **dict.fromkeys(("us", "microsecond", "microseconds"), NANOSECONDS["us"]),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), NANOSECONDS["ns"]),
}


class DeclaredStep(NamedTuple):
    """What a declared step says."""

    months: int = 0  # of a step; 0 if it is one of equal length
    day: int = 0  # of the month; 0 for the one that all dates share
    size: int = 0  # nanoseconds of a step of equal length
    business: bool = False  # whether it is one within business days


def parse_step(text):
    """What a declared step says: of what `Grid.words` says, and shorter spellings.

    Examples
    --------
    >>> parse_step("15min").size == parse_step("15 minutes").size == 900 * 10**9
    True
    >>> parse_step("quarter end")
    DeclaredStep(months=3, day=31, size=0, business=False)
    """
    plain = sub(r"^every | \(local\)|, and \d+ other times?$", "", str(text).strip())
    if plain in ("business day", "business days"):
        return DeclaredStep(size=NANOSECONDS["D"], business=True)
    months = fullmatch(r"(month|quarter|year|[1-9]\d* months)( (\w.*))?", plain)
    day = _day_of_month(months[3]) if months else None
    if day is not None:
        named = {name: count for count, name in MONTHS.items()}
        count = named.get(months[1]) or int(months[1].split()[0])
        return DeclaredStep(months=count, day=day)
    equal = fullmatch(r"([1-9]\d*)? ?([a-zA-Z]+)( of business days)?", plain)
    if equal and equal[2] in SPELLINGS:
        size = int(equal[1] or 1) * SPELLINGS[equal[2]]
        return DeclaredStep(size=size, business=equal[3] is not None)
    raise ValueError(
        f"has the declared step {text!r}, which is not understood. Write a number "
        "and a unit ('15min', '7 days'), 'business day', 'month end', 'quarter start', "
        "'year on day 15' or the like, or None."
    )


def _day_of_month(which):
    """Day that the last words of a step of months mean; 0 for the dates' own."""
    if which is None:
        return 0
    day = fullmatch(r"on day ([1-9]|[12]\d|3[01])", which)
    return int(day[1]) if day else {"start": 1, "end": 31}.get(which)


def declared_grid(ticks, unit, step, zone=None, *, dates=True):
    """Grid of a declared step on which all times lie, but for a few exceptions.

    Parameters
    ----------
    ticks, unit, zone, dates
        As in `find_grid`.
    step : str or None
        As `parse_step` reads it. None is the coarsest unit in which all times differ by
        whole numbers.

    Returns
    -------
    grid : Grid
        Its steps start where the times do, at noon or on a Monday.

    Raises
    ------
    ValueError
        If the step is not understood, or times do not lie on it. The error follows the
        name of the column.
    """
    values, counts = np.unique(ticks, return_counts=True)
    if step is None or len(values) == 0:
        size = plain_step(values, unit)[1] if len(values) else 1
        return Steps(unit, size, int(values[0]) if len(values) else 0)
    declared = parse_step(step)
    _check_unit(declared, unit, step, dates)
    clock = clock_around(values, unit, zone) if dates else None

    def make(wall):
        return [_start(declared, wall, unit)]

    grid = first_that_holds(values, clock, make)
    apart = set_apart(values, counts)
    if grid is None and apart.any():
        grid = first_that_holds(values[~apart], clock, make)
        grid = grid and except_few(grid, values, apart)
    if grid is None:
        off = _start(declared, values, unit).index(values) % 1 > 0
        example = values[off][:1].view(f"{'M8' if dates else 'm8'}[{unit}]")
        such = f", such as {example[0]}" if len(example) else ""
        raise ValueError(
            f"has the declared step {step!r}, on which not all of its {len(values)} "
            f"distinct times lie{such}. Declare a finer step, or None."
        )
    return grid


def _check_unit(declared, unit, step, dates):
    if not dates and (declared.months or declared.business):
        raise ValueError(
            f"has the declared step {step!r}, which only dates have, but holds "
            "durations. Declare a number and a unit, such as '15min'."
        )
    day = NANOSECONDS["D"]
    whole = day if declared.months else declared.size
    if whole % NANOSECONDS[unit] or (declared.business and day % declared.size):
        raise ValueError(
            f"has the declared step {step!r}, which is no whole number of its unit "
            f"({unit}) or no whole part of a business day. Declare another one."
        )


def _start(declared, wall, unit):
    """Grid of a declared step that holds the first of some sorted times."""
    first, day = int(wall[0]), ticks_of_day(unit)
    if declared.months:
        months, common = day_of_month(wall // day)
        which = declared.day or common or 1
        return Months(unit, declared.months, int(months[0]), which, first % day)
    step = declared.size // NANOSECONDS[unit]
    if declared.business:
        phase = first % step
        start = BusinessDays(unit, step, phase, 0).floor(wall[:1])
        return BusinessDays(unit, step, phase, int(start[0]))
    return Steps(unit, step, first)
