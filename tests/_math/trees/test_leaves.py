import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare
from sklearn.tree import ExtraTreeRegressor

from skgen._math.trees.leaves import bin_probability, draw_bins, fit_leaves

ALPHA = 1e-6
N_BINS = 6


@pytest.fixture(params=["rows", "weights"])
def tree(request):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)).astype(np.float32)
    bins = (2 * (X[:, 0] > 0) + rng.integers(0, N_BINS - 2, 300)).astype(int)
    fitted = ExtraTreeRegressor(min_samples_leaf=5, random_state=0).fit(X, bins)
    weights = rng.uniform(0.5, 2, 300) if request.param == "weights" else np.ones(300)
    return fitted.tree_, X, bins, weights


def _leaves(tree, smoothing):
    nodes, X, bins, weights = tree
    children = (nodes.children_left, nodes.children_right)
    return fit_leaves(nodes.apply(X), bins, weights, children, smoothing)


def _slow_probabilities(tree, smoothing):
    """Probabilities of all bins in all nodes, node by node from the root."""
    nodes, X, bins, weights = tree
    inside = nodes.decision_path(X).toarray().astype(bool)
    out = np.zeros((nodes.node_count, N_BINS))
    parent = np.full(nodes.node_count, -1)
    for node in range(nodes.node_count):
        for child in (nodes.children_left[node], nodes.children_right[node]):
            if child >= 0:
                parent[child] = node
    for node in range(nodes.node_count):
        rows = inside[:, node]
        counts = np.bincount(bins[rows], weights=weights[rows], minlength=N_BINS)
        out[node] = counts / counts.sum()
        if parent[node] >= 0:
            total = counts.sum() + smoothing
            out[node] = (counts + smoothing * out[parent[node]]) / total
    return out


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 20.0])
def test_probabilities_equal_the_recursion_written_out(tree, smoothing):
    nodes, X, _, _ = tree
    leaf = nodes.apply(X[:50])
    slow = _slow_probabilities(tree, smoothing)
    leaves = _leaves(tree, smoothing)
    for value in range(N_BINS):
        fast = bin_probability(leaves, leaf, np.full(50, value))
        assert_allclose(fast, slow[leaf, value], atol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 5.0])
def test_draws_follow_the_probabilities(tree, smoothing):
    rng = np.random.default_rng(1)
    leaves = _leaves(tree, smoothing)
    leaf = np.flatnonzero(tree[0].children_left < 0)[3]
    drawn = draw_bins(leaves, np.full(20_000, leaf), rng)
    expected = _slow_probabilities(tree, smoothing)[leaf]
    counts = np.bincount(drawn, minlength=N_BINS)
    assert (counts[expected == 0] == 0).all()
    possible = expected > 0
    assert chisquare(counts[possible], 20_000 * expected[possible]).pvalue > ALPHA


def test_every_node_holds_the_rows_that_pass_through_it(tree):
    leaves = _leaves(tree, 0.5)
    passing = np.asarray(tree[0].decision_path(tree[1]).sum(axis=0)).ravel()
    assert_array_equal(leaves.end - leaves.start, passing)


def test_a_single_node_needs_no_tree():
    root = (np.array([-1]), np.array([-1]))
    leaf = np.zeros(4, dtype=int)
    leaves = fit_leaves(leaf, np.array([0, 1, 1, 2]), np.ones(4), root, 0.5)
    assert_allclose(bin_probability(leaves, leaf[:2], np.array([1, 2])), [0.5, 0.25])


def test_weights_count_if_some_of_them_are_one():
    alone = (np.array([-1]), np.array([-1]))
    weights = np.array([1.0, 1.0, 6.0])
    leaves = fit_leaves(np.zeros(3, dtype=int), np.arange(3), weights, alone, 0.0)
    probability = bin_probability(leaves, np.zeros(3, dtype=int), np.arange(3))
    assert_allclose(probability, [1 / 8, 1 / 8, 6 / 8])
    drawn = draw_bins(leaves, np.zeros(8000, dtype=int), np.random.default_rng(0))
    assert chisquare(np.bincount(drawn), [1000, 1000, 6000]).pvalue > ALPHA
