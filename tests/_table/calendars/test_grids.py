"""Grids of time: steps, months and business days."""

import calendar
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skgen._table.calendars.grids import (
    NANOSECONDS,
    BusinessDays,
    Months,
    Steps,
    ticks_of_day,
)

from ..examples import law

DAY = 86_400  # seconds
units = st.sampled_from(["s", "ms", "us"])


@st.composite
def grids(draw):
    unit = draw(units)
    day = ticks_of_day(unit)
    sort = draw(st.sampled_from([Steps, Months, BusinessDays]))
    if sort is Steps:
        return Steps(unit, draw(st.integers(1, 3 * day)), draw(st.integers(-day, day)))
    if sort is Months:
        count, origin = draw(st.integers(1, 24)), draw(st.integers(-900, 900))
        day_of_month = draw(st.integers(1, 31))
        return Months(unit, count, origin, day_of_month, draw(st.integers(0, day - 1)))
    step = day // draw(st.sampled_from([1, 2, 24, 96, 1440]))
    phase = draw(st.integers(0, step - 1))
    return BusinessDays(unit, step, phase, draw(st.integers(-(10**6), 10**6)))


@law
@given(grids(), st.lists(st.integers(-5000, 5000), min_size=1, max_size=20))
def test_numbers_come_back_from_their_times(grid, numbers):
    numbers = np.array(numbers)
    times = grid.ticks(numbers)
    assert_array_equal(grid.index(times), numbers)
    assert_array_equal(grid.floor(times), numbers)
    assert grid.holds(times)


@law
@given(grids(), st.integers(-(10**14), 10**14), st.integers(1, 10**9))
def test_numbers_rise_with_times(grid, start, step):
    times = start + step * np.arange(50)
    z = grid.index(times)
    assert (np.diff(z) >= 0).all()
    assert_array_equal(grid.floor(times), np.floor(z))
    assert (grid.ticks(np.floor(z).astype(int)) <= times).all()
    assert (grid.ticks(np.floor(z).astype(int) + 1) > times).all()


@law
@given(grids())
def test_times_at_the_limits_are_held(grid):
    limits = np.array(grid.limits)
    times = grid.ticks(limits)
    assert limits[0] < 0 < limits[1]
    assert times[0] < 0 < times[1]
    far = np.iinfo(np.int64)
    z = grid.index(np.array([far.min + 1, far.max]))
    assert z[0] <= limits[0] + 1
    assert z[1] >= limits[1] - 1


@pytest.mark.parametrize("day", [1, 15, 29, 30, 31])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_months_are_those_of_the_calendar(day, count):
    grid = Months("s", count, 2000 * 12 - 1970 * 12 + 1, day, 3600)
    found = grid.ticks(np.arange(-30, 30)).view("M8[s]").tolist()
    for k, time in zip(range(-30, 30), found, strict=True):
        year, month = divmod(2000 * 12 + 1 + k * count, 12)
        last = calendar.monthrange(year, month + 1)[1]
        assert time == dt.datetime(year, month + 1, min(day, last), 1)


def test_business_days_are_those_of_numpy():
    grid = BusinessDays("D", 1, 0, 0)
    days = grid.ticks(np.arange(-3000, 3000)).view("M8[D]")
    assert np.is_busday(days).all()
    assert_array_equal(days, np.busday_offset(days[0], np.arange(6000)))


def test_a_weekend_is_between_friday_and_monday():
    grid = BusinessDays("h", 6, 3, 0)
    friday = np.datetime64("2024-03-01T21", "h")
    times = (friday + np.arange(0, 54 + 1, 9).astype("m8[h]")).view(np.int64)
    z = grid.index(times) - grid.index(times[:1])
    assert_allclose(z, np.arange(7) / 6, atol=1e-9)


def test_half_a_month_is_half_a_step():
    grid = Months("D", 1, 0, 1, 0)
    assert_array_equal(grid.index(np.array([0, 15, 31, 45])), [0, 15 / 31, 1, 1.5])


def test_rows_that_share_months_and_rows_that_do_not_have_the_same_times():
    grid = Months("us", 3, 100, 31, 5)
    numbers = np.random.default_rng(0).integers(-50, 50, 1000)
    alone = [grid.ticks(np.array([number]))[0] for number in numbers]
    assert_array_equal(grid.ticks(numbers), alone)
    assert_array_equal(
        grid.ticks(np.array([0, 10**6]))[:1], grid.ticks(np.zeros(1, int))
    )


def test_steps_over_more_than_int64():
    grid = Steps("s", DAY, -(2**63) + 1)
    z = grid.index(np.array([2**63 - 1]))
    assert z[0] == pytest.approx(2**64 / DAY)
    assert_array_equal(grid.index(np.array([-(2**64)], dtype=object)) < 0, [True])


@pytest.mark.parametrize(
    ("grid", "words", "aligned"),
    [
        (Steps("ns", NANOSECONDS["D"], 0), "day", True),
        (Steps("ns", NANOSECONDS["D"], NANOSECONDS["h"]), "day", False),
        (Steps("s", 7 * DAY, 3 * DAY), "every 7 days", True),
        (Steps("ms", 900_000, 1_800_000), "15 minutes", True),
        (Steps("ms", 900_000, 60_000), "15 minutes", False),
        (Steps("us", 36 * 3600 * 10**6, 0), "36 hours", True),
        (Steps("us", 10, 0), "10 microseconds", True),
        (Steps("D", 1, 5), "day", True),
        (Months("D", 1, 0, 31, 0), "month end", True),
        (Months("s", 3, 0, 1, 5), "quarter start", False),
        (Months("D", 12, 0, 15, 0), "year on day 15", True),
        (Months("D", 2, 0, 31, 0), "2 months end", True),
        (BusinessDays("s", DAY, 0, 0), "business day", True),
        (BusinessDays("s", 900, 60, 0), "15 minutes of business days", False),
    ],
)
def test_words_and_alignment(grid, words, aligned):
    assert grid.words == words
    assert grid.aligned == aligned


def test_mean_spacing():
    for grid in (Months("D", 1, 0, 1, 0), BusinessDays("D", 1, 0, 0), Steps("D", 3, 0)):
        ends = grid.ticks(np.array([0, 4800]))
        assert np.diff(ends)[0] / 4800 == pytest.approx(grid.spacing, rel=1e-5)
