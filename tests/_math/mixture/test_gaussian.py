import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal, norm

from skgen._math.mixture import gaussian
from skgen._math.mixture.gaussian import (
    conditional_draw,
    conditional_mean,
    expected_rows,
    find_cells,
    find_patterns,
    log_normal_density,
    whitening,
)

WIDTH = 4


@pytest.fixture
def mean():
    return np.array([0.5, -1.0, 2.0, 0.0])


@pytest.fixture
def covariance():
    A = np.random.default_rng(1).normal(size=(WIDTH, 2 * WIDTH))
    return A @ A.T / WIDTH + 0.1 * np.eye(WIDTH)


@pytest.fixture
def rows(mean, covariance):
    """Many complete rows, some patterns of several rows, and rows that show nothing."""
    rng = np.random.default_rng(2)
    u = rng.multivariate_normal(mean, covariance, size=250)
    u[100:][rng.random((150, WIDTH)) < 0.5] = np.nan
    return u[rng.permutation(250)]


def _given(row, mean, covariance):
    """Textbook mean and covariance of the missing scores of a row."""
    o = ~np.isnan(row)
    weights = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, ~o)]).T
    center = mean[~o] + weights @ (row[o] - mean[o])
    return center, covariance[np.ix_(~o, ~o)] - weights @ covariance[np.ix_(o, ~o)]


def _log_density(u, mean, covariance, low=None, high=None):
    patterns = find_patterns(~np.isnan(u))
    order = patterns.order
    cells = None if low is None else find_cells(u, low, high, order)
    out = np.empty(len(u))
    out[order] = log_normal_density(
        np.nan_to_num(u)[order], mean, covariance, patterns, cells
    )
    return out


@pytest.mark.parametrize("block", [1, 2**20])
def test_groups_hold_each_row_once_beside_its_pattern(rows, block, monkeypatch):
    monkeypatch.setattr(gaussian, "BLOCK", block)
    observed = ~np.isnan(rows)
    patterns = find_patterns(observed)
    assert_array_equal(np.sort(patterns.order), np.arange(250))
    n_seen = 0
    for group in patterns.blocks:
        for batch in group.batches:
            found = batch.rows(observed[patterns.order])
            expected = np.broadcast_to(group.masks[batch.which, None], found.shape)
            assert_array_equal(found, expected)
            n_seen += found.shape[0] * found.shape[1]
    assert n_seen == 250
    assert (len(patterns.blocks) > 1) == (block == 1)


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (1, 1), (200, 2)])
def test_complete_rows_of_any_shape_are_one_pattern(shape):
    patterns = find_patterns(np.ones(shape, dtype=bool))
    assert_array_equal(np.sort(patterns.order), np.arange(shape[0]))
    assert sum(len(group.masks) for group in patterns.blocks) == min(shape[0], 1)


def test_whitening_inverts_the_covariance_of_the_observed(covariance):
    masks = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    W = whitening(covariance, masks)
    assert_array_equal(W, np.triu(W))
    for w, mask in zip(W, masks, strict=True):
        both = np.ix_(mask, mask)
        assert_allclose((w @ w.T)[both], np.linalg.inv(covariance[both]), rtol=1e-9)
        assert not w[~mask].any()
        assert not w[:, ~mask].any()


def test_log_density_is_that_of_the_observed_scores(rows, mean, covariance):
    found = _log_density(rows, mean, covariance)
    for row, value in zip(rows, found, strict=True):
        o = ~np.isnan(row)
        expected = 0.0
        if o.any():
            part = multivariate_normal(mean[o], covariance[np.ix_(o, o)])
            expected = part.logpdf(row[o])
        assert_allclose(value, expected, rtol=1e-9, atol=1e-12)


def test_cells_count_by_their_probability_given_the_scores_before(covariance):
    u = np.array([[0.2, np.nan, 1.0, -0.3], [0.2, np.nan, 1.0, -0.3]])
    low, high = u.copy(), u.copy()
    low[0, 2], high[0, 2] = 0.7, np.inf
    mean = np.zeros(4)
    found = _log_density(u, mean, covariance, low, high)
    points = _log_density(u, mean, covariance)
    assert_allclose(found[1], points[1])
    # score 2 given 0, by the textbook
    center, variance = _given(np.array([0.2, np.nan]), mean[:2], covariance[::2, ::2])
    given = norm(center[0], np.sqrt(variance[0, 0]))
    expected = points[0] - given.logpdf(1.0) + given.logsf(0.7)
    assert_allclose(found[0], expected, rtol=1e-9)


def test_probabilities_of_cells_sum_to_one(covariance):
    edges = np.concatenate([[-np.inf], np.linspace(-3, 3, 13), [np.inf]])
    centers = np.concatenate([[-3.5], (edges[1:-2] + edges[2:-1]) / 2, [3.5]])
    at = np.stack(np.meshgrid(*[np.arange(14)] * 3), axis=-1).reshape(-1, 3)
    u, low, high = (x[at] for x in (centers, edges[:-1], edges[1:]))
    found = _log_density(u, np.zeros(3), covariance[:3, :3], low, high)
    assert_allclose(np.exp(found).sum(), 1.0, rtol=1e-9)


def test_conditional_mean_is_that_of_the_textbook(rows, mean, covariance):
    filled = conditional_mean(rows, mean, covariance, find_patterns(~np.isnan(rows)))
    for row, full in zip(rows, filled, strict=True):
        hidden = np.isnan(row)
        center, _ = _given(row, mean, covariance)
        assert_allclose(full[hidden], center, rtol=1e-9, atol=1e-12)
        assert_array_equal(full[~hidden], row[~hidden])


def test_conditional_draws_have_the_conditional_moments(mean, covariance):
    n = 40_000
    row = np.array([1.0, np.nan, 1.5, np.nan])
    u = np.tile(row, (n, 1))
    u[::2] = np.nan
    rng = np.random.default_rng(0)
    drawn = conditional_draw(u, mean, covariance, find_patterns(~np.isnan(u)), rng)
    assert_array_equal(drawn[1::2, [0, 2]], u[1::2, [0, 2]])
    center, expected = _given(row, mean, covariance)
    for part, m, C in (
        (drawn[::2], mean, covariance),
        (drawn[1::2][:, [1, 3]], center, expected),
    ):
        # six standard errors: a false alarm in 1e8 for each number
        scale = np.sqrt(np.diag(C))
        assert np.all(np.abs(part.mean(axis=0) - m) < 6 * scale / np.sqrt(n / 2))
        error = 6 * np.sqrt(2 / (n / 2)) * np.outer(scale, scale)
        assert np.all(np.abs(np.cov(part.T) - C) < error)


@pytest.mark.parametrize("spread", [False, True])
def test_expected_rows_add_up_row_by_row(rows, mean, covariance, spread):
    rng = np.random.default_rng(3)
    patterns = find_patterns(~np.isnan(rows))
    u, weights = rows[patterns.order], rng.random(250)
    variances = rng.random(u.shape) * ~np.isnan(u) if spread else None
    found, scatter = expected_rows(
        np.nan_to_num(u), ~np.isnan(u), weights, mean, covariance, patterns, variances
    )
    expected = np.zeros((WIDTH, WIDTH))
    for i, row in enumerate(u):
        m = np.isnan(row)
        center, left = _given(row, mean, covariance)
        assert_allclose(found[i, m], center, rtol=1e-9, atol=1e-12)
        assert_allclose(found[i, ~m], row[~m], rtol=1e-12)
        expected[np.ix_(m, m)] += weights[i] * left
        if spread:
            slopes = np.eye(WIDTH)[:, ~m]
            slopes[m] = np.linalg.solve(
                covariance[np.ix_(~m, ~m)], covariance[np.ix_(~m, m)]
            ).T
            expected += weights[i] * (slopes * variances[i, ~m]) @ slopes.T
    assert_allclose(scatter, expected, rtol=1e-9, atol=1e-11)
