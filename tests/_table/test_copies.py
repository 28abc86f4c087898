import numpy as np
import pytest

from skgen._table.copies import first_of_copies


def rows(n, seed=0):
    rng = np.random.default_rng(seed)
    amount = rng.normal(size=n)
    amount[::7] = np.nan
    return [rng.permutation(n), amount, rng.integers(0, 3, n)]


@pytest.mark.parametrize("drawn", ["stacked", "with replacement"])
def test_copies_are_found(drawn):
    columns = rows(200)
    at = np.tile(np.arange(200), 3)
    if drawn != "stacked":
        at = np.random.default_rng(1).integers(0, 200, 200)
    first = first_of_copies([column[at] for column in columns], 0)
    assert first.sum() == len(set(at.tolist()))
    assert set(at[first].tolist()) == set(at.tolist())


def test_rows_that_differ_in_a_cell_are_no_copies():
    columns = [np.repeat(column, 2) for column in rows(100)]
    columns[0] = np.arange(200)
    assert first_of_copies(columns, 0).all()


def test_equal_zeros_and_missing_cells_are_equal():
    columns = [np.array([0.0, -0.0, np.nan, -np.nan]), np.array([1, 1, 2, 2])]
    assert first_of_copies(columns, 0).tolist() == [True, False, True, False]


def test_repeats_of_categories_are_no_copies():
    # a city, and its country: that rows are equal says nothing
    city = np.random.default_rng(0).integers(0, 300, 2000)
    assert first_of_copies([city, city % 20], 0).all()
    assert first_of_copies([city], 0).all()
