import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr

from skgen._math.trees.target_encoding import (
    N_INDICATORS,
    N_RANK_FUNCTIONS,
    order_categories,
    target_features,
)


def _features(bins, n_categories):
    marginal = type("M", (), {"n_bins": n_categories})
    return target_features(bins * 1.0, bins, marginal, True, np.random.default_rng(0))


def test_few_categories_become_indicators():
    bins = np.array([0, 2, 1, 2])
    assert_array_equal(_features(bins, 3), np.eye(3)[bins])


def test_two_categories_need_one_column():
    assert _features(np.array([0, 1, 1]), 2).shape == (3, 1)


def test_many_categories_are_projected_to_a_fixed_width():
    bins = np.random.default_rng(1).integers(0, 5000, 10_000)
    assert _features(bins, 5000).shape == (10_000, N_INDICATORS)


def test_numbers_become_cosines_of_their_rank_whatever_their_unit():
    z = np.random.default_rng(2).lognormal(size=50)
    rng = np.random.default_rng(0)
    a = target_features(z, None, None, False, rng)
    b = target_features(np.log(z) * 7, None, None, False, rng)
    assert_array_equal(a, b)
    assert_allclose(a.mean(axis=0), 0, atol=1e-12)


def test_categories_are_ordered_as_the_target_orders_them():
    rng = np.random.default_rng(3)
    effect = np.array([3.0, -1.0, 2.0, 0.0, -4.0])
    x = rng.integers(0, 5, 2000).astype(float)
    target = effect[x.astype(int)] + rng.normal(size=2000) * 0.1
    x[:100] = np.nan
    place = order_categories(x, target[:, None], np.ones(2000), 5)[:5]
    assert abs(spearmanr(place, effect).statistic) > 0.999


def test_an_unseen_category_gets_the_middle_place():
    x = np.array([0.0, 0.0, 1.0, 1.0])
    place = order_categories(x, np.array([[1.0], [1], [-1], [-1]]), np.ones(4), 3)
    assert_allclose(place[2], 0)


def test_missing_cells_have_a_place_of_their_own():
    x = np.array([0.0, 0, 1, 1, np.nan, np.nan])
    target = np.array([0.0, 0, 1, 1, 9, 9])[:, None]
    place = order_categories(x, target, np.ones(6), 2)
    assert abs(place[2] - place[0]) > 3 * abs(place[1] - place[0])


def test_numbers_have_a_fixed_number_of_functions():
    z = np.arange(9.0)
    features = target_features(z, None, None, False, np.random.default_rng(0))
    assert features.shape == (9, N_RANK_FUNCTIONS)


def test_places_do_not_depend_on_where_the_features_are():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, 60).astype(float)
    features, weights = rng.normal(size=(60, 2)), rng.integers(1, 4, 60)
    place = order_categories(x, features, weights * 1.0, 4)
    moved = order_categories(x, features + 7, weights * 1.0, 4)
    # the direction is arbitrary
    assert_allclose(np.abs(moved), np.abs(place), atol=1e-12)
    assert np.ptp(place) > 0.1
    rows = np.repeat(np.arange(60), weights)
    repeated = order_categories(x[rows], features[rows], np.ones(len(rows)), 4)
    assert_allclose(np.abs(repeated), np.abs(place), atol=1e-12)


def test_rare_categories_are_nearer_to_the_middle():
    # both have the mean 1, the first one by many rows; another one is as far below
    x = np.repeat([0.0, 1.0, 2.0], [50, 1, 51])
    features = np.repeat([1.0, 1.0, -1.0], [50, 1, 51])[:, None]
    place = order_categories(x, features, np.ones(102), 3)
    assert_allclose(np.abs(place), [50 / 51, 1 / 2, 51 / 52, 0])
