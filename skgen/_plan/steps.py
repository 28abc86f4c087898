"""Steps that compute a column from others: what a rule means for rows to be drawn.

All steps work on the matrix of the table with auxiliary columns appended, in encoded
units. NaN is an unknown cell, and what a step returns where it determines nothing.
"""

from dataclasses import dataclass, field

import numpy as np

#: relative rounding error of sums of numbers
_ROUNDING = 1e-9


class Step:
    """Base of the steps; each has a `target` and `inputs`, positions of columns.

    `units` converts columns between encoded units and numbers, see `Units`.
    """

    backward = False  # whether the target is drawn before the inputs
    residual = None  # position of an auxiliary column that is added in encoded units
    tolerance = np.inf  # largest size of it, in the user's units

    def compute(self, Z, units):
        """Cells of the target, of shape (n_rows,)."""
        z = self._compute(Z, units)
        return z if self.residual is None else z + Z[:, self.residual]

    def measure(self, Z, units):
        """The residual of known rows; NaN where it is too large."""
        z = self._compute(Z, units)
        target = units.numbers(Z[:, self.target], self.target)
        near = np.abs(target - units.numbers(z, self.target))
        # rounded to the grid of the target
        near = near <= self.tolerance + units.step(self.target)
        return np.where(near, Z[:, self.target] - z, np.nan)

    def solve(self, Z, position, units):
        """Cells of one input, given the target and the other inputs."""
        if position == self.residual:
            return self.measure(Z, units)
        z = self._solve(Z, position, units)
        tried = Z.copy()
        tried[:, position] = z
        z[~equal(self.compute(tried, units), Z[:, self.target])] = np.nan
        return z

    def is_total(self, units):
        """Whether the target is computed wherever the inputs are known."""
        return False

    def allows(self, Z, position, n_levels):
        """Levels of one input that the target does not rule out; None if all.

        A mask of shape (n_rows, n_levels).
        """

    def limits(self, Z, position, units, ends):
        """Least and greatest cells of one input, given the target; None if any.

        `ends` has the observed range of every column, as cells.
        """

    def breaks(self, Z, units):
        """Rows in which no cells of the inputs could make the target."""
        return np.zeros(len(Z), dtype=bool)

    def _solve(self, Z, position, units):
        return np.full(len(Z), np.nan)


@dataclass
class FormStep(Step):
    """target = constant + sum of coefficient x input, its absolute value if asked."""

    target: int
    terms: dict  # positions of columns -> coefficients
    constant: float = 0.0
    absolute: bool = False
    residual: int | None = None

    def is_total(self, units):
        return units.columns[self.target].kind != "boolean"

    @property
    def inputs(self):
        extra = () if self.residual is None else (self.residual,)
        return (*self.terms, *extra)

    def _compute(self, Z, units):
        form = np.full(len(Z), float(self.constant))
        for position, coefficient in self.terms.items():
            form += coefficient * units.numbers(Z[:, position], position)
        form = np.abs(form) if self.absolute else form
        return units.encode(form, self.target)

    def _solve(self, Z, position, units):
        if self.absolute:
            return super()._solve(Z, position, units)
        z = Z[:, self.target]
        z = z if self.residual is None else z - Z[:, self.residual]
        rest = units.numbers(z, self.target) - self.constant
        for other, coefficient in self.terms.items():
            if other != position:
                rest -= coefficient * units.numbers(Z[:, other], other)
        return units.encode(rest / self.terms[position], position)

    def limits(self, Z, position, units, ends):
        if self.absolute or self.residual is not None or position not in self.terms:
            return None
        rest = units.numbers(Z[:, self.target], self.target) - self.constant
        low, high = rest, rest.copy()
        for other, coefficient in self.terms.items():
            if other == position:
                continue
            known = units.numbers(Z[:, other], other)
            found = [units.numbers(np.array([end]), other)[0] for end in ends[other]]
            bounds = [np.where(np.isnan(known), end, known) for end in found]
            parts = [coefficient * bound for bound in bounds]
            low, high = low - np.maximum(*parts), high - np.minimum(*parts)
        coefficient = self.terms[position]
        found = [low / coefficient, high / coefficient]
        return [
            units.encode(x, position) for x in (found[:: int(np.sign(coefficient))])
        ]


@dataclass
class ProductStep(Step):
    """target = coefficient x product of factors / product of divisors."""

    target: int
    powers: dict  # positions of columns -> 1 or -1
    coefficient: float = 1.0
    residual: int | None = None

    def is_total(self, units):
        return min(self.powers.values()) > 0

    @property
    def inputs(self):
        extra = () if self.residual is None else (self.residual,)
        return (*self.powers, *extra)

    def _compute(self, Z, units):
        return units.encode(self._product(Z, units), self.target)

    def _product(self, Z, units, without=None):
        out = np.full(len(Z), float(self.coefficient))
        for position, power in self.powers.items():
            if position != without:
                values = units.numbers(Z[:, position], position)
                out = out * values if power > 0 else _quotient(out, values)
        return out

    def _solve(self, Z, position, units):
        z = Z[:, self.target]
        z = z if self.residual is None else z - Z[:, self.residual]
        target = units.numbers(z, self.target)
        rest = self._product(Z, units, without=position)
        if self.powers[position] > 0:
            values = _quotient(target, rest)
        else:
            values = _quotient(rest, target)
        return units.encode(values, position)


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
        return np.full(len(Z), np.nan)

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
        z, sign = units.encode(bound, self.target), self._sign
        tiny = _ROUNDING * np.maximum(np.abs(bound), 1e-300)
        past = sign * (units.numbers(z, self.target) - bound)
        z = z + sign * (past < -tiny)
        past = sign * (units.numbers(z, self.target) - bound)
        return z + sign * (past <= tiny) if strict else z


@dataclass
class LookupStep(Step):
    """target = what stands beside the determinants in the table."""

    target: int
    inputs: tuple
    keys: list = field(repr=False)  # of each determinant, its sorted encoded values
    codes: np.ndarray = field(repr=False)  # sorted codes of the seen combinations
    found: np.ndarray = field(repr=False)  # the target of each
    between: bool = False  # whether targets of other numbers lie between these

    def is_total(self, units):
        only = self.inputs[0] if len(self.inputs) == 1 else None
        return only is not None and units.columns[only].kind in ("level", "boolean")

    def compute(self, Z, units):
        code, seen = _codes(Z[:, self.inputs], self.keys)
        at = np.minimum(np.searchsorted(self.codes, code), len(self.codes) - 1)
        z = np.where(seen & (self.codes[at] == code), self.found[at], np.nan)
        if self.between:
            # a number between two that were seen
            x = Z[:, self.inputs[0]]
            new = np.isnan(z) & (self.keys[0][0] <= x) & (x <= self.keys[0][-1])
            near = np.interp(x[new], self.keys[0], self.found)
            z[new] = units.encode(units.numbers(near, self.target), self.target)
        return z

    def allows(self, Z, position, n_levels):
        if not n_levels:
            return None
        place, known = self.inputs.index(position), Z[:, self.target]
        at = np.unravel_index(self.codes, [len(keys) for keys in self.keys])
        level = self.keys[place][at[place]].astype(np.intp)
        allowed = np.zeros((len(Z), n_levels), dtype=bool)
        values, of_row = np.unique(known, return_inverse=True)
        for i, value in enumerate(values):
            allowed[np.ix_(of_row == i, np.unique(level[self.found == value]))] = True
        allowed[np.isnan(known)] = True
        if len(self.inputs) == 2:
            other = 1 - place
            known = Z[:, self.inputs[other]]
            values, of_row = np.unique(known, return_inverse=True)
            for i, value in enumerate(values):
                if not np.isnan(value):
                    beside = level[self.keys[other][at[other]] == value]
                    outside = np.setdiff1d(np.arange(n_levels), beside)
                    allowed[np.ix_(of_row == i, outside)] = False
        # what was never seen together rules nothing out
        allowed[~allowed.any(axis=1)] = True
        return allowed


def fit_lookup(Z, target, inputs, *, between=False):
    """Step that looks the target up, from rows in which the dependency holds.

    With `between`, numbers that were not seen are looked up between the nearest seen
    ones, if the target rises or falls with them.
    """
    rows = ~np.isnan(Z[:, [*inputs, target]]).any(axis=1)
    keys = [np.unique(Z[rows, j]) for j in inputs]
    code, _ = _codes(Z[np.ix_(rows, inputs)], keys)
    pairs, counts = np.unique([code, Z[rows, target]], axis=1, return_counts=True)
    # the most frequent one, where rows differ
    order = np.lexsort((-counts, pairs[0]))
    codes, first = np.unique(pairs[0][order].astype(np.int64), return_index=True)
    found = pairs[1][order][first]
    rises = np.diff(found)
    between &= len(found) > 2 and bool((rises > 0).all() or (rises < 0).all())
    return LookupStep(target, tuple(inputs), keys, codes, found, between)


@dataclass
class MemberStep(Step):
    """target = 1 where a category says so: one column of a one-hot group."""

    target: int
    group: int
    level: int
    zero: float
    one: float

    def is_total(self, units):
        return True

    @property
    def inputs(self):
        return (self.group,)

    def compute(self, Z, units):
        group = Z[:, self.group]
        z = np.where(group == self.level, self.one, self.zero)
        return np.where(np.isnan(group), np.nan, z)

    def allows(self, Z, position, n_levels):
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
    then: float
    #: whether the target is drawn before the condition
    backward: bool = False

    @property
    def inputs(self):
        return (self.condition,)

    def compute(self, Z, units):
        here = Z[:, self.condition] == self.value
        return np.where(here, self.then, np.nan)

    def allows(self, Z, position, n_levels):
        if not n_levels:
            return None
        known = Z[:, self.target]
        allowed = np.ones((len(Z), n_levels), dtype=bool)
        allowed[~np.isnan(known) & (known != self.then), int(self.value)] = False
        return allowed


def equal(first, second):
    """Whether two arrays are equal up to rounding errors; not where one is NaN."""
    with np.errstate(invalid="ignore"):
        scale = np.maximum(np.abs(first), np.abs(second))
        return np.abs(first - second) <= _ROUNDING * np.maximum(scale, 1e-300)


def _quotient(values, divisors):
    safe = np.where(divisors == 0, np.nan, divisors)
    return values / safe


def _codes(cells, keys):
    """One number for each combination of cells, and whether all cells were seen."""
    code, seen = np.zeros(len(cells), dtype=np.int64), np.ones(len(cells), dtype=bool)
    for z, known in zip(cells.T, keys, strict=True):
        at = np.minimum(np.searchsorted(known, z), len(known) - 1)
        seen &= known[at] == z
        code = code * len(known) + at
    return code, seen
