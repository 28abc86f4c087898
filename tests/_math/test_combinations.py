import numpy as np
from numpy.testing import assert_array_equal

from skgen._math.combinations import all_combinations, known_combinations
from skgen.table import Column

COLUMNS = [
    Column("c", "categorical", n_categories=3),
    Column("k", "integer", lower=5.0, upper=6.0),
    Column("x", "continuous", lower=0.0, upper=1.0),
]


def _found(Z, most=10):
    return [(rows.tolist(), v) for rows, v in known_combinations(Z, COLUMNS, most)]


def test_rows_that_know_categories_and_whole_numbers_have_combinations():
    nan = np.nan
    Z = np.array([[1, nan, nan], [nan, nan, 0.5], [0, 6, nan], [2, nan, nan]])
    (alone, one), (both, two) = _found(Z)
    assert alone == [0, 3]
    assert_array_equal(one[:, 0], [0, 1, 2])
    assert np.isnan(one[:, 1:]).all()
    assert both == [2]
    assert_array_equal(two[:, :2], [[0, 5], [0, 6], [1, 5], [1, 6], [2, 5], [2, 6]])


def test_complete_rows_empty_ones_and_many_combinations_are_left_out():
    nan = np.nan
    assert not _found(np.array([[1, 5, 0.5], [nan, nan, nan]]))
    assert not _found(np.array([[1, 5, nan]]), most=5)


def test_all_rows_of_few_categories_are_listed():
    pair = COLUMNS[0], Column("d", "boolean", n_categories=2)
    rows = all_combinations(pair, 6)
    assert_array_equal(rows, [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]])
    assert all_combinations(pair, 5) is None
    assert all_combinations(COLUMNS, 100) is None
