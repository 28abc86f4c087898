import pandas as pd
import pytest

from skgen.rules import Copy


def test_line_holds_within_its_tolerance():
    X = pd.DataFrame({"c": [0.0, 10.0, 20.0], "f": [32.0, 50.4, 68.6]})
    assert Copy("f", "c", factor=1.8, offset=32, tolerance=0.5).holds(X).tolist() == [
        True,
        True,
        False,
    ]


def test_labels_map_one_to_one_both_ways():
    rule = Copy("code", "name", values={"a": 1.0, "b": 2.0})
    X = pd.DataFrame({"name": list("abbx"), "code": [1, 2, 1, 1]})
    # a new name may not take a known code
    assert rule.holds(X).tolist() == [True, True, False, False]


def test_pair_of_new_values_holds():
    rule = Copy("code", "name", values={"a": 1.0})
    assert rule.holds(pd.DataFrame({"name": ["z", "a"], "code": [9, 1]})).all()


def test_same_labels_in_other_categories_are_equal():
    X = pd.DataFrame({"x": ["a", "b", "c"], "y": ["b", "b", None]})
    assert Copy("y", "x").holds(X).tolist() == [False, True, True]


def test_text_is_no_multiple_of_a_number():
    X = pd.DataFrame({"x": [1, 2], "y": ["b", "c"]})
    with pytest.raises(ValueError, match=r"'y = x' needs the column 'y'"):
        Copy("y", "x").holds(X)


def test_offset_of_times_is_in_seconds():
    days = pd.to_datetime(["2024-01-01", "2024-02-01"])
    X = pd.DataFrame({"start": days, "end": days + pd.Timedelta("1D")})
    assert Copy("end", "start", offset=86_400).holds(X).all()
