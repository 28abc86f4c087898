"""Classifiers that compare two samples of rows, and density ratios from them."""

from numbers import Integral

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.tree import ExtraTreeRegressor
from sklearn.utils import check_random_state, get_tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skgen._math.columns.marginals import fast_interp, fit_ranks
from skgen._math.columns.numeric_features import (
    feature_matrix,
    fit_features,
    normal_scores,
)
from skgen._math.probabilities.density_ratio import calibration_slope, log_odds
from skgen._utils.estimators import fit_weighted

#: largest number of categories that gradient boosting handles natively
_NATIVE_CATEGORIES = 255
#: largest number of categories that get an indicator each in the feature matrix
_MAX_CATEGORIES = 30


class DensityRatio:
    """Mean log-odds of classifiers fitted by cross-fitting.

    Parameters
    ----------
    discriminator : object
        Classifier with ``predict_proba``; left unchanged.
    columns : sequence of Column
    n_folds : int
    """

    def __init__(self, discriminator, columns, n_folds):
        self.discriminator = discriminator
        self.columns = columns
        self.n_folds = n_folds

    def fit(self, cells, label, weights, rng):
        """Fit one discriminator per fold, and calibrate their log-odds.

        Returns
        -------
        odds : ndarray of shape (n_rows,)
            Out-of-fold log-odds of each row, not calibrated.
        """
        discriminator = self._prepare(cells, weights)
        X = self._matrix(cells)
        fold = _assign_folds(label, self.n_folds, rng)
        self.fitted, odds = [], np.empty(len(X))
        for k in range(self.n_folds):
            rest, here = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            fitted = fit_weighted(
                discriminator, X[rest], label[rest], weights[rest], rng
            )
            odds[here] = log_odds(fitted.predict_proba(X[here])[:, 1])
            self.fitted.append(fitted)
        self.slope = calibration_slope(odds, label, weights)
        return odds

    def _prepare(self, cells, weights):
        """The discriminator with its categorical columns set, or with features."""
        discriminator, native = set_categories(self.discriminator, self.columns)
        self.features = None
        if not native:
            scored = not getattr(discriminator, "ranks_numbers", False)
            self.features = CellFeatures(self.columns, cells, weights, scored=scored)
        return discriminator

    def log_ratio(self, cells):
        """Calibrated log-ratio of the densities of training rows and drawn rows."""
        X = self._matrix(cells)
        odds = [log_odds(fitted.predict_proba(X)[:, 1]) for fitted in self.fitted]
        return self.slope * np.mean(odds, axis=0)

    def _matrix(self, cells):
        return cells if self.features is None else self.features.matrix(cells)


def _assign_folds(label, n_folds, rng):
    """Fold of each row, stratified by label."""
    fold = np.empty(len(label), dtype=np.intp)
    for value in (0, 1):
        rows = np.flatnonzero(label == value)
        fold[rows] = rng.permutation(len(rows)) % n_folds
    return fold


def set_categories(classifier, columns):
    """Clone a classifier and set its ``categorical_features``, if it has them.

    Parameters
    ----------
    classifier : object
        Left unchanged.
    columns : sequence of Column

    Returns
    -------
    classifier : object
    native : bool
        Whether it takes categories and missing cells as they are. If not, it needs the
        features of `CellFeatures`.
    """
    classifier = clone(classifier)
    native = "categorical_features" in classifier.get_params() and (
        get_tags(classifier).input_tags.allow_nan
    )
    if native:
        categories = [
            column.discrete and column.n_categories <= _NATIVE_CATEGORIES
            for column in columns
        ]
        classifier.set_params(categorical_features=categories)
    return classifier, native


class CellFeatures:
    """Numeric features of mixed cells: normal scores, and indicators.

    Categories and missing cells become indicators.

    Parameters
    ----------
    columns : sequence of Column
    cells : ndarray of shape (n_samples, n_columns)
        Cells from which ranks and categories are learned; NaN where missing. Each
        column has at least one known cell.
    weights : ndarray of shape (n_samples,)
    scored : bool, default=True
        Whether numbers become normal scores. If not, they are only centred and scaled,
        for a classifier that depends on their order alone (attribute
        ``ranks_numbers``).
    """

    def __init__(self, columns, cells, weights, *, scored=True):
        self.scored = scored
        known, place = ~np.isnan(cells), _Ranks if scored else _Distances
        self.places = [
            None if column.discrete else place(z[here], weights[here])
            for z, here, column in zip(cells.T, known.T, columns, strict=True)
        ]
        self.features = fit_features(
            self._placed(cells), weights, columns, _MAX_CATEGORIES
        )

    def matrix(self, cells):
        """Features of each row, without missing cells; float32 unless scored."""
        return feature_matrix(self.features, self._placed(cells), scored=self.scored)

    def _placed(self, cells):
        placed = cells.copy(order="F")
        for j, place in enumerate(self.places):
            if place is not None:
                placed[:, j] = place(placed[:, j])
        return placed


class _Ranks:
    """Ranks of numbers, between 0 and 1."""

    def __init__(self, z, weights):
        self.values, self.ranks = fit_ranks(z, weights)

    def __call__(self, z):
        return fast_interp(z, self.values, self.ranks)


class _Distances:
    """Scaled distances from the median, so that float32 keeps close numbers apart."""

    def __init__(self, z, weights):
        self.scale = np.abs(z).max() or 1.0
        self.center = np.median(z / self.scale)

    def __call__(self, z):
        return z / self.scale - self.center


class FastTrees(ClassifierMixin, BaseEstimator):
    """Extremely randomised trees for labels 0 and 1, fast for thousands of rows.

    The trees are those of :class:`~sklearn.ensemble.ExtraTreesClassifier`, grown on the
    normal scores of each feature. For labels 0 and 1 the variance is half of the Gini
    impurity, so regression trees split alike. Cloning and checking every tree, which a
    public forest has to do, is skipped: it takes half of the time of a few small trees.
    Rows to predict need no scores, as thresholds are mapped back to the features.

    Parameters
    ----------
    n_estimators : int, default=6
        Number of trees.
    min_samples_leaf : int, default=3
        Smallest number of rows in a leaf.
    random_state : int, RandomState instance or None, default=None
        Seed.
    """

    #: only the order of a feature's values matters, not their scale
    ranks_numbers = True

    _parameter_constraints: dict = {
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, n_estimators=6, *, min_samples_leaf=3, random_state=None):
        self.n_estimators = n_estimators
        self.min_samples_leaf = min_samples_leaf
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Grow the trees.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Finite.
        y : ndarray of shape (n_samples,)
            0 and 1.
        sample_weight : ndarray of shape (n_samples,), default=None

        Returns
        -------
        self : FastTrees
        """
        self._validate_params()
        self.classes_ = np.array([0, 1])
        # one for all trees: scikit-learn would make one for each
        random_state = check_random_state(self.random_state)
        values, scores, scored = _score(X.T.astype(np.float32, order="C"))
        y = y.astype(np.float64)[:, None]
        with config_context(skip_parameter_validation=True, assume_finite=True):
            self._trees = [
                self._grow(scored.T, y, sample_weight, random_state)
                for _ in range(self.n_estimators)
            ]
        _move_thresholds(self._trees, scores, values)
        return self

    def _grow(self, X, y, sample_weight, random_state):
        tree = ExtraTreeRegressor(
            min_samples_leaf=self.min_samples_leaf,
            max_features="sqrt",
            random_state=random_state,
        )
        tree.fit(X, y, sample_weight=sample_weight, check_input=False)
        return tree.tree_

    def predict_proba(self, X):
        """Predict the probabilities of both labels.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)

        Returns
        -------
        probability : ndarray of shape (n_samples, 2)
        """
        check_is_fitted(self)
        X = X.astype(np.float32, copy=False)
        of_one = sum(tree.predict(X)[:, 0] for tree in self._trees)
        of_one = of_one / len(self._trees)
        return np.column_stack([1.0 - of_one, of_one])


def _score(features):
    """Normal scores of each feature; equal values share the score of their mid-rank.

    Parameters
    ----------
    features : ndarray of shape (n_features, n_samples)

    Returns
    -------
    values, scores : ndarray of shape (n_features, n_samples)
        Each feature sorted, and the scores there.
    scored : ndarray of shape (n_features, n_samples)
        Scores in the order of the rows.
    """
    order = np.argsort(features, axis=1)
    values = np.take_along_axis(features, order, axis=1)
    n_samples = features.shape[1]
    table = normal_scores(np.arange(1, 2 * n_samples) / (2 * n_samples))
    place = np.arange(n_samples, dtype=np.int32)
    differs = np.diff(values, axis=1) > 0
    edge = np.ones((len(values), 1), dtype=bool)
    first = np.where(np.hstack([edge, differs]), place, 0)
    first = np.maximum.accumulate(first, axis=1)
    last = np.where(np.hstack([differs, edge]), place, n_samples)
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    scores = table.astype(np.float32)[first + last]
    scored = np.empty_like(features)
    np.put_along_axis(scored, order, scores, axis=1)
    return values, scores, scored


def _move_thresholds(trees, scores, values):
    """Map thresholds of scores back to values of the features, in place."""
    feature = np.concatenate([tree.feature for tree in trees])
    threshold = np.concatenate([tree.threshold for tree in trees])
    for j, (score, value) in enumerate(zip(scores, values, strict=True)):
        here = np.flatnonzero(feature == j)
        threshold[here] = np.interp(threshold[here], score, value)
    ends = np.cumsum([tree.node_count for tree in trees])
    for tree, moved in zip(trees, np.split(threshold, ends[:-1]), strict=True):
        # a view of the tree's own nodes
        tree.threshold[:] = moved
