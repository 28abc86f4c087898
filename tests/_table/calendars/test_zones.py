"""The wall clock of a time zone, against Python's own conversions."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.calendars.zones import Clock, count_not_above, find_zone, read_clock

from ..examples import quick

dateutil_tz = pytest.importorskip("dateutil.tz")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = [
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("America/Sao_Paulo"),
    ZoneInfo("Pacific/Apia"),  # left out 30 December 2011
    ZoneInfo("Australia/Lord_Howe"),  # sets its clock by half an hour
    dateutil_tz.gettz("Europe/Berlin"),
    timezone(timedelta(hours=-3, minutes=-30)),
]
seconds = st.integers(-2_000_000_000, 4_000_000_000)


def wall_of(zone, second):
    """What Python says that the clock shows, as seconds since 1970."""
    local = (EPOCH + timedelta(seconds=second)).astimezone(zone)
    return second + int(local.utcoffset().total_seconds())


@quick
@given(st.sampled_from(ZONES), st.lists(seconds, min_size=1, max_size=30))
def test_the_clock_shows_what_python_says(zone, times):
    clock = read_clock(zone, np.array(times), 1)
    shown, again = clock.shows(np.array(times))
    expected = np.array([wall_of(zone, second) for second in times])
    assert_array_equal(shown[~again], expected[~again])
    assert (shown >= expected).all()


@quick
@given(st.sampled_from(ZONES), seconds)
def test_a_wall_time_is_reached_when_the_clock_first_shows_it_or_a_later_one(zone, at):
    times = at + np.arange(-200, 200) * 900
    clock = read_clock(zone, times, 1)
    expected = np.array([wall_of(zone, second) for second in times.tolist()])
    walls = wall_of(zone, at) + np.arange(-80, 80) * 900
    reached = clock.reaches(walls)
    first = [times[np.argmax(expected >= wall)] for wall in walls]
    assert_array_equal(reached, first)
    assert (np.diff(clock.shows(times)[0]) >= 0).all()


def test_a_clock_set_forward_and_back():
    # from 2 to 3 o'clock at tick 2, from 6 to 5 at tick 5
    clock = Clock((2, 5), (0, 1, 0))
    shown, again = clock.shows(np.arange(8))
    assert_array_equal(shown, [0, 1, 3, 4, 5, 5, 6, 7])
    assert_array_equal(again, [False] * 5 + [True] + [False] * 2)
    assert_array_equal(clock.reaches(np.arange(8)), [0, 1, 2, 2, 3, 4, 6, 7])


def test_ticks_of_a_millisecond():
    zone = ZoneInfo("Europe/Berlin")
    times = np.arange(0, 10**9, 10**7)
    fine, coarse = read_clock(zone, times * 1000, 1000), read_clock(zone, times, 1)
    assert_array_equal(np.array(fine.changes), np.array(coarse.changes) * 1000)
    assert_array_equal(np.array(fine.offsets), np.array(coarse.offsets) * 1000)


def test_changes_are_found_around_the_times_only():
    zone = ZoneInfo("Europe/Berlin")
    now, sentinel = 1_700_000_000, 253_402_214_400  # the last day of 9999
    clock = read_clock(zone, np.array([now, sentinel]), 1)
    years = np.array(clock.changes) // 31_556_952 + 1970
    assert {2019, 2023, 2027} <= set(years)
    assert 2500 not in years
    assert 30 < len(years) < 80


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), timezone(timedelta(0))])
def test_utc_needs_no_clock(zone):
    assert read_clock(zone, np.array([0]), 1) is None


def test_an_offset_between_two_ticks_has_no_clock():
    zone = timezone(timedelta(microseconds=1500))
    assert read_clock(zone, np.array([0]), 1000) is None
    assert read_clock(zone, np.array([0]), 10**6).offsets == (1500,)


def test_times_beyond_those_of_python_have_the_nearest_offset():
    clock = read_clock(ZoneInfo("Asia/Kolkata"), np.array([-(10**14), 10**14]), 1)
    assert clock.offsets[-1] == 19_800


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("Asia/Kolkata", 330),
        ("+05:30", 330),
        ("-0330", -210),
        (timezone(timedelta(minutes=7)), 7),
    ],
)
def test_zones_are_found_by_name_or_offset(name, offset):
    found = find_zone(name).utcoffset(datetime(2024, 1, 1))
    assert found == timedelta(minutes=offset)


@pytest.mark.parametrize("name", ["Nowhere/Land", "", "../etc", "Europe"])
def test_a_name_that_python_does_not_know(name):
    assert find_zone(name) is None


@quick
@given(
    st.lists(st.integers(-(2**62), 2**62), max_size=9),
    st.lists(st.integers(-100, 100), max_size=9),
    st.randoms(use_true_random=False),
)
def test_counts_of_edges_are_those_of_a_search(far, near, random):
    edges = np.unique(np.array([*far, *near] if random.random() < 0.3 else near, int))
    x = np.array([random.randint(-200, 200) for _ in range(500)] + [2**62, -(2**62)])
    x = np.append(x, edges)
    assert_array_equal(count_not_above(edges, x), np.searchsorted(edges, x, "right"))
