"""Standard errors by the jackknife and by clusters, and random subsamples.

References
----------
.. [1] Kott (2001), "The Delete-a-Group Jackknife", Journal of Official Statistics 17.
.. [2] Liang & Zeger (1986), "Longitudinal Data Analysis Using Generalized Linear
   Models", Biometrika 73(1).
"""

import numpy as np


def jackknife(statistic, samples, rng, *, n_groups=10):
    """Value and standard error of a statistic, by the delete-a-group jackknife [1]_.

    The rows of each sample are divided at random into groups; the statistic is computed
    without each group in turn.

    Parameters
    ----------
    statistic : callable
        Takes the samples, returns a float or an array.
    samples : sequence of ndarray of shape (n_samples_i, ...)
    rng : numpy.random.Generator
    n_groups : int, default=10
        At most the size of the smallest sample is used.

    Returns
    -------
    value : float or ndarray
        The statistic of all rows.
    standard_error : float or ndarray
        NaN if a sample has a single row.
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
    """Divide the rows of each sample into random groups of nearly equal size.

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
        At most the size of the smallest sample; 0 if that is a single row.
    """
    n_groups = min(n_groups, *sizes)
    groups = [rng.permutation(size) % n_groups for size in sizes]
    return groups, n_groups if n_groups > 1 else 0


def jackknife_error(without):
    """Jackknife standard error [1]_; NaN if there are fewer than two groups.

    Parameters
    ----------
    without : array-like of shape (n_groups, ...)
        The statistic without each group of rows.
    """
    without = np.asarray(without, dtype=np.float64)
    n_groups = len(without)
    if n_groups < 2:
        return np.full(without.shape[1:], np.nan)
    spread = np.square(without - without.mean(axis=0)).sum(axis=0)
    return np.sqrt((n_groups - 1) / n_groups * spread)


def clustered_mean(score, cluster=None):
    """Mean of scores and its standard error, robust to clusters [2]_.

    Parameters
    ----------
    score : ndarray of shape (n_samples,)
    cluster : ndarray of shape (n_samples,), default=None
        Labels, equal for scores that depend on each other. By default, all scores are
        independent.

    Returns
    -------
    mean : float
    standard_error : float
        NaN for a single score or cluster.
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


def subsample(Z, size, rng):
    """Choose at most `size` rows at random, in their order; all if `size` is None."""
    if size is None or len(Z) <= size:
        return Z
    return Z[np.sort(rng.choice(len(Z), size, replace=False))]
