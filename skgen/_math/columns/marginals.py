"""One column as bins: its atoms, and count-balanced bins of the values between.

A bin is a whole number. The first ``len(atoms)`` bins are point masses. Each
later one is a bin of the remaining values; inside it the column's own empirical
distribution holds, interpolated between neighbours. On a grid (whole numbers) the
bins live on the whole numbers that are no atoms, so that every value has exactly one
bin. A discrete column is the special case without bins.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.sampling.systematic import even_uniforms

ATOM_COUNT = 3
#: rows in a piece of constant density, so that chance gaps between rows do not show
PIECE_COUNT = 8


class Marginal(NamedTuple):
    """Bins of one column; build it with `fit_marginal`."""

    atoms: np.ndarray  # values of the point masses, sorted
    integer_valued: bool  # whether values are whole numbers
    knots: np.ndarray  # where the interpolated distribution function bends
    cumulative: np.ndarray  # its values there, from 0 to 1
    edges: np.ndarray  # positions in `knots` of the edges of the bins
    masses: np.ndarray  # share of the column's weight in each bin
    center: float  # of the floor density
    scale: float  # of the floor density; 0 for discrete columns
    floor: float  # share of the floor density

    @property
    def n_bins(self):
        return len(self.masses)


def find_atoms(z):
    """Values that a numeric column repeats often enough to be point masses.

    A value is an atom when at least ``ATOM_COUNT`` rows hold it. Rows count by the
    greatest common divisor of all counts: a table written down twice keeps its atoms.
    """
    values, counts = np.unique(z, return_counts=True)
    if len(values) < 2:
        return values
    return values[counts >= ATOM_COUNT * np.gcd.reduce(counts)]


def fit_marginal(z, weights, column, *, max_bins):
    """Fit the bins of one column.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        Observed cells, at least one.
    weights : ndarray of shape (n_samples,)
        Their positive weights.
    column : Column
        What z is: its `discrete`, `n_categories`, `integer_valued` and `atoms` are used.
    max_bins : int or "auto"
        Largest number of bins; "auto" is the rule of Mann & Wald (1942), twice the
        number of rows to the power of 2/5.
    """
    integer_valued = column.integer_valued
    atoms = np.arange(column.n_categories) if column.discrete else column.atoms
    atoms = atoms.astype(np.float64)
    at_atom = _is_atom(z, atoms)
    rest = np.unique(z[~at_atom])
    if len(rest) == 1 and not integer_valued:
        # one value has no neighbour to interpolate to
        atoms, rest = np.sort(np.append(atoms, rest)), rest[:0]
        at_atom = np.ones(len(z), dtype=bool)
    knots, cumulative, edges = np.empty(0), np.empty(0), np.zeros(1, dtype=np.intp)
    if len(rest):
        x = _skip_atoms(z[~at_atom], atoms) if integer_valued else z[~at_atom]
        n_rows = weights[~at_atom].sum()
        n_bins = 2 * n_rows**0.4 if max_bins == "auto" else max_bins
        n_bins = int(np.clip(n_bins, 1, max(1, n_rows)))
        knots, cumulative = _interpolated_distribution(
            x, weights[~at_atom], integer_valued
        )
        pieces = _balanced(cumulative, max(n_bins, int(n_rows / PIECE_COUNT)))
        knots, cumulative = knots[pieces], cumulative[pieces]
        edges = _balanced(cumulative, n_bins)
    marginal = Marginal(
        atoms,
        integer_valued,
        knots,
        cumulative,
        edges,
        np.zeros(len(atoms) + len(edges) - 1),
        *_floor_density(z, column.discrete),
        0.5 / (weights.sum() + 1),
    )
    masses = np.bincount(
        assign_bins(marginal, z), weights=weights, minlength=marginal.n_bins
    )
    return marginal._replace(masses=masses / masses.sum())


def assign_bins(marginal, z):
    """Bin of each value; values outside the bins get the nearest bin."""
    atoms = marginal.atoms
    at_atom = _is_atom(z, atoms)
    out = np.zeros(len(z), dtype=np.intp)
    out[at_atom] = np.searchsorted(atoms, z[at_atom])
    n_bins = len(marginal.edges) - 1
    if n_bins:
        x = _bin_coordinate(marginal, z[~at_atom])
        edges = marginal.knots[marginal.edges]
        bins = np.searchsorted(edges, x, side="right") - 1
        out[~at_atom] = len(atoms) + np.clip(bins, 0, n_bins - 1)
    return out


def bin_centers(marginal):
    """Where on a line each bin lies: atoms at their value, bins at their middle."""
    edges = marginal.knots[marginal.edges] if len(marginal.knots) else np.empty(0)
    middle = edges[:-1] + np.diff(edges) / 2
    if marginal.integer_valued and len(middle):
        middle = _restore_atoms(np.round(middle), marginal.atoms)
    return np.concatenate([marginal.atoms, middle])


def draw_values(marginal, bins, rng):
    """Draw one value of each bin, spread evenly over its bin."""
    n_atoms = len(marginal.atoms)
    out = np.empty(len(bins))
    at_atom = bins < n_atoms
    out[at_atom] = marginal.atoms[bins[at_atom]]
    bins = bins[~at_atom] - n_atoms
    if len(bins):
        low, high = _bin_range(marginal, bins)
        x = interpolate(
            low + even_uniforms(bins, rng) * (high - low),
            marginal.cumulative,
            marginal.knots,
        )
        if marginal.integer_valued:
            # the outermost knots lie half a step outside
            first, last = marginal.knots[0] + 0.5, marginal.knots[-1] - 0.5
            x = _restore_atoms(np.clip(np.round(x), first, last), marginal.atoms)
        out[~at_atom] = x
    return out


def log_density_in_bin(marginal, z, bins):
    """Log-density of each value given its bin; -inf outside the bin's support."""
    n_atoms = len(marginal.atoms)
    out = np.empty(len(z))
    at_atom = bins < n_atoms
    out[at_atom] = np.where(z[at_atom] == marginal.atoms[bins[at_atom]], 0.0, -np.inf)
    bins = bins[~at_atom] - n_atoms
    if len(bins):
        low, high = _bin_range(marginal, bins)
        x = _bin_coordinate(marginal, z[~at_atom])
        with np.errstate(divide="ignore"):
            out[~at_atom] = np.log(_interpolated_density(marginal, x) / (high - low))
    return out


def mix_with_floor(marginal, z, log_prob):
    """Mix a log-density with the floor density, so that no value has density zero.

    The floor is uniform on categories, otherwise a Cauchy density as wide as the
    observed range (its integral over unit cells on a grid). It carries half a row's
    weight and is never drawn from.
    """
    if marginal.scale == 0.0:
        log_floor = np.full(len(z), -np.log(marginal.n_bins))
        return _log_mix(marginal.floor, log_floor, log_prob)
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        unit = (z - marginal.center) / marginal.scale
    if marginal.integer_valued:
        half = 0.5 / marginal.scale
        # difference of arc tangents, without cancellation far out
        log_floor = np.log(np.arctan2(2 * half, 1 + unit**2 - half**2) / np.pi)
    else:
        log_floor = -np.log(np.pi * marginal.scale) - 2 * np.log(np.hypot(1.0, unit))
    return _log_mix(marginal.floor, log_floor, log_prob)


def fit_ranks(z, weights):
    """Sorted distinct values and the mid-distribution function at them."""
    values, inverse = np.unique(z, return_inverse=True)
    mass = np.bincount(inverse, weights=weights, minlength=len(values))
    return values, (np.cumsum(mass) - mass / 2) / mass.sum()


def _log_mix(share, log_floor, log_prob):
    return np.logaddexp(np.log1p(-share) + log_prob, np.log(share) + log_floor)


def _is_atom(z, atoms):
    if not len(atoms):
        return np.zeros(len(z), dtype=bool)
    return atoms[np.minimum(np.searchsorted(atoms, z), len(atoms) - 1)] == z


def _skip_atoms(z, atoms):
    """Number the whole numbers that are no atoms consecutively."""
    return z - np.searchsorted(atoms, z)


def _restore_atoms(x, atoms):
    """Inverse of `_skip_atoms`."""
    return x + np.searchsorted(atoms - np.arange(len(atoms)), x, side="right")


def _bin_coordinate(marginal, z):
    return _skip_atoms(z, marginal.atoms) if marginal.integer_valued else z


def _bin_range(marginal, bins):
    cumulative = marginal.cumulative[marginal.edges]
    return cumulative[bins], cumulative[bins + 1]


def _interpolated_distribution(x, weights, integer_valued):
    """Distribution function that spreads each value half-way to its neighbours."""
    values, inverse = np.unique(x, return_inverse=True)
    mass = np.bincount(inverse, weights=weights, minlength=len(values))
    middle = values[:-1] + np.diff(values) / 2
    if integer_valued:
        knots = np.concatenate(
            [[values[0] - 0.5], np.floor(middle) + 0.5, [values[-1] + 0.5]]
        )
    else:
        knots = np.concatenate([values[:1], middle, values[-1:]])
    cumulative = np.concatenate([[0.0], np.cumsum(mass)])
    # neighbouring floats have no number between them, and a tiny weight no share
    apart = np.diff(knots) > np.finfo(np.float64).tiny  # or the density is infinite
    wide = np.flatnonzero(apart & (np.diff(cumulative) > 0))
    kept = np.concatenate([[0], wide + 1])
    cumulative = cumulative[kept] / cumulative[-1]
    cumulative[-1] = 1.0
    return knots[kept], cumulative


def _balanced(cumulative, n_parts):
    """Positions that cut a distribution function into parts of about equal mass."""
    if n_parts >= len(cumulative) - 1:
        return np.arange(len(cumulative))
    inner = np.searchsorted(cumulative, np.arange(1, n_parts) / n_parts)
    return np.unique(np.concatenate([[0], inner, [len(cumulative) - 1]]))


def _interpolated_density(marginal, x):
    knots, cumulative = marginal.knots, marginal.cumulative
    if marginal.integer_valued:
        above = np.interp(x + 0.5, knots, cumulative)
        return above - np.interp(x - 0.5, knots, cumulative)
    gap = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    density = (cumulative[gap + 1] - cumulative[gap]) / (knots[gap + 1] - knots[gap])
    return np.where((x >= knots[0]) & (x <= knots[-1]), density, 0.0)


def _floor_density(z, discrete):
    if discrete:
        return 0.0, 0.0
    low, high = z.min(), z.max()
    return low + (high - low) / 2, (high - low) / 2 or max(1.0, abs(low))


def interpolate(x, knots, values):
    """What `np.interp` returns, faster: it searches little where x are sorted.

    Parameters
    ----------
    x : float or ndarray of shape (n_samples,)
        May hold NaN.
    knots, values : ndarray of shape (n_knots,)
        Ascending knots, and the values there.

    Returns
    -------
    y : same as `x`
    """
    if np.ndim(x) == 0:
        return np.interp(x, knots, values)
    order = np.argsort(x)
    y = np.empty(len(x))
    y[order] = np.interp(x[order], knots, values)
    return y
