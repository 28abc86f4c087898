"""Averages of draws, taken one by one for each column, so that rules hold again."""

import numpy as np


def settle_averages(plan, known, averages):
    """Rows whose unknown cells are averages, or follow from these and known cells.

    Parameters
    ----------
    plan : Plan
    known : ndarray of shape (n_rows, n_columns)
        Wide matrix of the plan; NaN is an unknown cell.
    averages : ndarray of shape (n_rows, n_columns)
        NaN where there is none.

    Returns
    -------
    wide : ndarray of shape (n_rows, n_columns)
        NaN where neither is known.
    """
    wide = plan.deduce(known.copy())
    for position in _order(plan):
        blank = np.isnan(wide[:, position]) & ~np.isnan(averages[:, position])
        rows = np.flatnonzero(blank)
        if len(rows):
            wide[rows, position] = _nearest_possible(
                plan, wide[rows], position, averages[rows, position]
            )
            wide[rows] = plan.deduce(wide[rows])
    return wide


def average_auxiliary(plan, tables, average):
    """Averages of the auxiliary columns of a plan.

    Parameters
    ----------
    plan : Plan
    tables : ndarray of shape (n_draws, n_rows, n_features)
    average : callable
        From draws of shape (n_draws, n_cells), and whether each cell is discrete, to
        averages.

    Returns
    -------
    averages : ndarray of shape (n_rows, n_auxiliary)
    """
    n_draws, n_rows, n_features = tables.shape
    wide = np.full((n_draws * n_rows, plan.n_columns), np.nan)
    wide[:, :n_features] = tables.reshape(-1, n_features)
    plan.measure(wide)
    draws = wide[:, n_features:].reshape(n_draws, n_rows, -1)
    averages = np.full(draws.shape[1:], np.nan)
    # what has a meaning in some draws only is left to those with the others
    everywhere = ~np.isnan(draws).any(axis=0)
    discrete = np.array([a.column.n_categories > 0 for a in plan.auxiliary], dtype=bool)
    discrete = np.broadcast_to(discrete, everywhere.shape)[everywhere]
    averages[everywhere] = average(draws[:, everywhere], discrete)
    return averages


def _order(plan):
    """Columns of rules: those that say which rule applies, inputs, then targets."""
    targets = list(dict.fromkeys(step.target for step in plan.steps))
    inputs = set(plan.by_input) - set(targets)
    n_features = len(plan.units.columns)

    def rank(position):
        is_auxiliary = position >= n_features
        is_group = is_auxiliary and plan.has_levels(position)
        return not is_group, is_auxiliary, position

    return [*sorted(inputs, key=rank), *targets]


def _nearest_possible(plan, wide, position, average):
    """Averages, or the nearest cells that known ones leave possible."""
    allowed = plan.allowed(wide, position)
    if allowed is not None:
        level = average.astype(np.intp)
        ruled_out = ~allowed[np.arange(len(wide)), level]
        return np.where(ruled_out, allowed.argmax(axis=1), average)
    guesses = plan.guesses(wide, position)
    if guesses is not None:
        away = np.abs(guesses - average[:, None])
        at = np.where(np.isnan(away), np.inf, away).argmin(axis=1)
        guess = guesses[np.arange(len(wide)), at]
        average = np.where(np.isnan(guess), average, guess)
    if not plan.is_whole(position):
        ends = plan.limits(wide, position, checks=True)
        return average if ends is None else np.fmin(np.fmax(average, ends[0]), ends[1])
    average = np.rint(average)
    ends = plan.limits(wide, position, checks=True)
    if ends is None:
        return average
    return np.fmin(np.fmax(average, np.ceil(ends[0])), np.floor(ends[1]))
