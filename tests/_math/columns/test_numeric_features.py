import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtri

from skgen._math.columns.numeric_features import (
    feature_matrix,
    fit_features,
    normal_scores,
)
from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")


def _category(n_categories):
    return Column(name="c", kind="categorical", n_categories=n_categories)


def _fit(X, columns, max_categories=10, weights=None):
    weights = np.ones(len(X)) if weights is None else weights
    return fit_features(X, weights, columns, max_categories)


def test_numbers_are_normal_scores_and_missing_cells_have_an_indicator():
    X = np.array([[0.1, 0.5], [np.nan, 0.0], [0.8, 1.0]])
    matrix = feature_matrix(_fit(X, [NUMBER, NUMBER]), X)
    assert_allclose(matrix[:, 0], [ndtri(0.1), 0.0, ndtri(0.8)])
    assert_array_equal(matrix[:, 1], [0, 1, 0])
    assert matrix.shape == (3, 3)
    assert np.isfinite(matrix).all()


def test_normal_scores_are_finite():
    ranks = np.array([0.0, 0.2, 1.0, np.nan])
    scores = normal_scores(ranks)
    assert_allclose(scores[1], ndtri(0.2))
    assert_allclose(scores[0], -scores[2])
    assert_array_equal(np.isfinite(scores), [True, True, True, False])


def test_numbers_may_stay_as_they_are():
    X = np.array([[7.0, 1.0], [np.nan, np.nan], [-80.0, 0.0]])
    features = _fit(X, [NUMBER, _category(2)])
    matrix = feature_matrix(features, X, scored=False)
    assert_array_equal(matrix[:, 0], [7, 0, -80])
    assert_array_equal(matrix[:, 1:], feature_matrix(features, X)[:, 1:])
    assert matrix.dtype == np.float32


def test_categories_are_indicators():
    X = np.array([[0.0], [2.0], [np.nan], [1.0]])
    matrix = feature_matrix(_fit(X, [_category(3)]), X)
    expected = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0]]
    assert_array_equal(matrix, expected)


def test_rare_categories_share_an_indicator():
    X = np.repeat([0.0, 1.0, 2.0, 3.0], [1, 5, 2, 1])[:, None]
    weights = np.where(X[:, 0] == 3, 9.0, 1.0)
    features = _fit(X, [_category(4)], max_categories=3, weights=weights)
    matrix = feature_matrix(features, np.arange(4.0)[:, None])
    assert_array_equal(matrix, [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]])


def test_as_many_categories_as_are_allowed_have_indicators_of_their_own():
    X = np.repeat([0.0, 1.0, 2.0], [1, 5, 2])[:, None]
    features = _fit(X, [_category(3)], max_categories=3)
    matrix = feature_matrix(features, np.arange(3.0)[:, None])
    # in their own order, the rarest one first
    assert_array_equal(matrix, np.eye(3))


def test_no_column_makes_no_feature():
    X = np.empty((4, 0))
    assert feature_matrix(_fit(X, []), X).shape == (4, 0)
