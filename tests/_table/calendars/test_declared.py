"""Steps of time that a user declares."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skgen._table.calendars.declared import DeclaredStep, declared_grid, parse_step
from skgen._table.calendars.search import find_grid

MINUTE = 60 * 10**9
DAY = 1440 * MINUTE


def ticks_of(dates):
    return pd.DatetimeIndex(dates).to_numpy().astype("M8[s]").view(np.int64)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("15min", DeclaredStep(size=15 * MINUTE)),
        ("15 minutes", DeclaredStep(size=15 * MINUTE)),
        ("2h", DeclaredStep(size=120 * MINUTE)),
        ("D", DeclaredStep(size=DAY)),
        ("day (local)", DeclaredStep(size=DAY)),
        ("every 7 days", DeclaredStep(size=7 * DAY)),
        ("2W", DeclaredStep(size=14 * DAY)),
        ("10 ms", DeclaredStep(size=10**7)),
        ("ns", DeclaredStep(size=1)),
        ("business day", DeclaredStep(size=DAY, business=True)),
        ("hour of business days", DeclaredStep(size=60 * MINUTE, business=True)),
        ("month end", DeclaredStep(months=1, day=31)),
        ("month start (local)", DeclaredStep(months=1, day=1)),
        ("quarter end, and 2 other times", DeclaredStep(months=3, day=31)),
        ("year on day 15", DeclaredStep(months=12, day=15)),
        ("2 months start", DeclaredStep(months=2, day=1)),
        ("month", DeclaredStep(months=1)),
    ],
)
def test_steps_are_parsed(text, parsed):
    assert parse_step(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        *["", "M", "m", "MS", "0 days", "-1h", "1.5h", "fortnight", "month middle", 15],
        *["month on day 32", "month on day 0", "business", "15 15min", "2 weekdays"],
    ],
)
def test_steps_that_are_not_understood(text):
    with pytest.raises(ValueError, match=r"declared step .* is not understood. Write"):
        parse_step(text)


@pytest.mark.parametrize(
    ("freq", "step"),
    [
        ("D", "D"),
        ("15min", "15min"),
        ("h", "30min"),
        ("ME", "month end"),
        ("ME", "month"),
        ("QS", "quarter start"),
        ("QS", "month start"),
        ("W", "7 days"),
        ("B", "business day"),
        ("ME", "D"),
        ("h", None),
    ],
)
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_declared_grids_hold_the_times(freq, step, zone):
    dates = pd.date_range("2024-02-01", periods=9, freq=freq, tz=zone)
    ticks = ticks_of(dates.tz_convert(None) if zone else dates)
    grid = declared_grid(ticks, "s", step, zone)
    assert grid.holds(ticks)
    assert grid.index(ticks)[0] == 0
    if step is not None and step != "month":
        assert parse_step(grid.words) == parse_step(step)


def test_no_step_is_the_coarsest_unit():
    assert declared_grid(np.arange(9) * 900, "s", None).words == "minute"
    assert declared_grid(np.empty(0, np.int64), "s", None).step == 1


def test_words_of_a_found_grid_declare_it():
    zone = ZoneInfo("America/New_York")
    for freq in ("D", "15min", "ME", "QS", "YE", "W", "B", "h"):
        dates = pd.date_range("2012-01-01", periods=60, freq=freq, tz=zone)
        ticks = np.append(ticks_of(dates.tz_convert(None)), np.full(5, 10**11 + 1))
        found = find_grid(ticks, "s", zone)
        assert declared_grid(ticks, "s", found.words, zone) == found


def test_a_declared_grid_needs_no_evidence_and_may_have_exceptions():
    ticks = ticks_of(["2024-01-31", "2024-02-29"])
    assert declared_grid(ticks, "s", "month end").words == "month end"
    ends = ticks_of(pd.date_range("2024-01-31", periods=6, freq="ME"))
    grid = declared_grid(np.append(ends, [-5, -5, -5]), "s", "month end")
    assert grid.words == "month end, and 1 other time"
    assert_array_equal(grid.index(ends), np.arange(6) + 1)


@pytest.mark.parametrize(
    ("step", "dates", "message"),
    [
        (
            "15min",
            True,
            r"not all of its 3 distinct times lie, such as 2024-01-01T00:07",
        ),
        ("month end", True, "not all of its 3"),
        ("month end", False, "only dates have, but holds durations"),
        ("business day", False, "only dates have"),
        ("us", True, r"no whole number of its unit \(s\)"),
        ("5h of business days", True, "no whole part of a business day"),
        ("weekly", True, "not understood"),
    ],
)
def test_errors(step, dates, message):
    ticks = ticks_of(["2024-01-01", "2024-01-01T00:07", "2024-01-01T00:15"])
    with pytest.raises(ValueError, match=message):
        declared_grid(ticks, "s", step, dates=dates)
