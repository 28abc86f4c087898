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
    n_groups = min(n_groups, *(len(sample) for sample in samples))
    if n_groups < 2:
        return value, np.full_like(value, np.nan, dtype=np.float64)[()]
    groups = [rng.permutation(len(sample)) % n_groups for sample in samples]
    without = np.array(
        [
            statistic(*(s[g != k] for s, g in zip(samples, groups, strict=True)))
            for k in range(n_groups)
        ]
    )
    spread = np.square(without - without.mean(axis=0)).sum(axis=0)
    return value, np.sqrt((n_groups - 1) / n_groups * spread)
