"""Systematic sampling, and importance sampling with pools of weighted particles.

Systematic draws [1]_ take points at equal distances with a random start. Each row on
its own follows its distribution; together, the frequencies of outcomes are closer to
their expectations than those of independent draws.

The particles of many pools lie in one array: pool ``i`` begins at ``starts[i]``.

References
----------
.. [1] Madow & Madow (1944), "On the theory of systematic sampling, I", Annals of
   Mathematical Statistics 15(1).
.. [2] Kish (1965), "Survey Sampling", Wiley.
.. [3] Kitagawa (1996), "Monte Carlo Filter and Smoother for Non-Gaussian Nonlinear
   State Space Models", Journal of Computational and Graphical Statistics 5(1).
.. [4] Maddison, Tarlow & Minka (2014), "A* Sampling", NeurIPS.
"""

import numpy as np


def even_uniforms(group, rng):
    """Draw stratified uniform numbers within each group.

    A group of n rows gets one number in each of the intervals [0, 1/n), [1/n, 2/n), ...

    Parameters
    ----------
    group : ndarray of shape (n_rows,)
        Number of each row's group, from 0.
    rng : numpy.random.Generator

    Returns
    -------
    uniform : ndarray of shape (n_rows,)
        In random order within a group.
    """
    if not len(group):
        return np.empty(0)
    order = np.argsort(group + rng.random(len(group)))
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    grouped = group[order]
    cell = np.arange(len(group)) - starts[grouped]
    uniform = np.empty(len(group))
    uniform[order] = (cell + rng.random(len(group))) / sizes[grouped]
    return uniform


def even_choices(masses, n_draws, rng):
    """Draw positions with probabilities in proportion to masses, evenly over draws."""
    uniform = even_uniforms(np.zeros(n_draws, dtype=np.intp), rng)
    cumulative = np.cumsum(masses)
    found = np.searchsorted(cumulative, uniform * cumulative[-1], side="right")
    return np.minimum(found, np.flatnonzero(masses)[-1])


def even_decisions(probability, group, rng):
    """Make Bernoulli draws, by systematic sampling within groups.

    The rows of a group are sampled in the order of their probabilities.

    Parameters
    ----------
    probability : ndarray of shape (n_rows,)
        Probability that the decision is True.
    group : ndarray of shape (n_rows,)
    rng : numpy.random.Generator

    Returns
    -------
    decision : ndarray of bool of shape (n_rows,)
    """
    order = np.lexsort((rng.random(len(group)), probability, group))
    steps = np.floor(np.cumsum(probability[order]) + rng.random())
    decision = np.empty(len(group), dtype=bool)
    decision[order] = np.diff(steps, prepend=0.0) > 0
    return decision


def even_folds(z, n_folds, rng):
    """Number of the fold of each row; all folds have about the same values.

    Parameters
    ----------
    z : ndarray of shape (n_rows,)
    n_folds : int
    rng : numpy.random.Generator
    """
    order = np.lexsort((rng.random(len(z)), z))
    fold = np.empty(len(z), dtype=np.intp)
    n_blocks = -(-len(z) // n_folds)
    fold[order] = rng.random((n_blocks, n_folds)).argsort(axis=1).ravel()[: len(z)]
    return fold


def choose_in_proportion(weights, n_chosen, rng):
    """Choose rows without replacement, with probabilities in proportion to weights.

    A row whose probability would exceed 1 is always chosen, and the others share the
    remaining places [1]_.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,)
        Positive.
    n_chosen : int
        At most the number of rows.
    rng : numpy.random.Generator

    Returns
    -------
    rows : ndarray of shape (n_chosen,)
        Positions, ascending.

    References
    ----------
    .. [1] Tille (2006), "Sampling Algorithms", Springer.
    """
    if n_chosen == len(weights):
        return np.arange(n_chosen)
    largest_first = np.argsort(-weights, kind="stable")
    ordered = weights[largest_first]
    rest = np.cumsum(ordered[::-1])[::-1]  # weight of each row and all lighter ones
    # the first k rows are always chosen: the least k after which none would be
    certain = int(np.argmax((n_chosen - np.arange(len(weights))) * ordered <= rest))
    drawn = rng.permutation(largest_first[certain:])
    ends = np.cumsum(weights[drawn])
    points = np.arange(n_chosen - certain) + rng.random()
    found = np.searchsorted(ends, points * (ends[-1] / max(1, len(points))), "right")
    return np.sort(np.append(largest_first[:certain], drawn[found]))


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
    """Effective sample size of each pool [2]_; 0 where no weight is positive.

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
    """Choose particles of each pool by systematic resampling [3]_.

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
    total = np.add.reduceat(weight, starts)
    # a pool without any weight, of which none is chosen
    total[total == 0] = 1.0
    line = np.cumsum(weight / np.repeat(total, sizes))
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
    """Draw one column of each row in proportion to its weight, by Gumbel noise [4]_.

    Parameters
    ----------
    log_weight : ndarray of shape (n_rows, n_choices)
    rng : numpy.random.Generator
    """
    noise = rng.gumbel(size=log_weight.shape)
    return np.argmax(log_weight + noise, axis=1)


def uniform_between(low, high, whole, rng):
    """Draw numbers with equal chance in ranges.

    Parameters
    ----------
    low, high : ndarray of shape (n,)
        Ends, both included; NaN for no range.
    whole : bool
        Whether to draw whole numbers.
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n,)
    width : ndarray of shape (n,)
        Inverse of the density of each draw; 0 where a range holds nothing.
    """
    if whole:
        low, high = np.ceil(low), np.floor(high)
    width = np.maximum(np.nan_to_num(high - low + whole), 0.0)
    offset = rng.random(len(low)) * width
    return low + (np.floor(offset) if whole else offset), width


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
