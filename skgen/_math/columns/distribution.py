"""The distribution function of one column of numbers, from its rows.

Each value is spread half-way to its neighbours, and the function is then linear between
fewer knots, so that chance gaps between rows do not show. A repeated value can stand
*alone*: it keeps its own share, as a jump of the function or, on whole numbers, as its
unit cell.
"""

import numpy as np

#: rows that are too few to separate a repeated value from copies of a row
FEW_ROWS = 3
#: standard errors by which the weight of a whole number must exceed that of those
#: around it to stand alone; the likelihood chooses one
STANDS_OUT = (np.inf, 4.0, 3.0, 2.0, 1.0, 0.0, -np.inf)
#: gap beside a repeated value that sets it apart, in ranges of the others
FAR = 0.25
#: of the rows beyond neighbouring knots in a tail
TAIL_RATIO = 2**0.5


def n_intervals(n_rows):
    """Number of intervals of equal weight for the most powerful chi-square test [1]_.

    References
    ----------
    .. [1] Mann & Wald (1942), "On the choice of the number of class intervals in the
       application of the chi square test", Annals of Mathematical Statistics 13(3).
    """
    return 2 * n_rows**0.4


def count_values(z, weights, atoms):
    """Distinct values, their weights, and which of them are repeated.

    Parameters
    ----------
    z, weights : ndarray of shape (n_rows,)
    atoms : ndarray
        Values that the table repeats. One that a few rows hold only with a larger
        weight, as copies of rows do, is not repeated by itself.

    Returns
    -------
    values, mass, repeated : ndarray of shape (n_values,)
    """
    values, inverse, counts = np.unique(z, return_inverse=True, return_counts=True)
    mass = np.bincount(inverse, weights=weights)
    copied = (counts < FEW_ROWS) & (mass > counts)
    return values, mass, np.isin(values, atoms) & ~copied


def distribution_function(x, mass, alone, integer_valued, choose_knots):
    """Distribution function with the values that stand alone.

    Parameters
    ----------
    x, mass : ndarray of shape (n_values,)
        Distinct values, sorted, and their weights.
    alone : ndarray of bool of shape (n_values,)
    integer_valued : bool
        Whether values are whole numbers, which are cells of unit width.
    choose_knots : callable
        Takes the distribution function of the other values, at the knots at which it
        bends, and their weight; returns the positions of the knots that are kept.

    Returns
    -------
    knots, cumulative : ndarray of shape (n_knots,)
        Sorted. A continuous value that stands alone is a knot twice, before and after
        its jump.
    """
    half = 0.5 if integer_valued else 0.0
    knots = x[:0]
    if not alone.all():
        others, weights = x[~alone], mass[~alone]
        if len(others) == 1 and not integer_valued:
            # it has no neighbours but those that stand alone
            others, weights = x, np.where(alone, 0.0, mass)
        knots, smooth = interpolated_distribution(others, weights, integer_valued)
        kept = choose_knots(smooth, weights.sum())
        knots, smooth = knots[kept], smooth[kept] * weights.sum()
    values = x[alone]
    both = np.sort(np.concatenate([knots, values - half, values + half]))
    both = np.unique(both) if integer_valued else both
    jumps = np.concatenate([[0.0], np.cumsum(mass[alone])])
    below = jumps[np.searchsorted(values + half, both, side="right")]
    if not integer_valued:
        # the first of the knots of a value lies before its jump
        below[np.searchsorted(both, values)] = jumps[:-1]
    if len(knots):
        below = below + np.interp(both, knots, smooth)
    cumulative = below / mass.sum()
    cumulative[-1] = 1.0
    return both, np.minimum(cumulative, 1.0)


def stand_alone(x, mass, repeated):
    """Repeated whole numbers that keep their own share.

    These are the ones whose weight exceeds what the numbers around them have by a
    number of standard errors. That number is the one with the largest leave-one-out
    likelihood.

    Parameters
    ----------
    x, mass : ndarray of shape (n_values,)
        Distinct whole numbers, sorted, and their weights in rows.
    repeated : ndarray of bool of shape (n_values,)

    Returns
    -------
    alone : ndarray of bool of shape (n_values,)
    """
    if not repeated.any():
        return repeated
    knots, cumulative = interpolated_distribution(x, mass, True)
    kept = balanced_cuts(cumulative, max(1, int(n_intervals(mass.sum()))))
    piece = np.searchsorted(knots[kept], x) - 1
    width = np.diff(knots[kept])
    around = np.bincount(piece, weights=mass)[piece] - mass
    expected = around / np.maximum(width[piece] - 1, 1.0)
    error, least = np.sqrt(expected + 1), min(FEW_ROWS, mass[repeated].min())
    best, found = -np.inf, repeated
    for limit in STANDS_OUT:
        alone = repeated & (mass - expected > limit * error)
        # without one of its rows, a number may not stand out
        left = alone & (mass - 1 >= least) & (mass - 1 - expected > limit * error)
        smooth = np.bincount(piece, weights=np.where(alone, 0.0, mass))
        rate = np.where(alone, smooth[piece] + mass - 1, smooth[piece] - 1)
        rate = np.maximum(rate, 0.5) / width[piece]
        rate[left] = (smooth / width)[piece[left]] + mass[left] - 1
        likelihood = mass @ np.log(rate)
        if likelihood > best:
            best, found = likelihood, alone
    return found


def interpolated_distribution(x, weights, integer_valued):
    """Distribution function that spreads each value half-way to its neighbours.

    Returns
    -------
    knots, cumulative : ndarray of shape (n_knots,)
        Where the function bends, and its values there.
    """
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


def balanced_cuts(cumulative, n_parts):
    """Positions that cut a distribution function into parts of about equal mass."""
    if n_parts >= len(cumulative) - 1:
        return np.arange(len(cumulative))
    inner = np.searchsorted(cumulative, np.arange(1, n_parts) / n_parts)
    return np.unique(np.concatenate([[0], inner, [len(cumulative) - 1]]))


def tail_cuts(cumulative, n_parts, n_rows):
    """`balanced_cuts`, and cuts 1, 2, 4, 5, 8, 11, 16, ... rows away from either end.

    A part at an end would spread its rows evenly up to the largest of them.
    """
    least = n_rows / n_parts
    n_cuts = np.ceil(np.log2(max(1.0, least)) / np.log2(TAIL_RATIO))
    ranks = np.unique(np.floor(TAIL_RATIO ** np.arange(n_cuts)))
    tail = ranks[ranks < n_rows / 2] / n_rows
    found = np.searchsorted(cumulative, np.concatenate([tail, 1 - tail]))
    inner = np.clip(found, 0, len(cumulative) - 1)
    return np.union1d(balanced_cuts(cumulative, n_parts), inner)


def far_away(values, repeated):
    """Repeated values at the ends with a wide gap between them and all others."""
    far = np.zeros(len(values), dtype=bool)
    for order in (np.arange(len(values)), np.arange(len(values))[::-1]):
        at = 0
        while at + 2 < len(order) and repeated[order[at]] and not far[order[at + 1]]:
            first, second, last = np.abs(
                values[order[[at, at + 1, -1]]] - values[order[-1]]
            )
            if first - second < FAR * (second - last):
                break
            far[order[at]] = True
            at += 1
    return far
