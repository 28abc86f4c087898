import numpy as np
import pandas as pd
import pytest

from skgen.rules._search.dependencies import (
    confirmed_rows,
    find_dependencies,
    find_one_to_one,
    measure_dependencies,
)


def find(table):
    nats = measure_dependencies(table)
    find_one_to_one(table, nats)
    find_dependencies(table, nats)


def test_chain_is_not_closed(search, rng):
    place = rng.integers(0, 90, 900)
    X = pd.DataFrame({"zip": place, "state": place % 15, "region": place % 15 % 3})
    X = X.astype(str)
    assert search(X, find) == ["zip -> state", "state -> region"]


def test_one_to_one(search, rng):
    level = rng.integers(0, 6, 400)
    X = pd.DataFrame({"name": np.array(list("uvwxyz"))[level], "code": level * level})
    assert search(X, find) == ["code and name are one to one"]


def test_skewed_labels_are_no_evidence(search, rng):
    X = pd.DataFrame({"x": rng.integers(0, 9, 400).astype(str), "y": ["a"] * 400})
    X.loc[X["x"] == "3", "y"] = "b"
    X = X.drop(X.index[(X["x"] == "3")][2:])
    assert search(X, find) == []


def test_keys_determine_nothing(search, rng):
    X = pd.DataFrame({"key": rng.normal(size=400), "y": rng.integers(0, 3, 400)})
    X["text"] = [f"t{i}" for i in range(400)]
    assert search(X, find) == []


def test_a_threshold_of_a_fine_number_is_no_look_up(search, rng):
    """A rough model knows it, but for the numbers next to the threshold."""
    x = rng.integers(0, 60, 700)
    assert search(pd.DataFrame({"x": x, "y": x > 30}), find) == []


def test_missing_cells(search, rng):
    place = rng.integers(0, 60, 900)
    X = pd.DataFrame({"city": place, "state": place % 7}).astype(str)
    X = X.where(rng.random(X.shape) < 0.8)
    assert search(X, find) == ["city -> state"]


@pytest.mark.parametrize("broken", [0, 1])
def test_confirmed_rows(broken):
    x = np.array([0, 1, 2, 0, 1, 3, -1, 0])
    y = np.array([5, 6, 7, 5, 6 + broken, 8, 5, -1])
    rows = confirmed_rows(x, y, 3)
    assert rows is None if broken else rows.tolist() == [3, 4]
