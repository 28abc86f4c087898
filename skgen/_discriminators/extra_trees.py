"""A forest for thousands of rows, without what forests for users spend time on."""

from numbers import Integral

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import ExtraTreeRegressor
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skgen._math.columns.numeric_features import normal_scores


class FastTrees(ClassifierMixin, BaseEstimator):
    """Extremely randomised trees that tell label 1 from label 0.

    They are those of :class:`~sklearn.ensemble.ExtraTreesClassifier`, grown on the
    normal scores of each feature: of labels 0 and 1, the variance is half of the Gini
    impurity. The time that one takes to clone and to check each tree, and its input, is
    half of the time of a few small trees. Rows are not scored to be predicted: the
    thresholds are moved to where the features have these scores.

    Parameters
    ----------
    n_estimators : int, default=6
        Number of trees.
    min_samples_leaf : int, default=3
        Smallest number of rows in a leaf.
    random_state : int, RandomState instance or None, default=None
        Seed.
    """

    #: features need no scale: their order alone matters
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
        """Probabilities of both labels.

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
    """Normal scores of each feature; equal cells have that of the middle one.

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
    """Turn thresholds of scores into those of the features, in place."""
    feature = np.concatenate([tree.feature for tree in trees])
    threshold = np.concatenate([tree.threshold for tree in trees])
    for j, (score, value) in enumerate(zip(scores, values, strict=True)):
        here = np.flatnonzero(feature == j)
        threshold[here] = np.interp(threshold[here], score, value)
    ends = np.cumsum([tree.node_count for tree in trees])
    for tree, moved in zip(trees, np.split(threshold, ends[:-1]), strict=True):
        # a view of the tree's own nodes
        tree.threshold[:] = moved
