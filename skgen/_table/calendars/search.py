"""The grid of time that a column lies on: the coarsest that holds all of its times."""

from math import gcd, log

import numpy as np

from skgen._table.calendars.composed import LocalTime, WithExceptions
from skgen._table.calendars.grids import (
    FURTHEST,
    NANOSECONDS,
    BusinessDays,
    Months,
    Steps,
    ticks_of_day,
)
from skgen._table.calendars.zones import find_zone, read_clock

#: how many times less probable chance must make a grid than a finer one
EVIDENCE = 1_000
#: rows that a repeated time must have to be an exception to a grid
REPEATS = 3
MAX_EXCEPTIONS = 3
#: rows of longer columns on which a grid is found before it is tried on all
SAMPLE = 10_000
#: plain units in the next coarser one; multiples of a day have four weeks
AROUND = {"D": 28, "h": 24, "m": 60, "s": 60, "ms": 1_000, "us": 1_000, "ns": 1_000}


def find_grid(ticks, unit, zone=None, *, dates=True):
    """Coarsest grid on which all times lie, with evidence.

    Among equally coarse ones a grid of aligned steps is preferred, then one of UTC. A
    few times that are repeated, or far from all others, may be exceptions.

    Parameters
    ----------
    ticks : ndarray of int64 of shape (n,)
        Times of UTC, in any order, or durations.
    unit : str
        Unit of ticks, from "D" to "ns".
    zone : tzinfo, str or None, default=None
        Time zone on whose wall clock the times may be regular.
    dates : bool, default=True
        Whether ticks are dates; durations have no months and no weekdays.

    Returns
    -------
    grid : Grid
        It holds all times, unless they span more than 2**53 of the coarsest steps.
    """
    if len(ticks) == 0:
        return Steps(unit, 1, 0)
    if len(ticks) > 2 * SAMPLE:
        grid = _find_coarsest(*_some(ticks), unit, zone, dates)
        if grid.holds(ticks):
            return grid
    return _find_coarsest(*np.unique(ticks, return_counts=True), unit, zone, dates)


def _some(ticks):
    """Distinct times of some rows and the ends, and their numbers of rows."""
    # at random, since every k-th row of a regular table is on a coarser grid
    rows = np.random.default_rng(0).integers(len(ticks), size=SAMPLE)
    some = np.concatenate([ticks[rows], [ticks.min(), ticks.max()]])
    values, counts = np.unique(some, return_counts=True)
    for at in (0, -1):
        counts[at] = np.count_nonzero(ticks == values[at])
    return values, counts


def _find_coarsest(values, counts, unit, zone, dates):
    clock = clock_around(values, unit, zone)
    grid = _coarsest(values, unit, clock, dates)
    apart = set_apart(values, counts)
    if not apart.any():
        return grid
    rest = values[~apart]
    coarser = _coarsest(rest, unit, clock, dates)
    gained = (len(rest) - 1) * log(coarser.spacing / grid.spacing) > log(EVIDENCE)
    if not gained and grid.holds(values):
        return grid
    return except_few(coarser, values, apart) or grid


def _coarsest(values, unit, clock, dates):
    """Coarsest grid that holds sorted distinct times."""
    steps = Steps(unit, supported_step(values, unit), int(values[0]))
    if not dates:
        return steps

    def make(wall):
        step = supported_step(wall, unit)
        return [Steps(unit, step, int(wall[0])), *_calendars(wall, unit, step)]

    return first_that_holds(values, clock, make) or steps


def _calendars(values, unit, step):
    """Grids of months and business days on which sorted distinct times may lie."""
    some = values[:: max(1, len(values) // 1_000)]
    for find, size in ((find_months, ticks_of_day(unit)), (find_business_days, step)):
        if find(some, unit, size) and (grid := find(values, unit, size)):
            yield grid


# --- clocks and exceptions ----------------------------------------------------------


def clock_around(values, unit, zone):
    """Wall clock of a time zone or its name around some times, None without one."""
    zone = find_zone(zone) if isinstance(zone, str) else zone
    per_second = NANOSECONDS["s"] // NANOSECONDS[unit]
    furthest = max(-int(values[0]), int(values[-1])) + ticks_of_day(unit)
    if zone is None or not per_second or furthest >= 2**63:
        return None
    return read_clock(zone, values, per_second)


def first_that_holds(values, clock, make):
    """Coarsest grid that holds all times, None if there is none.

    ``make(times)`` returns grids on which times of UTC or of the wall clock may lie.
    """
    found = list(make(values))
    if clock is not None:
        # a time at which the clock is set may stand for one that it skips
        shown = clock.shows(values)[0][~np.isin(values, clock.changes)]
        walls = make(shown) if len(shown) else []
        found += [LocalTime(grid, clock) for grid in walls]
    # those of UTC come first where all else is equal, because sorting is stable
    found.sort(key=lambda grid: (-grid.spacing, not grid.aligned))
    return next((grid for grid in found if grid.holds(values)), None)


def set_apart(values, counts):
    """Mask of the sorted distinct times that may be exceptions to a grid."""
    apart = np.zeros(len(values), dtype=bool)
    if len(values) < 2 * MAX_EXCEPTIONS:
        return apart
    repeated = counts >= REPEATS * np.gcd.reduce(counts)
    often = np.argsort(-counts, kind="stable")[:MAX_EXCEPTIONS]
    apart[often] = repeated[often]
    span = float(values[-2]) - float(values[1])
    for end, neighbour in ((0, 1), (-1, -2)):
        far = abs(float(values[end]) - float(values[neighbour])) > span
        apart[end] |= repeated[end] or far
    return apart


def except_few(grid, values, apart):
    """The grid with the times apart that it does not hold as exceptions, or None."""
    off = np.array([not grid.holds(values[i : i + 1]) for i in np.flatnonzero(apart)])
    times = values[apart][off].tolist()
    if not 0 < len(times) <= MAX_EXCEPTIONS:
        return None
    out = WithExceptions(grid, tuple(times))
    return out if out.holds(values) else None


# --- one clock ----------------------------------------------------------------------


def plain_step(values, unit):
    """Coarsest unit that divides all differences of sorted times.

    Returns
    -------
    plain : str
        The unit.
    size : int
        Its ticks.
    factor : int
        Greatest common divisor of the differences, in the unit.
    """
    divisor = _common_divisor(np.diff(values.view(np.uint64)))
    for plain, size in NANOSECONDS.items():
        size //= NANOSECONDS[unit]
        if size and divisor % size == 0:
            return plain, size, divisor // size


def supported_step(values, unit):
    """Ticks of the coarsest step between sorted times for which there is evidence.

    It is the coarsest unit that divides all differences, or a multiple. That f divides
    the differences of n times by chance has probability f^(1 - n) for a given f, such
    as the parts of the next coarser unit (15 minutes, 7 days), and about f^(2 - n) for
    the greatest common divisor, which is found in the times themselves.
    """
    plain, size, factor = plain_step(values, unit)
    return size * _supported(factor, len(values), AROUND[plain])


def _supported(factor, n, around):
    """Largest divisor of a common factor of n - 1 differences that is no chance."""
    n = min(n, 12)  # enough for 2
    if factor ** max(0, n - 2) >= EVIDENCE:
        return factor
    factor = gcd(factor, around)
    return factor if factor ** (n - 1) >= EVIDENCE else 1


def _common_divisor(differences):
    """Greatest common divisor, 0 if there are no differences."""
    divisor, rest = 0, differences
    while len(rest):
        divisor = gcd(divisor, int(np.gcd.reduce(rest[:1_000])))
        rest = rest[rest % np.uint64(divisor) != 0] if divisor else rest[rest != 0]
    return divisor


def day_of_month(days):
    """Months of days since 1970 and their common day of the month, None if several."""
    months = days.view("M8[D]").astype("M8[M]")
    first = months.astype("M8[D]").view(np.int64)
    length = (months + 1).astype("M8[D]").view(np.int64) - first
    day = days - first + 1
    common = 31 if (day == length).all() else int(day.max())
    shared = (day == np.minimum(common, length)).all()
    return months.view(np.int64), common if shared else None


def find_months(values, unit, size):
    """Grid of one day of the month on which sorted distinct dates lie, or None.

    Random dates share one of about 30 days of the month with probability 30^(1 - n).
    """
    days, time = values // size, int(values[0]) % size
    if 30 ** (min(len(values), 4) - 1) < EVIDENCE:
        return None
    if (values - days * size != time).any() or abs(days[[0, -1]]).max() > FURTHEST / 2:
        return None
    months, day = day_of_month(days)
    if day is None:
        return None
    count = _common_divisor(np.diff(months).view(np.uint64))
    count = _supported(count, len(values), 12)
    return Months(unit, count, int(months[0]), day, time)


def find_business_days(values, unit, step):
    """Grid of the weekdays on which sorted distinct times lie, or None.

    Random dates are all from Monday to Friday with probability (5/7)^n.
    """
    day = ticks_of_day(unit)
    step, days = gcd(step, day), values // day
    n_days = 1 + np.count_nonzero(np.diff(days))
    if ((days + 3) % 7 > 4).any() or n_days * log(7 / 5) < log(EVIDENCE):
        return None
    phase = int(values[0]) % step
    first = BusinessDays(unit, step, phase, 0).floor(values[:1])
    return BusinessDays(unit, step, phase, int(first[0]))
