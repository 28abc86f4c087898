"""Kinds of columns of times: dates and durations."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from skgen import AutoregressiveGenerator, IndependentGenerator, TreeConditional
from skgen._table.cells import Facts, object_array
from skgen._table.containers.numpy_tables import read_array
from skgen._table.kinds import fit_kind
from skgen._table.times import DateCells, Datetime, DurationCells, Timedelta
from skgen.table import TableCodec


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
    codec = fit_kind(read_array(np.array([5], dtype="M8[ns]"), Facts("a")), Facts("a"))
    ticks = codec.decode(np.array([-1e300, 1e300]), True).values
    assert ticks[0] < 5 - 2**62
    assert ticks[1] > 5 + 2**62


def test_time_zone_must_be_the_same_sort():
    values = object_array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)])
    codec = fit_kind(
        read_array(np.array(["2020"], dtype="M8[s]"), Facts("a")), Facts("a")
    )
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
        fit_kind(read_array(object_array(cells), Facts("a")), Facts("a"))


def test_dates_listed_as_categorical_are_refused():
    cells = read_array(np.array(["2020"], dtype="M8[D]"), "a")
    with pytest.raises(
        ValueError, match=r"Column 'a' is listed.*holds datetimes. Cast"
    ):
        fit_kind(cells, Facts("a", True))


def test_a_zone_that_python_does_not_know_is_named():
    hours = np.arange(9) * 24
    cells = DateCells(hours, hours < 0, "h", True, zone="Nowhere/Land")
    with pytest.warns(UserWarning, match=r"Column 'a'.*'Nowhere/Land'.*tzdata"):
        codec = Datetime.fit(cells, Facts("a"))
    assert codec.time_grid.words == "day"


def test_declared_steps_of_all_kinds():
    weeks = np.array(["2024-01-01", "2024-01-08"], dtype="M8[s]")
    cells = read_array(weeks, "a")
    for step, z in (("7 days", 1), ("business day", 5), ("D", 7), (None, 7)):
        codec = Datetime.fit(cells, Facts("a", declared={"step": step}))
        assert_array_equal(codec.encode(cells), [0, z])
        assert codec.column.integer_valued
    spans = read_array(np.array([5, 20], dtype="m8[m]"), "a")
    codec = Timedelta.fit(spans, Facts("a", declared={"step": "15min"}))
    assert_array_equal(codec.encode(spans), [0, 1])
    with pytest.raises(
        ValueError, match="Column 'a' has the declared step 'month end'"
    ):
        Datetime.fit(cells, Facts("a", declared={"step": "month end"}))
    with pytest.raises(ValueError, match=r"Column 'a'.*'1 moon'.*not understood"):
        Datetime.fit(cells, Facts("a", declared={"step": "1 moon"}))


@pytest.mark.parametrize("unit", ["D", "s", "us"])
def test_times_of_other_units_are_between_those_of_a_grid(unit):
    ends = pd.date_range("2024-01-31", periods=20, freq="ME").to_numpy()
    codec = fit_kind(read_array(ends.astype(f"M8[{unit}]"), "a"), Facts("a"))
    assert codec.time_grid.words == "month end"
    fine = ends.astype("M8[ns]")
    assert_array_equal(codec.encode(read_array(fine, "a")), np.arange(20))
    hours = np.array(["2024-02-14T12", "9999-01-01T00"], dtype="M8[h]")
    for finer in ("h", "s"):
        z = codec.encode(read_array(hours.astype(f"M8[{finer}]"), "a"))
        assert z[0] == 0.5
        assert z[1] > 90_000


def test_far_times_of_coarser_units_keep_their_side():
    days = pd.bdate_range("2024-01-01", periods=40).to_numpy().astype("M8[ns]")
    codec = fit_kind(read_array(days, "a"), Facts("a"))
    far = np.array(["0001-01-01", "9999-12-31"], dtype="M8[D]")
    z = codec.encode(read_array(far, "a"))
    assert z[0] < -50_000
    assert z[1] > 50_000


# --- drawn times ----------------------------------------------------------------------


def at_midnight(t):
    return t == t.dt.normalize()


def quarter_hours(t):
    return (t.dt.minute % 15 == 0) & (t.dt.second == 0) & (t.dt.microsecond == 0)


def on_weekdays(t):
    return t.dt.day_of_week < 5


def mondays(t):
    return at_midnight(t) & (t.dt.day_of_week == 0)


def month_ends(t):
    return at_midnight(t) & t.dt.is_month_end


def quarter_starts(t):
    return at_midnight(t) & t.dt.is_quarter_start


def weekdays_or_the_end(t):
    return on_weekdays(t) | (t == pd.Timestamp("9999-12-25"))  # a Saturday


def days(freq, periods, zone=None):
    return pd.date_range("2015-01-31", periods=periods, freq=freq, tz=zone)


GRIDS = {
    "days of Berlin": (days("D", 400, "Europe/Berlin"), at_midnight),
    "days of New York": (days("D", 400, "America/New_York"), at_midnight),
    "days of Kolkata": (days("D", 400, "Asia/Kolkata"), at_midnight),
    "month ends of Berlin": (days("ME", 80, "Europe/Berlin"), month_ends),
    "quarter hours": (days("15min", 400), quarter_hours),
    "month ends": (days("ME", 120), month_ends),
    "quarter starts": (days("QS", 60), quarter_starts),
    "weeks": (days("W-MON", 100), mondays),
    "business days": (days("B", 300), on_weekdays),
    "business days and a sentinel": (
        days("B", 300)
        .as_unit("us")
        .append(pd.DatetimeIndex(np.array(["9999-12-25"] * 60, dtype="M8[us]"))),
        weekdays_or_the_end,
    ),
}
MODELS = [
    IndependentGenerator(random_state=0),
    AutoregressiveGenerator(TreeConditional(n_trees=5), random_state=0),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("name", GRIDS)
def test_what_is_drawn_is_on_the_grid(model, name):
    times, on_grid = GRIDS[name]
    rng = np.random.default_rng(0)
    t = pd.Series(times).sample(300, replace=True, random_state=0, ignore_index=True)
    X = pd.DataFrame({"t": t, "x": rng.normal(size=300)})
    S = model.fit(X).sample(500)
    assert S["t"].dtype == X["t"].dtype
    assert on_grid(S["t"]).all()
    assert S["t"].nunique() > 20


@pytest.mark.parametrize(
    "build",
    [
        lambda dates: pd.Series(pd.array(dates, dtype="date32[pyarrow]")),
        lambda dates: pd.Series(object_array(dates), dtype=object),
        lambda dates: pl.Series(dates, dtype=pl.Date),
        lambda dates: pd.Series(pd.array(dates, dtype="timestamp[us][pyarrow]")),
        lambda dates: pl.Series(dates).cast(pl.Datetime("ms")),
        lambda dates: (
            pl.Series(dates)
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone("Europe/Berlin")
        ),
        lambda dates: pd.Series(
            pd.array(
                pd.DatetimeIndex(dates).tz_localize("Europe/Berlin"),
                dtype="timestamp[us, tz=Europe/Berlin][pyarrow]",
            )
        ),
    ],
)
def test_dates_of_other_dtypes_are_on_the_same_grids(build):
    frame = pl.DataFrame if "polars" in str(type(build([]))) else pd.DataFrame
    for freq, words in (("W-FRI", "every 7 days"), ("ME", "month end"), ("B", "bus")):
        dates = [date.date() for date in days(freq, 60)]
        X = frame({"t": build(dates)})
        codec = TableCodec().fit(X)
        Z = codec.encode(X)
        assert codec._codecs[0].time_grid.words.startswith(words)
        assert_array_equal(Z[:, 0], np.arange(60))
        assert codec.decode(Z).equals(X)
