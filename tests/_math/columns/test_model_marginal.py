import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtr
from scipy.stats import norm

from skgen._math.columns.model_marginal import (
    density_curve,
    mixture_curve,
    sample_curve,
)

WEIGHTS = np.array([0.3, 0.6, 0.1])
MEANS = np.array([-1.0, 0.8, 4.0])
DEVIATIONS = np.array([0.5, 0.02, 1.5])


def _cdf(u):
    return WEIGHTS @ norm.cdf((u - MEANS[:, None]) / DEVIATIONS[:, None])


def test_a_normal_distribution_is_a_straight_line():
    u, v = mixture_curve(np.array([2.0]), np.array([1.5]), np.array([3.0]))
    assert_allclose(u, 1.5 + 3 * v, atol=1e-9)


def test_curve_of_a_mixture_has_its_probabilities():
    u, v = mixture_curve(WEIGHTS, MEANS, DEVIATIONS)
    assert (np.diff(u) > 0).all()
    assert (np.diff(v) > 0).all()
    at = np.linspace(-3, 9, 1001)
    assert_allclose(ndtr(np.interp(at, u, v)), _cdf(at), atol=2e-3)
    # also far out, in units of the tail
    at = np.array([-4.0, 10.0])
    assert_allclose(
        norm.logsf(-np.interp(at[0], u, v)), np.log(_cdf(at[:1])), rtol=0.01
    )
    assert_allclose(
        norm.logsf(np.interp(at[1], u, v)),
        np.log(0.1) + norm.logsf((at[1] - 4) / 1.5),
        rtol=0.01,
    )


def test_components_without_weight_do_not_matter():
    both = mixture_curve(np.array([1.0, 0.0]), np.array([0.0, 9.0]), np.ones(2))
    one = mixture_curve(np.ones(1), np.zeros(1), np.ones(1))
    for a, b in zip(both, one, strict=True):
        assert_allclose(a, b)


def test_curve_of_a_density_has_its_probabilities():
    ends = np.linspace(-12, 14, 20_001)
    mass = np.maximum(np.diff(_cdf(ends)), 1e-300)
    u, v = density_curve(ends, np.log(mass) + 3.0)
    at = np.linspace(-3, 8, 200)
    assert_allclose(ndtr(np.interp(at, u, v)), _cdf(at), atol=2e-3)


@pytest.mark.parametrize("n_rows", [200, 5000])
def test_curve_of_a_sample_is_near_that_of_its_distribution(n_rows):
    u, v = sample_curve(2 + 3 * np.random.default_rng(0).normal(size=n_rows))
    at = np.linspace(-4, 4, 50)
    found = np.interp(at, v, u)
    # five standard errors of a quantile at the tenth row from the end
    error = np.sqrt(ndtr(-np.abs(at)) / n_rows) / norm.pdf(at)
    error = np.minimum(error, 0.3)
    assert np.all(np.abs(found - 2 - 3 * at) < 3 * 5 * np.maximum(error, 0.02))
    assert v[0] < -10
    assert v[-1] > 10
