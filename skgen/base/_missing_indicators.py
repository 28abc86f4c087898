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

    The tree of an incomplete column sees the complete columns and the incomplete ones
    before it, so that drawn rows look to it like those that it was fitted to.
    """

    lowest: np.ndarray  # of each column: trees see it moved to the range from 0 to 1
    width: np.ndarray
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
        for j, predictors, tree in zip(*self[2:], strict=True):
            if len(Z):
                share = tree.predict(self.features(Z, predictors))
                Z[(rng.random(len(Z)) < share) & free[:, j], j] = np.nan
        return Z

    def features(self, Z, predictors):
        """What a tree sees; float32 would overflow, or merge large near values."""
        if not predictors:  # a constant stands in where there is no other column
            return np.zeros((len(Z), 1), dtype=np.float32)
        X = (Z[:, predictors] - self.lowest[predictors]) / self.width[predictors]
        return X.clip(-1.0, 2.0).astype(np.float32)


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
    ends = [(0, 1) if c.discrete else (c.lower, c.upper) for c in columns]
    lowest, highest = np.array(ends, dtype=np.float64).T
    width = np.where(highest > lowest, highest - lowest, 1.0)
    out = MissingPattern(lowest, width, incomplete, [], [])
    for i, j in enumerate(incomplete):
        predictors = complete + incomplete[:i]
        tree = DecisionTreeRegressor(
            min_impurity_decrease=_MIN_GAIN / max(sample_weight.sum(), len(Z)),
            max_features=min(_MAX_FEATURES, len(predictors)) or None,
            random_state=0,
        )
        missing = np.isnan(Z[:, j]).astype(np.float64)
        X = out.features(Z, predictors)
        out.predictors.append(predictors)
        out.trees.append(tree.fit(X, missing, sample_weight))
    return out
