import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.association import (
    N_PROJECTIONS,
    association_features,
    association_matrix,
    strongest_predictors,
)


def _association(Z, discrete):
    features = association_features(Z, discrete, np.random.default_rng(0))
    return association_matrix(features, Z.shape[1])


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
    assert_allclose(association_matrix(features, 2)[0, 1], expected, rtol=1e-4)


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
    association = np.array([[0.0, 0.2, 0.9, 0.1, 0.5]] * 5)
    candidates = np.array([4, 3, 2, 1])
    assert_array_equal(strongest_predictors(association, 0, candidates, 2), [4, 2])
    assert_array_equal(strongest_predictors(association, 0, candidates, 9), candidates)
