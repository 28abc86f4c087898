import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, chisquare, kstest

from skgen._math.sampling import (
    choose_in_proportion,
    choose_one,
    effective_sample_size,
    even_choices,
    even_decisions,
    even_folds,
    even_uniforms,
    log_mean_weight,
    pool_sizes,
    resample,
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


ALPHA_of_particles = 1e-6
WEIGHT = np.array([1, 1, 1, 1, 1, 1e-300, 3, 1, 1e-9, 0.0])
STARTS = np.array([0, 4, 6, 9])


def _log(weight):
    with np.errstate(divide="ignore"):
        return np.log(weight)


def test_sizes_of_pools():
    assert_array_equal(pool_sizes(WEIGHT, STARTS), [4, 2, 3, 1])


def test_effective_sample_size_of_known_weights():
    found = effective_sample_size(_log(WEIGHT) - 700, STARTS)
    assert_allclose(found, [4, 1, 1.6, 0], rtol=1e-6)


def test_mean_weight_of_known_weights():
    found = log_mean_weight(_log(WEIGHT) - 700, STARTS)
    assert_allclose(found, _log(np.array([1, 0.5, 4 / 3, 0])) - 700, rtol=1e-9)


def test_resampling_takes_each_particle_as_often_as_its_weight_says():
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 9, size=300)
    starts = np.cumsum(sizes) - sizes
    weight = rng.random(sizes.sum())
    weight[starts + sizes - 1] *= rng.random(300) < 0.5
    weight[starts] += 0.1
    n_chosen = rng.integers(0, 20, size=300)
    chosen = resample(_log(weight) - 700, starts, n_chosen, rng)
    pool = np.repeat(np.arange(300), sizes)
    assert_array_equal(pool[chosen], np.repeat(np.arange(300), n_chosen))
    counts = np.bincount(chosen, minlength=len(weight))
    share = weight / np.add.reduceat(weight, starts)[pool]
    # systematic resampling never strays from the expected count by one or more
    assert (np.abs(counts - n_chosen[pool] * share) < 1 + 1e-9).all()


def test_resampling_equal_weights_keeps_every_particle():
    starts, sizes = np.array([0, 5, 8]), np.array([5, 3, 4])
    chosen = resample(np.zeros(12), starts, sizes, np.random.default_rng(0))
    assert_array_equal(chosen, np.arange(12))


def test_particles_without_weight_are_never_chosen():
    log_weight = _log(np.array([0, 1, 0, 0, 0, 1e-200, 0, 0, 2]))
    starts = np.array([0, 3, 6])
    for seed in range(20):
        rng = np.random.default_rng(seed)
        chosen = resample(log_weight, starts, np.array([2, 3, 1]), rng)
        assert_array_equal(chosen, [1, 1, 5, 5, 5, 8])


def test_one_particle_is_chosen_in_proportion_to_its_weight():
    weight = np.array([0.5, 0.3, 0.2])
    log_weight = np.tile(np.log(weight), (20_000, 1))
    chosen = choose_one(log_weight, np.random.default_rng(0))
    assert chisquare(np.bincount(chosen), 20_000 * weight).pvalue > ALPHA_of_particles


class LargestNumbers:
    """The largest uniform numbers that there are."""

    def random(self, size):
        return np.full(size, np.nextafter(1.0, 0.0))


def test_rounding_leads_to_no_weight_of_zero():
    weight = np.array([0.0, 1.0, 3.0, 0.0, 2.0, 1.0, 0.0, 0.0])
    # three points of a pool: the last one is rounded to the end of its line
    chosen = resample(
        _log(weight), np.array([0, 4]), np.array([3, 3]), LargestNumbers()
    )
    assert (weight[chosen] > 0).all()
    assert_array_equal(chosen[:3] < 4, True)
    assert_array_equal(chosen[3:] >= 4, True)
    # of those that have one, the heaviest
    assert_array_equal(chosen[[2, 5]], [2, 4])


@pytest.mark.parametrize("n_rows", [7, 100, 101])
def test_folds_have_equal_sizes_and_about_the_same_values(n_rows):
    rng = np.random.default_rng(0)
    z = rng.normal(size=n_rows)
    fold = even_folds(z, 5, rng)
    order = np.argsort(z)
    for start in range(0, n_rows, 5):
        # neighbours are in different folds
        own = fold[order[start : start + 5]]
        assert len(np.unique(own)) == len(own)


def test_a_rare_value_is_in_all_folds_alike():
    z = np.repeat([0.0, 1.0], [997, 10])
    fold = even_folds(z, 5, np.random.default_rng(1))
    assert np.bincount(fold[z == 1], minlength=5).max() <= 3


def test_equal_values_are_put_into_folds_at_random():
    rng = np.random.default_rng(2)
    first = [even_folds(np.zeros(10), 5, rng)[0] for _ in range(2000)]
    counts = np.bincount(first, minlength=5)
    assert chisquare(counts).pvalue > ALPHA
