"""What a tree sees of a column: smooth functions of its values to split on."""

import numpy as np

N_RANK_FUNCTIONS = 3
N_INDICATORS = 12


def target_features(z, bins, marginal, discrete, rng):
    """Functions of the target whose variance a split should reduce.

    Reducing the variance of indicators of the categories is the Gini criterion. Of many
    categories random projections are taken, which keep that variance in expectation.
    Of a number, the first cosines of its rank are taken: they see location, spread and
    skewness alike, whatever the unit.

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


def order_categories(codes, features, weights, n_categories):
    """A place on a line for each category, by what it says about the target.

    The places are the categories' mean features along the direction in which these
    means differ most, so that one threshold can split categories well.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Codes of a category, NaN where missing.
    features : ndarray of shape (n_samples, n_features)
        Features of the target.
    weights : ndarray of shape (n_samples,)
    n_categories : int

    Returns
    -------
    place : ndarray of shape (n_categories + 1,)
        The last place is that of missing cells.
    """
    codes = np.where(np.isnan(codes), n_categories, codes).astype(np.intp)
    weight = np.bincount(codes, weights=weights, minlength=n_categories + 1)
    centred = features - np.average(features, axis=0, weights=weights)
    means = np.stack(
        [
            np.bincount(codes, weights=weights * column, minlength=n_categories + 1)
            for column in centred.T
        ],
        axis=1,
    )
    # one row's weight of the overall mean keeps rare categories near the middle
    means /= weight[:, None] + 1.0
    scatter = (means * weight[:, None]).T @ means
    return means @ np.linalg.eigh(scatter)[1][:, -1]
