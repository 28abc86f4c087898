import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import log_softmax
from scipy.stats import rankdata

from skgen._math.probabilities.calibration import (
    BOUND,
    SPREAD_BIAS,
    SPREAD_BOUND,
    SPREAD_POWER,
    Calibration,
    calibrate,
    fit_calibration,
)
from skgen._math.probabilities.priors import shift_priors

OLD, NEW = np.array([0.2, 0.3, 0.5]), np.array([0.7, 0.2, 0.1])
RATIO = np.log(NEW) - np.log(OLD)


def draw_rows(truth, n_samples):
    """Rows of three classes, whose probabilities are what the map makes of them."""
    rng = np.random.default_rng(0)
    log_proba = log_softmax(4 * rng.normal(size=(n_samples, 3)), axis=1)
    noise = rng.gumbel(size=log_proba.shape)
    return log_proba, (calibrate(log_proba, RATIO, truth) + noise).argmax(axis=1)


def test_without_a_bound_it_is_the_shift_of_the_prior():
    log_proba = log_softmax(np.random.default_rng(0).normal(size=(9, 3)), axis=1)
    neutral = Calibration(1e12, 1.0, np.zeros(3))
    expected = shift_priors(log_proba, OLD, NEW)
    assert_allclose(calibrate(log_proba, RATIO, neutral), expected)


def test_formula():
    p, ratio, bias = np.array([[0.9, 0.1]]), np.array([0.5, -0.5]), np.array([0.1, 0.2])
    r = np.log(p) / (1 - np.log(p) / 3.0)
    expected = np.exp(2 * r + ratio + bias)
    expected /= expected.sum()
    mapped = calibrate(np.log(p), ratio, Calibration(3.0, 2.0, bias))
    assert_allclose(np.exp(mapped), expected)


def test_of_two_classes_rows_that_differ_keep_their_order():
    logits = np.r_[-np.inf, -700, -300, np.linspace(-50, 30, 30), np.inf]
    log_p = -np.logaddexp(0, -logits)
    log_proba = np.column_stack([-np.logaddexp(0, logits), log_p])
    mapped = calibrate(log_proba, np.array([2.0, -2.0]), Calibration(3.0, 0.5, 1.0))
    assert np.isfinite(mapped).all()
    proba = np.exp(mapped)
    assert_allclose(proba.sum(axis=1), 1.0)
    assert_array_equal(rankdata(proba[:, 1]), rankdata(logits))


def test_the_map_that_rows_follow_is_found():
    truth = Calibration(4.0, 0.6, np.array([0.5, -0.5, 0.0]))
    log_proba, codes = draw_rows(truth, 50_000)
    found = fit_calibration(log_proba, RATIO, codes)
    # eight simulations with other seeds had errors of up to 0.02
    expected = np.exp(calibrate(log_proba, RATIO, truth))
    proba = np.exp(calibrate(log_proba, RATIO, found))
    assert np.abs(proba - expected).max() < 0.05


def test_it_is_the_mode_of_the_posterior():
    truth = Calibration(4.0, 0.6, np.array([0.5, -0.5, 0.0]))
    log_proba, codes = draw_rows(truth, 60)

    def loss(theta):
        bound, power = BOUND * np.exp(theta[0]), np.exp(theta[1])
        log_q = calibrate(log_proba, RATIO, Calibration(bound, power, theta[2:]))
        spread = [SPREAD_BOUND, SPREAD_POWER, *[SPREAD_BIAS] * 3]
        return -log_q[np.arange(60), codes].sum() + 0.5 * ((theta / spread) ** 2).sum()

    slow = minimize(loss, np.zeros(5), method="BFGS")
    found = fit_calibration(log_proba, RATIO, codes)
    theta = np.r_[np.log(found.bound / BOUND), np.log(found.power), found.bias]
    assert_allclose(loss(theta), slow.fun, atol=1e-4)
    assert np.abs(theta).max() > 0.1


def test_sure_predictions_get_the_share_that_is_right():
    codes = np.repeat([0, 1, 0, 1], [800, 200, 200, 800])
    said = np.repeat([0, 0, 1, 1], [800, 200, 200, 800])
    with np.errstate(divide="ignore"):
        log_proba = np.log(np.eye(2)[said])
    found = fit_calibration(log_proba, np.zeros(2), codes)
    proba = np.exp(calibrate(log_proba, np.zeros(2), found))
    assert_allclose(proba[np.arange(2000), said], 0.8, atol=0.01)


def test_few_rows_move_it_little():
    log_proba, codes = draw_rows(Calibration(2.0, 0.3, np.array([1.0, -1.0, 0.0])), 2)
    found = fit_calibration(log_proba, RATIO, codes)
    assert BOUND / 3 < found.bound < 3 * BOUND
    assert 0.4 < found.power < 2.5
    assert np.abs(found.bias).max() < 1


def test_weights_equal_repetition():
    log_proba, codes = draw_rows(Calibration(4.0, 0.6, np.zeros(3)), 100)
    weights = np.random.default_rng(1).integers(1, 4, size=100)
    rows = np.repeat(np.arange(100), weights)
    ratio = np.tile(RATIO, (100, 1))
    weighted = fit_calibration(log_proba, ratio, codes, weights.astype(float))
    repeated = fit_calibration(log_proba[rows], ratio[rows], codes[rows])
    for one, other in zip(weighted, repeated, strict=True):
        assert_allclose(one, other, atol=1e-3)
    plain = fit_calibration(log_proba, ratio, codes)
    assert abs(plain.bound - weighted.bound) > 0.01


@pytest.mark.parametrize("n_classes", [2, 3])
def test_balanced_priors_without_bias_keep_the_decision(n_classes):
    rng = np.random.default_rng(0)
    log_proba = log_softmax(5 * rng.normal(size=(50, n_classes)), axis=1)
    mapped = calibrate(log_proba, 0.0, Calibration(2.0, 0.5, np.zeros(n_classes)))
    assert_array_equal(mapped.argmax(axis=1), log_proba.argmax(axis=1))
