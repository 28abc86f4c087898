"""Columns of a factorisation that rules compute, or limit."""

import numpy as np
from scipy.special import logsumexp

from skgen._math.sampling import uniform_between
from skgen._plan.steps import equal
from skgen.generators._differences import Differences

#: attempts to draw a level that is allowed before all are weighed
_ATTEMPTS = 20
#: rows from which a conditional is fitted to those that rules leave free alone
_MIN_FREE_ROWS = 30


class PlannedColumnsMixin:
    """Draws and scores columns of an autoregressive model as its plan says.

    Without a plan, each unknown cell is drawn by the conditional of its column.
    """

    computes_rules = True

    def _wide_rows(self, cells, rows):
        wide = np.full((len(rows), self._plan.n_columns), np.nan)
        n = np.count_nonzero(self._seen_columns < self._plan.n_columns)
        wide[:, self._seen_columns[:n]] = cells.Z[rows, :n]
        return wide

    def _computed_cells(self, cells, j, rows):
        """What rules make of a column; NaN where they leave it free."""
        if self._plan is None or self._seen_columns[j] not in self._plan.by_target:
            return np.full(len(rows), np.nan)
        return self._plan.compute(self._wide_rows(cells, rows), self._seen_columns[j])

    def _ordered_differences(self):
        """Differences of ordered columns that later columns may depend on."""
        plan, positions = self._plan, self._seen_columns
        if plan is None:
            return Differences([], positions, None)
        place = {position: i for i, position in enumerate(positions)}
        pairs = [
            (place[lower], place[upper])
            for lower, upper in plan.apart
            if lower in place and upper in place
        ]
        return Differences(pairs, positions, plan.units)

    def _is_limited(self, j):
        return self._plan is not None and self._seen_columns[j] in self._plan.by_input

    def _draw_column(self, cells, j, rows, rng):
        """Write unknown cells of a column; logarithms of the mass that is allowed."""
        log_mass = np.zeros(len(rows))
        if not len(rows):
            return log_mass
        z = self._computed_cells(cells, j, rows)
        free = np.isnan(z) & self._has_meaning(cells, j, rows)
        # it is missing with what it is always computed from
        free &= not self._is_determined(j)
        if free.any():
            z[free], log_mass[free] = self._draw_free(cells, j, rows[free], rng)
        cells.put(j, rows, z)
        return log_mass

    def _has_meaning(self, cells, j, rows):
        """Rows in which a column is more than a cell that nothing needs."""
        unless = self._unless(j)
        if unless is None:
            return np.ones(len(rows), dtype=bool)
        group, level = unless
        return cells.Z[rows, group] != level

    def _draw_free(self, cells, j, rows, rng):
        conditional, X = self.conditionals_[j], self._predictors(cells, j, rows)
        if self._is_limited(j):
            wide, column = self._wide_rows(cells, rows), self.columns_[j]
            if column.discrete:
                allowed = self._plan.allowed(wide, self._seen_columns[j])
                if allowed is not None:
                    return draw_allowed(conditional, X, allowed, rng)
            else:
                return self._draw_number(conditional, X, wide, j, rng)
        return conditional.sample(X, rng), np.zeros(len(rows))

    def _draw_number(self, conditional, X, wide, j, rng):
        """Draw numbers that known cells leave possible; their log-weights."""
        guesses = self._plan.guesses(wide, self._seen_columns[j])
        if guesses is None:
            ends = self._plan.limits(wide, self._seen_columns[j])
            if ends is None:
                return conditional.sample(X, rng), np.zeros(len(X))
            return draw_between(conditional, X, ends, self.columns_[j], rng)
        z, log_weight = np.empty((2, len(X)))
        some = ~np.isnan(guesses).all(axis=1)
        z[some], log_weight[some] = draw_guess(conditional, X[some], guesses[some], rng)
        if not some.all():
            z[~some], log_weight[~some] = self._draw_number(
                conditional, X[~some], wide[~some], j, rng
            )
        return z, log_weight

    def _column_log_prob(self, cells, j, rows):
        log_prob = np.zeros(len(rows))
        if not len(rows):
            return log_prob
        z = self._computed_cells(cells, j, rows)
        free = np.isnan(z) & (not self._is_determined(j))
        wrong = ~free & ~equal(z, cells.Z[rows, j])
        log_prob[wrong] = -np.inf
        some = rows[free]
        if not len(some):
            return log_prob
        X = self._predictors(cells, j, some)
        log_prob[free] = self.conditionals_[j].log_prob(X, cells.Z[some, j])
        if self._is_limited(j):
            wide = self._wide_rows(cells, some)
            at = self._seen_columns[j]
            allowed = self._plan.allowed(wide, at, backward_only=True)
            if allowed is not None:
                log_prob[free] -= log_allowed_mass(self.conditionals_[j], X, allowed)
        return log_prob

    def _deduce(self, cells, j, rows):
        """Fill cells that follow from a drawn one and known ones; which they are."""
        new = np.zeros((len(rows), cells.Z.shape[1]), dtype=bool)
        if not self._is_limited(j) or not len(rows):
            return new
        wide = self._wide_rows(cells, rows)
        some = np.flatnonzero(self._plan.unexplained(wide).any(axis=1))
        if not len(some):
            return new
        filled = self._plan.deduce(wide[some])
        for i in np.flatnonzero(self._seen_columns < self._plan.n_columns):
            found = filled[:, self._seen_columns[i]]
            is_new = np.isnan(cells.Z[rows[some], i]) & ~np.isnan(found)
            cells.put(i, rows[some[is_new]], found[is_new])
            new[some[is_new], i] = True
        return new

    def _unexplained(self, Z):
        """Known cells that are computed from cells of which one is unknown, as a mask.

        Of shape (n_rows, n_columns).
        """
        found = np.zeros(Z.shape, dtype=bool)
        if self._plan is not None:
            wide = np.full((len(Z), self._plan.n_columns), np.nan)
            n = np.count_nonzero(self._seen_columns < self._plan.n_columns)
            wide[:, self._seen_columns[:n]] = Z[:, :n]
            found[:, :n] = self._plan.unexplained(wide)[:, self._seen_columns[:n]]
        return found

    def _without_impossible(self, Z, log_evidence):
        """Rows without the known cells that no other cells could make by rules."""
        n = np.count_nonzero(self._seen_columns < self._plan.n_columns)
        wide = np.full((len(Z), self._plan.n_columns), np.nan)
        wide[:, self._seen_columns[:n]] = Z[:, :n]

        def of_wide(wide):
            some = np.full((len(wide), Z.shape[1]), np.nan)
            some[:, :n] = wide[:, self._seen_columns[:n]]
            return log_evidence(some)

        out, freed = Z.copy(), self._plan.without_impossible(wide, of_wide)
        out[:, :n] = freed[:, self._seen_columns[:n]]
        return out

    def _without_connected(self, Z):
        """Rows without the cells that rules connect with those that none explains."""
        unexplained, out = self._unexplained(Z), Z.copy()
        n = np.count_nonzero(self._seen_columns < self._plan.n_columns)
        for j in np.flatnonzero(unexplained.any(axis=0)):
            group = self._plan.connected(self._seen_columns[j])
            places = np.flatnonzero(np.isin(self._seen_columns[:n], group))
            out[np.ix_(unexplained[:, j], places)] = np.nan
        return out

    def _is_determined(self, j):
        return self._plan is not None and self._seen_columns[j] in self._plan.determined

    def _auxiliary(self, j):
        """Auxiliary column of the plan at a position of the model, or None."""
        if self._plan is None or self.columns_[j].indicator_of is not None:
            return None
        at = self._seen_columns[j] - self.n_features_in_
        return self._plan.auxiliary[at] if at >= 0 else None

    def _needed(self, j):
        """Columns without which an auxiliary column has no meaning."""
        auxiliary = self._auxiliary(j)
        needs = () if auxiliary is None else auxiliary.needs
        return [int(np.flatnonzero(self._seen_columns == at)[0]) for at in needs]

    def _unless(self, j):
        """A category, and its level with which an auxiliary column has no meaning."""
        auxiliary = self._auxiliary(j)
        if auxiliary is None or auxiliary.unless is None:
            return None
        group, level = auxiliary.unless
        return int(np.flatnonzero(self._seen_columns == group)[0]), level

    def _served(self, j):
        """The column that an auxiliary column serves, or None."""
        auxiliary = self._auxiliary(j)
        if auxiliary is None or auxiliary.target is None:
            return None
        return int(np.flatnonzero(self._seen_columns == auxiliary.target)[0])

    def _free_rows(self, cells, j):
        """Rows to which the conditional of a column is fitted."""
        rows = np.flatnonzero(~np.isnan(cells.Z[:, j]))
        free = rows[np.isnan(self._computed_cells(cells, j, rows))]
        return free if len(free) >= _MIN_FREE_ROWS else rows

    def _planned_order(self, order):
        """Columns of the model, each after those that it is computed from.

        Parameters
        ----------
        order : list of int
            Positions in the table of the columns that the model sees.
        """
        place = {position: i for i, position in enumerate(self._seen_columns)}
        plan, out = self._plan, []
        n_features = self.n_features_in_

        def emit(*columns):
            out.extend(column for column in columns if column not in out)

        def served(at):
            return plan.auxiliary[at - n_features].target if at >= n_features else None

        def visit(position):
            if place[position] in out:
                return
            steps = [] if plan is None else plan.by_target.get(position, [])
            inputs = [at for s in steps if not s.backward for at in s.inputs]
            after = [] if plan is None else plan.by_input.get(position, [])
            inputs += [step.target for step in after if step.backward]
            for at in inputs:
                if served(at) is None:
                    visit(at)
            # what serves a column is missing with it
            for at in inputs:
                if served(at) not in (None, position):
                    emit(*indicator_of(served(at)), place[at])
            emit(*indicator_of(position))
            emit(*(place[at] for at in inputs if served(at) == position))
            emit(place[position])

        def indicator_of(position):
            indicator = self._indicator.get(place.get(position))
            return () if indicator is None else (indicator,)

        def follows(position):
            steps = [step for step in plan.by_target[position] if not step.backward]
            inputs = {at for step in steps for at in step.inputs}
            return all(at < n_features and place[at] in out for at in inputs)

        computed = () if plan is None else [at for at in order if at in plan.computed]
        for position in order:
            visit(position)
            # later columns may depend on what follows, rather than on its parts
            for at in computed:
                if follows(at):
                    visit(at)
        return np.array(out, dtype=int)


def draw_allowed(conditional, X, allowed, rng):
    """Draw levels within a set for each row, and the logarithm of its probability.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with levels.
    X : ndarray of shape (n_rows, n_predictors)
    allowed : ndarray of bool of shape (n_rows, n_levels)
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_mass : ndarray of shape (n_rows,)
    """
    log_mass = log_allowed_mass(conditional, X, allowed)
    z, left = np.empty(len(X)), np.arange(len(X))
    many = 2 * allowed.sum(axis=1).min() >= allowed.shape[1]
    for _ in range(_ATTEMPTS if many else 0):
        drawn = conditional.sample(X[left], rng)
        inside = allowed[left, drawn.astype(np.intp)]
        z[left[inside]], left = drawn[inside], left[~inside]
        if not len(left):
            return z, log_mass
    log_prob = _log_prob_of_levels(conditional, X[left], allowed[left])
    noise = rng.gumbel(size=log_prob.shape)
    impossible = np.isneginf(log_prob).all(axis=1, keepdims=True)
    log_prob = np.where(impossible & allowed[left], 0.0, log_prob)
    z[left] = (log_prob + noise).argmax(axis=1)
    return z, log_mass


def draw_between(conditional, X, ends, column, rng):
    """Draw numbers within a range for each row, and the logarithms of their weights.

    Half of them are drawn by the conditional, half with equal chance in the range.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with numbers.
    X : ndarray of shape (n_rows, n_predictors)
    ends : ndarray of shape (2, n_rows)
        NaN where any number is allowed.
    column : Column
    rng : numpy.random.Generator

    Returns
    -------
    z : ndarray of shape (n_rows,)
    log_weight : ndarray of shape (n_rows,)
        -inf outside the range.
    """
    z, log_weight = conditional.sample(X, rng), np.zeros(len(X))
    rows = np.flatnonzero(~np.isnan(ends).any(axis=0))
    low, high = ends[:, rows]
    drawn, width = uniform_between(low, high, bool(column.integer_valued), rng)
    possible = width > 0
    uniform = possible & (rng.random(len(rows)) < 0.5)
    z[rows[uniform]] = drawn[uniform]
    inside = (z[rows] >= low) & (z[rows] <= high)
    log_prob = conditional.log_prob(X[rows], z[rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        log_uniform = np.where(inside, -np.log(width), -np.inf)
        weight = log_prob - np.logaddexp(log_prob, log_uniform) + np.log(2)
    weight = np.where(possible, weight, 0.0)
    log_weight[rows] = np.where(inside & ~np.isnan(weight), weight, -np.inf)
    return z, log_weight


def draw_guess(conditional, X, guesses, rng):
    """Draw one of several numbers for each row, and the logarithms of their weights.

    Parameters
    ----------
    conditional : BaseConditional
        Fitted, of a column with numbers.
    X : ndarray of shape (n_rows, n_predictors)
    guesses : ndarray of shape (n_rows, n_guesses)
        Padded with NaN; one of each row is none.
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
    log_prob = conditional.log_prob(X, z)
    return z, log_prob + np.log(possible.sum(axis=1)) - np.log(equal)


def log_allowed_mass(conditional, X, allowed):
    """Logarithm of the probability that a conditional gives to sets of levels."""
    out = np.zeros(len(X))
    limited = np.flatnonzero(~allowed.all(axis=1))
    if not len(limited):
        return out
    inside = allowed[limited]
    if 2 * inside.sum() > inside.size:
        outside = _log_prob_of_levels(conditional, X[limited], ~inside)
        mass = np.exp(logsumexp(outside, axis=1)).clip(0.0, 1.0)
        with np.errstate(divide="ignore"):
            out[limited] = np.log1p(-mass)
        return out
    out[limited] = logsumexp(
        _log_prob_of_levels(conditional, X[limited], inside), axis=1
    )
    return out


def _log_prob_of_levels(conditional, X, wanted):
    """Log-probabilities of the wanted levels of each row, -inf for others."""
    out = np.full(wanted.shape, -np.inf)
    for level in np.flatnonzero(wanted.any(axis=0)):
        rows = np.flatnonzero(wanted[:, level])
        z = np.full(len(rows), float(level))
        out[rows, level] = conditional.log_prob(X[rows], z)
    return out
