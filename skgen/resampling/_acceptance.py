"""Which drawn rows a classifier finds plausible for their class."""

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier

from skgen._discriminators.density_ratio import DensityRatio
from skgen._discriminators.extra_trees import FastTrees
from skgen._math.probabilities.density_ratio import calibration_slope

#: rows of a class from which on less work is done for each row that is kept
MANY_ROWS = 500
#: drawn rows for each one that is kept, in classes of fewer rows and of as many
_N_CANDIDATES = (3, 2)
#: trees of the default classifier, likewise. Six rank drawn rows nearly as twenty do;
#: on five tables, fewer in their leaves, or more, did worse than the three rows.
_N_TREES = (20, 6)
_MIN_LEAF = 3
#: rows from which on each side can be split for cross-fitting
MIN_ROWS = 6
_N_FOLDS = 3
#: rows of each side that a classifier sees at most: enough to tell them apart, and the
#: time stays that of drawing rows
_MAX_ROWS = 1_000


def n_candidates(n_inside):
    """How many rows to draw for each one that is kept, in a class of so many rows."""
    return _N_CANDIDATES[int(n_inside >= MANY_ROWS)]


def default_classifier(n_inside=0):
    """Fast, and never sure of itself: for a class of so many rows."""
    if n_inside >= MANY_ROWS:
        return FastTrees(_N_TREES[1], min_samples_leaf=_MIN_LEAF)
    return ExtraTreesClassifier(_N_TREES[0], min_samples_leaf=_MIN_LEAF)


def plausibility(classifier, columns, Z, inside, weights, drawn, rng):
    """Log-odds of each drawn row to be one of the class, were it half of all rows.

    A classifier learns to tell the rows of the class from all others, both sides
    weighing the same; its odds are averaged over those fitted without one part of the
    rows, and shrunk by the factor that fits these parts best. So a class that cannot
    be told apart makes all rows equally plausible.

    Parameters
    ----------
    classifier : object
        With ``predict_proba``; left unchanged.
    columns : sequence of Column
    Z : ndarray of shape (n_samples, n_columns)
        Encoded rows; NaN marks missing cells.
    inside : ndarray of shape (n_inside,)
        Positions of the rows of the class.
    weights : ndarray of shape (n_samples,) or None
    drawn : ndarray of shape (n_drawn, n_columns)
    rng : numpy.random.Generator

    Returns
    -------
    log_odds : ndarray of shape (n_drawn,)
    """
    weights = np.ones(len(Z)) if weights is None else weights
    # rows without weight are as good as absent
    outside = np.setdiff1d(np.flatnonzero(weights), inside)
    sides = [_limit(outside, rng), _limit(inside[weights[inside] > 0], rng)]
    rows, label = np.concatenate(sides), np.repeat([0, 1], [*map(len, sides)])
    parts = [weights[side] / weights[side].mean() / len(side) for side in sides]
    balanced = np.concatenate(parts) * len(rows) / 2
    used = np.flatnonzero(~np.isnan(Z[rows]).all(axis=0))
    if not len(used):
        return np.zeros(len(drawn))
    ratio = DensityRatio(clone(classifier), [columns[j] for j in used], _N_FOLDS)
    odds = ratio.fit(Z[rows].take(used, axis=1), label, balanced, rng)
    ratio.slope = calibration_slope(odds, label, balanced)
    if len(used) < len(columns):
        drawn = drawn.take(used, axis=1)
    return ratio.log_ratio(drawn)


def _limit(rows, rng):
    if len(rows) <= _MAX_ROWS:
        return rows
    return rng.choice(rows, _MAX_ROWS, replace=False)
