"""What rules that were found already say of a pair of columns."""

from skgen.rules._copy import Copy
from skgen.rules._dependency import Dependency
from skgen.rules._linear import Linear
from skgen.rules._one_hot import OneHot
from skgen.rules._product import Product

EQUALITIES = (Linear, Product)


def linked_columns(table, x, y):
    """Whether an equality that was found holds two columns together.

    Parameters
    ----------
    table : SearchTable
    x, y : int
        Positions of the columns.
    """
    pair = {table.names[x], table.names[y]}
    rules = _equalities(table)
    if any(pair <= set(rule.columns) for rule in rules):
        return True
    groups = [set(rule.columns) for rule in rules if isinstance(rule, OneHot)]
    # a sum of columns of a group excludes the others of the group
    return any(
        {rule.column} < pair
        and any({*rule.coefficients, *pair} - {rule.column} <= g for g in groups)
        for rule in rules
        if isinstance(rule, Linear)
    )


def computed_columns(table, known):
    """Columns that equalities compute from known ones.

    Parameters
    ----------
    table : SearchTable
    known : set of int

    Returns
    -------
    computed : set of int
        At most one of each equality, all other columns of which are known.
    """
    computed = set()
    for rule in _equalities(table):
        target = rule.columns[-1] if isinstance(rule, OneHot) else rule.column
        target = table.position[target]
        others = {table.position[name] for name in rule.columns} - {target}
        if others <= known - computed:
            computed.add(target)
    return computed & known


def _equalities(table):
    kinds = (*EQUALITIES, OneHot)
    return [found.rule for found in table.found if isinstance(found.rule, kinds)]


def is_determined(table, names):
    """Whether equalities that were found compute one of some columns from the others.

    Parameters
    ----------
    table : SearchTable
    names : sequence of hashable
    """
    names = set(names)
    return any(set(rule.columns) <= names for rule in _equalities(table))


def closure(table):
    """Columns that each column determines, by dependencies and copies found so far.

    Parameters
    ----------
    table : SearchTable

    Returns
    -------
    determined : list of set of int
        Positions, one list for each column.
    """
    direct = [set() for _ in table.columns]
    for found in table.found:
        rule = found.rule
        if isinstance(rule, Copy | Dependency) and len(rule.columns) == 2:
            column, of = (table.position[name] for name in rule.columns)
            direct[of].add(column)
    out = []
    for at in range(len(direct)):
        reached, new = set(), {at}
        while new:
            new = set().union(*(direct[x] for x in new)) - reached
            reached |= new
        for rule in _equalities(table):
            rest = {table.position[name] for name in rule.columns} - reached - {at}
            if len(rest) == 1 and len(rule.columns) > 2:
                reached |= rest
        out.append(reached)
    return out
