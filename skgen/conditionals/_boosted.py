"""Conditional distributions by boosted decisions down a binary tree of bins."""

from numbers import Integral, Real

import numpy as np
from scipy.special import expit
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.utils._param_validation import Interval

from skgen._math.columns.association import association_features
from skgen._math.columns.marginals import (
    assign_bins,
    bin_centers,
    fit_marginal,
)
from skgen._math.columns.supports import draw_within
from skgen._math.probabilities.intercepts import group_intercepts
from skgen._math.sampling import even_decisions
from skgen._math.trees.bin_tree import build_levels, find_nodes
from skgen._math.trees.leaves import (
    order_categories,
    order_unseen_categories,
    target_features,
)
from skgen._utils.parallel import limited_openmp
from skgen.conditionals._binned import BinnedConditional
from skgen.conditionals._gradient_boosting import (
    MAX_LEAVES,
    N_VALUES,
    EarlyStoppedBoosting,
    scores_by_tables,
    tabulate,
)
from skgen.conditionals._truncation import NodeSupport, Paths

#: most categories of a column that HistGradientBoostingClassifier accepts
MAX_CATEGORIES = 255
#: its bins of a numeric column, besides one for missing cells
N_FEATURE_BINS = 255
#: rows that both sides of a level's decisions need, otherwise nothing is learned
MIN_MINORITY = 10
#: rows of a level from which on a tenth is held out for validation
MIN_ROWS_TO_VALIDATE = 200
#: observed cells among the rows of a level that a predictor needs to be used
MIN_OBSERVED = 20
#: number, and share of its rows, of those on a side of a level that is rare
FEW_RARE, RARE = 200, 0.1
#: folds by which the intercepts of such a level are found
N_FOLDS = 3
#: boosting steps of a level that has too few rows for validation
MAX_BLIND_ITER = 10
#: rows from which on several threads learn: with fewer rows, they wait for each other
#: most of the time on a machine that runs other work
MIN_ROWS_FOR_THREADS = 50_000
#: rows from which on building lookup tables takes less time than walking the trees
MIN_ROWS_TO_TABULATE = 1_500


class BoostedConditional(BinnedConditional):
    """Conditional distribution by gradient boosting on a binary tree of bins.

    The target is cut into bins of about equal counts; frequent values and categories
    are bins of their own. The bins are the leaves of a binary tree that halves the rows
    at every node. For each level of this tree, one histogram gradient boosting predicts
    whether a row goes right, from the predictors and the node, so that the nodes of a
    level share information. An intercept for each node makes the mean predicted share
    of the rows that go right the observed one, so that rare categories are drawn as
    often as they occur. Inside its bin a value follows the marginal distribution.
    The density is exact, and no row is stored.

    Parameters
    ----------
    max_bins : int, default=128
        Largest number of bins of a numeric target, besides its frequent values. The
        predictors are used for the first ``log2(max_bins)`` levels of the tree; deeper
        decisions follow the frequencies alone.
    learning_rate : float, default=0.2
        Shrinkage of each boosting step.
    max_iter : int, default=200
        Largest number of boosting steps at each level. With 200 rows or more, a level
        stops early, once the loss on a held-out tenth no longer improves.
    max_leaf_nodes : int, default=15
        Largest number of leaves of a boosted tree.
    min_samples_leaf : int, default=20
        Smallest number of rows in a leaf of a boosted tree.
    l2_regularization : float, default=5.0
        Penalty on the values of the leaves.

    Notes
    -----
    Time grows as rows times predictors times ``log2(max_bins)``. Missing cells and
    categories of predictors are split on natively. Predictors with more than 255
    categories are target-encoded: replaced by numbers that reflect how the target
    depends on the category.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen import AutoregressiveGenerator, BoostedConditional
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> generator = AutoregressiveGenerator(BoostedConditional(max_bins=32))
    >>> generator.fit(X).sample(3).shape
    (3, 2)
    """

    ranked_predictors = True

    _parameter_constraints: dict = {
        "max_bins": [Interval(Integral, 2, None, closed="left")],
        "learning_rate": [Interval(Real, 0.0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "max_leaf_nodes": [Interval(Integral, 2, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "l2_regularization": [Interval(Real, 0.0, None, closed="left")],
    }

    def __init__(
        self,
        max_bins=128,
        *,
        learning_rate=0.2,
        max_iter=200,
        max_leaf_nodes=15,
        min_samples_leaf=20,
        l2_regularization=5.0,
    ):
        self.max_bins = max_bins
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization

    @property
    def n_samples_needed(self):
        return 2 * max(MIN_MINORITY, self.min_samples_leaf)

    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        marginal = fit_marginal(z, sample_weight, target, max_bins=self.max_bins)
        self.fit_bins(X, z, marginal, predictors, target, sample_weight, rng)

    def fit_bins(self, X, z, marginal, predictors, target, sample_weight, rng):
        """Learn the bins of a given marginal distribution; arguments as in `fit`."""
        bins = assign_bins(marginal, z)
        masses = np.bincount(bins, sample_weight, minlength=marginal.n_bins)
        self._marginal = marginal._replace(masses=masses / masses.sum())
        features = target_features(
            z, bins, self._marginal, target.discrete, rng, sample_weight
        )
        self._category_place, unseen = {}, {}
        for i, column in enumerate(predictors):
            if column.n_categories > MAX_CATEGORIES:
                self._category_place[i], unseen[i] = order_unseen_categories(
                    X[:, i], features, sample_weight, column.n_categories, rng
                )
        self._categorical = [
            column.discrete and i not in self._category_place
            for i, column in enumerate(predictors)
        ]
        self._numeric = [not column.discrete for column in predictors]
        order = self._order_bins(X, z, predictors, target, sample_weight, rng)
        # a category without rows has no place, and is never drawn
        self._bin = order[self._marginal.masses[order] > 0]
        self._place = np.full(len(order), -1)
        self._place[self._bin] = np.arange(len(self._bin))
        self._levels = build_levels(self._marginal.masses[self._bin])
        X, place = self._prepare(X), self._place[bins]
        for i, places in unseen.items():
            X[:, i] = places
        # below max_bins nodes of equal mass, predictors are not used
        deepest = np.ceil(np.log2(self.max_bins))
        self._boosters = [
            self._boost_level(level, X, place, sample_weight, rng)
            if depth < deepest and X.shape[1]
            else None
            for depth, level in enumerate(self._levels)
        ]

    def draw_bins(self, X, rng):
        """Draw one bin for each row."""
        features = self._features(X)
        place = np.zeros(len(X), dtype=np.intp)
        for level, boosted in zip(self._levels, self._boosters, strict=True):
            # the place of a row is the first place of its node
            rows, node = find_nodes(level, place)
            right = _probability_of_right(level, boosted, features, rows, node)
            goes_right = even_decisions(right, node, rng)
            place[rows[goes_right]] = level.middle[node[goes_right]]
        return self._bin[place]

    def bin_log_prob(self, X, bins):
        """Log-probability of each row's bin; may be -inf."""
        features, place = self._features(X), self._place[bins]
        log_prob = np.where(place < 0, -np.inf, 0.0)
        for level, boosted in zip(self._levels, self._boosters, strict=True):
            rows, node = find_nodes(level, place)
            right = _probability_of_right(level, boosted, features, rows, node)
            goes_right = place[rows] >= level.middle[node]
            with np.errstate(divide="ignore"):
                log_prob[rows] += np.log(np.where(goes_right, right, 1 - right))
        return log_prob

    def restrict(self, X, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        paths, z = self._paths(X, support), np.full(len(X), np.nan)
        if rng is not None:
            place = paths.draw(rng)
            found = np.flatnonzero(place >= 0)
            bins = self._bin[place[found]]
            z[found] = draw_within(self._marginal, bins, support.take(found), rng)
        return paths.mass, z

    def _paths(self, X, support):
        """Nodes of the tree of bins that hold what rows may have."""
        features = self._features(X)

        def right(depth, rows, node):
            level, boosted = self._levels[depth], self._boosters[depth]
            return _probability_of_right(level, boosted, features, rows, node)

        nodes = NodeSupport(self._marginal, self._bin, support)
        return Paths(self._levels, nodes, right, len(X))

    def _order_bins(self, X, z, predictors, target, sample_weight, rng):
        """Bins in the order of their places: by value, or similar categories nearby."""
        if not target.discrete or target.ordered or not X.shape[1]:
            return np.argsort(bin_centers(self._marginal), kind="stable")
        discrete = [column.discrete for column in predictors]
        features = association_features(X, discrete, rng, sample_weight)
        place = order_categories(z, features, sample_weight, target.n_categories)
        return np.argsort(place[:-1], kind="stable")

    def _prepare(self, X):
        """Bin numeric predictors, and target-encode those with many categories."""
        X = np.array(X, dtype=np.float64)
        # boosting would bin again for each level
        X[:, self._numeric] = np.floor(X[:, self._numeric] * N_FEATURE_BINS)
        for i, place in self._category_place.items():
            category = np.where(np.isnan(X[:, i]), len(place) - 1, X[:, i])
            X[:, i] = place[category.astype(np.intp)]
        return X

    def _features(self, X):
        """Features of the boosters; whole numbers if they are looked up in tables.

        The first column is for the node.
        """
        X = self._prepare(X)
        if len(X) >= MIN_ROWS_TO_TABULATE and self._fits_tables():
            X = np.where(np.isnan(X), N_VALUES, X).astype(np.uint16)
        return np.column_stack([np.zeros(len(X), dtype=X.dtype), X])

    def _fits_tables(self):
        # target-encoded categories are no whole numbers
        if self._category_place or self.max_leaf_nodes > MAX_LEAVES:
            return False
        pairs = zip(self._levels, self._boosters, strict=True)
        return all(len(level.start) <= N_VALUES for level, b in pairs if b is not None)

    def _boost_level(self, level, X, place, sample_weight, rng):
        """Learn the decisions of one level; None where one side has too few rows."""
        rows, node = find_nodes(level, place)
        goes_right = place[rows] >= level.middle[node]
        n_right = goes_right.sum()
        if min(n_right, len(rows) - n_right) < MIN_MINORITY:
            return None
        # the rows that are not held out must hold some cells of each column
        features = _node_and_given(node, X, rows)
        blank = (~np.isnan(features)).sum(axis=0) < MIN_OBSERVED
        features[:, blank] = 0.0
        booster = EarlyStoppedBoosting(
            learning_rate=self.learning_rate,
            max_iter=self.max_iter,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            categorical_features=[False, *self._categorical],
            early_stopping=len(rows) >= MIN_ROWS_TO_VALIDATE,
            random_state=int(rng.integers(2**31)),
        )
        if len(rows) < MIN_ROWS_TO_VALIDATE:
            booster.set_params(max_iter=min(MAX_BLIND_ITER, self.max_iter))
        n_threads = 1 if len(rows) < MIN_ROWS_FOR_THREADS else len(rows)
        with limited_openmp(n_threads):
            booster.fit(features, goes_right, sample_weight=sample_weight[rows])
            scores = _unseen_scores(booster, features, goes_right, sample_weight[rows])
        intercepts = group_intercepts(
            scores, node, goes_right, sample_weight[rows], len(level.right)
        )
        return booster, blank, intercepts


def _unseen_scores(booster, features, goes_right, weights):
    """Log-odds of training rows, of rare ones by models that have not seen them.

    A few rows are predicted too well by the model that has seen them, and intercepts
    that rely on it would be too low.
    """
    scores = booster.decision_function(features)
    is_rare = goes_right == (goes_right.mean() < 0.5)
    if is_rare.sum() >= min(FEW_RARE, RARE * len(goes_right)):
        return scores
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=booster.random_state)
    for rest, fold in folds.split(features, goes_right):
        model = clone(booster)
        model.fit(features[rest], goes_right[rest], sample_weight=weights[rest])
        held_out = fold[is_rare[fold]]
        scores[held_out] = model.decision_function(features[held_out])
    return scores


def _node_and_given(node, X, rows):
    features = np.empty((len(rows), 1 + X.shape[1]))
    features[:, 0] = node
    features[:, 1:] = X[rows]
    return features


def _probability_of_right(level, boosted, features, rows, node):
    if boosted is None or not len(rows):
        return level.right[node]
    booster, blank, intercepts = boosted
    given = features[rows]
    given[:, 0] = node
    if given.dtype != np.float64:
        scores = scores_by_tables(tabulate(booster), given)
    else:
        given[:, blank] = 0.0
        # with few rows, waiting for other threads takes longer than one thread
        with limited_openmp(1):
            scores = booster.decision_function(given)
    return expit(scores + intercepts[node])
