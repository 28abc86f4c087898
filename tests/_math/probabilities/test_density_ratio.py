import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logit

from skgen._math.probabilities.density_ratio import (
    calibration_slope,
    clip_level,
    log_keep_probability,
    log_loss,
    log_odds,
)


def test_log_odds_are_finite():
    assert_allclose(log_odds(np.array([0.2, 0.9])), logit([0.2, 0.9]))
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


def test_log_loss_is_the_negative_log_likelihood():
    p, label, weights = np.array([0.2, 0.7, 0.9]), np.array([0, 1, 0]), [1.0, 2.0, 1.0]
    expected = -(np.log(0.8) + 2 * np.log(0.7) + np.log(0.1)) / 4
    assert_allclose(log_loss(logit(p), label, weights), expected)


@pytest.mark.parametrize("truth", [0.0, 0.3, 0.8])
def test_calibration_finds_the_slope(truth):
    rng = np.random.default_rng(0)
    odds = rng.normal(scale=2, size=20_000)
    label = (rng.random(20_000) < 1 / (1 + np.exp(-truth * odds))).astype(int)
    found = calibration_slope(odds, label, np.ones(20_000))
    assert_allclose(found, truth, atol=0.05)


@pytest.mark.parametrize("max_draws", [1.5, 4, 20])
def test_the_allowed_number_of_rows_is_kept(max_draws):
    log_ratio = np.random.default_rng(0).normal(scale=2, size=5000)
    level = clip_level(log_ratio, max_draws)
    assert level < log_ratio.max()
    kept = np.exp(log_keep_probability(log_ratio, level)).mean()
    assert_allclose(kept, 1 / max_draws)


def test_nothing_is_clipped_where_enough_rows_are_kept():
    log_ratio = np.array([-0.1, 0.0, 0.1])
    assert clip_level(log_ratio, 2) == 0.1


def test_kept_rows_follow_the_ratio():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 3, 200_000)
    log_ratio = np.log(np.array([0.5, 1.0, 2.5]))[x]
    level = clip_level(log_ratio, 10)
    kept = x[rng.random(len(x)) < np.exp(log_keep_probability(log_ratio, level))]
    share = np.bincount(kept) / len(kept)
    # five standard errors of a share of 80,000 rows
    assert_allclose(share, np.array([0.5, 1.0, 2.5]) / 4, atol=0.009)


def test_the_level_keeps_the_share_that_is_asked_for_wherever_it_lies():
    log_ratio = np.random.default_rng(0).normal(size=6)
    for max_draws in np.linspace(1.02, 20, 400):
        level = clip_level(log_ratio, max_draws)
        kept = np.exp(log_keep_probability(log_ratio, level)).mean()
        if level < log_ratio.max():
            assert_allclose(kept, 1 / max_draws)
        else:
            assert kept > 1 / max_draws - 1e-9
