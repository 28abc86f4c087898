import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from skgen._discriminators.features import CellFeatures, tell_categories
from skgen.table import Column

COLUMNS = [
    Column("x", "continuous"),
    Column("c", "categorical", n_categories=3),
    Column("many", "categorical", n_categories=256),
]


def test_gradient_boosting_is_told_of_categories_that_it_can_tell_apart():
    boosting = HistGradientBoostingClassifier()
    told, native = tell_categories(boosting, COLUMNS)
    assert native
    assert told.categorical_features == [False, True, False]
    assert boosting.categorical_features == "from_dtype"


def test_other_classifiers_see_features():
    told, native = tell_categories(LogisticRegression(C=2), COLUMNS)
    assert not native
    assert told.C == 2


@pytest.mark.parametrize("factor", [1.0, 1e9])
def test_features_do_not_know_units_or_missing_cells(factor):
    rng = np.random.default_rng(0)
    cells = np.column_stack([rng.lognormal(size=50), rng.integers(0, 3, 50)])
    cells[:10, 0] = np.nan
    features = CellFeatures(COLUMNS[:2], cells * [factor, 1], np.ones(50))
    X = features.matrix(cells * [factor, 1])
    assert np.isfinite(X).all()
    assert_array_equal(X[:, 1], np.isnan(cells[:, 0]))
    assert_array_equal(X[:, 2:], np.eye(3)[cells[:, 1].astype(int)])
    # normal scores: symmetric, and in the order of the cells
    known = X[10:, 0]
    assert_array_equal(np.argsort(known), np.argsort(cells[10:, 0]))
    assert_allclose(known.sum(), 0, atol=1e-9)
    assert 0.8 < known.std() < 1


@pytest.mark.parametrize("scored", [True, False])
def test_features_of_a_row_are_those_that_it_has_alone(scored):
    rng = np.random.default_rng(0)
    cells = np.column_stack([rng.lognormal(size=300), rng.integers(0, 3, 300)])
    cells[rng.random((300, 2)) < 0.2] = np.nan
    features = CellFeatures(COLUMNS[:2], cells[:200], np.ones(200), scored=scored)
    alone = [features.matrix(cells[[i]]) for i in range(300)]
    assert_array_equal(features.matrix(cells), np.vstack(alone))


@pytest.mark.parametrize("scale", [1.0, 1e200, -1e308])
def test_numbers_that_are_not_scored_keep_their_order(scale):
    rng = np.random.default_rng(0)
    # neighbours that single precision does not tell apart where they are
    cells = 1.5 + 1e-9 * rng.permutation(100)[:, None] * np.ones((1, 2))
    cells[:10, 0], cells[:, 1] = np.nan, 0.0
    columns = [COLUMNS[0], COLUMNS[0]]
    features = CellFeatures(columns, cells * scale, np.ones(100), scored=False)
    X = features.matrix(cells * scale)
    assert X.dtype == np.float32
    assert_array_equal(X[:, 1], np.isnan(cells[:, 0]))
    assert_array_equal(X[:10, 0], 0)
    assert_array_equal(X[:, 2], 0)
    order = np.argsort(X[10:, 0])
    assert_array_equal(order, np.argsort((cells * scale)[10:, 0]))
    assert (np.diff(X[10:, 0][order]) > 0).all()
