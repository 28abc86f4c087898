"""A numeric column as a line of scores, in which point masses are cells.

The distribution function F of a column maps each value to a point of the line, and a
point mass, or a whole number, to a cell as wide as its share. The line is that of

    v = Phi^-1(r/2 + (1 - r) F(z))     the normal score, or
    v = (z - center) / scale           the standardised value, without point masses,

where the share r keeps the ends finite. So any density q of scores on the line is one
of the column: the integral of q over a cell, and q(v) dv/dz elsewhere. Both kinds of
lines, and the column's own marginal distribution, have the same base measure.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

#: bins of a smaller share join the one before
_LEAST_SHARE = 1e-12
#: width, in scores, of cells of whole numbers that are points for all purposes
_NARROW = 1e-7
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


class ScoreLine(NamedTuple):
    """Scores of one numeric column; build it with `score_line`."""

    knots: np.ndarray  # values where the distribution function bends or jumps, sorted
    cumulative: np.ndarray  # its values there; a jump is a knot twice
    integer_valued: bool  # whether each whole number is a cell
    rare: float  # share outside of the line
    center: float  # of standardised values
    scale: float  # 0 for normal scores
    edges: np.ndarray  # scores between the column's bins, ends included


class ScoreCells(NamedTuple):
    """What values are on a line; build it with `score_cells`."""

    low: np.ndarray  # ends of the cell of each value, equal at a point
    high: np.ndarray
    log_gain: np.ndarray  # log-density of the value less that of its score; 0 at cells


def score_line(marginal, n_rows, *, raw=False):
    """Build the line of a column.

    Parameters
    ----------
    marginal : BinnedMarginal
        Of a column of numbers.
    n_rows : float
        Number of rows; half of one lies beyond either end.
    raw : bool, default=False
        Whether scores are standardised values; `is_smooth` must hold.
    """
    knots, cumulative, edges = _distribution(marginal)
    line = ScoreLine(
        knots, cumulative, marginal.integer_valued, 1 / (n_rows + 1), 0.0, 0.0, edges
    )
    if raw:
        middle = knots[:-1] + np.diff(knots) / 2
        mass = np.diff(cumulative)
        center = mass @ middle
        reach = np.abs(knots - center).max()
        spread = reach * np.sqrt(mass @ ((middle - center) / reach) ** 2)
        places = np.interp(edges, cumulative, knots)
        return line._replace(
            center=center, scale=spread, edges=(places - center) / spread
        )
    return line._replace(edges=_normal_score(line, edges))


def is_smooth(marginal):
    """Whether a column of numbers has no point masses."""
    repeated = not marginal.integer_valued and (np.diff(marginal.knots) == 0).any()
    return not len(marginal.atoms) and not repeated and len(marginal.knots) > 1


def score_cells(line, z):
    """What values are on the line: points or cells.

    Parameters
    ----------
    line : ScoreLine
    z : ndarray of shape (n_rows,)

    Returns
    -------
    cells : ScoreCells
        Points beyond the ends of the line, or in a gap, have a `log_gain` of -inf.
    """
    knots = line.knots
    if line.integer_valued:
        if line.scale:
            ends = np.clip(z + np.array([[-0.5], [0.5]]), knots[0], knots[-1])
            low, high = (ends - line.center) / line.scale
        else:
            low, high = _scores_at(line, z - 0.5), _scores_at(line, z + 0.5)
        gain = np.where((z < knots[0]) | (z > knots[-1]), -np.inf, 0.0)
        narrow = high - low < _NARROW
        if narrow.any():
            # the difference would be lost to rounding
            points = score_cells(line._replace(integer_valued=False), z[narrow])
            low[narrow], high[narrow], gain[narrow] = points
        return ScoreCells(low, high, gain)
    last = np.searchsorted(knots, z, side="right")
    gap = np.clip(last - 1, 0, len(knots) - 2)
    first = np.searchsorted(knots, z)
    at_knot = last > first
    below, above = line.cumulative[
        [np.minimum(first, len(knots) - 1), np.maximum(last - 1, 0)]
    ]
    jump = at_knot & (above > below)
    # the last value before a gap belongs to the piece before it
    mass = np.diff(line.cumulative)
    gap -= at_knot & (mass[gap] == 0) & (first > 0) & ~jump
    width, mass = np.diff(knots)[gap], mass[gap]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_slope = np.log(mass / width)
    # the last value belongs to the piece before it
    inside = (z >= knots[0]) & (z <= knots[-1]) & (width > 0)
    log_slope = np.where(inside, log_slope, -np.inf)
    if line.scale:
        v = (np.clip(z, knots[0], knots[-1]) - line.center) / line.scale
        gain = np.where(np.isfinite(log_slope), -np.log(line.scale), -np.inf)
        return ScoreCells(v, v, gain)
    v = _scores_at(line, z)
    gain = log_slope + np.log1p(-line.rare) + 0.5 * v**2 + _LOG_ROOT
    low = np.where(jump, _normal_score(line, below), v)
    high = np.where(jump, _normal_score(line, above), v)
    return ScoreCells(low, high, np.where(jump, 0.0, gain))


def score_range(line, low, high):
    """Scores between which the values of a range lie.

    Parameters
    ----------
    line : ScoreLine
    low, high : ndarray of shape (n_rows,)
        Ends of ranges of values, both included; infinite for no end.

    Returns
    -------
    start, end : ndarray of shape (n_rows,)
        An empty range ends where it starts, or before.
    """
    first, last = line.knots[[0, -1]]
    if line.integer_valued:
        low, high, first, last = np.ceil(low), np.floor(high), first + 0.5, last - 0.5
    start = score_cells(line, np.clip(low, first, last)).low
    end = score_cells(line, np.clip(high, first, last)).high
    # without a value inside, nothing is left
    empty = (low > last) | (high < first) | (low > high)
    return np.where(low <= first, -np.inf, start), np.where(
        empty, -np.inf, np.where(high >= last, np.inf, end)
    )


def middle_scores(line, cells):
    """One score for each value: that of the middle of its cell."""
    if line.scale:
        return (cells.low + cells.high) / 2
    return ndtri((ndtr(cells.low) + ndtr(cells.high)) / 2)


def values_at(line, v):
    """Values at scores."""
    knots = line.knots
    if line.scale:
        z = np.clip(line.center + line.scale * v, knots[0], knots[-1])
    else:
        share = (ndtr(v) - line.rare / 2) / (1 - line.rare)
        z = np.interp(np.clip(share, 0.0, 1.0), line.cumulative, knots)
    if line.integer_valued:
        z = np.clip(np.rint(z), knots[0] + 0.5, knots[-1] - 0.5)
    return z


def edge_shares(line):
    """Share of the column below each edge between bins."""
    if line.scale:
        places = line.center + line.scale * line.edges
        return np.interp(places, line.knots, line.cumulative)
    return (ndtr(line.edges) - line.rare / 2) / (1 - line.rare)


def _scores_at(line, z):
    return _normal_score(line, np.interp(z, line.knots, line.cumulative))


def _normal_score(line, share):
    return ndtri(line.rare / 2 + (1 - line.rare) * share)


def _distribution(marginal):
    """Knots and values of the whole distribution function, and shares between bins."""
    atoms, masses, whole = marginal.atoms, marginal.masses, marginal.integer_valued
    before = np.concatenate([[0.0], np.cumsum(masses[: len(atoms)])])
    knots, places, shares = marginal.knots, marginal.edges, np.zeros(0)
    if len(knots):
        bins = np.concatenate([[0.0], np.cumsum(masses[len(atoms) :])])
        shares = np.interp(marginal.cumulative, marginal.cumulative[places], bins)
    # between whole numbers without the point masses, each lies at one place
    at = atoms - np.arange(len(atoms)) - 0.5 if whole else atoms
    below = np.interp(at, knots, shares) if len(knots) else np.zeros(len(at))
    n_before = np.searchsorted(at, knots)
    half = 0.5 if whole else 0.0
    values = np.concatenate(
        [knots + (n_before if whole else 0), atoms - half, atoms + half]
    )
    cumulative = np.concatenate(
        [shares + before[n_before], below + before[:-1], below + before[1:]]
    )
    order = np.lexsort((cumulative, values))
    inner = (shares + before[n_before])[places] if len(knots) else shares
    edges = np.unique(np.concatenate([[0.0, 1.0], inner, cumulative[len(knots) :]]))
    edges = np.clip(edges, 0.0, 1.0)
    edges = edges[np.diff(edges, prepend=-1.0) > _LEAST_SHARE]
    edges[-1] = 1.0
    values, cumulative = values[order], np.clip(cumulative[order], 0.0, 1.0)
    cumulative[0], cumulative[-1] = 0.0, 1.0
    return values, np.maximum.accumulate(cumulative), edges
