import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, kstest

from skgen._math.systematic import even_choices, even_decisions, even_uniforms

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
