"""Mixed columns as normal scores and levels, for models of Gaussian shape.

A discrete column is a level: the number of its category. A numeric column is a score
u = T(z), where T increases: the standardised value or the normal score. *Point masses*,
values that hold a large share of the rows, have no score; a level says which of them a
value is, if any. A whole number stands for its unit cell, the interval of scores
half-way to its neighbours, and a repeated value of a continuous column for a cell as
wide as its share. Cells that are narrow compared with any distribution of scores are
points.

So the density of a row is that of its levels times that of its scores given the levels:
times the derivative of T, or the width of the cell, at points; the probability of the
cell at others. The base measure counts on whole numbers, point masses and repeated
values, and is length elsewhere.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.score_transform import (
    fit_score_transform,
    score_cells,
    score_ends,
    values_of_scores,
    within_range,
)


class Mixed(NamedTuple):
    """How a matrix of mixed columns is split; build it with `fit_mixed`."""

    transforms: tuple  # one for each column, None for discrete ones
    score_columns: np.ndarray  # columns that have a score
    level_columns: np.ndarray  # columns that have a level
    n_levels: np.ndarray  # number of levels of each of these

    @property
    def within_range(self):
        """Whether scores on the whole line can be spread over the observed range."""
        return all(self.transforms[j].quantile for j in self.score_columns)


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
    marginals : {"linear", "quantile", "empirical"}
        Whether scores are standardised values, normal scores, or normal scores that
        are not smoothed.
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
            n_levels.append(transforms[-1].n_kinds)
    n_levels = np.array(n_levels, dtype=np.intp)
    discrete = np.array([transform is None for transform in transforms], dtype=bool)
    leveled = np.flatnonzero(discrete | (n_levels > 1))
    scored = [j for j, t in enumerate(transforms) if t and t.has_score]
    return Mixed(
        tuple(transforms), np.array(scored, dtype=np.intp), leveled, n_levels[leveled]
    )


def with_model_marginals(mixed, curves):
    """Let the scores of a model stand for normal scores, so that its marginals fit.

    Parameters
    ----------
    mixed : Mixed
    curves : list of tuple
        For each score column the scores of the model, increasing, and the normal scores
        of the same probability, see `skgen._math.columns.model_marginal`; or an empty
        tuple where these are equal.
    """
    transforms = list(mixed.transforms)
    for j, curve in zip(mixed.score_columns, curves, strict=True):
        if transforms[j].quantile:
            transforms[j] = transforms[j]._replace(curve=curve)
    return mixed._replace(transforms=tuple(transforms))


def score_conditions(mixed, columns):
    """For each score, at which levels it is drawn: not a point mass, not missing.

    Parameters
    ----------
    mixed : Mixed
    columns : sequence of Column
        Their `indicator_of` is used.

    Returns
    -------
    conditions : list of list of (int, int)
        Position among the columns with levels, and the level.
    """
    place = {j: i for i, j in enumerate(mixed.level_columns)}
    found = {j: [(place[j], 0)] if j in place else [] for j in mixed.score_columns}
    for j, column in enumerate(columns):
        if column.indicator_of in found:
            found[column.indicator_of].append((place[j], 0))
    return list(found.values())


def split_mixed(mixed, Z):
    """Scores and levels of a matrix whose missing cells are NaN."""
    u = np.full((len(Z), len(mixed.score_columns)), np.nan)
    low, high = u.copy(), u.copy()
    level = np.full((len(Z), len(mixed.level_columns)), np.nan)
    for i, j in enumerate(mixed.score_columns):
        transform, z = mixed.transforms[j], Z[:, j]
        rows = np.flatnonzero(~np.isnan(z) & ~np.isin(z, transform.point_masses))
        found = score_cells(transform, z[rows])
        u[rows, i], low[rows, i], high[rows, i] = found[:3]
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
        which = which - transform.has_score
        at_mass = which >= 0
        Z[rows[at_mass], j] = transform.point_masses[which[at_mass]]
        other = rows[~at_mass]
        if len(other):
            Z[other, j] = values_of_scores(transform, u[other, place[j]])
    return Z


def spread_within_range(mixed, u):
    """Scores drawn on the whole line as scores of the observed range.

    Normal scores are squeezed a little, so that the marginals of draws are those of the
    column. Standardised values stay: `outside_range` finds those to draw again.
    """
    u = u.copy()
    for i, j in enumerate(mixed.score_columns):
        u[:, i] = within_range(mixed.transforms[j], u[:, i])
    return u


def draw_within_range(mixed, known, draw, is_drawn, n_rounds):
    """Draw the unknown cells of rows, again where a score leaves the observed range.

    Parameters
    ----------
    mixed : Mixed
    known : ndarray of shape (n_rows, n_columns)
        NaN where a cell is drawn.
    draw : callable
        Takes positions of rows; returns their scores and levels, known and drawn.
    is_drawn : callable
        Takes positions of rows and their levels; returns which scores are drawn and
        kept, a mask of shape (n_positions, n_scores).
    n_rounds : int
        Largest number of draws of a row; after them, scores that are still outside are
        moved to the end of the range.

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
    """
    u = np.empty((len(known), len(mixed.score_columns)))
    level = np.empty((len(known), len(mixed.level_columns)))
    rows = np.arange(len(known))
    for _ in range(n_rounds):
        u[rows], level[rows] = draw(rows)
        drawn = is_drawn(rows, level[rows])
        rows = rows[outside_range(mixed, u[rows], level[rows], drawn)]
        if not len(rows):
            break
    return join_mixed(mixed, known, spread_within_range(mixed, u), level)


def log_derivative(mixed, Z):
    """Log-density of each row's cells less that of its scores and levels.

    Sums the logarithm of the derivative of T over the points of the row, that of the
    width over narrow cells, and that of a small probability over values of a column
    that holds point masses only.
    """
    total = np.zeros(len(Z))
    for j, transform in enumerate(mixed.transforms):
        if transform is None:
            continue
        z = Z[:, j]
        rows = np.flatnonzero(~np.isnan(z) & ~np.isin(z, transform.point_masses))
        if transform.has_score:
            total[rows] += score_cells(transform, z[rows])[3]
        else:
            total[rows] += np.log(transform.rare / 2) + _log_cauchy(transform, z[rows])
    return total


def score_range(mixed):
    """Scores of the ends of the observed range."""
    ends = [score_ends(mixed.transforms[j]) for j in mixed.score_columns]
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
    if mixed.within_range:
        return np.zeros(len(u), dtype=bool)
    low, high = score_range(mixed)
    outside = drawn & ((u < low) | (u > high))
    rows = np.flatnonzero(outside.any(axis=1))
    place = {j: i for i, j in enumerate(mixed.level_columns)}
    for i, j in enumerate(mixed.score_columns):
        if j in place:
            outside[rows, i] &= level[rows, place[j]] == 0
    return outside.any(axis=1)


def _level_of(transform, z):
    """0 for values with a score, if there are any; a number for each point mass."""
    masses, has_score = transform.point_masses, transform.has_score
    level = np.full(len(z), 0.0 if has_score else np.nan)
    if len(masses):
        at = np.minimum(np.searchsorted(masses, z), len(masses) - 1)
        level = np.where(masses[at] == z, at + has_score, level)
    return np.where(np.isnan(z), np.nan, level)


def _log_cauchy(transform, z):
    center, scale = np.mean(transform.rest), np.ptp(transform.rest) or 1.0
    with np.errstate(over="ignore"):  # absurdly far from the observed range
        unit = (z - center) / scale
    return -np.log(np.pi * scale) - 2 * np.log(np.hypot(1.0, unit))
