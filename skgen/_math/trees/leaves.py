"""Trees as distributions: how they see targets, and the bins in their nodes.

Rows are stored in the order of their leaves, in which every node holds a contiguous
range. The distribution in a node is that of its rows, smoothed by the distribution in
its parent, which is itself smoothed by that of the grandparent, up to the root:

    p_node(b) = (w_node * share_node(b) + s * p_parent(b)) / (w_node + s)

with the weight w_node of the rows and a smoothing weight s. This is the predictive
distribution under a Dirichlet prior centred at the parent, applied recursively [1]_.

References
----------
.. [1] MacKay & Bauman Peto (1995), "A hierarchical Dirichlet language model", Natural
   Language Engineering 1(3).
"""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.marginals import fit_ranks
from skgen._math.sampling import even_uniforms

# functions of a target that splits see: of the rank of a number, of a category
N_RANK_FUNCTIONS = 3
N_INDICATORS = 12
#: folds of `order_unseen_categories`
N_FOLDS = 5


class Leaves(NamedTuple):
    """Rows of a tree in leaf order; build it with `fit_leaves`."""

    bins: np.ndarray  # bin of each row
    by_bin: np.ndarray  # positions sorted by bin
    weights: np.ndarray | None  # weight of each row; None if all are 1
    cumulative: np.ndarray | None  # weight before each position
    bin_cumulative: np.ndarray | None  # the same, for the rows sorted by bin
    start: np.ndarray  # first position of each node
    end: np.ndarray  # one past the last position of each node
    weight: np.ndarray  # weight of each node
    parent: np.ndarray  # parent of each node, -1 for the root
    smoothing: float


def fit_leaves(leaf, bins, weights, children, smoothing):
    """Sort rows by leaf, and sum the weights of all nodes.

    Parameters
    ----------
    leaf, bins : ndarray of shape (n_samples,)
        Node number of each row's leaf, and the row's bin.
    weights : ndarray of shape (n_samples,)
        Positive weights.
    children : sequence of two ndarrays of shape (n_nodes,)
        Left and right child of each node, -1 in leaves; nodes are numbered in preorder,
        as scikit-learn does.
    smoothing : float
        Weight of the parent's distribution, in rows.
    """
    order = np.argsort(leaf, kind="stable")
    counts = np.bincount(leaf, minlength=len(children[0]))
    weights = weights[order] if (weights != 1.0).any() else None
    bins = bins[order].astype(np.int32)
    return fit_sorted_leaves(bins, counts, weights, children, smoothing)


def fit_sorted_leaves(bins, counts, weights, children, smoothing):
    """Sum the weights of all nodes, given rows in the order of their leaves.

    Parameters
    ----------
    bins : ndarray of int of shape (n_samples,)
        Bin of each row.
    counts : ndarray of int of shape (n_nodes,)
        Rows in each leaf; 0 in other nodes.
    weights : ndarray of shape (n_samples,) or None
        None if all are 1.
    children : sequence of two ndarrays of shape (n_nodes,)
        As in `fit_leaves`.
    smoothing : float
    """
    position = np.concatenate([[0], np.cumsum(counts)])
    parent, after = _preorder_links(*children)
    start, end = position[:-1], position[after]
    by_bin = np.argsort(bins, kind="stable").astype(np.int32)
    cumulative = bin_cumulative = None
    if weights is not None:
        cumulative = np.concatenate([[0.0], np.cumsum(weights)])
        bin_cumulative = np.concatenate([[0.0], np.cumsum(weights[by_bin])])
    return Leaves(
        bins,
        by_bin,
        weights,
        cumulative,
        bin_cumulative,
        start,
        end,
        _weight_between(cumulative, start, end),
        parent,
        smoothing,
    )


def draw_bins(leaves, leaf, rng):
    """Draw one bin from the smoothed distribution of each row's leaf.

    A row climbs from its leaf to the parent with the probability of the parent's share,
    again and again, and takes a bin of the node where it stops. Rows that stop at one
    node are spread evenly over the rows of this node.

    Parameters
    ----------
    leaves : Leaves
    leaf : ndarray of int of shape (n_rows,)
    rng : numpy.random.Generator

    Returns
    -------
    bins : ndarray of int of shape (n_rows,)
    """
    node = leaf.copy()
    active = np.arange(len(node))
    while leaves.smoothing > 0 and len(active):
        at = node[active]
        climb = leaves.smoothing / (leaves.weight[at] + leaves.smoothing)
        up = (rng.random(len(active)) < climb) & (leaves.parent[at] >= 0)
        active = active[up]
        node[active] = leaves.parent[at[up]]
    share = even_uniforms(node, rng) * leaves.weight[node]
    if leaves.cumulative is None:
        position = leaves.start[node] + share.astype(np.intp)
    else:
        weight = leaves.cumulative[leaves.start[node]] + share
        position = np.searchsorted(leaves.cumulative, weight, side="right") - 1
    # rounding may leave the node by one row
    return leaves.bins[np.clip(position, leaves.start[node], leaves.end[node] - 1)]


def bin_probability(leaves, leaf, bins):
    """Probability of each row's bin in the smoothed distribution of its leaf."""
    probability = np.zeros(len(leaf))
    left = np.ones(len(leaf))
    active = np.arange(len(leaf))
    node = leaf
    n_rows = len(leaves.bins)
    key = leaves.bins[leaves.by_bin].astype(np.int64) * n_rows + leaves.by_bin
    while len(active):
        weight, parent = leaves.weight[node], leaves.parent[node]
        own = np.where(parent < 0, 1.0, weight / (weight + leaves.smoothing))
        # in the sorted keys, the rows of a bin in a node are neighbours
        first = bins[active].astype(np.int64) * n_rows
        low = np.searchsorted(key, first + leaves.start[node])
        high = np.searchsorted(key, first + leaves.end[node])
        share = _weight_between(leaves.bin_cumulative, low, high) / weight
        probability[active] += left[active] * own * share
        left[active] *= 1 - own
        # further up, the weight that is left no longer changes the result
        up = left[active] > 1e-10 * probability[active]
        active, node = active[up], parent[up]
    return probability


def _weight_between(cumulative, start, end):
    if cumulative is None:
        return (end - start) * 1.0
    return cumulative[end] - cumulative[start]


def _preorder_links(left, right):
    """Parent of each node, and the node that follows its subtree in preorder."""
    parent = np.full(len(left), -1)
    inner = np.flatnonzero(left >= 0)
    parent[left[inner]] = inner
    parent[right[inner]] = inner
    last = np.arange(len(left))
    while (right[last] >= 0).any():
        last = np.where(right[last] >= 0, right[last], last)
    return parent, last + 1


def target_features(z, bins, marginal, discrete, rng, weights=None):
    """Functions of the target whose variance a split should reduce.

    A category becomes indicators, whose variance is the Gini criterion; many categories
    become random projections of the indicators, which have this variance in
    expectation. A number becomes the first cosines of its rank, which reflect location,
    spread and skewness in any unit.

    Parameters
    ----------
    z, bins : ndarray of shape (n_samples,)
        The target, and the bin of each value.
    marginal : BinnedMarginal
    discrete : bool
        Whether the target holds categories.
    rng : numpy.random.Generator
    weights : ndarray of shape (n_samples,), default=None

    Returns
    -------
    features : ndarray of shape (n_samples, n_features)
    """
    if discrete:
        n_categories = marginal.n_bins
        if n_categories <= 2:
            return bins[:, None].astype(np.float64)
        if n_categories <= N_INDICATORS:
            return np.eye(n_categories)[bins]
        return rng.standard_normal((n_categories, N_INDICATORS))[bins]
    values, rank = fit_ranks(z, np.ones(len(z)) if weights is None else weights)
    rank = rank[np.searchsorted(values, z)]
    return np.cos(np.pi * np.outer(rank, np.arange(1, N_RANK_FUNCTIONS + 1)))


def order_categories(x, features, weights, n_categories):
    """Place each category of a predictor on a line, by its mean features of the target.

    The means are projected on the direction in which they differ most, so that one
    threshold separates categories well.

    Parameters
    ----------
    x : ndarray of shape (n_samples,)
        Categories as whole numbers from 0; NaN where missing.
    features : ndarray of shape (n_samples, n_features)
        Features of the target.
    weights : ndarray of shape (n_samples,)
    n_categories : int

    Returns
    -------
    place : ndarray of shape (n_categories + 1,)
        The last one is the place of missing cells.
    """
    category, centred = _centred(x, features, weights, n_categories)
    means, weight = _shrunk_means(category, centred, weights, n_categories + 1)
    return means @ _main_direction(means, weight)


def order_unseen_categories(x, features, weights, n_categories, rng):
    """The same, and places of the rows that their own targets do not influence.

    In a category of few rows, the mean gives away the target of each of them. A model
    that is fitted to such places expects more of them than they hold for new rows, so
    the places of rows are those of the other folds, as in scikit-learn's
    ``TargetEncoder``. A category has the mean place of its rows: one of a single row,
    of which nothing is known in other folds, is at zero for new rows, too.

    Parameters
    ----------
    x, features, weights, n_categories
        As for `order_categories`.
    rng : numpy.random.Generator

    Returns
    -------
    place : ndarray of shape (n_categories + 1,)
    of_rows : ndarray of shape (n_samples,)
    """
    category, centred = _centred(x, features, weights, n_categories)
    means, weight = _shrunk_means(category, centred, weights, n_categories + 1)
    direction = _main_direction(means, weight)
    fold, of_rows = rng.permutation(len(x)) % N_FOLDS, np.empty(len(x))
    for k in range(N_FOLDS):
        rest = fold != k
        part = category[rest], centred[rest], weights[rest], n_categories + 1
        of_rows[~rest] = (_shrunk_means(*part)[0] @ direction)[category[~rest]]
    weight = np.bincount(category, weights=weights, minlength=n_categories + 1)
    total = np.bincount(category, weights=weights * of_rows, minlength=n_categories + 1)
    return total / np.maximum(weight, 1e-300), of_rows


def _centred(x, features, weights, n_categories):
    category = np.where(np.isnan(x), n_categories, x).astype(np.intp)
    return category, features - np.average(features, axis=0, weights=weights)


def _shrunk_means(category, centred, weights, n_places):
    """Mean features of each category, shrunk to zero by one row, and its weight."""
    weight = np.bincount(category, weights=weights, minlength=n_places)
    sums = [
        np.bincount(category, weights=weights * column, minlength=n_places)
        for column in centred.T
    ]
    return np.stack(sums, axis=1) / (weight[:, None] + 1.0), weight


def _main_direction(means, weight):
    """The direction in which means differ most."""
    scatter = (means * weight[:, None]).T @ means
    return np.linalg.eigh(scatter)[1][:, -1]
