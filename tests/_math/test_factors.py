import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax

from skgen._math.factors import (
    class_probabilities,
    group_rows,
    rotate_factors,
    start_factors,
)

SIZES = np.array([2, 3])


@pytest.fixture
def rows():
    """Rows of four coordinates and two codes, some cells missing."""
    rng = np.random.default_rng(0)
    u = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4))
    label = np.column_stack([rng.integers(2, size=300), 2 + (u[:, 0] > 0)])
    label[u[:, 1] > 2, 1] = 4
    u[rng.random(u.shape) < 0.1] = np.nan
    label[rng.random(label.shape) < 0.1] = -1
    return group_rows(u, label, np.ones(300))


def covariance(factors):
    return factors.loadings @ factors.loadings.T + np.diag(factors.noise)


def test_rows_that_show_the_same_cells_stand_together(rows):
    assert (np.diff(rows.which) >= 0).all()
    seen = rows.patterns[rows.which]
    assert_array_equal(seen[:, 4:] > 0, rows.label >= 0)
    assert (rows.u[seen[:, :4] == 0] == 0).all()
    assert_array_equal(rows.masks[:, rows.mask_of], rows.patterns)
    assert_array_equal(rows.masks[:, -1], 1)


def test_start_keeps_means_variances_and_shares(rows):
    factors = start_factors(rows, SIZES, 2, np.random.default_rng(0))
    seen = rows.patterns[rows.which, :4] > 0
    u = np.where(seen, rows.u, np.nan)
    assert_allclose(factors.mean, np.nanmean(u, axis=0))
    assert_allclose(np.diag(covariance(factors)), np.nanvar(u, axis=0))
    assert_allclose(np.add.reduceat(factors.shares, factors.starts), 1)
    first = rows.label[:, 0]
    share = (np.mean(first == 1) + 0.5 / 300) / (np.mean(first >= 0) + 1 / 300)
    assert_allclose(factors.shares[1], share)


def test_rotation_keeps_the_distribution(rows):
    factors = start_factors(rows, SIZES, 3, np.random.default_rng(0))
    turned = rotate_factors(factors)
    assert_allclose(covariance(turned), covariance(factors), atol=1e-12)
    both = turned.loadings @ turned.slopes.T
    assert_allclose(both, factors.loadings @ factors.slopes.T, atol=1e-12)
    scaled = turned.loadings / np.sqrt(turned.noise)[:, None]
    told = scaled.T @ scaled + 0.5 * turned.slopes.T @ turned.slopes
    assert_allclose(told, np.diag(np.diag(told)), atol=1e-8 * told.max())
    assert (np.diff(np.diag(told)) <= 0).all()


def test_class_probabilities_are_softmax_within_codes():
    logits = np.random.default_rng(0).normal(size=(4, 5)) * 100
    probability, log_sum = class_probabilities(logits, np.array([0, 2]))
    expected = [softmax(logits[:, :2], axis=1), softmax(logits[:, 2:], axis=1)]
    assert_allclose(probability, np.hstack(expected))
    log_prob = log_softmax(logits[:, 2:], axis=1)
    assert_allclose(logits[:, 2:] - log_sum[:, 1:], log_prob, atol=1e-10)
