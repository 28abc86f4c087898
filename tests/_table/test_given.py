import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skgen.table import TableCodec

SIZES = pd.CategoricalDtype(["small", "medium", "large"], ordered=True)


@pytest.fixture(scope="module")
def codec():
    X = pd.DataFrame(
        {
            "n": [1, 5, 9],
            "x": [0.25, 0.5, 2.75],
            "c": ["a", "b", "c"],
            "size": pd.Series(["small", "medium", "large"], dtype=SIZES),
            "d": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-02-10"]),
            "empty": [np.nan] * 3,
        }
    )
    return TableCodec().fit(X)


@pytest.mark.parametrize(
    ("given", "position", "low", "high"),
    [
        ({"n": (2, 7.5)}, 0, 2, 7.5),
        ({"n": (None, 7)}, 0, -np.inf, 7),
        ({"x": (0.5, None)}, 1, 50, np.inf),
        ({"size": ("medium", None)}, 3, 1, np.inf),
        ({"d": ("2024-01-02", pd.Timestamp("2024-01-11"))}, 4, 1, 10),
    ],
)
def test_ranges(codec, given, position, low, high):
    [limit] = codec.read_given(given, 1).limits.values()
    assert (limit.position, limit.low, limit.high) == (position, low, high)
    z = np.array([low - 1, low, high, high + 1, np.nan])
    allowed = [np.isinf(low), True, True, np.isinf(high), False]
    assert_array_equal(limit.allows(z), allowed)


def test_sets(codec):
    given = {"c": {"c", "a"}, "n": frozenset([9, 1])}
    limits = codec.read_given(given, 1).limits
    assert_array_equal(limits[2].values, [0, 2])
    assert_array_equal(limits[2].allows(np.array([0, 1, 2, np.nan])), [1, 0, 1, 0])
    assert_array_equal(limits[0].values, [1, 9])


def test_ranges_and_sets_are_apart_from_values(codec):
    given = {"n": (2, 7), "x": [0.5, 1.5], "c": {"a"}}
    Z = codec.read_given(given, 2).matrix()
    assert_array_equal(Z[:, 1], [50, 150])
    assert np.isnan(np.delete(Z, 1, axis=1)).all()
    assert list(codec.read_given(given, 2).limits) == [0, 2]
    assert codec.read_given(pd.DataFrame({"n": [1, 2]}), 2).limits == {}


@pytest.mark.parametrize(
    ("values", "given", "words"),
    [
        (pd.date_range("2024-01-01", periods=90, freq="15min"), "2024-01-01T00:10", 0),
        (pd.date_range("2024-01-31", periods=90, freq="ME"), "2024-03-30", 1),
        (pd.to_timedelta(np.arange(90) * 6, unit="h"), pd.Timedelta("5h"), 2),
        (np.arange(90) * 0.25, 0.3, 3),
        (np.arange(90) * 100, 150, 4),
        (np.arange(90), 1.5, 5),
    ],
)
def test_values_between_two_of_a_grid_name_its_step(values, given, words):
    words = (
        "times in steps of 15 minutes",
        "times in steps of month end",
        "times in steps of 6 hours",
        "numbers in steps of 0.25",
        "whole numbers in steps of 100",
        "whole numbers. Round",
    )[words]
    codec = TableCodec().fit(pd.DataFrame({"a": values, "b": np.arange(90) / 7}))
    with pytest.raises(ValueError, match=f"'a' is given a value .*: it holds {words}"):
        codec.read_given({"a": {given}}, 1)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"nope": (1, 2)}, ValueError, "the column 'nope', which"),
        ({"n": (1, 2, 3)}, ValueError, "'n' is given a tuple of 3; a range is"),
        ({"n": (7, 2)}, ValueError, "'n' is given a range whose lowest"),
        ({"n": ("a", 2)}, TypeError, "'n' is integer .* text"),
        ({"n": (np.nan, 2)}, ValueError, "'n' .* holds a missing value"),
        ({"c": ("a", "b")}, ValueError, "'c' .* categories without an order"),
        ({"c": set()}, ValueError, "'c' is given an empty set"),
        ({"c": {"a", "zz"}}, ValueError, "'c' holds the category 'zz'"),
        ({"c": {"a", None}}, ValueError, "'c' .* holds a missing value"),
        ({"empty": (0, 1)}, ValueError, "'empty' had no observed cell"),
        ({"n": {2, 2.5}}, ValueError, "'n' is given a value .* whole numbers. Round"),
        ({"x": {0.5, 0.123}}, ValueError, "'x' .* numbers in steps of"),
    ],
)
def test_wrong_limits(codec, given, error, message):
    with pytest.raises(error, match=message):
        codec.read_given(given, 1)


def test_numbers_settle_as_they_are_decoded(codec):
    assert_array_equal(codec.settle(np.array([1.4, 99.0, np.nan]), 0), [1, 9, np.nan])
    assert_array_equal(codec.settle(np.array([33.3, 0.0]), 1), [33, 25])
