"""Rule: columns are in order in each row."""

from dataclasses import dataclass

import numpy as np

from skgen.rules._base import Rule
from skgen.rules._words import name_of


@dataclass(frozen=True, repr=False)
class Order(Rule):
    """Numbers or times never fall from one column to the next.

    Parameters
    ----------
    columns : tuple of hashable
        Names of two or more columns, from the least to the greatest.
    strict : bool, default=False
        Whether they rise: equal cells violate the rule.

    Examples
    --------
    >>> from skgen.rules import Order
    >>> rule = Order(("ordered", "shipped"))
    >>> print(rule)
    ordered <= shipped
    >>> import pandas as pd
    >>> dates = {"ordered": ["2024-01-31"] * 2, "shipped": ["2024-02-01", "2024-01-30"]}
    >>> rule.holds(pd.DataFrame(dates).astype("datetime64[s]"))
    array([ True, False])
    """

    kind = "order"

    columns: tuple = ()
    strict: bool = False

    def __post_init__(self):
        object.__setattr__(self, "columns", tuple(self.columns))
        if len(set(self.columns)) < 2:
            raise ValueError(
                f"An order needs two different columns or more; got {self.columns!r}."
            )

    def _check_kinds(self, columns):
        super()._check_kinds(columns)
        kinds = {c.kind: c for c in columns.values() if c.kind != "none"}
        numbers = kinds.keys() & {"number", "boolean"}
        if len(kinds) > 1 and len(numbers) < len(kinds):
            kind = next(iter(kinds))
            other = next(c for k, c in kinds.items() if k != kind)
            raise self._wrong_kind(other, f"{kind!r}, as the first column")

    def _check(self, values, positions):
        holds = np.ones(len(values.numbers), dtype=bool)
        before = np.full(len(values.numbers), np.nan)
        for name in self.columns:
            cells = values.numbers[:, positions[name]]
            holds &= ~((cells <= before) if self.strict else (cells < before))
            # a missing cell does not part those on its sides
            before = np.where(np.isnan(cells), before, cells)
        return holds

    def _words(self):
        return (" < " if self.strict else " <= ").join(map(name_of, self.columns))
