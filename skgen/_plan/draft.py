"""A plan that grows rule by rule."""

import numpy as np

from skgen._plan.arithmetic import FormStep
from skgen._plan.auxiliary import Auxiliary, cells_column, group_column
from skgen._plan.checks import OrderCheck, SignCheck, directions
from skgen._plan.lookup import fit_lookup
from skgen._plan.plan import Plan
from skgen._plan.point_masses import (
    PointMass,
    PointMassCheck,
    PointMassStep,
    lost_point_masses,
)
from skgen._plan.shares import LargestPart, OtherPart, PartsCheck, PartStep
from skgen._plan.steps import BoundStep, ImpliedStep, MemberStep, equal
from skgen.rules import number_of

#: share of the rows in which a rule must hold that others declare
_MOSTLY = 0.5
#: share of the rows at a point mass of a sum in which its input must follow
_NEARLY = 0.9


class Draft:
    """Steps so far.

    Parameters
    ----------
    units : Units
    Z : ndarray of shape (n_samples, n_features)
    directions : callable or None
        As in `fit_plan`.
    """

    def __init__(self, units, Z, directions=None):
        self.units, self.Z, self._directions = units, Z, directions
        self.positions = {column.name: at for at, column in enumerate(units.columns)}
        self.steps, self.kept, self.left = [], [], []
        self.auxiliary, self.missing, self.checks = [], [], []
        self.reserved = set()  # columns that other rules compute, in one way only
        self._following = set()  # orders of pairs that follow from others
        self._taken = set()  # columns that are computed
        self._before = {}  # columns that are drawn before each column
        self._bounds = {}  # of a column: (is upper, {position: strict}, rules)

    # what rules are made of

    def number(self, position, label):
        """A label of a column as an encoded cell."""
        number = number_of(self.units.columns[position], label)
        return float(self.units.encode(np.array([number]), position)[0])

    def is_usable(self, positions):
        """Whether all columns have numbers or levels."""
        return all(self.units.columns[at].kind != "none" for at in positions)

    def values(self, position):
        """Numbers of a column."""
        return self.units.numbers(self.Z[:, position], position)

    # what is computed from what

    def is_free(self, target, inputs):
        """Whether a column may be computed from others: not twice, nor in a circle."""
        if target in self._taken:
            return False
        return not any(self._depends(position, target) for position in inputs)

    def _depends(self, position, on):
        if position == on:
            return True
        return any(self._depends(at, on) for at in self._before.get(position, ()))

    def _put_before(self, positions, target):
        self._before.setdefault(target, set()).update(positions)

    def keep(self, step):
        """Append a step; True."""
        self.steps.append(step)
        self._taken.add(step.target)
        self._put_before(step.inputs, step.target)
        return True

    def try_exact(self, step):
        """Append a step if its target is free, and right in all rows."""
        return self._share_right(step) == 1 and self.keep(step)

    def try_mostly(self, step):
        """Append a step if its target is free, and right in most rows."""
        return self._share_right(step) >= _MOSTLY and self.keep(step)

    def _share_right(self, step):
        if not self.is_free(step.target, step.inputs):
            return 0.0
        z, computed = self.Z[:, step.target], step.compute(self.Z, self.units)
        known = ~np.isnan(z) & ~np.isnan(computed)
        return equal(z, computed)[known].mean() if known.any() else 0.0

    def try_rounded(self, step):
        """Append a step if its target is free, with a column for what is rounded."""
        if not self.is_free(step.target, step.inputs):
            return False
        cells, needs = step.measure(self.Z, self.units), step.inputs
        if np.isnan(cells).all():
            return False
        column = self.units.codec.columns_[step.target]
        column = cells_column(f"{column.name}: rounding", cells, column.integer_valued)
        step.residual = self._append(column, step, step.target, needs)
        return self.keep(step)

    def try_mostly_rounded(self, step):
        """The same, if what is rounded is the same number in most rows."""
        if not self.is_free(step.target, step.inputs):
            return False
        cells = step.measure(self.Z, self.units)
        _, counts = np.unique(cells[~np.isnan(cells)], return_counts=True)
        return counts.sum() < 2 * counts.max(initial=0) and self.try_rounded(step)

    def add_group(self, group):
        """Append a category that says which column of a group is 1; its position."""
        names = ", ".join(str(self.units.columns[at].name) for at in group.columns)
        column = group_column(names, len(group.columns))
        return self._append(column, group, None, ())

    def _append(self, column, source, target, needs, unless=None):
        auxiliary = Auxiliary(column, source, target, tuple(needs), unless)
        self.auxiliary.append(auxiliary)
        return len(self.units.columns) + len(self.auxiliary) - 1

    def group_of(self, target):
        """Position of the category that a one-hot column is computed from, or None."""
        for step in self.steps:
            if step.target == target and isinstance(step, MemberStep):
                return step.group
        return None

    def look_group_up(self, group, determinants):
        """Look up which column of a group is 1; whether this can be kept."""
        for step in self.steps:
            if step.target == group:
                return step.inputs == tuple(determinants)
        if not self.is_free(group, determinants):
            return False
        wide = np.full((len(self.Z), group + 1), np.nan)
        wide[:, : self.Z.shape[1]] = self.Z
        source = self.auxiliary[group - self.Z.shape[1]].source
        wide[:, group] = source.measure(self.Z, self.units)
        return self.keep(fit_lookup(wide, group, determinants))

    def check_sign(self, target, terms):
        """Draw rows again where a difference is below 0, if no row is."""
        if min(terms.values()) < 0 and np.nanmin(self.values(target)) >= 0:
            self.checks.append(SignCheck(target))

    def add_parts(self, columns, constant):
        """Compute the largest of the parts of a constant from the others."""
        if not all(self.is_free(at, ()) for at in columns):
            return False
        described = [self.units.codec.columns_[at] for at in columns]
        names = ", ".join(str(column.name) for column in described)
        largest = group_column(f"largest of {names}", len(columns))
        group = self._append(largest, LargestPart(columns, constant), None, ())
        others = []
        for level, column in enumerate(described):
            part = OtherPart(columns, constant, level)
            cells = part.measure(self.Z, self.units)
            if np.isnan(cells).all():
                cells = self.Z[:, columns[level]]
            name = f"{column.name}: not the largest"
            described = cells_column(name, cells, column.integer_valued)
            others.append(
                self._append(described, part, columns[level], (), (group, level))
            )
        for level, at in enumerate(columns):
            self.keep(PartStep(at, level, group, columns, tuple(others), constant))
        lowest = tuple(np.nanmin(self.values(at)) for at in columns)
        self.checks.append(PartsCheck(columns, group, lowest, tuple(others), constant))
        return True

    def add_implied(self, step):
        """Append an implication; a column may have several."""
        target, condition = step.target, step.condition
        others = [other for other in self.steps if other.target == target]
        others = [other for other in others if not np.isnan(getattr(other, "then", 0))]
        only = target not in self._bounds
        only &= all(isinstance(other, ImpliedStep) for other in others)
        if only and not self._depends(condition, target):
            return self.keep(step)
        # the target is drawn before the condition, whose levels it limits
        step.backward = self.units.codec.columns_[condition].n_categories > 0
        step.backward &= not self._depends(target, condition)
        if step.backward:
            self.steps.append(step)
            self._put_before((target,), condition)
        return step.backward

    def add_absent(self, step):
        """Append an implication of a missing cell, which computes nothing."""
        if not self._depends(step.condition, step.target):
            self.steps.append(step)
            self._put_before(step.inputs, step.target)

    # orders: all bounds of a column make one step

    def add_bound(self, lower, upper, strict, rule):
        """Note that a column is at most another one; whether this can be kept."""
        ends = {"upper": (upper, lower, False), "lower": (lower, upper, True)}
        found = (self._directions or directions)(self.values(lower), self.values(upper))
        for end in found:
            if self._try_bound(*ends[end], strict, rule):
                return True
        self.checks.append(OrderCheck(lower, upper, strict))
        return True

    def _try_bound(self, target, bound, is_upper, strict, rule):
        if target in self._bounds:
            was_upper, bounds, rules = self._bounds[target]
            if was_upper != is_upper or self._depends(bound, target):
                return False
        elif self.is_free(target, (bound,)):
            bounds, rules = {}, []
            self._bounds[target] = is_upper, bounds, rules
        else:
            return False
        bounds[bound] = strict
        rules.append(rule)
        self._taken.add(target)
        self._put_before((bound,), target)
        return True

    def _add_bound_steps(self):
        for target, (is_upper, bounds, rules) in self._bounds.items():
            column = self.units.codec.columns_[target]
            step = BoundStep(target, bounds, -1, column.integer_valued, is_upper)
            cells = step.measure(self.Z, self.units)
            broken = step.breaks(self.Z, self.units).mean()
            if np.isnan(cells).all() or broken > 1 - _MOSTLY:
                self.kept = [rule for rule in self.kept if rule not in rules]
                self.left += rules
                continue
            name = f"{column.name}: distance"
            described = cells_column(name, cells, column.integer_valued)
            step.distance = self._append(described, step, target, bounds)
            self.keep(step)

    def _add_point_masses(self):
        """Draw first which point masses sums hold that would be lost."""
        forms = [step for step in self.steps if isinstance(step, FormStep)]
        for form in forms:
            if form.residual is not None or form.absolute:
                continue
            # the input that is drawn last
            target = max(form.terms)
            others = [at for at in form.terms if at != target]
            values = ()
            if self.is_free(target, others):
                values = lost_point_masses(form, self, target)
            if values:
                self._add_point_mass(form, target, values)

    def _add_point_mass(self, form, target, values):
        source, name = PointMass(form.target, values), self.units.columns[target].name
        column = group_column(f"{name}: at a point mass", 1 + len(values))
        step = PointMassStep(target, form, source, -1)
        here = source.measure(self.Z, self.units) > 0
        wide = np.hstack([self.Z, source.measure(self.Z, self.units)[:, None]])
        step.level = self.Z.shape[1]
        computed = step.compute(wide[here], self.units)
        # some rows may break the rule
        if equal(computed, self.Z[here, target]).mean() >= _NEARLY:
            step.level = self._append(column, source, None, ())
            cells = self.Z[:, target]
            ends = np.nanmin(cells), np.nanmax(cells)
            self.checks.append(PointMassCheck(step, ends))
            self.keep(step)

    def _connect_orders(self):
        """Check, too, the orders that follow from others, if all rows keep them.

        So that a column between others that are drawn before it has values left.
        """
        checks = [check for check in self.checks if isinstance(check, OrderCheck)]
        if not checks:
            return
        strict = {check.columns: check.strict for check in checks}
        for step in self.steps:
            for at, is_strict in getattr(step, "bounds", {}).items():
                pair = (step.target, at) if step.upper else (at, step.target)
                strict[pair] = is_strict
        known, new = dict(strict), True
        while new:
            new = {
                (first, last): known[first, middle] or strict[middle, last]
                for first, middle in known
                for start, last in strict
                if start == middle and (first, last) not in known
            }
            known.update(new)
        for pair in known.keys() - strict.keys():
            check = OrderCheck(*pair, known[pair])
            if pair[0] != pair[1] and check.holds(self.Z, self.units).all():
                self.checks.append(check)
                self._following.add(pair)

    def finish(self, *, in_order):
        """The plan, its steps in an order in which each has its inputs."""
        self._add_bound_steps()
        if in_order:
            self._add_point_masses()
        self._connect_orders()
        if not self.steps and not self.missing and not self.checks:
            return None
        return Plan(
            self.units,
            self._sorted_steps(),
            self.auxiliary,
            self.missing,
            self.checks,
            *self._computed(),
            self.kept,
            self.left,
            self._apart(),
        )

    def _apart(self):
        """Pairs of ordered columns whose distance is not a column by itself."""
        pairs = [c.columns for c in self.checks if isinstance(c, OrderCheck)]
        pairs = [pair for pair in pairs if pair not in self._following]
        for step in self.steps:
            bounds = step.bounds if isinstance(step, BoundStep) else ()
            if len(bounds) > 1:
                ends = ((at, step.target) for at in bounds)
                pairs += [end[::-1] if step.upper else end for end in ends]
        return list(dict.fromkeys(pairs))

    def _sorted_steps(self):
        rank = {}

        def visit(position):
            if position not in rank:
                for at in self._before.get(position, ()):
                    visit(at)
                rank[position] = len(rank)

        for step in self.steps:
            visit(step.target)
        return sorted(self.steps, key=lambda step: rank[step.target])

    def _computed(self):
        """Columns that steps compute wherever they have their inputs.

        And those of them that are missing wherever an input is.
        """
        wide = np.full((len(self.Z), self.Z.shape[1] + len(self.auxiliary)), np.nan)
        wide[:, : self.Z.shape[1]] = self.Z
        for j, auxiliary in enumerate(self.auxiliary, self.Z.shape[1]):
            wide[:, j] = auxiliary.source.measure(wide, self.units)
        computed, determined = set(), set()
        for target in {step.target for step in self.steps}:
            steps = [step for step in self.steps if step.target == target]
            if not any(step.is_total(self.units) for step in steps):
                continue
            cells = np.array([~np.isnan(s.compute(wide, self.units)) for s in steps])
            cells, known = cells.any(axis=0), ~np.isnan(wide[:, target])
            inputs = sorted({at for step in steps for at in step.inputs})
            complete = ~np.isnan(wide[:, inputs]).any(axis=1)
            if cells.any() and cells[complete].all():
                computed.add(target)
                if (cells == known).all():
                    determined.add(target)
        return frozenset(computed), frozenset(determined)
