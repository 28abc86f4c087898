"""`Values`: numbers of a table in the user's units, and back."""

import numpy as np
import pandas as pd
import pytest

from skgen._table.values import seconds_of, ticks_of
from skgen.table import TableCodec

DAY = 86_400


def values_of(column, **options):
    X = pd.DataFrame({"x": column})
    codec = TableCodec(**options).fit(X)
    return codec, codec.values(codec.encode(X))


@pytest.mark.parametrize(
    ("column", "numbers", "kind", "step"),
    [
        ([3, 5, 7, 4], [3, 5, 7, 4], "number", 1),
        ([100, 300, 1200, 500] * 3, [100, 300, 1200, 500] * 3, "number", 100),
        ([0.1, 0.25, 7.3], [0.1, 0.25, 7.3], "number", 0.01),
        ([np.pi, np.e, 1e-5], [np.pi, np.e, 1e-5], "number", None),
        (np.array([0.1, 0.2, 0.7], np.float32), [0.1, 0.2, 0.7], "number", 0.1),
        ([None, 2.0, 3.5], [np.nan, 2, 3.5], "number", 0.1),
        (list("aba"), [0, 1, 0], "level", None),
        ([True, False, None], [1, 0, np.nan], "boolean", None),
        (
            pd.to_datetime(["1970-01-03", "1969-12-31", None]),
            [2 * DAY, -DAY, np.nan],
            "time",
            DAY,
        ),
        (pd.to_timedelta(["90s", "-30s", "60s"]), [90, -30, 60], "duration", 1),
    ],
)
def test_numbers_are_in_units_and_come_back(column, numbers, kind, step):
    codec, values = values_of(column)
    np.testing.assert_array_equal(values.numbers[:, 0], numbers)
    (found,) = values.columns
    assert (found.name, found.kind) == ("x", kind)
    assert found.step == (None if step is None else pytest.approx(step))
    z = codec.to_encoded(values.numbers[:, 0], 0)
    np.testing.assert_array_equal(z, codec.encode(pd.DataFrame({"x": column}))[:, 0])


def test_times_of_a_zone_are_in_utc():
    times = pd.date_range("2024-03-30", periods=4, freq="D", tz="Europe/Berlin")
    codec, values = values_of(times)
    seconds = times.tz_convert("UTC").as_unit("s").asi8
    np.testing.assert_array_equal(values.numbers[:, 0], seconds)
    back = codec.decode(codec.to_encoded(values.numbers[:, 0], 0)[:, None])
    assert (back["x"] == times).all()


def test_microseconds_are_exact():
    times = pd.to_datetime(["2024-01-31 09:30:00.123457", "1931-07-01 00:00:00.999999"])
    codec, values = values_of(times)
    back = codec.decode(codec.to_encoded(values.numbers[:, 0], 0)[:, None])
    assert (back["x"] == times).all()


@pytest.mark.parametrize("freq", ["ME", "B", "15min", "QS"])
def test_calendars_come_back(freq):
    times = pd.date_range("2019-12-31", periods=60, freq=freq)
    codec, values = values_of(times)
    np.testing.assert_array_equal(values.numbers[:, 0], times.as_unit("s").asi8)
    back = codec.decode(codec.to_encoded(values.numbers[:, 0], 0)[:, None])
    assert (back["x"] == times).all()


def test_written_numbers_and_other_texts():
    amounts = ["$1,200.00", "$3.50", "$17.25", "$99.00", "$1,000.75", "n/a", None]
    _, values = values_of(amounts * 8)
    expected = [1200, 3.5, 17.25, 99, 1000.75, np.nan, np.nan]
    np.testing.assert_array_equal(values.numbers[:7, 0], expected)
    assert values.columns[0].kind == "number"


@pytest.mark.parametrize(
    "column",
    [
        [2**60 + 1, 2**60 + 5, 2**60],
        pd.to_datetime([10**18 + 1, 10**18 + 7], unit="ns"),
        [None, None],
    ],
)
def test_what_float64_cannot_hold_is_no_number(column):
    _, values = values_of(column)
    assert values.columns[0].kind == "none"
    assert np.isnan(values.numbers).all()


def test_identifiers_are_no_numbers_unless_learned():
    keys = [f"user-{i:04}" for i in range(300)]
    assert values_of(keys)[1].columns[0].kind == "none"
    assert values_of(keys, identifiers="learn")[1].columns[0].kind == "level"


def test_encoded_numbers_are_on_the_grid_but_not_clipped():
    codec, _ = values_of([1.25, 3.5, 2.0])
    z = codec.to_encoded([0.76, 99.99, np.nan], 0)
    np.testing.assert_array_equal(z, [76, 9999, np.nan])


@pytest.mark.parametrize(
    "column", [[True, True], ["1", "0"], ["0", "0"], pd.Categorical([1, 0])]
)
def test_zero_and_one_add_up_and_come_back(column):
    _, values = values_of(column)
    (described,) = values.columns
    assert described.is_numeric
    numbers = values.as_numbers(0)
    np.testing.assert_array_equal(numbers, np.asarray(column).astype(float))
    codes = described.from_numbers(numbers)
    np.testing.assert_array_equal(codes, values.numbers[:, 0])


def test_seconds_and_ticks_are_inverse():
    rng = np.random.default_rng(0)
    for per_tick in (1000, 10**6, 10**9, 60 * 10**9, 86_400 * 10**9):
        ticks = rng.integers(-(10**9), 10**9, 100)
        found, rest = ticks_of(seconds_of(ticks, per_tick), per_tick)
        np.testing.assert_array_equal(found, ticks)
        assert not rest.any()
