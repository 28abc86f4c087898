"""The parts of a stack: each is fitted once for every fold that it leaves out.

A part has the log-density of each row under the model that has not seen it
(`held_out`), the log-densities of rows under all its models (`log_prob`), and draws of
one of its models (`sample`).
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
from skgen._math.columns.score_line import (
    is_smooth,
    middle_scores,
    score_cells,
    score_line,
    values_at,
)
from skgen._math.columns.tilted_normal import (
    draw_tilted,
    fit_tilted_normal,
    tilted_log_prob,
)
from skgen._math.regression.logistic import fit_logistic
from skgen._math.regression.ridge import decompose, fit_ridge
from skgen._math.sampling import even_choices, even_decisions
from skgen._math.trees.bin_tree import build_levels, find_nodes
from skgen.conditionals._label_model import frequent_groups, pool_rare

#: spreads that depend on the row by these powers of the predicted one are compared
_SLOPES = (0.0, 0.5, 1.0)
#: residuals below this share of their root mean square do not count as smaller
_LEAST_RESIDUAL = 1e-3
#: smallest spread, in standard deviations of the target
_LEAST_SPREAD = 1e-5


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
            mass = others / (total - data.weights)
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
        return np.stack(columns, 1) + log_density_in_bin(self.marginal, z, bins)[:, None]

    def sample(self, model, inputs, rng):
        bins = self.models[model].draw_bins(inputs.ranks, rng)
        return draw_values(self.marginal, bins, rng)


class NumberPart:
    """Scores, or values, that are normal around a ridge regression.

    Parameters
    ----------
    features : str
        Name of the features among the inputs.
    """

    def __init__(self, features):
        self.features = features

    def fit(self, data, inputs):
        """Fit location, spread and shape for each fold."""
        self.n_models = data.n_folds
        F = getattr(inputs, self.features)
        self.line, cells, y = self._choose_line(F, data)
        shares = np.diff(_line_shares(self.line))
        self.held_out = np.empty(len(y))
        location, log_spread, self.shapes, self.ranges = [], [], [], []
        for k in range(data.n_folds):
            rows, left = data.rest(k), np.flatnonzero(data.fold == k)
            weights = data.weights[rows]
            parts = decompose(F[rows], weights)
            mean = fit_ridge(parts, y[rows])
            spread, limits, of_rows = _fit_spread(parts, y[rows] - mean.left_out)
            location.append(np.append(mean.coef, mean.intercept))
            log_spread.append(spread)
            self.ranges.append(limits)
            seen = type(cells)(*(x[rows] for x in cells))
            self.shapes.append(
                fit_tilted_normal(
                    self.line.edges, seen, shares, mean.left_out, of_rows, weights
                )
            )
            self._stack(location, log_spread)
            unseen = type(cells)(*(x[left] for x in cells))
            predicted = self._predict(F[left], k)
            self.held_out[left] = tilted_log_prob(self.shapes[k], unseen, *predicted)
        return self

    def log_prob(self, inputs, z):
        F, cells = getattr(inputs, self.features), score_cells(self.line, z)
        out = [
            tilted_log_prob(shape, cells, *self._predict(F, k))
            for k, shape in enumerate(self.shapes)
        ]
        return np.stack(out, axis=1)

    def sample(self, model, inputs, rng):
        F = getattr(inputs, self.features)
        v = draw_tilted(self.shapes[model], *self._predict(F, model), rng)
        return values_at(self.line, v)

    def _choose_line(self, F, data):
        """Normal scores or values, whichever have the larger left-out likelihood."""
        weights, best = data.weights, -np.inf
        n_rows, parts = weights.sum(), decompose(F, data.weights)
        for raw in (False, True) if is_smooth(data.marginal) else (False,):
            line = score_line(data.marginal, n_rows, raw=raw)
            cells = score_cells(line, data.z)
            y = middle_scores(line, cells)
            square = weights @ (y - fit_ridge(parts, y).left_out) ** 2 / n_rows
            with np.errstate(divide="ignore"):
                width = np.where(cells.low < cells.high, cells.high - cells.low, 1.0)
                gain = weights @ (cells.log_gain + np.log(width)) / n_rows
                score = gain - 0.5 * np.log(square)
            if score > best or not raw:
                best, found = score, (line, cells, y)
        return found

    def _stack(self, location, log_spread):
        self.location = np.stack(location, axis=1)
        self.log_spread = np.stack(log_spread, axis=1)

    def _predict(self, F, k):
        mean = F @ self.location[:-1, k] + self.location[-1, k]
        log_spread = F @ self.log_spread[:-1, k] + self.log_spread[-1, k]
        return mean, np.exp(np.clip(log_spread, *self.ranges[k]))


def _fit_spread(parts, residual):
    """Linear predictor of the logarithm of the spread, its range, and the spreads."""
    weights = parts.weights
    total = weights.sum()
    size = np.abs(residual)
    rms = np.sqrt(weights @ size**2 / total)
    log_size = np.log(np.maximum(size, _LEAST_RESIDUAL * rms + 1e-12))
    fitted = fit_ridge(parts, log_size)
    predicted = fitted.left_out - weights @ fitted.left_out / total
    best = np.inf
    for slope in _SLOPES:
        relative = weights @ (residual / np.exp(slope * predicted)) ** 2 / total
        scale = max(np.sqrt(relative), _LEAST_SPREAD)
        log_spread = slope * predicted + np.log(scale)
        loss = weights @ (log_spread + 0.5 * (residual / np.exp(log_spread)) ** 2)
        if loss < best:
            best, chosen, spread = loss, slope, log_spread
            shift = np.log(scale) - slope * (weights @ fitted.left_out / total)
    coef = np.append(chosen * fitted.coef, chosen * fitted.intercept + shift)
    limits = max(spread.min(), np.log(_LEAST_SPREAD)), spread.max()
    return coef, limits, np.exp(np.clip(spread, *limits))


def _line_shares(line):
    """Share of the column below each edge of a line."""
    if line.scale:
        places = line.center + line.scale * line.edges
        return np.interp(places, line.knots, line.cumulative)
    from scipy.special import ndtr

    return (ndtr(line.edges) - line.rare / 2) / (1 - line.rare)


class CategoryPart:
    """Multinomial logistic regression of categories, of which rare ones are pooled.

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
        self.n_models = data.n_folds
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
        level = z.astype(np.intp)
        log_prob = self._log_prob(getattr(inputs, self.features))
        with np.errstate(divide="ignore"):
            share = np.log(self.share[level])
        return log_prob[np.arange(len(z)), :, self.group[level]] + share[:, None]

    def sample(self, model, inputs, rng):
        F = getattr(inputs, self.features)
        log_prob = F @ self.coef[:, model] + self.intercept[model]
        groups = draw_groups(softmax(log_prob, axis=1), rng)
        level = np.empty(len(groups))
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            share = np.where(self.group == group, self.share, 0.0)
            level[rows] = even_choices(share, len(rows), rng)
        return level

    def _log_prob(self, F):
        n_features, n_folds, n_groups = self.coef.shape
        logits = (F @ self.coef.reshape(n_features, -1)).reshape(-1, n_folds, n_groups)
        logits += self.intercept
        return logits - logsumexp(logits, axis=2, keepdims=True)


def draw_groups(probability, rng):
    """Draw one group for each row, evenly over rows with similar probabilities.

    Parameters
    ----------
    probability : ndarray of shape (n_rows, n_groups)
    rng : numpy.random.Generator

    Returns
    -------
    group : ndarray of int of shape (n_rows,)
    """
    n_rows, n_groups = probability.shape
    mean = probability.mean(axis=0) + 1e-12
    below = np.column_stack([np.zeros(n_rows), np.cumsum(probability, axis=1)])
    place = np.zeros(n_rows, dtype=np.intp)
    for level in build_levels(mean):
        rows, node = find_nodes(level, place)
        start, middle, end = (
            below[rows, at[node]] for at in (level.start, level.middle, level.end)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            right = np.nan_to_num((end - middle) / (end - start))
        goes_right = even_decisions(right, node, rng)
        place[rows[goes_right]] = level.middle[node[goes_right]]
    return place
