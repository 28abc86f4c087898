import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from skgen._math.sampling.particles import (
    choose_one,
    effective_sample_size,
    log_mean_weight,
    pool_sizes,
    resample,
)

ALPHA = 1e-6
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
    assert chisquare(np.bincount(chosen), 20_000 * weight).pvalue > ALPHA


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
