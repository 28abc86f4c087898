"""Stands in for the search until it is there."""

from skgen.rules._list import RuleList
from skgen.rules._reading import read_values
from skgen.rules._search.copies import find_copies
from skgen.rules._search.dependencies import find_dependencies
from skgen.rules._search.one_hot import find_one_hot
from skgen.rules._search.pairs import find_pairs
from skgen.rules._search.regressions import find_regressions
from skgen.rules._search.sums import find_absolute_values, find_sums
from skgen.rules._search.table import SearchTable


def find_in_values(values, sample_weight=None, rng=None):
    table = SearchTable(values, sample_weight)
    find_copies(table)
    find_dependencies(table)
    find_pairs(table)
    find_sums(table)
    find_regressions(table)
    find_absolute_values(table)
    find_one_hot(table)
    return RuleList(table.found)


def find_rules(X, *, schema=None, identifiers="fresh", random_state=0):
    return find_in_values(read_values(X, schema=schema, identifiers=identifiers))
