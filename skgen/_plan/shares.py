"""Parts of a constant, such as shares that sum to 1.

Which part is the largest is drawn first, the other parts in their own units, and the
largest is what is left.
"""

from dataclasses import dataclass

import numpy as np

from skgen._plan.steps import Step


@dataclass
class LargestPart:
    """Which of some columns is the largest, as a level."""

    columns: tuple

    def measure(self, Z, units):
        """Its position; NaN where a part is missing."""
        values = numbers_of(self.columns, Z, units)
        missing = np.isnan(values).any(axis=1)
        largest = np.where(missing[:, None], 0.0, values).argmax(axis=1)
        return np.where(missing, np.nan, largest)


@dataclass
class OtherPart:
    """A part where it is not the largest; NaN elsewhere."""

    columns: tuple
    level: int

    def measure(self, Z, units):
        """Encoded cells of the part."""
        largest = LargestPart(self.columns).measure(Z, units)
        z = Z[:, self.columns[self.level]]
        return np.where(largest == self.level, np.nan, z)


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
class PartsCheck:
    """The largest part is what it is called, and not below its range."""

    columns: tuple
    group: int
    lowest: tuple

    @property
    def upper(self):
        """The column that is at fault where it is broken."""
        return self.columns[0]

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        values, largest = numbers_of(self.columns, Z, units), Z[:, self.group]
        known = ~np.isnan(values).any(axis=1) & ~np.isnan(largest)
        wrong = (values < np.array(self.lowest)).any(axis=1)
        at = np.where(known, largest, 0).astype(np.intp)
        own = values[np.arange(len(Z)), at]
        wrong |= own < values.max(axis=1)
        return ~(known & wrong)

    def limits(self, Z, position, units):
        """No limits."""
        return np.full(len(Z), -np.inf), np.full(len(Z), np.inf)


def numbers_of(columns, Z, units):
    """Numbers of some columns, of shape (n_rows, n_columns)."""
    return np.column_stack([units.numbers(Z[:, at], at) for at in columns])
