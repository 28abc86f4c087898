import numpy as np
import pandas as pd

from skgen.rules._search.rows import halves
from skgen.table import TableCodec


def split(X, **options):
    codec = TableCodec(identifiers="learn").fit(X)
    values = codec.values(codec.encode(X))
    return [values.numbers[rows] for rows in halves(values, **options)]


def test_halves_are_of_equal_size_and_disjoint():
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=101)})
    first, second, others = split(X)
    assert (len(first), len(second), len(others)) == (50, 51, 0)
    assert len(np.unique(np.concatenate([first, second]))) == 101


def test_sizes_are_limited():
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=100)})
    assert list(map(len, split(X, largest=(20, 30)))) == [20, 30, 50]


def test_they_depend_on_the_cells_only():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=90), "y": rng.integers(0, 3, 90)})
    expected = split(X)
    for other in (X[::-1], pd.concat([X] * 3)):
        for a, b in zip(split(other), expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_equal_rows_of_few_categories_are_in_both_halves():
    X = pd.DataFrame({"city": list("abc") * 30, "state": list("xxy") * 30})
    X = pd.concat([X, X[:4]])
    first, second, _ = split(X)
    assert len(first) == len(second) == 47
    assert len(np.unique(first, axis=0)) == len(np.unique(second, axis=0)) == 3


def test_copies_of_some_rows_count_once():
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=200), "y": 1.0})
    X["y"] = np.random.default_rng(1).normal(size=200)
    parts = split(pd.concat([X, X[:50]]))
    assert sum(map(len, parts)) == 200
