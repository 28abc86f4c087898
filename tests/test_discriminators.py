import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from skgen._discriminators import (
    CellFeatures,
    DensityRatio,
    FastTrees,
    set_categories,
)
from skgen._math.columns.numeric_features import normal_scores
from skgen.table import Column

COLUMNS = [
    Column("x", "continuous"),
    Column("c", "categorical", n_categories=3),
    Column("many", "categorical", n_categories=256),
]
BOOSTING = HistGradientBoostingClassifier(max_iter=20, learning_rate=0.2)


# --- DensityRatio ---------------------------------------------------------------------


def _make_cells(n_rows, shares, shift, rng):
    x = rng.normal(shift, size=n_rows)
    x[rng.random(n_rows) < 0.2] = np.nan
    return np.column_stack([x, rng.choice(3, n_rows, p=shares)])


@pytest.mark.parametrize(
    "discriminator",
    [BOOSTING, LogisticRegression(), FastTrees(50, min_samples_leaf=50)],
)
def test_ratio_of_known_densities_is_found(discriminator):
    rng = np.random.default_rng(0)
    true, drawn = np.array([0.2, 0.2, 0.6]), np.array([0.4, 0.4, 0.2])
    cells = np.vstack(
        [_make_cells(4000, true, 0.5, rng), _make_cells(4000, drawn, 0.0, rng)]
    )
    label = np.repeat([1, 0], 4000)
    ratio = DensityRatio(discriminator, COLUMNS[:2], 3)
    odds = ratio.fit(cells, label, np.ones(8000), rng)
    assert odds.shape == (8000,)
    ratio.slope = 1.0
    at = np.array([[0.25, 0], [1.0, 2], [-0.5, 1], [np.nan, 2]])
    shift = np.where(np.isnan(at[:, 0]), 0.0, 0.5 * at[:, 0] - 0.125)
    expected = shift + np.log(true / drawn)[at[:, 1].astype(int)]
    assert_allclose(ratio.log_ratio(at), expected, atol=0.5)


def test_gradient_boosting_knows_the_categorical_columns():
    rng = np.random.default_rng(0)
    ratio = DensityRatio(BOOSTING, COLUMNS[:2], 2)
    ratio.fit(
        _make_cells(200, np.full(3, 1 / 3), 0.0, rng),
        np.arange(200) % 2,
        np.ones(200),
        rng,
    )
    assert [list(fitted.is_categorical_) for fitted in ratio.fitted] == [
        [False, True]
    ] * 2
    assert BOOSTING.categorical_features == "from_dtype"


@pytest.mark.slow
def test_odds_are_those_of_a_discriminator_that_did_not_see_the_row():
    rng = np.random.default_rng(0)
    cells = np.column_stack([rng.normal(size=400), np.zeros(400)])
    label = rng.integers(0, 2, 400)
    memory = HistGradientBoostingClassifier(
        max_iter=50, min_samples_leaf=1, max_leaf_nodes=None
    )
    odds = DensityRatio(memory, COLUMNS[:2], 4).fit(cells, label, np.ones(400), rng)
    # 400 coins: more than 60 % right has a probability of one in 30,000
    assert np.mean((odds > 0) == label) < 0.6


# --- features -------------------------------------------------------------------------


def test_categories_that_gradient_boosting_can_handle_are_set():
    boosting = HistGradientBoostingClassifier()
    classifier, native = set_categories(boosting, COLUMNS)
    assert native
    assert classifier.categorical_features == [False, True, False]
    assert boosting.categorical_features == "from_dtype"


def test_other_classifiers_see_features():
    classifier, native = set_categories(LogisticRegression(C=2), COLUMNS)
    assert not native
    assert classifier.C == 2


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
    # neighbours that are equal in single precision
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


# --- FastTrees ------------------------------------------------------------------------


def _make_labelled(n_samples, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 5))
    X[:, 3] = np.round(X[:, 3])
    X[:, 4] = X[:, 4] > 0.5
    y = (X[:, 0] + X[:, 3] + X[:, 4] + rng.normal(size=n_samples) > 0).astype(int)
    return X, y


def test_trees_rank_as_well_as_those_of_scikit_learn():
    X, y = _make_labelled(1000)
    X_new, y_new = _make_labelled(4000, seed=1)
    auc = []
    for model in (FastTrees(50), ExtraTreesClassifier(50, min_samples_leaf=3)):
        model.set_params(random_state=0).fit(X, y)
        auc.append(roc_auc_score(y_new, model.predict_proba(X_new)[:, 1]))
    assert auc[0] > auc[1] - 0.01
    assert auc[0] > 0.85


def test_probabilities_are_those_of_the_scored_rows():
    X, y = _make_labelled(500)
    scores = normal_scores((rankdata(X, axis=0) - 0.5) / 500).astype(np.float32)
    probability = FastTrees(random_state=0).fit(X, y).predict_proba(X)
    of_scores = FastTrees(random_state=0).fit(scores, y).predict_proba(scores)
    assert_array_equal(probability, of_scores)
    assert_allclose(probability.sum(axis=1), 1)
    assert 0.0 <= probability.min() < probability.max() <= 1.0


def test_the_order_of_a_feature_is_all_that_matters():
    X, y = _make_labelled(500)
    scaled = np.sinh(3 * X) * 1e6
    probability = FastTrees(random_state=0).fit(X, y).predict_proba(X)
    of_scaled = FastTrees(random_state=0).fit(scaled, y).predict_proba(scaled)
    assert_array_equal(probability, of_scaled)


def test_rows_beyond_all_others_are_like_the_outermost():
    X, y = _make_labelled(500)
    trees = FastTrees(random_state=0).fit(X, y)
    ends = np.vstack([X.min(axis=0), X.max(axis=0)])
    assert_array_equal(trees.predict_proba(ends * 1e3), trees.predict_proba(ends))


def test_weights_shift_the_probability():
    X, y = _make_labelled(500)
    plain = FastTrees(random_state=0).fit(X, y)
    weighted = FastTrees(random_state=0).fit(X, y, sample_weight=1.0 + 9 * y)
    shift = weighted.predict_proba(X) - plain.predict_proba(X)
    assert shift[:, 1].mean() > 0.1


def test_a_seed_repeats_and_trees_differ():
    X, y = _make_labelled(300)
    first, again, other = (
        FastTrees(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert (first != other).any()
    # a single tree knows fewer probabilities than six that differ
    single = FastTrees(1, random_state=0).fit(X, y).predict_proba(X)
    assert len(np.unique(single)) < len(np.unique(first))


def test_leaves_hold_as_many_rows_as_asked():
    X, y = _make_labelled(300)
    coarse = FastTrees(1, min_samples_leaf=100, random_state=0).fit(X, y)
    assert len(np.unique(coarse.predict_proba(X)[:, 1])) <= 3


def test_a_constant_feature_and_a_clone():
    X, y = _make_labelled(100)
    X[:, 1] = 7.0
    trees = clone(FastTrees(3, random_state=0)).fit(X, y)
    assert np.isfinite(trees.predict_proba(X)).all()
    with pytest.raises(NotFittedError):
        clone(trees).predict_proba(X)
    with pytest.raises(ValueError, match="'n_estimators' parameter of FastTrees"):
        FastTrees(0).fit(X, y)
