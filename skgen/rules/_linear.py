"""Rules: a column is a sum of others, or its absolute value."""

from dataclasses import dataclass, field

import numpy as np

from skgen.rules._base import ROUNDING, Rule
from skgen.rules._words import linear, name_of, within


def _linear_form(values, positions, coefficients, constant):
    """Sum of columns, and the sum of the sizes of what is added."""
    total = np.full(len(values.numbers), float(constant))
    size = np.abs(total)
    for name, factor in coefficients.items():
        term = factor * values.as_numbers(positions[name])
        total, size = total + term, size + np.abs(term)
    return total, size


@dataclass(frozen=True, repr=False)
class Linear(Rule):
    """A column is a sum of others: a total, a difference, a share of what is left.

    Parameters
    ----------
    column : hashable
        Name of the column.
    coefficients : dict
        Names of other columns, mapped to what each is multiplied by. Booleans are 0
        and 1, times and durations are in seconds.
    constant : float, default=0.0
        ``column = constant + sum of coefficient * other``.
    tolerance : float, default=0.0
        Largest difference that is no violation, in the units of `column`.

    Examples
    --------
    >>> from skgen.rules import Linear
    >>> rule = Linear("total", {"net": 1, "tax": 1})
    >>> print(rule)
    total = net + tax
    >>> import pandas as pd
    >>> X = pd.DataFrame({"net": [10.1, 5.0], "tax": [0.2, 1.0], "total": [10.3, 6.5]})
    >>> rule.holds(X)
    array([ True, False])
    """

    kind = "linear"

    column: object
    coefficients: dict = field(hash=False)
    constant: float = 0.0
    tolerance: float = 0.0

    @property
    def columns(self):
        return self.column, *self.coefficients

    def _check(self, values, positions):
        y = values.as_numbers(positions[self.column])
        form, size = _linear_form(values, positions, self.coefficients, self.constant)
        rounding = ROUNDING * (np.abs(y) + size)
        return ~(np.abs(y - form) > self.tolerance + rounding)

    def _words(self):
        form = linear(self.coefficients, self.constant)
        return f"{name_of(self.column)} = {form}{within(self.tolerance)}"


@dataclass(frozen=True, repr=False)
class Absolute(Linear):
    """A column is the absolute value of another one, or of a sum of others.

    Parameters
    ----------
    column : hashable
        Name of the column.
    coefficients : dict
        Names of other columns, mapped to what each is multiplied by.
    constant : float, default=0.0
        ``column = abs(constant + sum of coefficient * other)``.
    tolerance : float, default=0.0
        Largest difference that is no violation, in the units of `column`.

    Examples
    --------
    >>> from skgen.rules import Absolute
    >>> rule = Absolute("distance", {"end": 1, "start": -1})
    >>> print(rule)
    distance = |end - start|
    >>> import pandas as pd
    >>> X = pd.DataFrame({"start": [1, 5], "end": [4, 2], "distance": [3, -3]})
    >>> rule.holds(X)
    array([ True, False])
    """

    kind = "absolute"

    def _check(self, values, positions):
        y = values.as_numbers(positions[self.column])
        form, size = _linear_form(values, positions, self.coefficients, self.constant)
        rounding = ROUNDING * (np.abs(y) + size)
        return ~(np.abs(y - np.abs(form)) > self.tolerance + rounding)

    def _words(self):
        form = linear(self.coefficients, self.constant)
        return f"{name_of(self.column)} = |{form}|{within(self.tolerance)}"
