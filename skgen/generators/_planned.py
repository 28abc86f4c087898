"""Columns of a factorisation that rules compute, or limit."""

import numpy as np

from skgen._math.columns.supports import Range
from skgen._plan.steps import equal
from skgen._plan.supports import Supports
from skgen.generators._differences import Differences
from skgen.generators._restricted_draws import (
    draw_guess,
    draw_level,
    draw_number,
    log_prob_within,
)

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

    def _set_supports(self):
        """What the plan's checks leave to each column beside those before it."""
        self._supports = None
        if self._plan is not None:
            order = [
                self._seen_columns[j]
                for j in self.order_
                if self.columns_[j].indicator_of is None
            ]
            self._supports = Supports(self._plan, order)

    def _is_supported(self, j):
        """Whether what is drawn before a column may leave only some of its values."""
        if self._supports is None or self.columns_[j].indicator_of is not None:
            return False
        can = self.columns_[j].discrete or self.conditionals_[j].restricts_numbers
        return can and self._supports.limits_any(self._seen_columns[j])

    def _own_support(self, j, wide):
        """Values of a column that are left by those drawn before; None if all are."""
        if not self._is_supported(j):
            return None
        position = self._seen_columns[j]
        if self.columns_[j].discrete:
            return self._supports.levels(wide, position)
        return self._supports.numbers(wide, position)

    def _draw_free(self, cells, j, rows, rng):
        conditional, X = self.conditionals_[j], self._predictors(cells, j, rows)
        if not self._is_limited(j) and not self._is_supported(j):
            return conditional.sample(X, rng), np.zeros(len(rows))
        wide = self._wide_rows(cells, rows)
        own = self._own_support(j, wide)
        if self.columns_[j].discrete:
            allowed = self._plan.allowed(wide, self._seen_columns[j])
            return draw_level(conditional, X, own, allowed, rng)
        return self._draw_number(conditional, X, wide, own, j, rng)

    def _draw_number(self, conditional, X, wide, own, j, rng):
        """Draw numbers that known cells leave possible; their log-weights."""
        position, guesses = self._seen_columns[j], None
        if self._is_limited(j):
            guesses = self._plan.guesses(wide, position)
        if guesses is None:
            known = self._known_range(wide, j)
            if known is None and own is None:
                return conditional.sample(X, rng), np.zeros(len(X))
            return draw_number(conditional, X, own, known, self.columns_[j], rng)
        z, log_weight = np.empty((2, len(X)))
        some = ~np.isnan(guesses).all(axis=1)
        for rows in (np.flatnonzero(some), np.flatnonzero(~some)):
            part = own if own is None else own.take(rows)
            if some[rows].all():
                drawn = draw_guess(conditional, X[rows], guesses[rows], part, rng)
            else:
                drawn = self._draw_number(
                    conditional, X[rows], wide[rows], part, j, rng
                )
            z[rows], log_weight[rows] = drawn
        return z, log_weight

    def _known_range(self, wide, j):
        """Range that known cells of any columns leave to a number; None for any."""
        found, position = None, self._seen_columns[j]
        if self._is_limited(j):
            ends = self._plan.limits(wide, position)
            if ends is not None:
                low, high = np.where(np.isnan(ends), [[-np.inf], [np.inf]], ends)
                found = Range(low, high, np.empty((len(wide), 0)))
        by_checks = self._supports.known_numbers(wide, position)
        if found is None or by_checks is None:
            return by_checks if found is None else found
        return found.within(by_checks)

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
        own = None
        if self._is_supported(j):
            own = self._own_support(j, self._wide_rows(cells, some))
        log_prob[free] = log_prob_within(
            self.conditionals_[j], X, cells.Z[some, j], own
        )
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
