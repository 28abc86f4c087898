"""Steps that compute a column from others: what a rule means for rows to be drawn.

All steps work on the matrix of the table with auxiliary columns appended, in encoded
units. NaN is an unknown cell, and what a step returns where it determines nothing.
"""

from dataclasses import dataclass

import numpy as np

from skgen._plan.checks import ROUNDING, ImpliedCheck, first_cell


class Step:
    """Base of the steps; each has a `target` and `inputs`, positions of columns.

    `units` converts columns between encoded units and numbers, see `Units`.
    """

    backward = False  # whether the target is drawn before the inputs
    residual = None  # position of an auxiliary column that is added in encoded units
    is_absence = False  # whether it only says that the target is missing

    @property
    def beside(self):
        """Columns beside which the target may break the rule."""
        return self.inputs

    def compute(self, Z, units):
        """Cells of the target, of shape (n_rows,)."""
        z = self._compute(Z, units)
        return z if self.residual is None else self._rounded(Z, z, units)

    def measure(self, Z, units):
        """The residual of known rows; NaN where it is too large."""
        z = self._compute(Z, units)
        excess, _ = self._excess(Z, Z[:, self.target], units)
        return np.where(excess <= 0, Z[:, self.target] - z, np.nan)

    def _rounded(self, Z, z, units):
        """What is computed and the residual, as far as it is not too large."""
        z = z + Z[:, self.residual]
        excess, sign = self._excess(Z, z, units)
        rows = np.flatnonzero(excess > 0)
        step = units.step(self.target)
        if step:
            z[rows] -= sign[rows] * np.ceil(excess[rows] / step - ROUNDING)
        else:
            near = units.numbers(z[rows], self.target) - (sign * excess)[rows]
            z[rows] = units.encode(near, self.target)
        return z

    def _excess(self, Z, z, units):
        """By how much targets are too far from what is exact, and their side of it."""
        exact, allowed = self._exact(Z, units)
        numbers = units.numbers(z, self.target)
        tiny = 1e-12 * (np.abs(exact) + np.abs(numbers))
        difference = numbers - exact
        return np.abs(difference) - allowed - tiny, np.sign(difference)

    def _exact(self, Z, units):
        """Numbers before they are rounded, and how far they may be off then."""

    def solve(self, Z, position, units):
        """Cells of one input that follow from the target and the other inputs."""
        z = self.solve_any(Z, position, units)
        if position != self.residual and self._rounds(position, units):
            known = np.flatnonzero(~np.isnan(z))
            for sign in (-1.0, 1.0):
                other = Z[known].copy()
                other[:, position] = z[known] + sign
                same = equal(self.compute(other, units), Z[known, self.target])
                z[known[same]] = np.nan
        return z

    def solve_any(self, Z, position, units):
        """The same, where others may be possible, too."""
        if position == self.residual:
            return self.measure(Z, units)
        z = self._solve(Z, position, units)
        tried = Z.copy()
        tried[:, position] = z
        z[~equal(self.compute(tried, units), Z[:, self.target])] = np.nan
        return z

    def _rounds(self, position, units):
        """Whether several cells of an input may make the same target."""
        return False

    def is_total(self, units):
        """Whether the target is computed wherever the inputs are known."""
        return False

    def allows(self, Z, position, n_levels, units, ends):
        """Levels of one input that the target does not rule out; None if all.

        A mask of shape (n_rows, n_levels). `ends` as in `limits`.
        """

    def limits(self, Z, position, units, ends):
        """Least and greatest cells of one input, given the target; None if any.

        `ends` has the observed range of every column, as cells.
        """

    def limits_of_range(self, Z, position, units, ends):
        """The same, where the target is not known, but `ends` has its range."""
        return self.limits(Z, position, units, ends)

    def guesses(self, Z, position, units, values, ends):
        """All cells that one input can have, if it or the other unknown has only few.

        An array of shape (n_rows, n_guesses), NaN where a guess is impossible; None
        where these are not known.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
            The target is known, and the same inputs in all rows.
        position : int
        units : Units
        values : list of ndarray or None
            Cells of each column that has few.
        ends : list of tuple
            The observed range of every column, as cells.
        """
        rest = [at for at in self.inputs if at != position and np.isnan(Z[0, at])]
        if len(rest) != 1:
            return None
        other, found = rest[0], []
        tries = values[position] if values[other] is None else values[other]
        if tries is None:
            return None
        drawn, solved = (
            (position, other) if values[other] is None else (other, position)
        )
        for value in tries:
            tried = Z.copy()
            tried[:, drawn] = value
            z = self.solve_any(tried, solved, units)
            possible = (z >= ends[solved][0]) & (z <= ends[solved][1])
            found.append(np.where(possible, z if solved == position else value, np.nan))
        return np.column_stack(found)

    def own_limits(self, Z, units):
        """Least and greatest cells of the target, given its inputs; None if any."""

    def reach(self, Z, units, ends):
        """The same, where some inputs are known within ranges only."""

    def breaks(self, Z, units):
        """Rows in which no cells of the inputs could make the target."""
        if self.residual is None:
            return np.zeros(len(Z), dtype=bool)
        others = [at for at in self.inputs if at != self.residual]
        known = ~np.isnan(Z[:, [*others, self.target]]).any(axis=1)
        return known & np.isnan(self.measure(Z, units))

    def is_sure(self, Z, units):
        """Rows in which what is computed is more than a guess."""
        return np.ones(len(Z), dtype=bool)

    def _solve(self, Z, position, units):
        return np.full(len(Z), np.nan)


@dataclass
class BoundStep(Step):
    """target = the greatest of its lower bounds + a distance, or the least upper - it.

    On a grid the distance counts steps from the nearest value that is allowed.
    """

    target: int
    bounds: dict  # positions of columns -> whether the target must differ from it
    distance: int
    on_grid: bool
    upper: bool = False

    def is_total(self, units):
        return units.columns[self.target].kind != "boolean"

    @property
    def inputs(self):
        return (*self.bounds, self.distance)

    def compute(self, Z, units):
        end = self._start(Z, units) + self._sign * Z[:, self.distance]
        return end if self.on_grid else units.encode(end, self.target)

    def measure(self, Z, units):
        distance = self._distance(Z, units)
        return np.where(distance < 0, np.nan, distance)

    def _distance(self, Z, units):
        z = Z[:, self.target]
        z = z if self.on_grid else units.numbers(z, self.target)
        return self._sign * (z - self._start(Z, units))

    def solve(self, Z, position, units):
        if position == self.distance:
            return self.measure(Z, units)
        return super().solve(Z, position, units)

    def _solve(self, Z, position, units):
        if len(self.bounds) > 1 or position not in self.bounds:
            return super()._solve(Z, position, units)
        z = Z[:, self.target]
        if self.on_grid:
            far = Z[:, self.distance] + self.bounds[position]
            values = units.numbers(z - self._sign * far, self.target)
        else:
            values = units.numbers(z, self.target) - self._sign * Z[:, self.distance]
        return units.encode(values, position)

    def _rounds(self, position, units):
        step = units.step(self.target)
        return position != self.distance and units.step(position) < step

    def limits(self, Z, position, units, ends):
        if position not in self.bounds:
            return None
        target = units.numbers(Z[:, self.target], self.target)
        end = units.encode(target, position)
        other = np.full(len(Z), self._sign * -np.inf)
        if len(self.bounds) == 1:
            # the distance is within its own range
            far = Z[:, self.target] - self._sign * ends[self.distance][1]
            if not self.on_grid:
                far = target - self._sign * ends[self.distance][1]
            numbers = units.numbers(far, self.target) if self.on_grid else far
            other = units.encode(numbers, position)
        return [end, other] if self.upper else [other, end]

    def limits_of_range(self, Z, position, units, ends):
        if position != self.distance:
            return None
        found = []
        for end in ends[self.target]:
            tried = Z.copy()
            tried[:, self.target] = end
            found.append(self._distance(tried, units))
        return found[:: int(self._sign)]

    def own_limits(self, Z, units):
        """Least and greatest cells of the target, given the bounds; NaN for none."""
        start, nothing = self._start(Z, units), np.full(len(Z), np.nan)
        start = start if self.on_grid else units.encode(start, self.target)
        return (nothing, start) if self.upper else (start, nothing)

    def breaks(self, Z, units):
        return self._distance(Z, units) < 0

    @property
    def _sign(self):
        return -1.0 if self.upper else 1.0

    def _start(self, Z, units):
        """First cell that is allowed: in encoded units on a grid, else a number."""
        starts = [
            self._first(units.numbers(Z[:, j], j), strict, units)
            for j, strict in self.bounds.items()
        ]
        return (np.fmin if self.upper else np.fmax).reduce(starts)

    def _first(self, bound, strict, units):
        if not self.on_grid:
            return bound
        return first_cell(bound, self.target, units, self._sign, strict)


@dataclass
class MemberStep(Step):
    """target = 1 where a category says so: one column of a one-hot group."""

    target: int
    group: int
    level: int
    zero: float
    one: float
    source: object  # the `Group`

    @property
    def beside(self):
        return [at for at in self.source.columns if at != self.target]

    def is_total(self, units):
        return True

    @property
    def inputs(self):
        return (self.group,)

    def compute(self, Z, units):
        group = Z[:, self.group]
        z = np.where(group == self.level, self.one, self.zero)
        return np.where(np.isnan(group), np.nan, z)

    def breaks(self, Z, units):
        return self.source.breaks(Z)

    def allows(self, Z, position, n_levels, units, ends):
        known = Z[:, self.target]
        allowed = np.ones((len(Z), n_levels), dtype=bool)
        allowed[known == self.one] = False
        allowed[known == self.one, self.level] = True
        allowed[known == self.zero, self.level] = False
        return allowed


@dataclass
class ImpliedStep(Step):
    """Where a column has a value, the target has one."""

    target: int
    condition: int
    value: float
    then: float  # NaN where the target is missing
    #: whether the target is drawn before the condition
    backward: bool = False

    @property
    def inputs(self):
        return (self.condition,)

    def compute(self, Z, units):
        here = Z[:, self.condition] == self.value
        return np.where(here, self.then, np.nan)

    def check(self):
        """The same as a check of drawn rows."""
        return ImpliedCheck(self.target, self.condition, self.value, self.then)

    @property
    def is_absence(self):
        return np.isnan(self.then)

    def breaks(self, Z, units):
        here = Z[:, self.condition] == self.value
        return here & self.is_absence & ~np.isnan(Z[:, self.target])

    def allows(self, Z, position, n_levels, units, ends):
        known = Z[:, self.target]
        allowed = np.ones((len(Z), n_levels), dtype=bool)
        allowed[~np.isnan(known) & (known != self.then), int(self.value)] = False
        return allowed


def equal(first, second):
    """Whether two arrays are equal up to rounding errors; not where one is NaN."""
    with np.errstate(invalid="ignore"):
        scale = np.maximum(np.abs(first), np.abs(second))
        return np.abs(first - second) <= ROUNDING * np.maximum(scale, 1e-300)
