import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from skgen._discriminators.extra_trees import FastTrees
from skgen._math.columns.numeric_features import normal_scores


def _make(n_samples, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 5))
    X[:, 3] = np.round(X[:, 3])
    X[:, 4] = X[:, 4] > 0.5
    y = (X[:, 0] + X[:, 3] + X[:, 4] + rng.normal(size=n_samples) > 0).astype(int)
    return X, y


def test_labels_are_told_as_well_as_by_the_trees_of_scikit_learn():
    X, y = _make(1000)
    X_new, y_new = _make(4000, seed=1)
    auc = []
    for model in (FastTrees(50), ExtraTreesClassifier(50, min_samples_leaf=3)):
        model.set_params(random_state=0).fit(X, y)
        auc.append(roc_auc_score(y_new, model.predict_proba(X_new)[:, 1]))
    assert auc[0] > auc[1] - 0.01
    assert auc[0] > 0.85


def test_probabilities_are_those_of_the_scored_rows():
    X, y = _make(500)
    scores = normal_scores((rankdata(X, axis=0) - 0.5) / 500).astype(np.float32)
    probability = FastTrees(random_state=0).fit(X, y).predict_proba(X)
    of_scores = FastTrees(random_state=0).fit(scores, y).predict_proba(scores)
    assert_array_equal(probability, of_scores)
    assert_allclose(probability.sum(axis=1), 1)
    assert 0.0 <= probability.min() < probability.max() <= 1.0


def test_the_order_of_a_feature_is_all_that_matters():
    X, y = _make(500)
    scaled = np.sinh(3 * X) * 1e6
    probability = FastTrees(random_state=0).fit(X, y).predict_proba(X)
    of_scaled = FastTrees(random_state=0).fit(scaled, y).predict_proba(scaled)
    assert_array_equal(probability, of_scaled)


def test_rows_beyond_all_others_are_like_the_outermost():
    X, y = _make(500)
    trees = FastTrees(random_state=0).fit(X, y)
    ends = np.vstack([X.min(axis=0), X.max(axis=0)])
    assert_array_equal(trees.predict_proba(ends * 1e3), trees.predict_proba(ends))


def test_weights_shift_the_probability():
    X, y = _make(500)
    plain = FastTrees(random_state=0).fit(X, y)
    weighted = FastTrees(random_state=0).fit(X, y, sample_weight=1.0 + 9 * y)
    shift = weighted.predict_proba(X) - plain.predict_proba(X)
    assert shift[:, 1].mean() > 0.1


def test_a_seed_repeats_and_trees_differ():
    X, y = _make(300)
    first, again, other = (
        FastTrees(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert (first != other).any()
    # a single tree knows fewer probabilities than six that differ
    single = FastTrees(1, random_state=0).fit(X, y).predict_proba(X)
    assert len(np.unique(single)) < len(np.unique(first))


def test_leaves_hold_as_many_rows_as_asked():
    X, y = _make(300)
    coarse = FastTrees(1, min_samples_leaf=100, random_state=0).fit(X, y)
    assert len(np.unique(coarse.predict_proba(X)[:, 1])) <= 3


def test_a_constant_feature_and_a_clone():
    X, y = _make(100)
    X[:, 1] = 7.0
    trees = clone(FastTrees(3, random_state=0)).fit(X, y)
    assert np.isfinite(trees.predict_proba(X)).all()
    with pytest.raises(NotFittedError):
        clone(trees).predict_proba(X)
    with pytest.raises(ValueError, match="'n_estimators' parameter of FastTrees"):
        FastTrees(0).fit(X, y)
