"""Rules between masked and kept columns."""

import warnings

import numpy as np

from skgen._plan.choose import choose_rules, rules_of
from skgen._plan.fit import fit_plan

#: rows in which masked cells are deduced from kept ones, at most
_ROWS = 1_000
#: share of the cells of a column that kept ones must give away
_SHARE = 0.5


def find_plan(generator, schema, codec, Z):
    """Plan by which masked rows keep rules; None without rules.

    Parameters
    ----------
    generator : object
        Its parameter `rules` says which.
    schema : Schema, dict or None
    codec : TableCodec
    Z : ndarray of shape (n_samples, n_features)
    """
    rules = choose_rules(rules_of(generator), schema, codec, Z)
    return fit_plan(rules, codec, Z)


def mask_along(plan, Z, masked, determinants):
    """Masked columns, with those that would give them away.

    Parameters
    ----------
    plan : Plan or None
    Z : ndarray of shape (n_samples, n_features)
    masked : ndarray of int
        Sorted positions of the columns to mask.
    determinants : {"mask", "refuse", "keep"}

    Returns
    -------
    masked : ndarray of int

    Raises
    ------
    ValueError
        With "refuse", if a masked column follows from kept ones.

    Warns
    -----
    UserWarning
        Names columns that are masked along.
    """
    if plan is None or determinants == "keep":
        return masked
    columns, reasons = plan.units.columns, []
    while True:
        found = _given_away(plan, Z[:_ROWS], masked)
        if found is None:
            break
        target, kept = found
        names = [columns[at].name for at in kept]
        if determinants == "refuse":
            raise ValueError(
                f"columns: {columns[target].name!r} is masked, but it follows from "
                f"{names}, which are kept. Mask these, too, or set "
                "determinants='mask'."
            )
        reasons.append(f"{columns[target].name!r} follows from {names}")
        masked = np.union1d(masked, kept)
    if reasons:
        warnings.warn(
            f"Columns are masked along: {'; '.join(reasons)}. Name them in `columns`, "
            "or set determinants='keep'.",
            UserWarning,
            stacklevel=6,
        )
    return masked


def _given_away(plan, Z, masked):
    """A masked column that kept ones give away, and those; or None."""
    known = np.full((len(Z), plan.n_columns), np.nan)
    known[:, : Z.shape[1]] = Z
    known[:, masked] = np.nan
    # a rounded number gives away nearly what it was made from
    rounding = [step.residual for step in plan.steps if step.residual is not None]
    known[:, rounding] = 0.0
    for step in plan.steps:
        involved = [step.target, *step.inputs]
        for position in sorted(set(involved) & set(masked.tolist())):
            kept = [at for at in involved if at < Z.shape[1] and at not in masked]
            filled = known.copy()
            filled[:, [at for at in range(Z.shape[1]) if at not in involved]] = np.nan
            plan.deduce(filled)
            if position in step.inputs:
                blank = np.flatnonzero(np.isnan(filled[:, position]))
                nearly = step.solve_any(filled[blank], position, plan.units)
                filled[blank, position] = nearly
            observed = ~np.isnan(Z[:, position])
            given = observed & ~np.isnan(filled[:, position])
            if kept and given.sum() > _SHARE * max(1, observed.sum()):
                return position, kept
    return None


def settle_rules(plan, Z, drawn, moved, masked, allowed):
    """Masked cells that follow from others, once numbers were moved to allowed ones.

    Parameters
    ----------
    plan : Plan or None
    Z : ndarray of shape (n_samples, n_features)
        Encoded table.
    drawn, moved : ndarray of shape (n_samples, n_features)
        Drawn cells, and the same once they were moved.
    masked : ndarray of bool of shape (n_samples, n_features)
    allowed : dict
        Sorted numbers that cells of a column may be, by its position.

    Returns
    -------
    settled : ndarray of shape (n_samples, n_features)
    """
    if plan is None:
        return moved
    n_features = Z.shape[1]
    wide = np.full((len(Z), plan.n_columns), np.nan)
    wide[:, :n_features] = np.where(masked, drawn, Z)
    plan.measure(wide)
    wide[:, :n_features] = np.where(masked, moved, Z)
    for position, numbers in allowed.items():
        _move_within(plan, wide, position, numbers, masked[:, position])
    fixed = np.zeros(wide.shape, dtype=bool)
    fixed[:, :n_features] = ~masked | np.isnan(moved)
    plan.complete(wide, known=fixed)
    return np.where(masked, wide[:, :n_features], moved)


def involved(plan):
    """Columns that follow from rules, whatever their range."""
    return () if plan is None else {*plan.by_target, *plan.by_input}


def without_rare(settled, moved, Z, min_count):
    """Masked cells, those that would hold rare values as they were before rules.

    Parameters
    ----------
    settled, moved : ndarray of shape (n_samples, n_features)
        With and without what follows from rules.
    Z : ndarray of shape (n_samples, n_features)
        Encoded table.
    min_count : int
        A value held by fewer rows of the table is rare.
    """
    settled = settled.copy()
    for j in range(Z.shape[1]):
        values, counts = np.unique(Z[:, j], return_counts=True)
        rare = np.isin(settled[:, j], values[counts < min_count])
        settled[rare, j] = moved[rare, j]
    return settled


def _move_within(plan, wide, position, numbers, masked):
    """Move masked numbers, in place, to allowed ones that kept cells leave possible."""
    ends = plan.limits(wide, position, checks=True)
    if ends is None:
        return
    z, (low, high) = wide[:, position], ends
    below = numbers[np.maximum(np.searchsorted(numbers, high, "right") - 1, 0)]
    above = numbers[np.minimum(np.searchsorted(numbers, low), len(numbers) - 1)]
    lower, raised = masked & (z > high), masked & (z < low)
    wide[lower, position], wide[raised, position] = below[lower], above[raised]
    # no allowed number: what is midway is known from the limits
    rows = np.flatnonzero(masked & ((z < low) | (z > high)))
    middle = plan.units.numbers((low + high)[rows] / 2, position)
    wide[rows, position] = plan.units.encode(middle, position)
    changed = np.flatnonzero(lower | raised)
    for j, auxiliary in enumerate(plan.auxiliary, len(plan.units.columns)):
        if auxiliary.target == position:
            # or else the number is computed from what was drawn
            measured = auxiliary.source.measure(wide[changed], plan.units)
            known = ~np.isnan(measured)
            wide[changed[known], j] = measured[known]
