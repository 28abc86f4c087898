import json
import pickle

import pandas as pd
import pytest

from skgen.rules import (
    Absolute,
    Copy,
    Dependency,
    Implication,
    Linear,
    OneHot,
    Order,
    Product,
    Rule,
)

RULES = [
    Copy("f", "c", factor=1.8, offset=32, tolerance=0.1),
    Copy("code", "name", values={"a": 1.0, "b": True, "c": None}),
    Dependency("state", "city"),
    Dependency(3, (1, 2), values={("x", 2.5): "y", ("z", 1.0): "2024-01-31"}),
    Order(("a", "b", "c"), strict=True),
    Linear("total", {"net": 1.0, "tax": 1.0}, constant=2, tolerance=0.01),
    Linear(2, {0: 1.0, 1: -1.0}),
    Linear(("price", "total"), {("price", "net"): 1.0}),
    Absolute("d", {"a": 1.0, "b": -1.0}),
    Product("p", ("a", "a"), divisors=("b",), coefficient=100, rounding={"a": 0.5}),
    OneHot(("a", "b", "c")),
    Implication("a", None, "b", "no"),
    Implication("a", 0.0, "b", None),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_round_trip_through_json(rule):
    again = Rule.from_dict(json.loads(json.dumps(rule.to_dict())))
    assert again == rule
    assert type(again) is type(rule)
    assert hash(again) == hash(rule)
    assert str(again) == str(rule)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_pickle(rule):
    assert pickle.loads(pickle.dumps(rule)) == rule


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="key 'kind' must be one of"):
        Rule.from_dict({"kind": "magic"})


def test_unknown_part_is_refused():
    with pytest.raises(ValueError, match="has no 'weight'"):
        Rule.from_dict({"kind": "order", "columns": ["a", "b"], "weight": 1})


@pytest.mark.parametrize("rule", RULES[:1] + RULES[2:3] + RULES[4:6], ids=str)
def test_unknown_column_is_named(rule):
    X = pd.DataFrame({"other": [1.5, 2.5]})
    with pytest.raises(ValueError, match=r"names the column .* which the table does"):
        rule.holds(X)


def test_other_columns_are_not_read():
    X = pd.DataFrame({"a": [1, 2], "b": [2, 3], "odd": [[1], [2]]})
    assert Order(("a", "b")).holds(X).all()


def test_schema_says_how_texts_are_written():
    X = pd.DataFrame({"a": ["1.200,00", "3,50"], "b": [1200.0, 4.0]})
    schema = {"a": {"written": {"number": "#.##0,00"}}, "elsewhere": "integer"}
    assert Copy("a", "b").holds(X, schema=schema).tolist() == [True, False]


def test_a_column_without_an_observed_cell_holds():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": [None, None]})
    assert Order(("a", "b")).holds(X).all()
