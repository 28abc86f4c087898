"""What the parts of a stack see of the predictors: ranks, features, landmarks."""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.marginals import fast_interp, fit_ranks
from skgen._math.columns.numeric_features import (
    FeatureLayout,
    feature_matrix,
    fit_features,
)
from skgen._math.regression.landmarks import (
    Landmarks,
    choose_landmarks,
    kernel_features,
)

#: values at which the rank of a predictor is stored, at most
_MAX_KNOTS = 128
#: indicators of all categorical predictors together, and of one of them at least
_MAX_INDICATORS, _MIN_INDICATORS, _MOST_OF_ONE = 150, 3, 30


class Inputs(NamedTuple):
    """What the parts see of some rows."""

    ranks: np.ndarray  # (n_rows, n_predictors), ranks of numbers, categories
    linear: np.ndarray  # (n_rows, n_features), normal scores, values, indicators
    kernel: np.ndarray  # the same, and features of the landmarks

    @property
    def n_rows(self):
        """Number of rows."""
        return len(self.ranks)

    def take(self, rows):
        """The same of some of the rows."""
        return Inputs(self.ranks[rows], self.linear[rows], self.kernel[rows])


class InputLayout(NamedTuple):
    """How predictors become inputs; build it with `fit_inputs`."""

    curves: tuple  # for each predictor values and their ranks; None for categories
    features: FeatureLayout
    numbers: np.ndarray  # positions of the numeric predictors
    center: np.ndarray  # of their values
    scale: np.ndarray
    ends: np.ndarray  # (2, n_numbers), least and largest standardised value
    landmarks: Landmarks | None

    def see(self, X):
        """Inputs of the rows of X."""
        ranks = _ranks(self.curves, X)
        scored = feature_matrix(self.features, ranks)
        values = (X[:, self.numbers] - self.center) / self.scale
        values = np.clip(np.nan_to_num(values), *self.ends)
        linear = np.hstack([scored, values])
        if self.landmarks is None:
            return Inputs(ranks, linear, linear)
        kernel = kernel_features(self.landmarks, scored)
        return Inputs(ranks, linear, np.hstack([linear, kernel]))


def fit_inputs(X, weights, predictors, n_landmarks, rng):
    """Decide what the parts see.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_predictors)
        Encoded cells; NaN where one is missing.
    weights : ndarray of shape (n_rows,)
    predictors : list of Column
    n_landmarks : int
    rng : numpy.random.Generator

    Returns
    -------
    layout : InputLayout
    inputs : Inputs
        Of the rows of X.
    """
    curves = []
    for x, column in zip(X.T, predictors, strict=True):
        known = ~np.isnan(x)
        if column.discrete:
            curves.append(None)
        elif known.any():
            curves.append(_thinned(*fit_ranks(x[known], weights[known])))
        else:
            curves.append((np.zeros(1), np.full(1, 0.5)))
    curves = tuple(curves)
    ranks = _ranks(curves, X)
    n_categorical = sum(column.discrete for column in predictors)
    room = _MAX_INDICATORS // max(1, n_categorical)
    max_categories = int(np.clip(room, _MIN_INDICATORS, _MOST_OF_ONE))
    features = fit_features(ranks, weights, predictors, max_categories)
    numbers = [i for i, column in enumerate(predictors) if not column.discrete]
    numbers = np.array(numbers, dtype=np.intp)
    center, scale, ends = _standardisation(X[:, numbers], weights)
    layout = InputLayout(curves, features, numbers, center, scale, ends, None)
    if n_landmarks:
        scored = feature_matrix(features, ranks)
        layout = layout._replace(landmarks=choose_landmarks(scored, n_landmarks, rng))
    return layout, layout.see(X)


def _ranks(curves, X):
    ranks = np.array(X, dtype=np.float64)
    for i, curve in enumerate(curves):
        if curve is not None:
            ranks[:, i] = fast_interp(X[:, i], *curve)
    return ranks


def _thinned(values, ranks):
    if len(values) <= _MAX_KNOTS:
        return values, ranks
    at = np.searchsorted(ranks, np.linspace(ranks[0], ranks[-1], _MAX_KNOTS))
    kept = np.unique(np.minimum(at, len(values) - 1))
    return values[kept], ranks[kept]


def _standardisation(X, weights):
    """Center, scale, and standardised ends of columns; missing cells do not count."""
    known = ~np.isnan(X)
    w = known * weights[:, None]
    total = np.maximum(w.sum(axis=0), 1e-300)
    values = np.where(known, X, 0.0)
    center = (w * values).sum(axis=0) / total
    deviation = np.where(known, X - center, 0.0)
    reach = np.abs(deviation).max(axis=0, initial=0.0)
    reach[reach == 0] = 1.0
    scale = reach * np.sqrt((w * (deviation / reach) ** 2).sum(axis=0) / total)
    scale[scale == 0] = 1.0
    standardised = deviation / scale
    ends = standardised.min(axis=0, initial=0.0), standardised.max(axis=0, initial=0.0)
    return center, scale, np.stack(ends)
