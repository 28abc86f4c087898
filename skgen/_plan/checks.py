"""Rules that rows keep because others are drawn again, and orders in place of these."""

from dataclasses import dataclass

import numpy as np

#: nats by which distances may be less regular than the column that they replace
_SLACK = 0.05


@dataclass(frozen=True)
class OrderCheck:
    """An order that rows keep because others are drawn again."""

    lower: int
    upper: int
    strict: bool

    @property
    def columns(self):
        """Its columns."""
        return self.lower, self.upper

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        low = units.numbers(Z[:, self.lower], self.lower)
        high = units.numbers(Z[:, self.upper], self.upper)
        tiny = 1e-9 * np.maximum(np.abs(low), np.abs(high))
        wrong = low > high + tiny
        if self.strict:
            wrong |= np.abs(low - high) <= tiny
        return ~wrong

    def limits(self, Z, position, units):
        """Least and greatest cells of one of the columns, given the other."""
        low, high = np.full(len(Z), -np.inf), np.full(len(Z), np.inf)
        if position == self.upper:
            low = units.encode(units.numbers(Z[:, self.lower], self.lower), position)
        elif position == self.lower:
            high = units.encode(units.numbers(Z[:, self.upper], self.upper), position)
        return low, high


@dataclass(frozen=True)
class ImpliedCheck:
    """An implication that rows keep because others are drawn again."""

    target: int
    condition: int
    value: float
    then: float

    @property
    def columns(self):
        """Its columns."""
        return self.condition, self.target

    @property
    def upper(self):
        """The column that is at fault where it is broken."""
        return self.target

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        z = Z[:, self.target]
        here = Z[:, self.condition] == self.value
        return ~here | np.isnan(z) | (z == self.then)

    def limits(self, Z, position, units):
        """No limits."""
        return np.full(len(Z), -np.inf), np.full(len(Z), np.inf)


@dataclass(frozen=True)
class SignCheck:
    """A difference that no row holds below 0: rows below it are drawn again."""

    target: int

    @property
    def upper(self):
        """The column that is at fault where it is broken."""
        return self.target

    def holds(self, Z, units):
        """Rows that keep it; those in which the cell is missing do."""
        return ~(units.numbers(Z[:, self.target], self.target) < 0)

    def limits(self, Z, position, units):
        """No limits."""
        return np.full(len(Z), -np.inf), np.full(len(Z), np.inf)


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
