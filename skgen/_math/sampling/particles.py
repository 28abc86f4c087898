"""Importance sampling with pools of weighted particles, many pools in one array.

The particles of a pool are contiguous: pool ``i`` begins at ``starts[i]``.

References
----------
.. [1] Kish (1965), "Survey Sampling", Wiley.
.. [2] Kitagawa (1996), "Monte Carlo Filter and Smoother for Non-Gaussian Nonlinear
   State Space Models", Journal of Computational and Graphical Statistics 5(1).
.. [3] Maddison, Tarlow & Minka (2014), "A* Sampling", NeurIPS.
"""

import numpy as np


def log_mean_weight(log_weight, starts):
    """Logarithm of the mean weight of each pool, an estimate of its log-evidence.

    Parameters
    ----------
    log_weight : ndarray of shape (n_particles,)
    starts : ndarray of shape (n_pools,)
        Position of the first particle of each pool; no pool is empty.
    """
    sizes = pool_sizes(log_weight, starts)
    weight, highest = _relative(log_weight, starts, sizes)
    with np.errstate(divide="ignore"):
        return np.log(np.add.reduceat(weight, starts) / sizes) + highest


def effective_sample_size(log_weight, starts):
    """Effective sample size of each pool [1]_; 0 where no weight is positive.

    It is the squared sum of the weights over the sum of their squares.

    Parameters
    ----------
    log_weight : ndarray of shape (n_particles,)
    starts : ndarray of shape (n_pools,)
    """
    weight, _ = _relative(log_weight, starts, pool_sizes(log_weight, starts))
    squares = np.add.reduceat(weight**2, starts)
    return np.add.reduceat(weight, starts) ** 2 / np.maximum(squares, 1e-300)


def resample(log_weight, starts, n_chosen, rng):
    """Choose particles of each pool by systematic resampling [2]_.

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
        Positions of particles, pool by pool, ascending within each.
    """
    sizes = pool_sizes(log_weight, starts)
    weight, _ = _relative(log_weight, starts, sizes)
    # pool i has the cumulative weights i to i + 1, so one search serves all pools
    line = np.cumsum(weight / np.repeat(np.add.reduceat(weight, starts), sizes))
    place = np.arange(n_chosen.sum()) - np.repeat(
        np.cumsum(n_chosen) - n_chosen, n_chosen
    )
    pool = np.repeat(np.arange(len(starts)), n_chosen)
    points = pool + (place + rng.random(len(starts))[pool]) / n_chosen[pool]
    found = np.searchsorted(line, points, side="right")
    # rounding must not lead to another pool, nor to a weight of zero
    found = np.clip(found, starts[pool], (starts + sizes - 1)[pool])
    return np.where(weight[found] > 0, found, _heaviest(weight, starts)[pool])


def choose_one(log_weight, rng):
    """Draw one column of each row in proportion to its weight, by Gumbel noise [3]_.

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
    """Weights divided by the highest of their pool, and the logarithm of that."""
    highest = np.maximum.reduceat(log_weight, starts)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    return np.exp(log_weight - np.repeat(highest, sizes)), highest


def _heaviest(weight, starts):
    """Position of the first particle of each pool that has the highest weight."""
    sizes = pool_sizes(weight, starts)
    highest = weight == np.repeat(np.maximum.reduceat(weight, starts), sizes)
    position = np.where(highest, np.arange(len(weight)), len(weight))
    return np.minimum.reduceat(position, starts)
