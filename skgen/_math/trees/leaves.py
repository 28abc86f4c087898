"""Distributions of bins in the nodes of a tree.

Rows are kept in the order of their leaves, in which every node holds a contiguous
range. A node's distribution is its rows' empirical one, smoothed by its parent's, which
is smoothed by its own parent's, and so on up to the root:

    p_node(t) = (w_node * share_node(t) + s * p_parent(t)) / (w_node + s)

with a smoothing weight s. This is the recursive form of a Dirichlet prior centred at
the parent [1]_.

References
----------
.. [1] MacKay & Bauman Peto (1995), "A hierarchical Dirichlet language model", Natural
   Language Engineering 1(3).
"""

from typing import NamedTuple

import numpy as np

from skgen._math.sampling.systematic import even_uniforms


class Leaves(NamedTuple):
    """Rows of a tree in leaf order; build it with `fit_leaves`."""

    bins: np.ndarray  # bins of each row
    by_bin: np.ndarray  # positions sorted by bins
    cumulative: np.ndarray | None  # weight before each position; None if all are one
    bin_cumulative: np.ndarray | None  # the same, for the rows sorted by bins
    start: np.ndarray  # first position of each node
    end: np.ndarray  # one past its last position
    weight: np.ndarray  # its weight
    parent: np.ndarray  # its parent, -1 for the root
    smoothing: float


def fit_leaves(leaf, bins, weights, children, smoothing):
    """Sort rows by leaf.

    Parameters
    ----------
    leaf, bins : ndarray of shape (n_samples,)
        Node number of each row's leaf, and the row's bins.
    weights : ndarray of shape (n_samples,)
        Positive weights.
    children : sequence of two ndarrays of shape (n_nodes,)
        Left and right child of each node, -1 in leaves; nodes numbered in preorder.
    smoothing : float
        Weight of the parent's distribution, in rows.
    """
    order = np.argsort(leaf, kind="stable")
    n_nodes = len(children[0])
    position = np.searchsorted(leaf[order], np.arange(n_nodes + 1))
    parent, after = _preorder_links(*children)
    start, end = position[:-1], position[after]
    bins = bins[order].astype(np.int32)
    by_bin = np.argsort(bins, kind="stable").astype(np.int32)
    cumulative = bin_cumulative = None
    if (weights != 1.0).any():
        weights = weights[order]
        cumulative = np.concatenate([[0.0], np.cumsum(weights)])
        bin_cumulative = np.concatenate([[0.0], np.cumsum(weights[by_bin])])
    return Leaves(
        bins,
        by_bin,
        cumulative,
        bin_cumulative,
        start,
        end,
        _weight_before(cumulative, end) - _weight_before(cumulative, start),
        parent,
        smoothing,
    )


def draw_bins(leaves, leaf, rng):
    """Draw one bins from the smoothed distribution of each leaf, evenly over rows."""
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
    # rounding may step out of the node by one row
    return leaves.bins[np.clip(position, leaves.start[node], leaves.end[node] - 1)]


def bin_probability(leaves, leaf, bins):
    """Probability of each bin in the smoothed distribution of its leaf."""
    probability = np.zeros(len(leaf))
    left = np.ones(len(leaf))
    active = np.arange(len(leaf))
    node = leaf
    n_rows = len(leaves.bins)
    key = leaves.bins[leaves.by_bin].astype(np.int64) * n_rows + leaves.by_bin
    while len(active):
        weight, parent = leaves.weight[node], leaves.parent[node]
        own = np.where(parent < 0, 1.0, weight / (weight + leaves.smoothing))
        share = _bin_weight(leaves, key, node, bins[active]) / weight
        probability[active] += left[active] * own * share
        left[active] *= 1 - own
        # higher up, what is left can no longer change the result
        up = left[active] > 1e-10 * probability[active]
        active, node = active[up], parent[up]
    return probability


def _bin_weight(leaves, key, node, bins):
    """Weight of a bins's rows in a node, found in the sorted keys of all rows."""
    first = bins.astype(np.int64) * len(leaves.bins)
    low = np.searchsorted(key, first + leaves.start[node])
    high = np.searchsorted(key, first + leaves.end[node])
    return _weight_before(leaves.bin_cumulative, high) - _weight_before(
        leaves.bin_cumulative, low
    )


def _weight_before(cumulative, position):
    return position * 1.0 if cumulative is None else cumulative[position]


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
