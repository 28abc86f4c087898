"""Conditional distributions of one column given other columns.

A conditional is a small estimator that learns p(z | X) for one encoded column z. It
has the methods ``fit``, ``sample`` and ``log_prob`` of `TreeConditional`;
`AutoregressiveGenerator` takes any such object as its ``conditional``.
"""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.tree import ExtraTreeRegressor
from sklearn.utils._param_validation import Interval

from skgen._math.leaves import draw_tokens, fit_leaves, token_probability
from skgen._math.marginals import (
    draw_values,
    fit_marginal,
    log_density_in_token,
    mix_with_floor,
    tokens,
)
from skgen._math.targets import order_categories, target_features

__all__ = ["TreeConditional"]

MIN_THRESHOLDS = 4


class TreeConditional(BaseEstimator):
    """Conditional distribution held in the leaves of randomised trees.

    Each tree splits the rows on the columns that are given, until a leaf holds few
    rows; the distribution of the target in a leaf, smoothed by that of the nodes above
    it, is the tree's answer. A row is drawn from one of the trees, so the density is
    the mean of theirs. Splits see the shape of the target's distribution: a numeric
    target is described by several functions of its rank, a category by its indicators.

    Parameters
    ----------
    n_trees : int, default=5
        Number of trees.
    min_samples_leaf : int, default=5
        Smallest number of rows (sum of weights) in a leaf. Small leaves follow the
        data closely, large ones smooth.
    max_features : int, float or None, default=None
        Number, or share, of the given columns tried at each split; None tries all.
    max_bins : int, default=256
        Largest number of bins in which a numeric target is counted, apart from the
        values that it repeats, which are counted one by one.
    smoothing : float, default=0.5
        Weight, in rows, of the parent's distribution in each node. Zero gives values
        that a leaf does not hold the density zero.

    References
    ----------
    Geurts, Ernst & Wehenkel (2006), "Extremely randomized trees", Machine Learning 63.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen import AutoregressiveGenerator, TreeConditional
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> generator = AutoregressiveGenerator(TreeConditional(min_samples_leaf=20))
    >>> generator.fit(X).sample(3).shape
    (3, 2)
    """

    #: numeric predictors arrive as ranks between 0 and 1
    ranked_predictors = True

    _parameter_constraints: dict = {
        "n_trees": [Interval(Integral, 1, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "max_features": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0.0, 1.0, closed="right"),
            None,
        ],
        "max_bins": [Interval(Integral, 2, None, closed="left")],
        "smoothing": [Interval(Real, 0.0, None, closed="left")],
    }

    def __init__(
        self,
        n_trees=5,
        *,
        min_samples_leaf=5,
        max_features=None,
        max_bins=256,
        smoothing=0.5,
    ):
        self.n_trees = n_trees
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.max_bins = max_bins
        self.smoothing = smoothing

    @property
    def n_samples_needed(self):
        """Number of rows from which on dependence between columns can be seen."""
        return 2 * self.min_samples_leaf

    def fit(self, X, z, *, predictors, target, sample_weight, rng):
        """Learn p(z | X).

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
            Encoded columns; numeric ones as ranks. NaN marks missing cells.
        z : ndarray of shape (n_samples,)
            Encoded target, without missing cells.
        predictors : sequence of Column
            What the columns of X are.
        target : Column
            What z is.
        sample_weight : ndarray of shape (n_samples,)
            Positive weights.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        self : TreeConditional
        """
        self._validate_params()
        self.marginal_ = fit_marginal(z, sample_weight, target, max_bins=self.max_bins)
        token = tokens(self.marginal_, z)
        features = target_features(z, token, self.marginal_, target.discrete, rng)
        self.category_order_ = {
            i: order_categories(X[:, i], features, sample_weight, column.n_categories)
            for i, column in enumerate(predictors)
            if column.discrete
        }
        # a rule for when cells are missing may be exact, and is not scored
        smoothing = self.smoothing if target.flag_of is None else 0.0
        X = self._place(X)
        self.trees_ = [
            self._fit_tree(X, token, features, sample_weight, smoothing, rng)
            for _ in range(self.n_trees if X.shape[1] else 1)
        ]
        return self

    def sample(self, X, rng):
        """Draw one value of the target for each row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        rng : numpy.random.Generator

        Returns
        -------
        z : ndarray of shape (n_samples,)
        """
        X = self._place(X)
        token = np.empty(len(X), dtype=np.intp)
        which = rng.integers(len(self.trees_), size=len(X))
        for i, (tree, leaves) in enumerate(self.trees_):
            rows = np.flatnonzero(which == i)
            token[rows] = draw_tokens(leaves, _leaf(tree, X[rows]), rng)
        return draw_values(self.marginal_, token, rng)

    def log_prob(self, X, z):
        """Log-density of each value of the target given its row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        z : ndarray of shape (n_samples,)

        Returns
        -------
        log_prob : ndarray of shape (n_samples,)
        """
        X = self._place(X)
        token = tokens(self.marginal_, z)
        probability = np.zeros(len(X))
        for tree, leaves in self.trees_:
            probability += token_probability(leaves, _leaf(tree, X), token)
        with np.errstate(divide="ignore"):
            log_prob = np.log(probability / len(self.trees_))
        log_prob = log_prob + log_density_in_token(self.marginal_, z, token)
        return mix_with_floor(self.marginal_, z, log_prob)

    def _place(self, X):
        """Put codes of categories, and missing cells, in places that suit z."""
        X = np.array(X, dtype=np.float32)
        missing = np.isnan(X)
        # below all ranks, so that one threshold tells missing cells from the others
        X[missing] = -0.5
        for i, place in self.category_order_.items():
            code = np.where(missing[:, i], len(place) - 1, X[:, i])
            X[:, i] = place[code.astype(np.intp)]
        # trees try one threshold per column: few columns are shown several times
        copies = -(-MIN_THRESHOLDS // max(1, X.shape[1]))
        return np.tile(X, (1, copies))

    def _fit_tree(self, X, token, features, sample_weight, smoothing, rng):
        tree, leaf = None, np.zeros(len(X), dtype=np.intp)
        children = (np.array([-1]), np.array([-1]))
        if X.shape[1]:
            # weights count like repeated rows; those below one on average as ranks
            total = max(sample_weight.sum(), len(X))
            share = (self.min_samples_leaf - 0.5) / total
            tree = ExtraTreeRegressor(
                min_weight_fraction_leaf=min(0.5, share),
                max_features=self.max_features,
                random_state=int(rng.integers(2**31)),
            )
            tree = tree.fit(X, features, sample_weight=sample_weight).tree_
            leaf = tree.apply(X)
            children = (tree.children_left, tree.children_right)
        leaves = fit_leaves(leaf, token, sample_weight, children, smoothing)
        return tree, leaves


def _leaf(tree, X):
    return np.zeros(len(X), dtype=np.intp) if tree is None else tree.apply(X)
