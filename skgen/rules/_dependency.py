"""Rule: one or two columns determine another one."""

from dataclasses import dataclass, field

import numpy as np

from skgen.rules._base import Rule
from skgen.rules._labels import LABELS, NUMERIC, positions_of
from skgen.rules._words import name_of


@dataclass(frozen=True, repr=False)
class Dependency(Rule):
    """One or two columns determine another one, as a city determines its country.

    Parameters
    ----------
    column : hashable
        Name of the column that is determined.
    determinants : tuple of hashable, or a name
        One or two names.
    values : dict, default=None
        Tuples of values of the determinants, mapped to the value of `column`. None
        takes them from the table that the rule is applied to: the most frequent one of
        each tuple.

    Examples
    --------
    >>> from skgen.rules import Dependency
    >>> rule = Dependency("state", "city", values={("Reno",): "NV", ("Waco",): "TX"})
    >>> print(rule)
    city -> state
    >>> import pandas as pd
    >>> X = pd.DataFrame({"city": ["Reno", "Waco"], "state": ["NV", "NV"]})
    >>> rule.holds(X)
    array([ True, False])
    """

    kind = "dependency"
    accepts = (*NUMERIC, *LABELS)

    column: object
    determinants: tuple
    values: dict | None = field(default=None, hash=False)

    def __post_init__(self):
        if isinstance(self.determinants, list):
            object.__setattr__(self, "determinants", tuple(self.determinants))
        elif not isinstance(self.determinants, tuple):
            object.__setattr__(self, "determinants", (self.determinants,))

    @property
    def columns(self):
        return self.column, *self.determinants

    def _check(self, values, positions):
        y = values.numbers[:, positions[self.column]]
        X = values.numbers[:, [positions[name] for name in self.determinants]]
        observed = ~np.isnan(np.column_stack([X, y])).any(axis=1)
        if self.values is None:
            return ~observed | _is_most_frequent(X, y, observed)
        keys, images = list(self.values), list(self.values.values())
        at = self._position_of_keys(values, positions, keys)
        column = values.columns[positions[self.column]]
        distinct = list(dict.fromkeys(images))
        # one entry more for rows whose key is not listed
        image = np.array([*map(distinct.index, images), -1])[at]
        found = positions_of(column, distinct)(y)
        return ~observed | (at < 0) | (image == found)

    def _position_of_keys(self, values, positions, keys):
        """Position in `keys` of what each row holds, -1 if it is not listed."""
        codes, places = 0, np.zeros(len(keys), dtype=np.int64)
        listed = np.ones(len(values.numbers), dtype=bool)
        for i, name in enumerate(self.determinants):
            labels = list(dict.fromkeys(key[i] for key in keys))
            column = values.columns[positions[name]]
            found = positions_of(column, labels)(values.numbers[:, positions[name]])
            listed &= found >= 0
            number = {label: at for at, label in enumerate(labels)}
            own = np.array([number[key[i]] for key in keys], dtype=np.int64)
            codes, places = codes * len(labels) + found, places * len(labels) + own
        if not len(keys):
            return np.full(len(listed), -1)
        order = np.argsort(places)
        at = np.searchsorted(places[order], codes).clip(0, len(keys) - 1)
        same = listed & (places[order][at] == codes)
        return np.where(same, order[at], -1)

    def _words(self):
        determinants = ", ".join(map(name_of, self.determinants))
        if len(self.determinants) > 1:
            determinants = f"({determinants})"
        return f"{determinants} -> {name_of(self.column)}"


def _is_most_frequent(X, y, observed):
    """Whether rows hold the most frequent y of the rows with the same x."""
    holds = np.ones(len(y), dtype=bool)
    if not observed.any():
        return holds
    rows = np.flatnonzero(observed)
    _, x = np.unique(X[rows], axis=0, return_inverse=True)
    values, y = np.unique(y[rows], return_inverse=True)
    pair = x.reshape(-1) * len(values) + y
    pairs, of_row, counts = np.unique(pair, return_inverse=True, return_counts=True)
    order = np.lexsort([-counts, pairs // len(values)])
    group = pairs[order] // len(values)
    first = np.append(True, group[1:] != group[:-1])
    best = np.zeros(len(pairs), dtype=bool)
    best[order[first]] = True
    holds[rows] = best[of_row]
    return holds
