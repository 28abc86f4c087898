"""Kinds of columns of times: dates and durations."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.cells import Facts, object_array
from skgen._table.containers import read_array
from skgen._table.times import DateCells, DurationCells
from skgen.table import fit_kind


@pytest.mark.parametrize("dtype", ["M8[D]", "m8[ns]"])
def test_missing_times_are_nat(dtype):
    sort = DateCells if dtype[0] == "M" else DurationCells
    missing = np.array([False, True])
    ticks = np.array([3, 4])
    times = sort(ticks, missing, dtype[3:-1]).to_array()
    assert times.dtype == dtype
    assert times[0] == ticks[:1].view(dtype)[0]
    assert_array_equal(np.isnat(times), missing)
    assert_array_equal(ticks, [3, 4])


@pytest.mark.parametrize(
    ("texts", "unit", "steps"),
    [
        (["2020-01-01", "2020-01-03"], "ns", [0, 2]),
        (["2020-01-01T12", "2020-01-03T12"], "ns", [0, 2]),
        (["2020-01-01T05", "2020-01-01T01"], "us", [4, 0]),
        (["2020-01-01T00:01", "2020-01-01T01:00"], "ms", [0, 59]),
        (["2020-01-01T00:00:01", "2020-01-01"], "s", [1, 0]),
        (["2020-01-01T00:00:00.001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01T00:00:00.000001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01T00:00:00.000000001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01", "2020-01-01"], "ns", [0, 0]),
        (["2020-01-01T03", "2020-01-01"], "h", [3, 0]),
    ],
)
def test_steps_are_the_coarsest_that_fit(round_trip, texts, unit, steps):
    values = np.array(texts, dtype=f"M8[{unit}]")
    _, z, back = round_trip(values)
    assert_array_equal(z, steps)
    assert_array_equal(back, values)


def test_dates_of_another_unit_are_coded_exactly():
    fitted = np.array(["0001-01-01", "2020-01-11"], dtype="M8[s]")
    codec = fit_kind(read_array(fitted, "a"), Facts("a"))
    for unit in ("D", "ms", "us"):
        z = codec.encode(read_array(fitted.astype(f"M8[{unit}]"), "a"))
        assert_array_equal(z, codec.encode(read_array(fitted, "a")))
    noon = np.array(["0001-01-02T12"], dtype="M8[us]")
    assert codec.encode(read_array(noon, "a"))[0] == 1.5


def test_dates_over_the_whole_range_of_int64(round_trip):
    values = np.array([-(2**63) + 1, 2**63 - 1]).view("M8[s]")
    codec, _, back = round_trip(values[:1])
    assert_array_equal(back, values[:1])
    far = codec.encode(read_array(values[1:], "a"))
    assert far[0] == pytest.approx(2**64 / 86400)
    with pytest.raises(ValueError, match=r"2\*\*53 steps.*Round it to a coarser"):
        round_trip(np.array([*values.view("i8"), 1]).view("M8[ns]"))


def test_extrapolated_dates_stay_in_int64():
    codec = fit_kind(read_array(np.array([5], dtype="M8[ns]"), "a"), Facts("a"))
    ticks = codec.decode(np.array([-1e300, 1e300]), True).values
    assert ticks[0] < 5 - 2**62
    assert ticks[1] > 5 + 2**62


def test_time_zone_must_be_the_same_sort():
    values = object_array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)])
    codec = fit_kind(read_array(np.array(["2020"], dtype="M8[s]"), "a"), Facts("a"))
    with pytest.raises(TypeError, match="Column 'a' has a time zone here"):
        codec.encode(read_array(values, "a"))


@pytest.mark.parametrize(
    "cells",
    [
        [dt.datetime(2020, 1, 1, tzinfo=dt.UTC)],
        [dt.datetime(2020, 1, 1), dt.date(2020, 1, 1)],
    ],
)
def test_python_dates_that_do_not_come_back_are_refused(cells):
    with pytest.raises(ValueError, match=r"Column 'a' holds Python dates.*to_datetime"):
        fit_kind(read_array(object_array(cells), "a"), Facts("a"))


def test_dates_listed_as_categorical_are_refused():
    cells = read_array(np.array(["2020"], dtype="M8[D]"), "a")
    with pytest.raises(
        ValueError, match=r"Column 'a' is listed.*holds datetimes. Cast"
    ):
        fit_kind(cells, Facts("a", True))
