import numpy as np
import pandas as pd

from skgen.rules._search.implications import find_implications


def test_value_and_missing_cell(search, rng):
    kids = rng.integers(0, 4, 900)
    X = pd.DataFrame({"kids": kids, "first": rng.integers(0, 30, 900)})
    X["first"] = X["first"].where(kids > 0)
    assert search(X, find_implications) == [
        "kids is 0 -> first is missing",
        "first is missing -> kids is 0",
    ]


def test_labels_that_go_together_imply_one_of_them_only(search, rng):
    internet = rng.choice(["no", "dsl", "fiber"], 900)
    X = pd.DataFrame({"internet": internet})
    for name in ("backup", "tv", "support"):
        X[name] = np.where(internet == "no", "none", rng.choice(["yes", "off"], 900))
    found = search(X, find_implications)
    assert len(found) == 6
    assert all("internet is 'no'" in words for words in found)


def test_chains_are_reduced(search, rng):
    x = rng.integers(0, 3, 2000)
    a = np.where(x == 0, "a", rng.choice(["p", "a"], 2000, p=[0.8, 0.2]))
    b = np.where(a == "a", "b", rng.choice(["q", "b"], 2000, p=[0.8, 0.2]))
    X = pd.DataFrame({"x": x, "a": a, "b": b})
    found = search(X, find_implications)
    assert "x is 0 -> a is 'a'" in found
    # one of these says the same as the other
    assert {"a is 'a' -> b is 'b'", "b is 'q' -> a is 'p'"} & set(found)
    assert "x is 0 -> b is 'b'" not in found


def test_frequent_fine_numbers_are_no_conditions(search, rng):
    x = np.where(rng.random(900) < 0.2, 41, rng.integers(0, 400, 900))
    y = np.where(x == 41, "a", rng.choice(list("abc"), 900))
    assert search(pd.DataFrame({"x": x, "y": y}), find_implications) == []


def test_codes_are(search, rng):
    x = np.where(rng.random(900) < 0.2, -9, rng.integers(0, 400, 900))
    y = np.where(x == -9, -9, rng.integers(0, 90, 900))
    assert len(search(pd.DataFrame({"x": x, "y": y}), find_implications)) == 2
