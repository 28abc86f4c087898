import numpy as np
import pandas as pd
import pytest

from skgen.rules import Implication


def test_value_makes_another_column_missing():
    X = pd.DataFrame({"kids": [0, 0, 2], "age_of_first": [np.nan, 5.0, 5.0]})
    rule = Implication("kids", 0, "age_of_first", None)
    assert str(rule) == "kids is 0 -> age_of_first is missing"
    assert rule.holds(X).tolist() == [True, False, True]


def test_missing_condition():
    X = pd.DataFrame({"a": [None, "x"], "b": ["none", "some"]})
    rule = Implication("a", None, "b", "none")
    assert rule.holds(X).tolist() == [True, True]
    assert Implication("a", None, "b", "some").holds(X).tolist() == [False, True]


def test_missing_consequence_holds_unless_the_rule_is_about_it():
    X = pd.DataFrame({"a": ["x", "x"], "b": ["y", None]})
    assert Implication("a", "x", "b", "y").holds(X).all()


def test_dates_are_iso_texts():
    X = pd.DataFrame({"day": pd.to_datetime(["2024-12-25", "2024-12-24"]), "open": 0})
    X["open"] = [1, 1]
    rule = Implication("day", "2024-12-25", "open", 0)
    assert rule.holds(X).tolist() == [False, True]


def test_number_is_not_compared_with_a_text():
    with pytest.raises(ValueError, match="compares it with 'x'"):
        Implication("a", "x", "b", 1).holds(pd.DataFrame({"a": [1, 2], "b": [1, 2]}))
