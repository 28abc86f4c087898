import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import HistGradientBoostingClassifier

from skgen.conditionals import _boosted_tables
from skgen.conditionals._boosted_tables import N_CODES, probability_by_tables, tabulate


def _data(n_rows=3000):
    """Rows of numbers below 256 and categories, cells of which miss, and classes."""
    rng = np.random.default_rng(0)
    levels = [256, 7, 200, 3, 40]
    X = np.column_stack([rng.integers(k, size=n_rows) for k in levels]).astype(float)
    signal = X[:, 0] / 64 + (X[:, 1] % 3) + X[:, 2] / 100 * (X[:, 4] % 5)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, signal + rng.normal(size=n_rows) > np.median(signal)


def _codes(X):
    return np.where(np.isnan(X), N_CODES, X).astype(np.uint16)


@pytest.mark.parametrize("categorical", [[], [1, 4], [0, 1, 2, 3, 4]])
@pytest.mark.parametrize("max_leaf_nodes", [2, 15, 16, 32])
def test_tables_tell_what_trees_tell(categorical, max_leaf_nodes):
    X, y = _data()
    # codes of categories end at 254
    X[:, 0] = np.minimum(X[:, 0], 254)
    booster = HistGradientBoostingClassifier(
        max_iter=30,
        max_leaf_nodes=max_leaf_nodes,
        min_samples_leaf=3,
        categorical_features=np.isin(np.arange(5), categorical),
        random_state=0,
    ).fit(X[:1000], y[:1000])
    # of the other rows, some hold categories that no fitted row did
    found = probability_by_tables(tabulate(booster), _codes(X))
    assert_allclose(found, booster.predict_proba(X)[:, 1], rtol=1e-12)


def test_rows_may_come_in_any_number_of_blocks(monkeypatch):
    X, y = _data()
    booster = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(X, y)
    monkeypatch.setattr(_boosted_tables, "_BLOCK_BITS", 20 * 16 * 7)
    found = probability_by_tables(tabulate(booster), _codes(X))
    assert_allclose(found, booster.predict_proba(X)[:, 1], rtol=1e-12)


def test_missing_cells_of_columns_that_had_none_go_where_trees_send_them():
    X, y = _data()
    full = np.nan_to_num(X)
    booster = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(full, y)
    found = probability_by_tables(tabulate(booster), _codes(X))
    assert_allclose(found, booster.predict_proba(X)[:, 1], rtol=1e-12)


def test_trees_without_a_split_tell_the_share():
    X, y = np.zeros((100, 2)), np.arange(100) < 30
    booster = HistGradientBoostingClassifier(max_iter=3).fit(X, y)
    assert_allclose(probability_by_tables(tabulate(booster), _codes(X)), 0.3)
