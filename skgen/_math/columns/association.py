"""Which columns say most about which."""

import numpy as np

N_PROJECTIONS = 3
#: rows beyond which correlations, exact to .007 by then, are not made more exact
MAX_ROWS = 20_000
#: targets whose correlations are held in memory at once
_BLOCK = 64


def association_features(Z, discrete, rng):
    """A few standardised functions of each column; missing cells become their mean.

    Numbers are described by the first cosines of their rank, categories by random
    projections of their indicators.

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
    """Association of each target with all columns: one array after the other.

    It is the sum of squared correlations between the functions of the two columns.
    Memory grows with the columns, and not with their square.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_columns * N_PROJECTIONS)
    targets : ndarray of int of shape (n_targets,)

    Returns
    -------
    rows : iterator of ndarray of shape (n_columns,)
        In the order of the targets.
    """
    by_column = features.reshape(len(features), -1, N_PROJECTIONS)
    for start in range(0, len(targets), _BLOCK):
        chosen = by_column[:, targets[start : start + _BLOCK]]
        chosen = chosen.reshape(len(features), -1)
        correlation = chosen.T @ features / len(features)
        shape = (-1, N_PROJECTIONS, by_column.shape[1], N_PROJECTIONS)
        squares = correlation.reshape(shape)
        yield from np.einsum("iajb,iajb->ij", squares, squares)


def rows_for_association(n_rows, rng):
    """All rows, or as many as tell which columns are associated most."""
    if n_rows <= MAX_ROWS:
        return slice(None)
    return np.sort(rng.choice(n_rows, MAX_ROWS, replace=False))


def strongest_predictors(association, candidates, n_predictors):
    """The candidates of the largest association, in their own order."""
    if len(candidates) <= n_predictors:
        return candidates
    strength = association[candidates]
    strongest = np.argpartition(-strength, n_predictors)[:n_predictors]
    return candidates[np.sort(strongest)]
