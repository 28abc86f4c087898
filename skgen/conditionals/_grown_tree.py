"""A tree with a distribution of bins in its leaves, which is small when stored."""

import numpy as np
from sklearn.tree._tree import Tree

from skgen._math.trees.leaves import (
    bin_probability,
    draw_bins,
    fit_leaves,
    fit_sorted_leaves,
)


class GrownTree:
    """The splits of a tree, and the rows in its leaves.

    Stored are for each node a column, a threshold and a child, and for each row its
    bin; the rest follows from them when it is read.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree or None
        None is a single leaf.
    X : ndarray of float32 of shape (n_rows, n_columns)
    bins : ndarray of int of shape (n_rows,)
    weights : ndarray of shape (n_rows,)
    smoothing : float
        Weight of the parent's distribution, in rows.
    """

    def __init__(self, tree, X, bins, weights, smoothing):
        children = [np.array([-1])] * 2
        if tree is not None:
            children = [tree.children_left, tree.children_right]
            tree = _build_tree(_pack_splits(tree))
        self._tree = tree
        self._leaves = fit_leaves(self._leaf(X), bins, weights, children, smoothing)

    def draw_bins(self, X, rng):
        """Draw one bin for each row."""
        return draw_bins(self._leaves, self._leaf(X), rng)

    def bin_probability(self, X, bins):
        """Probability of each row's bin."""
        return bin_probability(self._leaves, self._leaf(X), bins)

    def all_probabilities(self, X, n_bins):
        """Probabilities of all bins, of shape (n_rows, n_bins)."""
        leaf, of_row = np.unique(self._leaf(X), return_inverse=True)
        bins = np.tile(np.arange(n_bins), len(leaf))
        found = bin_probability(self._leaves, np.repeat(leaf, n_bins), bins)
        return found.reshape(-1, n_bins)[of_row]

    def _leaf(self, X):
        if self._tree is None:
            return np.zeros(len(X), dtype=np.intp)
        return self._tree.apply(X)

    def __getstate__(self):
        leaves = self._leaves
        is_leaf = np.ones(1, dtype=bool)
        if self._tree is not None:
            is_leaf = self._tree.children_left < 0
        weights = leaves.cumulative
        return {
            "splits": None if self._tree is None else _pack_splits(self._tree),
            "bins": _smallest(leaves.bins),
            "counts": _smallest((leaves.end - leaves.start)[is_leaf]),
            "weights": None if weights is None else _smallest(leaves.weights),
            "smoothing": leaves.smoothing,
        }

    def __setstate__(self, state):
        splits = state["splits"]
        self._tree = None if splits is None else _build_tree(splits)
        children = [np.array([-1])] * 2
        if self._tree is not None:
            children = [self._tree.children_left, self._tree.children_right]
        counts = np.zeros(len(children[0]), dtype=np.intp)
        counts[children[0] < 0] = state["counts"]
        self._leaves = fit_sorted_leaves(
            state["bins"].astype(np.int32),
            counts,
            None if state["weights"] is None else state["weights"].astype(float),
            children,
            state["smoothing"],
        )


def _pack_splits(tree):
    """Columns, thresholds and right children of the nodes; the left child is next."""
    threshold = tree.threshold.astype(np.float32)
    # cells are of this precision: rounded down, a threshold separates the same ones
    above = threshold > tree.threshold
    threshold[above] = np.nextafter(threshold[above], np.float32(-np.inf))
    inner = tree.children_left >= 0
    return {
        "n_features": int(tree.n_features),
        "max_depth": int(tree.max_depth),
        "feature": _smallest(np.where(inner, tree.feature, 0)),
        "threshold": np.where(inner, threshold, np.float32(0.0)),
        "right": _smallest(np.where(inner, tree.children_right, 0)),
    }


def _build_tree(splits):
    """A tree that finds leaves, without what else scikit-learn keeps in it."""
    right = splits["right"].astype(np.intp)
    inner, n_nodes = right > 0, len(right)
    tree = Tree(splits["n_features"], np.ones(1, dtype=np.intp), 1)
    nodes = np.zeros(n_nodes, dtype=tree.__getstate__()["nodes"].dtype)
    nodes["left_child"] = np.where(inner, np.arange(n_nodes) + 1, -1)
    nodes["right_child"] = np.where(inner, right, -1)
    nodes["feature"] = np.where(inner, splits["feature"], -2)
    nodes["threshold"] = np.where(inner, splits["threshold"], -2.0)
    tree.__setstate__(
        {
            "max_depth": splits["max_depth"],
            "node_count": n_nodes,
            "nodes": nodes,
            "values": np.zeros((n_nodes, 1, 1)),
        }
    )
    return tree


def _smallest(numbers):
    """The same numbers in the smallest type that holds them exactly."""
    for dtype in (np.uint8, np.uint16, np.int32):
        if len(numbers) == 0 or numbers.max() <= np.iinfo(dtype).max:
            smaller = numbers.astype(dtype)
            if (smaller == numbers).all():
                return smaller
    return numbers
