import numpy as np
import pandas as pd

from skgen.rules._search.orders import find_orders
from skgen.rules._search.products import find_products
from skgen.rules._search.sums import find_sums


def test_chain_and_branch(search, rng):
    a = rng.integers(0, 50, 900)
    b = a + rng.integers(0, 20, 900)
    X = pd.DataFrame({"c": b + rng.integers(0, 20, 900), "a": a, "b": b})
    assert search(X, find_orders) == ["a <= b <= c"]


def test_strict_if_ties_would_be_expected(search, rng):
    a = rng.integers(0, 50, 900)
    X = pd.DataFrame({"a": a, "b": a + rng.integers(1, 20, 900)})
    assert search(X, find_orders) == ["a < b"]


def test_levels_far_apart_mean_nothing(search, rng):
    X = pd.DataFrame(
        {"age": rng.integers(18, 80, 900), "income": rng.integers(9_000, 90_000, 900)}
    )
    assert search(X, find_orders) == []


def test_one_violation_is_enough(search, rng):
    a = rng.integers(0, 50, 900)
    X = pd.DataFrame({"a": a, "b": a + rng.integers(0, 20, 900)})
    X.loc[5, "b"] = X.loc[5, "a"] - 1
    assert search(X, find_orders) == []


def test_dates_of_different_resolution(search, rng):
    day = np.datetime64("2024-01-01", "s") + 86_400 * rng.integers(0, 300, 600)
    X = pd.DataFrame({"day": day, "time": day + rng.integers(0, 300_000, 600)})
    assert search(X, find_orders) == ["day <= time"]


def test_parts_of_a_total_and_of_a_product_follow(search, rng):
    X = pd.DataFrame(rng.integers(10, 900, (600, 2)), columns=["a", "b"])
    total = X.assign(total=X["a"] + X["b"])
    assert search(total, find_sums, find_orders) == ["total = a + b"]
    product = X.assign(product=X["a"] * X["b"])
    assert search(product, find_products, find_orders) == ["product = a * b"]
