"""Conditional distributions of small tables: several models, weighed on unseen rows."""

from numbers import Integral

import numpy as np
from scipy.special import logsumexp
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.marginals import assign_bins, fit_marginal
from skgen._math.probabilities.mixture_weights import mixture_weights
from skgen._math.sampling import choose_one, even_choices, even_folds
from skgen.conditionals._base import BaseConditional
from skgen.conditionals._boosted import BoostedConditional
from skgen.conditionals._stack_inputs import Inputs, fit_inputs
from skgen.conditionals._stack_numbers import NumberPart
from skgen.conditionals._stack_parts import (
    BinPart,
    CategoryPart,
    FoldedColumn,
    MarginalPart,
)
from skgen.conditionals._tree import TreeConditional

#: cells below which nothing is learned but the marginal distribution
MIN_ROWS = 20
#: rows from which on boosting pays
MIN_ROWS_TO_BOOST = 1_000
#: number of folds without and with boosting, which is slower
N_FOLDS, N_FOLDS_BOOSTED = 5, 3
#: rows spread evenly over the parts while they are weighed
_PRIOR_ROWS = 2.0
#: penalties of logistic regressions: of columns alone, and with landmarks
_PENALTY, _KERNEL_PENALTY = 3.3, 10.0
_MAX_CATEGORIES = 30
#: values of a number that has no others, up to which they are taken for categories
_MAX_VALUES = 8


class StackedConditional(BaseConditional):
    """Conditional distribution of a small table: a mixture of several models.

    On a few hundred rows no kind of model is best for all columns. This one mixes, for
    each column, the marginal distribution, linear models, linear models of a Gaussian
    kernel at some landmarks, randomised trees, and with many rows boosting. The weights
    of the mixture maximise the likelihood of rows that the models have not seen [1]_
    [2]_, so that what cannot be learned is not drawn.

    Parameters
    ----------
    n_trees : int, default=6
        Number of trees of each fold, as in :class:`TreeConditional`.
    min_samples_leaf : int, default=5
        Smallest number of rows (sum of weights) in a leaf of these trees. Large leaves
        repeat training rows less.
    n_landmarks : int, default=60
        Number of rows at which the kernel is centred. With 0 the part is left out.
    boosting : bool or "auto", default="auto"
        Whether a :class:`BoostedConditional` is one of the parts. "auto" is from 1,000
        rows (sum of weights) on. Folds are then three instead of five.

    See Also
    --------
    TreeConditional : Faster.
    BoostedConditional : Better from a few thousand rows on.

    Notes
    -----
    Each part is fitted once for every fold, to the rows outside of it. These models are
    kept and mixed, instead of fitting one to all rows: each row is unseen by one of
    them. Parts with less than the weight of one row are dropped.

    A linear model of a number predicts its normal score, or its value if that has the
    larger leave-one-out likelihood, by ridge regression; the penalty has a closed form
    [3]_. The spread is linear as well, on a logarithmic scale. Categories are predicted
    by multinomial logistic regression; beyond the 30 most frequent ones, they are
    pooled. Numbers of at most eight values are treated alike. All parts have densities
    on the same point masses, grid and intervals, so that the density of the mixture is
    exact.

    With fewer than 20 rows the marginal distribution is all that is learned. A row of
    weight two counts like two rows, which are in the same fold.

    References
    ----------
    .. [1] Wolpert (1992), "Stacked generalization", Neural Networks 5(2).
    .. [2] Smyth & Wolpert (1999), "Linearly combining density estimators via stacking",
       Machine Learning 36.
    .. [3] Golub, Heath & Wahba (1979), "Generalized cross-validation as a method for
       choosing a good ridge parameter", Technometrics 21(2).

    Examples
    --------
    >>> import numpy as np
    >>> from skgen import AutoregressiveGenerator, StackedConditional
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> generator = AutoregressiveGenerator(StackedConditional(), random_state=0)
    >>> generator.fit(X).sample(3).shape
    (3, 2)
    """

    n_samples_needed = MIN_ROWS
    restricts_numbers = True

    _parameter_constraints: dict = {
        "n_trees": [Interval(Integral, 1, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "n_landmarks": [Interval(Integral, 0, None, closed="left")],
        "boosting": ["boolean", StrOptions({"auto"})],
    }

    def __init__(
        self, n_trees=6, *, min_samples_leaf=5, n_landmarks=60, boosting="auto"
    ):
        self.n_trees = n_trees
        self.min_samples_leaf = min_samples_leaf
        self.n_landmarks = n_landmarks
        self.boosting = boosting

    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        # weights count like repeated rows, unless their mean is below one
        weights = sample_weight * max(1.0, len(z) / sample_weight.sum())
        data = self._folded(z, weights, predictors, target, rng)
        self._parts, self._part_weights = [MarginalPart().fit(data)], np.ones(1)
        self._inputs = None
        if len(z) < MIN_ROWS or not X.shape[1] or data.marginal.n_bins == 1:
            del self._parts[0].held_out
            return
        self._inputs, inputs = fit_inputs(X, weights, predictors, self.n_landmarks, rng)
        parts = self._parts + self._fit_parts(data, inputs, rng)
        self._weigh(parts, data)

    def _folded(self, z, weights, predictors, target, rng):
        marginal = fit_marginal(z, weights, target)
        n_folds = N_FOLDS_BOOSTED if self._boosts(weights) else N_FOLDS
        return FoldedColumn(
            z,
            weights,
            even_folds(z, n_folds, rng),
            n_folds,
            marginal,
            assign_bins(marginal, z),
            target,
            predictors,
        )

    def _boosts(self, weights):
        if self.boosting == "auto":
            return weights.sum() >= MIN_ROWS_TO_BOOST
        return self.boosting

    def _fit_parts(self, data, inputs, rng):
        parts = []
        for features, penalty in (("linear", _PENALTY), ("kernel", _KERNEL_PENALTY)):
            if _is_categorical(data):
                part = CategoryPart(features, penalty, _MAX_CATEGORIES)
            else:
                part = NumberPart(features)
            if features == "linear" or self.n_landmarks:
                parts.append(part.fit(data, inputs))
        trees = [
            TreeConditional(self.n_trees, min_samples_leaf=self.min_samples_leaf)
            for _ in range(data.n_folds)
        ]
        parts.append(BinPart(trees).fit(data, inputs, data.marginal, rng))
        if self._boosts(data.weights):
            boosted = [BoostedConditional() for _ in range(data.n_folds)]
            marginal = fit_marginal(
                data.z, data.weights, data.column, max_bins=boosted[0].max_bins
            )
            parts.append(BinPart(boosted).fit(data, inputs, marginal, rng))
        return parts

    def _weigh(self, parts, data):
        """Weigh the parts on rows that they have not seen; drop those of no use."""
        held_out = np.stack([part.held_out for part in parts], axis=1)
        kept = np.arange(len(parts))
        while True:
            weights = mixture_weights(
                held_out[:, kept], data.weights, prior_rows=_PRIOR_ROWS
            )
            useful = weights * data.weights.sum() >= 1.0
            if useful.all():
                break
            kept = kept[useful]
        self._parts = [parts[i] for i in kept]
        self._part_weights = weights
        for part in parts:
            del part.held_out

    def _sample(self, X, rng):
        models = self._models()
        share = np.concatenate(self._model_weights())
        chosen = even_choices(share, len(X), rng)
        inputs = self._see(X)
        z = np.empty(len(X))
        for i in np.unique(chosen):
            rows, (part, k) = np.flatnonzero(chosen == i), models[i]
            z[rows] = part.sample(k, inputs.take(rows), rng)
        return z

    def _log_mass(self, X, support):
        mass = self._mass_of_models(self._see(X), support)
        with np.errstate(divide="ignore"):
            return np.log(mass.sum(axis=1))

    def _sample_within(self, X, support, rng):
        inputs = self._see(X)
        mass = self._mass_of_models(inputs, support)
        with np.errstate(divide="ignore"):
            log_mass = np.log(mass.sum(axis=1))
            chosen = choose_one(np.log(mass), rng)
        z, lost = np.empty(len(X)), np.flatnonzero(np.isneginf(log_mass))
        chosen[lost] = -1
        z[lost] = self._sample(X[lost], rng)
        for i, (part, k) in enumerate(self._models()):
            rows = np.flatnonzero(chosen == i)
            if len(rows):
                within = inputs.take(rows), support.take(rows)
                z[rows] = part.restrict(k, *within, rng)[1]
        return z, log_mass

    def _mass_of_models(self, inputs, support):
        """Weight of each model times its mass of what each row may have."""
        mass = [part.restrict(k, inputs, support)[0] for part, k in self._models()]
        return np.column_stack(mass) * np.concatenate(self._model_weights())

    def _models(self):
        return [(part, k) for part in self._parts for k in range(part.n_models)]

    def _log_prob(self, X, z):
        inputs = self._see(X)
        log_prob = [part.log_prob(inputs, z) for part in self._parts]
        log_weight = np.log(np.concatenate(self._model_weights()))
        return logsumexp(np.concatenate(log_prob, axis=1) + log_weight, axis=1)

    def _model_weights(self):
        return [
            np.full(part.n_models, weight / part.n_models)
            for part, weight in zip(self._parts, self._part_weights, strict=True)
        ]

    def _see(self, X):
        return Inputs(X, X, X) if self._inputs is None else self._inputs.see(X)


def _is_categorical(data):
    """Whether logistic regression suits a column: categories, or a few point masses."""
    marginal = data.marginal
    others = marginal.n_bins - len(marginal.atoms)
    few = others <= 1 and marginal.n_bins <= _MAX_VALUES
    return data.column.discrete or few
