import numpy as np
import pandas as pd
import pytest

from skgen.rules._search.sums import find_absolute_values, find_sums


@pytest.fixture
def parts(rng):
    return pd.DataFrame(rng.integers(0, 90_000, (400, 2)) / 100, columns=["a", "b"])


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("a + b", "y = a + b"),
        ("b - a", "b = a + y"),
        ("100 - a - b", "y = 100 - a - b"),
        ("a + b + 5", "y = a + b + 5"),
    ],
)
def test_sums_are_solved_for_the_total(search, parts, formula, words):
    X = parts.assign(y=parts.eval(formula).round(2))
    assert search(X, find_sums) == [words]


def test_rounded_total_is_within_half_a_step(search, parts):
    X = parts.assign(y=parts.eval("a + b").round(1))
    (found,) = search(X, find_sums)
    assert found.startswith("y = a + b (within 0.05")


def test_a_few_exceptions_of_fine_numbers(search, parts):
    X = parts.assign(y=parts.eval("a + b").round(2))
    X.loc[3, "y"] += 60
    assert search(X, find_sums) == ["y = a + b"]
    X.loc[:20, "y"] += 60
    assert search(X, find_sums) == []


def test_a_part_that_is_zero_adds_nothing(search, parts):
    X = parts.assign(zero=0.0, y=parts["a"])
    X.loc[0, "zero"], X.loc[0, "y"] = 1.0, parts["a"][0] + 1
    assert search(X, find_sums) == []


def test_missing_cells(search, parts, rng):
    X = parts.assign(y=parts.eval("a + b").round(2))
    X = X.where(rng.random(X.shape) < 0.7)
    assert search(X, find_sums) == ["y = a + b"]


def test_distances(search, parts):
    X = parts.assign(y=(parts["a"] - parts["b"]).abs().round(2))
    assert search(X, find_sums) == ["y = |a - b|"]


def test_distance_from_a_constant(search, rng):
    x = rng.random(400).round(4)
    X = pd.DataFrame({"x": x, "y": np.abs(x - 0.5).round(4), "z": rng.random(400)})
    assert search(X, find_absolute_values) == ["y = |x - 0.5|"]
