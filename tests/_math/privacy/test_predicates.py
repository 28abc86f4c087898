import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._math.privacy.predicates import (
    AT_LEAST,
    AT_MOST,
    EQUAL,
    MISSING,
    count_matches,
    guess_predicates,
    single_out,
)


def table(n=60, *, seed=0):
    """Codes, whole numbers, numbers with missing cells."""
    rng = np.random.default_rng(seed)
    Z = np.column_stack(
        [rng.integers(0, 4, n), rng.integers(0, 12, n), rng.normal(size=n)]
    ).astype(float)
    Z[rng.random(n) < 0.1, 2] = np.nan
    return Z, np.array([True, False, False])


def slow_counts(Z, predicates):
    """Rows for which predicates hold, cell by cell."""
    tests = {
        AT_MOST: lambda cell, value: cell <= value,
        EQUAL: lambda cell, value: cell == value,
        AT_LEAST: lambda cell, value: cell >= value,
        MISSING: lambda cell, value: cell != cell,
    }
    return [
        sum(
            all(tests[r](row[c], v) for c, r, v in zip(*conditions, strict=True))
            for row in Z.tolist()
        )
        for conditions in zip(*(part.tolist() for part in predicates), strict=True)
    ]


@pytest.mark.parametrize("n_columns", [1, 2, 3])
def test_matches_are_counted(n_columns):
    Z, discrete = table()
    rng = np.random.default_rng(1)
    guesses = guess_predicates(Z, discrete, n_columns, 200, rng)
    counts = count_matches(Z, guesses)
    assert_array_equal(counts, slow_counts(Z, guesses))
    assert len(np.unique(counts)) > 3
    assert set(np.unique(guesses.relation)) == {AT_MOST, EQUAL, AT_LEAST, MISSING}


@pytest.mark.parametrize("n_columns", [1, 2, 3])
def test_each_predicate_holds_for_one_row_and_is_another_one(n_columns):
    Z, discrete = table()
    found = single_out(Z, discrete, n_columns, 20, np.random.default_rng(0))
    assert found.column.shape == (20, n_columns)
    assert slow_counts(Z, found) == [1] * 20
    rows = np.concatenate(found, axis=1)
    assert len(np.unique(rows, axis=0)) == 20
    assert (np.diff(found.column, axis=1) > 0).all()
    assert (found.relation[discrete[found.column]] == EQUAL).all()


def test_rare_cells_of_one_column_are_all_found():
    Z = np.array([[1, 5.0], [1, 5.0], [0, 7.0], [2, np.nan], [2, 8.0], [2, 9.0]])
    found = single_out(Z, np.array([True, False]), 1, 100, np.random.default_rng(0))
    assert sorted(zip(*(part[:, 0].tolist() for part in found), strict=True)) == [
        (0, EQUAL, 0.0),
        (1, EQUAL, 7.0),
        (1, EQUAL, 8.0),
        (1, EQUAL, 9.0),
        (1, AT_LEAST, 9.0),
        (1, MISSING, 0.0),
    ]
    # whatever their number, the extremes come first
    few = single_out(Z, np.array([True, False]), 1, 2, np.random.default_rng(0))
    assert set(few.relation.ravel().tolist()) == {AT_LEAST, MISSING}


def test_numbers_are_those_farther_from_the_median():
    Z = np.random.default_rng(0).normal(size=(500, 3))
    found = single_out(Z, np.zeros(3, dtype=bool), 2, 50, np.random.default_rng(0))
    above = found.value > np.median(Z, axis=0)[found.column]
    assert_array_equal(found.relation, np.where(above, AT_LEAST, AT_MOST))


@pytest.mark.parametrize("n_columns", [1, 2])
def test_nothing_is_found_where_nobody_is_alone(n_columns):
    Z = np.repeat(table(20)[0][:, :2], 2, axis=0)
    found = single_out(
        Z, np.array([True, False]), n_columns, 5, np.random.default_rng(0)
    )
    assert found.column.shape == (0, n_columns)
    assert count_matches(Z, found).shape == (0,)


def test_columns_without_a_known_cell_are_no_obstacle():
    Z = np.column_stack([np.full(5, np.nan), np.arange(5.0)])
    found = single_out(Z, np.zeros(2, dtype=bool), 2, 50, np.random.default_rng(0))
    assert (found.relation[:, 0] == MISSING).all()
    # the ends of the numbers alone: others have rows farther from the median
    assert sorted(found.value[:, 1].tolist()) == [0.0, 4.0]


def test_the_table_is_left_as_it_is():
    Z, discrete = table()
    before = Z.copy()
    single_out(Z, discrete, 2, 10, np.random.default_rng(0))
    assert_array_equal(Z, before)


def test_all_predicates_are_found_past_the_rows_that_are_screened(monkeypatch):
    monkeypatch.setattr("skgen._math.privacy.predicates.SCREEN", 10)
    Z, discrete = table(300)
    found = single_out(Z, discrete, 3, 30, np.random.default_rng(0))
    assert slow_counts(Z, found) == [1] * 30


def test_guesses_are_of_cells_of_different_rows():
    Z = np.repeat(np.arange(100.0)[:, None], 2, axis=1)
    guesses = guess_predicates(
        Z, np.zeros(2, dtype=bool), 2, 200, np.random.default_rng(0)
    )
    assert np.mean(guesses.value[:, 0] == guesses.value[:, 1]) < 0.1
    assert np.isin(guesses.value, Z).all()


def test_guesses_are_of_all_relations_that_a_cell_can_have():
    Z, discrete = table()
    rng = np.random.default_rng(0)
    known = guess_predicates(Z[:, :2], discrete[:2], 2, 300, rng)
    assert set(np.unique(known.relation)) == {AT_MOST, EQUAL, AT_LEAST}
    some = guess_predicates(Z, discrete, 2, 300, rng)
    assert set(np.unique(some.relation)) == {AT_MOST, EQUAL, AT_LEAST, MISSING}
