"""From classifiers to density ratios."""

import numpy as np

from skgen._discriminators.features import CellFeatures, tell_categories
from skgen._math.probabilities.density_ratio import log_odds
from skgen._utils.estimators import fit_weighted


class DensityRatio:
    """Averaged log-odds of discriminators that were fitted crosswise.

    Parameters
    ----------
    discriminator : object
        With ``predict_proba``; left unchanged.
    columns : sequence of Column
    n_folds : int
    """

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
        discriminator, native = tell_categories(self.discriminator, self.columns)
        self.features = None
        if not native:
            scored = not getattr(discriminator, "ranks_numbers", False)
            self.features = CellFeatures(self.columns, cells, weights, scored=scored)
        return discriminator

    def log_ratio(self, cells):
        """Calibrated log-ratio of the densities of training rows and drawn rows."""
        X = self._matrix(cells)
        odds = [log_odds(fitted.predict_proba(X)[:, 1]) for fitted in self.fitted]
        return self.slope * np.mean(odds, axis=0)

    def _matrix(self, cells):
        return cells if self.features is None else self.features.matrix(cells)


def _folds(label, n_folds, rng):
    """Number of each row's fold; each has its share of both labels."""
    fold = np.empty(len(label), dtype=np.intp)
    for value in (0, 1):
        rows = np.flatnonzero(label == value)
        fold[rows] = rng.permutation(len(rows)) % n_folds
    return fold
