"""The grid of time that a column lies on."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.calendars.search import SAMPLE, find_grid

from ..examples import quick

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # ticks of a second
DAY = 86_400  # seconds
ZONES = [
    None,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("America/Sao_Paulo"),
    timezone(timedelta(hours=5, minutes=45)),
]


def ticks_of(dates, unit="s"):
    dates = pd.DatetimeIndex(dates)
    if dates.tz is not None:
        dates = dates.tz_convert("UTC").tz_localize(None)
    return dates.to_numpy().astype(f"M8[{unit}]").view(np.int64)


def wall_dates(freq, start, periods, zone):
    dates = pd.date_range(start, periods=periods, freq=freq, unit="s")
    if zone is None:
        return dates
    return dates.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


@pytest.mark.parametrize(
    ("freq", "periods", "words"),
    [
        ("D", 400, "day"),
        ("W-MON", 100, "every 7 days"),
        ("ME", 60, "month end"),
        ("MS", 60, "month start"),
        ("QE", 40, "quarter end"),
        ("QS", 40, "quarter start"),
        ("YE", 12, "year end"),
        ("YS-APR", 12, "year start"),
        ("B", 300, "business day"),
    ],
)
@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("hour", [0, 12])
def test_grids_of_dates_on_the_wall(freq, periods, words, zone, hour):
    dates = wall_dates(freq, f"2013-01-01T{hour:02}", periods, zone)
    unit = "us" if freq == "D" else "s"
    grid = find_grid(ticks_of(dates, unit), unit, zone)
    assert grid.words.removesuffix(" (local)") == words
    assert grid.holds(ticks_of(dates, unit))
    ahead = grid.ticks(np.arange(periods)).view(f"M8[{unit}]")
    assert_array_equal(ahead, ticks_of(dates, unit).view(f"M8[{unit}]"))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (900, "15 minutes"),
        (10, "10 seconds"),
        (1, "second"),
        (3600, "hour"),
        (7200, "2 hours"),
        (7 * DAY, "every 7 days"),
        (37, "37 seconds"),
        (0.25, "250 milliseconds"),
    ],
)
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("dates", [True, False])
def test_equal_steps_and_their_offset(step, words, unit, dates):
    rng = np.random.default_rng(0)
    size = int(step * UNITS[unit])
    numbers = rng.integers(0, 1000, 50)
    ticks = 17 * UNITS[unit] + size * numbers
    grid = find_grid(ticks, unit, dates=dates)
    assert grid.words == words
    assert_array_equal(grid.index(ticks), numbers - numbers.min())


@quick
@given(
    zone=st.sampled_from(ZONES),
    unit=st.sampled_from(list(UNITS)),
    freq=st.sampled_from(["D", "h", "15min", "ME", "MS", "QE", "B", "W", "6h", "YS"]),
    start=st.datetimes(pd.Timestamp(1990, 1, 1), pd.Timestamp(2020, 1, 1)),
    periods=st.integers(30, 300),
    data=st.data(),
)
def test_halves_have_the_grid_of_the_whole(zone, unit, freq, start, periods, data):
    start = pd.Timestamp(start).floor("h")
    periods = min(periods, 200) if freq == "YS" else periods  # of nanoseconds
    every = ticks_of(wall_dates(freq, start, periods, zone), unit)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    # the grid itself has no time that the clock shows again
    assume(np.all(np.diff(every) > 0))
    whole = find_grid(every, unit, zone)
    assert whole.holds(every)
    order = rng.permutation(periods)
    for rows in (order[: periods // 2], order[periods // 2 :]):
        half = find_grid(every[rows], unit, zone)
        assert half.spacing == whole.spacing
        assert half.holds(every)


@quick
@given(
    st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=20),
    st.sampled_from(["D", "h", "s", "us", "ns"]),
    st.sampled_from(ZONES),
)
def test_any_times_find_a_grid(ticks, unit, zone):
    ticks = np.array(ticks)
    grid = find_grid(ticks, unit, zone)
    assert grid.holds(ticks) or grid.index(ticks).max() > 2**53


@pytest.mark.parametrize("n", [3, 5, 8, 25])
def test_chance_seldom_makes_a_grid(n):
    # less than .002 of the tables; 5 or more of 500 have a probability below .004
    rng = np.random.default_rng(0)
    days = [rng.choice(10_000, n, replace=False) * DAY for _ in range(500)]
    assert sum(find_grid(t, "s").words != "day" for t in days) < 5


def test_chance_seldom_makes_a_grid_of_a_clock():
    # as above; 2 or more of 50 have a probability below .005
    rng = np.random.default_rng(0)
    days = [rng.choice(10_000, 6, replace=False) * DAY for _ in range(50)]
    assert sum(find_grid(t, "s", ZONES[1]).words != "day" for t in days) < 2


def test_few_times_have_a_plain_unit():
    for ticks in ([5], [0, 700], [0, 14, 28], [0, 7, 14, 21]):
        assert find_grid(np.array(ticks), "D").words == "day"
    assert find_grid(np.arange(5) * 7, "D").words == "every 7 days"
    assert find_grid(np.arange(4) * 49, "D").words == "every 49 days"
    assert find_grid(np.empty(0, dtype=np.int64), "us").words == "microsecond"


def test_the_whole_days_of_a_summer_are_those_of_the_wall():
    zone = ZoneInfo("Europe/Berlin")
    summer = ticks_of(pd.date_range("2024-06-01", periods=60, tz=zone))
    assert find_grid(summer, "s", zone).words == "day (local)"
    utc = ticks_of(pd.date_range("2024-06-01", periods=60, tz="UTC"))
    assert find_grid(utc, "s", zone).words == "day"
    assert find_grid(utc, "s", "Europe/Berlin").words == "day"


def test_an_hour_that_the_clock_shows_again_keeps_utc():
    zone = ZoneInfo("Europe/Berlin")
    hours = ticks_of(pd.date_range("2024-10-01", periods=1000, freq="h", tz=zone))
    assert find_grid(hours, "s", zone).words == "hour"


def test_times_of_the_working_week():
    rng = np.random.default_rng(0)
    days = pd.bdate_range("2024-01-01", periods=60).to_numpy().astype("M8[s]")
    times = rng.choice(days, 500) + 60 * rng.integers(8 * 60, 18 * 60, 500)
    grid = find_grid(times.view(np.int64), "s")
    assert grid.words == "minute of business days"
    drawn = grid.ticks(rng.integers(0, 10**5, 1000)).view("M8[s]")
    assert np.is_busday(drawn.astype("M8[D]")).all()
    assert find_grid(times.view(np.int64), "s", dates=False).words == "minute"


SENTINELS = ["9999-12-30T23:59:59", "2000-01-01", "1899-12-30"]


@pytest.mark.parametrize("sentinel", SENTINELS)
@pytest.mark.parametrize(
    ("freq", "words"),
    [
        ("B", "business day"),
        ("MS", "month start"),
        ("W-TUE", "every 7 days"),
        ("15min", "15 minutes"),
        ("D", "day"),
    ],
)
@pytest.mark.parametrize("zone", ZONES[:2])
def test_a_sentinel_is_an_exception(sentinel, freq, words, zone):
    times = ticks_of(wall_dates(freq, "2001-04-02", 200, zone))
    end = np.datetime64(sentinel, "s").view(np.int64)
    ticks = np.append(times, np.full(5, end))
    grid = find_grid(ticks, "s", zone)
    found, _, others = grid.words.partition(", and ")
    assert found.removesuffix(" (local)") == words
    assert grid.holds(ticks)
    z = grid.index(np.sort(ticks))
    assert (np.diff(z) >= 0).all()
    assert others in ("", "1 other time")


def test_many_times_off_a_grid_are_no_exceptions():
    days = ticks_of(pd.bdate_range("2024-01-01", periods=200))
    saturdays = ticks_of(pd.date_range("2024-01-06", periods=4, freq="W-SAT"))
    once = np.append(days, saturdays[:1])
    assert find_grid(once, "s").words == "day"
    assert find_grid(np.append(days, np.repeat(saturdays, 5)), "s").words == "day"
    three = np.append(days, np.repeat(saturdays[:3], 5))
    assert find_grid(three, "s").words == "business day, and 3 other times"


def test_repeating_all_rows_changes_nothing():
    days = ticks_of(pd.bdate_range("2024-01-01", periods=200))
    for rest in ([], [19_728 * DAY], [10**11]):
        ticks = np.append(days, np.array(rest, dtype=np.int64))
        assert find_grid(ticks, "s") == find_grid(np.tile(ticks, 4), "s")


def test_a_far_time_beyond_what_float64_counts():
    rng = np.random.default_rng(0)
    end = np.datetime64("9999-12-31T23:59:59.999999", "us").view(np.int64)
    ticks = np.append(1_600_000_000_000_000 + rng.integers(0, 10**14, 100), end)
    grid = find_grid(ticks, "us")
    assert grid.words == "microsecond, and 1 other time"
    assert grid.holds(ticks)


def test_long_columns_find_the_grid_of_all_their_rows():
    n = 3 * SAMPLE
    quarters = np.arange(n) * 900
    assert find_grid(quarters, "s").words == "15 minutes"
    quarters[n // 3] += 1
    assert find_grid(quarters, "s").words == "second"
    months = ticks_of(pd.date_range("2001-01-31", periods=100, freq="ME"))
    ticks = np.append(np.resize(months, n), np.full(5, -2 * DAY))
    assert find_grid(ticks, "s").words == "month end, and 1 other time"
