import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from scipy.stats import norm

from skgen._math.probabilities.priors import class_shares, shift_priors


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(None, [0.25, 0.5, 0.25]), (np.array([1.0, 2.0, 3.0, 2.0]), [0.25, 0.375, 0.375])],
)
def test_class_shares(weights, expected):
    classes, shares = class_shares(np.array(["b", "a", "c", "b"]), weights)
    assert_array_equal(classes, ["a", "b", "c"])
    assert_allclose(shares, expected)


def test_shifted_probabilities_are_those_of_the_other_prior():
    x = np.linspace(-3, 5, 9)[:, None]
    log_density = norm.logpdf(x, loc=[0.0, 1.0, 3.0], scale=[1.0, 0.5, 2.0])
    old, new = np.array([0.2, 0.5, 0.3]), np.array([0.7, 0.05, 0.25])
    learned = log_softmax(log_density + np.log(old), axis=1)
    expected = log_softmax(log_density + np.log(new), axis=1)
    assert_allclose(shift_priors(learned, old, new), expected)


def test_tiny_and_zero_probabilities():
    log_proba = np.array([[-2000.0, 0.0], [-np.inf, 0.0]])
    shifted = shift_priors(log_proba, np.array([0.5, 0.5]), np.array([0.8, 0.2]))
    assert_allclose(shifted, [[-2000 + np.log(4), 0.0], [-np.inf, 0.0]], atol=1e-12)
