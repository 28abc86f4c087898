"""Rows of a table that are copies of others."""

import numpy as np
import pytest

from skgen._table.containers.numpy_tables import read_array
from skgen._table.copies import find_copies


def _cells(*columns):
    return [read_array(np.asarray(column), "a") for column in columns]


def test_rows_that_differ_all_count():
    assert [rows.first for rows in find_copies(_cells(np.arange(5), [1] * 5))] == [
        None,
        None,
    ]


@pytest.mark.parametrize("copies", [2, 5])
def test_copies_count_once_where_other_columns_distinguish_rows(copies):
    rng = np.random.default_rng(0)
    columns = rng.normal(size=40), rng.integers(0, 3, 40), rng.choice(list("ab"), 40)
    rows = find_copies(_cells(*(np.repeat(column, copies) for column in columns)))
    # without the numbers, few rows differ
    assert rows[0].first is None
    for of_column in rows[1:]:
        assert of_column.first.sum() == 40
        assert of_column.first[::copies].all()


def test_equal_rows_of_a_small_vocabulary_are_no_copies():
    town = np.repeat(np.arange(20), 10)
    of_town, of_country = find_copies(_cells(town, town // 4))
    assert of_town.first is None
    assert of_country.first.sum() == 20
    assert find_copies(_cells(town))[0].first is None


def test_missing_cells_and_negative_zero():
    x = np.repeat([np.nan, 0.0, -0.0, 1.0], 5)
    y = np.repeat(np.arange(4), 5)
    rows = find_copies(_cells(x, y, y))
    assert rows[0].first.sum() == 4
    same = find_copies(_cells(x, np.zeros(20), np.zeros(20)))
    # without x nothing distinguishes rows
    assert [of.first is None for of in same] == [True, False, False]
    assert same[1].first.sum() == 3
