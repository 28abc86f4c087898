import pandas as pd

from skgen.rules._search.regressions import find_regressions


def test_long_total(search, rng):
    X = pd.DataFrame(rng.integers(0, 90_000, (300, 5)) / 100, columns=list("abcde"))
    X["total"] = X.sum(axis=1).round(2)
    X["noise"] = rng.normal(size=300)
    assert search(X, find_regressions) == ["total = a + b + c + d + e"]


def test_total_before_its_parts(search, rng):
    X = pd.DataFrame(rng.integers(0, 90_000, (300, 4)) / 100, columns=list("abcd"))
    X.insert(0, "total", X.sum(axis=1).round(2))
    assert search(X, find_regressions) == ["total = a + b + c + d"]


def test_rounded_shares_of_one_hundred(search, rng):
    shares = pd.DataFrame(100 * rng.dirichlet([1, 2, 3, 4], 400), columns=list("abcd"))
    (found,) = search(shares.round(1), find_regressions)
    assert found.startswith("d = 100 - a - b - c (within 0.")


def test_factors(search, rng):
    X = pd.DataFrame({"hour": rng.integers(0, 24, 300)})
    X["min"] = rng.integers(0, 60, 300)
    X["time"] = 100 * X["hour"] + X["min"]
    assert search(X, find_regressions) == ["time = 100 hour + min"]


def test_rounding_hides_in_a_small_part(search, rng):
    """The last part is a small difference of large numbers."""
    X = pd.DataFrame(
        {
            "a": rng.integers(0, 900_000, 900) / 100,
            "b": rng.integers(0, 900_000, 900) / 100,
            "fee": (rng.random(900) < 0.1) * rng.integers(1, 5_000, 900) / 100,
        }
    )
    X.insert(0, "total", (X.sum(axis=1) + 1e-3).round(2))
    (found,) = search(X, find_regressions)
    assert found.startswith("total = a + b + fee")


def test_few_rows_of_many_columns_show_nothing(search, rng):
    X = pd.DataFrame(rng.normal(size=(40, 60)))
    X.columns = [f"x{i}" for i in range(60)]
    assert search(X, find_regressions) == []
