"""Draws for many rows at once that represent a distribution evenly.

Every row on its own follows its distribution. Together the rows hold each outcome about
as often as expected: closer than independent rows do, which adds the noise of sampling
to that of the model. The method is systematic sampling [1]_: points at equal distances,
with a random start.

References
----------
.. [1] Madow & Madow (1944), "On the theory of systematic sampling, I", Annals of
   Mathematical Statistics 15(1).
"""

import numpy as np


def even_uniforms(group, rng):
    """Uniform numbers of which each group has one in each of as many equal cells.

    Parameters
    ----------
    group : ndarray of shape (n_rows,)
        Number of each row's group, from 0.
    rng : numpy.random.Generator

    Returns
    -------
    uniform : ndarray of shape (n_rows,)
        Between 0 and 1, in random order within a group.
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
    """Draw positions in proportion to their masses, as evenly as can be."""
    uniform = even_uniforms(np.zeros(n_draws, dtype=np.intp), rng)
    cumulative = np.cumsum(masses)
    found = np.searchsorted(cumulative, uniform * cumulative[-1], side="right")
    return np.minimum(found, np.flatnonzero(masses)[-1])


def even_decisions(probability, group, rng):
    """Decide for each row, evenly among rows of a group with similar probability.

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
    """Choose different rows, each with a probability in proportion to its weight.

    Where that would exceed one, the row is certain, and the others share what is left
    [1]_.

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
    rest = np.cumsum(ordered[::-1])[::-1]  # of each row and all smaller ones
    # the first k rows are certain, k being the least at which no other one would be
    certain = int(np.argmax((n_chosen - np.arange(len(weights))) * ordered <= rest))
    drawn = rng.permutation(largest_first[certain:])
    ends = np.cumsum(weights[drawn])
    points = np.arange(n_chosen - certain) + rng.random()
    found = np.searchsorted(ends, points * (ends[-1] / max(1, len(points))), "right")
    return np.sort(np.append(largest_first[:certain], drawn[found]))
