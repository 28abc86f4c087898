"""What is known of the columns of a table, in the user's own units."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta

import numpy as np

from skgen._table.cells import column_error
from skgen._table.faults import Faults
from skgen._table.schema.words import as_html, as_lines


def _nothing():
    return field(default_factory=dict)


@dataclass(frozen=True)
class ColumnSchema:
    """What is known of one column.

    Parameters
    ----------
    name : hashable
        Name of the column, or its position in arrays.
    kind : str
        "continuous", "integer", "categorical", "boolean", "datetime", "timedelta",
        "identifier", or "missing" for a column without an observed cell.
    step : float, str or None, default=None
        Distance between neighbouring values of the grid that the column is on: a
        number, or for times words such as ``"15 minutes"`` or ``"month end"``. None if
        there is no grid.
    lower, upper : object, default=None
        Least and greatest value.
    point_masses : dict, default={}
        Values that stand for themselves, mapped to their share of the observed cells.
    widths : dict, default={}
        Rare ones of these, mapped to the length over which a score spreads each.
    categories : dict, default={}
        Categories in their order, mapped to their share of the observed cells.
    ordered : bool, default=False
        Whether the categories have an order.
    written : dict or str, default=None
        Form in which text holds numbers or dates: ``{"number": "$#,##0.00"}``,
        ``{"date": "%d/%m/%Y"}`` or ``{"duration": "%H:%M"}``.
    other_texts : dict, default={}
        Texts of such a column that have another form, mapped to their share.
    pattern : str, default=None
        Of identifiers, how they are spelled.
    missing : float, default=0.0
        Share of the cells that are missing.
    """

    name: object
    kind: str
    step: object = None
    lower: object = None
    upper: object = None
    point_masses: Mapping = _nothing()
    widths: Mapping = _nothing()
    categories: Mapping = _nothing()
    ordered: bool = False
    written: object = None
    other_texts: Mapping = _nothing()
    pattern: str | None = None
    missing: float = 0.0

    def to_dict(self):
        """Facts as a dict that JSON can hold.

        Returns
        -------
        facts : dict
            Without those that are at their default. Dates are text of ISO 8601,
            durations are seconds.
        """
        out = {}
        for fact in fields(self):
            value = getattr(self, fact.name)
            if fact.name in _MAPPINGS:
                # objects of JSON have names only
                value = [[_to_plain(key), share] for key, share in value.items()]
            if fact.name in ("name", "kind") or value not in (None, [], False, 0.0):
                out[fact.name] = _to_plain(value)
        return out

    @classmethod
    def from_dict(cls, facts):
        """Inverse of `to_dict`.

        Parameters
        ----------
        facts : dict
        """
        facts = {
            name: dict(map(tuple, value)) if name in _MAPPINGS else value
            for name, value in facts.items()
        }
        return cls(**facts)

    def facts(self):
        """Facts by their names, as `schema` takes them for one column."""
        return {fact.name: getattr(self, fact.name) for fact in fields(self)[1:]}


_MAPPINGS = ("point_masses", "widths", "categories", "other_texts")
FACTS = tuple(fact.name for fact in fields(ColumnSchema)[1:])


_READERS = {}  # functions by the parts of a schema that they read


def reads_part(part):
    """Decorate the function that reads a part of a schema for layers above this one.

    Parameters
    ----------
    part : str
        Key of `Schema.to_dict`, whose value the function gets.
    """

    def register(read):
        _READERS[part] = read
        return read

    return register


class Schema(Mapping):
    """What is known of the columns of a table: a mapping of their names.

    Parameters
    ----------
    columns : iterable of ColumnSchema
    rules : RuleList or sequence of Rule, default=()
        What the columns have to do with each other; see :mod:`skgen.rules`.

    Attributes
    ----------
    rules : RuleList or tuple of Rule

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen import describe
    >>> X = pd.DataFrame({"price": [1.25, 3.5, 2.0], "paid": [True, True, False]})
    >>> schema = describe(X)
    >>> print(schema)
    price  continuous  in steps of 0.01, from 1.25 to 3.5
    paid   boolean     False (33 %), True (67 %)
    >>> schema.replace(price={"lower": 0.0})["price"].lower
    0.0
    """

    def __init__(self, columns, rules=()):
        self._columns = {column.name: column for column in columns}
        self.rules = tuple(rules) if isinstance(rules, list) else rules

    def __getitem__(self, name):
        return self._columns[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(self._columns)

    def __eq__(self, other):
        return isinstance(other, Schema) and self.to_dict() == other.to_dict()

    __hash__ = None

    def __str__(self):
        return as_lines(self)

    def __repr__(self):
        # without values, because estimators show the repr of their attributes
        kinds = Counter(column.kind for column in self.values())
        counts = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        if self.rules:
            counts += f"; {len(self.rules)} rules"
        return f"<Schema of {len(self)} columns: {counts}. print() shows them.>"

    def _repr_html_(self):
        return as_html(self)

    def replace(self, corrections=None, /, **named):
        """Copy with some facts corrected.

        Parameters
        ----------
        corrections : dict, default=None
            Names of columns, mapped to a dict of facts or to a kind.
        **named : dict
            The same, where names of columns are names in Python.

        Returns
        -------
        schema : Schema
        """
        corrections = {**(corrections or {}), **named}
        declared = read_declared(corrections, list(self))
        columns = (
            replace(column, **facts)
            for column, facts in zip(self.values(), declared, strict=True)
        )
        return Schema(columns, self.rules)

    def with_rules(self, rules):
        """Copy with other rules between the columns.

        Parameters
        ----------
        rules : RuleList or sequence of Rule

        Returns
        -------
        schema : Schema
        """
        return Schema(self.values(), rules)

    def to_dict(self):
        """The schema as a dict that JSON can hold.

        Returns
        -------
        described : dict
            "columns" is a list of what `ColumnSchema.to_dict` returns. If there are
            rules, "rules" is a list of what `to_dict` of these returns.
        """
        described = {"columns": [column.to_dict() for column in self.values()]}
        if self.rules:
            described["rules"] = _plain_rules(self.rules)
        return described

    @classmethod
    def from_dict(cls, described):
        """Inverse of `to_dict`.

        Parameters
        ----------
        described : dict
        """
        columns = map(ColumnSchema.from_dict, described["columns"])
        rules = described.get("rules")
        return cls(columns, _READERS["rules"](rules) if rules else ())


def read_declared(schema, names):
    """What the user declares of each column, as a list of dicts of facts.

    Parameters
    ----------
    schema : None, Schema or dict
    names : list
        Names of the columns of a table.
    """
    if schema is None:
        return [{} for _ in names]
    if isinstance(schema, Schema):
        return [schema[n].facts() if n in schema else {} for n in names]
    if not isinstance(schema, Mapping):
        raise TypeError(
            "schema must be a Schema, as describe returns it, or a dict from columns "
            f"to corrections; got a {type(schema).__name__}."
        )
    unknown = [name for name in schema if name not in names]
    if unknown:
        raise ValueError(
            f"schema names the column{'s' if len(unknown) > 1 else ''} "
            f"{', '.join(map(repr, unknown))}, which X does not have. Its columns are "
            f"{names[:10]}."
        )
    declared, faults = [], Faults()
    for name in names:
        with faults:
            declared.append(_read_facts(name, schema.get(name, {})))
    faults.raise_all()
    return declared


def _read_facts(name, facts):
    if isinstance(facts, str):
        facts = {"kind": facts}
    if isinstance(facts, ColumnSchema):
        facts = facts.facts()
    if not isinstance(facts, Mapping):
        raise column_error(
            name,
            f"has {facts!r} as its schema. Give a kind, such as 'categorical', or a "
            "dict of facts, such as {'step': 0.25}.",
            TypeError,
        )
    unknown = [fact for fact in facts if fact not in FACTS]
    if unknown:
        raise column_error(
            name,
            f"has the fact {unknown[0]!r} in its schema, which is none of {FACTS}.",
        )
    facts = dict(facts)
    for mapping in _MAPPINGS:
        if mapping in facts and not isinstance(facts[mapping], Mapping):
            # without shares
            facts[mapping] = dict.fromkeys(facts[mapping])
    return facts


def _plain_rules(rules):
    """List of dicts; those of rules that were found also say what speaks for them."""
    if hasattr(rules, "to_dict"):
        return rules.to_dict()["rules"]
    return [rule.to_dict() for rule in rules]


def _to_plain(value):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    return value
