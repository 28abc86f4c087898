"""Grids of time on a wall clock, and with exceptions."""

import json
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.calendars.composed import LocalTime, WithExceptions, grid_from_dict
from skgen._table.calendars.grids import BusinessDays, Months, Steps
from skgen._table.calendars.zones import Clock, read_clock

from ..examples import law

DAY = 86_400  # seconds
BERLIN = read_clock(ZoneInfo("Europe/Berlin"), np.array([1_700_000_000]), 1)
SAO_PAULO = read_clock(ZoneInfo("America/Sao_Paulo"), np.array([1_500_000_000]), 1)
APIA = read_clock(ZoneInfo("Pacific/Apia"), np.array([1_325_000_000]), 1)
CLOCKS = {BERLIN: 1_700_000_000, SAO_PAULO: 1_500_000_000, APIA: 1_325_000_000}
WALLS = [
    Steps("s", DAY, 0),
    Steps("s", 6 * 3600, 1800),
    Steps("s", 900, 0),
    Steps("s", 7 * DAY, 4 * DAY),
    Months("s", 1, 0, 31, 0),
    BusinessDays("s", DAY, 0, 0),
    BusinessDays("s", 3600, 0, 0),
]


@law
@given(
    st.sampled_from(list(CLOCKS)),
    st.sampled_from(WALLS),
    st.integers(-300, 300),
    st.integers(1, 30_000),
)
def test_local_numbers_rise_and_are_the_last_ones_reached(clock, wall, days, step):
    grid = LocalTime(wall, clock)
    times = CLOCKS[clock] + days * DAY + step * np.arange(200)
    z = grid.index(times)
    k = np.floor(z).astype(int)
    assert (np.diff(z) >= 0).all()
    assert (grid.ticks(k) <= times).all()
    assert (grid.ticks(k + 1) > times).all()
    # a time of the grid comes back as its last number: the clock may skip several
    on = grid.ticks(k)
    assert_array_equal(grid.ticks(grid.index(on).astype(int)), on)


def utc(text):
    return int(np.datetime64(text, "s").astype(np.int64))


def test_days_of_berlin_over_a_change_of_the_clock():
    grid = LocalTime(Steps("s", DAY, utc("2024-03-30")), BERLIN)
    expected = ["2024-03-29T23", "2024-03-30T23", "2024-03-31T22", "2024-04-01T22"]
    times = np.array(list(map(utc, expected)))
    assert_array_equal(grid.ticks(np.arange(4)), times)
    assert grid.holds(times)
    noon = grid.index(np.array([utc("2024-03-31T10:30")]))
    assert noon[0] == 1.5  # of a day of 23 hours


def test_a_midnight_that_the_clock_skips_is_the_first_time_after_it():
    grid = LocalTime(Steps("s", DAY, utc("2017-10-14")), SAO_PAULO)
    times = grid.ticks(np.arange(3))
    assert_array_equal(
        times, [utc("2017-10-14T03"), utc("2017-10-15T03"), utc("2017-10-16T02")]
    )
    assert grid.holds(times)


def test_of_an_hour_shown_twice_the_first_is_meant():
    grid = LocalTime(Steps("s", 3600, utc("2024-10-27")), BERLIN)
    assert grid.holds(np.array([utc("2024-10-27T00"), utc("2024-10-27T02")]))
    assert not grid.holds(np.array([utc("2024-10-27T01")]))  # two o'clock again
    assert_array_equal(grid.index(np.array([utc("2024-10-27T01")])), [2.5])


WEEKS = Steps("D", 7, 0)  # Thursdays


@law
@given(
    st.lists(st.integers(-50, 50).filter(lambda day: day % 7), min_size=1, unique=True),
    st.sampled_from([WEEKS, Months("D", 1, 0, 31, 0)]),
)
def test_exceptions_are_numbered_in_their_place(days, grid):
    days = sorted(day for day in days if not grid.holds(np.array([day])))
    grid = WithExceptions(grid, tuple(days))
    numbers = np.arange(-60, 60)
    times = grid.ticks(numbers)
    assert (np.diff(times) > 0).all()
    assert set(days) <= set(times.tolist())
    assert_array_equal(grid.index(times), numbers)
    every = np.arange(-100, 100)
    z = grid.index(every)
    assert (np.diff(z) > 0).all()
    held = np.isin(every, times)
    assert_array_equal(z % 1 == 0, held)


def test_an_exception_further_away_than_float64_can_count():
    end, now = 2**62, 1_700_000_000_000_000
    grid = WithExceptions(Steps("us", 1, now), (-end, end))
    times = np.array([-end, now, now + 5, end])
    z = grid.index(times)
    assert grid.holds(times)
    assert (np.diff(z) > 0).all()
    assert grid.limits[0] <= z[0]
    assert z[-1] <= grid.limits[1]
    assert (np.diff(grid.index(np.linspace(-end, end, 99).astype(int))) >= 0).all()


@pytest.mark.parametrize(
    "grid",
    [
        *WALLS,
        LocalTime(Months("s", 3, 2, 31, 60), BERLIN),
        WithExceptions(LocalTime(WALLS[0], Clock((), (5,))), (-9, 10**7)),
    ],
    ids=lambda grid: grid.words,
)
def test_grids_come_back_from_json(grid):
    described = json.loads(json.dumps(grid.to_dict()))
    assert grid_from_dict(described) == grid


def test_words():
    grid = LocalTime(Steps("s", DAY, 5), BERLIN)
    assert grid.words == "day (local)"
    assert not grid.aligned
    assert WithExceptions(grid, (7,)).words == "day (local), and 1 other time"
    assert WithExceptions(WEEKS, (8, 9)).words.endswith("and 2 other times")
