"""Conditional distributions in the leaves of randomised trees."""

from numbers import Integral, Real

import numpy as np
from sklearn import config_context
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.marginals import (
    assign_bins,
    fit_marginal,
)
from skgen._math.trees.leaves import order_categories, target_features
from skgen._utils.random import reseeded
from skgen.conditionals._binned import BinnedConditional
from skgen.conditionals._grown_tree import GrownTree
from skgen.conditionals._truncation import restrict_bins

#: thresholds that are tried at each split, at least
MIN_THRESHOLDS = 4
#: functions of the target that a tree is fitted to, at most
MAX_OUTPUTS = 4
#: "auto": rows in the leaves of a tree with one predictor
_AUTO_LEAF = 16
#: "auto": rows of the training data times number of trees, and range of this number
_AUTO_ROWS = 2_000
_AUTO_TREES = (1, 5)


class TreeConditional(BinnedConditional):
    """Conditional distribution in the leaves of randomised trees.

    Each randomised tree [1]_ splits the rows on the predictors until the leaves hold
    few rows. It predicts the distribution of the target in a leaf, smoothed by the
    distributions in the nodes above [3]_. A value is drawn from a random tree, and the
    density is the mean over the trees. Splits compare whole distributions, not only
    means: the trees are fitted to several functions of the rank of a numeric target,
    or to indicators of categories.

    Parameters
    ----------
    n_trees : int or "auto", default=5
        Number of trees. "auto" is 2,000 divided by the number of rows, but at most 5
        and at least 1: with many rows, a single tree has many different leaves.
    min_samples_leaf : int or "auto", default=10
        Smallest number of rows (sum of weights) in a leaf. Small leaves follow the
        data closely, large ones smooth. "auto" is 16 divided by the number of
        predictors, at least 2. It is meant for many trees: those on few predictors are
        alike, and small leaves would then repeat the same few rows.
    max_features : int, float or None, default=None
        Number, or share, of the predictors tried at each split; None tries all.
    max_bins : int or "auto", default="auto"
        Largest number of bins of a numeric target, besides its frequent values, which
        are bins of their own. "auto" is twice the number of rows to the power of 2/5
        [2]_.
    smoothing : float, default=2.0
        Weight, in rows, of the parent's distribution in each node. With zero, values
        without rows in a leaf have (almost) no density.

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
        return 2 * self._leaf_size(_AUTO_LEAF)

    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        marginal = fit_marginal(z, sample_weight, target, max_bins=self.max_bins)
        self.fit_bins(X, z, marginal, predictors, target, sample_weight, rng)

    def fit_bins(self, X, z, marginal, predictors, target, sample_weight, rng):
        """Learn the bins of a given marginal distribution; arguments as in `fit`."""
        self._marginal = marginal
        bins = assign_bins(marginal, z)
        features = target_features(
            z, bins, self._marginal, target.discrete, rng, sample_weight
        )
        self._n_predictors = X.shape[1]
        self._category_place = {
            i: order_categories(X[:, i], features, sample_weight, column.n_categories)
            for i, column in enumerate(predictors)
            if column.discrete
        }
        X = self._place(X)
        is_indicator = target.indicator_of is not None
        # missing indicators are not scored, and may follow an exact rule
        smoothing = 0.0 if is_indicator else self.smoothing
        self._trees = []
        n_trees = 1 if is_indicator or not X.shape[1] else self._count_trees(len(X))
        for _ in range(n_trees):
            tree = self._grow_tree(X, features, sample_weight, is_indicator, rng)
            self._trees.append(GrownTree(tree, X, bins, sample_weight, smoothing))

    def draw_bins(self, X, rng):
        """Draw one bin for each row."""
        X = self._place(X)
        bins = np.empty(len(X), dtype=np.intp)
        which = rng.integers(len(self._trees), size=len(X))
        for i, tree in enumerate(self._trees):
            rows = np.flatnonzero(which == i)
            # a single tree draws all rows
            part = X if len(rows) == len(X) else X[rows]
            bins[rows] = tree.draw_bins(part, rng)
        return bins

    def bin_log_prob(self, X, bins):
        """Log-probability of each row's bin; may be -inf."""
        X = self._place(X)
        probability = np.zeros(len(X))
        for tree in self._trees:
            probability += tree.bin_probability(X, bins)
        with np.errstate(divide="ignore"):
            return np.log(probability / len(self._trees))

    def restrict(self, X, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        return restrict_bins(self._marginal, self._bin_probability(X), support, rng)

    def _bin_probability(self, X):
        """Callable from positions of rows to the probabilities of all bins."""
        X, n_bins = self._place(X), self._marginal.n_bins

        def probability(rows):
            total = np.zeros((len(rows), n_bins))
            for tree in self._trees:
                total += tree.all_probabilities(X[rows], n_bins)
            return total / len(self._trees)

        return probability

    def _count_trees(self, n_samples):
        if self.n_trees == "auto":
            return int(np.clip(_AUTO_ROWS // n_samples, *_AUTO_TREES))
        return self.n_trees

    def _leaf_size(self, n_predictors):
        if self.min_samples_leaf == "auto":
            return max(2, _AUTO_LEAF // max(1, n_predictors))
        return self.min_samples_leaf

    def _place(self, X):
        """Target-encode categories, and place missing cells below all ranks."""
        X = np.array(X, dtype=np.float32)
        missing = np.isnan(X)
        # one threshold separates missing cells from all others
        X[missing] = -0.5
        for i, place in self._category_place.items():
            category = np.where(missing[:, i], len(place) - 1, X[:, i])
            X[:, i] = place[category.astype(np.intp)]
        # trees try one threshold per column: a few columns are repeated
        copies = -(-MIN_THRESHOLDS // max(1, X.shape[1]))
        return X if copies == 1 else np.tile(X, (1, copies))

    def _grow_tree(self, X, features, sample_weight, is_indicator, rng):
        if not X.shape[1]:
            return None
        # weights count like repeated rows, unless they are below one on average
        total = max(sample_weight.sum(), len(X))
        random_state = reseeded(int(rng.integers(2**31)))
        if is_indicator:
            # a rule that holds for two rows is worth a split
            tree = DecisionTreeRegressor(
                min_impurity_decrease=1.5 / total, random_state=random_state
            )
        else:
            share = (self._leaf_size(self._n_predictors) - 0.5) / total
            tree = ExtraTreeRegressor(
                min_weight_fraction_leaf=min(0.5, share),
                max_features=self.max_features,
                random_state=random_state,
            )
        if features.shape[1] > MAX_OUTPUTS:
            # projections are faster, and keep the variance in expectation
            shape = (features.shape[1], MAX_OUTPUTS)
            features = features @ rng.standard_normal(shape)
        if (sample_weight == 1.0).all():
            sample_weight = None
        # the parameters are valid, and checking takes time for small trees
        with config_context(skip_parameter_validation=True):
            tree.fit(X, features, sample_weight=sample_weight, check_input=False)
        return tree.tree_
