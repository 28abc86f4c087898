"""Rule: a column is a copy of another one."""

from dataclasses import dataclass, field

import numpy as np

from skgen.rules._base import ROUNDING, Rule
from skgen.rules._labels import LABELS, NUMERIC, positions_of
from skgen.rules._words import linear, name_of, within


@dataclass(frozen=True, repr=False)
class Copy(Rule):
    """A column is a copy of another one, on another scale or under other labels.

    Parameters
    ----------
    column : hashable
        Name of the column.
    of : hashable
        Name of the column that it is a copy of.
    factor, offset : float, default=1.0 and 0.0
        ``column = factor * of + offset``. The offset between times is in seconds.
    values : dict, default=None
        Values of `of` mapped one to one to those of `column`. Takes the place of
        `factor` and `offset`.
    tolerance : float, default=0.0
        Largest difference that is no violation.

    Examples
    --------
    >>> from skgen.rules import Copy
    >>> rule = Copy("fahrenheit", "celsius", factor=1.8, offset=32)
    >>> print(rule)
    fahrenheit = 1.8 celsius + 32
    >>> import pandas as pd
    >>> rule.holds(pd.DataFrame({"celsius": [0, 10], "fahrenheit": [32, 60]}))
    array([ True, False])
    """

    kind = "copy"
    accepts = (*NUMERIC, *LABELS)

    column: object
    of: object
    factor: float = 1.0
    offset: float = 0.0
    values: dict | None = field(default=None, hash=False)
    tolerance: float = 0.0

    @property
    def columns(self):
        return self.column, self.of

    def _check_kinds(self, columns):
        super()._check_kinds(columns)
        kinds = {column.kind for column in columns.values()} - {"none"}
        if self.values is None and "level" in kinds and kinds != {"level"}:
            column = next(c for c in columns.values() if c.kind == "level")
            raise self._wrong_kind(column, "a number, or both to be categories")

    def _check(self, values, positions):
        column, of = positions[self.column], positions[self.of]
        if self.values is not None:
            return self._check_labels(values, column, of)
        if values.columns[column].kind == "level":
            return self._check_same(values, column, of)
        y, x = values.as_numbers(column), values.as_numbers(of)
        rounding = ROUNDING * (np.abs(y) + np.abs(self.factor * x) + abs(self.offset))
        residual = np.abs(y - self.factor * x - self.offset)
        return ~(residual > self.tolerance + rounding)

    def _check_labels(self, values, column, of):
        labels, images = list(self.values), list(self.values.values())
        numbers = values.numbers
        at = positions_of(values.columns[of], labels)(numbers[:, of])
        image = positions_of(values.columns[column], images)(numbers[:, column])
        either = (at >= 0) | (image >= 0)  # pairs of new values may be anything
        return (at == image) | ~either | np.isnan(numbers[:, [column, of]]).any(axis=1)

    @staticmethod
    def _check_same(values, column, of):
        labels = values.columns[of].categories
        place = positions_of(values.columns[column], labels)(values.numbers[:, column])
        cells = values.numbers[:, [column, of]]
        return (place == cells[:, 1]) | np.isnan(cells).any(axis=1)

    def _words(self):
        if self.values is not None:
            return f"{name_of(self.column)} and {name_of(self.of)} are one to one"
        form = linear({self.of: self.factor}, self.offset)
        return f"{name_of(self.column)} = {form}{within(self.tolerance)}"
