import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.columns.distribution import (
    balanced_cuts,
    count_values,
    distribution_function,
    stand_alone,
    tail_cuts,
)


def _all(cumulative, weight):
    return np.arange(len(cumulative))


def test_a_continuous_value_that_stands_alone_is_a_jump():
    x, mass = np.array([0.0, 1.0, 2.0, 4.0]), np.array([1.0, 2.0, 5.0, 2.0])
    alone = np.array([False, False, True, False])
    knots, cumulative = distribution_function(x, mass, alone, False, _all)
    # the others are spread half-way to their neighbours
    assert_array_equal(knots, [0.0, 0.5, 2.0, 2.0, 2.5, 4.0])
    # 1 up to three quarters of the way from 0.5 to 2.5
    assert_allclose(cumulative, [0.0, 0.1, 0.25, 0.75, 0.8, 1.0])


def test_a_whole_number_that_stands_alone_is_its_unit_cell():
    x, mass = np.array([0.0, 3.0, 10.0]), np.array([2.0, 6.0, 2.0])
    alone = np.array([False, True, False])
    knots, cumulative = distribution_function(x, mass, alone, True, _all)
    inside = np.interp([2.5, 3.5], knots, cumulative)
    assert np.diff(inside)[0] > 0.6
    assert_allclose(cumulative[[0, -1]], [0.0, 1.0])
    assert_array_equal(knots[[0, -1]], [-0.5, 10.5])


def test_gaps_are_empty_where_all_whole_numbers_stand_alone():
    x, mass = np.array([0.0, 3.0, 4.0, 10.0]), np.ones(4)
    alone = np.ones(4, dtype=bool)
    knots, cumulative = distribution_function(x, mass, alone, True, _all)
    ends = np.array([[0.5, 2.5], [4.5, 9.5]])
    assert_allclose(np.diff(np.interp(ends, knots, cumulative)), 0.0)


def test_chance_repetitions_do_not_stand_alone():
    rng = np.random.default_rng(0)
    x, mass = np.unique(rng.integers(0, 3000, 6000), return_counts=True)
    # the rate is two rows; only those far beyond may
    assert stand_alone(x * 1.0, mass * 1.0, mass >= 3).mean() < 0.01


@pytest.mark.parametrize("heap", [5, 100])
def test_heaped_whole_numbers_stand_alone(heap):
    rng = np.random.default_rng(0)
    z = rng.integers(0, 3000, 6000)
    z[::2] = np.rint(z[::2] / heap) * heap
    x, mass = np.unique(z, return_counts=True)
    found = stand_alone(x * 1.0, mass * 1.0, mass >= 3)
    assert found[x % heap == 0].mean() > 0.7
    assert found[x % heap != 0].mean() < 0.1


def test_values_that_a_few_rows_hold_with_more_weight_are_not_repeated():
    z = np.array([1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 4.0])
    weights = np.array([1.0, 1.0, 1.0, 5.0, 1.0, 1.0, 1.0])
    values, mass, repeated = count_values(z, weights, np.array([1.0, 2.0, 4.0]))
    assert_array_equal(values, [1.0, 2.0, 3.0, 4.0])
    assert_array_equal(mass, [3.0, 5.0, 1.0, 2.0])
    assert_array_equal(repeated, [True, False, False, True])


def test_cuts_are_finer_towards_the_ends():
    cumulative = np.linspace(0, 1, 1001)
    cuts = tail_cuts(cumulative, 10, 1000)
    assert_array_equal(balanced_cuts(cumulative, 10), np.arange(0, 1001, 100))
    tail = [1, 2, 4, 5, 8, 11, 16, 22, 32, 45, 64, 90]
    expected = [*tail, *np.arange(0, 1001, 100), *(1000 - np.array(tail))]
    assert_array_equal(cuts, np.sort(expected))
    assert_array_equal(tail_cuts(np.array([0.0, 1.0]), 3, 0.5), [0, 1])
