from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax

from skgen._math.factors import (
    class_probabilities,
    group_rows,
    rotate_factors,
    start_factors,
    whiten_factors,
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


def test_whitening_leaves_what_is_expected_of_the_rows(rows):
    factors = start_factors(rows, SIZES, 2, np.random.default_rng(0))
    means = np.random.default_rng(1).normal(size=(len(rows.u), 2)) * 2 + 1
    one = np.column_stack([np.ones(len(means)), means])
    moments = SimpleNamespace(second=[one.T @ one])
    white, moved = whiten_factors(factors, moments, means)
    assert_allclose(moved.mean(axis=0), 0, atol=1e-12)
    assert_allclose(np.cov(moved.T, ddof=0), np.eye(2), atol=1e-12)
    expected = factors.mean + means @ factors.loadings.T
    assert_allclose(white.mean + moved @ white.loadings.T, expected)
    expected = factors.bias + means @ factors.slopes.T
    assert_allclose(white.bias + moved @ white.slopes.T, expected)


def test_start_of_complete_numbers_is_probabilistic_pca():
    # Tipping & Bishop (1999), of standardised columns
    rng = np.random.default_rng(0)
    u = rng.normal(size=(500, 5)) @ rng.normal(size=(5, 5))
    rows = group_rows(u, np.zeros((500, 0), dtype=int), np.ones(500))
    factors = start_factors(rows, np.zeros(0, dtype=int), 2, rng)
    values, vectors = np.linalg.eigh(np.corrcoef(u.T))
    scaled = vectors[:, -2:] * np.sqrt(values[-2:] - values[:-2].mean())
    scaled *= u.std(axis=0)[:, None]
    assert_allclose(factors.loadings @ factors.loadings.T, scaled @ scaled.T)
