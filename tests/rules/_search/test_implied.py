import numpy as np
import pandas as pd

from skgen.rules import Dependency, FoundRule, Linear, OneHot
from skgen.rules._search.implied import (
    closure,
    computed_columns,
    is_determined,
    linked_columns,
)
from skgen.rules._search.table import SearchTable
from skgen.table import TableCodec


def table_with(*rules):
    X = pd.DataFrame(np.random.default_rng(0).integers(0, 2, (50, 5)))
    X.columns = list("abcde")
    codec = TableCodec().fit(X)
    table = SearchTable(codec.values(codec.encode(X)))
    table.found += [FoundRule(rule, 50.0, 25) for rule in rules]
    return table


def test_columns_of_an_equality_are_linked():
    table = table_with(Linear("c", {"a": 1.0, "b": 1.0}))
    assert linked_columns(table, 0, 2)
    assert not linked_columns(table, 0, 3)
    assert is_determined(table, ["a", "b", "c", "d"])
    assert not is_determined(table, ["a", "b"])


def test_sum_of_a_group_excludes_its_other_columns():
    group = OneHot(("a", "b", "c", "d"))
    table = table_with(group, Linear("e", {"a": 1.0, "b": 1.0}))
    assert linked_columns(table, 4, 3)


def test_computed_columns():
    table = table_with(Linear("c", {"a": 1.0, "b": 1.0}), OneHot(("a", "d", "e")))
    assert computed_columns(table, {0, 1, 2}) == {2}
    assert computed_columns(table, {0, 3, 4}) == {4}
    assert computed_columns(table, {0, 2}) == set()


def test_closure_follows_chains():
    table = table_with(Dependency("b", "a", values={}), Dependency("c", "b", values={}))
    assert closure(table)[:3] == [{1, 2}, {2}, set()]
