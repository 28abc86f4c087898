import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logit
from sklearn._loss.loss import BaseLoss
from sklearn.ensemble import HistGradientBoostingClassifier

from skgen.conditionals import _gradient_boosting
from skgen.conditionals._gradient_boosting import (
    N_VALUES,
    EarlyStoppedBoosting,
    scores_by_tables,
    tabulate,
)


def _data(n_rows=3000):
    """Rows of numbers below 256 and categories, with missing cells, and classes."""
    rng = np.random.default_rng(0)
    sizes = [256, 7, 200, 3, 40]
    X = np.column_stack([rng.integers(k, size=n_rows) for k in sizes]).astype(float)
    signal = X[:, 0] / 64 + (X[:, 1] % 3) + X[:, 2] / 100 * (X[:, 4] % 5)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, signal + rng.normal(size=n_rows) > np.median(signal)


def _whole(X):
    return np.where(np.isnan(X), N_VALUES, X).astype(np.uint16)


@pytest.mark.parametrize("categorical", [[], [1, 4], [0, 1, 2, 3, 4]])
@pytest.mark.parametrize("max_leaf_nodes", [2, 15, 16, 32])
def test_tables_predict_what_trees_predict(categorical, max_leaf_nodes):
    X, y = _data()
    # scikit-learn's categories end at 254
    X[:, 0] = np.minimum(X[:, 0], 254)
    booster = HistGradientBoostingClassifier(
        max_iter=30,
        max_leaf_nodes=max_leaf_nodes,
        min_samples_leaf=3,
        categorical_features=np.isin(np.arange(5), categorical),
        random_state=0,
    ).fit(X[:1000], y[:1000])
    # of the other rows, some hold categories that no fitted row did
    found = scores_by_tables(tabulate(booster), _whole(X))
    assert_allclose(found, booster.decision_function(X), rtol=1e-9, atol=1e-12)


def test_rows_may_come_in_any_number_of_blocks(monkeypatch):
    X, y = _data()
    booster = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(X, y)
    monkeypatch.setattr(_gradient_boosting, "_BLOCK_BITS", 20 * 16 * 7)
    found = scores_by_tables(tabulate(booster), _whole(X))
    assert_allclose(found, booster.decision_function(X), rtol=1e-9, atol=1e-12)


def test_missing_cells_of_columns_that_had_none_go_where_trees_send_them():
    X, y = _data()
    full = np.nan_to_num(X)
    booster = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(full, y)
    found = scores_by_tables(tabulate(booster), _whole(X))
    assert_allclose(found, booster.decision_function(X), rtol=1e-9, atol=1e-12)


def test_trees_without_a_split_predict_the_share():
    X, y = np.zeros((100, 2)), np.arange(100) < 30
    booster = HistGradientBoostingClassifier(max_iter=3).fit(X, y)
    assert_allclose(scores_by_tables(tabulate(booster), _whole(X)), logit(0.3))


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_trees_and_their_number_are_those_of_scikit_learn(early_stopping, weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    y = X[:, 0] + rng.normal(size=500) > 0
    weights = rng.exponential(size=500) if weighted else None
    own, theirs = (
        kind(early_stopping=early_stopping, random_state=0).fit(X, y, weights)
        for kind in (EarlyStoppedBoosting, HistGradientBoostingClassifier)
    )
    assert own.n_iter_ == theirs.n_iter_
    assert (own.n_iter_ < own.max_iter) == early_stopping
    assert_array_equal(own.predict_proba(X), theirs.predict_proba(X))
    assert_array_equal(own.validation_score_, theirs.validation_score_)


def test_loss_is_asked_of_rows_held_back_alone(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    booster = EarlyStoppedBoosting(max_iter=5, early_stopping=True, random_state=0)
    sizes, whole = set(), BaseLoss.__call__

    def spy(self, y_true, *args, **kwargs):
        sizes.add(len(y_true))
        return whole(self, y_true, *args, **kwargs)

    monkeypatch.setattr(BaseLoss, "__call__", spy)
    booster.fit(X, X[:, 0] > 0)
    assert sizes == {1, 50}
