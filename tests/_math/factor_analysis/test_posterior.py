import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_ndtr, log_softmax
from scipy.stats import multivariate_normal, norm, truncnorm

from skgen._math.factor_analysis.model import Factors
from skgen._math.factor_analysis.nodes import fixed_nodes, random_nodes
from skgen._math.factor_analysis.posterior import (
    _gradient,
    _truncated_moments,
    expected_factors,
    gather_evidence,
    log_code_probability,
    log_density,
    weighted_factors,
)
from skgen._math.sampling.particles import choose_one


def make_factors(n_factors, *, scale=1.5, seed=0):
    """Three coordinates, two codes of 2 and 4 classes."""
    rng = np.random.default_rng(seed)
    return Factors(
        mean=rng.normal(size=3) * 0.3,
        loadings=rng.normal(size=(3, n_factors)),
        noise=np.array([0.3, 0.5, 0.2]),
        bias=rng.normal(size=6) * 0.5,
        slopes=rng.normal(size=(6, n_factors)) * scale,
        starts=np.array([0, 2]),
        shares=np.array([0.5, 0.5, 0.25, 0.25, 0.25, 0.25]),
    )


def rows_of_all_kinds():
    """Coordinates, ends of cells, labels: points, cells, codes, missing."""
    u = np.array([[0.5, -1, np.nan], [np.nan] * 3, [1.2, 0.3, 0.1], [np.nan, 2, 0]])
    low, high = u.copy(), u.copy()
    low[2, 1], high[2, 1] = -0.2, 0.8
    low[3, 1], high[3, 1] = 1.5, np.inf
    label = np.array([[0, -1], [1, 3], [1, 5], [-1, 2]])
    return u, low, high, label


def grid(n_factors, n=121):
    """Points on a grid in the space of the factors, and their prior probability."""
    axis = np.linspace(-6, 6, n)
    z = np.array(list(itertools.product(axis, repeat=n_factors)))
    prior = norm.pdf(z).prod(axis=1)
    return z, prior / prior.sum()


def log_likelihood(factors, u, low, high, label, z):
    """Slow: log-density of one row at each of the factors."""
    total = np.zeros(len(z))
    deviation = np.sqrt(factors.noise)
    for j in np.flatnonzero(~np.isnan(u)):
        expected = factors.mean[j] + z @ factors.loadings[j]
        if low[j] == high[j]:
            total += norm.logpdf(u[j], expected, deviation[j])
        else:
            below, above = (
                (end - expected) / deviation[j] for end in (low[j], high[j])
            )
            with np.errstate(divide="ignore"):
                total += np.log(np.exp(log_ndtr(above)) - np.exp(log_ndtr(below)))
    logits = factors.bias + z @ factors.slopes.T
    for part, first in ((logits[:, :2], 0), (logits[:, 2:], 2)):
        found = label[(label >= first) & (label < first + part.shape[1])]
        for at in found:
            total += log_softmax(part, axis=1)[:, at - first]
    return total


@pytest.mark.parametrize("n_factors", [1, 2])
def test_density_is_that_of_quadrature(n_factors):
    factors, rows = make_factors(n_factors), rows_of_all_kinds()
    z, prior = grid(n_factors)
    expected = [
        np.log(prior @ np.exp(log_likelihood(factors, *row, z)))
        for row in zip(*rows, strict=True)
    ]
    found = log_density(factors, gather_evidence(factors, *rows), 1024)
    assert_allclose(found, expected, atol=0.01)


def test_density_of_cells_beside_points_is_that_of_quadrature():
    factors, (u, low, high, label) = make_factors(2), rows_of_all_kinds()
    rows = u, low, high, np.full_like(label, -1)
    z, prior = grid(2)
    expected = [
        np.log(prior @ np.exp(log_likelihood(factors, *row, z)))
        for row in zip(*rows, strict=True)
    ]
    found = log_density(factors, gather_evidence(factors, *rows), 1024)
    assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("n_factors", [1, 2])
def test_expected_factors_are_those_of_quadrature(n_factors):
    factors, rows = make_factors(n_factors), rows_of_all_kinds()
    z, prior = grid(n_factors)
    expected = []
    for row in zip(*rows, strict=True):
        share = prior * np.exp(log_likelihood(factors, *row, z))
        expected.append(share @ z / share.sum())
    found = expected_factors(factors, gather_evidence(factors, *rows), 1024)
    assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize("scale", [1.5, 6.0])
def test_draws_follow_the_posterior(scale):
    factors, rows = make_factors(1, scale=scale), rows_of_all_kinds()
    z, prior = grid(1, n=2001)
    n = 4000
    nodes = random_nodes(1, np.random.default_rng(0))
    for row in zip(*rows, strict=True):
        share = prior * np.exp(log_likelihood(factors, *row, z))
        truth = np.cumsum(share) / share.sum()
        many = [np.repeat(part[None], n, axis=0) for part in row]
        drawn = np.full(n, np.nan)
        evidence = gather_evidence(factors, *many)
        for draws in weighted_factors(factors, evidence, nodes, 48, adapt=True):
            chosen = choose_one(draws.log_weight, np.random.default_rng(1))
            drawn[draws.rows] = draws.z[np.arange(len(chosen)), chosen, 0]
        empirical = np.searchsorted(np.sort(drawn), z[:, 0], side="right") / n
        # the bound of Dvoretzky, Kiefer & Wolfowitz at a false-alarm rate of 1e-6,
        # and 0.01 for the finite number of proposals
        assert np.abs(empirical - truth).max() < np.sqrt(np.log(2e6) / (2 * n)) + 0.01


def test_density_of_points_is_normal():
    factors = make_factors(2)
    u, *_ = rows_of_all_kinds()
    label = np.full((4, 2), -1)
    found = log_density(factors, gather_evidence(factors, u, u, u, label), 8)
    covariance = factors.loadings @ factors.loadings.T + np.diag(factors.noise)
    for x, value in zip(u, found, strict=True):
        seen = ~np.isnan(x)
        expected = 0.0
        if seen.any():
            part = covariance[np.ix_(seen, seen)]
            expected = multivariate_normal(factors.mean[seen], part).logpdf(x[seen])
        assert_allclose(value, expected, atol=1e-12)


def test_probabilities_of_all_codes_sum_to_the_density_of_the_points():
    factors = make_factors(2)
    pairs = np.array(list(itertools.product([0, 1], [2, 3, 4, 5])))
    u = np.tile([0.3, np.nan, -1.0], (len(pairs), 1))
    each = log_density(factors, gather_evidence(factors, u, u, u, pairs), 32)
    unknown = np.full((len(pairs), 2), -1)
    total = log_density(factors, gather_evidence(factors, u, u, u, unknown), 32)[0]
    assert_allclose(np.log(np.exp(each).sum()), total, atol=1e-12)


def test_cells_sum_to_one():
    factors = make_factors(1)
    ends = np.array([-np.inf, *np.linspace(-5, 5, 41), np.inf])
    cells = np.array(list(itertools.product(range(42), repeat=2)))
    low, high, u = (np.full((len(cells), 3), np.nan) for _ in range(3))
    low[:, :2], high[:, :2] = ends[cells], ends[cells + 1]
    u[:, :2] = np.clip((low + high)[:, :2] / 2, -6, 6)
    label = np.full((len(cells), 2), -1)
    found = log_density(factors, gather_evidence(factors, u, low, high, label), 256)
    assert_allclose(np.exp(found).sum(), 1.0, atol=2e-3)


def test_no_factors_are_independent_cells():
    factors = make_factors(0)
    u, low, high, label = rows_of_all_kinds()
    found = log_density(factors, gather_evidence(factors, u, low, high, label), 8)
    z = np.zeros((1, 0))
    expected = [
        log_likelihood(factors, *row, z)[0]
        for row in zip(u, low, high, label, strict=True)
    ]
    assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("low", "high"), [(-1, 0.5), (2, 2.3), (4, np.inf), (-np.inf, -1), (-8, 9)]
)
def test_truncated_moments(low, high):
    truth = truncnorm(low, high)
    mean, variance = _truncated_moments(np.array([float(low)]), np.array([float(high)]))
    assert_allclose(mean[0], truth.mean(), atol=1e-8)
    assert_allclose(variance[0], truth.var(), atol=1e-6)


@pytest.mark.parametrize(
    ("low", "high"), [(0.3, 0.3001), (1e9, 1e9 + 1), (30, 30.0001), (1e6, np.inf)]
)
def test_truncated_moments_stay_within_extreme_intervals(low, high):
    mean, variance = _truncated_moments(np.array([low]), np.array([high]))
    assert low <= mean[0] <= high
    assert 0 <= variance[0] <= min(1.0, (high - low) ** 2)


def test_gradient_is_the_slope_of_the_density_of_the_factors():
    factors, rng = make_factors(2), np.random.default_rng(0)
    label = np.array([[0, -1], [1, 3], [-1, 2], [0, 5]])
    z, mean = rng.normal(size=(2, 4, 2))
    root = rng.normal(size=(4, 2, 2))
    normal = SimpleNamespace(mean=mean, precision=root @ root.transpose(0, 2, 1))

    def log_p(z):
        off = z - mean
        out = -0.5 * np.einsum("ri,rij,rj->r", off, normal.precision, off)
        logits = factors.bias + z @ factors.slopes.T
        for i, part in enumerate([slice(0, 2), slice(2, 6)]):
            log_share = log_softmax(logits[:, part], axis=1)
            shown = np.flatnonzero(label[:, i] >= 0)
            out[shown] += log_share[shown, label[shown, i] - part.start]
        return out

    found, _ = _gradient(factors, label, normal, z)
    for i, step in enumerate(1e-6 * np.eye(2)):
        slope = (log_p(z + step) - log_p(z - step)) / 2e-6
        assert_allclose(found[:, i], slope, atol=1e-6)


def n_effective(log_weight):
    """Mean effective number of draws of a row."""
    weight = np.exp(log_weight)
    return (weight.sum(axis=1) ** 2 / (weight**2).sum(axis=1)).mean()


def test_proposals_look_at_codes_that_tell_much():
    rng = np.random.default_rng(0)
    factors = make_factors(2)._replace(
        bias=rng.normal(size=24),
        slopes=3 * rng.normal(size=(24, 2)),
        starts=np.array([0, 8, 16]),
        shares=np.full(24, 1 / 8),
    )
    logits = factors.bias + rng.normal(size=(50, 2)) @ factors.slopes.T
    logits += rng.gumbel(size=logits.shape)
    label = logits.reshape(50, 3, 8).argmax(axis=2) + factors.starts
    nothing = np.full((50, 3), np.nan)
    evidence = gather_evidence(factors, nothing, nothing, nothing, label)
    [draws] = weighted_factors(factors, evidence, fixed_nodes(2), 256, adapt=False)
    blind = np.broadcast_to(fixed_nodes(2)(1, 256), draws.z.shape)
    of_blind = log_code_probability(factors, label, blind)
    assert n_effective(draws.log_weight) > 1.5 * n_effective(of_blind)
