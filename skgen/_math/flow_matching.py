"""Flows from noise to data: real coordinates turn, digits of codes are revealed.

A real coordinate runs along a quarter of a circle from noise x0 to data x1,

    x_t = cos(a) x0 + sin(a) x1,    dx_t / da = cos(a) x1 - sin(a) x0,    a = pi t / 2.

Where x1 is standard normal and independent of all else, the mean velocity given x_t is
zero: what is left to learn is how columns depend on each other. On a straight line from
x0 to x1 it would not be.

A code is written in digits. Each is hidden until its time comes; what there is to learn
is the probability of its levels given all that is not hidden, less their shares. Again
zero says that columns are independent.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from skgen._math.columns.mixed import GRID, POINT

#: level of a digit that is not known yet
HIDDEN = -1
#: rows for each of its values with which a number is taken as a code
LEVEL_ROWS = 10
#: how much errors of probabilities count beside those of velocities, squared
CODE_SCALE = 3.0


class Stairs(NamedTuple):
    """Distribution of the coordinates of one kind; build it with `fit_stairs`."""

    values: np.ndarray  # distinct coordinates, sorted
    edges: np.ndarray  # probability of less than each, and 1

    @property
    def middles(self):
        return (self.edges[1:] + self.edges[:-1]) / 2


class Digits(NamedTuple):
    """How the codes of a column are written; build it with `fit_digits`."""

    rank: np.ndarray  # place of each code by falling weight, HIDDEN if it has none
    code: np.ndarray  # code of each place
    base: int  # number of levels of a digit
    shares: tuple  # for each digit, its shares given those before: (n_prefixes, base)


class Layout(NamedTuple):
    """Where real coordinates and digits stand; build it with `make_layout`."""

    n_real: int
    digits: tuple  # Digits of each code
    first: np.ndarray  # position of each code's first digit, and their number
    size: np.ndarray  # number of indicators of each digit

    @property
    def offset(self):
        """Where the indicators of each digit begin, and their number."""
        return np.concatenate([[0], np.cumsum(self.size)]).astype(np.intp)

    @property
    def n_outputs(self):
        return self.n_real + int(self.size.sum())


def interpolate(x0, x1, t):
    """Points at time t on the way from x0 to x1, and their velocities.

    Parameters
    ----------
    x0, x1 : ndarray of shape (n_rows, n_real)
    t : ndarray of shape (n_rows, 1)
        Times from 0 to 1.
    """
    cos, sin = np.cos(np.pi / 2 * t), np.sin(np.pi / 2 * t)
    return cos * x0 + sin * x1, cos * x1 - sin * x0


def turn(x, velocity, angle):
    """Go on from x by an angle: exact where noise and data are told by the velocity."""
    return np.cos(angle) * x + np.sin(angle) * velocity


def kinds(mixed, code, there):
    """Points and grid values of each coordinate of a `Mixed`, which differ in law.

    Parameters
    ----------
    mixed : Mixed
    code : ndarray of shape (n_rows, n_coded)
    there : bool ndarray of shape (n_rows, n_real)
        Coordinates to look at.

    Yields
    ------
    i : int
        Position of the coordinate.
    kind : {POINT, GRID}
    rows : ndarray
        Rows whose code is that kind.
    """
    place = {j: i for i, j in enumerate(mixed.coded)}
    for i, j in enumerate(mixed.real):
        codes = mixed.axes[j].codes
        for kind in np.intersect1d(codes, [POINT, GRID]):
            rows = there[:, i]
            if j in place:
                rows = rows & (code[:, place[j]] == np.searchsorted(codes, kind))
            yield i, int(kind), np.flatnonzero(rows)


def fit_stairs(u, weights):
    """Learn the distribution of coordinates, at least one, none of them missing."""
    values, inverse = np.unique(u, return_inverse=True)
    edges = np.concatenate([[0.0], np.cumsum(np.bincount(inverse, weights=weights))])
    return Stairs(values, edges / edges[-1])


def climb(stairs, u, rng):
    """Normal coordinates: each value is drawn within its share of the probability."""
    at = np.minimum(np.searchsorted(stairs.values, u), len(stairs.values) - 1)
    low, high = stairs.edges[at], stairs.edges[at + 1]
    p = low + rng.random(len(u)) * (high - low)
    new = stairs.values[at] != u
    p[new] = np.interp(u[new], stairs.values, stairs.middles)
    # the ends of the range of uniform numbers would be infinite
    return ndtri(np.clip(p, 1e-12, 1 - 1e-12))


def descend(stairs, x, *, exact):
    """Inverse of `climb`; `exact` for values seen before only, not those between."""
    if not exact:
        return np.interp(ndtr(x), stairs.middles, stairs.values)
    return stairs.values[np.searchsorted(stairs.edges[1:-1], ndtr(x), side="right")]


def find_levels(z, weights, max_levels):
    """The values of a number that has few of them, and many rows of each, or None."""
    known = ~np.isnan(z)
    values = np.unique(z[known])
    few = len(values) <= max_levels
    return values if few and weights[known].sum() >= LEVEL_ROWS * len(values) else None


def nearest_level(levels, z):
    """Position of the level nearest to each value; NaN where it is missing."""
    at = np.searchsorted(levels[:-1] + np.diff(levels) / 2, z).astype(np.float64)
    return np.where(np.isnan(z), np.nan, at)


def fit_digits(code, weights, n_codes, max_levels):
    """Write codes in as few digits of at most `max_levels` levels as can be.

    Codes that were never seen are not written.

    Parameters
    ----------
    code : ndarray of shape (n_rows,)
        NaN where it is missing, but not everywhere.
    weights : ndarray of shape (n_rows,)
    n_codes : int
    max_levels : int
        At least 2.
    """
    known = ~np.isnan(code)
    mass = np.bincount(
        code[known].astype(np.intp), weights=weights[known], minlength=n_codes
    )
    order = np.argsort(-mass, kind="stable")[: np.count_nonzero(mass)]
    rank = np.full(n_codes, HIDDEN)
    rank[order] = np.arange(len(order))
    n_digits, base = 0, 2
    while max_levels**n_digits < len(order):
        n_digits += 1
    while base**n_digits < len(order):
        base += 1
    padded = np.zeros(base**n_digits)
    padded[: len(order)] = mass[order]
    tables = [padded.reshape(base**i, base, -1).sum(axis=2) for i in range(n_digits)]
    tables = [table[table.sum(axis=1) > 0] for table in tables]
    shares = tuple(table / table.sum(axis=1, keepdims=True) for table in tables)
    return Digits(rank, order, base, shares)


def to_digits(digits, code):
    """Digits of each code, HIDDEN where it is missing or was never seen."""
    known = ~np.isnan(code)
    rank = np.full(len(code), HIDDEN)
    rank[known] = digits.rank[code[known].astype(np.intp)]
    power = digits.base ** np.arange(len(digits.shares))[::-1]
    return np.where(rank[:, None] < 0, HIDDEN, rank[:, None] // power % digits.base)


def from_digits(digits, written):
    """Inverse of `to_digits`; no digit may be hidden."""
    return digits.code[_number(digits, written)].astype(np.float64)


def make_layout(n_real, digits):
    """Place real coordinates and the digits of all codes beside each other."""
    counts = [len(each.shares) for each in digits]
    # one indicator tells two levels apart
    sizes = [each.base if each.base > 2 else 1 for each in digits]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
    size = np.repeat(np.array(sizes, dtype=np.intp), counts)
    return Layout(n_real, tuple(digits), first, size)


def reveal_times(layout, n_rows, rng):
    """Times in [0, 1) at which each digit is revealed, in order within a code.

    The times of a row are spread evenly, as digits that are drawn in one step are drawn
    as if they were independent.
    """
    n_digits = len(layout.size)
    order = rng.permuted(np.tile(np.arange(n_digits), (n_rows, 1)), axis=1)
    times = (order + rng.random((n_rows, 1))) / max(1, n_digits)
    for first, last in pairwise(layout.first):
        times[:, first:last] = np.sort(times[:, first:last], axis=1)
    return times


def reveal_steps(layout, n_rows, n_steps, rng):
    """The step of `n_steps` in which each digit is drawn, two of a code never in one.

    `n_steps` is at least the number of digits of each code.
    """
    steps = np.floor(reveal_times(layout, n_rows, rng) * n_steps).astype(np.intp)
    for first, last in pairwise(layout.first):
        for i in range(first + 1, last):
            steps[:, i] = np.maximum(steps[:, i], steps[:, i - 1] + 1)
        latest = n_steps - np.arange(last - first, 0, -1)
        steps[:, first:last] = np.minimum(steps[:, first:last], latest)
    return steps


def features(layout, u, known, written, t):
    """What a regressor sees of rows on their way.

    Parameters
    ----------
    layout : Layout
    u : ndarray of shape (n_rows, n_real)
        Coordinates, of data where they are known and on their way elsewhere.
    known : bool ndarray of shape (n_rows, n_real)
    written : int ndarray of shape (n_rows, n_digits)
        Levels, HIDDEN where they are.
    t : ndarray of shape (n_rows, 1)

    Returns
    -------
    X : float32 ndarray of shape (n_rows, 2 * n_real + n_indicators + 2)
    """
    levels = _indicators(layout, written, low=-1.0)
    time = np.cos(np.pi * t), np.cos(2 * np.pi * t)
    return np.hstack([u, known, levels, *time], dtype=np.float32)


def targets(layout, velocity, written):
    """What a regressor is to tell: velocities, and indicators less their shares.

    Parameters
    ----------
    layout : Layout
    velocity : ndarray of shape (n_rows, n_real)
    written : int ndarray of shape (n_rows, n_digits)
        Levels of all digits.

    Returns
    -------
    Y : float32 ndarray of shape (n_rows, n_outputs)
    """
    Y = np.hstack([velocity, _indicators(layout, written, low=0.0)], dtype=np.float32)
    for i, j, k, outputs in _each_digit(layout):
        share = _share(layout, i, j, written)[:, -layout.size[k] :]
        Y[:, outputs] = CODE_SCALE * (Y[:, outputs] - share)
    return Y


def asked(layout, known, hidden):
    """Which outputs are not yet decided.

    Parameters
    ----------
    layout : Layout
    known : bool ndarray of shape (n_rows, n_real)
    hidden : bool ndarray of shape (n_rows, n_digits)

    Returns
    -------
    asked : bool ndarray of shape (n_rows, n_outputs)
    """
    return np.hstack([~known, np.repeat(hidden, layout.size, axis=1)])


def draw_digits(layout, written, due, told, rng):
    """Reveal the digits that are due, in place.

    Parameters
    ----------
    layout : Layout
    written : int ndarray of shape (n_rows, n_digits)
    due : bool ndarray of shape (n_rows, n_digits)
    told : ndarray of shape (n_rows, n_outputs)
        What a regressor tells of the rows; zeros draw from the shares.
    """
    for i, j, k, outputs in _each_digit(layout):
        rows = np.flatnonzero(due[:, k])
        if not len(rows):
            continue
        share = _share(layout, i, j, written[rows])
        excess = told[rows, outputs] / CODE_SCALE
        if layout.size[k] == 1:
            excess = np.hstack([-excess, excess])
        probability = nearest_probabilities(share + excess, share > 0)
        cumulative = np.cumsum(probability, axis=1)
        u = rng.random((len(rows), 1)) * cumulative[:, -1:]
        written[rows, k] = (cumulative <= u).sum(axis=1)


def nearest_probabilities(values, possible):
    """The probabilities nearest to each row of values, by squared distance [1]_.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_levels)
    possible : bool ndarray of shape (n_rows, n_levels)
        Levels that may have a probability; at least one in each row.

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


def weighted_rows(weights, n_draws, rng):
    """Rows in proportion to their weights, each as often as that up to one more."""
    edges = np.cumsum(weights) / np.sum(weights) * n_draws
    at = np.searchsorted(edges, np.arange(n_draws) + rng.random(), side="right")
    return np.minimum(at, len(weights) - 1)


def _each_digit(layout):
    """(code, digit of it, position among all digits, outputs that tell of it)."""
    offset = layout.n_real + layout.offset
    for i, digits in enumerate(layout.digits):
        for j in range(len(digits.shares)):
            k = layout.first[i] + j
            yield i, j, k, slice(offset[k], offset[k + 1])


def _indicators(layout, written, *, low):
    """One indicator of two levels, from `low` to 1, else one of each; 0 if hidden."""
    out = np.zeros((len(written), layout.size.sum()))
    two, begin = layout.size == 1, layout.offset[:-1]
    out[:, begin[two]] = np.where(written[:, two] == 0, low, written[:, two] == 1)
    rows, k = np.nonzero((written != HIDDEN) & ~two)
    out[rows, begin[k] + written[rows, k]] = 1.0
    return out


def _share(layout, i, j, written):
    """Shares of the levels of digit j of code i, given the digits before it."""
    digits, first = layout.digits[i], layout.first[i]
    return digits.shares[j][_number(digits, written[:, first : first + j])]


def _number(digits, written):
    """The number that some digits write; 0 for none."""
    number = np.zeros(len(written), dtype=np.intp)
    for level in written.T:
        number = number * digits.base + level
    return number
