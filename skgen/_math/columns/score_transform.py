"""How one numeric column becomes a score, and back.

The column's distribution function F is that of its values, spread half-way to their
neighbours and then smoothed: linear, in normal scores, between a number of knots that
grows with the rows. Towards either end the knots come closer, down to single rows, so
that no tail is longer or shorter than the column's. Values that stand alone keep their
own share: as a jump of F, or as the unit cell of a whole number.

    v = Phi^-1(F(z))      the normal score; or the standardised value
    u = Phi^-1(G^-1(v))   the score that a model sees

The second step is the identity while a model is fitted. Once it is, G becomes the
model's own distribution function of v, so that what it draws has the distribution F.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from skgen._math.columns.distribution import (
    count_values,
    distribution_function,
    n_intervals,
    stand_alone,
    tail_cuts,
)
from skgen._math.columns.marginals import restore_atoms, skip_atoms

#: share of a column's weight from which on a repeated value is a point mass
POINT_MASS_SHARE = 0.05
#: weight that makes the share of a whole number certain
POINT_MASS_WEIGHT = 10
#: width, in scores, of cells that are points for all purposes
NARROW_CELL = 0.01
# rounding would leave nothing of huge weights, and the ends would be infinite
MIN_OUTSIDE = 1e-15
# scores are clipped here, so that sums of their squares are finite
FARTHEST = 1e150
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


class ScoreTransform(NamedTuple):
    """The map of one numeric column to scores; build it with `fit_score_transform`."""

    point_masses: np.ndarray  # values that have a level of their own
    integer_valued: bool  # whether values are whole numbers
    atoms: np.ndarray  # repeated values of a continuous column that are cells
    atom_ends: np.ndarray  # (n_atoms, 2) normal scores where their cells end
    rest: tuple  # least and largest of the values that are no point mass
    rare: float  # share of values that never occurred, half of it on either side
    z: np.ndarray  # these values, sorted, point masses left out of whole numbers
    v: np.ndarray  # have these normal scores
    slope: float  # of v outside
    quantile: bool  # whether v are normal scores or standardised values
    curve: tuple  # scores u of the model, and the normal scores v that they stand for

    @property
    def has_score(self):
        return len(self.z) > 0

    @property
    def n_kinds(self):
        """Number of levels: one for all values with a score, one for each mass."""
        return self.has_score + len(self.point_masses)


def fit_score_transform(z, weights, column, marginals):
    """Find how one numeric column becomes a score.

    Parameters
    ----------
    z, weights : ndarray of shape (n_rows,)
        Observed cells, at least one.
    column : Column
        `integer_valued` and `atoms` are used.
    marginals : {"linear", "quantile", "empirical"}
        Standardised values, normal scores, or normal scores that are not smoothed.
    """
    values, mass, repeated = count_values(z, weights, column.atoms)
    # weights count like repeated rows, unless they are below one on average
    n_rows = max(mass.sum(), len(z))
    mass = mass * (n_rows / mass.sum())
    per_row = len(z) / n_rows
    integer_valued = column.integer_valued
    is_mass = _choose_masses(mass, repeated, integer_valued, marginals)
    masses, rest, mass = values[is_mass], values[~is_mass], mass[~is_mass]
    repeated = repeated[~is_mass]
    ends = (rest[0], rest[-1]) if len(rest) else (z.min(), z.max())
    rare = max(1 / (n_rows + 1), 2 * MIN_OUTSIDE)
    found = np.empty(0), np.empty(0), 0.0, np.empty(0), np.empty((0, 2))
    if len(rest):
        x = skip_atoms(rest, masses) if integer_valued else rest
        if marginals == "linear":
            found = _linear(x, mass, repeated, integer_valued)
        else:
            options = {"per_row": per_row, "rare": rare, "marginals": marginals}
            found = _quantiles(x, mass, repeated, integer_valued, **options)
    knots, v, slope, atoms, atom_ends = found
    return ScoreTransform(
        masses,
        integer_valued,
        atoms,
        atom_ends,
        ends,
        rare,
        knots,
        v,
        slope,
        marginals != "linear",
        (),
    )


def score_cells(transform, z):
    """Scores of values that are no point mass, and what they stand for.

    Parameters
    ----------
    transform : ScoreTransform
    z : ndarray of shape (n_rows,)

    Returns
    -------
    u, low, high : ndarray of shape (n_rows,)
        Scores, and the ends of their cells; all equal at points.
    log_gain : ndarray of shape (n_rows,)
        Log-density of the value less that of its score: 0 where it is a cell.
    """
    integer_valued = transform.integer_valued
    x = skip_atoms(z, transform.point_masses) if integer_valued else z
    v, rate = _normal_score(transform, x)
    low, high = v.copy(), v.copy()
    if integer_valued:
        low, high = (_normal_score(transform, x + half)[0] for half in (-0.5, 0.5))
        rate = high - low
    is_atom = np.isin(z, transform.atoms)
    if is_atom.any():
        at = np.searchsorted(transform.atoms, z[is_atom])
        low[is_atom], high[is_atom] = transform.atom_ends[at].T
        v[is_atom] = _middle(low[is_atom], high[is_atom], v[is_atom])
        rate[is_atom] = high[is_atom] - low[is_atom]
    if len(transform.atoms) and not transform.quantile:
        # the cells fill the line
        rate[~is_atom] = 0.0
    u, stretch = _model_score(transform, v)
    is_cell = (low < high) & (rate * stretch >= NARROW_CELL)
    low = np.where(is_cell, _model_score(transform, low)[0], u)
    high = np.where(is_cell, _model_score(transform, high)[0], u)
    with np.errstate(over="ignore", divide="ignore"):
        rate = np.maximum(rate, _least_rate(transform, x, v))
        log_gain = np.where(is_cell, 0.0, np.log(rate) + np.log(stretch))
    return u, np.minimum(low, u), np.maximum(high, u), log_gain


def values_of_scores(transform, u):
    """Values of scores; those outside the observed range become its ends."""
    v = _inverse_model_score(transform, u)
    if len(transform.atoms) and not transform.quantile:
        inner = transform.atom_ends[1:, 0]
        return transform.atoms[np.searchsorted(inner, v)]
    x = np.interp(v, transform.v, transform.z)
    if not transform.integer_valued:
        return x
    first, last = transform.z[[0, -1]]
    x = np.clip(np.rint(x), first + 0.5, last - 0.5)
    return restore_atoms(x, transform.point_masses)


def within_range(transform, u):
    """Scores, spread over the line, as scores of the observed range.

    The probability outside, that of a row, is spread over the inside.
    """
    if not transform.quantile:
        return u
    low, high = ndtr(transform.v[[0, -1]])
    v = _inverse_model_score(transform, u)
    return _model_score(transform, ndtri(low + (high - low) * ndtr(v)))[0]


def score_ends(transform):
    """Scores of the ends of the observed range."""
    return _model_score(transform, transform.v[[0, -1]])[0]


def _choose_masses(mass, repeated, integer_valued, marginals):
    # on a grid any value can be one, once its share is certain
    certain = repeated | (integer_valued & (mass >= POINT_MASS_WEIGHT))
    is_mass = certain & (mass >= POINT_MASS_SHARE * mass.sum())
    other = ~repeated & ~is_mass
    if marginals == "linear" and not integer_valued and other.any():
        # cells would overlap with the points around them
        is_mass |= repeated
    if (~is_mass).sum() < 2:
        # one value has no neighbours, and so no scale
        is_mass[:] = True
    return is_mass


def _linear(x, mass, repeated, integer_valued):
    """Knots of standardised values, and the cells of repeated ones."""
    center = np.average(x, weights=mass)
    # in units of the largest deviation, whose square may not be a number
    reach = np.abs(x - center).max() or 1.0
    scale = reach * np.sqrt(np.average(((x - center) / reach) ** 2, weights=mass))
    half = 0.5 if integer_valued else 0.0
    ends = np.array([x[0] - half, x[-1] + half])
    atoms, atom_ends = np.empty(0), np.empty((0, 2))
    if not integer_valued and repeated.any():
        middle = (x[:-1] + np.diff(x) / 2 - center) / scale
        edges = np.concatenate([[-np.inf], middle, [np.inf]])
        atoms, atom_ends = x, np.stack([edges[:-1], edges[1:]], axis=1)
    return ends, (ends - center) / scale, 1 / scale, atoms, atom_ends


def _quantiles(x, mass, repeated, integer_valued, *, per_row, rare, marginals):
    """Knots of normal scores, and the cells of repeated values."""

    def choose_knots(cumulative, weight):
        if marginals == "empirical":
            return np.arange(len(cumulative))
        # the number of bins of a marginal: more would follow chance gaps between rows
        return tail_cuts(cumulative, max(1, int(n_intervals(weight))), weight)

    alone = repeated
    if integer_valued:
        alone = stand_alone(x, mass * per_row, repeated)
    knots, share = distribution_function(x, mass, alone, integer_valued, choose_knots)
    v = ndtri(rare / 2 + (1 - rare) * share)
    slope = (v[-1] - v[0]) / (knots[-1] - knots[0])
    atoms, ends = np.empty(0), np.empty((0, 2))
    if alone.any() and not integer_valued:
        atoms = x[alone]
        first = np.searchsorted(knots, atoms)
        last = np.searchsorted(knots, atoms, side="right") - 1
        ends = np.stack([v[first], v[last]], axis=1)
    return knots, v, slope, atoms, ends


def _normal_score(transform, x):
    """Normal score, or standardised value, and its slope."""
    knots, v = transform.z, transform.v
    gap = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rate = (v[gap + 1] - v[gap]) / (knots[gap + 1] - knots[gap])
        inside = v[gap] + rate * (x - knots[gap])
        before, after = x < knots[0], x > knots[-1]
        far = np.where(
            before,
            v[0] + transform.slope * (x - knots[0]),
            v[-1] + transform.slope * (x - knots[-1]),
        )
    outside = before | after
    score = np.clip(np.where(outside, far, inside), -FARTHEST, FARTHEST)
    score = np.where(x == knots[-1], v[-1], score)
    return score, np.where(outside, transform.slope, rate)


def _model_score(transform, v):
    """Scores of a model from normal scores, and their slope."""
    if not transform.curve:
        return v, np.ones(len(v))
    return _extended_interp(v, *transform.curve[::-1])


def _inverse_model_score(transform, u):
    return _extended_interp(u, *transform.curve)[0] if transform.curve else u


def _extended_interp(x, knots, values):
    """Piecewise linear function that goes on beyond its ends, and its slope."""
    gap = np.clip(np.searchsorted(knots, x) - 1, 0, len(knots) - 2)
    slope = (np.diff(values) / np.diff(knots))[gap]
    with np.errstate(invalid="ignore"):
        y = values[gap] + slope * (x - knots[gap])
    return np.where(np.isinf(x), x, y), slope


def _least_rate(transform, x, v):
    """Slope, or width of a cell, of values to which F gives no weight."""
    if not transform.quantile and not len(transform.atoms):
        return 0.0
    first, last = transform.z[[0, -1]]
    share = transform.rare / ((last - first) or 1.0)
    least = share * np.exp(np.minimum(0.5 * v**2, 700.0) + _LOG_ROOT)
    return np.where((x >= first) & (x <= last), least, 0.0)


def _middle(low, high, v):
    finite = np.isfinite(low) & np.isfinite(high)
    with np.errstate(invalid="ignore"):
        return np.where(finite, (low + high) / 2, v)
