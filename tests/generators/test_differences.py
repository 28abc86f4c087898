"""Differences of ordered columns are predictors of the columns after both."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skgen import AutoregressiveGenerator, TreeConditional
from skgen.generators._differences import TableWithDifferences
from skgen.rules import Order

RULES = [Order(("low", "high")), Order(("base", "high"))]


@pytest.fixture(scope="module")
def X():
    """Rows in which the last column is a function of a difference."""
    rng = np.random.default_rng(0)
    low = 10 * rng.integers(0, 50, 500)
    base = low + 5 * rng.integers(-2, 3, 500)
    high = np.maximum(low, base) + rng.integers(0, 40, 500)
    far = np.where(high - low > 20, "far", "near")
    return pd.DataFrame({"low": low, "base": base, "high": high, "far": far})


@pytest.fixture(scope="module")
def model(X):
    generator = AutoregressiveGenerator(TreeConditional(), rules=RULES, random_state=0)
    return generator.fit(X)


def _seen(table, columns, ranked):
    return table.take(np.arange(len(table.Z)), columns, ranked=ranked)


@pytest.mark.parametrize("ranked", [False, True])
def test_differences_follow_their_columns(model, X, ranked):
    n = len(model.columns_)
    columns = np.array([0, n, 2, n + 1])
    Z = model._model_matrix(model._encode(X[:6]))
    whole = model._table(Z.copy())
    assert isinstance(whole, TableWithDifferences)
    names = [column.name for column in model._differences.columns]
    assert names == ["high - low", "high - base"]
    raw = _seen(whole, columns, False)
    assert_array_equal(raw[:, 1], X["high"][:6] - X["low"][:6])
    assert_array_equal(raw[:, 3], X["high"][:6] - X["base"][:6])
    filled = model._table(np.full(Z.shape, np.nan))
    assert np.isnan(_seen(filled, columns, ranked)).all()
    for j, z in enumerate(Z.T):
        filled.put(j, np.arange(3), z[:3])
        filled.put(j, np.arange(3, 6), z[3:])
    assert_array_equal(_seen(filled, columns, ranked), _seen(whole, columns, ranked))
    rows = np.array([5, 5, 0])
    again = whole.repeated(rows)
    assert_array_equal(
        _seen(again, columns, ranked), _seen(whole, columns, ranked)[rows]
    )
    again.copy_rows(np.array([0]), np.array([2]))
    assert_array_equal(
        _seen(again, columns, ranked)[0], _seen(whole, columns, ranked)[0]
    )
    # the first table is as it was
    assert_array_equal(_seen(whole, columns, False), raw)


def test_only_columns_after_both_see_a_difference(model):
    n = len(model.columns_)
    sees = {
        column.name: (model.predictors_[j] >= n).any()
        for j, column in enumerate(model.columns_)
    }
    assert sees["far"]
    assert not any(sees[name] for name in ("low", "base", "high"))


def test_columns_depend_on_a_difference(model):
    drawn = model.sample(2_000, random_state=0)
    far = drawn["high"] - drawn["low"] > 20
    # 85 % by trees that see both columns but not their difference; the standard error
    # is about 0.6 %
    assert (far == (drawn["far"] == "far")).mean() > 0.9


def test_a_model_without_orders_has_no_differences(X):
    model = AutoregressiveGenerator(rules=None, random_state=0).fit(X)
    assert model._differences.columns == []
    assert all((p < len(model.columns_)).all() for p in model.predictors_)
