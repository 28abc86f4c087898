"""p(z | X) as decisions down a binary tree of bins, each learned by boosting."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval

from skgen._math.columns.association import association_features
from skgen._math.columns.marginals import (
    assign_bins,
    bin_centers,
    draw_values,
    fit_marginal,
    log_density_in_bin,
    mix_with_floor,
)
from skgen._math.columns.targets import order_categories, target_features
from skgen._math.sampling.systematic import even_decisions
from skgen._math.trees.bin_tree import build_levels, find_nodes
from skgen._utils.mixins import CheckedComponentsMixin
from skgen._utils.parallel import limited_openmp
from skgen.conditionals._boosted_tables import (
    MAX_LEAVES,
    N_CODES,
    probability_by_tables,
    tabulate,
)
from skgen.conditionals._early_stopping import EarlyStoppedBoosting

#: what HistGradientBoostingClassifier takes as categories
MAX_CATEGORIES = 255
#: its bins of a numeric column, one of which is for missing cells
N_FEATURE_BINS = 255
#: fewer rows than this on one side of a level's decisions tell nothing
MIN_MINORITY = 10
#: fewer rows than this have none to spare for validation
MIN_ROWS_TO_VALIDATE = 200
#: a column with fewer observed cells among the rows of a level is not looked at
MIN_OBSERVED = 20
#: boosting steps of a level that has too few rows to validate
MAX_BLIND_ITER = 10
#: fewer rows than this are learned from by one thread: on a machine that others use,
#: the wait of several threads for each other made 30,000 rows take ten times as long
MIN_ROWS_FOR_THREADS = 50_000
#: from so many rows on, tables of a level are sooner made than its trees are walked
MIN_ROWS_TO_TABULATE = 1_500


class BoostedConditional(CheckedComponentsMixin, BaseEstimator):
    """Conditional distribution by gradient boosting on a binary tree of bins.

    The target is coded into bins of about equal counts; the values that it repeats,
    and categories, are bins of their own. The bins hang on a binary tree that halves
    the rows at every node, and a value is found by deciding, level by level, between
    left and right. One histogram gradient boosting per level learns the probability
    of right, with the node as a feature beside the given columns, so that nodes share
    what they have in common. Inside its bin a value follows the column's own
    distribution. The density is exact, and no row is stored.

    Parameters
    ----------
    max_bins : int, default=128
        Largest number of bins in which a numeric target is counted, apart from the
        values that it repeats. It is also the resolution up to which the given columns
        count: nodes below ``log2(max_bins)`` levels are split by frequency alone.
    learning_rate : float, default=0.2
        Shrinkage of each boosting step.
    max_iter : int, default=200
        Largest number of boosting steps at each level. Where there are rows enough,
        boosting stops once a tenth of them, held back, no longer gain.
    max_leaf_nodes : int, default=15
        Largest number of leaves of a boosted tree.
    min_samples_leaf : int, default=20
        Smallest number of rows in a leaf of a boosted tree.
    l2_regularization : float, default=5.0
        Penalty on the values of the leaves.

    Notes
    -----
    Time grows as the number of rows times given columns times ``log2(max_bins)``.
    Missing cells and categories of given columns are split on as they are; columns
    with more than 255 categories are placed on a line by what they say about the
    target.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen import AutoregressiveGenerator, BoostedConditional
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> generator = AutoregressiveGenerator(BoostedConditional(max_bins=32))
    >>> generator.fit(X).sample(3).shape
    (3, 2)
    """

    #: numeric predictors arrive as ranks between 0 and 1
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
        """Number of rows from which on dependence between columns can be seen."""
        return 2 * max(MIN_MINORITY, self.min_samples_leaf)

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
        self : BoostedConditional
        """
        self._validate_params()
        self._marginal = fit_marginal(z, sample_weight, target, max_bins=self.max_bins)
        bins = assign_bins(self._marginal, z)
        features = target_features(z, bins, self._marginal, target.discrete, rng)
        self._category_place = {
            i: order_categories(X[:, i], features, sample_weight, column.n_categories)
            for i, column in enumerate(predictors)
            if column.n_categories > MAX_CATEGORIES
        }
        self._categorical = [
            column.discrete and i not in self._category_place
            for i, column in enumerate(predictors)
        ]
        self._numeric = [not column.discrete for column in predictors]
        order = self._order_bins(X, z, predictors, target, sample_weight, rng)
        # a category that no row holds has no place, and is never drawn
        self._bin = order[self._marginal.masses[order] > 0]
        self._place = np.full(len(order), -1)
        self._place[self._bin] = np.arange(len(self._bin))
        self._levels = build_levels(self._marginal.masses[self._bin])
        X, place = self._prepare(X), self._place[bins]
        # below max_bins of equal mass, what is given no longer counts
        deepest = np.ceil(np.log2(self.max_bins))
        self._boosters = [
            self._boost_level(level, X, place, sample_weight, rng)
            if depth < deepest and X.shape[1]
            else None
            for depth, level in enumerate(self._levels)
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
        features = self._features(X)
        place = np.zeros(len(X), dtype=np.intp)
        for level, boosted in zip(self._levels, self._boosters, strict=True):
            # a row that has come to a node is at its first place
            rows, node = find_nodes(level, place)
            right = _probability_of_right(level, boosted, features, rows, node)
            goes_right = even_decisions(right, node, rng)
            place[rows[goes_right]] = level.middle[node[goes_right]]
        return draw_values(self._marginal, self._bin[place], rng)

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
        features, bins = self._features(X), assign_bins(self._marginal, z)
        place = self._place[bins]
        log_prob = log_density_in_bin(self._marginal, z, bins)
        log_prob[place < 0] = -np.inf
        for level, boosted in zip(self._levels, self._boosters, strict=True):
            rows, node = find_nodes(level, place)
            right = _probability_of_right(level, boosted, features, rows, node)
            goes_right = place[rows] >= level.middle[node]
            with np.errstate(divide="ignore"):
                log_prob[rows] += np.log(np.where(goes_right, right, 1 - right))
        return mix_with_floor(self._marginal, z, log_prob)

    def _order_bins(self, X, z, predictors, target, sample_weight, rng):
        """Tokens in the order of their places: by value, or alike categories beside."""
        if not target.discrete or target.ordered or not X.shape[1]:
            return np.argsort(bin_centers(self._marginal), kind="stable")
        discrete = [column.discrete for column in predictors]
        features = association_features(X, discrete, rng)
        place = order_categories(z, features, sample_weight, target.n_categories)
        return np.argsort(place[:-1], kind="stable")

    def _prepare(self, X):
        """Bin numbers, and put codes of many categories in places that suit z."""
        X = np.array(X, dtype=np.float64)
        # what boosting would do itself, for each level anew
        X[:, self._numeric] = np.floor(X[:, self._numeric] * N_FEATURE_BINS)
        for i, place in self._category_place.items():
            code = np.where(np.isnan(X[:, i]), len(place) - 1, X[:, i])
            X[:, i] = place[code.astype(np.intp)]
        return X

    def _features(self, X):
        """What boosters look at: bin numbers and codes, as whole ones if rows are many.

        The first column is for the node.
        """
        X = self._prepare(X)
        if len(X) >= MIN_ROWS_TO_TABULATE and self._fits_tables():
            X = np.where(np.isnan(X), N_CODES, X).astype(np.uint16)
        return np.column_stack([np.zeros(len(X), dtype=X.dtype), X])

    def _fits_tables(self):
        # the places of more categories are no whole numbers
        if self._category_place or self.max_leaf_nodes > MAX_LEAVES:
            return False
        pairs = zip(self._levels, self._boosters, strict=True)
        return all(len(level.start) <= N_CODES for level, b in pairs if b is not None)

    def _boost_level(self, level, X, place, sample_weight, rng):
        """Learn the decisions of one level, or None where there are too few."""
        rows, node = find_nodes(level, place)
        goes_right = place[rows] >= level.middle[node]
        n_right = goes_right.sum()
        if min(n_right, len(rows) - n_right) < MIN_MINORITY:
            return None
        # the part that is not held back must hold some cells of each column
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
        return booster, blank


def _node_and_given(node, X, rows):
    features = np.empty((len(rows), 1 + X.shape[1]))
    features[:, 0] = node
    features[:, 1:] = X[rows]
    return features


def _probability_of_right(level, boosted, features, rows, node):
    if boosted is None or not len(rows):
        return level.right[node]
    booster, blank = boosted
    given = features[rows]
    given[:, 0] = node
    if given.dtype != np.float64:
        return probability_by_tables(tabulate(booster), given)
    given[:, blank] = 0.0
    # for so few rows, to wait for other threads takes longer than to do without them
    with limited_openmp(1):
        return booster.predict_proba(given)[:, 1]
