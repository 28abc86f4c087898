import numpy as np
import pandas as pd

from skgen.rules._search.pairs import find_pairs


def routes(rng, n=1500):
    a, b = rng.integers(0, 4, n), rng.integers(0, 30, n)
    km = rng.integers(100, 900, (4, 30))
    X = pd.DataFrame({"a": a, "b": b}).astype(str)
    return X.assign(km=km[a, b], price=rng.gamma(2, 50, n).round(2))


def test_distance_of_two_places(search, rng):
    assert search(routes(rng), find_pairs) == ["(a, b) -> km"]


def test_a_single_determinant_is_enough(search, rng):
    X = routes(rng)
    X["km"] = X["b"].astype(int) * 7
    assert search(X, find_pairs) == []


def test_an_exception_is_enough(search, rng):
    X = routes(rng)
    X.loc[7, "km"] += 1
    assert search(X, find_pairs) == []


def test_exclusive_or(search, rng):
    X = pd.DataFrame(rng.integers(0, 2, (400, 2)), columns=["a", "b"])
    X["c"] = np.where(X["a"] == X["b"], "same", "other")
    # each two determine the third one, but two values make only four cells
    assert set(search(X, find_pairs)) <= {"(a, b) -> c", "(a, c) -> b", "(b, c) -> a"}
