import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_ndtr, log_softmax
from scipy.stats import kstest, multivariate_normal, norm, truncnorm

from skgen._math.columns.normal_cells import truncated_moments
from skgen._math.factor_analysis.model import FactorModel
from skgen._math.factor_analysis.posterior import (
    _gradient,
    expected_factors,
    fixed_nodes,
    gather_evidence,
    log_level_probability,
    log_row_density,
    numbered_nodes,
    random_nodes,
    weighted_factors,
)
from skgen._math.sampling import choose_one

ROWS = np.arange(4000)


def make_factors(n_factors, *, scale=1.5, seed=0):
    """Three scores, two columns of 2 and 4 levels."""
    rng = np.random.default_rng(seed)
    return FactorModel(
        mean=rng.normal(size=3) * 0.3,
        loadings=rng.normal(size=(3, n_factors)),
        noise=np.array([0.3, 0.5, 0.2]),
        bias=rng.normal(size=6) * 0.5,
        slopes=rng.normal(size=(6, n_factors)) * scale,
        starts=np.array([0, 2]),
        shares=np.array([0.5, 0.5, 0.25, 0.25, 0.25, 0.25]),
    )


def rows_of_all_kinds():
    """Scores, ends of cells, labels: points, cells, levels, missing."""
    u = np.array([[0.5, -1, np.nan], [np.nan] * 3, [1.2, 0.3, 0.1], [np.nan, 2, 0]])
    low, high = u.copy(), u.copy()
    low[2, 1], high[2, 1] = -0.2, 0.8
    low[3, 1], high[3, 1] = 1.5, np.inf
    label = np.array([[0, -1], [1, 3], [1, 5], [-1, 2]])
    return u, low, high, label


def grid(n_factors, n=121):
    """Points on a grid in the space of the model, and their prior probability."""
    axis = np.linspace(-6, 6, n)
    f = np.array(list(itertools.product(axis, repeat=n_factors)))
    prior = norm.pdf(f).prod(axis=1)
    return f, prior / prior.sum()


def log_likelihood(model, u, low, high, label, f):
    """Slow: log-density of one row at each of the factors."""
    total = np.zeros(len(f))
    deviation = np.sqrt(model.noise)
    for j in np.flatnonzero(~np.isnan(u)):
        expected = model.mean[j] + f @ model.loadings[j]
        if low[j] == high[j]:
            total += norm.logpdf(u[j], expected, deviation[j])
        else:
            below, above = (
                (end - expected) / deviation[j] for end in (low[j], high[j])
            )
            with np.errstate(divide="ignore"):
                total += np.log(np.exp(log_ndtr(above)) - np.exp(log_ndtr(below)))
    logits = model.bias + f @ model.slopes.T
    for part, first in ((logits[:, :2], 0), (logits[:, 2:], 2)):
        found = label[(label >= first) & (label < first + part.shape[1])]
        for at in found:
            total += log_softmax(part, axis=1)[:, at - first]
    return total


@pytest.mark.parametrize("n_factors", [1, 2])
def test_density_is_that_of_quadrature(n_factors):
    model, rows = make_factors(n_factors), rows_of_all_kinds()
    f, prior = grid(n_factors)
    expected = [
        np.log(prior @ np.exp(log_likelihood(model, *row, f)))
        for row in zip(*rows, strict=True)
    ]
    found = log_row_density(model, gather_evidence(model, *rows), 1024)
    assert_allclose(found, expected, atol=0.01)


def test_density_of_cells_beside_points_is_that_of_quadrature():
    model, (u, low, high, label) = make_factors(2), rows_of_all_kinds()
    rows = u, low, high, np.full_like(label, -1)
    f, prior = grid(2)
    expected = [
        np.log(prior @ np.exp(log_likelihood(model, *row, f)))
        for row in zip(*rows, strict=True)
    ]
    found = log_row_density(model, gather_evidence(model, *rows), 1024)
    assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("n_factors", [1, 2])
def test_expected_factors_are_those_of_quadrature(n_factors):
    model, rows = make_factors(n_factors), rows_of_all_kinds()
    f, prior = grid(n_factors)
    expected = []
    for row in zip(*rows, strict=True):
        share = prior * np.exp(log_likelihood(model, *row, f))
        expected.append(share @ f / share.sum())
    found = expected_factors(model, gather_evidence(model, *rows), 1024)
    assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize("scale", [1.5, 6.0])
def test_draws_follow_the_posterior(scale):
    model, rows = make_factors(1, scale=scale), rows_of_all_kinds()
    f, prior = grid(1, n=2001)
    n = 4000
    nodes = random_nodes(1, np.random.default_rng(0))
    for row in zip(*rows, strict=True):
        share = prior * np.exp(log_likelihood(model, *row, f))
        truth = np.cumsum(share) / share.sum()
        many = [np.repeat(part[None], n, axis=0) for part in row]
        drawn = np.full(n, np.nan)
        evidence = gather_evidence(model, *many)
        for draws in weighted_factors(model, evidence, nodes, 48, adapt=True):
            chosen = choose_one(draws.log_weight, np.random.default_rng(1))
            drawn[draws.rows] = draws.f[np.arange(len(chosen)), chosen, 0]
        empirical = np.searchsorted(np.sort(drawn), f[:, 0], side="right") / n
        # the bound of Dvoretzky, Kiefer & Wolfowitz at a false-alarm rate of 1e-6,
        # and 0.01 for the finite number of proposals
        assert np.abs(empirical - truth).max() < np.sqrt(np.log(2e6) / (2 * n)) + 0.01


def test_density_of_points_is_normal():
    model = make_factors(2)
    u, *_ = rows_of_all_kinds()
    label = np.full((4, 2), -1)
    found = log_row_density(model, gather_evidence(model, u, u, u, label), 8)
    covariance = model.loadings @ model.loadings.T + np.diag(model.noise)
    for x, value in zip(u, found, strict=True):
        seen = ~np.isnan(x)
        expected = 0.0
        if seen.any():
            part = covariance[np.ix_(seen, seen)]
            expected = multivariate_normal(model.mean[seen], part).logpdf(x[seen])
        assert_allclose(value, expected, atol=1e-12)


def test_probabilities_of_all_codes_sum_to_the_density_of_the_points():
    model = make_factors(2)
    pairs = np.array(list(itertools.product([0, 1], [2, 3, 4, 5])))
    u = np.tile([0.3, np.nan, -1.0], (len(pairs), 1))
    each = log_row_density(model, gather_evidence(model, u, u, u, pairs), 32)
    unknown = np.full((len(pairs), 2), -1)
    total = log_row_density(model, gather_evidence(model, u, u, u, unknown), 32)[0]
    assert_allclose(np.log(np.exp(each).sum()), total, atol=1e-12)


def test_cells_sum_to_one():
    model = make_factors(1)
    ends = np.array([-np.inf, *np.linspace(-5, 5, 41), np.inf])
    cells = np.array(list(itertools.product(range(42), repeat=2)))
    low, high, u = (np.full((len(cells), 3), np.nan) for _ in range(3))
    low[:, :2], high[:, :2] = ends[cells], ends[cells + 1]
    u[:, :2] = np.clip((low + high)[:, :2] / 2, -6, 6)
    label = np.full((len(cells), 2), -1)
    found = log_row_density(model, gather_evidence(model, u, low, high, label), 256)
    assert_allclose(np.exp(found).sum(), 1.0, atol=2e-3)


def test_no_factors_are_independent_cells():
    model = make_factors(0)
    u, low, high, label = rows_of_all_kinds()
    found = log_row_density(model, gather_evidence(model, u, low, high, label), 8)
    f = np.zeros((1, 0))
    expected = [
        log_likelihood(model, *row, f)[0]
        for row in zip(u, low, high, label, strict=True)
    ]
    assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("low", "high"), [(-1, 0.5), (2, 2.3), (4, np.inf), (-np.inf, -1), (-8, 9)]
)
def testtruncated_moments(low, high):
    truth = truncnorm(low, high)
    mean, variance = truncated_moments(np.array([float(low)]), np.array([float(high)]))
    assert_allclose(mean[0], truth.mean(), atol=1e-8)
    assert_allclose(variance[0], truth.var(), atol=1e-6)


@pytest.mark.parametrize(
    ("low", "high"), [(0.3, 0.3001), (1e9, 1e9 + 1), (30, 30.0001), (1e6, np.inf)]
)
def testtruncated_moments_stay_within_extreme_intervals(low, high):
    mean, variance = truncated_moments(np.array([low]), np.array([high]))
    assert low <= mean[0] <= high
    assert 0 <= variance[0] <= min(1.0, (high - low) ** 2)


def test_gradient_is_the_slope_of_the_density_of_the_factors():
    model, rng = make_factors(2), np.random.default_rng(0)
    label = np.array([[0, -1], [1, 3], [-1, 2], [0, 5]])
    f, mean = rng.normal(size=(2, 4, 2))
    root = rng.normal(size=(4, 2, 2))
    normal = SimpleNamespace(mean=mean, precision=root @ root.transpose(0, 2, 1))

    def log_p(f):
        off = f - mean
        out = -0.5 * np.einsum("ri,rij,rj->r", off, normal.precision, off)
        logits = model.bias + f @ model.slopes.T
        for i, part in enumerate([slice(0, 2), slice(2, 6)]):
            log_share = log_softmax(logits[:, part], axis=1)
            shown = np.flatnonzero(label[:, i] >= 0)
            out[shown] += log_share[shown, label[shown, i] - part.start]
        return out

    found, _ = _gradient(model, label, normal, f)
    for i, step in enumerate(1e-6 * np.eye(2)):
        slope = (log_p(f + step) - log_p(f - step)) / 2e-6
        assert_allclose(found[:, i], slope, atol=1e-6)


def n_effective(log_weight):
    """Mean effective number of draws of a row."""
    weight = np.exp(log_weight)
    return (weight.sum(axis=1) ** 2 / (weight**2).sum(axis=1)).mean()


def test_proposals_depend_on_informative_levels():
    rng = np.random.default_rng(0)
    model = make_factors(2)._replace(
        bias=rng.normal(size=24),
        slopes=3 * rng.normal(size=(24, 2)),
        starts=np.array([0, 8, 16]),
        shares=np.full(24, 1 / 8),
    )
    logits = model.bias + rng.normal(size=(50, 2)) @ model.slopes.T
    logits += rng.gumbel(size=logits.shape)
    label = logits.reshape(50, 3, 8).argmax(axis=2) + model.starts
    nothing = np.full((50, 3), np.nan)
    evidence = gather_evidence(model, nothing, nothing, nothing, label)
    [draws] = weighted_factors(model, evidence, fixed_nodes(2), 256, adapt=False)
    blind = np.broadcast_to(fixed_nodes(2)(1, 256), draws.f.shape)
    of_blind = log_level_probability(model, label, blind)
    assert n_effective(draws.log_weight) > 1.5 * n_effective(of_blind)


def test_numbered_nodes_depend_on_number_and_seed_alone():
    number = np.random.default_rng(0).permutation(10**9 + ROWS)
    nodes = numbered_nodes(3, number, seed=5)
    some = ROWS[7:90]
    assert_array_equal(nodes(some, 6), nodes(ROWS, 6)[some])
    again = numbered_nodes(3, number[::-1], seed=5)
    assert_array_equal(again(ROWS[::-1], 6), nodes(ROWS, 6))
    assert not np.isclose(
        numbered_nodes(3, number, seed=6)(some, 6), nodes(some, 6)
    ).any()


def test_numbered_nodes_are_independent_and_normal():
    z = numbered_nodes(3, ROWS, seed=0)(ROWS, 6)
    assert z.shape == (4000, 6, 3)
    half = z[:, ::2].reshape(4000, 9)
    # false alarms of 1e-6; correlations of 4,000 rows stay within 5 standard errors
    assert kstest(half.ravel(), "norm").pvalue > 1e-6
    neighbours = np.hstack([half[1:], half[:-1]])
    off = np.corrcoef(neighbours.T) - np.eye(18)
    assert np.abs(off).max() < 5 / np.sqrt(4000)


def test_random_nodes_come_in_pairs():
    for nodes in (
        random_nodes(2, np.random.default_rng(0)),
        numbered_nodes(2, ROWS, seed=0),
    ):
        z = nodes(ROWS[:5], 7)
        assert z.shape == (5, 7, 2)
        assert_array_equal(z[:, 1:6:2], -z[:, 0:6:2])


def test_fixed_nodes_are_spread_evenly_and_single_ones_are_zero():
    z = fixed_nodes(2)(ROWS, 256)
    assert z.shape == (1, 256, 2)
    # far closer to normal than independent points, whose error would be 0.06
    assert np.abs(z[0].mean(axis=0)).max() < 0.02
    assert np.abs(z[0].var(axis=0) - 1).max() < 0.05
    assert_array_equal(fixed_nodes(2)(ROWS, 1), np.zeros((1, 1, 2)))
