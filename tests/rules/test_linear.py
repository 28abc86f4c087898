import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgen.rules import Absolute, Linear


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_cents_add_up_in_any_container(container):
    X = container({"net": [0.1, 0.7], "tax": [0.2, 0.1], "total": [0.3, 0.81]})
    assert Linear("total", {"net": 1, "tax": 1}).holds(X).tolist() == [True, False]


def test_columns_of_arrays_are_positions():
    X = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]])
    assert Linear(2, {0: 1, 1: 1}).holds(X).tolist() == [True, False]


def test_written_numbers_are_read():
    amounts = ["$1,200.00", "$3.50", "$17.25", "$99.00", "$1,000.75", "$8.25"]
    X = pd.DataFrame({"total": amounts, "part": [1000, 3.5, 17.25, 99, 1000.75, 8]})
    X["rest"] = [200.0, 0, 0, 0, 0, 0]
    rule = Linear("total", {"part": 1, "rest": 1})
    assert rule.holds(X).tolist() == [True] * 5 + [False]


def test_missing_cells_hold():
    X = pd.DataFrame({"a": [1.0, np.nan], "b": [2.0, 2.0], "c": [9.0, 9.0]})
    assert Linear("c", {"a": 1, "b": 1}).holds(X).tolist() == [False, True]


def test_booleans_are_zero_and_one_if_only_one_of_them_occurs():
    X = pd.DataFrame({"a": [True, True], "b": [False, True], "n": [1, 2]})
    assert Linear("n", {"a": 1, "b": 1}).holds(X).all()


def test_duration_between_times():
    X = pd.DataFrame(
        {
            "start": pd.to_datetime(["2024-01-01", "2024-01-01"]),
            "end": pd.to_datetime(["2024-01-03", "2024-01-02"]),
            "stay": pd.to_timedelta(["2D", "2D"]),
        }
    )
    rule = Linear("stay", {"end": 1, "start": -1})
    assert rule.holds(X).tolist() == [True, False]


def test_absolute_value_of_a_shifted_column():
    X = pd.DataFrame({"x": [0.2, 0.7, 0.9], "y": [0.3, 0.2, -0.4]})
    rule = Absolute("y", {"x": 1}, constant=-0.5)
    assert str(rule) == "y = |x - 0.5|"
    assert rule.holds(X).tolist() == [True, True, False]


def test_text_cannot_be_added():
    X = pd.DataFrame({"a": ["x", "y"], "b": [1, 2], "c": [1, 2]})
    with pytest.raises(ValueError, match="needs the column 'a' to be one of"):
        Linear("c", {"a": 1, "b": 1}).holds(X)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Linear("y", {"a": 1, "b": 1}), "y = a + b"),
        (Linear("y", {"a": -1}, constant=1), "y = 1 - a"),
        (Linear("y", {"a": -1, "b": 2.5}, constant=-3), "y = 2.5 b - a - 3"),
        (Linear("y", {"a": 1 / 3}, tolerance=0.01), "y = 1/3 a (within 0.01)"),
        (Linear(2, {0: 1, 1: 1}), "[2] = [0] + [1]"),
    ],
)
def test_words(rule, words):
    assert str(rule) == words
