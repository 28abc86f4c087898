import numpy as np
import pytest

from skgen.generators._factor_number import (
    hold_out,
    names_while_better,
    numbers_to_try,
)


@pytest.mark.parametrize(
    ("largest", "numbers"),
    [(0, [0]), (1, [0, 1]), (4, [0, 1, 2, 4]), (6, [0, 1, 2, 4, 6])],
)
def test_numbers_are_doubled_up_to_the_largest(largest, numbers):
    assert numbers_to_try(largest) == numbers


def test_the_search_ends_after_a_number_that_scores_worse():
    scores = {}
    given = {0: -3.0, 1: -1.0, 2: -2.0, 4: 0.0}
    for number, _ in zip(given, names_while_better([0, 1, 2, 4], scores), strict=False):
        scores[number] = given[number]
    assert list(scores) == [0, 1, 2]


@pytest.mark.parametrize(
    ("n_rows", "n_chosen", "sizes"),
    [(10, 10, [2] * 5), (2000, 2000, [400] * 3), (9000, 5000, [1000])],
)
def test_folds_hold_about_a_thousand_rows(n_rows, n_chosen, sizes):
    rows, folds = hold_out(n_rows, 0.2, np.random.default_rng(0))
    assert len(np.unique(rows)) == n_chosen
    assert list(map(len, folds)) == sizes
    assert len(np.unique(np.concatenate(folds))) == sum(sizes)
