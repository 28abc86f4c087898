"""The parts of a stack: each is fitted once for every fold that it leaves out.

A part has the log-density of each row under the model that has not seen it
(`held_out`), the log-densities of rows under all its models (`log_prob`), and draws of
one of its models (`sample`), also within sets of values (`restrict`).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, softmax

from skgen._math.columns.marginals import (
    BinnedMarginal,
    assign_bins,
    draw_values,
    log_density_in_bin,
)
from skgen._math.regression.logistic import fit_logistic
from skgen._math.sampling import even_choices
from skgen._math.trees.bin_tree import draw_leaves
from skgen.conditionals._label_model import frequent_groups, pool_rare
from skgen.conditionals._truncation import restrict_bins

#: weight of all other rows of a row that has none
_LEAST_WEIGHT = 1e-300


class FoldedColumn(NamedTuple):
    """The target of a stack, and the fold in which each row is left out."""

    z: np.ndarray
    weights: np.ndarray
    fold: np.ndarray
    n_folds: int
    marginal: BinnedMarginal
    bins: np.ndarray
    column: object
    predictors: list

    def rest(self, k):
        """Rows outside of a fold."""
        return np.flatnonzero(self.fold != k)


class MarginalPart:
    """The column's own distribution, whatever the predictors."""

    n_models = 1

    def fit(self, data):
        """Take the marginal distribution; a row does not count for itself."""
        self.marginal = data.marginal
        total = data.weights.sum()
        mass = self.marginal.masses[data.bins]
        if data.column.discrete:
            # so that a category of one row is as unforeseen as it was
            others = np.maximum(mass * total - data.weights, 0.0)
            mass = others / np.maximum(total - data.weights, _LEAST_WEIGHT)
        with np.errstate(divide="ignore"):
            self.held_out = np.log(mass)
        self.held_out += log_density_in_bin(self.marginal, data.z, data.bins)
        return self

    def log_prob(self, inputs, z):
        bins = assign_bins(self.marginal, z)
        with np.errstate(divide="ignore"):
            log_prob = np.log(self.marginal.masses[bins])
        return (log_prob + log_density_in_bin(self.marginal, z, bins))[:, None]

    def sample(self, model, inputs, rng):
        bins = even_choices(self.marginal.masses, inputs.n_rows, rng)
        return draw_values(self.marginal, bins, rng)

    def restrict(self, model, inputs, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        masses = self.marginal.masses
        return restrict_bins(
            self.marginal, lambda rows: np.tile(masses, (len(rows), 1)), support, rng
        )


class BinPart:
    """A conditional of the package that learns bins: trees, or boosting.

    Parameters
    ----------
    conditionals : list
        One clone for each fold.
    """

    def __init__(self, conditionals):
        self.models = conditionals
        self.n_models = len(conditionals)

    def fit(self, data, inputs, marginal, rng):
        """Fit each model to the rows outside of its fold."""
        self.marginal = marginal
        bins = assign_bins(marginal, data.z)
        self.held_out = log_density_in_bin(marginal, data.z, bins)
        for k, model in enumerate(self.models):
            rows, left = data.rest(k), np.flatnonzero(data.fold == k)
            model.fit_bins(
                inputs.ranks[rows],
                data.z[rows],
                marginal,
                data.predictors,
                data.column,
                data.weights[rows],
                rng,
            )
            self.held_out[left] += model.bin_log_prob(inputs.ranks[left], bins[left])
        return self

    def log_prob(self, inputs, z):
        bins = assign_bins(self.marginal, z)
        columns = [model.bin_log_prob(inputs.ranks, bins) for model in self.models]
        return (
            np.stack(columns, 1) + log_density_in_bin(self.marginal, z, bins)[:, None]
        )

    def sample(self, model, inputs, rng):
        bins = self.models[model].draw_bins(inputs.ranks, rng)
        return draw_values(self.marginal, bins, rng)

    def restrict(self, model, inputs, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        return self.models[model].restrict(inputs.ranks, support, rng)


class CategoryPart:
    """Multinomial logistic regression of bins, of which rare ones are pooled.

    Parameters
    ----------
    features : str
        Name of the features among the inputs.
    penalty : float
    max_categories : int
        Categories that are distinguished.
    """

    def __init__(self, features, penalty, max_categories):
        self.features = features
        self.penalty = penalty
        self.max_categories = max_categories

    def fit(self, data, inputs):
        """Fit one model for each fold."""
        self.n_models, self.marginal = data.n_folds, data.marginal
        F, weights = getattr(inputs, self.features), data.weights
        mass = data.marginal.masses
        groups = frequent_groups(mass, self.max_categories)
        self.group = pool_rare(groups, mass * weights.sum())
        group_mass = np.bincount(self.group, weights=mass)
        self.share = mass / group_mass[self.group]
        y = self.group[data.bins]
        seen = (data.fold[:, None] != np.arange(data.n_folds)) * weights[:, None]
        self.coef, self.intercept = fit_logistic(
            F, y, seen, len(group_mass), self.penalty
        )
        own = self._log_prob(F)[np.arange(len(y)), data.fold, y]
        total = weights.sum()
        within = group_mass[y] * total - weights
        others = np.maximum(mass[data.bins] * total - weights, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.held_out = own + np.log(np.where(within > 1e-9, others / within, 0.0))
        return self

    def log_prob(self, inputs, z):
        level = assign_bins(self.marginal, z)
        log_prob = self._log_prob(getattr(inputs, self.features))
        with np.errstate(divide="ignore"):
            share = np.log(self.share[level])
        share += log_density_in_bin(self.marginal, z, level)
        return log_prob[np.arange(len(z)), :, self.group[level]] + share[:, None]

    def sample(self, model, inputs, rng):
        groups = draw_leaves(self._probability(model, inputs), rng)
        level = np.empty(len(groups), dtype=np.intp)
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            share = np.where(self.group == group, self.share, 0.0)
            level[rows] = even_choices(share, len(rows), rng)
        return draw_values(self.marginal, level, rng)

    def restrict(self, model, inputs, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        probability = self._probability(model, inputs)

        def of_bins(rows):
            return probability[rows][:, self.group] * self.share

        return restrict_bins(self.marginal, of_bins, support, rng)

    def _probability(self, model, inputs):
        F = getattr(inputs, self.features)
        return softmax(F @ self.coef[:, model] + self.intercept[model], axis=1)

    def _log_prob(self, F):
        n_features, n_folds, n_groups = self.coef.shape
        logits = (F @ self.coef.reshape(n_features, -1)).reshape(-1, n_folds, n_groups)
        logits += self.intercept
        return logits - logsumexp(logits, axis=2, keepdims=True)
