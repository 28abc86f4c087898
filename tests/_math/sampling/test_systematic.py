import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, kstest

from skgen._math.sampling.systematic import (
    choose_in_proportion,
    even_choices,
    even_decisions,
    even_uniforms,
)

ALPHA = 1e-6


def test_each_group_has_one_uniform_in_each_cell():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 20, 500)
    uniform = even_uniforms(group, rng)
    for number in range(20):
        own = np.sort(uniform[group == number])
        assert_array_equal(np.floor(own * len(own)), np.arange(len(own)))


def test_one_uniform_of_each_call_is_uniform():
    rng = np.random.default_rng(1)
    group = np.array([0, 0, 0, 2, 2])
    draws = np.array([even_uniforms(group, rng) for _ in range(5000)])
    assert all(kstest(u, "uniform").pvalue > ALPHA for u in draws.T)
    assert len(even_uniforms(group[:0], rng)) == 0


def test_choices_are_as_frequent_as_expected():
    rng = np.random.default_rng(2)
    masses = np.array([0.0, 3.0, 1.0, 0.0, 6.0, 0.0])
    chosen = even_choices(masses, 1000, rng)
    counts = np.bincount(chosen, minlength=6)
    assert np.abs(counts - 100 * masses).max() <= 1
    # not in order: the first half is no different
    assert abs(np.bincount(chosen[:500], minlength=6)[4] - 300) < 100


@pytest.mark.parametrize("place", range(4))
def test_each_decision_keeps_its_own_probability(place):
    rng = np.random.default_rng(3)
    probability = np.array([0.1, 0.5, 0.5, 0.85])
    group = np.array([0, 0, 1, 1])
    count = sum(even_decisions(probability, group, rng)[place] for _ in range(4000))
    law = binom(4000, probability[place])
    assert law.ppf(ALPHA / 2) <= count <= law.isf(ALPHA / 2)


def test_decisions_are_even_in_every_group_and_among_similar_probabilities():
    rng = np.random.default_rng(4)
    group = rng.integers(0, 5, 2000)
    probability = rng.random(2000)
    decision = even_decisions(probability, group, rng)
    for number in range(5):
        for low in (0.0, 0.5):
            own = (group == number) & (probability >= low) & (probability < low + 0.5)
            assert abs(decision[own].sum() - probability[own].sum()) < 2


def test_certain_decisions_are_certain():
    probability = np.repeat([0.0, 1.0, 0.3], 1000)
    group = np.zeros(3000, dtype=int)
    decision = even_decisions(probability, group, np.random.default_rng(5))
    assert not decision[:1000].any()
    assert decision[1000:2000].all()
    assert_allclose(decision[2000:].sum(), 300, atol=1)


def count_choices(weights, n_chosen, n_calls, seed):
    rng = np.random.default_rng(seed)
    calls = (choose_in_proportion(weights, n_chosen, rng) for _ in range(n_calls))
    return sum(np.bincount(rows, minlength=len(weights)) for rows in calls)


def assert_as_often(counts, n_calls, probability):
    law = binom(n_calls, probability)
    assert (law.ppf(ALPHA / 2) <= counts).all()
    assert (counts <= law.isf(ALPHA / 2)).all()


@pytest.mark.parametrize("spread", [0.0, 1.0, 8.0])
@pytest.mark.parametrize("n_chosen", [1, 2, 50, 198, 199, 200])
def test_chosen_rows_are_different_and_so_many(n_chosen, spread):
    rng = np.random.default_rng(6)
    for _ in range(50):
        weights = np.exp(spread * rng.normal(size=200))
        rows = choose_in_proportion(weights, n_chosen, rng)
        assert len(rows) == n_chosen
        assert (np.diff(rows) > 0).all()
        assert rows[0] >= 0
        assert rows[-1] < 200


@pytest.mark.parametrize("scale", [1.0, 1e-150, 1e150])
def test_rows_are_chosen_in_proportion_to_their_weights(scale):
    weights = np.array([3.0, 1.0, 0.5, 4.0, 2.0, 0.1, 1.4])
    counts = count_choices(scale * weights, 3, 5000, seed=7)
    assert_as_often(counts, 5000, 3 * weights / 12)


def test_rows_that_are_too_heavy_are_certain_and_leave_the_rest_to_the_others():
    # the second one only when the first one is
    weights = np.array([1.0, 10.0, 1.0, 100.0, 0.5, 1.5])
    counts = count_choices(weights, 3, 5000, seed=8)
    assert_array_equal(counts[[1, 3]], 5000)
    light = [0, 2, 4, 5]
    assert_as_often(counts[light], 5000, weights[light] / 4)


def test_as_many_certain_rows_as_are_chosen():
    weights = np.array([1.0, 1e30, 1.0, 1e30])
    assert_array_equal(count_choices(weights, 2, 100, seed=9), [0, 100, 0, 100])


def test_rows_of_equal_weight_are_chosen_in_every_combination():
    rng = np.random.default_rng(10)
    pairs = [tuple(choose_in_proportion(np.ones(4), 2, rng)) for _ in range(6000)]
    found = np.unique(pairs, axis=0, return_counts=True)[1]
    assert len(found) == 6
    assert_as_often(found, 6000, np.full(6, 1 / 6))


def test_all_rows_are_chosen_whatever_they_weigh():
    weights = np.array([1e-9, 1.0, 1e9])
    assert_array_equal(choose_in_proportion(weights, 3, None), [0, 1, 2])
