"""Rows drawn and scored by a model that does not see the columns that rules compute.

A known cell of such a column, beside unknown cells that it is computed from, is met by
importance sampling, see `skgen.base._rule_particles`.
"""

import numpy as np

from skgen.base._rule_particles import explain_by_particles


def draw_by_plan(model, known, draw, rng):
    """Fill the unknown cells of rows, so that rules hold.

    Parameters
    ----------
    model : BaseGenerator
    known : ndarray of shape (n_rows, n_wide)
        Wide matrix; NaN is an unknown cell.
    draw : callable
        Hook of the model, ``(Z, rng) -> (Z, ess)``, for the columns that it sees.
    rng : numpy.random.Generator

    Returns
    -------
    wide : ndarray of shape (n_rows, n_wide)
    ess : ndarray of shape (n_rows,)
        Effective sample size of the particles of each row.
    """
    plan, wide, ess = model._plan, known.copy(), None
    if plan is not None:
        wide, ess = explain_known(model, known, rng)
    wide[:, model._seen_columns], drawn_ess = draw(wide[:, model._seen_columns], rng)
    if plan is not None:
        finish_rows(model, wide, known)
    return wide, drawn_ess if ess is None else np.minimum(ess, drawn_ess)


def impute_by_plan(model, wide, n_draws, rng):
    """Fill the unknown cells of rows several times, so that rules hold.

    Parameters
    ----------
    model : BaseGenerator
    wide : ndarray of shape (n_rows, n_wide)
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    tables : list of ndarray of shape (n_rows, n_wide)
    """
    plan, seen = model._plan, model._seen_columns
    if plan is None or model.computes_rules:
        known = wide if plan is None else plan.explain(wide)[0]
        draws = model._impute_draws(known[:, seen], n_draws, rng)
        filled = [_with_columns(known, seen, drawn) for drawn in draws]
    else:
        # a draw for each explanation of the known cells
        known, _ = explain_known(model, np.tile(wide, (n_draws, 1)), rng)
        known = _with_columns(known, seen, model._impute(known[:, seen], rng))
        filled = list(known.reshape(n_draws, *wide.shape))
    if plan is not None:
        for table in filled:
            finish_rows(model, table, wide)
    return filled


def _with_columns(wide, positions, columns):
    wide = wide.copy()
    wide[:, positions] = columns
    return wide


def finish_rows(model, wide, known):
    """Compute, in place, what the model does not; known cells stay as they are."""
    plan, is_known = model._plan, ~np.isnan(known)
    if not model.computes_rules:
        plan.complete(wide, known=is_known)
    n_features = model.n_features_in_
    given = is_known[:, :n_features]
    changed = given & (wide[:, :n_features] != known[:, :n_features])
    wide[:, :n_features][given] = known[:, :n_features][given]
    rows = np.flatnonzero(changed.any(axis=1))
    if len(rows):
        # known cells that no others explain: what follows from them is computed anew
        wide[rows] = plan.complete(wide[rows], known=is_known[rows])


def explain_known(model, known, rng):
    """Rows with cells from which known ones are computed; also the ESS of rows."""
    plan, ess = model._plan, np.full(len(known), np.inf)
    wide, _ = plan.explain(known)
    rows = np.empty(0, dtype=np.intp)
    if not model.computes_rules:
        rows = np.flatnonzero(plan.unexplained(wide).any(axis=1))
    if len(rows):
        wide[rows], _, ess[rows] = explain_by_particles(model, wide[rows], rng)
    return wide, ess


def log_density_by_plan(model, wide, log_density, rng):
    """Log-density of the known cells of rows.

    Parameters
    ----------
    model : BaseGenerator
    wide : ndarray of shape (n_rows, n_wide)
        What follows from known cells is known.
    log_density : callable
        The same, ``(Z, rng)``, of the columns that the model sees.
    rng : numpy.random.Generator
    """
    plan = model._plan
    if plan is None or model.computes_rules:
        return log_density(wide[:, model._seen_columns], rng)
    hidden = plan.unexplained(wide).any(axis=1)
    found = np.empty(len(wide))
    free = plan.without_computed(wide)
    found[~hidden] = log_density(free[np.ix_(~hidden, model._seen_columns)], rng)
    if hidden.any():
        found[hidden] = explain_by_particles(model, wide[hidden], rng).log_evidence
    rare = np.isneginf(found)
    found[rare] = log_density(wide[np.ix_(rare, model._seen_columns)], rng)
    found[rare] += np.log(0.5 / (model._n_rows + 1))
    return found
