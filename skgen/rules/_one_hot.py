"""Rule: exactly one of several columns is 1."""

from dataclasses import dataclass

import numpy as np

from skgen.rules._base import Rule
from skgen.rules._words import name_of


@dataclass(frozen=True, repr=False)
class OneHot(Rule):
    """Exactly one of several columns of 0 and 1, or of booleans, is 1 or True.

    Parameters
    ----------
    columns : tuple of hashable
        Names of two or more columns.

    Examples
    --------
    >>> from skgen.rules import OneHot
    >>> rule = OneHot(("bus", "car", "bike"))
    >>> print(rule)
    exactly one of bus, car, bike
    >>> import pandas as pd
    >>> rule.holds(pd.DataFrame({"bus": [0, 1], "car": [1, 1], "bike": [0, 0]}))
    array([ True, False])
    """

    kind = "one_hot"
    accepts = ("number", "boolean")

    columns: tuple = ()

    def __post_init__(self):
        object.__setattr__(self, "columns", tuple(self.columns))
        if len(set(self.columns)) < 2:
            raise ValueError(
                f"A one-hot group needs two columns or more; got {self.columns!r}."
            )

    def _check(self, values, positions):
        cells = np.stack([values.as_numbers(at) for at in positions.values()])
        missing = np.isnan(cells)
        binary = (np.isin(cells, (0, 1)) | missing).all(axis=0)
        total = np.where(missing, 0, cells).sum(axis=0)
        # a missing cell may be the one
        return binary & ((total == 1) | (missing.any(axis=0) & (total == 0)))

    def _words(self):
        return f"exactly one of {', '.join(map(name_of, self.columns))}"
