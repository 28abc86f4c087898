"""Parts of a constant, such as shares that sum to 1.

Which part is the largest is drawn first, the other parts in their own units, and the
largest is what is left.
"""

from dataclasses import dataclass

import numpy as np

from skgen._plan.checks import Check
from skgen._plan.steps import ROUNDING, Step


@dataclass
class LargestPart:
    """Which of some columns is the largest, as a level."""

    columns: tuple
    constant: float

    def measure(self, Z, units):
        """Its position; NaN where parts that are missing may be the largest."""
        values = numbers_of(self.columns, Z, units)
        rest = self.constant - np.nansum(values, axis=1)
        # a single part that is missing is what is left
        single = np.isnan(values) & (np.isnan(values).sum(axis=1, keepdims=True) == 1)
        values = np.where(single, rest[:, None], values)
        known = np.where(np.isnan(values), -np.inf, values)
        sure = ~np.isnan(values).any(axis=1) | (known.max(axis=1) > rest)
        return np.where(sure, _first_largest(known), np.nan)


@dataclass
class OtherPart:
    """A part where it is not the largest; NaN elsewhere."""

    columns: tuple
    constant: float
    level: int

    def measure(self, Z, units):
        """Encoded cells of the part."""
        largest = LargestPart(self.columns, self.constant).measure(Z, units)
        z = Z[:, self.columns[self.level]]
        return np.where(np.isnan(largest) | (largest == self.level), np.nan, z)


@dataclass
class PartStep(Step):
    """A part: what is drawn, or what is left of the constant if it is the largest."""

    target: int
    level: int  # of the largest part, if it is this one
    group: int  # which part is the largest
    columns: tuple  # of the table
    others: tuple  # the same where they are not the largest
    constant: float

    @property
    def inputs(self):
        return (self.group, *self.others)

    @property
    def beside(self):
        return [at for at in self.columns if at != self.target]

    def is_total(self, units):
        return True

    def compute(self, Z, units):
        z = Z[:, self.others[self.level]]
        left = units.encode(self._rest(Z, units, self.level), self.target)
        largest = Z[:, self.group]
        z = np.where(largest == self.level, left, z)
        return np.where(np.isnan(largest), np.nan, z)

    def solve(self, Z, position, units):
        z, largest = Z[:, self.target], Z[:, self.group]
        if position == self.others[self.level]:
            return np.where(np.isnan(largest) | (largest == self.level), np.nan, z)
        if position not in self.others:
            return np.full(len(Z), np.nan)
        at = self.others.index(position)
        rest = self._rest(Z, units, self.level, at)
        rest = rest - units.numbers(z, self.target)
        found = units.encode(rest, self.columns[at])
        return np.where(largest == self.level, found, np.nan)

    def allows(self, Z, position, n_levels, units, ends):
        values, rest = self._known(Z, units)
        greatest = np.where(np.isnan(values), rest[:, None], values)
        least = np.fmax.reduce(values, axis=1, initial=-np.inf)
        return greatest >= least[:, None] - ROUNDING * self.constant

    def limits(self, Z, position, units, ends):
        if position == self.group:
            return None
        at, largest = self.others.index(position), Z[:, self.group]
        values, rest = self._known(Z, units)
        level = np.where(np.isnan(largest), 0, largest).astype(np.intp)
        own = values[np.arange(len(Z)), level]
        # what is left is for this part and the largest
        most = np.where(np.isnan(own), rest / 2, np.minimum(own, rest))
        free = np.isnan(Z[:, self.columns]).all(axis=1)
        most[free | np.isnan(largest) | (level == at)] = np.nan
        nothing = np.full(len(Z), np.nan)
        return nothing, _encode_below(most, self.columns[at], units)

    def _known(self, Z, units):
        """Numbers of the parts, NaN where unknown, and what is left for these."""
        values = numbers_of(self.columns, Z, units)
        others = numbers_of(self.others, Z, units, of=self.columns)
        values = np.where(np.isnan(values), others, values)
        return values, self.constant - np.nansum(values, axis=1)

    def _rest(self, Z, units, *without):
        """The constant less the other parts."""
        rest = np.full(len(Z), self.constant)
        for level, (column, other) in enumerate(
            zip(self.columns, self.others, strict=True)
        ):
            if level not in without:
                rest -= units.numbers(Z[:, other], column)
        return rest


@dataclass(frozen=True)
class PartsCheck(Check):
    """The largest part is what it is called, and not below its range."""

    columns: tuple
    group: int
    lowest: tuple
    others: tuple  # the same where they are not the largest
    constant: float

    @property
    def drawn(self):
        """Columns whose ranges follow from those of them that are drawn before."""
        return self.others

    @property
    def fault(self):
        """The column that is at fault where it is broken."""
        return self.columns[0]

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        values, largest = numbers_of(self.columns, Z, units), Z[:, self.group]
        known = ~np.isnan(values).any(axis=1) & ~np.isnan(largest)
        wrong = (values < np.array(self.lowest)).any(axis=1)
        # of equal ones the first: a row is drawn in one way only
        wrong |= _first_largest(np.where(known[:, None], values, 0.0)) != largest
        return ~(known & wrong)

    def limits(self, Z, position, units):
        """Below what keeps the largest part above all known ones."""
        low, high = super().limits(Z, position, units)
        if position not in self.others:
            return low, high
        at, known = self.others.index(position), [*self.others]
        known.remove(position)
        of = [column for i, column in enumerate(self.columns) if i != at]
        values = numbers_of(known, Z, units, of=of)
        rest = self.constant - np.nansum(values, axis=1)
        most = np.fmax.reduce(values, axis=1, initial=-np.inf)
        # parts may be as large as the largest, up to rounding errors of the sum
        bound = np.minimum(rest / 2, rest - most) + ROUNDING * abs(self.constant)
        found = _encode_below(bound, self.columns[at], units)
        return low, np.where(np.isnan(Z[:, self.group]), high, found)


def _first_largest(values):
    """Position of the first of the largest numbers of rows, up to rounding errors."""
    most = values.max(axis=1, keepdims=True)
    return (values >= most - ROUNDING * np.abs(most)).argmax(axis=1)


def numbers_of(columns, Z, units, of=None):
    """Numbers of some columns, of shape (n_rows, n_columns).

    `of` are the columns of the table in whose units they are, if they are others.
    """
    pairs = zip(columns, columns if of is None else of, strict=True)
    return np.column_stack([units.numbers(Z[:, at], own) for at, own in pairs])


def _encode_below(numbers, position, units):
    """The nearest cells that are not above some numbers."""
    z, step = units.encode(numbers, position), units.step(position)
    above = units.numbers(z, position) > numbers + ROUNDING * np.abs(numbers)
    return z - (above & (step > 0))
