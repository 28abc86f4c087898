"""Cells drawn by a conditional where rules leave only some values."""

import numpy as np

from skgen._math.columns.supports import LevelSet
from skgen._math.sampling import uniform_between


def draw_level(conditional, X, own, allowed, rng):
    """Draw levels within sets for each row, and the logarithms of their weights.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with levels.
    X : ndarray of shape (n_rows, n_predictors)
    own : LevelSet or None
        Those to which the model itself restricts the column.
    allowed : ndarray of bool of shape (n_rows, n_levels) or None
        Those that known cells leave.
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_weight : ndarray of shape (n_rows,)
        Logarithm of the share of the model's probability that is allowed.
    """
    if own is None and allowed is None:
        return conditional.sample(X, rng), np.zeros(len(X))
    if allowed is None:
        return conditional.sample_within(X, own, rng)[0], np.zeros(len(X))
    if own is not None:
        both = allowed & own.allowed
        allowed = np.where(both.any(axis=1, keepdims=True), both, allowed)
    z, log_weight = conditional.sample_within(X, LevelSet(allowed), rng)
    if own is not None:
        log_weight = _ratio(log_weight, conditional.log_mass(X, own))
    return z, log_weight


def draw_number(conditional, X, own, known, column, rng):
    """Draw numbers within ranges for each row, and the logarithms of their weights.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with numbers.
    X : ndarray of shape (n_rows, n_predictors)
    own : Range or None
        To which the model itself restricts the column.
    known : Range or None
        What known cells leave.
    column : Column
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_weight : ndarray of shape (n_rows,)
        -inf outside what is known.
    """
    if known is None:
        return conditional.sample_within(X, own, rng)[0], np.zeros(len(X))
    if not conditional.restricts_numbers:
        return draw_between(conditional, X, own, known, column, rng)
    both = known if own is None else own.within(known)
    z, log_weight = conditional.sample_within(X, both, rng)
    lost = np.flatnonzero(np.isneginf(log_weight))
    if own is not None:
        log_weight = _ratio(log_weight, conditional.log_mass(X, own))
    if len(lost):
        part = own if own is None else own.take(lost)
        z[lost], log_weight[lost] = draw_between(
            conditional, X[lost], part, known.take(lost), column, rng
        )
    return z, log_weight


def _ratio(log_part, log_whole):
    """Logarithm of a share; that of a whole without mass is -inf."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isneginf(log_whole), -np.inf, log_part - log_whole)


def log_prob_within(conditional, X, z, own):
    """Log-densities of a conditional, restricted to a support unless it is None."""
    if own is None:
        return conditional.log_prob(X, z)
    return conditional.log_prob_within(X, z, own)


def draw_between(conditional, X, own, known, column, rng):
    """Draw numbers within ranges for each row, and the logarithms of their weights.

    Half of them are drawn by the conditional, half with equal chance in the range.

    Parameters
    ----------
    conditional, X, own, known, column, rng
        As in `draw_number`.

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_weight : ndarray of shape (n_rows,)
        -inf outside the range.
    """
    z, log_weight = conditional.sample(X, rng), np.zeros(len(X))
    low, high = known.low, known.high
    rows = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    low, high = low[rows], high[rows]
    drawn, width = uniform_between(low, high, bool(column.integer_valued), rng)
    possible = width > 0
    uniform = possible & (rng.random(len(rows)) < 0.5)
    z[rows[uniform]] = drawn[uniform]
    inside = (z[rows] >= low) & (z[rows] <= high)
    part = own if own is None else own.take(rows)
    log_model = conditional.log_prob(X[rows], z[rows])
    log_prob = log_prob_within(conditional, X[rows], z[rows], part)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_uniform = np.where(inside, -np.log(width), -np.inf)
        weight = log_prob - np.logaddexp(log_model, log_uniform) + np.log(2)
    weight = np.where(possible, weight, 0.0)
    log_weight[rows] = np.where(inside & ~np.isnan(weight), weight, -np.inf)
    log_weight[~known.holds(z)] = -np.inf
    return z, log_weight


def draw_guess(conditional, X, guesses, own, rng):
    """Draw one of several numbers for each row, and the logarithms of their weights.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with numbers.
    X : ndarray of shape (n_rows, n_predictors)
    guesses : ndarray of shape (n_rows, n_guesses)
        Padded with NaN; one of each row is none.
    own : Range or None
        To which the model itself restricts the column.
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_weight : ndarray of shape (n_rows,)
    """
    possible = ~np.isnan(guesses)
    at = np.where(possible, rng.random(guesses.shape), -1.0).argmax(axis=1)
    z = guesses[np.arange(len(X)), at]
    equal = (guesses == z[:, None]).sum(axis=1)
    log_prob = log_prob_within(conditional, X, z, own)
    return z, log_prob + np.log(possible.sum(axis=1)) - np.log(equal)
