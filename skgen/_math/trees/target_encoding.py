"""How trees see targets and categories: as a few numbers to split on."""

import numpy as np

N_RANK_FUNCTIONS = 3
N_INDICATORS = 12


def target_features(z, bins, marginal, discrete, rng):
    """Functions of the target whose variance a split should reduce.

    A category becomes indicators, whose variance is the Gini criterion; many categories
    become random projections of the indicators, which have this variance in
    expectation. A number becomes the first cosines of its rank, which reflect location,
    spread and skewness in any unit.

    Parameters
    ----------
    z, bins : ndarray of shape (n_samples,)
        The target, and the bin of each value.
    marginal : BinnedMarginal
    discrete : bool
        Whether the target holds categories.
    rng : numpy.random.Generator

    Returns
    -------
    features : ndarray of shape (n_samples, n_features)
    """
    if discrete:
        n_categories = marginal.n_bins
        if n_categories <= 2:
            return bins[:, None].astype(np.float64)
        if n_categories <= N_INDICATORS:
            return np.eye(n_categories)[bins]
        return rng.standard_normal((n_categories, N_INDICATORS))[bins]
    _, inverse, counts = np.unique(z, return_inverse=True, return_counts=True)
    rank = ((np.cumsum(counts) - counts / 2) / len(z))[inverse]
    return np.cos(np.pi * np.outer(rank, np.arange(1, N_RANK_FUNCTIONS + 1)))


def order_categories(x, features, weights, n_categories):
    """Place each category of a predictor on a line, by its mean features of the target.

    The means are projected on the direction in which they differ most, so that one
    threshold separates categories well.

    Parameters
    ----------
    x : ndarray of shape (n_samples,)
        Categories as whole numbers from 0; NaN where missing.
    features : ndarray of shape (n_samples, n_features)
        Features of the target.
    weights : ndarray of shape (n_samples,)
    n_categories : int

    Returns
    -------
    place : ndarray of shape (n_categories + 1,)
        The last one is the place of missing cells.
    """
    category = np.where(np.isnan(x), n_categories, x).astype(np.intp)
    weight = np.bincount(category, weights=weights, minlength=n_categories + 1)
    centred = features - np.average(features, axis=0, weights=weights)
    means = np.stack(
        [
            np.bincount(category, weights=weights * column, minlength=n_categories + 1)
            for column in centred.T
        ],
        axis=1,
    )
    # shrink rare categories to the overall mean, which has the weight of one row
    means /= weight[:, None] + 1.0
    scatter = (means * weight[:, None]).T @ means
    return means @ np.linalg.eigh(scatter)[1][:, -1]
