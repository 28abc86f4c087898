"""Sets of values to which the distribution of a column is restricted, row by row."""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.marginals import (
    assign_bins,
    fast_interp,
    log_density_in_bin,
    restore_atoms,
)

#: attempts to draw a value of a bin that is none of those that a row may not have
_ATTEMPTS = 100


class Range(NamedTuple):
    """Numbers between two ends, both included, without some."""

    low: np.ndarray  # (n_rows,), -inf for no end
    high: np.ndarray  # (n_rows,), inf for no end
    without: np.ndarray  # (n_rows, n_values), padded with NaN

    def take(self, rows):
        """The same of some rows."""
        return Range(self.low[rows], self.high[rows], self.without[rows])

    def holds(self, z):
        """Whether each row may have a value."""
        inside = (z >= self.low) & (z <= self.high)
        return inside & ~(self.without == z[:, None]).any(axis=1)

    @property
    def excluded(self):
        """The values that each row may not have, each once; padded with NaN."""
        without = np.sort(self.without, axis=1)
        without[:, 1:][without[:, 1:] == without[:, :-1]] = np.nan
        return without

    @property
    def is_everything(self):
        """Rows that may have any value."""
        open_ends = (self.low == -np.inf) & (self.high == np.inf)
        return open_ends & np.isnan(self.without).all(axis=1)

    def within(self, other):
        """Numbers that are in both."""
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        return Range(low, high, np.hstack([self.without, other.without]))


class LevelSet(NamedTuple):
    """Levels of a category that each row may have."""

    allowed: np.ndarray  # bool of shape (n_rows, n_levels)

    def take(self, rows):
        """The same of some rows."""
        return LevelSet(self.allowed[rows])

    def holds(self, z):
        """Whether each row may have a level."""
        return self.allowed[np.arange(len(z)), z.astype(np.intp)]

    @property
    def is_everything(self):
        """Rows that may have any level."""
        return self.allowed.all(axis=1)


def bin_ends(marginal):
    """Least and greatest value of each bin.

    Parameters
    ----------
    marginal : BinnedMarginal

    Returns
    -------
    ends : ndarray of shape (2, n_bins)
    """
    if not len(marginal.knots):
        return np.array([marginal.atoms, marginal.atoms])
    edges = marginal.knots[marginal.edges]
    low, high = edges[:-1], edges[1:]
    if marginal.integer_valued:
        low = restore_atoms(np.ceil(low), marginal.atoms)
        high = restore_atoms(np.floor(high), marginal.atoms)
    return np.array([np.append(marginal.atoms, low), np.append(marginal.atoms, high)])


def share_within(marginal, bins, support):
    """Share of the mass of a bin that each row may have.

    Parameters
    ----------
    marginal : BinnedMarginal
    bins : ndarray of int of shape (n_rows,)
    support : Range or LevelSet

    Returns
    -------
    share : ndarray of shape (n_rows,)
    """
    share = np.zeros(len(bins))
    at_atom = bins < len(marginal.atoms)
    rows = np.flatnonzero(at_atom)
    share[rows] = support.take(rows).holds(marginal.atoms[bins[rows]])
    rows = np.flatnonzero(~at_atom)
    if len(rows):
        inside = support.take(rows)
        first, last, total = _probabilities_within(marginal, bins[rows], inside)
        share[rows] = np.maximum(last - first, 0.0) / total
        for excluded in inside.excluded.T:
            held = (excluded >= inside.low) & (excluded <= inside.high)
            at = np.flatnonzero(held)
            at = at[assign_bins(marginal, excluded[at]) == bins[rows[at]]]
            share[rows[at]] -= _point_mass(marginal, excluded[at], bins[rows[at]])
    return np.clip(share, 0.0, 1.0)


def _probabilities_within(marginal, bins, support):
    """The distribution function at the ends of what is left of intervals.

    And the mass of the whole interval.
    """
    cumulative = marginal.cumulative[marginal.edges]
    at = bins - len(marginal.atoms)
    first, last = cumulative[at], cumulative[at + 1]
    low, high = _below(marginal, support.low), _up_to(marginal, support.high)
    return np.clip(low, first, last), np.clip(high, first, last), last - first


def _below(marginal, x):
    """Probability of less than x among the values of all intervals."""
    knots, cumulative = marginal.knots, marginal.cumulative
    if marginal.integer_valued:
        x = np.ceil(x)
        x = x - np.searchsorted(marginal.atoms, x) - 0.5
    found = fast_interp(x, knots, cumulative)
    # the distribution function jumps at values that stand alone
    at = np.minimum(np.searchsorted(knots, x), len(knots) - 1)
    return np.where(knots[at] == x, cumulative[at], found)


def _up_to(marginal, x):
    """Probability of at most x among the values of all intervals."""
    knots, cumulative = marginal.knots, marginal.cumulative
    if marginal.integer_valued:
        x = np.floor(x)
        x = x - np.searchsorted(marginal.atoms, x, side="right") + 0.5
    found = fast_interp(x, knots, cumulative)
    at = np.maximum(np.searchsorted(knots, x, side="right") - 1, 0)
    return np.where(knots[at] == x, cumulative[at], found)


def _point_mass(marginal, z, bins):
    """Probability of values given their bins; 0 where these have a density."""
    if not marginal.integer_valued:
        jump = _up_to(marginal, z) - _below(marginal, z)
        cumulative = marginal.cumulative[marginal.edges]
        at = bins - len(marginal.atoms)
        return jump / (cumulative[at + 1] - cumulative[at])
    return np.exp(log_density_in_bin(marginal, z, bins))


def draw_within(marginal, bins, support, rng):
    """Draw a value of each bin that its row may have.

    Parameters
    ----------
    marginal : BinnedMarginal
    bins : ndarray of int of shape (n_rows,)
        Each has a positive share of such values, see `share_within`.
    support : Range or LevelSet
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    """
    z = np.empty(len(bins))
    at_atom = bins < len(marginal.atoms)
    z[at_atom] = marginal.atoms[bins[at_atom]]
    left = np.flatnonzero(~at_atom)
    for _ in range(_ATTEMPTS):
        if not len(left):
            break
        inside = support.take(left)
        z[left] = _draw_in_intervals(marginal, bins[left], inside, rng)
        left = left[~inside.holds(z[left])]
    return z


def _draw_in_intervals(marginal, bins, support, rng):
    first, last, _ = _probabilities_within(marginal, bins, support)
    uniform = first + rng.random(len(bins)) * (last - first)
    x = fast_interp(uniform, marginal.cumulative, marginal.knots)
    low, high = support.low, support.high
    if marginal.integer_valued:
        # the outermost knots lie half a step outside
        ends = marginal.knots[0] + 0.5, marginal.knots[-1] - 0.5
        x = restore_atoms(np.clip(np.round(x), *ends), marginal.atoms)
        low, high = np.ceil(low), np.floor(high)
    # rounding errors may lead outside
    return np.clip(x, low, high)


def floor_mass(floor, support):
    """Mass of a floor density on the values that each row may have.

    Parameters
    ----------
    floor : FloorDensity
    support : Range or LevelSet

    Returns
    -------
    mass : ndarray of shape (n_rows,)
    """
    if floor.n_categories:
        return support.allowed.sum(axis=1) / floor.n_categories
    low, high = support.low, support.high
    if floor.integer_valued:
        low, high = np.ceil(low) - 0.5, np.floor(high) + 0.5
    below, above = (_cauchy_probability(floor, x) for x in (low, high))
    mass = above - below
    if floor.integer_valued:
        for excluded in support.excluded.T:
            held = (excluded >= low) & (excluded <= high)
            z = np.where(held, excluded, 0.0)
            ends = (_cauchy_probability(floor, z + side) for side in (-0.5, 0.5))
            below, above = ends
            mass = mass - np.where(held, above - below, 0.0)
    return np.maximum(mass, 0.0)


def _cauchy_probability(floor, x):
    return 0.5 + np.arctan((x - floor.center) / floor.scale) / np.pi
