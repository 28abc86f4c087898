import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtri

from skgen._math.features import feature_matrix, fit_features
from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")


def _category(n_categories):
    return Column(name="c", kind="categorical", n_categories=n_categories)


def _fit(X, columns, max_categories=10, weights=None):
    weights = np.ones(len(X)) if weights is None else weights
    return fit_features(X, weights, columns, max_categories)


def test_numbers_are_normal_scores_and_missing_cells_are_marked():
    X = np.array([[0.1, 0.5], [np.nan, 0.0], [0.8, 1.0]])
    matrix = feature_matrix(_fit(X, [NUMBER, NUMBER]), X)
    assert_allclose(matrix[:, 0], [ndtri(0.1), 0.0, ndtri(0.8)])
    assert_array_equal(matrix[:, 1], [0, 1, 0])
    assert matrix.shape == (3, 3)
    assert np.isfinite(matrix).all()


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


def test_no_column_makes_no_feature():
    X = np.empty((4, 0))
    assert feature_matrix(_fit(X, []), X).shape == (4, 0)
