"""Conditional sampling for any generator: given cells, ranges and sets.

Rows within ranges and sets are first found by rejection: the generator draws rows, and
those within the limits are kept, which is exact. If too few are, cells within the
limits are proposed, weighted by their density, and the other cells drawn given them.

A model that weighs particles itself has two more hooks. ``_sample_particles(known,
rng)`` is ``_sample`` that also returns the effective sample size of each row.
``_sample_within(known, proposals, rng)`` does the same under limits: the cells of each
column j in the dict `proposals` are drawn from, or accepted by, a `Proposal`. It
returns rows, effective sample sizes, and the log-density of each row's known cells and
limits.
"""

import warnings
from functools import partial
from typing import NamedTuple

import numpy as np

from skgen._math.sampling import (
    effective_sample_size,
    log_mean_weight,
    resample,
)
from skgen._table.cells import column_error
from skgen._table.given import Given, refuse_between
from skgen.base._checked_draws import draw_checked

#: rows that are drawn at once
_BLOCK = 50_000
#: rows to draw before the share of rows within the limits is judged
_FIRST_TRIES = 1_000
#: share of rows within the limits below which cells are proposed instead
_MIN_RATE = 0.02
#: the same for models that weigh proposals while they draw, at little cost
_MIN_RATE_BESIDE_PARTICLES = 0.25
#: the same without densities, where rejection is the only way
_MIN_RATE_ALONE = 0.005
#: proposals for one row, and for all rows that know the same cells
_PROPOSALS = 64
_SHARED_PROPOSALS = 2_000
#: proposals per row for rows that share them: at first, and at most
_FEWEST, _MOST = 4, 64
#: total number of proposals beyond which no more are made
_MAX_PROPOSALS = 500_000
#: least probability of a given cell or range, relative to chance
_MIN_PROBABILITY = 1e-6


class Proposal(NamedTuple):
    """Cells of a column within its limit."""

    draw: object  # (n, rng) -> cells
    log_density: object  # (z) -> log-densities of these draws
    allows: object  # (z) -> whether cells, once decoded, are within


def read_given(model, given, n_samples):
    """Encode what is given for rows of a fitted generator, and check it.

    Parameters
    ----------
    model : BaseGenerator
    given : dict, dataframe or Given
        What is read already is returned as it is.
    n_samples : int
        Number of rows.

    Returns
    -------
    given : Given

    Raises
    ------
    ValueError
        If the generator cannot draw cells given others, `given` cannot be read, or the
        cells that it gives for all rows have almost no probability.
    """
    if isinstance(given, Given):
        return given
    if getattr(model, "_impute", None) is None:
        raise ValueError(
            f"given: {type(model).__name__} cannot draw cells given others. "
            "Leave `given` out, or use a generator that has `impute`."
        )
    given = model.codec_.read_given(given, n_samples)
    if n_samples and given.shared:
        shared = given._replace(n_samples=1, each={})
        [row] = model._wide_matrix(shared.matrix())
        refuse_contradiction(model, row)
        columns, log_density = model.codec_.columns_, None
        if _density_function(model) is not None:

            def log_density(Z, rng):
                return model._log_density(model._wide_matrix(Z), rng)

        check_given(row[: len(columns)], columns, log_density, model._score_rng())
    return given


def draw_within(model, known, given, rng):
    """Fill unknown cells so that each row is within the limits.

    Parameters
    ----------
    model : BaseGenerator
    known : ndarray of shape (n_rows, n_columns)
        Matrix of the model; NaN is an unknown cell.
    given : Given
        Its `limits` are used.
    rng : numpy.random.Generator

    Returns
    -------
    Z : ndarray of shape (n_rows, n_columns)
    ess : ndarray of shape (n_rows,)
        Effective sample size of the particles of each row.

    Raises
    ------
    ValueError
        If the model gives almost no probability to rows within the limits.
    """
    limits = given.limits
    for limit in limits.values():
        if limit.values is None:
            _ends(limit)
    Z, ess = known.copy(), np.full(len(known), np.inf)
    left = _reject(Z, ess, known, limits, model, rng)
    if not len(left):
        return Z, ess
    log_density = _density_function(model)
    if log_density is None:
        raise _too_rare(limits, "draws fewer than one such row in 200")
    settle = model.codec_.settle
    proposals = {j: _proposal_for(limit, settle) for j, limit in limits.items()}
    weigh = partial(_weigh_proposals, model)
    if getattr(model, "_sample_within", None) is not None:
        weigh = partial(_weigh_inside, model)
    Z[left], ess[left], log_evidence = weigh(known[left], proposals, rng)
    # rows that know the same cells need no density each
    some = left[:_PROPOSALS] if _all_equal(known[left]) else left
    log_probability = log_evidence[: len(some)] - log_density(known[some], rng)
    if not (log_probability > np.log(_MIN_PROBABILITY)).all():
        raise _too_rare(limits, "gives them almost no probability")
    return Z, ess


def _density_function(model):
    """Function for the log-density of known cells, or None if the model has none."""
    has_density = getattr(model, "_score_samples", None) is not None
    return model._log_density if has_density else None


def refuse_contradiction(model, row):
    """Refuse known cells that break a rule.

    Parameters
    ----------
    model : BaseGenerator
    row : ndarray of shape (n_wide,)
        NaN is an unknown cell.

    Raises
    ------
    ValueError
        If the cells contradict a rule.
    """
    if model._plan is None:
        return
    rule = model._plan.contradicted(row)
    if rule is not None:
        raise ValueError(
            f"given: the cells contradict the rule {str(rule)!r}, which all rows of "
            "the fitted table obey. Give other values, leave one of them out, or fit "
            "without this rule (parameter `rules`)."
        )


def check_given(row, columns, log_density, rng):
    """Refuse known cells that a model gives almost no probability.

    Parameters
    ----------
    row : ndarray of shape (n_columns,)
        NaN marks unknown cells.
    columns : sequence of Column
    log_density : callable or None
        Log-densities of the rows of a matrix.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a number is outside the observed range, or between the whole numbers or times
        that its column holds, or if the cells, one by one or together, are a million
        times less probable than if each took any of its column's values at random.
    """
    known = np.flatnonzero(~np.isnan(row))
    for j in known:
        z, column = row[j], columns[j]
        if not column.discrete and not column.lower <= z <= column.upper:
            raise column_error(
                column.name,
                "is given a value outside the range that was observed, where the model "
                "draws no rows. Give one within.",
            )
        refuse_between(z, column)
    if log_density is None or not len(known):
        return
    for some in [*known[:, None], known]:
        part = np.full_like(row, np.nan)
        part[some] = row[some]
        # many at once, in case that densities are estimates
        found = log_density(np.tile(part, (_PROPOSALS, 1)), rng)
        chance = sum(_log_size(columns[j], row[j]) for j in some)
        log_ratio = np.logaddexp.reduce(found) - np.log(_PROPOSALS) + chance
        if log_ratio < np.log(_MIN_PROBABILITY):
            names = ", ".join(repr(columns[j].name) for j in some)
            raise ValueError(
                f"given: the model gives the cells of {names} almost no probability"
                f"{' together' if len(some) > 1 else ''}. Give other values, or leave "
                "some of them out."
            )


def warn_of_few_particles(ess):
    """Warn if most rows repeat each other."""
    if not len(ess) or np.median(ess) >= 1:
        return
    warnings.warn(
        f"given: the median effective sample size of the rows is {np.median(ess):.2f}, "
        "so they repeat each other. The given cells are rare and come after unknown "
        "columns: fit with these columns first (AutoregressiveGenerator has the "
        "parameter `given`), or use more particles.",
        UserWarning,
        stacklevel=4,
    )


def _reject(Z, ess, known, limits, model, rng):
    """Fill rows by drawn ones within the limits; return the positions left over."""
    min_rate, settle = _min_rate(model), model.codec_.settle
    shared = _all_equal(known)
    left, tries, hits, n_tries = np.arange(len(known)), 0, 0, _FIRST_TRIES
    while len(left):
        if tries >= _FIRST_TRIES and hits < min_rate * tries:
            break
        some = left[:n_tries]
        rows = np.repeat(some, n_tries // len(some))
        drawn, drawn_ess = model._draw_wide(known[rows], rng)
        within = np.flatnonzero(_within(drawn, limits, settle))
        tries, hits = tries + len(rows), hits + len(within)
        if shared:
            filled, kept = left[: len(within)], within[: len(left)]
        else:
            filled, at = np.unique(rows[within], return_index=True)
            kept = within[at]
        Z[filled], ess[filled] = drawn[kept], drawn_ess[kept]
        left = np.setdiff1d(left, filled, assume_unique=True)
        n_tries = int(min(1.2 * len(left) * tries / max(hits, 1) + 10, _BLOCK))
    return left


def _min_rate(model):
    if getattr(model, "_sample_within", None) is not None:
        return _MIN_RATE_BESIDE_PARTICLES
    return _MIN_RATE_ALONE if _density_function(model) is None else _MIN_RATE


def _within(Z, limits, settle):
    within = np.ones(len(Z), dtype=bool)
    for j, limit in limits.items():
        within &= limit.allows(settle(Z[:, j], limit.position))
    return within


def _weigh_inside(model, known, proposals, rng):
    """Fill rows by a model that weighs proposals while it draws."""
    wide, seen = known.copy(), model._seen_columns
    if model._plan is not None:
        model._plan.deduce(wide)
    place = {j: at for at, j in enumerate(seen)}
    inside = {place[j]: proposal for j, proposal in proposals.items()}

    def draw(wide):
        wide = wide.copy()
        wide[:, seen], *weights = model._sample_within(wide[:, seen], inside, rng)
        return wide, *weights

    return draw_checked(model._plan, draw, wide)


def _weigh_proposals(model, known, proposals, rng):
    """Fill rows from proposed cells that are chosen by their density."""
    pools, n_proposals = np.arange(len(known))[:, None], _PROPOSALS
    if _all_equal(known):
        pools, n_proposals = pools.T, max(_SHARED_PROPOSALS, _FEWEST * len(known))
    n_pools, n_rows = pools.shape
    while True:
        Z, log_weight = _draw_proposals(
            model, known[pools[:, 0]], proposals, n_proposals, rng
        )
        starts = np.arange(n_pools) * n_proposals
        pool_ess = effective_sample_size(log_weight, starts) / n_rows
        enough = pool_ess.min() >= 2 or n_proposals >= _MOST * n_rows
        if enough or len(Z) >= _MAX_PROPOSALS:
            break
        n_proposals *= 4
    chosen = resample(log_weight, starts, np.full(n_pools, n_rows), rng)
    chosen = chosen[np.lexsort((rng.random(len(chosen)), chosen // n_proposals))]
    drawn, ess = model._draw_wide(Z[chosen], rng)
    evidence = log_mean_weight(log_weight, starts)
    return (
        drawn,
        np.minimum(ess, np.repeat(pool_ess, n_rows)),
        np.repeat(evidence, n_rows),
    )


def _draw_proposals(model, known, proposals, n_proposals, rng):
    """Rows with cells proposed for each known one, and their log-weights."""
    Z = np.repeat(known, n_proposals, axis=0)
    log_weight = np.zeros(len(Z))
    for j, proposal in proposals.items():
        Z[:, j] = proposal.draw(len(Z), rng)
        log_weight -= proposal.log_density(Z[:, j])
        log_weight[~proposal.allows(Z[:, j])] = -np.inf
    for start in range(0, len(Z), _BLOCK):
        block = slice(start, start + _BLOCK)
        log_weight[block] += model._log_density(Z[block], rng)
    return Z, log_weight


def _proposal_for(limit, settle):
    """Proposals of equal probability for all values of a set or range."""

    def allows(z):
        return limit.allows(settle(z, limit.position))

    if limit.values is not None:
        return Proposal(*_one_of(limit.values), allows)
    low, high = _ends(limit)
    if limit.column.discrete or limit.column.integer_valued:
        return Proposal(*_whole_between(int(low), int(high)), allows)
    # numbers that are repeated have a probability, those between them a density
    atoms = limit.column.atoms[limit.allows(limit.column.atoms)]
    share = 0.5 if len(atoms) and low < high else float(len(atoms) > 0)

    def draw(n, rng):
        z = low + rng.random(n) * (high - low)
        at_atom = rng.random(n) < share
        z[at_atom] = atoms[rng.integers(max(1, len(atoms)), size=at_atom.sum())]
        return z

    def log_density(z):
        at_atom, between = np.isin(z, atoms), (z >= low) & (z <= high) & (low < high)
        density = np.where(at_atom, share / max(1, len(atoms)), 0.0)
        width = (high - low) or 1.0
        density = np.where(between & ~at_atom, (1 - share) / width, density)
        with np.errstate(divide="ignore"):
            return np.log(density)

    return Proposal(draw, log_density, allows)


def _whole_between(low, high):
    """Draws of whole numbers with equal probability, and their log-density."""

    def draw(n, rng):
        return rng.integers(low, high, size=n, endpoint=True).astype(np.float64)

    def log_density(z):
        within = (z >= low) & (z <= high) & (z == np.rint(z))
        return np.where(within, -np.log(high - low + 1.0), -np.inf)

    return draw, log_density


def _one_of(values):
    """Draws of values with equal probability, and their log-density."""
    values = np.asarray(values, dtype=np.float64)

    def log_density(z):
        return np.where(np.isin(z, values), -np.log(len(values)), -np.inf)

    return lambda n, rng: rng.choice(values, n), log_density


def _ends(limit):
    """Ends of the part of a range that lies within the observed range."""
    column = limit.column
    lower, upper = column.lower, column.upper
    if column.discrete:
        lower, upper = 0.0, column.n_categories - 1.0
    low, high = max(limit.low, lower), min(limit.high, upper)
    whole = column.discrete or column.integer_valued
    if whole:
        low, high = np.ceil(low), np.floor(high)
    nothing = low == high and not whole and low not in column.atoms
    if low > high or nothing:
        raise _too_rare({0: limit}, "has seen no value between its ends")
    return low, high


def _log_size(column, z):
    """Logarithm of the number of values, or of the length, that a column takes up."""
    if column.discrete:
        return np.log(column.n_categories)
    if column.integer_valued:
        return np.log(column.upper - column.lower + 1)
    return 0.0 if np.isin(z, column.atoms) else np.log(column.upper - column.lower)


def _all_equal(Z):
    return len(Z) > 0 and np.array_equal(
        np.broadcast_to(Z[0], Z.shape), Z, equal_nan=True
    )


def _too_rare(limits, found):
    names = ", ".join(repr(limit.column.name) for limit in limits.values())
    return ValueError(
        f"given: rows within the range or set of {names} cannot be drawn, since the "
        f"model {found}. Widen it."
    )
