"""`Rule`: what columns of a table have to do with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from skgen.rules._labels import NUMERIC
from skgen.rules._reading import read_values

_RULES = {}  # classes by the names of their kinds
#: rounding errors that are no violation, relative to the numbers that are added
ROUNDING = 1e-12


@dataclass(frozen=True)
class Rule:
    """Base class of rules between columns.

    A subclass is a frozen dataclass with a `kind`, the kinds of columns that it
    `accepts`, and implements `columns`, `_check` and `_words`.
    """

    kind = None
    accepts = NUMERIC

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        _RULES[cls.kind] = cls

    @property
    def columns(self):
        """Names of the columns that the rule is about, without repetition."""

    def holds(self, X, *, schema=None):
        """Whether the rule holds in each row of a table.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A dataframe, array or list of rows, with the columns of the rule.
        schema : Schema or dict, default=None
            What is known of its columns, as in `TableCodec`.

        Returns
        -------
        holds : ndarray of bool of shape (n_samples,)
            True where a cell that the rule needs is missing, unless the rule is about
            missing cells.

        Raises
        ------
        ValueError
            If a column is not in the table, or is of a kind to which the rule cannot
            apply.
        """
        return self.check(read_values(X, schema=schema, names=self.columns))

    def check(self, values):
        """Whether the rule holds in each row, as `holds`, in the numbers of a table.

        Parameters
        ----------
        values : Values
            As ``TableCodec.values`` returns them.

        Returns
        -------
        holds : ndarray of bool of shape (n_samples,)
        """
        with np.errstate(all="ignore"):  # of cells that are missing or huge
            return self._check(values, self.validate(values.columns))

    def validate(self, columns):
        """Find the columns of the rule; an error unless it can apply to them.

        Parameters
        ----------
        columns : sequence of ValueColumn
            Those of a table.

        Returns
        -------
        positions : dict
            Position of each column of the rule by its name.

        Raises
        ------
        ValueError
            If a column is not in the table, or is of a kind to which the rule cannot
            apply.
        """
        known = {column.name: at for at, column in enumerate(columns)}
        for name in self.columns:
            if name not in known:
                listed = ", ".join(map(repr, list(known)[:10]))
                raise ValueError(
                    f"The rule {str(self)!r} names the column {name!r}, which the "
                    f"table does not have. Its columns are {listed}"
                    f"{', ...' if len(known) > 10 else ''}."
                )
        positions = {name: known[name] for name in self.columns}
        self._check_kinds({name: columns[at] for name, at in positions.items()})
        return positions

    def _check_kinds(self, columns):
        for column in columns.values():
            # nothing is known of a column without an observed cell
            if column.kind not in (*self.accepts, "none") and not column.is_numeric:
                raise self._wrong_kind(column, f"one of the kinds {self.accepts}")

    def _wrong_kind(self, column, expected):
        return ValueError(
            f"The rule {str(self)!r} needs the column {column.name!r} to be "
            f"{expected}, but it is {column.kind!r}. Correct the rule, or the kind of "
            "the column in schema."
        )

    def _check(self, values, positions):
        """What `check` returns; `positions` are those of `validate`."""

    def _words(self):
        """The rule in plain words."""

    def __str__(self):
        return self._words()

    def __repr__(self):
        return f"<{type(self).__name__}: {self._words()}>"

    def to_dict(self):
        """The rule as a dict that JSON can hold.

        Returns
        -------
        described : dict
            Its key "kind" says which rule it is. Dicts are lists of pairs, because
            objects of JSON have texts as keys only.
        """
        out = {"kind": self.kind}
        for part in fields(self):
            out[part.name] = _to_plain(getattr(self, part.name))
        return out

    @staticmethod
    def from_dict(described):
        """Inverse of `to_dict`.

        Parameters
        ----------
        described : dict

        Returns
        -------
        rule : Rule

        Raises
        ------
        ValueError
            If the key "kind" is none of a rule.
        """
        parts = dict(described)
        kind = parts.pop("kind", None)
        if kind not in _RULES:
            raise ValueError(
                f"{described!r} describes no rule: its key 'kind' must be one of "
                f"{sorted(_RULES)}."
            )
        cls = _RULES[kind]
        known = {part.name: part for part in fields(cls)}
        unknown = [name for name in parts if name not in known]
        if unknown:
            raise ValueError(
                f"A rule of the kind {kind!r} has no {unknown[0]!r}, only "
                f"{list(known)}."
            )
        return cls(**{n: _from_plain(v, known[n].hash) for n, v in parts.items()})


def _to_plain(value):
    if isinstance(value, Mapping):
        return [[_to_plain(key), _to_plain(item)] for key, item in value.items()]
    if isinstance(value, tuple | list):
        return list(map(_to_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _from_plain(value, hashed):
    value = _to_tuples(value)
    return dict(value) if hashed is False and value is not None else value


def _to_tuples(value):
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value
