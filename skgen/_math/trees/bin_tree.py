"""Bins as the leaves of a binary tree that halves their mass at every node.

The probability of a bin is the product of those of the decisions on its path: left or
right at each node. Bins have places on a line, and a node holds a range of places.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.sampling import even_decisions

#: mass of places that have none, in a tree that needs positive ones
_LEAST_MASS = 1e-12


class Level(NamedTuple):
    """The nodes at one depth that have children."""

    start: np.ndarray  # first place of each node
    middle: np.ndarray  # first place of its right child
    end: np.ndarray  # one past the last place of each node
    right: np.ndarray  # share of a node's mass in its right child


def build_levels(masses):
    """Halve ranges of places, by mass, until each holds one place.

    Parameters
    ----------
    masses : ndarray of shape (n_places,)
        Positive masses.

    Returns
    -------
    levels : list of Level
        From the root downwards; about log2(n_places) of them for equal masses.
    """
    cumulative = np.concatenate([[0.0], np.cumsum(masses)])
    start, end = np.array([0]), np.array([len(masses)])
    levels = []
    while True:
        inner = end - start > 1
        start, end = start[inner], end[inner]
        if not len(start):
            return levels
        middle = _halve(cumulative, start, end)
        mass = cumulative[end] - cumulative[start]
        right = (cumulative[end] - cumulative[middle]) / mass
        levels.append(Level(start, middle, end, right))
        start, end = (
            np.stack(ends, axis=1).ravel() for ends in ((start, middle), (middle, end))
        )


def find_nodes(level, place):
    """Rows whose place lies below a node of this level, and the number of that node."""
    node = np.searchsorted(level.start, place, side="right") - 1
    rows = np.flatnonzero((node >= 0) & (place < level.end[node]))
    return rows, node[rows]


def draw_leaves(probability, rng):
    """Draw one place for each row, evenly over rows with similar probabilities.

    Parameters
    ----------
    probability : ndarray of shape (n_rows, n_places)
    rng : numpy.random.Generator

    Returns
    -------
    place : ndarray of int of shape (n_rows,)
    """
    n_rows, _ = probability.shape
    mean = probability.mean(axis=0) + _LEAST_MASS
    below = np.column_stack([np.zeros(n_rows), np.cumsum(probability, axis=1)])
    place = np.zeros(n_rows, dtype=np.intp)
    for level in build_levels(mean):
        rows, node = find_nodes(level, place)
        start, middle, end = (
            below[rows, at[node]] for at in (level.start, level.middle, level.end)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            right = np.nan_to_num((end - middle) / (end - start))
        goes_right = even_decisions(right, node, rng)
        place[rows[goes_right]] = level.middle[node[goes_right]]
    return place


def _halve(cumulative, start, end):
    half = (cumulative[start] + cumulative[end]) / 2
    middle = np.clip(np.searchsorted(cumulative, half), start + 1, end - 1)
    before = np.maximum(middle - 1, start + 1)
    closer = np.abs(cumulative[before] - half) < np.abs(cumulative[middle] - half)
    return np.where(closer, before, middle)
