"""Mixed columns as real coordinates and codes, for models of Gaussian shape.

A discrete column is a code. A numeric column is a real coordinate u = T(z), where T
increases; the values that it repeats make it more than that. *Spikes*, values that hold
a large share of the rows, are codes of their own and have no coordinate. The other
repeated values form a *grid*: such a value stands for the cell of coordinates between
its neighbours on the grid. What is left are single points, or on a grid (whole
numbers) again cells. Where a column has more than one of these, a code says which.

So the density of a row is that of its codes times that of its coordinates given the
codes: times the derivative of T at points, the probability of the cell at cells.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from skgen._math.columns.marginals import (
    balanced_cuts,
    interpolated_distribution,
    restore_atoms,
    skip_atoms,
)

#: share of a column's weight from which on a repeated value is a spike
SPIKE_SHARE = 0.05
#: weight that makes the share of a whole number certain
SPIKE_WEIGHT = 10
#: width, times one plus the distance from zero, of intervals of even density
NARROW = 1e-4
# of huge weights nothing would be left, and the ends were infinite
MIN_OUTSIDE = 1e-15
# coordinates are no further out, so that sums of their squares are numbers
FARTHEST = 1e150
POINT, GRID, FIRST_SPIKE = 0, 1, 2


class Axis(NamedTuple):
    """How one numeric column becomes a coordinate; build it with `fit_axis`."""

    spikes: np.ndarray  # values that have a code of their own
    grid: np.ndarray  # other repeated values
    rest: tuple  # least and largest of the values that are neither
    integer_valued: bool  # whether values are whole numbers
    codes: np.ndarray  # kinds that occur, of POINT, GRID, FIRST_SPIKE, ...
    rare: float  # probability granted to a kind that never occurred
    z: np.ndarray  # T maps these values, sorted,
    u: np.ndarray  # to these coordinates or, of quantiles, probabilities
    quantile: bool  # whether T is Gaussian
    slope: float  # of T outside

    @property
    def has_coordinate(self):
        return len(self.z) > 0


class Mixed(NamedTuple):
    """How a matrix of mixed columns is split; build it with `fit_mixed`."""

    axes: tuple  # one for each column, None for discrete ones
    real: np.ndarray  # columns that have a coordinate
    coded: np.ndarray  # columns that have a code
    n_codes: np.ndarray  # number of codes of each of these


class Split(NamedTuple):
    """A matrix as coordinates and codes; NaN where a cell has none or is missing."""

    u: np.ndarray  # (n_rows, n_real) coordinates, within their cell where there is one
    low: np.ndarray  # (n_rows, n_real) where the cell begins; u at points
    high: np.ndarray  # (n_rows, n_real) where it ends; u at points
    code: np.ndarray  # (n_rows, n_coded)


def fit_mixed(Z, weights, columns, *, marginals):
    """Decide how columns become coordinates and codes.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN marks missing cells; every column has an observed one.
    weights : ndarray of shape (n_rows,)
    columns : sequence of Column
        `discrete`, `n_categories`, `integer_valued` and `atoms` are used.
    marginals : {"linear", "quantile"}
        Whether coordinates are standardised values, or have a normal distribution.
    """
    axes, n_codes = [], []
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        if column.discrete:
            axes.append(None)
            n_codes.append(column.n_categories)
        else:
            axes.append(fit_axis(z[known], weights[known], column, marginals))
            n_codes.append(len(axes[-1].codes))
    n_codes = np.array(n_codes, dtype=np.intp)
    discrete = np.array([axis is None for axis in axes], dtype=bool)
    coded = np.flatnonzero(discrete | (n_codes > 1))
    real = [j for j, axis in enumerate(axes) if axis and axis.has_coordinate]
    return Mixed(tuple(axes), np.array(real, dtype=np.intp), coded, n_codes[coded])


def fit_axis(z, weights, column, marginals):
    """Decide how one numeric column becomes a coordinate."""
    atoms, integer_valued, total = column.atoms, column.integer_valued, weights.sum()
    values, inverse = np.unique(z, return_inverse=True)
    mass = np.bincount(inverse, weights=weights)
    repeated = np.isin(values, atoms)
    # on a grid any value can be one, once its share is certain
    certain = repeated | (integer_valued & (mass >= SPIKE_WEIGHT))
    spiked = certain & (mass >= SPIKE_SHARE * total)
    if (repeated & ~spiked).sum() == 1:
        # alone on its grid, its cell would be the whole line
        spiked |= repeated
    if (~spiked).sum() < 2:
        # one value has no neighbours, and so no scale
        spiked[:] = True
    spikes, grid = values[spiked], values[repeated & ~spiked]
    rest = values[~repeated & ~spiked]
    found = [POINT] * (len(rest) > 0) + [GRID] * (len(grid) > 0)
    codes = np.array([*found, *range(FIRST_SPIKE, FIRST_SPIKE + len(spikes))])
    smooth = ~spiked[inverse]
    transform = np.empty(0), np.empty(0), False, 0.0
    if smooth.any():
        fit_transform = _quantile if marginals == "quantile" else _linear
        transform = fit_transform(z[smooth], weights[smooth], integer_valued)
    ends = (rest[0], rest[-1]) if len(rest) else (z.min(), z.max())
    return Axis(
        spikes, grid, ends, integer_valued, codes, 0.5 / (total + 1), *transform
    )


def split_mixed(mixed, Z):
    """Coordinates and codes of a matrix whose missing cells are NaN."""
    u = np.full((len(Z), len(mixed.real)), np.nan)
    low, high = u.copy(), u.copy()
    code = np.full((len(Z), len(mixed.coded)), np.nan)
    for i, j in enumerate(mixed.real):
        axis, z = mixed.axes[j], Z[:, j]
        rows = np.flatnonzero(~np.isnan(z) & ~np.isin(z, axis.spikes))
        u[rows, i], low[rows, i], high[rows, i] = _locate(axis, z[rows])
    for i, j in enumerate(mixed.coded):
        axis, z = mixed.axes[j], Z[:, j]
        code[:, i] = z if axis is None else _code(axis, z)
    return Split(u, low, high, code)


def join_mixed(mixed, Z, u, code):
    """Fill the NaN cells of a matrix from complete coordinates and codes.

    Parameters
    ----------
    mixed : Mixed
    Z : ndarray of shape (n_rows, n_columns)
    u : ndarray of shape (n_rows, n_real)
        Read only where the codes say that there is a coordinate.
    code : ndarray of shape (n_rows, n_coded)

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
        A copy; numbers stay within the observed range.
    """
    Z = Z.copy()
    place = {j: i for i, j in enumerate(mixed.real)}
    code_place = {j: i for i, j in enumerate(mixed.coded)}
    for j, axis in enumerate(mixed.axes):
        rows = np.flatnonzero(np.isnan(Z[:, j]))
        if axis is None:
            Z[rows, j] = code[rows, code_place[j]]
            continue
        which = np.zeros(len(rows), dtype=np.intp)
        if j in code_place:
            which = code[rows, code_place[j]].astype(np.intp)
        which = axis.codes[which]
        at_spike = which >= FIRST_SPIKE
        Z[rows[at_spike], j] = axis.spikes[which[at_spike] - FIRST_SPIKE]
        for kind, decode in ((POINT, _nearest_point), (GRID, _nearest_on_grid)):
            chosen = rows[which == kind]
            if len(chosen):
                Z[chosen, j] = decode(axis, u[chosen, place[j]])
    return Z


def log_derivative(mixed, Z):
    """What the densities of a row's coordinates and codes lack to that of its cells.

    The sum, over the points of the row, of the logarithm of the derivative of T; for
    values of a kind that never occurred, the small probability granted to these.
    """
    total = np.zeros(len(Z))
    for j, axis in enumerate(mixed.axes):
        if axis is None:
            continue
        z = Z[:, j]
        kind = _kind(axis, z)
        strange = np.flatnonzero(~np.isnan(z) & ~np.isin(kind, axis.codes))
        total[strange] += np.log(axis.rare)
        if not axis.has_coordinate:
            total[strange] += _log_cauchy(axis, z[strange])
        elif not axis.integer_valued:
            points = np.flatnonzero(kind == POINT)
            total[points] += _log_slope(axis, z[points])
    return total


def coordinate_range(mixed):
    """Ends of the coordinates that stand for values in the observed range."""
    ends = [mixed.axes[j].u[[0, -1]] for j in mixed.real]
    ends = [
        ndtri(u) if mixed.axes[j].quantile else u
        for j, u in zip(mixed.real, ends, strict=True)
    ]
    return np.reshape(ends, (-1, 2)).T


def outside_range(mixed, u, code, drawn):
    """Which rows have a drawn coordinate outside the observed range.

    Parameters
    ----------
    mixed : Mixed
    u : ndarray of shape (n_rows, n_real)
        Counts only where the codes say that there is a coordinate.
    code : ndarray of shape (n_rows, n_coded)
    drawn : ndarray of bool of shape (n_rows, n_real)

    Returns
    -------
    outside : ndarray of bool of shape (n_rows,)
    """
    low, high = coordinate_range(mixed)
    outside = drawn & ((u < low) | (u > high))
    rows = np.flatnonzero(outside.any(axis=1))
    place = {j: i for i, j in enumerate(mixed.coded)}
    for i, j in enumerate(mixed.real):
        if j in place:
            kind = mixed.axes[j].codes[code[rows, place[j]].astype(np.intp)]
            outside[rows, i] &= kind < FIRST_SPIKE
    return outside.any(axis=1)


def log_cell_probability(low, high):
    """Logarithm of the standard normal probability of each interval, stable in tails.

    Parameters
    ----------
    low, high : ndarray
        With low < high; infinite ends are allowed.
    """
    # intervals above zero are mirrored, where the distribution function is exact
    mirrored = low > 0
    low, high = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    above, below = log_ndtr(high), log_ndtr(low)
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = above + np.log(-np.expm1(np.minimum(below - above, 0.0)))
        # where the difference would cancel: density times width
        center, width = low + (high - low) / 2, high - low
        narrow = np.log(width) - 0.5 * center**2 - 0.5 * np.log(2 * np.pi)
        return np.where(width * (1 + np.abs(center)) < NARROW, narrow, wide)


def to_coordinate(axis, z):
    """T: the coordinate of each value, at most `FARTHEST` from 0."""
    inside = np.interp(z, axis.z, axis.u)
    u = ndtri(inside) if axis.quantile else inside
    outside = np.where(z < axis.z[0], z - axis.z[0], np.maximum(z - axis.z[-1], 0.0))
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        return np.clip(u + axis.slope * outside, -FARTHEST, FARTHEST)


def from_coordinate(axis, u):
    """Inverse of T; coordinates outside become the ends of the range."""
    return np.interp(ndtr(u) if axis.quantile else u, axis.u, axis.z)


def _linear(z, weights, integer_valued):
    center = np.average(z, weights=weights)
    # in units of the largest deviation, whose square may not be a number
    reach = np.abs(z - center).max() or 1.0
    scale = reach * np.sqrt(np.average(((z - center) / reach) ** 2, weights=weights))
    half = 0.5 if integer_valued else 0.0
    ends = np.array([z.min() - half, z.max() + half])
    return ends, (ends - center) / scale, False, 1 / scale


def _quantile(z, weights, integer_valued):
    knots, cumulative = interpolated_distribution(z, weights, integer_valued)
    # as many pieces as the marginals have bins: more follow chance gaps between rows
    pieces = balanced_cuts(cumulative, max(1, int(2 * weights.sum() ** 0.4)))
    knots, cumulative = knots[pieces], cumulative[pieces]
    # what lies outside the observed range has half a row's weight on either side
    outside = max(0.5 / (weights.sum() + 1), MIN_OUTSIDE)
    probability = outside + (1 - 2 * outside) * cumulative
    slope = (ndtri(probability[-1]) - ndtri(probability[0])) / (knots[-1] - knots[0])
    return knots, probability, True, slope


def _log_slope(axis, z):
    outside = (z < axis.z[0]) | (z > axis.z[-1])
    if not axis.quantile:
        return np.full(len(z), np.log(axis.slope))
    gap = np.clip(np.searchsorted(axis.z, z, side="right") - 1, 0, len(axis.z) - 2)
    density = np.diff(axis.u)[gap] / np.diff(axis.z)[gap]
    u = to_coordinate(axis, np.clip(z, *axis.z[[0, -1]]))
    inside = np.log(density) + 0.5 * u**2 + 0.5 * np.log(2 * np.pi)
    return np.where(outside, np.log(axis.slope), inside)


def _kind(axis, z):
    """POINT, GRID, FIRST_SPIKE, ... of each value, NaN where it is missing."""
    kind = np.where(np.isin(z, axis.grid), float(GRID), float(POINT))
    if len(axis.spikes):
        at = np.minimum(np.searchsorted(axis.spikes, z), len(axis.spikes) - 1)
        kind = np.where(axis.spikes[at] == z, FIRST_SPIKE + at, kind)
    return np.where(np.isnan(z), np.nan, kind)


def _code(axis, z):
    """Position of each value's kind among those that occur."""
    kind = _kind(axis, z)
    code = np.searchsorted(axis.codes, kind).astype(np.float64)
    strange = ~np.isin(kind, axis.codes)
    # a kind that never occurred goes with the other one that has a coordinate
    code[strange] = 0.0 if axis.has_coordinate else np.nan
    code[np.isnan(kind)] = np.nan
    return code


def _locate(axis, z):
    """Coordinate of each value, and the ends of its cell."""
    u = to_coordinate(axis, z)
    low, high = u.copy(), u.copy()
    on_grid = np.isin(z, axis.grid)
    if on_grid.any():
        edges = _grid_edges(axis)
        at = np.searchsorted(axis.grid, z[on_grid])
        low[on_grid], high[on_grid] = edges[at], edges[at + 1]
    if axis.integer_valued:
        between = z[~on_grid]
        low[~on_grid] = to_coordinate(axis, (_step(axis, between, -1) + between) / 2)
        high[~on_grid] = to_coordinate(axis, (_step(axis, between, 1) + between) / 2)
    return u, low, high


def _grid_edges(axis):
    middle = axis.grid[:-1] + np.diff(axis.grid) / 2
    return np.concatenate([[-np.inf], to_coordinate(axis, middle), [np.inf]])


def _step(axis, z, by):
    """The whole number that many steps away, repeated values left out."""
    atoms = np.union1d(axis.grid, axis.spikes)
    return restore_atoms(skip_atoms(z, atoms) + by, atoms)


def _nearest_point(axis, u):
    z = from_coordinate(axis, u)
    if not axis.integer_valued:
        return z
    above = _step(axis, np.ceil(z), 0)
    below = _step(axis, above, -1)
    return np.clip(np.where(above - z < z - below, above, below), *axis.rest)


def _nearest_on_grid(axis, u):
    return axis.grid[np.searchsorted(_grid_edges(axis)[1:-1], u)]


def _log_cauchy(axis, z):
    center, scale = np.mean(axis.rest), np.ptp(axis.rest) or 1.0
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        unit = (z - center) / scale
    return -np.log(np.pi * scale) - 2 * np.log(np.hypot(1.0, unit))
