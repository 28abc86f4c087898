"""Conditional distributions of one column, categories or numbers, given features."""

import numpy as np

from skgen._math.columns.marginals import (
    assign_bins,
    bin_centers,
    draw_values,
    fit_marginal,
    log_density_in_bin,
)
from skgen._math.columns.mixed import (
    fit_mixed,
    join_mixed,
    log_derivative,
    score_range,
    split_mixed,
)
from skgen._math.columns.quantiles import cdf, logpdf, ppf, separate
from skgen.conditionals._label_model import LabelModel, frequent_groups, run_groups

#: probabilities are clipped to this distance from 0 and 1, so that quantiles are finite
_MIN_PROBABILITY = 1e-15


class BinModel:
    """A classifier of the bins of a column."""

    def __init__(self, classifier, max_bins, max_categories):
        self.classifier = classifier
        self.max_bins = max_bins
        self.max_categories = max_categories

    def fit(self, F, z, target, weights, rng):
        self.marginal = fit_marginal(z, weights, target, max_bins=self.max_bins)
        masses = self.marginal.masses
        if target.discrete:
            groups = frequent_groups(masses, self.max_categories)
        else:
            groups = run_groups(bin_centers(self.marginal), masses, self.max_bins)
        bins = assign_bins(self.marginal, z)
        self.labels = LabelModel(groups).fit(self.classifier, F, bins, weights, rng)
        return self

    def sample(self, F, rng):
        return draw_values(self.marginal, self.labels.sample(F, rng), rng)

    def log_prob(self, F, z):
        bins = assign_bins(self.marginal, z)
        log_prob = self.labels.log_prob(F, bins)
        return log_prob + log_density_in_bin(self.marginal, z, bins)


class NumberModel:
    """A classifier of the point masses of a number, and normal scores by quantiles."""

    def __init__(self, classifier, shape, n_rows_needed):
        self.classifier = classifier
        self.shape = shape
        self.n_rows_needed = n_rows_needed

    def fit(self, F, z, target, weights, rng):
        Z = z[:, None]
        self.mixed = fit_mixed(Z, weights, [target], marginals="quantile")
        split = split_mixed(self.mixed, Z)
        kinds = np.arange(self.mixed.transforms[0].n_kinds)
        self.labels = LabelModel(kinds).fit(
            self.classifier, F, _label(split), weights, rng
        )
        self.ends = _score_ranges(self.mixed)
        rows = np.flatnonzero(~np.isnan(self.ends[_label(split), 0]))
        if len(rows):
            seen = F[rows] if len(rows) >= self.n_rows_needed else F[rows, :0]
            self.shape.fit(seen, split.u[rows, 0], weights[rows], rng)
        return self

    def sample(self, F, rng):
        label = self.labels.sample(F, rng)
        u = np.zeros((len(F), len(self.mixed.score_columns)))
        rows = np.flatnonzero(~np.isnan(self.ends[label, 0]))
        if len(rows):
            low, high = self.ends[label[rows]].T
            knots, levels = self._quantiles(F[rows], low, high)
            start = cdf(knots, levels, low)
            mass = cdf(knots, levels, high) - start
            at = start + rng.random(len(rows)) * mass
            at = np.clip(at, _MIN_PROBABILITY, 1 - _MIN_PROBABILITY)
            u[rows, 0] = np.clip(ppf(knots, levels, at), low, high)
        kind = np.tile(label[:, None], (1, len(self.mixed.level_columns)))
        return join_mixed(self.mixed, np.full((len(F), 1), np.nan), u, kind)[:, 0]

    def log_prob(self, F, z):
        Z = z[:, None]
        split = split_mixed(self.mixed, Z)
        label = _label(split)
        out = self.labels.log_prob(F, label) + log_derivative(self.mixed, Z)
        rows = np.flatnonzero(~np.isnan(self.ends[label, 0]))
        if len(rows):
            out[rows] += self._score_log_prob(
                F[rows],
                split.low[rows, 0],
                split.high[rows, 0],
                *self.ends[label[rows]].T,
            )
        return out

    def _score_log_prob(self, F, low, high, first, last):
        knots, levels = self._quantiles(F, first, last)

        def below(x):
            return cdf(knots, levels, x)

        with np.errstate(divide="ignore"):
            log_mass = np.log(below(last) - below(first))
            cell = below(np.minimum(high, last)) - below(np.maximum(low, first))
            log_cell = np.log(np.maximum(cell, 0.0))
        point = low == high
        at = np.where(point, low, first)
        inside = (first <= at) & (at <= last)
        log_point = np.where(inside, logpdf(knots, levels, at), -np.inf)
        return np.where(point, log_point, log_cell) - log_mass

    def _quantiles(self, F, low, high):
        """Quantiles of each row, shifted so that their median lies in its range."""
        knots, levels = self.shape.predict(F)
        knots = separate(knots)
        middle = knots[:, len(levels) // 2]
        # otherwise the range might hold nothing of the distribution
        shift = np.clip(middle, low, high) - middle
        return knots + shift[:, None], levels


def _label(split):
    """Point mass of each number, or that it is none; 0 if there is one kind only."""
    if split.level.shape[1]:
        return np.nan_to_num(split.level[:, 0]).astype(np.intp)
    return np.zeros(len(split.level), dtype=np.intp)


def _score_ranges(mixed):
    """Range of the normal scores of each kind of number; NaN for point masses."""
    transform = mixed.transforms[0]
    ends = np.full((transform.n_kinds, 2), np.nan)
    if transform.has_score:
        ends[0] = score_range(mixed)[:, 0]
    return ends
