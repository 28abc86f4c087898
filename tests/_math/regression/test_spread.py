import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen._math.regression.ridge import decompose
from skgen._math.regression.spread import fit_spread


def _fit(x, residual, least=1e-5):
    return fit_spread(decompose(x[:, None], np.ones(len(x))), residual, least)


def test_a_spread_that_grows_is_found():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 2, 3000)
    fitted = _fit(x, rng.normal(size=3000) * np.exp(x - 1))
    found = fitted.coef[0] * np.array([0.2, 1.8]) + fitted.intercept
    assert_allclose(found, [-0.8, 0.8], atol=0.1)
    assert_allclose(fitted.left_out, np.exp(x - 1), rtol=0.15)


def test_an_equal_spread_stays_equal():
    rng = np.random.default_rng(1)
    fitted = _fit(rng.random(500), 3 * rng.normal(size=500))
    assert_allclose(fitted.left_out, 3.0, rtol=0.1)


def test_residuals_of_zero_have_the_least_spread():
    fitted = _fit(np.linspace(0, 1, 50), np.zeros(50), least=0.01)
    assert_allclose(fitted.left_out, 0.01)
    assert fitted.ends == pytest.approx((np.log(0.01),) * 2)
