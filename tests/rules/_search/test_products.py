import pandas as pd
import pytest

from skgen.rules._search.products import find_products


@pytest.fixture
def sides(rng):
    return pd.DataFrame(
        {"a": rng.integers(10, 900, 400) / 10, "b": rng.integers(20, 90, 400)}
    )


@pytest.mark.parametrize(
    ("formula", "decimals", "words"),
    [
        ("a * b", 1, "y = a * b"),
        ("a / b", 2, "y = a / b (within 0.005)"),
        ("100 * a / b", 1, "y = 100 * a / b (within 0.05)"),
        ("a / b ** 2 * 10000", 1, "y = 10000 * a / b / b (within 0.05)"),
    ],
)
def test_formulas(search, sides, formula, decimals, words):
    X = sides.assign(y=sides.eval(formula).round(decimals))
    (found,) = search(X, find_products)
    assert found.startswith(words.removesuffix(words[words.find(" (") :]) or words)


def test_the_exact_direction_is_chosen(search, sides):
    X = sides.assign(share=(sides["a"] / sides["b"] / 100).round(3))
    (found,) = search(X, find_products)
    assert found == "share = 0.01 * a / b (within 0.0005)"


def test_near_products_are_none(search, sides, rng):
    X = sides.assign(y=(sides["a"] * sides["b"] * rng.normal(1, 0.01, 400)).round(1))
    assert search(X, find_products) == []
