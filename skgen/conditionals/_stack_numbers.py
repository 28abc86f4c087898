"""Numbers of a stack: scores that are normal around a linear prediction."""

import numpy as np

from skgen._math.columns.score_line import (
    ScoreCells,
    edge_shares,
    is_smooth,
    middle_scores,
    score_cells,
    score_line,
    score_range,
    values_at,
)
from skgen._math.columns.tilted_normal import (
    draw_tilted,
    fit_tilted_normal,
    tilted_log_prob,
    tilted_mass,
)
from skgen._math.regression.ridge import decompose, fit_ridge
from skgen._math.regression.spread import fit_spread

#: smallest spread, in standard deviations of the target
_LEAST_SPREAD = 1e-5
#: attempts to draw a value that is none of those that a row may not have
_ATTEMPTS = 100


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
        self.line, cells, y = _choose_line(F, data)
        self.held_out = np.empty(len(y))
        models = []
        for k in range(data.n_folds):
            rows, left = data.rest(k), np.flatnonzero(data.fold == k)
            model = self._fit_fold(
                F[rows], _take(cells, rows), y[rows], data.weights[rows]
            )
            predicted = _predict(F[left], *model[:2])
            self.held_out[left] = tilted_log_prob(
                model[2], _take(cells, left), *predicted
            )
            models.append(model)
        self.location, self.log_spread, self.shapes = zip(*models, strict=True)
        return self

    def log_prob(self, inputs, z):
        """Log-density of each row under each model."""
        F, cells = getattr(inputs, self.features), score_cells(self.line, z)
        models = zip(self.location, self.log_spread, self.shapes, strict=True)
        out = [
            tilted_log_prob(shape, cells, *_predict(F, location, log_spread))
            for location, log_spread, shape in models
        ]
        return np.stack(out, axis=1)

    def sample(self, model, inputs, rng):
        """Draw one value for each row by one of the models."""
        F = getattr(inputs, self.features)
        predicted = _predict(F, self.location[model], self.log_spread[model])
        return values_at(self.line, draw_tilted(self.shapes[model], *predicted, rng))

    def restrict(self, model, inputs, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it."""
        F, shape = getattr(inputs, self.features), self.shapes[model]
        predicted = _predict(F, self.location[model], self.log_spread[model])
        ends = score_range(self.line, support.low, support.high)
        mass = tilted_mass(shape, *ends, *predicted)
        for excluded in support.excluded.T:
            cells = score_cells(self.line, excluded)
            # points have no mass
            rows = np.flatnonzero(support.low <= excluded)
            rows = rows[excluded[rows] <= support.high[rows]]
            rows = rows[cells.low[rows] < cells.high[rows]]
            of_rows = (x[rows] for x in predicted)
            mass[rows] -= np.exp(tilted_log_prob(shape, _take(cells, rows), *of_rows))
        mass = np.clip(mass, 0.0, 1.0)
        z = np.full(len(F), np.nan)
        left = np.flatnonzero(mass > 0) if rng is not None else []
        for _ in range(_ATTEMPTS):
            if not len(left):
                break
            of_rows = [x[left] for x in (*predicted, *ends)]
            v = draw_tilted(shape, *of_rows[:2], rng, ends=of_rows[2:])
            inside = support.take(left)
            # rounding may lead outside
            z[left] = np.clip(values_at(self.line, v), *_inner_ends(self.line, inside))
            left = left[~inside.holds(z[left])]
        return mass, z

    def _fit_fold(self, F, cells, y, weights):
        parts = decompose(F, weights)
        mean = fit_ridge(parts, y)
        spread = fit_spread(parts, y - mean.left_out, _LEAST_SPREAD)
        shares = np.diff(edge_shares(self.line))
        shape = fit_tilted_normal(
            self.line.edges, cells, shares, mean.left_out, spread.left_out, weights
        )
        location = np.append(mean.coef, mean.intercept)
        return location, (np.append(spread.coef, spread.intercept), spread.ends), shape


def _choose_line(F, data):
    """Normal scores or values, whichever have the larger left-out likelihood."""
    weights, best = data.weights, -np.inf
    n_rows, parts = weights.sum(), decompose(F, data.weights)
    for raw in (False, True) if is_smooth(data.marginal) else (False,):
        line = score_line(data.marginal, n_rows, raw=raw)
        cells = score_cells(line, data.z)
        y = middle_scores(line, cells)
        square = weights @ (y - fit_ridge(parts, y).left_out) ** 2 / n_rows
        width = np.where(cells.low < cells.high, cells.high - cells.low, 1.0)
        gain = weights @ (cells.log_gain + np.log(width)) / n_rows
        likelihood = gain - 0.5 * np.log(max(square, _LEAST_SPREAD**2))
        if likelihood > best or not raw:
            best, found = likelihood, (line, cells, y)
    return found


def _inner_ends(line, support):
    if line.integer_valued:
        return np.ceil(support.low), np.floor(support.high)
    return support.low, support.high


def _take(cells, rows):
    return ScoreCells(*(ends[rows] for ends in cells))


def _predict(F, location, log_spread):
    """Mean and spread of the score of each row."""
    coef, ends = log_spread
    mean = F @ location[:-1] + location[-1]
    return mean, np.exp(np.clip(F @ coef[:-1] + coef[-1], *ends))
