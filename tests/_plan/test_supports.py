"""Ranges and sets that checks leave to columns drawn after others."""

import numpy as np
from numpy.testing import assert_array_equal

from skgen._plan.fit import fit_plan
from skgen._plan.supports import Supports
from skgen.rules import Implication, Linear, Order
from skgen.table import TableCodec


def _plan(X, rules, **options):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    plan = fit_plan(rules, codec, Z, **options)
    wide = np.full((len(Z), plan.n_columns), np.nan)
    wide[:, : Z.shape[1]] = Z
    plan.measure(wide)
    return plan, wide, codec


def _never(*_):
    return []


def _numbers(rng, n=60):
    low = rng.integers(0, 5, n)
    return low, low + rng.integers(0, 4, n), low + rng.integers(4, 9, n)


def test_a_column_lies_between_those_drawn_before_it():
    low, middle, high = _numbers(np.random.default_rng(0))
    X = np.column_stack([low, high, middle]).astype(float)
    plan, wide, codec = _plan(X, [Order((0, 2, 1))], directions=_never)
    supports = Supports(plan, [0, 1, 2])
    assert supports.numbers(wide, 0) is None
    found = supports.numbers(wide, 2)
    assert_array_equal(codec.column_values(found.low, 2), low)
    assert_array_equal(codec.column_values(found.high, 2), high)
    # the order of the outer ones follows
    found = supports.numbers(wide, 1)
    assert_array_equal(codec.column_values(found.low, 1), low)
    assert np.isposinf(found.high).all()
    # the middle one is drawn last: only where it is known, it limits others
    found = supports.known_numbers(wide, 0)
    assert_array_equal(codec.column_values(found.high, 0), middle)
    wide[:, 1:] = np.nan
    assert supports.known_numbers(wide, 0) is None


def test_what_a_sum_may_be_limits_the_last_number_that_is_added():
    rng = np.random.default_rng(0)
    most, first = rng.integers(8, 20, 60), rng.integers(0, 4, 60)
    second = rng.integers(0, 4, 60)
    X = np.column_stack([most, first, second, first + second]).astype(float)
    rules = [Linear(3, {1: 1, 2: 1}), Order((3, 0))]
    plan, wide, codec = _plan(X, rules, directions=_never)
    supports = Supports(plan, [0, 1, 2, 3])
    found = supports.numbers(wide, 2)
    left = np.minimum(most, X[:, 3].max()) - first
    assert_array_equal(codec.column_values(found.high, 2), left)


def test_implications_leave_one_value_or_all_but_one():
    rng = np.random.default_rng(0)
    parts = rng.integers(0, 3, (60, 2))
    condition = np.where(parts.sum(axis=1) == 0, rng.integers(0, 5, 60), 9)
    X = np.column_stack([parts, parts.sum(axis=1), condition]).astype(float)
    rules = [Linear(2, {0: 1, 1: 1}), Implication(3, 0, 2, 0)]
    plan, wide, codec = _plan(X, rules)
    assert len(plan.checks) == 1
    found = Supports(plan, [0, 1, 2, 3]).numbers(wide, 3)
    excluded = codec.column_values(found.without[:, 0], 3)
    assert_array_equal(np.isnan(excluded), X[:, 2] == 0)
    assert set(excluded[X[:, 2] > 0]) == {0.0}
