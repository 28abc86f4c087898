import numpy as np
import pytest

from skgen._math.statistics.jackknife import jackknife, jackknife_error, row_groups


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


def test_one_row_tells_no_error():
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
