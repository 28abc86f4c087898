"""p(z | X) held in the leaves of randomised trees."""

from numbers import Integral, Real

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.marginals import (
    assign_bins,
    draw_values,
    fit_marginal,
    log_density_in_bin,
    mix_with_floor,
)
from skgen._math.columns.targets import order_categories, target_features
from skgen._math.trees.leaves import bin_probability, draw_bins, fit_leaves
from skgen._utils.mixins import CheckedComponentsMixin
from skgen._utils.random import reseeded

MIN_THRESHOLDS = 4
MAX_OUTPUTS = 4
#: rows in the leaves of a tree that is given one column, if "auto"
_AUTO_LEAF = 16
#: rows that all trees together see, within the limits of their number, if "auto"
_AUTO_ROWS = 2_000
_AUTO_TREES = (1, 5)


class TreeConditional(CheckedComponentsMixin, BaseEstimator):
    """Conditional distribution held in the leaves of randomised trees.

    Each randomised tree [1]_ splits the rows on the columns that are given, until a
    leaf holds few rows; the distribution of the target in a leaf, smoothed by that of
    the nodes above it [3]_, is the tree's answer. A row is drawn from one of the trees,
    so the density is the mean of theirs. Splits see the shape of the target's
    distribution: a numeric target is described by several functions of its rank, a
    category by its indicators.

    Parameters
    ----------
    n_trees : int or "auto", default=5
        Number of trees. "auto" is 2,000 divided by the number of rows, but at most 5
        and at least 1: with many rows the leaves of one tree are many, and varied.
    min_samples_leaf : int or "auto", default=10
        Smallest number of rows (sum of weights) in a leaf. Small leaves follow the
        data closely, large ones smooth. "auto" is 16 divided by the number of given
        columns, at least 2, for many trees that are to differ from each other: on few
        columns they do not, and a draw would find the same few rows in all of them.
    max_features : int, float or None, default=None
        Number, or share, of the given columns tried at each split; None tries all.
    max_bins : int or "auto", default="auto"
        Largest number of bins in which a numeric target is counted, apart from the
        values that it repeats, which are counted one by one. "auto" is twice the
        number of rows to the power of 2/5 [2]_.
    smoothing : float, default=2.0
        Weight, in rows, of the distribution of the node above in each node. With zero,
        values that a leaf does not hold have (almost) no density.

    References
    ----------
    .. [1] Geurts, Ernst & Wehenkel (2006), "Extremely randomized trees", Machine
       Learning 63.
    .. [2] Mann & Wald (1942), "On the choice of the number of class intervals in the
       application of the chi square test", Annals of Mathematical Statistics 13(3).
    .. [3] MacKay & Bauman Peto (1995), "A hierarchical Dirichlet language model",
       Natural Language Engineering 1(3).

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
        "n_trees": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "min_samples_leaf": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "max_features": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0.0, 1.0, closed="right"),
            None,
        ],
        "max_bins": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "smoothing": [Interval(Real, 0.0, None, closed="left")],
    }

    def __init__(
        self,
        n_trees=5,
        *,
        min_samples_leaf=10,
        max_features=None,
        max_bins="auto",
        smoothing=2.0,
    ):
        self.n_trees = n_trees
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.max_bins = max_bins
        self.smoothing = smoothing

    @property
    def n_samples_needed(self):
        """Number of rows from which on dependence between columns can be seen."""
        return 2 * self._leaf_size(_AUTO_LEAF)

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
        self._marginal = fit_marginal(z, sample_weight, target, max_bins=self.max_bins)
        bins = assign_bins(self._marginal, z)
        features = target_features(z, bins, self._marginal, target.discrete, rng)
        self._n_given = X.shape[1]
        self._category_place = {
            i: order_categories(X[:, i], features, sample_weight, column.n_categories)
            for i, column in enumerate(predictors)
            if column.discrete
        }
        X = self._place(X)
        is_indicator = target.indicator_of is not None
        # whether a cell is missing is not scored, and may follow an exact rule
        smoothing = 0.0 if is_indicator else self.smoothing
        self._trees = []
        n_trees = 1 if is_indicator or not X.shape[1] else self._count_trees(len(X))
        for _ in range(n_trees):
            tree = self._grow_tree(X, features, sample_weight, is_indicator, rng)
            children = [np.array([-1])] * 2
            if tree is not None:
                children = [tree.children_left, tree.children_right]
            leaf = _leaf(tree, X)
            leaves = fit_leaves(leaf, bins, sample_weight, children, smoothing)
            self._trees.append((tree, leaves))
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
        bins = np.empty(len(X), dtype=np.intp)
        which = rng.integers(len(self._trees), size=len(X))
        for i, (tree, leaves) in enumerate(self._trees):
            rows = np.flatnonzero(which == i)
            # all rows are those of a single tree
            part = X if len(rows) == len(X) else X[rows]
            bins[rows] = draw_bins(leaves, _leaf(tree, part), rng)
        return draw_values(self._marginal, bins, rng)

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
        bins = assign_bins(self._marginal, z)
        probability = np.zeros(len(X))
        for tree, leaves in self._trees:
            probability += bin_probability(leaves, _leaf(tree, X), bins)
        with np.errstate(divide="ignore"):
            log_prob = np.log(probability / len(self._trees))
        log_prob = log_prob + log_density_in_bin(self._marginal, z, bins)
        return mix_with_floor(self._marginal, z, log_prob)

    def _count_trees(self, n_samples):
        if self.n_trees == "auto":
            return int(np.clip(_AUTO_ROWS // n_samples, *_AUTO_TREES))
        return self.n_trees

    def _leaf_size(self, n_given):
        if self.min_samples_leaf == "auto":
            return max(2, _AUTO_LEAF // max(1, n_given))
        return self.min_samples_leaf

    def _place(self, X):
        """Put codes of categories, and missing cells, in places that suit z."""
        X = np.array(X, dtype=np.float32)
        missing = np.isnan(X)
        # below all ranks, so that one threshold tells missing cells from the others
        X[missing] = -0.5
        for i, place in self._category_place.items():
            code = np.where(missing[:, i], len(place) - 1, X[:, i])
            X[:, i] = place[code.astype(np.intp)]
        # trees try one threshold per column: few columns are shown several times
        copies = -(-MIN_THRESHOLDS // max(1, X.shape[1]))
        return X if copies == 1 else np.tile(X, (1, copies))

    def _grow_tree(self, X, features, sample_weight, is_indicator, rng):
        if not X.shape[1]:
            return None
        # weights count like repeated rows, unless they are below one on average
        total = max(sample_weight.sum(), len(X))
        random_state = reseeded(int(rng.integers(2**31)))
        if is_indicator:
            # even a rule that holds for two rows is worth a split
            tree = DecisionTreeRegressor(
                min_impurity_decrease=1.5 / total, random_state=random_state
            )
        else:
            share = (self._leaf_size(self._n_given) - 0.5) / total
            tree = ExtraTreeRegressor(
                min_weight_fraction_leaf=min(0.5, share),
                max_features=self.max_features,
                random_state=random_state,
            )
        if features.shape[1] > MAX_OUTPUTS:
            # projections keep the variance in expectation, and cost less
            shape = (features.shape[1], MAX_OUTPUTS)
            features = features @ rng.standard_normal(shape)
        # what is checked here was checked before
        if (sample_weight == 1.0).all():
            sample_weight = None
        with config_context(skip_parameter_validation=True):
            tree.fit(X, features, sample_weight=sample_weight, check_input=False)
        return tree.tree_


def _leaf(tree, X):
    return np.zeros(len(X), dtype=np.intp) if tree is None else tree.apply(X)
