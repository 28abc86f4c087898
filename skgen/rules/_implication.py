"""Rule: a value of one column implies a value of another."""

from dataclasses import dataclass

import numpy as np

from skgen.rules._base import Rule
from skgen.rules._labels import LABELS, NUMERIC, is_equal, number_of
from skgen.rules._words import name_of


@dataclass(frozen=True, repr=False)
class Implication(Rule):
    """Where a column holds one value, another one holds a given value or is missing.

    Parameters
    ----------
    condition : hashable
        Name of the column that the rule depends on.
    value : object
        Value of `condition`; None where it is missing.
    column : hashable
        Name of the column of which something follows.
    then : object
        Value that `column` has there; None if it is missing.

    Notes
    -----
    Values are labels, numbers in the units of the table, or dates as text of ISO 8601.

    Examples
    --------
    >>> from skgen.rules import Implication
    >>> rule = Implication("phone", "No", "lines", "No phone")
    >>> print(rule)
    phone is 'No' -> lines is 'No phone'
    >>> import pandas as pd
    >>> X = pd.DataFrame({"phone": ["No", "No"], "lines": ["No phone", "Two"]})
    >>> rule.holds(X)
    array([ True, False])
    """

    kind = "implication"
    accepts = (*NUMERIC, *LABELS)

    condition: object
    value: object
    column: object
    then: object

    @property
    def columns(self):
        return self.condition, self.column

    def _check(self, values, positions):
        applies = _holds(values, positions[self.condition], self.value)
        at = positions[self.column]
        follows = _holds(values, at, self.then)
        if self.then is not None:
            follows |= np.isnan(values.numbers[:, at])
        return ~applies | follows

    def _words(self):
        condition = f"{name_of(self.condition)} is {_value(self.value)}"
        return f"{condition} -> {name_of(self.column)} is {_value(self.then)}"


def _value(value):
    if isinstance(value, float):
        return f"{value:.10g}"
    return "missing" if value is None else repr(value)


def _holds(values, position, value):
    """Which rows hold a value, or a missing cell for None."""
    numbers = values.numbers[:, position]
    if value is None:
        return np.isnan(numbers)
    return is_equal(numbers, number_of(values.columns[position], value))
