from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax

from skgen._math.factor_analysis.model import (
    MIN_NOISE,
    Moments,
    _maximize_scores,
    _principal_directions,
    level_probabilities,
    rotate_factors,
    sort_factor_rows,
    start_factors,
    whiten_factors,
)

SIZES = np.array([2, 3])


@pytest.fixture
def rows():
    """Rows of four scores and two levels, some cells missing."""
    rng = np.random.default_rng(0)
    u = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4))
    label = np.column_stack([rng.integers(2, size=300), 2 + (u[:, 0] > 0)])
    label[u[:, 1] > 2, 1] = 4
    u[rng.random(u.shape) < 0.1] = np.nan
    label[rng.random(label.shape) < 0.1] = -1
    return sort_factor_rows(u, label, np.ones(300))


def covariance(model):
    return model.loadings @ model.loadings.T + np.diag(model.noise)


def test_rows_that_show_the_same_cells_stand_together(rows):
    assert (np.diff(rows.which) >= 0).all()
    seen = rows.patterns[rows.which]
    assert_array_equal(seen[:, 4:] > 0, rows.label >= 0)
    assert (rows.u[seen[:, :4] == 0] == 0).all()
    assert_array_equal(rows.masks[:, rows.mask_of], rows.patterns)
    assert_array_equal(rows.masks[:, -1], 1)


def test_start_keeps_means_variances_and_shares(rows):
    model = start_factors(rows, SIZES, 2, np.random.default_rng(0))
    seen = rows.patterns[rows.which, :4] > 0
    u = np.where(seen, rows.u, np.nan)
    assert_allclose(model.mean, np.nanmean(u, axis=0))
    assert_allclose(np.diag(covariance(model)), np.nanvar(u, axis=0))
    assert_allclose(np.add.reduceat(model.shares, model.starts), 1)
    first = rows.label[:, 0]
    share = (np.mean(first == 1) + 0.5 / 300) / (np.mean(first >= 0) + 1 / 300)
    assert_allclose(model.shares[1], share)


def test_rotation_keeps_the_distribution(rows):
    model = start_factors(rows, SIZES, 3, np.random.default_rng(0))
    turned = rotate_factors(model)
    assert_allclose(covariance(turned), covariance(model), atol=1e-12)
    both = turned.loadings @ turned.slopes.T
    assert_allclose(both, model.loadings @ model.slopes.T, atol=1e-12)
    scaled = turned.loadings / np.sqrt(turned.noise)[:, None]
    information = scaled.T @ scaled + 0.5 * turned.slopes.T @ turned.slopes
    assert_allclose(
        information, np.diag(np.diag(information)), atol=1e-8 * information.max()
    )
    assert (np.diff(np.diag(information)) <= 0).all()


def test_level_probabilities_are_softmax_within_columns():
    logits = np.random.default_rng(0).normal(size=(4, 5)) * 100
    probability, log_sum = level_probabilities(logits, np.array([0, 2]))
    expected = [softmax(logits[:, :2], axis=1), softmax(logits[:, 2:], axis=1)]
    assert_allclose(probability, np.hstack(expected))
    log_prob = log_softmax(logits[:, 2:], axis=1)
    assert_allclose(logits[:, 2:] - log_sum[:, 1:], log_prob, atol=1e-10)


def test_whitening_leaves_what_is_expected_of_the_rows(rows):
    model = start_factors(rows, SIZES, 2, np.random.default_rng(0))
    means = np.random.default_rng(1).normal(size=(len(rows.u), 2)) * 2 + 1
    one = np.column_stack([np.ones(len(means)), means])
    moments = SimpleNamespace(second=[one.T @ one])
    white, moved = whiten_factors(model, moments, means)
    assert_allclose(moved.mean(axis=0), 0, atol=1e-12)
    assert_allclose(np.cov(moved.T, ddof=0), np.eye(2), atol=1e-12)
    expected = model.mean + means @ model.loadings.T
    assert_allclose(white.mean + moved @ white.loadings.T, expected)
    expected = model.bias + means @ model.slopes.T
    assert_allclose(white.bias + moved @ white.slopes.T, expected)


def test_start_of_complete_numbers_is_probabilistic_pca():
    # Tipping & Bishop (1999), of standardised columns
    rng = np.random.default_rng(0)
    u = rng.normal(size=(500, 5)) @ rng.normal(size=(5, 5))
    rows = sort_factor_rows(u, np.zeros((500, 0), dtype=int), np.ones(500))
    model = start_factors(rows, np.zeros(0, dtype=int), 2, rng)
    values, vectors = np.linalg.eigh(np.corrcoef(u.T))
    scaled = vectors[:, -2:] * np.sqrt(values[-2:] - values[:-2].mean())
    scaled *= u.std(axis=0)[:, None]
    assert_allclose(model.loadings @ model.loadings.T, scaled @ scaled.T)


def test_directions_are_those_of_the_scaled_indicators_and_scores(rows):
    weights = np.random.default_rng(3).integers(1, 4, size=300) * 1.0
    rows = rows._replace(weights=weights)
    real = (
        np.random.default_rng(1).normal(size=(300, 4)) * rows.patterns[rows.which, :4]
    )
    shares = np.array([0.4, 0.6, 0.2, 0.5, 0.3])
    # slow: each class against its frequency, zero where the level is missing
    columns = []
    for k, share in enumerate(shares):
        label = rows.label[:, int(k >= 2)]
        columns.append(np.where(label >= 0, (label == k) - share, 0) / np.sqrt(share))
    table = np.column_stack([real, *columns])
    values, vectors = np.linalg.eigh((table.T * (weights / weights.sum())) @ table)
    rng = np.random.default_rng(2)
    found, directions = _principal_directions(
        rows, real, np.array([0, 2]), np.sqrt(shares), 3, rng
    )
    assert_allclose(found, values[::-1][:3])
    alike = np.abs((directions * vectors[:, ::-1][:, :3]).sum(axis=0))
    assert_allclose(alike, 1.0)


def test_scores_are_regressed_on_the_factors():
    rng = np.random.default_rng(0)
    f, w = rng.normal(size=(500, 2)) + 0.3, rng.integers(1, 4, size=500) * 1.0
    # the last one follows from the factors
    u = np.column_stack([rng.normal(size=(500, 2)) + 4 + f, 5 + f @ [3.0, -2.0]])
    seen = rng.random(u.shape) < [0.7, 1.0, 0.8]
    x, empty = np.column_stack([np.ones(500), f]), np.zeros(0)
    second = np.einsum(
        "ij,ik,il->jkl", np.column_stack([seen, w > 0]) * w[:, None], x, x
    )
    known = np.where(seen, u, 0.0)
    moments = Moments(0.0, second, w @ known**2, (known.T * w) @ x, empty, empty)
    start = start_factors(
        sort_factor_rows(u, np.zeros((500, 0), dtype=int), w), empty.astype(int), 2, rng
    )
    found = _maximize_scores(start, moments)
    for j in range(3):
        rows = seen[:, j]
        root = np.sqrt(w[rows])
        theta = np.linalg.lstsq(x[rows] * root[:, None], u[rows, j] * root)[0]
        assert_allclose([found.mean[j], *found.loadings[j]], theta)
        left = np.average((u[rows, j] - x[rows] @ theta) ** 2, weights=w[rows])
        mean = np.average(u[rows, j], weights=w[rows])
        variance = np.average((u[rows, j] - mean) ** 2, weights=w[rows])
        assert_allclose(found.noise[j], max(left, MIN_NOISE * variance))
    assert_allclose(moments.total, w.sum())
