import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.columns import association as association_module
from skgen._math.columns.association import (
    MAX_ROWS,
    N_PROJECTIONS,
    association_features,
    associations,
    strongest_predictors,
    target_associations,
)
from skgen.table import Column


def _association(Z, discrete):
    features = association_features(Z, discrete, np.random.default_rng(0))
    return np.array(list(associations(features, np.arange(Z.shape[1]))))


def test_functions_are_standardised_whatever_is_missing():
    rng = np.random.default_rng(0)
    Z = np.column_stack([rng.lognormal(size=300), rng.integers(0, 9, 300)])
    Z[:100, 1] = np.nan
    features = association_features(Z, [False, True], rng)
    assert features.shape == (300, 2 * N_PROJECTIONS)
    assert_allclose(features.mean(axis=0), 0, atol=1e-5)
    assert_allclose(features.std(axis=0), 1, rtol=1e-5)


def test_association_is_the_sum_of_squared_correlations():
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(200, 2))
    features = association_features(Z, [False, False], rng)
    correlation = np.corrcoef(features.T)
    first, second = slice(0, N_PROJECTIONS), slice(N_PROJECTIONS, None)
    expected = (correlation[first, second] ** 2).sum()
    [found] = associations(features, np.array([0]))
    assert_allclose(found[1], expected, rtol=1e-4)


@pytest.mark.parametrize("block", [1, 2, 64])
def test_targets_come_in_their_order_whatever_is_held_at_once(block, monkeypatch):
    monkeypatch.setattr(association_module, "_BLOCK", block)
    Z = np.random.default_rng(3).normal(size=(100, 5)).cumsum(axis=1)
    features = association_features(Z, [False] * 5, np.random.default_rng(0))
    targets = np.array([3, 0, 4])
    functions = features.reshape(100, 5, N_PROJECTIONS)
    correlation = np.einsum("nia,njb->ijab", functions, functions) / 100
    found = np.array(list(associations(features, targets)))
    assert_allclose(found, (correlation**2).sum(axis=(2, 3))[targets], rtol=1e-4)


def test_associations_of_many_rows_are_estimated_on_some():
    rng = np.random.default_rng(0)
    x = rng.normal(size=3 * MAX_ROWS)
    Z = np.column_stack([x, x + rng.normal(size=len(x)), rng.normal(size=len(x))])
    columns = [Column(j, "continuous") for j in range(3)]
    some, whole = (
        np.array(list(target_associations(rows, columns, [0, 2], rng)))
        for rows in (Z, Z[:MAX_ROWS])
    )
    # correlations of 20,000 rows, with standard errors of .007 each
    assert_allclose(some, whole, atol=0.1)
    assert some[0, 1] > 5 * some[0, 2]


def test_dependence_of_any_form_is_seen():
    rng = np.random.default_rng(2)
    x = rng.normal(size=2000)
    letter = rng.integers(0, 20, 2000)
    Z = np.column_stack(
        [x, -np.exp(x), np.abs(x), letter, letter % 4, rng.normal(size=2000)]
    )
    found = _association(Z, [False, False, False, True, True, False])
    assert min(found[0, 1], found[0, 2], found[3, 4]) > 0.3
    assert found[5, :5].max() < 0.05


def test_a_constant_column_is_associated_with_nothing():
    Z = np.column_stack([np.ones(50), np.arange(50.0)])
    assert_array_equal(_association(Z, [False, False])[0], 0)


def test_the_strongest_candidates_are_kept_in_their_order():
    association = np.array([0.0, 0.2, 0.9, 0.1, 0.5])
    candidates = np.array([4, 3, 2, 1])
    assert_array_equal(strongest_predictors(association, candidates, 2), [4, 2])
    assert_array_equal(strongest_predictors(association, candidates, 9), candidates)


def test_functions_of_numbers_are_cosines_of_the_middle_of_their_ranks():
    z = np.array([3.0, 1.0, 3.0, 7.0, 3.0, 1.0, 9.0, 4.0])
    rank = ((z < z[:, None]).sum(1) + (z == z[:, None]).sum(1) / 2) / len(z)
    cosines = np.cos(np.pi * np.outer(rank, np.arange(1, N_PROJECTIONS + 1)))
    expected = (cosines - cosines.mean(axis=0)) / cosines.std(axis=0)
    features = association_features(z[:, None], [False], np.random.default_rng(0))
    assert_allclose(features, expected, rtol=1e-5, atol=1e-5)


def test_a_single_known_cell_says_nothing():
    Z = np.array([[np.nan], [2.5], [np.nan]])
    for discrete in (False, True):
        features = association_features(Z, [discrete], np.random.default_rng(0))
        assert_array_equal(features, np.zeros((3, N_PROJECTIONS)))
