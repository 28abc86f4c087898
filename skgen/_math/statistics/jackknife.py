"""Standard errors of any statistic of samples of rows."""

import numpy as np


def jackknife(statistic, samples, rng, *, n_groups=10):
    """Value of a statistic, and its standard error by leaving out groups of rows.

    The rows of every sample are divided at random into groups, and the statistic is
    computed without each one: the delete-a-group jackknife.

    Parameters
    ----------
    statistic : callable
        Takes the samples, returns a float or an array.
    samples : sequence of ndarray
        Each of shape (n_samples_i, ...). Of fewer rows than two groups need, nothing is
        known of the error.
    rng : numpy.random.Generator
    n_groups : int, default=10
        Fewer where a sample has fewer rows.

    Returns
    -------
    value : float or ndarray
        Of all rows.
    standard_error : float or ndarray
        NaN where a sample has a single row.
    """
    value = statistic(*samples)
    groups, n_groups = row_groups([len(sample) for sample in samples], rng, n_groups)
    without = [
        statistic(*(s[g != k] for s, g in zip(samples, groups, strict=True)))
        for k in range(n_groups)
    ]
    if not n_groups:
        return value, np.full_like(value, np.nan, dtype=np.float64)[()]
    return value, jackknife_error(without)


def row_groups(sizes, rng, n_groups=10):
    """Random groups of the rows of some samples.

    Parameters
    ----------
    sizes : sequence of int
    rng : numpy.random.Generator
    n_groups : int, default=10

    Returns
    -------
    groups : list of ndarray of int
        The group of each row of each sample.
    n_groups : int
        Fewer where a sample has fewer rows; 0 where one has a single row.
    """
    n_groups = min(n_groups, *sizes)
    groups = [rng.permutation(size) % n_groups for size in sizes]
    return groups, n_groups if n_groups > 1 else 0


def jackknife_error(without):
    """Standard error from the values of a statistic without each group of rows.

    Parameters
    ----------
    without : array-like of shape (n_groups, ...)
        NaN is returned where there are no groups.
    """
    without = np.asarray(without, dtype=np.float64)
    n_groups = len(without)
    if n_groups < 2:
        return np.full(without.shape[1:], np.nan)
    spread = np.square(without - without.mean(axis=0)).sum(axis=0)
    return np.sqrt((n_groups - 1) / n_groups * spread)


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
