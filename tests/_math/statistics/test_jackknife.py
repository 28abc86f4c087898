import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.statistics.jackknife import (
    clustered_mean,
    jackknife,
    jackknife_error,
    row_groups,
    subsample,
)


def test_the_error_of_a_mean_is_the_known_one():
    # mean of 400 draws of 20 groups each: the estimate has 19 degrees of freedom
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(200):
        sample = rng.normal(size=400)
        errors.append(jackknife(np.mean, [sample], rng, n_groups=20)[1] ** 2)
    # variance 1/400; the mean of 200 estimates is within 4 of its standard errors
    assert np.mean(errors) == pytest.approx(1 / 400, rel=4 * np.sqrt(2 / 19 / 200))


def test_two_samples_add_their_variances():
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(200):
        a, b = rng.normal(size=300), rng.normal(size=100)
        _, error = jackknife(lambda x, y: x.mean() - y.mean(), [a, b], rng)
        errors.append(error**2)
    known = 1 / 300 + 1 / 100
    assert np.mean(errors) == pytest.approx(known, rel=4 * np.sqrt(2 / 9 / 200))


def test_arrays_have_an_error_for_each_cell():
    rng = np.random.default_rng(2)
    sample = rng.normal(size=(50, 3)) * [1, 10, 0]
    value, error = jackknife(lambda Z: Z.mean(axis=0), [sample], rng)
    assert value.shape == error.shape == (3,)
    assert error[1] > error[0] > error[2] == 0


def test_one_row_has_no_standard_error():
    rng = np.random.default_rng(3)
    value, error = jackknife(np.mean, [np.array([3.0])], rng)
    assert value == 3
    assert np.isnan(error)


def test_rows_are_left_out_in_ten_groups():
    sizes = []
    jackknife(lambda x: sizes.append(len(x)), [np.ones(40)], np.random.default_rng(0))
    assert sizes == [40] + [36] * 10
    [group], n_groups = row_groups([40], np.random.default_rng(0))
    assert np.bincount(group).tolist() == [4] * n_groups
    assert n_groups == 10


def test_two_groups_have_an_error_and_one_has_none():
    # half of the difference of 2, whatever the order
    assert jackknife_error([1.0, 3.0]) == pytest.approx(1.0)
    assert np.isnan(jackknife_error([1.0]))
    assert jackknife_error(np.zeros((1, 4, 2))).shape == (4, 2)


def test_without_clusters_the_error_is_that_of_a_mean():
    x = np.random.default_rng(0).normal(size=50)
    mean, error = clustered_mean(x)
    assert_allclose(mean, x.mean())
    assert_allclose(error, x.std(ddof=1) / np.sqrt(50))


def test_copies_of_a_score_in_a_cluster_add_no_information():
    x = np.random.default_rng(1).normal(size=50)
    cluster = np.repeat(np.arange(50) * 7 - 100, 3)
    assert_allclose(clustered_mean(np.repeat(x, 3), cluster), clustered_mean(x))


def test_the_clustered_error_is_the_spread_of_the_mean():
    rng = np.random.default_rng(2)
    means, errors = [], []
    for _ in range(300):
        cluster = rng.integers(0, 40, 200)
        score = rng.normal(size=40)[cluster] + rng.normal(size=200)
        mean, error = clustered_mean(score, cluster)
        means.append(mean)
        errors.append(error)
    # the spread of 300 means is known to 4 %; ignoring clusters halves the error
    assert_allclose(np.mean(errors), np.std(means), rtol=0.15)


def test_a_single_score_or_cluster_has_no_error():
    assert np.isnan(clustered_mean(np.ones(1))[1])
    assert np.isnan(clustered_mean(np.arange(3.0), np.zeros(3, dtype=int))[1])


def test_subsampled_rows_are_distinct_and_in_order():
    Z, rng = np.arange(40.0).reshape(20, 2), np.random.default_rng(0)
    kept = subsample(Z, 8, rng)
    assert kept.shape == (8, 2)
    assert (np.diff(kept[:, 0]) > 0).all()
    assert set(kept[:, 0]) <= set(Z[:, 0])
    assert_array_equal(subsample(Z, 20, rng), Z)
    assert_array_equal(subsample(Z, None, rng), Z)


def test_two_clusters_have_the_error_of_their_difference():
    score, cluster = np.array([1.0, 2.0, 6.0]), np.array([0, 0, 1])
    # deviations from the mean of 3 add up to -3 and 3: sqrt(2 (9 + 9)) / 3
    assert_allclose(clustered_mean(score, cluster), (3.0, 2.0))
