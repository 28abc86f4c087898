import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare, spearmanr
from sklearn.tree import ExtraTreeRegressor

from skgen._math.trees.leaves import (
    N_INDICATORS,
    N_RANK_FUNCTIONS,
    bin_probability,
    draw_bins,
    fit_leaves,
    order_categories,
    order_unseen_categories,
    target_features,
)

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


def test_places_of_rows_do_not_give_their_targets_away():
    rng = np.random.default_rng(0)
    x = np.repeat(np.arange(1000.0), 3)
    target = rng.normal(size=(3000, 1))
    _, of_rows = order_unseen_categories(x, target, np.ones(3000), 1000, rng)
    # five standard errors
    assert abs(np.corrcoef(of_rows, target[:, 0])[0, 1]) < 5 / np.sqrt(1000)
    known = order_categories(x, target, np.ones(3000), 1000)
    assert abs(np.corrcoef(known[x.astype(int)], target[:, 0])[0, 1]) > 0.5


def test_categories_have_the_mean_place_of_their_rows():
    rng = np.random.default_rng(2)
    x = np.concatenate([np.arange(50.0), rng.integers(50, 80, 900)])
    target, weights = rng.normal(size=(950, 1)), rng.uniform(0.5, 2, 950)
    place, of_rows = order_unseen_categories(x, target, weights, 90, rng)
    # of one row nothing is known elsewhere; the last ones have no row
    assert_allclose(place[:50], 0.0, atol=1e-12)
    assert_allclose(place[80:], 0.0)
    for level in range(50, 80):
        rows = x == level
        assert_allclose(place[level], np.average(of_rows[rows], weights=weights[rows]))


def test_places_of_rows_are_near_those_of_frequent_categories():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 4, 4000).astype(float)
    x[::10] = np.nan
    target = np.where(np.isnan(x), 9.0, x)[:, None] + rng.normal(size=(4000, 1))
    place, of_rows = order_unseen_categories(x, target, np.ones(4000), 4, rng)
    own = place[np.where(np.isnan(x), 4, x).astype(int)]
    assert_allclose(of_rows, own, atol=0.3)


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
