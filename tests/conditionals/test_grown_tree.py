import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.tree import ExtraTreeRegressor

from skgen.conditionals._grown_tree import GrownTree


def _grown(n_rows=2_000, n_bins=300, weights=None, *, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4)).astype(np.float32)
    bins = rng.integers(n_bins, size=n_rows)
    # cells that lie exactly at thresholds, and thresholds between neighbours
    X[:, 1] = np.float32(0.1) * rng.integers(9, size=n_rows)
    X[::2, 2] = np.nextafter(X[1::2, 2], np.float32(1))
    fitted = ExtraTreeRegressor(min_samples_leaf=2, random_state=seed).fit(X, bins)
    weights = np.ones(n_rows) if weights is None else weights(rng, n_rows)
    return fitted.tree_, X, bins, GrownTree(fitted.tree_, X, bins, weights, 1.5)


@pytest.mark.parametrize("seed", range(3))
def test_all_rows_find_the_leaves_of_the_tree_that_was_fitted(seed):
    tree, X, _, grown = _grown(seed=seed)
    stored = pickle.loads(pickle.dumps(grown))
    assert_array_equal(grown._leaf(X), tree.apply(X))
    assert_array_equal(stored._leaf(X), tree.apply(X))
    other = np.random.default_rng(9).normal(size=(5_000, 4)).astype(np.float32)
    assert_array_equal(stored._leaf(other), tree.apply(other))


@pytest.mark.parametrize(
    "weights",
    [
        None,
        lambda rng, n: rng.integers(1, 4, n).astype(float),
        lambda rng, n: rng.uniform(0.1, 9, n),
    ],
    ids=["equal", "whole", "any"],
)
def test_a_stored_tree_draws_and_weighs_the_same(weights):
    _, X, bins, grown = _grown(weights=weights)
    stored = pickle.loads(pickle.dumps(grown))
    assert_array_equal(grown.bin_probability(X, bins), stored.bin_probability(X, bins))
    drawn = [one.draw_bins(X, np.random.default_rng(1)) for one in (grown, stored)]
    assert_array_equal(*drawn)


def test_a_stored_tree_is_small():
    tree, _, _, grown = _grown(n_bins=50)
    # a column, a threshold and a child a node, a bin a row
    assert len(pickle.dumps(grown)) < 8 * tree.node_count + 2_000 + 1_000


def test_a_single_leaf_is_stored_too():
    bins = np.array([2, 2, 0])
    grown = GrownTree(None, np.zeros((3, 0), np.float32), bins, np.ones(3), 0.0)
    stored = pickle.loads(pickle.dumps(grown))
    probability = stored.bin_probability(np.zeros((3, 0), np.float32), np.arange(3))
    assert_array_equal(probability, [1 / 3, 0, 2 / 3])
