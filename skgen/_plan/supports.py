"""Values that a column may have beside those drawn before it: ranges and sets."""

import numpy as np

from skgen._math.columns.supports import LevelSet, Range


class Supports:
    """What the checks of a plan leave to each column, if columns are drawn in an order.

    Each check belongs to the column after which all its cells are known, since other
    columns are computed from those drawn before.

    Parameters
    ----------
    plan : Plan
    order : sequence of int
        Positions in the wide matrix of the columns, in the order of drawing.
    """

    def __init__(self, plan, order):
        self.plan, self._rank = plan, {at: i for i, at in enumerate(order)}
        self._order, self._checks = np.array(order, dtype=np.intp), {}
        for check in plan.checks:
            needed = self._needed(check.columns)
            if needed <= self._rank.keys():
                last = max(needed, key=self._rank.get)
                for at in {last, *check.drawn} & self._rank.keys():
                    self._checks.setdefault(at, []).append(check)

    def _needed(self, columns):
        """Columns that are drawn, from which some are computed."""
        needed, left = set(), list(columns)
        while left:
            at = left.pop()
            if at in self.plan.computed:
                left += self._inputs(at)
            else:
                needed.add(at)
        return needed

    def _inputs(self, position):
        steps = self.plan.by_target[position]
        return [at for step in steps if not step.backward for at in step.inputs]

    def limits_any(self, position):
        """Whether checks or steps may leave only some values to a column."""
        by_steps = self.plan.by_input.get(position, ())
        return position in self._checks or any(step.backward for step in by_steps)

    def levels(self, Z, position):
        """Levels that a column may have beside cells drawn before; None if any.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        position : int
        """
        allowed = self.plan.allowed(Z, position, backward_only=True)
        for check in self._checks.get(position, ()):
            by_check = check.levels(self._before(Z, position), position)
            if by_check is None:
                continue
            n_levels = self.plan.n_levels(position)
            own = by_check[:, None] == np.arange(n_levels)
            is_target = position != getattr(check, "condition", None)
            own = (own if is_target else ~own) | np.isnan(by_check)[:, None]
            allowed = own if allowed is None else allowed & own
        if allowed is None or allowed.all():
            return None
        return LevelSet(allowed | ~allowed.any(axis=1, keepdims=True))

    def numbers(self, Z, position):
        """Range that a column may have beside cells drawn before; None if any.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        position : int
        """
        checks = self._checks.get(position, ())
        if not checks:
            return None
        return self._range(self._before(Z, position), position, checks)

    def known_numbers(self, Z, position):
        """Range that known cells leave to a column, whichever are drawn first."""
        checks = [check for check in self.plan.checks if position in check.columns]
        others = [at for check in checks for at in check.columns if at != position]
        if np.isnan(Z[:, others]).all():
            return None
        return self._range(Z, position, checks)

    def _before(self, Z, position):
        """Rows with the cells that are drawn before a column."""
        Z = Z.copy()
        Z[:, self._order[self._rank[position] :]] = np.nan
        return Z

    def _range(self, Z, position, checks):
        low, high = np.full(len(Z), -np.inf), np.full(len(Z), np.inf)
        without = []
        for check in checks:
            for at in {*check.columns, *check.drawn}:
                first, last = check.limits(Z, at, self.plan.units)
                if at != position:
                    first, last = self._through(Z, position, at, first, last)
                low, high = np.fmax(low, first), np.fmin(high, last)
            excluded = check.excluded(Z, position, self.plan.units)
            if excluded is not None:
                without.append(excluded)
        without = np.hstack(without) if without else np.empty((len(Z), 0))
        support = Range(low, high, without)
        return None if support.is_everything.all() else support

    def _through(self, Z, position, target, low, high):
        """Range of a column so that one computed from it lies within another."""
        nothing = np.full(len(Z), -np.inf), np.full(len(Z), np.inf)
        if target not in self.plan.computed or np.isinf([low, high]).all():
            return nothing
        ends = list(self.plan.ends)
        least, most = ends[target]
        ends[target] = np.fmax(low, least), np.fmin(high, most)
        Z = Z.copy()
        Z[:, target] = np.nan
        for step in self.plan.by_target[target]:
            if step.backward or not step.is_total(self.plan.units):
                continue
            for at in step.inputs:
                if position not in self._needed([at]):
                    continue
                found = step.limits_of_range(Z, at, self.plan.units, ends)
                if found is None:
                    return nothing
                others = [other for other in step.inputs if other != at]
                unknown = np.isnan(Z[:, others]).any(axis=1)
                first = np.where(unknown | np.isnan(found[0]), -np.inf, found[0])
                last = np.where(unknown | np.isnan(found[1]), np.inf, found[1])
                if at == position:
                    return first, last
                return self._through(Z, position, at, first, last)
        return nothing
