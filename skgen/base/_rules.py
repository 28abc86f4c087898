"""Rows drawn and scored by a model that does not see the columns that rules compute.

A known cell of such a column, beside unknown cells that it is computed from, is met by
importance sampling: the unknown cells are drawn by the model, or from those that are
allowed with equal chance, except for the last one, which follows from the rule. The
draws are weighted by the density of the model over that of the proposal.
"""

import numpy as np

from skgen._math.sampling import (
    effective_sample_size,
    log_mean_weight,
    resample,
    uniform_between,
)

#: proposals for each row
_PROPOSALS = 32
#: proposals that are held in memory at once
_BLOCK = 50_000


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
    wide[:, model._seen], drawn_ess = draw(wide[:, model._seen], rng)
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
    plan, tables = model._plan, []
    if plan is None or model.computes_rules:
        known = wide if plan is None else plan.explain(wide)[0]
        draws = model._impute_draws(known[:, model._seen], n_draws, rng)
        known = np.repeat(known[None], n_draws, axis=0)
    else:
        # a draw for each explanation of the known cells
        known = np.tile(wide, (n_draws, 1))
        known, _ = explain_known(model, known, rng)
        draws = model._impute(known[:, model._seen], rng)
        draws = draws.reshape(n_draws, len(wide), -1)
        known = known.reshape(n_draws, *wide.shape)
    for filled, drawn in zip(known, draws, strict=True):
        filled[:, model._seen] = drawn
        if plan is not None:
            finish_rows(model, filled, wide)
        tables.append(filled)
    return tables


def finish_rows(model, wide, known):
    """Compute, in place, what the model does not; known cells stay as they are."""
    is_known = ~np.isnan(known)
    if not model.computes_rules:
        model._plan.complete(wide, known=is_known)
    n_features = model.n_features_in_
    given = is_known[:, :n_features]
    wide[:, :n_features][given] = known[:, :n_features][given]


def explain_known(model, known, rng):
    """Rows with cells from which known ones are computed; also the ESS of rows."""
    plan, ess = model._plan, np.full(len(known), np.inf)
    wide, _ = plan.explain(known)
    rows = np.empty(0, dtype=np.intp)
    if not model.computes_rules:
        rows = np.flatnonzero(plan.unexplained(wide).any(axis=1))
    for some in _blocks(rows):
        filled, log_weight = _propose(model, wide[some], rng)
        starts = np.arange(len(some)) * _PROPOSALS
        possible = np.isfinite(log_mean_weight(log_weight, starts))
        # rows that break a rule already keep their cells
        log_weight[~np.repeat(possible, _PROPOSALS)] = 0.0
        chosen = resample(log_weight, starts, np.ones(len(some), dtype=np.intp), rng)
        ess[some[possible]] = effective_sample_size(log_weight, starts)[possible]
        wide[some[possible]] = filled[chosen[possible]]
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
        return log_density(wide[:, model._seen], rng)
    hidden = plan.unexplained(wide).any(axis=1)
    found = np.empty(len(wide))
    found[~hidden] = log_density(wide[np.ix_(~hidden, model._seen)], rng)
    for some in _blocks(np.flatnonzero(hidden)):
        _, log_weight = _propose(model, wide[some], rng)
        starts = np.arange(len(some)) * _PROPOSALS
        found[some] = log_mean_weight(log_weight, starts)
    rare = np.isneginf(found)
    found[rare] = log_density(wide[np.ix_(rare, model._seen)], rng)
    found[rare] += np.log(0.5 / (model._n_rows + 1))
    return found


def _blocks(rows):
    size = max(1, _BLOCK // _PROPOSALS)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _propose(model, wide, rng):
    """Proposals for rows with an unexplained cell, and their log-weights."""
    plan = model._plan
    Z = np.repeat(wide, _PROPOSALS, axis=0)
    log_weight = np.zeros(len(Z))
    for step in plan.steps:
        while True:
            open_rows = np.flatnonzero(plan.unexplained(Z)[:, step.target])
            blank = [j for j in step.inputs if np.isnan(Z[open_rows, j]).any()]
            if not len(open_rows) or not blank:
                break
            before = np.isnan(Z).sum()
            rows = open_rows[np.isnan(Z[open_rows, blank[0]])]
            log_weight[rows] += _draw_cells(model, Z, rows, blank[0], rng)
            Z[rows] = plan.deduce(Z[rows])
            if np.isnan(Z).sum() == before:
                break
    if _has_density(model):
        log_weight += model._log_density_of_seen(Z[:, model._seen], rng)
    impossible = plan.unexplained(Z).any(axis=1) | plan.broken(Z).any(axis=1)
    log_weight[impossible] = -np.inf
    return Z, log_weight


def _has_density(model):
    return getattr(model, "_score_samples", None) is not None


def _draw_cells(model, Z, rows, position, rng):
    """Write cells of one column; minus the logarithms of their densities.

    Half of the numbers are drawn by the model, the others in the range that is allowed.
    Levels that are not allowed are replaced by others with equal chance. Without a
    density of the model, all draws count alike.
    """
    allowed = model._plan.allowed(Z[rows], position)
    if allowed is not None and _has_density(model):
        order = rng.random(allowed.shape)
        Z[rows, position] = np.where(allowed, order, -1.0).argmax(axis=1)
        return np.log(allowed.sum(axis=1))
    seen = Z[np.ix_(rows, model._seen)]
    place = int(np.flatnonzero(model._seen == position)[0])
    z = model._impute(seen, rng)[:, place]
    low, high = Z[rows, position], Z[rows, position]
    if allowed is not None:
        other = np.where(allowed, rng.random(allowed.shape), -1.0).argmax(axis=1)
        outside = ~allowed[np.arange(len(rows)), z.astype(np.intp)]
        z[outside] = other[outside]
    elif not model.columns_[place].discrete:
        ends = model._plan.limits(Z[rows], position)
        low, high = (low, high) if ends is None else ends
    whole = bool(model.columns_[place].integer_valued)
    uniform, width = uniform_between(low, high, whole, rng)
    limited = width > 0
    by_range = limited & ((z < low) | (z > high))
    if _has_density(model):
        by_range = limited & (rng.random(len(rows)) < 0.5)
    Z[rows, position] = np.where(by_range, uniform, z)
    if not _has_density(model):
        return np.zeros(len(rows))
    before = model._log_density_of_seen(seen, rng)
    seen[:, place] = Z[rows, position]
    log_prob = model._log_density_of_seen(seen, rng) - before
    inside = (seen[:, place] >= low) & (seen[:, place] <= high)
    log_uniform = np.full(len(rows), -np.inf)
    log_uniform[limited & inside] = -np.log(width[limited & inside])
    half = np.where(limited, np.log(2), 0.0)
    return half - np.where(limited, np.logaddexp(log_prob, log_uniform), log_prob)
