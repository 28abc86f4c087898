"""Importance sampling with pools of weighted particles, many pools side by side.

The particles of a pool stand next to each other: pool ``i`` begins at ``starts[i]``.
"""

import numpy as np


def log_mean_weight(log_weight, starts):
    """Logarithm of the mean weight of each pool.

    Parameters
    ----------
    log_weight : ndarray of shape (n_particles,)
    starts : ndarray of shape (n_pools,)
        Position of the first particle of each pool; every pool has one.
    """
    sizes = pool_sizes(log_weight, starts)
    weight, highest = _relative(log_weight, starts, sizes)
    with np.errstate(divide="ignore"):
        return np.log(np.add.reduceat(weight, starts) / sizes) + highest


def effective_sample_size(log_weight, starts):
    """Kish's effective number of particles of each pool; 0 where no weight is positive.

    Parameters
    ----------
    log_weight : ndarray of shape (n_particles,)
    starts : ndarray of shape (n_pools,)
    """
    weight, _ = _relative(log_weight, starts, pool_sizes(log_weight, starts))
    squares = np.add.reduceat(weight**2, starts)
    return np.add.reduceat(weight, starts) ** 2 / np.maximum(squares, 1e-300)


def resample(log_weight, starts, n_chosen, rng):
    """Choose particles of each pool by systematic sampling in proportion to weight.

    Parameters
    ----------
    log_weight : ndarray of shape (n_particles,)
        At least one finite weight in each pool.
    starts : ndarray of shape (n_pools,)
    n_chosen : ndarray of shape (n_pools,)
        Number of particles to choose from each pool.
    rng : numpy.random.Generator

    Returns
    -------
    chosen : ndarray of shape (sum of n_chosen,)
        Positions, pool by pool, rising within each.
    """
    sizes = pool_sizes(log_weight, starts)
    weight, _ = _relative(log_weight, starts, sizes)
    # pools side by side on one line, so that a single search serves them all
    line = np.cumsum(weight / np.repeat(np.add.reduceat(weight, starts), sizes))
    place = np.arange(n_chosen.sum()) - np.repeat(
        np.cumsum(n_chosen) - n_chosen, n_chosen
    )
    pool = np.repeat(np.arange(len(starts)), n_chosen)
    points = pool + (place + rng.random(len(starts))[pool]) / n_chosen[pool]
    found = np.searchsorted(line, points, side="right")
    # rounding must not lead into the pool beside, nor to a weight of zero
    found = np.clip(found, starts[pool], (starts + sizes - 1)[pool])
    return np.where(weight[found] > 0, found, _heaviest(weight, starts)[pool])


def choose_one(log_weight, rng):
    """Draw one column of each row in proportion to its weight.

    Parameters
    ----------
    log_weight : ndarray of shape (n_rows, n_choices)
    rng : numpy.random.Generator
    """
    noise = rng.gumbel(size=log_weight.shape)
    return np.argmax(log_weight + noise, axis=1)


def pool_sizes(log_weight, starts):
    """Number of particles of each pool."""
    return np.diff(starts, append=len(log_weight))


def _relative(log_weight, starts, sizes):
    """Weights relative to the highest of their pool, and its logarithm."""
    highest = np.maximum.reduceat(log_weight, starts)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    return np.exp(log_weight - np.repeat(highest, sizes)), highest


def _heaviest(weight, starts):
    """Position of a particle of each pool that has the highest weight."""
    sizes = pool_sizes(weight, starts)
    highest = weight == np.repeat(np.maximum.reduceat(weight, starts), sizes)
    position = np.where(highest, np.arange(len(weight)), len(weight))
    return np.minimum.reduceat(position, starts)
