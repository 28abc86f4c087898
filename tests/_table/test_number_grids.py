"""Grids of numbers: decimals, fractions, and steps of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.number_grids import count_decimals, find_number_grid

quick = settings(deadline=None, derandomize=True, max_examples=100)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (np.array([1.25, 2.5]), 2),
        (np.array([0.1, 0.7, 123456.7]), 1),
        (np.array([0.1, 0.7], dtype="f4"), 1),
        (np.array([19.99, 1250.5], dtype="f4"), 2),
        (np.array([1 / 3, 0.5]), None),
        (np.array([1e-10, 3e-10]), 10),
        (np.array([1e-11]), None),
        (np.array([2.0**53, 2.0]), None),
        (np.array([1e300, 0.5]), None),
        (np.array([0.30000000000000004]), None),
    ],
)
def test_count_decimals(values, decimals):
    found = count_decimals(values, np.ones(len(values)))
    assert decimals == (None if found is None else found[0])


def test_numbers_off_any_grid_have_no_decimals():
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e6, 1e12):
        values = rng.normal(size=200) * scale
        assert count_decimals(values, np.ones(len(values))) is None
        assert count_decimals(values.astype("f4"), np.ones(200)) is None


def _grid_of(values):
    return find_number_grid(*np.unique(values, return_counts=True))


@quick
@given(
    st.sampled_from([1, 2, 5, 10, 25, 324, 10**6]),
    st.integers(0, 4),
    st.integers(-1000, 1000),
    st.sets(st.integers(-(10**5), 10**5), min_size=12, max_size=60),
)
def test_steps_of_any_size_are_found(step, decimals, first, numbers):
    values = np.array([(first + step * k) / 10**decimals for k in sorted(numbers)])
    grid = _grid_of(values)
    k = grid.index(values)
    assert_array_equal(k, np.rint(k))
    assert_array_equal(grid.values(k), values)
    # the steps may have more in common
    assert grid.size >= step / 10**decimals * (1 - 1e-12)


@quick
@given(st.floats(1e-3, 1e3), st.sets(st.integers(0, 500), min_size=25))
def test_multiples_of_a_decimal_come_back_exactly(step, numbers):
    step = round(step, 3)
    values = np.array(sorted(numbers)) * step
    grid = _grid_of(values)
    assert_array_equal(grid.values(grid.index(values)), values)


def test_multiples_with_rounding_errors_are_on_a_grid():
    values = np.arange(40) * 0.324
    assert count_decimals(values, np.ones(len(values))) is None
    grid = _grid_of(values)
    assert grid.size == 0.324
    assert_array_equal(grid.values(np.arange(50.0)), np.arange(50) * 0.324)


def test_sums_of_cents_are_on_a_grid_and_come_back_exactly():
    rng = np.random.default_rng(0)
    cents = rng.integers(1, 10**4, size=(60, 3)) / 100
    values = np.unique(cents.sum(axis=1))
    assert count_decimals(values, np.ones(len(values))) is None
    grid = _grid_of(values)
    assert grid.decimals == 2
    assert_array_equal(grid.values(grid.index(values)), values)
    assert grid.values(np.array([123.0])) == 1.23


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([0, 100], 1),  # any two numbers have a difference
        ([0, 50, 100], 1),
        ([0, 50, 100, 250], 50),
        ([10, 30, 40, 80, 50], 10),
        (np.arange(6) * 2, 1),  # one column in 16 is like this by chance
        (np.arange(12) * 2, 2),
        (np.arange(12) * 2 + 1, 2),
        (np.arange(9) * 10**6, 10**6),
        (np.array([1, 2, 7, 8, 12, 29, 31]) / 4, 0.25),
    ],
)
def test_a_coarser_step_needs_evidence(values, step):
    assert _grid_of(np.array(values)).size == step


@quick
@given(
    st.sampled_from([3, 6, 7, 12, 60, 365]),
    st.sampled_from([1, 2, 5]),
    st.sets(st.integers(-(10**4), 10**4), min_size=12, max_size=60),
    st.sampled_from(["f8", "f4"]),
    st.booleans(),
)
def test_fractions_are_found_and_come_back_exactly(parts, step, numbers, dtype, once):
    whole = np.array(sorted(numbers), dtype=float) * step
    if dtype == "f4":
        whole = whole[:12] % 700  # whose digits show the fraction
    values = np.unique((whole / parts if once else whole * (1 / parts)).astype(dtype))
    grid = _grid_of(values)
    k = grid.index(values)
    assert_array_equal(k, np.rint(k))
    assert_array_equal(grid.values(k).astype(dtype), values)
    for declared in (grid.size, 1 / parts):
        again = find_number_grid(values, np.ones(len(values)), step=declared)
        assert_array_equal(again.index(values), np.rint(again.index(values)))
        assert_array_equal(again.values(again.index(values)).astype(dtype), values)


def test_fractions_may_begin_anywhere():
    values = np.arange(5, 200) / 3 + 0.1
    for grid in (
        _grid_of(values),
        find_number_grid(values, np.ones(len(values)), step=1 / 3),
    ):
        assert grid.size == 1 / 3
        k = grid.index(values)
        assert_array_equal(k, np.rint(k))
        np.testing.assert_allclose(grid.between(k + 0.5), values + 1 / 6)


@pytest.mark.parametrize("dtype", ["f4", "f2"])
def test_a_step_found_in_narrow_floats_can_be_declared(dtype):
    values = np.unique((np.arange(40, 99) * 0.05).astype(dtype))
    grid = find_number_grid(values, np.ones(len(values)), step=0.05)
    k = grid.index(values)
    assert (grid.size, k[0]) == (0.05, 40)
    assert_array_equal(grid.values(k).astype(dtype), values)
    assert len(grid.exact_at) == 0


def test_a_number_between_two_of_the_grid_gets_a_fraction():
    grid = _grid_of(np.arange(1, 20, 2) / 4)
    assert_array_equal(grid.index(np.array([0.25, 0.5, 0.75])), [0, 0.5, 1])


def test_numbers_of_a_computation_are_on_no_grid():
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e6):
        assert _grid_of(rng.normal(size=500) * scale) is None
        assert _grid_of(rng.integers(1, 60, 500) / rng.integers(1, 60, 500)) is None


def test_a_few_odd_numbers_do_not_change_the_grid():
    rng = np.random.default_rng(0)
    for step in (1, 0.25, 10_000):
        values = rng.integers(1, 500, size=2000) * step
        odd = np.append(values, [step * 3.1, step * 40.7])
        grid = _grid_of(odd)
        assert grid == _grid_of(values)
        assert grid.size == step
        between = grid.index(np.array([step * 3.1]))
        assert between != np.rint(between)
        # one in a hundred is no oddity
        many = np.append(values, step * (rng.integers(1, 500, size=20) + 0.1))
        assert _grid_of(many).size < step


def test_a_declared_step_may_begin_anywhere_and_have_exceptions():
    rng = np.random.default_rng(0)
    thousands = rng.integers(11, 460, size=2000) * 1000.0
    for values, first in ((np.append(8500.0, thousands), 0), (thousands + 10, 10)):
        found = _grid_of(values)
        grid = find_number_grid(
            *np.unique(values, return_counts=True), step=found.size, name="a"
        )
        assert (grid.size, grid.first) == (1000, first)
    prices = np.array([7.99, 9.99, 19.99, 29.99])
    grid = find_number_grid(prices, np.ones(4), step=2.0, name="a")
    assert (grid.step, grid.first, grid.decimals) == (200, 199, 2)
