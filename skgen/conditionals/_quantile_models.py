"""Distributions of numbers by regressors: quantiles in each row."""

import numpy as np
from sklearn.base import clone

from skgen._math.columns.quantiles import slope_within_unit, weighted_quantiles
from skgen._utils.estimators import cross_predict, fit_weighted, predict_column

#: rows in a piece of constant density
_PIECE_ROWS = 8
_MAX_PIECES = 100
#: sizes of residuals are clipped to at least this share of their root mean square
_MIN_RESIDUAL = 1e-3

# Parameters and values that make a regressor a quantile regressor, and the parameter
# that then holds the quantile level: of scikit-learn, LightGBM and XGBoost.
_LEVEL_PARAMETERS = {
    ("loss", "quantile"): ("quantile", "alpha"),
    ("objective", "quantile"): ("alpha",),
    ("objective", "reg:quantileerror"): ("quantile_alpha",),
}


def level_parameter(regressor):
    """Name of the parameter that holds the level of a quantile regressor, or None."""
    params = regressor.get_params(deep=True)
    for name, value in params.items():
        prefix, _, last = name.rpartition("__")
        prefix = prefix and f"{prefix}__"
        if last == "quantile" and f"{prefix}loss" not in params:
            return name
        if isinstance(value, str) and (last, value) in _LEVEL_PARAMETERS:
            levels = [prefix + level for level in _LEVEL_PARAMETERS[last, value]]
            # parameters that are passed on are listed only once they are set
            return next((level for level in levels if level in params), levels[-1])
    return None


class ResidualShape:
    """A regressor predicts location and spread; its residuals give the shape.

    The residuals are those of held-out rows, so that overfitting makes them wide, not
    narrow. The same regressor predicts the logarithm of their size. Its predictions are
    shrunk by the factor that fits held-out rows best: towards constant sizes where
    sizes cannot be predicted.
    """

    def __init__(self, regressor, n_folds):
        self.regressor = regressor
        self.n_folds = n_folds

    def fit(self, F, u, weights, rng):
        """Learn the quantiles of `u` given the features."""
        n_rows = max(weights.sum(), len(u))
        n_pieces = int(np.clip(n_rows / _PIECE_ROWS, 4, _MAX_PIECES))
        self.levels = np.arange(1, n_pieces) / n_pieces
        self.location = self.log_spread = None
        if F.shape[1]:
            u = self._standardise(F, u, weights, rng)
        self.knots = weighted_quantiles(u, weights, self.levels)
        return self

    def _standardise(self, F, u, weights, rng):
        def held_out(y):
            return cross_predict(self.regressor, F, y, weights, self.n_folds, rng)

        residual = u - held_out(u)
        size = np.abs(residual)
        floor = _MIN_RESIDUAL * np.sqrt(np.average(size**2, weights=weights)) + 1e-9
        log_size = np.log(np.maximum(size, floor))
        log_spread = held_out(log_size)
        self.center = np.average(log_spread, weights=weights)
        self.range = log_spread.min(), log_spread.max()
        self.slope = slope_within_unit(log_spread, log_size, weights)
        self.location = fit_weighted(self.regressor, F, u, weights, rng)
        if self.slope > 0:
            self.log_spread = fit_weighted(self.regressor, F, log_size, weights, rng)
        return residual / self._spread(log_spread)

    def _spread(self, log_spread):
        return np.exp(self.slope * (np.clip(log_spread, *self.range) - self.center))

    def predict(self, F):
        """Quantiles of each row, and their levels."""
        knots = np.tile(self.knots, (len(F), 1))
        if self.log_spread is not None:
            knots *= self._spread(predict_column(self.log_spread, F))[:, None]
        if self.location is not None:
            knots += predict_column(self.location, F)[:, None]
        return knots, self.levels


class QuantileShape:
    """A quantile regressor, fitted once for each quantile level."""

    def __init__(self, regressor, level_name, n_quantiles):
        self.regressor = regressor
        self.level_name = level_name
        self.levels = np.arange(1, n_quantiles + 1) / (n_quantiles + 1)

    def fit(self, F, u, weights, rng):
        """Learn the quantiles of `u` given the features."""
        self.knots = weighted_quantiles(u, weights, self.levels)
        self.fitted = []
        for level in self.levels if F.shape[1] else ():
            regressor = clone(self.regressor).set_params(**{self.level_name: level})
            self.fitted.append(fit_weighted(regressor, F, u, weights, rng))
        return self

    def predict(self, F):
        """Quantiles of each row, which may cross, and their levels."""
        if not self.fitted:
            return np.tile(self.knots, (len(F), 1)), self.levels
        knots = [predict_column(regressor, F) for regressor in self.fitted]
        return np.column_stack(knots), self.levels
