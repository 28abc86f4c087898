"""Which cells are missing, given the cells of the other columns."""

from typing import NamedTuple

import numpy as np
from sklearn.tree import DecisionTreeRegressor

#: weight of rows by which a split must reduce the sum of squared errors
_MIN_GAIN = 1.5
#: columns among which a tree looks for each split, at most
_MAX_FEATURES = 50


class MissingPattern(NamedTuple):
    """Trees that predict which cells are missing; build it with `fit_missing_pattern`.

    The incomplete columns have an order. The tree of a column sees the complete columns
    and the incomplete ones before it, so that in drawn rows it finds what it was fitted
    to: cells, and among them those that are missing already.
    """

    targets: list  # positions of the incomplete columns
    predictors: list  # for each, positions of the columns that its tree sees
    trees: list

    def draw(self, Z, free, rng):
        """Set drawn cells to NaN where they are drawn as missing.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
            Complete rows; left unchanged.
        free : ndarray of bool of shape (n_rows, n_columns)
            Cells that may become missing: those that were not given.
        rng : numpy.random.Generator

        Returns
        -------
        Z : ndarray of shape (n_rows, n_columns)
        """
        Z = Z.copy()
        for j, predictors, tree in zip(*self, strict=True):
            missing = rng.random(len(Z)) < _predict(tree, Z[:, predictors])
            Z[missing & free[:, j], j] = np.nan
        return Z


def fit_missing_pattern(Z, columns, sample_weight):
    """Learn which cells are missing.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_columns)
        NaN is a missing cell.
    columns : sequence of Column
    sample_weight : ndarray of shape (n_samples,)

    Returns
    -------
    missing_pattern : MissingPattern
    """
    complete = [j for j, column in enumerate(columns) if not column.has_missing]
    incomplete = [j for j, column in enumerate(columns) if column.has_missing]
    # cells that are missing often may depend on others that seldom are
    incomplete.sort(key=lambda j: np.isnan(Z[:, j]).sum())
    out = MissingPattern(incomplete, [], [])
    for i, j in enumerate(incomplete):
        predictors = complete + incomplete[:i]
        tree = DecisionTreeRegressor(
            min_impurity_decrease=_MIN_GAIN / max(sample_weight.sum(), len(Z)),
            max_features=min(_MAX_FEATURES, len(predictors)) or None,
            random_state=0,
        )
        missing = np.isnan(Z[:, j]).astype(np.float64)
        # a constant column stands in where there is none to look at
        X = Z[:, predictors] if predictors else np.zeros((len(Z), 1))
        out.predictors.append(predictors)
        out.trees.append(tree.fit(X.astype(np.float32), missing, sample_weight))
    return out


def _predict(tree, X):
    if not len(X):
        return np.zeros(0)
    X = X if X.shape[1] else np.zeros((len(X), 1))
    return tree.predict(X.astype(np.float32))
