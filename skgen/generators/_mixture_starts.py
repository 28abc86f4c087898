"""Fits of Gaussian mixtures from several starts: clusters of k-means."""

import warnings
from contextlib import contextmanager

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from skgen._math.mixture.em import fit_mixture
from skgen._utils.parallel import in_parallel

#: times that k-means starts for one clustering
_N_RESTARTS = 3


def fit_from_clusters(
    parts, weights, features, size, prior, rng, *, n_init, n_jobs, **options
):
    """Fit a mixture from several clusterings of the rows; the best one.

    Parameters
    ----------
    parts : list of MixtureRows
    weights : ndarray of shape (n_rows,)
    features : ndarray of shape (n_rows, n_features)
        Of `start_features`, to be clustered.
    size : int
        Number of components.
    prior : Prior
    rng : numpy.random.Generator
    n_init : int
        Number of clusterings.
    n_jobs : int or None
    **options : dict
        Passed to `fit_mixture`.

    Returns
    -------
    fit : MixtureFit
    """
    # not in the jobs: rounding in k-means depends on the number of threads
    starts = [_cluster_rows(features, weights, size, rng) for _ in range(n_init)]
    jobs = [(parts, weights, start, prior, options) for start in starts]
    fits = in_parallel(_fit_start, jobs, n_jobs)
    return max(fits, key=lambda fit: fit.lower_bounds[-1])


def _fit_start(parts, weights, start, prior, options):
    with explain_singularity():
        return fit_mixture(parts, weights, start, prior, **options)


def _cluster_rows(features, weights, size, rng):
    """Cluster indicators of rows from k-means."""
    if not features.shape[1]:
        # all cells are constant, so that all rows are equal
        return np.full((len(weights), size), 1 / size)
    k_means = KMeans(size, n_init=_N_RESTARTS, random_state=int(rng.integers(2**31)))
    with warnings.catch_warnings():
        # with fewer distinct rows than components, some components stay empty
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = k_means.fit(features, sample_weight=weights).labels_
    return labels[:, None] == np.arange(size)


@contextmanager
def explain_singularity():
    """Name the remedy where a covariance matrix is singular."""
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "reg_covar: the covariance matrix of a component is not positive definite. "
            "Increase reg_covar or shrinkage, or use fewer components."
        ) from error
