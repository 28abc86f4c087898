import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import ks_2samp, wasserstein_distance

from skgen._math.statistics.distances import (
    joint_levels,
    kolmogorov_smirnov,
    leave_out_correlations,
    leave_out_shares,
    pair_levels,
    scaled_wasserstein,
    total_variation,
)


def shares(*samples):
    values, codes = joint_levels(*samples)
    n = len(values) + 1
    return values, *(np.bincount(c, minlength=n) / len(c) for c in codes)


def mean_deviation(x):
    return np.abs(x - np.median(x)).mean()


@pytest.fixture
def samples():
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=80), 1)
    return x, np.round(rng.normal(0.4, 1.5, size=131), 1)


def test_codes_are_positions_among_all_values():
    values, (a, b) = joint_levels(np.array([2, np.nan, 1]), np.array([3.0, 2]))
    assert_array_equal(values, [1, 2, 3])
    assert_array_equal(a, [1, 3, 0])
    assert_array_equal(b, [2, 1])


def test_without_missing_cells_the_distances_are_scipys(samples):
    values, p, q = shares(*samples)
    assert_allclose(kolmogorov_smirnov(p, q), ks_2samp(*samples).statistic)
    expected = wasserstein_distance(*samples) / mean_deviation(samples[0])
    assert_allclose(scaled_wasserstein(p, q, values), expected)


def test_distances_of_missing_cells():
    a = np.array([1, 2, np.nan, np.nan, 3, 4, 5, 6])
    b = np.array([1.0, 2, 3, 4])
    values, p, q = shares(a, b)
    assert_allclose(total_variation(p, q), 0.5)
    # at or below 4 are all cells of b, and a half of those of a
    assert_allclose(kolmogorov_smirnov(p, q), 0.5)
    known = wasserstein_distance(a[~np.isnan(a)], b) / 1.5
    assert_allclose(scaled_wasserstein(p, q, values), 0.75 * known + 0.25)


def test_missing_cells_alone_count_as_their_share():
    rng = np.random.default_rng(0)
    a = rng.normal(size=1000)
    b = a.copy()
    b[:300] = np.nan
    _, p, q = shares(a, b)
    # the missing ones are taken from below and above alike
    assert_allclose(kolmogorov_smirnov(p, q), 0.3)
    nothing, p, q = shares(np.full(3, np.nan), np.full(2, np.nan))
    assert kolmogorov_smirnov(p, q) == total_variation(p, q) == 0
    assert scaled_wasserstein(p, q, nothing) == 0


def test_kolmogorov_smirnov_is_symmetric_in_direction():
    a = np.array([1, 2, 3, np.nan, np.nan])
    b = np.array([2, 3, 4, 5, np.nan])
    _, p, q = shares(a, b)
    _, r, s = shares(-a, -b)
    assert_allclose(kolmogorov_smirnov(p, q), kolmogorov_smirnov(r, s))
    assert_allclose(kolmogorov_smirnov(p, q), kolmogorov_smirnov(q, p))
    # above 3 are none of the cells of a, and two of five of b
    assert_allclose(kolmogorov_smirnov(p, q), 0.4)


def test_a_constant_has_no_unit():
    values, p, q = shares(np.full(4, 5.0), np.array([5.0, 5, 5, 1e9]))
    assert_allclose(scaled_wasserstein(p, q, values), 0.25)


def test_leave_outs_are_the_shares_of_other_rows():
    rng = np.random.default_rng(0)
    codes, group = rng.integers(0, 5, 60), rng.integers(0, 4, 60)
    found = leave_out_shares(codes, 6, group, 4)
    assert_allclose(found[0], np.bincount(codes, minlength=6) / 60)
    for k in range(4):
        rest = codes[group != k]
        assert_allclose(found[k + 1], np.bincount(rest, minlength=6) / len(rest))
    assert leave_out_shares(codes, 6, np.zeros(60, int), 0).shape == (1, 6)


def test_pair_codes_are_distinct_and_take_little_memory():
    rng = np.random.default_rng(0)
    for n_codes in (3, 10_000):
        a, b = rng.integers(0, n_codes, (2, 200))
        codes, n = pair_levels(a, b, n_codes)
        assert n <= 800
        assert codes.max() < n
        same = codes[:, None] == codes
        assert_array_equal(same, (a[:, None] == a) & (b[:, None] == b))


def test_leave_out_correlations_are_those_of_other_rows():
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(90, 4)) @ rng.normal(size=(4, 4)) * [1, 1e6, 1e-6, 1e150]
    Z += [0, 1e9, 0, 0]
    Z[rng.random(Z.shape) < 0.1] = np.nan
    group = rng.permutation(90) % 3
    found = leave_out_correlations(Z, group, 3)
    for k, rows in enumerate([group >= 0, *(group != k for k in range(3))]):
        for i in range(4):
            for j in range(4):
                pair = Z[rows][:, [i, j]]
                pair = pair[~np.isnan(pair).any(axis=1)]
                pair = (pair - pair.mean(axis=0)) / np.abs(pair).max(axis=0)
                expected = np.corrcoef(pair.T)[0, 1]
                assert_allclose(found[k, i, j], expected, atol=1e-9)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 + 0.1])
def test_a_constant_has_no_correlation(constant):
    Z = np.column_stack([np.full(10, constant), np.arange(10.0), np.full(10, np.nan)])
    found = leave_out_correlations(Z, np.arange(10) % 2, 2)
    expected = np.zeros((3, 3))
    expected[1, 1] = 1
    assert_allclose(found, np.broadcast_to(expected, (3, 3, 3)), atol=1e-12)


def test_missing_cells_on_either_side_count_as_much():
    values, shift = np.array([0.0, 1.0, 3.0]), np.array([0.25, 0.25, 0.5, 0.0])
    p, q = shift, np.append(0.6 * shift[:3], 0.4)
    # the known cells are distributed alike
    assert_allclose(scaled_wasserstein(p, q, values), 0.4)
    assert_allclose(scaled_wasserstein(q, p, values), 0.4)


def test_the_distance_of_two_values_is_that_of_their_shares():
    p, q = np.array([0.75, 0.25, 0.0]), np.array([0.25, 0.75, 0.0])
    # moved: half of the rows by 7; the mean deviation of p is a quarter of 7
    assert_allclose(scaled_wasserstein(p, q, np.array([1.0, 8.0])), 2.0)


def test_codes_of_few_pairs_are_counted_to_the_last_one():
    codes, n_codes = pair_levels(np.array([0, 1, 1]), np.array([1, 0, 1]), 2)
    assert_array_equal(codes, [1, 2, 3])
    assert n_codes == 4


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_correlations_do_not_depend_on_units_of_any_size(unit):
    Z = np.random.default_rng(0).normal(size=(30, 2)) @ [[1.0, 0.5], [0.0, 1.0]]
    found = leave_out_correlations(Z * unit, np.zeros(30, dtype=int), 1)
    assert_allclose(found[0], np.corrcoef(Z.T))
