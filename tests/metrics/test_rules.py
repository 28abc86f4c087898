"""Which rules tables have, and how far rows are from them."""

import numpy as np
import pandas as pd
import pytest

from skgen._table.joint_tables import read_tables
from skgen._table.values import ValueColumn, Values
from skgen.metrics._rules import broken_rows, known_rules, rule_features
from skgen.rules import (
    Absolute,
    Copy,
    Dependency,
    Implication,
    Linear,
    OneHot,
    Order,
    Product,
)

from .ruled_tables import RULES, break_rule, ruled


def numbers(**columns):
    """Values of columns of numbers."""
    described = tuple(ValueColumn(name, "number") for name in columns)
    return Values(np.column_stack(list(columns.values())).astype(float), described)


@pytest.mark.parametrize(
    ("rule", "y", "expected"),
    [
        (Linear("y", {"a": 2, "b": -1}, constant=1), [2, 10, 8], [[0], [5], [None]]),
        (Absolute("y", {"a": -2, "b": 1}, constant=-1), [2, 9, 8], [[0], [4], [None]]),
        (Copy("y", "b", factor=3, offset=-6), [2, 10, 6], [[-1], [4], [15]]),
        (Product("y", ("a", "b"), divisors=("c",)), [3, 1, 1], [[-9], [None], [None]]),
        (Order(("a", "b", "y")), [2, 10, 0], [[1, -1], [0, 6], [None, 1]]),
        (Implication("c", 0.0, "y", 8.0), [2, 10, 8], [[0], [1], [0]]),
    ],
)
def test_features_are_distances_from_the_rule(rule, y, expected):
    values = numbers(a=[2, 4, np.nan], b=[3, 4, -1], c=[0.5, 0, 0], y=y)
    columns, (features,) = rule_features([rule], values)
    np.testing.assert_allclose(features, np.array(expected, dtype=float))
    assert len(columns) == features.shape[1]
    assert not any(column.discrete for column in columns)


def test_features_that_never_vary_are_left_out():
    values = numbers(a=[1, 0, 1, np.nan], b=[1, 1, 1, np.nan])
    rules = [OneHot(("a", "b")), Order(("b", "a")), Implication("b", 1.0, "a", 1.0)]
    _, (first, rest) = rule_features(rules, values.take([0, 1]), values.take([2, 3]))
    assert first.tolist() == [[1, 0, 0], [0, -1, 1]]
    assert np.isnan(rest[1]).tolist() == [False, True, False]
    assert rule_features(rules, values.take([0, 2, 2]))[0] == ()


def test_rounding_errors_of_floats_are_no_feature():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1e6, 1e5, size=(2, 500)).round(2)
    values = numbers(a=a, b=b, y=(a + b).round(2), z=3 * a)
    rules = [Linear("y", {"a": 1, "b": 1}), Copy("z", "a", factor=3.0)]
    assert rule_features(rules, values)[0] == ()


def test_features_of_two_tables_agree():
    X = ruled(200, 0)
    wrong = break_rule(X, 1, 0.1, 0)
    tables = read_tables({"real": X, "synthetic": wrong})
    values = [tables.values(Z) for Z in tables.matrices]
    rules = known_rules(RULES, tables, tables.matrices[0])
    columns, (real, synthetic) = rule_features(rules, *values)
    # one order that varies, and one rule that is broken
    assert real.shape == synthetic.shape == (200, 2) == (200, len(columns))
    assert real.mean(axis=0).tolist()[0] == 0
    assert synthetic.mean(axis=0).tolist()[0] == 0.1


@pytest.mark.parametrize("container", ["pandas", "polars", "numpy"])
def test_broken_rows_of_any_container(container):
    X = ruled(100, 0)[["hours", "wage", "cost"]]
    wrong = break_rule(X, 3, 0.3, 0)
    names = list(X)
    if container == "polars":
        pl = pytest.importorskip("polars")
        X, wrong = pl.from_pandas(X), pl.from_pandas(wrong)
    elif container == "numpy":
        X, wrong, names = X.to_numpy(), wrong.to_numpy(), [0, 1, 2]
    tables = read_tables({"real": X, "synthetic": wrong})
    rules = [Product(names[2], (names[0], names[1]))]
    shares = [broken_rows(rules, tables.values(Z)).mean() for Z in tables.matrices]
    assert shares == [0, 0.3]


def test_a_declared_dependency_is_that_of_real_rows():
    real = pd.DataFrame({"city": list("aabb"), "state": list("xxyy")})
    other = pd.DataFrame({"city": list("abbc"), "state": list("yxxz")})
    tables = read_tables({"real": real, "synthetic": other})
    rules = known_rules([Dependency("state", "city")], tables, tables.matrices[0])
    assert rules[0].values == {("a",): "x", ("b",): "y"}
    broken = broken_rows(rules, tables.values(tables.matrices[1]))
    # of a city that no real row has, nothing is known
    assert broken.ravel().tolist() == [True, True, True, False]


def test_what_is_no_rule_is_named():
    tables = read_tables({"real": ruled(20, 0)})
    (Z,) = tables.matrices
    assert known_rules(None, tables, Z) == ()
    with pytest.raises(TypeError, match="got 'net < tax' in it"):
        known_rules(["net < tax"], tables, Z)
    with pytest.raises(ValueError, match="names the column 'gone'"):
        known_rules([Order(("net", "gone"))], tables, Z)
