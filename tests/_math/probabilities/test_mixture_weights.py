import numpy as np
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from skgen._math.probabilities.mixture_weights import mixture_weights


def test_weights_are_those_that_another_optimiser_finds():
    rng = np.random.default_rng(0)
    log_prob = rng.normal(size=(200, 3)) - [0.0, 0.3, 2.0]
    row_weights = rng.choice([0.5, 1.0, 3.0], 200)

    def loss(theta):
        weights = np.exp(theta) / np.exp(theta).sum()
        inside = row_weights @ np.log(np.exp(log_prob) @ weights)
        return -inside - 2.0 / 3 * np.log(weights).sum()

    theta = minimize(loss, np.zeros(3), tol=1e-12).x
    expected = np.exp(theta) / np.exp(theta).sum()
    found = mixture_weights(log_prob, row_weights, prior_rows=2.0)
    assert_allclose(found, expected, atol=2e-4)
    assert_allclose(found.sum(), 1.0)


def test_one_part_that_is_right_takes_all_but_the_prior():
    log_prob = np.column_stack([np.zeros(98), np.full(98, -1e3)])
    found = mixture_weights(log_prob, np.ones(98), prior_rows=2.0)
    assert_allclose(found, [0.99, 0.01])


def test_rows_that_are_impossible_everywhere_do_not_count():
    log_prob = np.array([[0.0, -np.inf], [-np.inf, -np.inf]])
    assert_allclose(mixture_weights(log_prob, np.ones(2)), [1.0, 0.0], atol=1e-5)
    nowhere = np.full((2, 4), -np.inf)
    assert_allclose(mixture_weights(nowhere, np.ones(2)), 0.25)
