import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm, truncnorm

from skgen._math.columns.normal_cells import log_cell_probability, truncated_moments


@pytest.mark.parametrize("center", [-30.0, -3.0, 0.0, 0.4, 5.0, 35.0])
@pytest.mark.parametrize("width", [1e-13, 1e-7, 1e-5, 1e-3, 0.3])
def test_log_cell_probability_is_exact_in_tails_and_narrow_cells(center, width):
    low, high = center - width / 2, center + width / 2
    # Gauss-Legendre on a narrow interval is as good as exact
    nodes, weights = np.polynomial.legendre.leggauss(20)
    integral = np.sum(weights * norm.pdf(center + nodes * width / 2))
    with np.errstate(divide="ignore"):
        expected = np.log(integral * width / 2)
    found = log_cell_probability(np.array([low]), np.array([high]))[0]
    # the ends themselves are rounded: they differ by width up to one part in 1000
    assert_allclose(
        found, expected, atol=2 * np.spacing(abs(center) + 1) / width + 1e-6
    )


def test_log_cell_probability_of_the_line_is_zero():
    ends = np.array([-np.inf, 0.0, np.inf])
    found = log_cell_probability(ends[:-1], ends[1:])
    assert_allclose(found, np.log(0.5))
    assert log_cell_probability(ends[:1], ends[-1:])[0] == 0.0


def test_log_cell_probability_of_cells_narrower_than_rounding():
    width = np.array([1e-17, 1e-100])
    found = log_cell_probability(-width / 2, width / 2)
    assert_allclose(found, np.log(width) + norm.logpdf(0.0))


def test_moments_are_those_of_a_truncated_normal_distribution():
    low = np.array([-np.inf, -1.0, 2.0, -0.3])
    high = np.array([0.5, 1.5, np.inf, -0.1])
    mean, variance = truncated_moments(low, high)
    expected = truncnorm(low, high)
    assert_allclose(mean, expected.mean(), atol=1e-3)
    assert_allclose(variance, expected.var(), rtol=0.01)
