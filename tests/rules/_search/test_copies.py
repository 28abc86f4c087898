import numpy as np
import pandas as pd
import pytest

from skgen.rules._search.copies import find_copies


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x: x, "y = x"),
        (lambda x: -x, "y = - x"),
        (lambda x: (1.8 * x + 32).round(1), "y = 1.8 x + 32 (within 0.05)"),
        (lambda x: x / 3, "y = 1/3 x"),
        (lambda x: 0.4536 * x - 7.5, "y = 0.4536 x - 7.5"),
    ],
)
def test_lines(search, rng, make, words):
    x = rng.normal(60, 20, 300).round(2)
    (found,) = search(pd.DataFrame({"x": x, "y": make(x)}), find_copies)
    # numbers on no grid are equal up to their errors
    assert found.startswith(words)


def test_the_finer_column_is_kept(search, rng):
    x = rng.normal(60, 20, 300).round(3)
    X = pd.DataFrame({"rough": x.round(1), "fine": x})
    assert search(X, find_copies) == ["rough = fine (within 0.05)"]


def test_chains_are_copies_of_one(search, rng):
    x = rng.integers(0, 900, 300)
    X = pd.DataFrame({"a": x, "b": 2 * x, "c": 3 * x})
    assert search(X, find_copies) == ["b = 2 a", "c = 3 a"]


def test_nearly_equal_columns_are_no_copies(search, rng):
    x = rng.integers(0, 900, 300)
    y = np.where(np.arange(300) == 17, x + 1, x)
    assert search(pd.DataFrame({"x": x, "y": y}), find_copies) == []


def test_missing_cells_are_left_out(search, rng):
    x = pd.Series(rng.integers(0, 900, 300)).astype(float)
    X = pd.DataFrame({"x": x.where(x > 90), "y": (x + 5).where(x < 800)})
    assert search(X, find_copies) == ["y = x + 5"]
