import numpy as np
import pandas as pd

from skgen.rules import Product


def test_quotient_to_the_cent():
    X = pd.DataFrame({"net": [10.0, 10.0], "n": [3, 3], "each": [3.33, 3.35]})
    rule = Product("each", "net", divisors="n", tolerance=0.005)
    assert rule.holds(X).tolist() == [True, False]


def test_rounding_of_inputs_is_propagated():
    X = pd.DataFrame({"a": [2.0, 100.0], "b": [3.0, 3.0], "y": [6.4, 301.9]})
    exact = Product("y", ("a", "b"))
    rounded = Product("y", ("a", "b"), rounding={"b": 0.1, "a": 0.1})
    assert not exact.holds(X).any()
    # up to 6 * (0.1 / 2 + 0.1 / 3) = 0.5 and 300 * (0.1 / 100 + 0.1 / 3) = 10.3
    assert rounded.holds(X).all()


def test_division_by_zero_holds():
    X = pd.DataFrame({"a": [1.0, 4.0], "b": [0.0, 2.0], "y": [7.0, 3.0]})
    assert Product("y", "a", divisors="b").holds(X).tolist() == [True, False]


def test_powers_and_factors():
    X = pd.DataFrame({"kg": [80.0, 60.0], "cm": [200.0, 150.0], "bmi": [20.0, 26.0]})
    rule = Product("bmi", "kg", divisors=("cm", "cm"), coefficient=1e4)
    assert str(rule) == "bmi = 10000 * kg / cm / cm"
    assert rule.holds(X).tolist() == [True, False]
    assert rule.columns == ("bmi", "kg", "cm")


def test_missing_cells_hold():
    X = pd.DataFrame({"a": [np.nan, 2.0], "b": [1.0, 2.0], "y": [5.0, 5.0]})
    assert Product("y", ("a", "b")).holds(X).tolist() == [True, False]
