"""Binned distributions restricted to sets of values that differ from row to row."""

import numpy as np

from skgen._math.columns.supports import (
    LevelSet,
    bin_ends,
    draw_within,
    share_within,
)
from skgen._math.sampling import even_decisions, even_uniforms
from skgen._math.trees.bin_tree import find_nodes

#: cells of a matrix of rows and bins that is held in memory at once
_BLOCK = 4_000_000


class NodeSupport:
    """Which nodes of a binary tree of bins hold values that rows may have.

    Parameters
    ----------
    marginal : BinnedMarginal
    bins : ndarray of int of shape (n_places,)
        Bin at each place; by value if they are numbers.
    support : Range or LevelSet
    """

    def __init__(self, marginal, bins, support):
        self.marginal, self.bins, self.support = marginal, bins, support
        self._is_set = isinstance(support, LevelSet)
        if self._is_set:
            allowed = support.allowed[:, bins]
            self._n_before = np.zeros((len(allowed), len(bins) + 1), dtype=np.int32)
            np.cumsum(allowed, axis=1, out=self._n_before[:, 1:])
        else:
            low, high = bin_ends(marginal)[:, bins]
            # bins may lie inside others
            self._low = np.minimum.accumulate(low[::-1])[::-1]
            self._high = np.maximum.accumulate(high)

    def of_nodes(self, rows, start, end):
        """Whether rows may have some, and all, values of ranges of places."""
        if self._is_set:
            n = self._n_before[rows, end] - self._n_before[rows, start]
            return n > 0, n == end - start
        low, high, without = self.support.take(rows)
        first, last = self._low[start], self._high[end - 1]
        some = (last >= low) & (first <= high)
        inside = (without >= first[:, None]) & (without <= last[:, None])
        every = (first >= low) & (last <= high) & ~inside.any(axis=1)
        return some, some & every

    def share(self, rows, place):
        """Share of the mass of a place that rows may have."""
        return share_within(self.marginal, self.bins[place], self.support.take(rows))


class Paths:
    """Nodes of a binary tree of bins that hold all that rows may have, and their mass.

    Nodes of which a row may have every value are not entered, so that a range needs
    hardly more decisions than a draw.

    Parameters
    ----------
    levels : list of Level
    support : NodeSupport
    right : callable
        From a depth, rows and their nodes to the probabilities of the right children.
    n_rows : int
    """

    def __init__(self, levels, support, right, n_rows):
        self.levels, self.support, self.right = levels, support, right
        self._ends, self.n_rows = [], n_rows
        rows, place = np.arange(n_rows), np.zeros(n_rows, dtype=np.intp)
        pairs = self._sort(0, rows, place, place + len(support.bins), np.ones(n_rows))
        for depth, level in enumerate(levels):
            pairs = self._enter(depth, level, *pairs)
        rows, *ends = (np.concatenate(part) for part in zip(*self._ends, strict=True))
        order = np.argsort(rows, kind="stable")
        self.rows = rows[order]
        self.place, self.depth, self.weight = (part[order] for part in ends)
        self.mass = np.bincount(self.rows, weights=self.weight, minlength=n_rows)

    def _enter(self, depth, level, rows, place, weight):
        """Go from nodes of a level to their children, as far as rows may."""
        at, node = find_nodes(level, place)
        rows, weight = rows[at], weight[at]
        right = self.right(depth, rows, node)
        ends = level.start[node], level.middle[node], level.end[node]
        left_pairs = self._sort(depth + 1, rows, *ends[:2], weight * (1 - right))
        right_pairs = self._sort(depth + 1, rows, *ends[1:], weight * right)
        pairs = zip(left_pairs, right_pairs, strict=True)
        return [np.concatenate(parts) for parts in pairs]

    def _sort(self, depth, rows, start, end, weight):
        """Note nodes that need not be entered; the others."""
        some, every = self.support.of_nodes(rows, start, end)
        alone = some & ~every & (end - start == 1)
        at = np.flatnonzero(alone)
        weight = weight.copy()
        weight[at] *= self.support.share(rows[at], start[at])
        done = np.flatnonzero(every | alone)
        self._ends.append(
            (rows[done], start[done], np.full(len(done), depth), weight[done])
        )
        left = np.flatnonzero(some & ~every & ~alone)
        return rows[left], start[left], weight[left]

    def draw(self, rng):
        """Draw a place of each row that it may have; -1 where none has any mass."""
        place, depth = np.full(self.n_rows, -1), np.full(self.n_rows, len(self.levels))
        rows = np.flatnonzero(self.mass > 0)
        uniform = even_uniforms(np.zeros(len(rows), dtype=np.intp), rng)
        chosen = _choose_in_groups(self.rows, self.weight, rows, uniform)
        place[rows], depth[rows] = self.place[chosen], self.depth[chosen]
        for at, level in enumerate(self.levels):
            # the place of a row is the first place of its node
            entered = np.flatnonzero(depth <= at)
            inside, node = find_nodes(level, place[entered])
            inside = entered[inside]
            goes_right = even_decisions(self.right(at, inside, node), node, rng)
            place[inside[goes_right]] = level.middle[node[goes_right]]
        return place


def _choose_in_groups(group, weight, wanted, uniform):
    """Choose one entry of each wanted group in proportion to weights.

    `group` is sorted.
    """
    cumulative = np.cumsum(weight)
    first = np.searchsorted(group, wanted)
    last = np.searchsorted(group, wanted, side="right") - 1
    before = np.where(first > 0, cumulative[first - 1], 0.0)
    point = before + uniform * (cumulative[last] - before)
    chosen = np.clip(np.searchsorted(cumulative, point, side="right"), first, last)
    # rounding must not lead to an entry without weight
    for step in (-1, 1):
        empty = weight[chosen] == 0
        chosen[empty] = np.clip(chosen[empty] + step, first[empty], last[empty])
    return chosen


def restrict_bins(marginal, probability, support, rng=None):
    """Mass of what rows may have, and values drawn from it.

    Parameters
    ----------
    marginal : BinnedMarginal
    probability : callable
        From positions of rows to the probabilities of all bins, of shape
        (n_rows, n_bins).
    support : Range or LevelSet
    rng : numpy.random.Generator, default=None
        Draw values if given.

    Returns
    -------
    mass : ndarray of shape (n_rows,)
    z : ndarray of shape (n_rows,)
        NaN without `rng`, or without mass.
    """
    n_rows, n_bins = len(support[0]), marginal.n_bins
    mass, z = np.zeros(n_rows), np.full(n_rows, np.nan)
    size = max(1, _BLOCK // n_bins)
    for rows in np.array_split(np.arange(n_rows), n_rows // size + 1):
        part = support.take(rows)
        at, bins = np.divmod(np.arange(len(rows) * n_bins), n_bins)
        weight = probability(rows).ravel()
        some = np.flatnonzero(weight)
        weight[some] *= share_within(marginal, bins[some], part.take(at[some]))
        cumulative = np.cumsum(weight.reshape(-1, n_bins), axis=1)
        mass[rows] = cumulative[:, -1]
        if rng is None:
            continue
        there = np.flatnonzero(cumulative[:, -1] > 0)
        uniform = even_uniforms(np.zeros(len(there), dtype=np.intp), rng)
        point = uniform * cumulative[there, -1]
        chosen = (cumulative[there] <= point[:, None]).sum(axis=1)
        last = (weight.reshape(-1, n_bins)[there, ::-1] > 0).argmax(axis=1)
        chosen = np.minimum(chosen, n_bins - 1 - last)
        z[rows[there]] = draw_within(marginal, chosen, part.take(there), rng)
    return mass, z
