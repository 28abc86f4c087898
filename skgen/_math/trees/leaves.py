"""Distributions of bins in the nodes of a tree.

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

from skgen._math.sampling.systematic import even_uniforms


class Leaves(NamedTuple):
    """Rows of a tree in leaf order; build it with `fit_leaves`."""

    bins: np.ndarray  # bin of each row
    by_bin: np.ndarray  # positions sorted by bin
    cumulative: np.ndarray | None  # weight before each position; None if all are 1
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
