"""Rules that rows keep because others are drawn again, and orders in place of these."""

from dataclasses import dataclass

import numpy as np

#: relative rounding error of sums of numbers
ROUNDING = 1e-9
#: relative distance of numbers that differ
_APART = 2e-9
#: nats by which distances may be less regular than the column that they replace
_SLACK = 0.05


class Check:
    """Base of checks: which rows keep a rule; by default no range follows from it."""

    @property
    def fault(self):
        """The column that is at fault where it is broken."""
        return self.target

    #: columns that are limited by some of the others, before the last one is drawn
    drawn = ()

    def limits(self, Z, position, units):
        """Least and greatest cells of one of the columns, given the others."""
        return np.full(len(Z), -np.inf), np.full(len(Z), np.inf)

    def excluded(self, Z, position, units):
        """Cells of one of the columns that the others rule out; None if they cannot.

        An array of shape (n_rows, n_values), padded with NaN.
        """

    def levels(self, Z, position):
        """A level of one of the columns; None if no level follows from the others.

        The only one of a target, the one that is ruled out of a condition. NaN where
        nothing follows.
        """


@dataclass(frozen=True)
class OrderCheck(Check):
    """An order that rows keep because others are drawn again."""

    lower: int
    upper: int
    strict: bool

    @property
    def columns(self):
        """Its columns."""
        return self.lower, self.upper

    @property
    def fault(self):
        """The column that is at fault where it is broken."""
        return self.upper

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        low = units.numbers(Z[:, self.lower], self.lower)
        high = units.numbers(Z[:, self.upper], self.upper)
        tiny = ROUNDING * np.maximum(np.abs(low), np.abs(high))
        wrong = low > high + tiny
        if self.strict:
            wrong |= np.abs(low - high) <= tiny
        return ~wrong

    def limits(self, Z, position, units):
        """Least and greatest cells of one of the columns, given the other."""
        low, high = np.full(len(Z), -np.inf), np.full(len(Z), np.inf)
        if position == self.upper:
            bound = units.numbers(Z[:, self.lower], self.lower)
            low = first_cell(bound, position, units, 1.0, self.strict)
        elif position == self.lower:
            bound = units.numbers(Z[:, self.upper], self.upper)
            high = first_cell(bound, position, units, -1.0, self.strict)
        return np.fmax(low, -np.inf), np.fmin(high, np.inf)


@dataclass(frozen=True)
class ImpliedCheck(Check):
    """An implication that rows keep because others are drawn again."""

    target: int
    condition: int
    value: float
    then: float

    @property
    def columns(self):
        """Its columns."""
        return self.condition, self.target

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        z = Z[:, self.target]
        here = Z[:, self.condition] == self.value
        return ~here | np.isnan(z) | (z == self.then)

    def limits(self, Z, position, units):
        """Both are the cell that the target must hold, where it must."""
        low, high = super().limits(Z, position, units)
        if position != self.target:
            return low, high
        here = Z[:, self.condition] == self.value
        return np.where(here, self.then, low), np.where(here, self.then, high)

    def excluded(self, Z, position, units):
        """The value of the condition, where the target is not what follows from it."""
        if position != self.condition:
            return None
        return self.levels(Z, position)[:, None]

    def levels(self, Z, position):
        """What the target must hold, or the condition must not; NaN for nothing."""
        if position == self.condition:
            z = Z[:, self.target]
            return np.where(np.isnan(z) | (z == self.then), np.nan, self.value)
        here = Z[:, self.condition] == self.value
        return np.where(here, self.then, np.nan)


@dataclass(frozen=True)
class SignCheck(Check):
    """A difference that no row holds below 0: rows below it are drawn again."""

    target: int

    @property
    def columns(self):
        """Its column."""
        return (self.target,)

    def holds(self, Z, units):
        """Rows that keep it; those in which the cell is missing do."""
        return ~(units.numbers(Z[:, self.target], self.target) < 0)

    def limits(self, Z, position, units):
        """From 0 on."""
        low, high = super().limits(Z, position, units)
        if position == self.target:
            low[:] = units.encode(np.zeros(1), position)[0]
        return low, high


def first_cell(bound, position, units, sign, strict):
    """The nearest cell of a column that is not below some numbers, or not above them.

    Parameters
    ----------
    bound : ndarray of shape (n_rows,)
        In the units of the column.
    position : int
    units : Units
    sign : {1.0, -1.0}
        1 for cells that are not below.
    strict : bool
        Whether the cell must differ.
    """
    z, size = units.encode(bound, position), np.maximum(np.abs(bound), 1e-300)
    if not units.codec.columns_[position].integer_valued:
        return z + sign * _APART * size if strict else z
    tiny = ROUNDING * size
    past = sign * (units.numbers(z, position) - bound)
    z = z + sign * (past < -tiny)
    past = sign * (units.numbers(z, position) - bound)
    return z + sign * (past <= tiny) if strict else z


def directions(low, high):
    """Which of two ordered columns to describe by its distance from the other.

    A distance replaces a column well if it is not less regular: if the entropy of its
    values is not higher. Few values, such as those of a round limit, would be lost.

    Parameters
    ----------
    low, high : ndarray of shape (n_rows,)
        Numbers of the columns; NaN is a missing cell.

    Returns
    -------
    targets : list of {"upper", "lower"}
        The better one first; empty if neither should be replaced.
    """
    known = ~np.isnan(low) & ~np.isnan(high)
    if not known.any():
        return []
    low, high = low[known], high[known]
    distance = _entropy(np.round(high - low, 9))
    gains = {"upper": _entropy(high) - distance, "lower": _entropy(low) - distance}
    good = [target for target, gain in gains.items() if gain >= -_SLACK]
    return sorted(good, key=lambda target: -gains[target])


def _entropy(x):
    _, counts = np.unique(x, return_counts=True)
    share = counts / counts.sum()
    return -(share * np.log(share)).sum()
