"""The kinds of columns, and which of them a column is."""

from dataclasses import replace

from skgen._table.categories import Boolean, Categorical
from skgen._table.cells import Missing, column_error
from skgen._table.identifiers.columns import Identifier
from skgen._table.numbers import Continuous, Integer
from skgen._table.schema.declared import correct_values
from skgen._table.times import Datetime, Timedelta
from skgen._table.written.columns import Written

# a column is of the first kind that recognises its cells
KINDS = (
    Missing,
    Written,
    Identifier,
    Boolean,
    Categorical,
    Integer,
    Continuous,
    Datetime,
    Timedelta,
)


def fit_kind(cells, facts):
    """Codec of a column."""
    codec = _choose_kind(cells, facts).fit(cells, facts)
    if facts.declared and not isinstance(codec, Written):
        correct_values(codec, cells, facts.declared)
    return codec


def _choose_kind(cells, facts):
    declared = facts.declared.get("kind")
    if declared == Categorical.name:
        facts = replace(facts, listed=True)
    elif declared not in (None, Identifier.name):
        facts = replace(facts, identifiers="learn")
    found = next(kind for kind in KINDS if kind.recognises(cells, facts))
    if declared in (None, found.name) or found in (Missing, Written):
        return found
    kinds = {kind.name: kind for kind in KINDS}
    if declared not in kinds:
        raise column_error(
            facts.name, f"has the kind {declared!r} in schema, none of {list(kinds)}."
        )
    kind = kinds[declared]
    if not isinstance(cells, kind.accepts):
        raise column_error(
            facts.name,
            f"is {declared} in schema, but holds {cells.plural} that are "
            f"{found.name}. Correct the schema, or cast the column.",
        )
    return kind


def facts_of_encoded(column):
    """Facts that declare an encoded column, in a table of encoded numbers.

    Parameters
    ----------
    column : Column
    """
    if not column.modelled:
        return {}
    if column.discrete:
        return {"kind": Categorical.name}
    whole, atoms = column.integer_valued, column.atoms.tolist()
    return {
        "kind": (Integer if whole else Continuous).name,
        "step": 1 if whole else None,
        "lower": column.lower,
        "upper": column.upper,
        "point_masses": dict(zip(atoms, column.atom_shares.tolist(), strict=True)),
        "widths": dict(zip(atoms, column.atom_widths.tolist(), strict=True)),
    }
