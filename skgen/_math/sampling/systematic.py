"""Systematic sampling: draws for many rows that together represent a distribution.

Each row on its own follows its distribution. Together, the frequencies of outcomes are
closer to their expectations than those of independent draws. Systematic sampling [1]_
takes points at equal distances, with a random start.

References
----------
.. [1] Madow & Madow (1944), "On the theory of systematic sampling, I", Annals of
   Mathematical Statistics 15(1).
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
