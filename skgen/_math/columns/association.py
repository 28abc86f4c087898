"""Association of columns: which of them predict a column best."""

import numpy as np

N_PROJECTIONS = 3
#: rows at which correlations, with standard errors below .008, are exact enough
MAX_ROWS = 20_000
#: target columns whose correlations are held in memory at once
_BLOCK = 64


def association_features(Z, discrete, rng):
    """Standardised functions of each column; where a cell is missing, they are 0.

    The functions are the first cosines of the rank of a number, and random projections
    of the indicators of categories.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_columns)
        NaN where a cell is missing.
    discrete : sequence of bool
        Which columns hold categories.
    rng : numpy.random.Generator

    Returns
    -------
    features : ndarray of shape (n_samples, n_columns * N_PROJECTIONS)
    """
    features = np.zeros((len(Z), Z.shape[1], N_PROJECTIONS), dtype=np.float32)
    for j, z in enumerate(Z.T):
        known = ~np.isnan(z)
        values, inverse, counts = np.unique(
            z[known], return_inverse=True, return_counts=True
        )
        if discrete[j]:
            table = rng.standard_normal((len(values), N_PROJECTIONS))
        else:
            rank = (np.cumsum(counts) - counts / 2) / counts.sum()
            table = np.cos(np.pi * np.outer(rank, np.arange(1, N_PROJECTIONS + 1)))
        table = table - counts @ table / max(1, counts.sum())
        spread = np.sqrt(counts @ table**2 / len(Z))
        features[known, j] = (table / np.where(spread > 0, spread, 1.0))[inverse]
    return features.reshape(len(Z), -1)


def associations(features, targets):
    """Yield the association of each target column with all columns.

    It is the sum of squared correlations between the functions of two columns. Memory
    grows with the number of columns, not with its square.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_columns * N_PROJECTIONS)
    targets : ndarray of int of shape (n_targets,)
        Positions of columns.

    Returns
    -------
    association : iterator of ndarray of shape (n_columns,)
        One array for each target.
    """
    by_column = features.reshape(len(features), -1, N_PROJECTIONS)
    for start in range(0, len(targets), _BLOCK):
        chosen = by_column[:, targets[start : start + _BLOCK]]
        chosen = chosen.reshape(len(features), -1)
        correlation = chosen.T @ features / len(features)
        shape = (-1, N_PROJECTIONS, by_column.shape[1], N_PROJECTIONS)
        squares = correlation.reshape(shape)
        yield from np.einsum("iajb,iajb->ij", squares, squares)


def target_associations(Z, columns, targets, rng):
    """Associations of each target column, estimated on a sample of many rows."""
    if len(Z) > MAX_ROWS:
        Z = Z[np.sort(rng.choice(len(Z), MAX_ROWS, replace=False))]
    discrete = [column.discrete for column in columns]
    return associations(association_features(Z, discrete, rng), targets)


def strongest_predictors(association, candidates, n_predictors):
    """The candidates with the largest association, in the order given."""
    if len(candidates) <= n_predictors:
        return candidates
    strength = association[candidates]
    strongest = np.argpartition(-strength, n_predictors)[:n_predictors]
    return candidates[np.sort(strongest)]
