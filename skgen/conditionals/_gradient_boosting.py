"""Gradient boosting of scikit-learn that stops early and predicts faster.

scikit-learn walks down every tree for every row. With lookup tables, each cell of a row
gives the leaves of all trees that it does not rule out, one bit for a leaf; the bits of
all cells together leave one leaf in each tree [1]_. Trees lie side by side in memory,
so that a row needs a few vector operations for each cell and a lookup for each tree.

References
----------
.. [1] Lucchese, Nardini, Orlando, Perego, Tonellotto & Venturini (2015), "QuickScorer:
   a fast algorithm to rank documents with additive ensembles of regression trees",
   SIGIR.
"""

from typing import NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

#: cells are whole numbers below this one, which stands for missing cells
N_VALUES = 256
#: leaves of a tree that fit in the bits of a number
MAX_LEAVES = 32
#: bits of the leaves of the rows of a block, which fit in the cache of a core
_BLOCK_BITS = 2**21


class EarlyStoppedBoosting(HistGradientBoostingClassifier):
    """The same trees, without computing the loss on the training rows after each.

    Early stopping needs the loss on the held-out rows alone.
    """

    def _check_early_stopping_loss(self, **parts):
        if parts["y_val"] is not None:
            for name in ("raw_predictions", "y_train", "sample_weight_train"):
                parts[name] = None if parts[name] is None else parts[name][:1]
        return super()._check_early_stopping_loss(**parts)


class BoostedTables(NamedTuple):
    """Lookup tables of boosted trees; build them with `tabulate`."""

    reach: dict  # feature -> (N_VALUES + 1, n_trees), bits of the leaves in reach
    values: np.ndarray  # (n_trees * MAX_LEAVES,), log-odds that each leaf adds
    baseline: float


def tabulate(booster):
    """Build the lookup tables of a HistGradientBoostingClassifier of two classes.

    Its features are whole numbers from 0 to ``N_VALUES - 1``, or missing, and its trees
    have at most ``MAX_LEAVES`` leaves.
    """
    trees = [tree for [tree] in booster._predictors]
    tree = np.repeat(np.arange(len(trees)), [len(t.nodes) for t in trees])
    # concatenating structured arrays takes as long as all the rest
    stacked = b"".join(t.nodes.tobytes() for t in trees)
    nodes = np.frombuffer(stacked, dtype=trees[0].nodes.dtype)
    leaves, inner = (np.flatnonzero(nodes["is_leaf"] == kind) for kind in (1, 0))
    place = np.arange(len(leaves)) - np.searchsorted(tree[leaves], tree[leaves])
    values = np.zeros((len(trees), MAX_LEAVES))
    values[tree[leaves], place] = nodes["value"][leaves]
    root, below_left, below_right = _leaves_below(nodes, tree, leaves, place)
    cells, original = _preprocessed_values(booster)
    left_sets = _left_sets(trees, nodes, tree)
    reach = {}
    for feature in np.unique(nodes["feature_idx"][inner]):
        at = inner[nodes["feature_idx"][inner] == feature]
        left = _goes_left(nodes[at], left_sets[at], cells[:, feature, None])
        lost = np.where(left, below_right[at], below_left[at])
        starts = np.flatnonzero(np.diff(tree[at], prepend=-1))
        kept = np.tile(root, (N_VALUES + 1, 1))
        kept[:, tree[at][starts]] &= ~np.bitwise_or.reduceat(lost, starts, axis=1)
        reach[int(original[feature])] = kept
    return BoostedTables(reach, values.ravel(), booster._baseline_prediction.item())


def scores_by_tables(tables, X):
    """Predict the log-odds of the class True for each row.

    Parameters
    ----------
    tables : BoostedTables
    X : ndarray of int of shape (n_rows, n_features)
        ``N_VALUES`` where a cell is missing.

    Returns
    -------
    scores : ndarray of shape (n_rows,)
    """
    margin = np.full(len(X), tables.baseline)
    n_trees = len(tables.values) // MAX_LEAVES
    if not tables.reach:
        # no tree has a split
        return margin + tables.values[::MAX_LEAVES].sum()
    first_leaf = np.arange(n_trees) * MAX_LEAVES
    dtype = next(iter(tables.reach.values())).dtype
    step = max(1, _BLOCK_BITS // (n_trees * dtype.itemsize * 8))
    bits, more = np.empty((2, step, n_trees), dtype=dtype)
    for start in range(0, len(X), step):
        block = X[start : start + step]
        size = len(block)
        leaf_bit = bits[:size]
        for i, (feature, table) in enumerate(tables.reach.items()):
            out = (more if i else bits)[:size]
            # with "clip", numpy writes into `out` directly
            table.take(block[:, feature], axis=0, out=out, mode="clip")
            if i:
                leaf_bit &= out
        # one bit is left: its position is the exponent of the float
        leaf = (leaf_bit.astype(np.float32).view(np.int32) >> 23) - 127
        margin[start : start + size] += tables.values.take(
            leaf + first_leaf, mode="clip"
        ).sum(axis=1)
    return margin


def _leaves_below(nodes, tree, leaves, place):
    """Bits of the leaves of each tree, and of those to the left and right of a node."""
    first = np.searchsorted(tree, tree)
    left, right = first + nodes["left"], first + nodes["right"]
    dtype = np.uint16 if place.max() < 16 else np.uint32
    below = np.zeros(len(nodes), dtype=dtype)
    below[leaves] = dtype(1) << place.astype(dtype)
    split = nodes["is_leaf"] == 0
    for depth in range(int(nodes["depth"].max()) - 1, -1, -1):
        at = np.flatnonzero(split & (nodes["depth"] == depth))
        below[at] = below[left[at]] | below[right[at]]
    return below[np.unique(first)], below[left], below[right]


def _preprocessed_values(booster):
    """All values as the trees see them, and the original position of each feature."""
    values = np.append(np.arange(N_VALUES, dtype=np.float64), np.nan)
    probe = np.repeat(values[:, None], booster.n_features_in_, axis=1)
    cells = booster._preprocess_X(probe, reset=False)
    features = np.arange(booster.n_features_in_)
    if booster.is_categorical_ is None:
        return cells, features
    return cells, np.argsort(~booster.is_categorical_, kind="stable")


def _left_sets(trees, nodes, tree):
    """Categories that go left at each node, as the bits of eight whole numbers."""
    sizes = np.array([len(t.raw_left_cat_bitsets) for t in trees])
    sets = np.concatenate([*(t.raw_left_cat_bitsets for t in trees), np.zeros((1, 8))])
    at = np.where(
        nodes["is_categorical"] == 1,
        (np.cumsum(sizes) - sizes)[tree] + nodes["bitset_idx"],
        len(sets) - 1,
    )
    return sets.astype(np.uint32)[at]


def _goes_left(nodes, left_sets, cells):
    """Whether each cell goes left at each node: shape (n_cells, n_nodes)."""
    missing = np.isnan(cells)
    category = np.where(missing, 0, cells).astype(np.uint32)
    words = left_sets.T[category[:, 0] // 32]
    in_set = (words >> (category % 32)) & 1 == 1
    left = np.where(
        nodes["is_categorical"] == 1, in_set, cells <= nodes["num_threshold"]
    )
    return np.where(missing, nodes["missing_go_to_left"] == 1, left)
