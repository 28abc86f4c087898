"""Which drawn rows a classifier finds plausible for their class."""

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier

from skgen._adapters.ratios import DensityRatio
from skgen._math.density_ratio import calibration_slope

#: drawn rows for each one that is kept
N_CANDIDATES = 3
#: rows from which on each side can be split for cross-fitting
MIN_ROWS = 6
_N_FOLDS = 3
#: rows of each side that a classifier sees at most: enough to tell them apart, and the
#: time stays that of drawing rows
_MAX_ROWS = 1_000


def default_classifier():
    """Fast, and never sure of itself."""
    return ExtraTreesClassifier(n_estimators=20, min_samples_leaf=3)


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
    sides = [_thin(outside, rng), _thin(inside[weights[inside] > 0], rng)]
    rows, label = np.concatenate(sides), np.repeat([0, 1], [*map(len, sides)])
    parts = [weights[side] / weights[side].mean() / len(side) for side in sides]
    balanced = np.concatenate(parts) * len(rows) / 2
    used = ~np.isnan(Z[rows]).all(axis=0)
    kinds = [column for column, known in zip(columns, used, strict=True) if known]
    ratio = DensityRatio(clone(classifier), kinds, _N_FOLDS)
    odds = ratio.fit(Z[np.ix_(rows, used)], label, balanced, rng)
    ratio.slope = calibration_slope(odds, label, balanced)
    return ratio.log_ratio(drawn[:, used])


def _thin(rows, rng):
    if len(rows) <= _MAX_ROWS:
        return rows
    return rng.choice(rows, _MAX_ROWS, replace=False)
