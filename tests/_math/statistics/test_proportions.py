import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binom, binomtest

from skgen._math.statistics.proportions import (
    Z_95,
    Share,
    excess_share,
    overlap_by_chance,
    wilson_share,
)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (137, 2000)])
def test_a_share_is_the_middle_of_wilsons_interval(k, n):
    share = wilson_share(k, n)
    interval = binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert_allclose(share.lower, interval.low, atol=1e-12)
    assert_allclose(share.value + Z_95 * share.standard_error, interval.high)


def test_without_a_trial_all_shares_are_possible():
    share = wilson_share(0, 0)
    assert_allclose([share.value, share.lower], [0.5, 0.0], atol=1e-12)


def test_a_share_covers_the_truth_as_often_as_stated():
    n, p = 400, 0.07
    shares = [wilson_share(k, n) for k in range(n + 1)]
    covers = [abs(s.value - p) <= Z_95 * s.standard_error for s in shares]
    assert_allclose(binom.pmf(range(n + 1), n, p) @ covers, 0.95, atol=0.015)


def test_the_excess_of_an_attack_that_knows_some_people():
    # of those whom chance does not reach, three in ten are known
    control, leak = 0.4, 0.3
    attack = control + (1 - control) * leak
    excess = excess_share(Share(attack, 0.01), Share(control, 0.01))
    assert_allclose(excess.value, leak)
    assert excess_share(Share(0.2, 0.01), Share(0.4, 0.01)).value < 0


def test_the_error_of_the_excess_is_that_of_repeated_attacks():
    rng = np.random.default_rng(0)
    attack, control = rng.binomial([[500], [300]], [[0.6], [0.35]], size=(2, 4000))
    found = [
        excess_share(wilson_share(a, 500), wilson_share(c, 300))
        for a, c in zip(attack, control, strict=True)
    ]
    value, error = np.array(found).T
    # the error of a standard deviation of 4000 draws is 1.1 %
    assert_allclose(error.mean(), value.std(), rtol=0.05)
    assert_allclose(value.mean(), (0.6 - 0.35) / 0.65, atol=0.005)


@pytest.mark.parametrize(("n", "k"), [(7, 1), (7, 3), (6, 3), (7, 4), (7, 7), (1, 1)])
def test_overlap_by_chance_is_that_of_drawn_choices(n, k):
    rng = np.random.default_rng(0)
    drawn = rng.random((20_000, n)).argsort(axis=1)[:, :k]
    # by symmetry the other choice may be the first k items
    share = (drawn < k).any(axis=1).mean()
    # four standard errors
    assert_allclose(overlap_by_chance(n, k), share, atol=4 * 0.5 / np.sqrt(20_000))


def test_overlap_of_single_choices():
    assert_allclose(overlap_by_chance(10_000, 1), 1e-4, rtol=1e-10)
    assert overlap_by_chance(7, 4) == 1.0
