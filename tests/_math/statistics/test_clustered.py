import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.statistics.jackknife import mean_with_error, thin


def test_without_clusters_it_is_the_error_of_a_mean():
    x = np.random.default_rng(0).normal(size=50)
    mean, error = mean_with_error(x)
    assert_allclose(mean, x.mean())
    assert_allclose(error, x.std(ddof=1) / np.sqrt(50))


def test_copies_of_a_score_in_a_cluster_tell_no_more():
    x = np.random.default_rng(1).normal(size=50)
    cluster = np.repeat(np.arange(50) * 7 - 100, 3)
    assert_allclose(mean_with_error(np.repeat(x, 3), cluster), mean_with_error(x))


def test_the_error_is_the_spread_of_means_of_clusters():
    rng = np.random.default_rng(2)
    means, errors = [], []
    for _ in range(300):
        cluster = rng.integers(0, 40, 200)
        score = rng.normal(size=40)[cluster] + rng.normal(size=200)
        mean, error = mean_with_error(score, cluster)
        means.append(mean)
        errors.append(error)
    # the spread of 300 means is known to 4 %; independent errors were half as large
    assert_allclose(np.mean(errors), np.std(means), rtol=0.15)


def test_a_single_score_or_cluster_has_no_error():
    assert np.isnan(mean_with_error(np.ones(1))[1])
    assert np.isnan(mean_with_error(np.arange(3.0), np.zeros(3, dtype=int))[1])


def test_rows_are_thinned_to_different_ones_in_order():
    Z, rng = np.arange(40.0).reshape(20, 2), np.random.default_rng(0)
    kept = thin(Z, 8, rng)
    assert kept.shape == (8, 2)
    assert (np.diff(kept[:, 0]) > 0).all()
    assert set(kept[:, 0]) <= set(Z[:, 0])
    assert_array_equal(thin(Z, 20, rng), Z)
    assert_array_equal(thin(Z, None, rng), Z)


def test_two_clusters_have_the_error_of_their_difference():
    score, cluster = np.array([1.0, 2.0, 6.0]), np.array([0, 0, 1])
    # deviations from the mean of 3 add up to -3 and 3: sqrt(2 (9 + 9)) / 3
    assert_allclose(mean_with_error(score, cluster), (3.0, 2.0))
