"""The distribution of one column as bins: point masses, and bins of other values.

A bin is a whole number. The first ``len(atoms)`` bins are point masses. Each later one
is an interval of the remaining values, all of about equal weight; inside it the
column's own distribution function holds, interpolated between neighbouring values, in
which lighter repeated values keep their share. Where values are whole numbers the
intervals are made of those that are no point mass, so that every value has exactly one
bin. A discrete column has point masses only.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.distribution import (
    balanced_cuts,
    count_values,
    distribution_function,
    far_away,
    n_intervals,
    stand_alone,
    tail_cuts,
)
from skgen._math.sampling import even_uniforms

#: rows in a piece of constant density, so that chance gaps between rows do not show
PIECE_COUNT = 8


class FloorDensity(NamedTuple):
    """A small, wide density that keeps every value possible; see `fit_floor`."""

    center: float
    scale: float
    share: float  # of the floor in a mixture: half a row's weight
    integer_valued: bool  # whether values are whole numbers
    n_categories: int  # 0 for numeric columns


class BinnedMarginal(NamedTuple):
    """The distribution of one column as bins; see `fit_marginal`."""

    atoms: np.ndarray  # values of the point masses, sorted
    integer_valued: bool  # whether values are whole numbers
    knots: np.ndarray  # where the interpolated distribution function bends
    cumulative: np.ndarray  # its values there, from 0 to 1
    edges: np.ndarray  # positions in `knots` of the edges of the intervals
    masses: np.ndarray  # share of the column's weight in each bin
    floor: FloorDensity

    @property
    def n_bins(self):
        return len(self.masses)


def fit_marginal(z, sample_weight, column, *, max_bins="auto"):
    """Fit the distribution of one column.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        Observed cells, at least one.
    sample_weight : ndarray of shape (n_samples,)
        Positive weights.
    column : Column
        Describes z: its `discrete`, `n_categories`, `integer_valued` and `atoms` count.
    max_bins : int or "auto", default="auto"
        Largest number of intervals. Besides, repeated values with at least half the
        weight of one are point masses. "auto" is twice the number of rows to the power
        of 2/5 [1]_.

    Returns
    -------
    marginal : BinnedMarginal
        Holds the ``n_bins`` bins, their probabilities ``masses``, and the ``floor``.

    References
    ----------
    .. [1] Mann & Wald (1942), "On the choice of the number of class intervals in the
       application of the chi square test", Annals of Mathematical Statistics 13(3).

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.marginals import draw_values, fit_marginal
    >>> from skgen.table import Column
    >>> rng = np.random.default_rng(0)
    >>> z = np.concatenate([np.zeros(300), rng.gamma(2.0, size=700)])
    >>> column = Column("dose", "continuous", atoms=np.zeros(1))
    >>> marginal = fit_marginal(z, np.ones(1000), column, max_bins=7)
    >>> marginal.n_bins, float(marginal.masses[0])
    (8, 0.3)
    >>> bins = rng.choice(marginal.n_bins, p=marginal.masses, size=5)
    >>> draw_values(marginal, bins, rng).shape
    (5,)
    """
    integer_valued = column.integer_valued
    values, mass, repeated = count_values(z, sample_weight, column.atoms)
    atoms = _own_bins(values, mass, repeated, column, max_bins)
    rest = ~np.isin(values, atoms)
    knots, cumulative, edges = np.empty(0), np.empty(0), np.zeros(1, dtype=np.intp)
    if rest.any():
        x, weights = values[rest], mass[rest]
        x = skip_atoms(x, atoms) if integer_valued else x
        n_bins = _count_bins(weights.sum(), max_bins)
        alone = repeated[rest]
        if integer_valued:
            alone = stand_alone(x, weights * (len(z) / mass.sum()), alone)

        def choose_knots(cumulative, n_rows):
            n_pieces = max(n_bins, int(n_rows / PIECE_COUNT))
            return tail_cuts(cumulative, n_pieces, n_rows)

        knots, cumulative = distribution_function(
            x, weights, alone, integer_valued, choose_knots
        )
        edges = _cut_before_jumps(knots, cumulative, balanced_cuts(cumulative, n_bins))
    floor = fit_floor(z, sample_weight, column)
    masses = np.zeros(len(atoms) + len(edges) - 1)
    marginal = BinnedMarginal(
        atoms, integer_valued, knots, cumulative, edges, masses, floor
    )
    masses = np.bincount(
        assign_bins(marginal, z), weights=sample_weight, minlength=marginal.n_bins
    )
    return marginal._replace(masses=masses / masses.sum())


def _count_bins(n_rows, max_bins):
    n_bins = n_intervals(n_rows) if max_bins == "auto" else max_bins
    return int(np.clip(n_bins, 1, max(1, n_rows)))


def _own_bins(values, mass, repeated, column, max_bins):
    """Values that are bins of their own: categories, and point masses.

    These are repeated values with at least half the weight of an interval, and those
    far away from all others. The rest are more reliable together with their neighbours.
    """
    if column.discrete:
        return np.arange(column.n_categories, dtype=np.float64)
    total = mass.sum()
    n_bins = max(_count_bins(total, max_bins), n_intervals(total))
    own = repeated & ((mass >= total / (2 * n_bins)) | far_away(values, repeated))
    if (~own).sum() == 1 and not column.integer_valued:
        # one value has no neighbour to interpolate to
        own[:] = True
    return values[own]


def _cut_before_jumps(knots, cumulative, edges):
    """Edges of intervals; one at a value that stands alone lies before its jump."""
    edges = np.append(np.searchsorted(knots, knots[edges[:-1]]), edges[-1])
    # an interval without weight joins the one after it, the last one that before it
    _, first = np.unique(cumulative[edges], return_index=True)
    return np.append(edges[first[:-1]], edges[-1])


def assign_bins(marginal, z):
    """Find the bin of each value.

    Parameters
    ----------
    marginal : BinnedMarginal
    z : ndarray of shape (n_samples,)
        Without missing cells. A value outside all bins gets the nearest interval.

    Returns
    -------
    bins : ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.marginals import assign_bins, fit_marginal
    >>> from skgen.table import Column
    >>> plan = Column("plan", "categorical", n_categories=3)
    >>> z = np.array([0.0, 2.0, 2.0, 1.0])
    >>> assign_bins(fit_marginal(z, np.ones(4), plan), z)
    array([0, 2, 2, 1])
    """
    atoms = marginal.atoms
    bins = np.searchsorted(atoms, z)
    n_intervals = len(marginal.edges) - 1
    other = np.append(atoms, np.nan)[bins] != z
    if not n_intervals:
        bins[other] = 0
        return bins
    # whole numbers that are no point mass are numbered without gaps
    x = z[other] - bins[other] if marginal.integer_valued else z[other]
    edges = marginal.knots[marginal.edges]
    interval = np.searchsorted(edges, x, side="right") - 1
    bins[other] = len(atoms) + np.clip(interval, 0, n_intervals - 1)
    return bins


def bin_centers(marginal):
    """Place each bin on a line: point masses at their value, intervals at their middle.

    Parameters
    ----------
    marginal : BinnedMarginal

    Returns
    -------
    centers : ndarray of shape (n_bins,)
    """
    edges = marginal.knots[marginal.edges] if len(marginal.knots) else np.empty(0)
    middle = edges[:-1] + np.diff(edges) / 2
    if marginal.integer_valued and len(middle):
        middle = restore_atoms(np.round(middle), marginal.atoms)
    return np.concatenate([marginal.atoms, middle])


def draw_values(marginal, bins, rng):
    """Draw one value of each bin; draws of one bin are spread evenly over it.

    Parameters
    ----------
    marginal : BinnedMarginal
    bins : ndarray of int of shape (n_samples,)
        Choose them with the probabilities ``marginal.masses``, or with others.
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_samples,)
    """
    n_atoms = len(marginal.atoms)
    out = np.empty(len(bins))
    at_atom = bins < n_atoms
    out[at_atom] = marginal.atoms[bins[at_atom]]
    bins = bins[~at_atom] - n_atoms
    if len(bins):
        low, high = _interval_probabilities(marginal, bins)
        x = fast_interp(
            low + even_uniforms(bins, rng) * (high - low),
            marginal.cumulative,
            marginal.knots,
        )
        if marginal.integer_valued:
            # the outermost knots lie half a step outside
            first, last = marginal.knots[0] + 0.5, marginal.knots[-1] - 0.5
            x = restore_atoms(np.clip(np.round(x), first, last), marginal.atoms)
        out[~at_atom] = x
    return out


def log_density_in_bin(marginal, z, bins):
    """Log-density of each value given its bin.

    Parameters
    ----------
    marginal : BinnedMarginal
    z : ndarray of shape (n_samples,)
    bins : ndarray of int of shape (n_samples,)

    Returns
    -------
    log_density : ndarray of shape (n_samples,)
        0 at point masses, -inf for a value outside its bin.

    Examples
    --------
    The log-density of a column is that of the bin plus that of the value in it:

    >>> import numpy as np
    >>> from skgen.marginals import (
    ...     assign_bins, fit_marginal, log_density_in_bin, mix_with_floor
    ... )
    >>> from skgen.table import Column
    >>> z = np.linspace(0, 2, 1001)
    >>> marginal = fit_marginal(z, np.ones(1001), Column("x", "continuous"))
    >>> bins = assign_bins(marginal, z)
    >>> log_prob = np.log(marginal.masses[bins]) + log_density_in_bin(marginal, z, bins)
    >>> log_prob = mix_with_floor(marginal.floor, z, log_prob)
    >>> round(float(np.exp(log_prob.mean())), 2)
    0.5
    """
    n_atoms = len(marginal.atoms)
    out = np.empty(len(z))
    at_atom = bins < n_atoms
    out[at_atom] = np.where(z[at_atom] == marginal.atoms[bins[at_atom]], 0.0, -np.inf)
    bins = bins[~at_atom] - n_atoms
    if len(bins):
        low, high = _interval_probabilities(marginal, bins)
        x = z[~at_atom]
        x = skip_atoms(x, marginal.atoms) if marginal.integer_valued else x
        with np.errstate(divide="ignore"):
            out[~at_atom] = np.log(_interpolated_density(marginal, x) / (high - low))
    return out


def fit_floor(z, sample_weight, column):
    """Fit the density that is mixed into others, so that no value has density zero.

    It is uniform on categories, otherwise a Cauchy density as wide as the observed
    range (its integral over unit cells where values are whole numbers). It carries half
    a row's weight and is never drawn from.

    Parameters
    ----------
    z, sample_weight, column
        As in `fit_marginal`.

    Returns
    -------
    floor : FloorDensity
    """
    share = 0.5 / (sample_weight.sum() + 1)
    if column.discrete:
        return FloorDensity(0.0, 0.0, share, False, column.n_categories)
    low, high = z.min(), z.max()
    center, scale = low + (high - low) / 2, (high - low) / 2 or max(1.0, abs(low))
    return FloorDensity(center, scale, share, column.integer_valued, 0)


def mix_with_floor(floor, z, log_prob, mass=1.0):
    """Mix the log-density of each value with the floor.

    Parameters
    ----------
    floor : FloorDensity
    z : ndarray of shape (n_samples,)
    log_prob : ndarray of shape (n_samples,)
        Log-density of each value; may be -inf.
    mass : float or ndarray of shape (n_samples,), default=1.0
        Mass of the floor on the values that each row may have.

    Returns
    -------
    log_prob : ndarray of shape (n_samples,)
        Finite.
    """
    if floor.n_categories:
        log_floor = np.full(len(z), -np.log(floor.n_categories))
    else:
        with np.errstate(over="ignore"):  # absurdly far from the observed range
            unit = (z - floor.center) / floor.scale
        if floor.integer_valued:
            half = 0.5 / floor.scale
            # difference of arc tangents, without cancellation far out
            log_floor = np.log(np.arctan2(2 * half, 1 + unit**2 - half**2) / np.pi)
        else:
            log_floor = -np.log(np.pi * floor.scale) - 2 * np.log(np.hypot(1.0, unit))
    return np.logaddexp(
        np.log1p(-floor.share) + log_prob,
        np.log(floor.share) + log_floor - np.log(mass),
    )


def fit_ranks(z, weights):
    """Sorted distinct values and the mid-distribution function at them."""
    values, inverse = np.unique(z, return_inverse=True)
    mass = np.bincount(inverse, weights=weights, minlength=len(values))
    return values, (np.cumsum(mass) - mass / 2) / mass.sum()


def skip_atoms(z, atoms):
    """Number the whole numbers that are no point mass consecutively."""
    return z - np.searchsorted(atoms, z)


def restore_atoms(x, atoms):
    """Inverse of `skip_atoms`."""
    return x + np.searchsorted(atoms - np.arange(len(atoms)), x, side="right")


def _interval_probabilities(marginal, bins):
    cumulative = marginal.cumulative[marginal.edges]
    return cumulative[bins], cumulative[bins + 1]


def _interpolated_density(marginal, x):
    knots, cumulative = marginal.knots, marginal.cumulative
    if marginal.integer_valued:
        above = np.interp(x + 0.5, knots, cumulative)
        return above - np.interp(x - 0.5, knots, cumulative)
    gap = np.searchsorted(knots, x, side="right") - 1
    at = np.clip(gap, 0, len(knots) - 1)
    first = np.searchsorted(knots, x)
    # a value that stands alone is a knot at least twice
    alone = (first < at) & (knots[at] == x)
    jump = cumulative[at] - cumulative[np.minimum(first, at)]
    gap = np.clip(gap, 0, len(knots) - 2)
    width = knots[gap + 1] - knots[gap]
    with np.errstate(divide="ignore", invalid="ignore"):
        density = (cumulative[gap + 1] - cumulative[gap]) / width
    inside = (x >= knots[0]) & (x <= knots[-1])
    return np.where(alone, jump, np.where(inside, density, 0.0))


def fast_interp(x, knots, values):
    """Return what `np.interp` returns, faster: it searches less where x are sorted."""
    if np.ndim(x) == 0:
        return np.interp(x, knots, values)
    order = np.argsort(x)
    y = np.empty(len(x))
    y[order] = np.interp(x[order], knots, values)
    return y
