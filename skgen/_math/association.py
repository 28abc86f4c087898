"""Which columns say most about which."""

import numpy as np

N_PROJECTIONS = 3


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


def association_matrix(features, n_columns):
    """Sum of squared correlations between the functions of each pair of columns."""
    correlation = features.T @ features / len(features)
    squares = correlation.reshape(n_columns, N_PROJECTIONS, n_columns, N_PROJECTIONS)
    return np.einsum("iajb,iajb->ij", squares, squares)


def strongest_predictors(association, target, candidates, n_predictors):
    """The candidates most associated with the target, in their own order."""
    if len(candidates) <= n_predictors:
        return candidates
    strength = association[target, candidates]
    strongest = np.argpartition(-strength, n_predictors)[:n_predictors]
    return candidates[np.sort(strongest)]
