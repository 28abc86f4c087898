"""Flow matching for normal scores and digits.

Normal scores follow the trigonometric interpolant of Albergo & Vanden-Eijnden (2023),
"Building normalizing flows with stochastic interpolants", from noise x0 to data x1:

    x_t = cos(a) x0 + sin(a) x1,    dx_t / da = cos(a) x1 - sin(a) x0,    a = pi t / 2.

Regressing the velocity on x_t gives the velocity field of the whole distribution
(Lipman et al., 2023, "Flow matching for generative modeling", Theorem 2). It is zero
where x1 is standard normal and independent of all else, so that only the dependence
between columns is left to learn. A straight line from x0 to x1 lacks this property.

Levels are written as digits, each hidden until its time comes: the masked paths of Gat
et al. (2024), "Discrete flow matching". The regressor learns the probability of each
digit's values given all that is not hidden, less their shares; again, zero stands for
independence.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

#: value of a digit that is not known yet
HIDDEN = -1
#: scale of the targets of digits; squared, their weight in the loss beside velocities
DIGIT_SCALE = 3.0


class Digits(NamedTuple):
    """How the levels of a column are written as digits; build it with `fit_digits`."""

    rank: np.ndarray  # rank of each level by falling weight, HIDDEN if it has none
    level: np.ndarray  # level of each rank
    base: int  # number of values of a digit
    shares: tuple  # for each digit, its shares given those before: (n_prefixes, base)


class Layout(NamedTuple):
    """Positions of normal scores and digits; build it with `make_layout`."""

    n_scores: int
    digits: tuple  # Digits of each column with levels
    first: np.ndarray  # position of each column's first digit, and their number
    size: np.ndarray  # number of indicators of each digit

    @property
    def offset(self):
        """Where the indicators of each digit begin, and their number."""
        return np.concatenate([[0], np.cumsum(self.size)]).astype(np.intp)

    @property
    def n_outputs(self):
        return self.n_scores + int(self.size.sum())


def interpolant(x0, x1, t):
    """Points at time t between noise x0 and data x1, and their velocities.

    Parameters
    ----------
    x0, x1 : ndarray of shape (n_rows, n_scores)
    t : ndarray of shape (n_rows, 1)
        Times from 0 to 1.
    """
    cos, sin = np.cos(np.pi / 2 * t), np.sin(np.pi / 2 * t)
    return cos * x0 + sin * x1, cos * x1 - sin * x0


def rotate(x, velocity, angle):
    """Move x by an angle along its velocity; exact if the velocity is."""
    return np.cos(angle) * x + np.sin(angle) * velocity


def fit_digits(level, weights, n_levels, max_base):
    """Write levels in the fewest digits of at most `max_base` values.

    Levels that were never seen are left out.

    Parameters
    ----------
    level : ndarray of shape (n_rows,)
        NaN where missing, but not everywhere.
    weights : ndarray of shape (n_rows,)
    n_levels : int
    max_base : int
        At least 2.
    """
    known = ~np.isnan(level)
    mass = np.bincount(
        level[known].astype(np.intp), weights=weights[known], minlength=n_levels
    )
    order = np.argsort(-mass, kind="stable")[: np.count_nonzero(mass)]
    rank = np.full(n_levels, HIDDEN)
    rank[order] = np.arange(len(order))
    n_digits, base = 0, 2
    while max_base**n_digits < len(order):
        n_digits += 1
    while base**n_digits < len(order):
        base += 1
    padded = np.zeros(base**n_digits)
    padded[: len(order)] = mass[order]
    tables = [padded.reshape(base**i, base, -1).sum(axis=2) for i in range(n_digits)]
    tables = [table[table.sum(axis=1) > 0] for table in tables]
    shares = tuple(table / table.sum(axis=1, keepdims=True) for table in tables)
    return Digits(rank, order, base, shares)


def to_digits(digits, level):
    """Values of the digits of each level, HIDDEN if it is missing or was never seen."""
    known = ~np.isnan(level)
    rank = np.full(len(level), HIDDEN)
    rank[known] = digits.rank[level[known].astype(np.intp)]
    power = digits.base ** np.arange(len(digits.shares))[::-1]
    return np.where(rank[:, None] < 0, HIDDEN, rank[:, None] // power % digits.base)


def from_digits(digits, values):
    """Inverse of `to_digits`; no digit may be hidden."""
    return digits.level[_to_number(digits, values)].astype(np.float64)


def make_layout(n_scores, digits):
    """Place normal scores and the digits of all columns beside each other."""
    counts = [len(each.shares) for each in digits]
    # one indicator is enough for two values
    sizes = [each.base if each.base > 2 else 1 for each in digits]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
    size = np.repeat(np.array(sizes, dtype=np.intp), counts)
    return Layout(n_scores, tuple(digits), first, size)


def reveal_times(layout, n_rows, rng):
    """Times in [0, 1) at which each digit is revealed, in order within a column.

    The times of a row are evenly spaced, since digits drawn in the same step are drawn
    independently.
    """
    n_digits = len(layout.size)
    order = rng.permuted(np.tile(np.arange(n_digits), (n_rows, 1)), axis=1)
    times = (order + rng.random((n_rows, 1))) / max(1, n_digits)
    for first, last in pairwise(layout.first):
        times[:, first:last] = np.sort(times[:, first:last], axis=1)
    return times


def reveal_steps(layout, n_rows, n_steps, rng):
    """Step in which each digit is drawn, another one for each digit of a column.

    `n_steps` is at least the number of digits of each column.
    """
    steps = np.floor(reveal_times(layout, n_rows, rng) * n_steps).astype(np.intp)
    for first, last in pairwise(layout.first):
        for i in range(first + 1, last):
            steps[:, i] = np.maximum(steps[:, i], steps[:, i - 1] + 1)
        latest = n_steps - np.arange(last - first, 0, -1)
        steps[:, first:last] = np.minimum(steps[:, first:last], latest)
    return steps


def flow_features(layout, u, known, values, t):
    """Input of the regressor for rows at time t.

    Parameters
    ----------
    layout : Layout
    u : ndarray of shape (n_rows, n_scores)
        Normal scores: of the data where known, at time t elsewhere.
    known : bool ndarray of shape (n_rows, n_scores)
    values : int ndarray of shape (n_rows, n_digits)
        Values of the digits, or HIDDEN.
    t : ndarray of shape (n_rows, 1)

    Returns
    -------
    X : float32 ndarray of shape (n_rows, 2 * n_scores + n_indicators + 2)
    """
    indicators = _digit_indicators(layout, values, low=-1.0)
    time = np.cos(np.pi * t), np.cos(2 * np.pi * t)
    return np.hstack([u, known, indicators, *time], dtype=np.float32)


def flow_targets(layout, velocity, values):
    """Targets of the regressor: velocities, and indicators less their shares.

    Parameters
    ----------
    layout : Layout
    velocity : ndarray of shape (n_rows, n_scores)
    values : int ndarray of shape (n_rows, n_digits)
        Values of all digits.

    Returns
    -------
    Y : float32 ndarray of shape (n_rows, n_outputs)
    """
    indicators = _digit_indicators(layout, values, low=0.0)
    Y = np.hstack([velocity, indicators], dtype=np.float32)
    for i, j, k, outputs in _each_digit(layout):
        share = _shares_of_digit(layout, i, j, values)[:, -layout.size[k] :]
        Y[:, outputs] = DIGIT_SCALE * (Y[:, outputs] - share)
    return Y


def undecided_outputs(layout, known, hidden):
    """Outputs of scores that are unknown and of digits that are hidden.

    Parameters
    ----------
    layout : Layout
    known : bool ndarray of shape (n_rows, n_scores)
    hidden : bool ndarray of shape (n_rows, n_digits)

    Returns
    -------
    undecided : bool ndarray of shape (n_rows, n_outputs)
    """
    return np.hstack([~known, np.repeat(hidden, layout.size, axis=1)])


def draw_digits(layout, values, due, predicted, rng):
    """Reveal the digits that are due, in place.

    Parameters
    ----------
    layout : Layout
    values : int ndarray of shape (n_rows, n_digits)
    due : bool ndarray of shape (n_rows, n_digits)
    predicted : ndarray of shape (n_rows, n_outputs)
        Predictions of the regressor; zeros draw from the shares.
    """
    for i, j, k, outputs in _each_digit(layout):
        rows = np.flatnonzero(due[:, k])
        if not len(rows):
            continue
        share = _shares_of_digit(layout, i, j, values[rows])
        excess = predicted[rows, outputs] / DIGIT_SCALE
        if layout.size[k] == 1:
            excess = np.hstack([-excess, excess])
        probability = nearest_probabilities(share + excess, share > 0)
        cumulative = np.cumsum(probability, axis=1)
        u = rng.random((len(rows), 1)) * cumulative[:, -1:]
        values[rows, k] = (cumulative <= u).sum(axis=1)


def nearest_probabilities(values, possible):
    """Project each row of values to the nearest probabilities (Euclidean) [1]_.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_values)
    possible : bool ndarray of shape (n_rows, n_values)
        Where the probability may be positive; at least once in each row.

    References
    ----------
    .. [1] Held, Wolfe & Crowder (1974), "Validation of subgradient optimization",
       Mathematical Programming 6.
    """
    values = np.where(possible, values, -np.inf)
    falling = -np.sort(-values, axis=1)
    excess = np.cumsum(falling, axis=1) - 1
    count = np.arange(1, values.shape[1] + 1)
    n_kept = (falling * count > excess).sum(axis=1)[:, None]
    shift = np.take_along_axis(excess, n_kept - 1, axis=1) / n_kept
    return np.maximum(values - shift, 0.0)


def rows_by_weight(weights, n_draws, rng):
    """Systematic sample of rows in proportion to their weights."""
    edges = np.cumsum(weights) / np.sum(weights) * n_draws
    at = np.searchsorted(edges, np.arange(n_draws) + rng.random(), side="right")
    return np.minimum(at, len(weights) - 1)


def _each_digit(layout):
    """Yield (column, digit of it, position among all digits, its outputs)."""
    offset = layout.n_scores + layout.offset
    for i, digits in enumerate(layout.digits):
        for j in range(len(digits.shares)):
            k = layout.first[i] + j
            yield i, j, k, slice(offset[k], offset[k + 1])


def _digit_indicators(layout, values, *, low):
    """One indicator (`low` or 1) for two values, else one for each; 0 if hidden."""
    out = np.zeros((len(values), layout.size.sum()))
    two, begin = layout.size == 1, layout.offset[:-1]
    out[:, begin[two]] = np.where(values[:, two] == 0, low, values[:, two] == 1)
    rows, k = np.nonzero((values != HIDDEN) & ~two)
    out[rows, begin[k] + values[rows, k]] = 1.0
    return out


def _shares_of_digit(layout, i, j, values):
    """Shares of the values of digit j of column i, given the digits before it."""
    digits, first = layout.digits[i], layout.first[i]
    return digits.shares[j][_to_number(digits, values[:, first : first + j])]


def _to_number(digits, values):
    """The number that the digits represent; 0 for none."""
    number = np.zeros(len(values), dtype=np.intp)
    for value in values.T:
        number = number * digits.base + value
    return number
