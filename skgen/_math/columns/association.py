"""Association of columns: which of them predict a column best."""

import numpy as np

N_PROJECTIONS = 3
#: rows at which correlations, with standard errors below .008, are exact enough
MAX_ROWS = 20_000
#: target columns whose correlations are held in memory at once
_BLOCK = 64


def association_features(Z, discrete, rng, weights=None):
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
    weights : ndarray of shape (n_samples,), default=None

    Returns
    -------
    features : ndarray of shape (n_samples, n_columns * N_PROJECTIONS)
    """
    weights = np.ones(len(Z)) if weights is None else weights
    features = np.zeros((len(Z), Z.shape[1], N_PROJECTIONS), dtype=np.float32)
    for j, z in enumerate(Z.T):
        known = ~np.isnan(z)
        values, inverse = np.unique(z[known], return_inverse=True)
        counts = np.bincount(inverse, weights=weights[known], minlength=len(values))
        if discrete[j]:
            table = rng.standard_normal((len(values), N_PROJECTIONS))
        else:
            rank = (np.cumsum(counts) - counts / 2) / counts.sum()
            table = np.cos(np.pi * np.outer(rank, np.arange(1, N_PROJECTIONS + 1)))
        table = table - counts @ table / (counts.sum() or 1.0)
        spread = np.sqrt(counts @ table**2 / weights.sum())
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


def target_associations(Z, columns, targets, rng, weights=None):
    """Associations of each target column, estimated on a sample of many rows."""
    weights = np.ones(len(Z)) if weights is None else weights
    if len(Z) > MAX_ROWS:
        rows = np.sort(rng.choice(len(Z), MAX_ROWS, replace=False))
        Z, weights = Z[rows], weights[rows]
    discrete = [column.discrete for column in columns]
    features = association_features(Z, discrete, rng, weights)
    features *= np.sqrt(weights / weights.mean())[:, None].astype(np.float32)
    return associations(features, targets)


def strongest_predictors(association, candidates, n_predictors):
    """The candidates with the largest association, in the order given."""
    if len(candidates) <= n_predictors:
        return candidates
    strength = association[candidates]
    strongest = np.argpartition(-strength, n_predictors)[:n_predictors]
    return candidates[np.sort(strongest)]
