import pandas as pd

from skgen.rules._search.one_hot import find_one_hot


def indicators(rng, n_levels, name):
    levels = rng.integers(0, n_levels, 300)
    return {f"{name}{i}": (levels == i).astype(int) for i in range(n_levels)}


def test_two_groups_beside_each_other(search, rng):
    X = pd.DataFrame(indicators(rng, 3, "a") | indicators(rng, 4, "b"))
    X["other"] = rng.integers(0, 2, 300)
    assert search(X, find_one_hot) == [
        "exactly one of a0, a1, a2",
        "exactly one of b0, b1, b2, b3",
    ]


def test_texts_and_booleans(search, rng):
    X = pd.DataFrame(indicators(rng, 3, "a"))
    X = X.assign(a0=X["a0"].astype(bool), a1=X["a1"].astype(str))
    assert search(X, find_one_hot) == ["exactly one of a0, a1, a2"]


def test_groups_with_none_or_two(search, rng):
    X = pd.DataFrame(indicators(rng, 4, "a"))
    assert search(X.drop(columns="a3"), find_one_hot) == []
    X.loc[0] = 1
    assert search(X, find_one_hot) == []
