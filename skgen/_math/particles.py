"""Sequential importance sampling with one set of particles for each row."""

import numpy as np
from scipy.special import logsumexp


def effective_sample_size(log_weight):
    """Kish's effective number of particles in each row.

    Parameters
    ----------
    log_weight : ndarray of shape (n_rows, n_particles)
    """
    return np.exp(2 * logsumexp(log_weight, axis=1) - logsumexp(2 * log_weight, axis=1))


def resample(log_weight, rng):
    """Systematic resampling: the particle that each particle of a row is replaced by.

    Parameters
    ----------
    log_weight : ndarray of shape (n_rows, n_particles)
        At least one finite weight in each row.

    Returns
    -------
    chosen : ndarray of shape (n_rows, n_particles)
    """
    n_rows, n_particles = log_weight.shape
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    cumulative = np.cumsum(weight, axis=1)
    cumulative /= cumulative[:, -1:]
    points = (np.arange(n_particles) + rng.random((n_rows, 1))) / n_particles
    # rows side by side on one line, so that a single search serves them all
    line = (cumulative + np.arange(n_rows)[:, None]).ravel()
    found = np.searchsorted(line, (points + np.arange(n_rows)[:, None]).ravel())
    chosen = (
        found.reshape(n_rows, n_particles) - n_particles * np.arange(n_rows)[:, None]
    )
    return np.clip(chosen, 0, n_particles - 1)


def choose_one(log_weight, rng):
    """Draw one particle of each row in proportion to its weight."""
    noise = rng.gumbel(size=log_weight.shape)
    return np.argmax(log_weight + noise, axis=1)
