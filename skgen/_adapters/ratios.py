"""From classifiers to density ratios."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

from skgen._adapters.estimators import fit_weighted
from skgen._math.density_ratio import log_odds
from skgen._math.features import feature_matrix, fit_features
from skgen._math.marginals import fit_ranks

#: categories that gradient boosting can tell apart, and other discriminators
_NATIVE_CATEGORIES = 255
_MAX_CATEGORIES = 30


class DensityRatio:
    """Averaged log-odds of discriminators that were fitted crosswise."""

    def __init__(self, discriminator, columns, n_folds):
        self.discriminator = discriminator
        self.columns = columns
        self.n_folds = n_folds

    def fit(self, cells, label, weights, rng):
        """Fit one discriminator per fold.

        Returns
        -------
        odds : ndarray of shape (n_rows,)
            Log-odds of each row by the discriminator that was not fitted to it.
        """
        discriminator = self._prepare(cells, weights)
        X = self._matrix(cells)
        fold = _folds(label, self.n_folds, rng)
        self.fitted, odds = [], np.empty(len(X))
        for k in range(self.n_folds):
            rest, here = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            fitted = fit_weighted(
                discriminator, X[rest], label[rest], weights[rest], rng
            )
            odds[here] = log_odds(fitted.predict_proba(X[here])[:, 1])
            self.fitted.append(fitted)
        return odds

    def _prepare(self, cells, weights):
        """The discriminator, told of categories; features where it needs them."""
        discriminator = clone(self.discriminator)
        self.features = None
        if "categorical_features" in discriminator.get_params() and (
            get_tags(discriminator).input_tags.allow_nan
        ):
            return discriminator.set_params(
                categorical_features=[
                    column.discrete and column.n_categories <= _NATIVE_CATEGORIES
                    for column in self.columns
                ]
            )
        known = ~np.isnan(cells)
        self.ranks = [
            None if column.discrete else fit_ranks(z[here], weights[here])
            for z, here, column in zip(cells.T, known.T, self.columns, strict=True)
        ]
        self.features = fit_features(
            self._ranked(cells), weights, self.columns, _MAX_CATEGORIES
        )
        return discriminator

    def log_ratio(self, cells):
        """Calibrated log-ratio of the densities of training rows and drawn rows."""
        X = self._matrix(cells)
        odds = [log_odds(fitted.predict_proba(X)[:, 1]) for fitted in self.fitted]
        return self.slope * np.mean(odds, axis=0)

    def _matrix(self, cells):
        if self.features is None:
            return cells
        return feature_matrix(self.features, self._ranked(cells))

    def _ranked(self, cells):
        ranked = cells.copy()
        for j, ranks in enumerate(self.ranks):
            if ranks is not None:
                ranked[:, j] = np.interp(cells[:, j], *ranks)
        return ranked


def _folds(label, n_folds, rng):
    """Number of each row's fold; each has its share of both labels."""
    fold = np.empty(len(label), dtype=np.intp)
    for value in (0, 1):
        rows = np.flatnonzero(label == value)
        fold[rows] = rng.permutation(len(rows)) % n_folds
    return fold
