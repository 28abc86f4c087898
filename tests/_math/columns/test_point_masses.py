"""Values of a numeric column that stand for themselves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.columns.point_masses import find_point_masses, local_widths


def _find(z, integer_valued=False, **rows):
    counted = np.unique(z, return_counts=True)
    return find_point_masses(*counted, integer_valued=integer_valued, **rows)


@pytest.mark.parametrize("integer_valued", [False, True])
@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ([5, 20], [100, 100]),
        ([5, 20], [200, 100]),
        ([0.1, 0.5, 2.5, 10], [50] * 4),
        ([0, 50, 100], [4, 4, 4]),
        (np.arange(10) ** 2, [2] * 10),
        (np.arange(60) ** 2, [4] * 60),
        ([7.99, 9.99, 19.99, 49.99], [60, 140, 75, 58]),
        ([2.5], [5]),
    ],
)
def test_each_of_a_few_values_is_a_point_mass(values, counts, integer_valued):
    found = _find(np.repeat(values, counts), integer_valued)
    assert_array_equal(found.atoms, values)
    assert_allclose(found.atom_shares, np.array(counts) / np.sum(counts))
    assert_array_equal(found.atom_widths, np.ones(len(values)))


def test_one_value_among_many_is_a_point_mass():
    z = np.concatenate([np.zeros(30), np.arange(1, 50) / 7, [3.5, 3.5]])
    assert_array_equal(_find(z).atoms, [0.0])


def test_single_values_and_pairs_are_no_point_masses():
    assert len(_find(np.arange(100)).atoms) == 0
    assert len(_find(np.repeat(np.arange(100), 2)).atoms) == 0


def test_repeated_measurements_of_many_subjects_are_no_point_masses():
    assert (
        len(_find(np.repeat(np.random.default_rng(0).normal(size=300), 5)).atoms) == 0
    )


@pytest.mark.parametrize("copies", [2, 5, 9])
def test_copies_that_cannot_be_told_are_no_point_masses(copies):
    z = np.repeat(np.random.default_rng(0).normal(size=15), copies)
    assert len(_find(z, certain=False).atoms) == 0
    assert len(_find(z).atoms) == 15
    assert len(_find(np.repeat([5.0, 20.0], 40), certain=False).atoms) == 2


def test_copies_of_rows_count_once():
    z = np.concatenate([np.zeros(30), np.arange(1, 200)])
    different = np.unique(z, return_counts=True)[1]
    for copies in (3, 5, 90):
        found = _find(np.repeat(z, copies), different=different)
        assert_array_equal(found.atoms, [0.0])
        assert_allclose(found.atom_shares, [30 / 229])


def test_rare_point_masses_off_a_grid_are_spread():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.random(2000), np.full(12, 0.5), np.full(100, 2.0)])
    found = _find(z)
    assert_array_equal(found.atoms, [0.5, 2.0])
    # 12 of 2112 rows, where 2000 rows fill a unit of length
    assert_allclose(found.atom_widths, [12 / 2000, 1.0], rtol=0.7)


def test_widths_fill_the_range():
    values = np.cumsum(np.random.default_rng(0).gamma(2.0, size=1000))
    counts = np.random.default_rng(1).integers(1, 5, 1000)
    total = local_widths(values, counts).sum()
    assert_allclose(total, np.ptp(values), rtol=0.1)
