import pandas as pd

from skgen.rules import Dependency


def test_pair_of_determinants_is_looked_up():
    rule = Dependency("km", ("a", "b"), values={("x", "y"): 5.0, ("x", "z"): 7.0})
    X = pd.DataFrame({"a": list("xxxq"), "b": list("yzzz"), "km": [5, 7, 5, 1]})
    assert rule.holds(X).tolist() == [True, True, False, True]


def test_without_values_the_most_frequent_one_counts():
    X = pd.DataFrame({"city": list("aaabb"), "state": list("xxyzz")})
    assert (
        Dependency("state", "city").holds(X).tolist()
        == [True] * 2 + [False] + [True] * 2
    )


def test_missing_cells_hold():
    rule = Dependency("state", ("city",), values={("a",): "x"})
    X = pd.DataFrame({"city": ["a", None, "a"], "state": [None, "y", "y"]})
    assert rule.holds(X).tolist() == [True, True, False]


def test_one_name_is_a_tuple_of_one():
    assert Dependency("state", "city").determinants == ("city",)


def test_dates_and_numbers_determine():
    days = ["2024-01-01", "2024-01-02", "2024-01-02"]
    X = pd.DataFrame({"day": pd.to_datetime(days), "price": [1.5, 2.5, 3.5]})
    rule = Dependency("price", "day", values={("2024-01-02",): 2.5})
    assert rule.holds(X).tolist() == [True, True, False]
