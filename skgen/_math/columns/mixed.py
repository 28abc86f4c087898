"""Mixed columns as normal scores and levels, for models of Gaussian shape.

A discrete column is a level: the number of its category. A numeric column is a score
u = T(z), where T increases: the standardised value or the normal score. Repeated values
make it more than that. *Point masses*, values that hold a large share of the rows, are
levels of their own and have no score. The other repeated values form a *grid*: such a
value stands for the interval of scores between its neighbours on the grid, its cell.
The rest are single points or, for whole numbers, cells again. Where a column holds
several of these kinds, a level says which.

So the density of a row is that of its levels times that of its scores given the levels:
times the derivative of T at points, the probability of the cell at cells.
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

#: share of a column's weight from which on a repeated value is a point mass
POINT_MASS_SHARE = 0.05
#: weight that makes the share of a whole number certain
POINT_MASS_WEIGHT = 10
#: width, times one plus the distance from zero, of intervals of even density
NARROW = 1e-4
# rounding would leave nothing of huge weights, and the ends would be infinite
MIN_OUTSIDE = 1e-15
# scores are clipped here, so that sums of their squares are finite
FARTHEST = 1e150
POINT, GRID, FIRST_MASS = 0, 1, 2


class ScoreTransform(NamedTuple):
    """The map T of one numeric column; build it with `fit_score_transform`."""

    point_masses: np.ndarray  # values that have a level of their own
    grid: np.ndarray  # other repeated values
    rest: tuple  # least and largest of the values that are neither
    integer_valued: bool  # whether values are whole numbers
    kinds: np.ndarray  # kinds that occur, of POINT, GRID, FIRST_MASS, ...
    rare: float  # probability of a kind that never occurred
    z: np.ndarray  # T maps these values, sorted,
    u: np.ndarray  # to these scores or, of quantiles, probabilities
    quantile: bool  # whether T is Gaussian
    slope: float  # of T outside

    @property
    def has_score(self):
        return len(self.z) > 0


class Mixed(NamedTuple):
    """How a matrix of mixed columns is split; build it with `fit_mixed`."""

    transforms: tuple  # one for each column, None for discrete ones
    score_columns: np.ndarray  # columns that have a score
    level_columns: np.ndarray  # columns that have a level
    n_levels: np.ndarray  # number of levels of each of these


class Split(NamedTuple):
    """A matrix as scores and levels; NaN where a cell has none or is missing."""

    u: np.ndarray  # (n_rows, n_scores) scores, within their cell where there is one
    low: np.ndarray  # (n_rows, n_scores) where the cell begins; u at points
    high: np.ndarray  # (n_rows, n_scores) where it ends; u at points
    level: np.ndarray  # (n_rows, n_level_columns)

    def take(self, rows):
        return Split(*(array[rows] for array in self))


def fit_mixed(Z, weights, columns, *, marginals):
    """Find how columns become scores and levels.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN marks missing cells; every column has an observed one.
    weights : ndarray of shape (n_rows,)
    columns : sequence of Column
        `discrete`, `n_categories`, `integer_valued` and `atoms` are used.
    marginals : {"linear", "quantile"}
        Whether scores are standardised values or normal scores.
    """
    transforms, n_levels = [], []
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        if column.discrete:
            transforms.append(None)
            n_levels.append(column.n_categories)
        else:
            transforms.append(
                fit_score_transform(z[known], weights[known], column, marginals)
            )
            n_levels.append(len(transforms[-1].kinds))
    n_levels = np.array(n_levels, dtype=np.intp)
    discrete = np.array([transform is None for transform in transforms], dtype=bool)
    leveled = np.flatnonzero(discrete | (n_levels > 1))
    scored = [j for j, t in enumerate(transforms) if t and t.has_score]
    return Mixed(
        tuple(transforms), np.array(scored, dtype=np.intp), leveled, n_levels[leveled]
    )


def fit_score_transform(z, weights, column, marginals):
    """Find how one numeric column becomes a score."""
    atoms, integer_valued, total = column.atoms, column.integer_valued, weights.sum()
    values, inverse = np.unique(z, return_inverse=True)
    mass = np.bincount(inverse, weights=weights)
    repeated = np.isin(values, atoms)
    # on a grid any value can be one, once its share is certain
    certain = repeated | (integer_valued & (mass >= POINT_MASS_WEIGHT))
    is_mass = certain & (mass >= POINT_MASS_SHARE * total)
    if (repeated & ~is_mass).sum() == 1:
        # alone on its grid, its cell would be the whole line
        is_mass |= repeated
    if (~is_mass).sum() < 2:
        # one value has no neighbours, and so no scale
        is_mass[:] = True
    point_masses, grid = values[is_mass], values[repeated & ~is_mass]
    rest = values[~repeated & ~is_mass]
    kinds = [POINT] * (len(rest) > 0) + [GRID] * (len(grid) > 0)
    kinds = np.array([*kinds, *range(FIRST_MASS, FIRST_MASS + len(point_masses))])
    smooth = ~is_mass[inverse]
    found = np.empty(0), np.empty(0), False, 0.0
    if smooth.any():
        fit = _quantile_transform if marginals == "quantile" else _linear_transform
        found = fit(z[smooth], weights[smooth], integer_valued)
    ends = (rest[0], rest[-1]) if len(rest) else (z.min(), z.max())
    return ScoreTransform(
        point_masses, grid, ends, integer_valued, kinds, 0.5 / (total + 1), *found
    )


def split_mixed(mixed, Z):
    """Scores and levels of a matrix whose missing cells are NaN."""
    u = np.full((len(Z), len(mixed.score_columns)), np.nan)
    low, high = u.copy(), u.copy()
    level = np.full((len(Z), len(mixed.level_columns)), np.nan)
    for i, j in enumerate(mixed.score_columns):
        transform, z = mixed.transforms[j], Z[:, j]
        rows = np.flatnonzero(~np.isnan(z) & ~np.isin(z, transform.point_masses))
        u[rows, i], low[rows, i], high[rows, i] = _locate(transform, z[rows])
    for i, j in enumerate(mixed.level_columns):
        transform, z = mixed.transforms[j], Z[:, j]
        level[:, i] = z if transform is None else _level_of(transform, z)
    return Split(u, low, high, level)


def join_mixed(mixed, Z, u, level):
    """Fill the NaN cells of a matrix from complete scores and levels.

    Parameters
    ----------
    mixed : Mixed
    Z : ndarray of shape (n_rows, n_columns)
    u : ndarray of shape (n_rows, n_scores)
        Read only where the level has a score.
    level : ndarray of shape (n_rows, n_level_columns)

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
        A copy; numbers stay within the observed range.
    """
    Z = Z.copy()
    place = {j: i for i, j in enumerate(mixed.score_columns)}
    level_place = {j: i for i, j in enumerate(mixed.level_columns)}
    for j, transform in enumerate(mixed.transforms):
        rows = np.flatnonzero(np.isnan(Z[:, j]))
        if transform is None:
            Z[rows, j] = level[rows, level_place[j]]
            continue
        which = np.zeros(len(rows), dtype=np.intp)
        if j in level_place:
            which = level[rows, level_place[j]].astype(np.intp)
        which = transform.kinds[which]
        at_mass = which >= FIRST_MASS
        Z[rows[at_mass], j] = transform.point_masses[which[at_mass] - FIRST_MASS]
        for kind, decode in ((POINT, _nearest_point), (GRID, _nearest_on_grid)):
            chosen = rows[which == kind]
            if len(chosen):
                Z[chosen, j] = decode(transform, u[chosen, place[j]])
    return Z


def log_derivative(mixed, Z):
    """Log-density of each row's cells less that of its scores and levels.

    Sums the logarithm of the derivative of T over the points of the row, and that of a
    small probability over values of a kind that never occurred.
    """
    total = np.zeros(len(Z))
    for j, transform in enumerate(mixed.transforms):
        if transform is None:
            continue
        z = Z[:, j]
        kind = _kind(transform, z)
        strange = np.flatnonzero(~np.isnan(z) & ~np.isin(kind, transform.kinds))
        total[strange] += np.log(transform.rare)
        if not transform.has_score:
            total[strange] += _log_cauchy(transform, z[strange])
        elif not transform.integer_valued:
            points = np.flatnonzero(kind == POINT)
            total[points] += _log_slope(transform, z[points])
    return total


def score_range(mixed):
    """Scores of the ends of the observed range."""
    ends = [mixed.transforms[j].u[[0, -1]] for j in mixed.score_columns]
    ends = [
        ndtri(u) if mixed.transforms[j].quantile else u
        for j, u in zip(mixed.score_columns, ends, strict=True)
    ]
    return np.reshape(ends, (-1, 2)).T


def outside_range(mixed, u, level, drawn):
    """Find rows that have a drawn score outside the observed range.

    Parameters
    ----------
    mixed : Mixed
    u : ndarray of shape (n_rows, n_scores)
        Read only where the level has a score.
    level : ndarray of shape (n_rows, n_level_columns)
    drawn : ndarray of bool of shape (n_rows, n_scores)

    Returns
    -------
    outside : ndarray of bool of shape (n_rows,)
    """
    low, high = score_range(mixed)
    outside = drawn & ((u < low) | (u > high))
    rows = np.flatnonzero(outside.any(axis=1))
    place = {j: i for i, j in enumerate(mixed.level_columns)}
    for i, j in enumerate(mixed.score_columns):
        if j in place:
            kind = mixed.transforms[j].kinds[level[rows, place[j]].astype(np.intp)]
            outside[rows, i] &= kind < FIRST_MASS
    return outside.any(axis=1)


def log_cell_probability(low, high):
    """Log-probability of intervals of a standard normal variable, stable in tails.

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


def truncated_moments(low, high):
    """Mean and variance of a standard normal variable inside each interval."""
    log_mass = log_cell_probability(low, high)
    ends = np.stack([low, high])
    finite = np.where(np.isfinite(ends), ends, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        rate = np.exp(-0.5 * ends**2 - 0.5 * np.log(2 * np.pi) - log_mass)
        mean = rate[0] - rate[1]
        variance = 1 + finite[0] * rate[0] - finite[1] * rate[1] - mean**2
    width = high - low
    # the difference of nearly equal numbers is lost to rounding
    narrow = (width < 0.1) | ~np.isfinite(mean) | ~np.isfinite(variance)
    middle = np.where(np.isfinite(width), finite.mean(axis=0), finite.sum(axis=0))
    mean = np.where(narrow, middle, np.clip(mean, low, high))
    variance = np.where(narrow, np.minimum(width, 1.0) ** 2 / 12, variance)
    return mean, np.clip(variance, 0.0, 1.0)


def to_score(transform, z):
    """T: the score of each value, clipped to at most `FARTHEST` from 0."""
    inside = np.interp(z, transform.z, transform.u)
    u = ndtri(inside) if transform.quantile else inside
    outside = np.where(
        z < transform.z[0], z - transform.z[0], np.maximum(z - transform.z[-1], 0.0)
    )
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        return np.clip(u + transform.slope * outside, -FARTHEST, FARTHEST)


def from_score(transform, u):
    """Inverse of T; scores outside the range become its ends."""
    return np.interp(ndtr(u) if transform.quantile else u, transform.u, transform.z)


def _linear_transform(z, weights, integer_valued):
    center = np.average(z, weights=weights)
    # in units of the largest deviation, whose square may not be a number
    reach = np.abs(z - center).max() or 1.0
    scale = reach * np.sqrt(np.average(((z - center) / reach) ** 2, weights=weights))
    half = 0.5 if integer_valued else 0.0
    ends = np.array([z.min() - half, z.max() + half])
    return ends, (ends - center) / scale, False, 1 / scale


def _quantile_transform(z, weights, integer_valued):
    knots, cumulative = interpolated_distribution(z, weights, integer_valued)
    # the same number as bins of a marginal: more would follow chance gaps between rows
    pieces = balanced_cuts(cumulative, max(1, int(2 * weights.sum() ** 0.4)))
    knots, cumulative = knots[pieces], cumulative[pieces]
    # what lies outside the observed range has half a row's weight on either side
    outside = max(0.5 / (weights.sum() + 1), MIN_OUTSIDE)
    probability = outside + (1 - 2 * outside) * cumulative
    slope = (ndtri(probability[-1]) - ndtri(probability[0])) / (knots[-1] - knots[0])
    return knots, probability, True, slope


def _log_slope(transform, z):
    outside = (z < transform.z[0]) | (z > transform.z[-1])
    if not transform.quantile:
        return np.full(len(z), np.log(transform.slope))
    gap = np.clip(
        np.searchsorted(transform.z, z, side="right") - 1, 0, len(transform.z) - 2
    )
    density = np.diff(transform.u)[gap] / np.diff(transform.z)[gap]
    u = to_score(transform, np.clip(z, *transform.z[[0, -1]]))
    inside = np.log(density) + 0.5 * u**2 + 0.5 * np.log(2 * np.pi)
    return np.where(outside, np.log(transform.slope), inside)


def _kind(transform, z):
    """POINT, GRID, FIRST_MASS, ... of each value, NaN where it is missing."""
    kind = np.where(np.isin(z, transform.grid), float(GRID), float(POINT))
    if len(transform.point_masses):
        at = np.minimum(
            np.searchsorted(transform.point_masses, z), len(transform.point_masses) - 1
        )
        kind = np.where(transform.point_masses[at] == z, FIRST_MASS + at, kind)
    return np.where(np.isnan(z), np.nan, kind)


def _level_of(transform, z):
    """Position of each value's kind among those that occur."""
    kind = _kind(transform, z)
    level = np.searchsorted(transform.kinds, kind).astype(np.float64)
    strange = ~np.isin(kind, transform.kinds)
    # a kind that never occurred joins the other one that has a score
    level[strange] = 0.0 if transform.has_score else np.nan
    level[np.isnan(kind)] = np.nan
    return level


def _locate(transform, z):
    """Score of each value, and the ends of its cell."""
    u = to_score(transform, z)
    low, high = u.copy(), u.copy()
    on_grid = np.isin(z, transform.grid)
    if on_grid.any():
        edges = _grid_edges(transform)
        at = np.searchsorted(transform.grid, z[on_grid])
        low[on_grid], high[on_grid] = edges[at], edges[at + 1]
    if transform.integer_valued:
        between = z[~on_grid]
        low[~on_grid] = to_score(
            transform, (_step(transform, between, -1) + between) / 2
        )
        high[~on_grid] = to_score(
            transform, (_step(transform, between, 1) + between) / 2
        )
    return u, low, high


def _grid_edges(transform):
    middle = transform.grid[:-1] + np.diff(transform.grid) / 2
    return np.concatenate([[-np.inf], to_score(transform, middle), [np.inf]])


def _step(transform, z, by):
    """The whole number `by` steps away, repeated values left out."""
    atoms = np.union1d(transform.grid, transform.point_masses)
    return restore_atoms(skip_atoms(z, atoms) + by, atoms)


def _nearest_point(transform, u):
    z = from_score(transform, u)
    if not transform.integer_valued:
        return z
    above = _step(transform, np.ceil(z), 0)
    below = _step(transform, above, -1)
    return np.clip(np.where(above - z < z - below, above, below), *transform.rest)


def _nearest_on_grid(transform, u):
    return transform.grid[np.searchsorted(_grid_edges(transform)[1:-1], u)]


def _log_cauchy(transform, z):
    center, scale = np.mean(transform.rest), np.ptp(transform.rest) or 1.0
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        unit = (z - center) / scale
    return -np.log(np.pi * scale) - 2 * np.log(np.hypot(1.0, unit))
