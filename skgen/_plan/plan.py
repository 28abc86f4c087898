"""`Plan`: columns that are drawn, and those that rules compute from them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skgen._plan.possible import PossibleCells, few_values, observed_ends
from skgen._plan.steps import equal
from skgen._plan.units import Units


class MissingRule(NamedTuple):
    """Where a column holds a cell, another one holds one; NaN is a missing cell."""

    condition: int
    value: float
    target: int
    then: float

    def apply(self, Z, known):
        """Write, in place, what follows, except where cells are known."""
        z = Z[:, self.condition]
        here = np.isnan(z) if np.isnan(self.value) else z == self.value
        Z[here & ~known[:, self.target], self.target] = self.then


@dataclass
class Plan(PossibleCells):
    """How rows are drawn so that rules hold; build it with `fit_plan`.

    Its matrices have the columns of the table, then auxiliary ones, such as the
    distance between two dates, in encoded units. NaN is an unknown or missing cell.

    Attributes
    ----------
    units : Units
    steps : list of Step
        In an order in which each has its inputs.
    auxiliary : list of Auxiliary
    missing : list of MissingRule
    checks : list of OrderCheck and ImpliedCheck
        Rules that are kept because rows that break them are drawn again.
    computed : frozenset of int
        Columns of the table that steps compute wherever they have their inputs.
    determined : frozenset of int
        Those of them that are missing exactly where an input is.
    kept, left : list of Rule
        Rules that drawn rows keep, and those that they may break.
    apart : list of (int, int)
        A lower and an upper column whose distance from each other is not auxiliary.
    """

    units: Units
    steps: list
    auxiliary: list
    missing: list
    checks: list
    computed: frozenset
    determined: frozenset
    kept: list
    left: list
    apart: list

    def __post_init__(self):
        self.by_target, self.by_input = {}, {}
        for step in self.steps:
            self.by_target.setdefault(step.target, []).append(step)
            for position in step.inputs:
                self.by_input.setdefault(position, []).append(step)
        columns = [*self.units.codec.columns_, *(a.column for a in self.auxiliary)]
        self.rejects_backward, self._connected_steps = False, {}
        self.ends = [observed_ends(column) for column in columns]
        self._few_values = [
            few_values(*ends) for ends in zip(columns, self.ends, strict=True)
        ]

    @property
    def n_columns(self):
        """Number of columns with the auxiliary ones."""
        return len(self.units.columns) + len(self.auxiliary)

    def measure(self, Z):
        """Write, in place, the auxiliary columns of known rows."""
        for j, auxiliary in enumerate(self.auxiliary, len(self.units.columns)):
            Z[:, j] = auxiliary.source.measure(Z, self.units)

    def compute(self, Z, target):
        """Cells of a column that the steps determine, NaN where they do not."""
        z = np.full(len(Z), np.nan)
        for step in self.by_target.get(target, ()):
            if step.backward:
                continue
            left = np.isnan(z)
            z[left] = step.compute(Z[left], self.units)
        return z

    def complete(self, Z, known=None):
        """Compute, in place, the columns of complete rows that steps determine.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        known : ndarray of bool of shape (n_rows, n_columns), default=None
            Cells that stay as they are.
        """
        if known is None:
            known = np.zeros(Z.shape, dtype=bool)
        for target in dict.fromkeys(step.target for step in self.steps):
            _write(Z, target, self.compute(Z, target), known)
        for step in self.steps:
            # what is written must not break a rule that computes the same column
            if step.backward and not self.rejects_backward and self._only_by(step):
                _write(Z, step.target, step.compute(Z, self.units), known)
        return Z

    def _only_by(self, step):
        """Whether only steps of implications compute the target of one."""
        return all(other.backward for other in self.by_target[step.target])

    def reject_backward(self):
        """Let rows be drawn again that break steps whose target is drawn first.

        For models that do not draw column by column.
        """
        self.rejects_backward = True
        self.checks = [*self.checks, *(s.check() for s in self.steps if s.backward)]

    def without_computed(self, Z):
        """Rows without the cells that others determine."""
        Z = Z.copy()
        for target in self.by_target:
            Z[~np.isnan(self.compute(Z, target)), target] = np.nan
        return Z

    def deduce(self, Z):
        """Fill, in place, unknown cells that follow from known ones by rules."""
        while True:
            unknown = np.isnan(Z)
            self._deduce_once(Z)
            if (np.isnan(Z) == unknown).all():
                return Z

    def _deduce_once(self, Z):
        for step in self.steps:
            blank = np.flatnonzero(np.isnan(Z[:, step.target]))
            if len(blank):
                Z[blank, step.target] = step.compute(Z[blank], self.units)
            for position in step.inputs:
                blank = np.isnan(Z[:, position]) & ~np.isnan(Z[:, step.target])
                rows = np.flatnonzero(blank)
                if len(rows):
                    Z[rows, position] = step.solve(Z[rows], position, self.units)
        for position, steps in self.by_input.items():
            if self.n_levels(position):
                rows = np.flatnonzero(np.isnan(Z[:, position]))
                targets = [step.target for step in steps]
                rows = rows[~np.isnan(Z[np.ix_(rows, targets)]).all(axis=1)]
                allowed = self.allowed(Z[rows], position) if len(rows) else None
                if allowed is not None:
                    single = allowed.sum(axis=1) == 1
                    Z[rows[single], position] = allowed[single].argmax(axis=1)

    def broken(self, Z, steps=None, *, sure=False):
        """Known cells that differ from what the rules make of the other known ones.

        Of all steps or some; with `sure`, not where what they compute is a guess.

        Returns
        -------
        broken : ndarray of bool of shape (n_rows, n_columns)
        """
        broken = np.zeros(Z.shape, dtype=bool)
        for step in self.steps if steps is None else steps:
            z = Z[:, step.target]
            computed = step.compute(Z, self.units)
            wrong = ~np.isnan(z) & ~np.isnan(computed) & ~equal(z, computed)
            if sure:
                wrong &= step.is_sure(Z, self.units)
            broken[:, step.target] |= wrong | step.breaks(Z, self.units)
        for check in self.checks:
            broken[:, check.fault] |= ~check.holds(Z, self.units)
        return broken

    def rows_that_break(self, Z, filled=False):
        """Which rows of the table break a rule by their known cells.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_features)
        filled : bool, default=False
            Whether rules about missing cells do not apply.
        """
        wide = np.full((len(Z), self.n_columns), np.nan)
        wide[:, : Z.shape[1]] = Z
        self.measure(wide)
        steps = [step for step in self.steps if not (filled and step.is_absence)]
        return self.broken(wide, steps, sure=True).any(axis=1)

    def passes(self, Z):
        """Rows that keep the orders which no step guarantees.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        """
        passes = np.ones(len(Z), dtype=bool)
        for check in self.checks:
            passes &= check.holds(Z, self.units)
        return passes

    def contradicted(self, row):
        """A kept rule that the known cells of a row contradict, or None."""
        wide, n_features = self.deduce(row[None].copy()), len(self.units.columns)
        direct = self.units.codec.values(row[None, :n_features])
        values = self.units.codec.values(wide[:, :n_features])
        for rule in self.kept:
            if getattr(rule, "value", ...) is None:
                continue  # a cell that is unknown here is not missing
            if not (rule.check(direct).all() and rule.check(values).all()):
                return rule
        # a dependency without values says nothing of a single row
        at = np.flatnonzero(self.broken(wide, sure=True)[0, :n_features])
        broken = {self.units.columns[j].name for j in at}
        about = [rule for rule in self.kept if broken & set(rule.columns)]
        return about[0] if about else None

    def unexplained(self, Z):
        """Known cells that steps compute from other cells, of which some are unknown.

        Returns
        -------
        unexplained : ndarray of bool of shape (n_rows, n_columns)
        """
        found = np.zeros(Z.shape, dtype=bool)
        for target in self.by_target:
            found[:, target] = self.is_unexplained(Z, target)
        return found

    def is_unexplained(self, Z, target):
        """The same for the cells of one column."""
        found = ~np.isnan(Z[:, target])
        steps = self.by_target[target]
        inputs = sorted({j for step in steps for j in step.inputs})
        found &= np.isnan(Z[:, inputs]).any(axis=1)
        rows = np.flatnonzero(found)
        if len(rows):
            found[rows] = np.isnan(self.compute(Z[rows], target))
        return found

    def explain(self, Z):
        """Rows whose known cells agree, and which cells were known but broke a rule.

        Returns
        -------
        Z : ndarray of shape (n_rows, n_columns)
            Cells that break a rule are replaced by what follows from the others.
        broken : ndarray of bool of shape (n_rows, n_columns)
        """
        Z, broken = Z.copy(), np.zeros(Z.shape, dtype=bool)
        while True:
            known = ~np.isnan(Z)
            # what follows from known cells may contradict others of these
            deduced = self.deduce(Z.copy())
            wrong = (self.broken(Z) | self.broken(deduced)) & known
            if not wrong.any():
                return deduced, broken
            Z[wrong], broken[wrong] = np.nan, True

    def is_missing(self, Z, target):
        """Rows in which a cell is missing because of others; None without such rules.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_features)
        target : int
        """
        rules = [r for r in self.missing if r.target == target and np.isnan(r.then)]
        rules = [rule for rule in rules if not np.isnan(rule.value)]
        if not rules:
            return None
        return np.any([Z[:, rule.condition] == rule.value for rule in rules], axis=0)

    def blank(self, Z, known):
        """Rows with NaN in the cells that are missing because others are.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
            NaN is a missing cell.
        known : ndarray of bool of shape (n_rows, n_columns)
            Cells that stay as they are.
        """
        Z = Z.copy()
        for rule in self.missing:
            rule.apply(Z, known)
        for target in self.determined:
            gone = np.isnan(self.compute(Z, target)) & ~known[:, target]
            Z[gone, target] = np.nan
        return Z

    def connected(self, position):
        """Columns that steps connect with one, as a list."""
        found, new = {position}, [position]
        while new:
            at = new.pop()
            steps = [*self.by_target.get(at, ()), *self.by_input.get(at, ())]
            beside = {at for step in steps for at in (step.target, *step.inputs)}
            new += beside - found
            found |= beside
        return sorted(found)

    def connected_steps(self, position):
        """Steps that connect columns with one, in their order."""
        if position not in self._connected_steps:
            columns = set(self.connected(position))
            found = [step for step in self.steps if step.target in columns]
            self._connected_steps[position] = found
        return self._connected_steps[position]

    def without_impossible(self, Z, log_evidence):
        """Rows without the known cells that none of the others could make.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        log_evidence : callable
            Log-density of the known cells of such rows; -inf where rules forbid them.

        Returns
        -------
        Z : ndarray of shape (n_rows, n_columns)
        """
        unexplained, out = self.unexplained(Z), Z.copy()
        targets = np.flatnonzero(unexplained.any(axis=0)).tolist()
        groups = {tuple(self.connected(target)): [] for target in targets}
        for target in targets:
            groups[tuple(self.connected(target))].append(target)
        is_open = {g: unexplained[:, found].any(axis=1) for g, found in groups.items()}
        for group in groups:
            rows = np.flatnonzero(is_open[group])
            alone = Z[rows].copy()
            for other in groups:
                if other != group:
                    alone[np.ix_(is_open[other][rows], other)] = np.nan
            lost = rows[np.isneginf(log_evidence(alone))]
            out[np.ix_(lost, group)] = np.nan
        return out


def _write(Z, target, z, known):
    new = ~np.isnan(z) & ~known[:, target]
    Z[new, target] = z[new]
