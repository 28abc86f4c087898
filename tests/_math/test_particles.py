import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from skgen._math.particles import choose_one, effective_sample_size, resample

ALPHA = 1e-6


def test_effective_sample_size_of_known_weights():
    log_weight = np.log([[1, 1, 1, 1], [1, 1e-300, 1e-300, 1e-300], [3, 1, 1e-9, 1e-9]])
    assert_allclose(effective_sample_size(log_weight), [4, 1, 1.6], rtol=1e-6)


def test_resampling_takes_each_particle_as_often_as_its_weight_says():
    rng = np.random.default_rng(0)
    weight = rng.random((200, 8))
    weight[0, 3:] = 0
    with np.errstate(divide="ignore"):
        chosen = resample(np.log(weight) - 700, rng)
    counts = (chosen[:, :, None] == np.arange(8)).sum(axis=1)
    expected = 8 * weight / weight.sum(axis=1, keepdims=True)
    # systematic resampling never strays from the expected count by one or more
    assert (np.abs(counts - expected) < 1 + 1e-9).all()


def test_resampling_equal_weights_keeps_every_particle():
    chosen = resample(np.zeros((3, 5)), np.random.default_rng(0))
    assert_array_equal(np.sort(chosen, axis=1), np.tile(np.arange(5), (3, 1)))


def test_one_particle_is_chosen_in_proportion_to_its_weight():
    weight = np.array([0.5, 0.3, 0.2])
    log_weight = np.tile(np.log(weight), (20_000, 1))
    chosen = choose_one(log_weight, np.random.default_rng(0))
    assert chisquare(np.bincount(chosen), 20_000 * weight).pvalue > ALPHA
