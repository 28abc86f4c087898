"""Mixed cells as any classifier can see them."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

from skgen._math.columns.marginals import fast_interp, fit_ranks
from skgen._math.columns.numeric_features import feature_matrix, fit_features

#: categories that gradient boosting can tell apart, and other classifiers
_NATIVE_CATEGORIES = 255
_MAX_CATEGORIES = 30


def tell_categories(classifier, columns):
    """A clone that knows which columns are categories, and whether it sees cells.

    Parameters
    ----------
    classifier : object
        Left unchanged.
    columns : sequence of Column

    Returns
    -------
    classifier : object
    native : bool
        Whether it takes categories and missing cells as they are. Others are to be
        shown the features of `CellFeatures`.
    """
    classifier = clone(classifier)
    native = "categorical_features" in classifier.get_params() and (
        get_tags(classifier).input_tags.allow_nan
    )
    if native:
        categories = [
            column.discrete and column.n_categories <= _NATIVE_CATEGORIES
            for column in columns
        ]
        classifier.set_params(categorical_features=categories)
    return classifier, native


class CellFeatures:
    """Numeric features of mixed cells: normal scores, indicators, marks of missing.

    Parameters
    ----------
    columns : sequence of Column
    cells : ndarray of shape (n_samples, n_columns)
        What the ranks and categories are learned from; NaN where a cell is missing.
        Each column has at least one known cell.
    weights : ndarray of shape (n_samples,)
    scored : bool, default=True
        Whether numbers become normal scores. Otherwise they are only centred and
        scaled: for a classifier with the attribute ``ranks_numbers``, to which nothing
        but their order matters.
    """

    def __init__(self, columns, cells, weights, *, scored=True):
        self.scored = scored
        known, place = ~np.isnan(cells), _Ranks if scored else _Distances
        self.places = [
            None if column.discrete else place(z[here], weights[here])
            for z, here, column in zip(cells.T, known.T, columns, strict=True)
        ]
        self.features = fit_features(
            self._placed(cells), weights, columns, _MAX_CATEGORIES
        )

    def matrix(self, cells):
        """Features of each row, without missing cells; float32 unless scored."""
        return feature_matrix(self.features, self._placed(cells), scored=self.scored)

    def _placed(self, cells):
        placed = cells.copy(order="F")
        for j, place in enumerate(self.places):
            if place is not None:
                placed[:, j] = place(placed[:, j])
        return placed


class _Ranks:
    """Ranks of numbers, between 0 and 1."""

    def __init__(self, z, weights):
        self.values, self.ranks = fit_ranks(z, weights)

    def __call__(self, z):
        return fast_interp(z, self.values, self.ranks)


class _Distances:
    """Numbers from their median: near it, single precision tells them apart."""

    def __init__(self, z, weights):
        self.scale = np.abs(z).max() or 1.0
        self.center = np.median(z / self.scale)

    def __call__(self, z):
        return z / self.scale - self.center
