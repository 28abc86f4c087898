"""Means of scores that are alike within clusters, and thinned samples."""

import numpy as np


def mean_with_error(score, cluster=None):
    """Mean of scores, and its standard error.

    Parameters
    ----------
    score : ndarray of shape (n_samples,)
    cluster : ndarray of shape (n_samples,), default=None
        Whole numbers, equal for scores that depend on each other; by default none do.

    Returns
    -------
    mean : float
    standard_error : float
        NaN of a single score or cluster.
    """
    mean = float(np.mean(score))
    residual = score - mean
    if cluster is not None:
        label = np.unique(cluster, return_inverse=True)[1]
        residual = np.bincount(label, weights=residual)
    n = len(residual)
    if n < 2:
        return mean, float("nan")
    variance = np.square(residual).sum() * n / (n - 1)
    return mean, float(np.sqrt(variance)) / len(score)


def thin(Z, size, rng):
    """At most `size` rows at random, all of them where `size` is None."""
    if size is None or len(Z) <= size:
        return Z
    return Z[np.sort(rng.choice(len(Z), size, replace=False))]
