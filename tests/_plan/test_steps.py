import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._plan.arithmetic import FormStep, ProductStep
from skgen._plan.steps import (
    BoundStep,
    ImpliedStep,
    MemberStep,
    equal,
)
from skgen._plan.units import Units
from skgen.table import TableCodec

nan = np.nan


def units_of(X):
    codec = TableCodec(identifiers="learn").fit(X)
    return Units(codec), codec.encode(X)


def allowed(step, Z, position, n_levels, units):
    ends = [(column.lower, column.upper) for column in units.codec.columns_]
    return step.allows(np.array(Z), position, n_levels, units, ends)


@pytest.fixture(scope="module")
def prices():
    net = np.array([1.25, 2.5, 10.0, 0.75])
    tax = np.array([0.25, 0.5, 1.0, 0.07])
    return units_of(np.column_stack([net, tax, net + tax]))


def test_a_sum_is_computed_and_solved_for_each_part(prices):
    units, Z = prices
    step = FormStep(2, {0: 1.0, 1: 1.0})
    assert_array_equal(step.compute(Z, units), Z[:, 2])
    for position in (0, 1):
        unknown = Z.copy()
        unknown[:, position] = nan
        assert_array_equal(step.solve(unknown, position, units), Z[:, position])
    assert_array_equal(np.isnan(step.compute(unknown, units)), True)


def test_an_absolute_value_has_no_single_solution():
    units, Z = units_of(np.array([[1.0, 3.0, 2.0], [5.0, 1.0, 4.0]]))
    step = FormStep(2, {0: 1.0, 1: -1.0}, absolute=True)
    assert_array_equal(step.compute(Z, units), Z[:, 2])
    unknown = Z.copy()
    unknown[:, 0] = nan
    assert np.isnan(step.solve(unknown, 0, units)).all()


def test_a_product_and_its_quotients():
    X = np.array([[2.0, 3.0, 6.0], [4.0, 0.5, 2.0], [0.0, 5.0, 0.0]])
    units, Z = units_of(X)
    step = ProductStep(2, {0: 1, 1: 1})
    assert_array_equal(step.compute(Z, units), Z[:, 2])
    unknown = Z.copy()
    unknown[:, 1] = nan
    # nothing follows from 0 = 0 * y
    assert_array_equal(step.solve_any(unknown, 1, units), [*Z[:2, 1], nan])


def test_what_is_rounded_is_a_residual():
    X = np.array([[1.0, 0.34], [2.0, 0.66], [4.0, 1.33]])
    units, Z = units_of(X)
    step = FormStep(1, {0: 1 / 3})
    assert_array_equal(step.measure(Z, units), [1, -1, 0])
    step.residual = 2
    wide = np.column_stack([Z, step.measure(Z, units)])
    assert_array_equal(step.compute(wide, units), Z[:, 1])
    unknown = wide.copy()
    unknown[:, 2] = nan
    for solve in (step.solve, step.solve_any):
        assert_array_equal(solve(unknown, 2, units), wide[:, 2])


@pytest.mark.parametrize("strict", [False, True])
def test_distances_of_dates(strict):
    start = pd.to_datetime(["2024-01-31", "2024-03-01", "2024-02-10"])
    end = start + pd.to_timedelta([1, 9, 30], "D")
    units, Z = units_of(pd.DataFrame({"start": start, "end": end}))
    step = BoundStep(1, {0: strict}, 2, on_grid=True)
    distance = step.measure(Z, units)
    assert_array_equal(distance, np.array([1, 9, 30]) - strict)
    wide = np.column_stack([Z, distance])
    assert_array_equal(step.compute(wide, units), Z[:, 1])
    # an end before its start breaks the order, and has no distance
    wide[0, 1] = Z[0, 0] - 50
    assert_array_equal(step.breaks(wide, units), [True, False, False])
    assert np.isnan(step.measure(wide, units)[0])


def test_the_greatest_lower_bound_counts():
    X = np.array([[1.0, 2.0, 5.0], [4.0, 3.0, 4.0]])
    units, Z = units_of(X)
    step = BoundStep(2, {0: False, 1: False}, 3, on_grid=True)
    assert_array_equal(step.measure(Z, units), [3, 0])


def test_upper_bounds_are_gone_down_from():
    X = np.array([[1.5, 2.5], [0.25, 4.0], [3.0, 3.0]])
    units, Z = units_of(X)
    step = BoundStep(0, {1: False}, 2, on_grid=True, upper=True)
    wide = np.column_stack([Z, step.measure(Z, units)])
    assert_array_equal(step.compute(wide, units), Z[:, 0])
    assert (wide[:, 2] >= 0).all()


def test_members_of_a_group_rule_each_other_out():
    step = MemberStep(0, 1, 2, zero=0.0, one=1.0, source=None)
    Z = np.array([[nan, 2.0], [nan, 0.0], [nan, nan]])
    assert_array_equal(step.compute(Z, None), [1, 0, nan])
    known = np.array([[1.0, nan], [0.0, nan], [nan, nan]])
    found = step.allows(known, 1, 3, None, None)
    assert_array_equal(found, [[0, 0, 1], [1, 1, 0], [1, 1, 1]])


def test_an_implication_holds_one_way():
    X = pd.DataFrame({"phone": ["no", "yes"] * 3, "lines": ["none", "one"] * 3})
    units, _ = units_of(X)
    step = ImpliedStep(1, 0, 0.0, 0.0)
    known = np.array([[0.0, nan], [1.0, nan]])
    assert_array_equal(step.compute(known, units), [0, nan])
    # lines that are not "none" rule "no" out
    found = allowed(step, [[nan, 1.0], [nan, 0.0]], 0, 2, units)
    assert_array_equal(found, [[0, 1], [1, 1]])


def test_equal_is_up_to_rounding_errors():
    first = np.array([0.1 + 0.2, 1.0, nan, 0.0])
    assert_array_equal(
        equal(first, np.array([0.3, 1.001, nan, 0.0])), [True, False, False, True]
    )
    assert_allclose(first[0], 0.3)
