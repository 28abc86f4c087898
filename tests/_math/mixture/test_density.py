from functools import reduce
from operator import add

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal

from skgen._math.columns.mixed import Split
from skgen._math.mixture import density
from skgen._math.mixture.density import (
    Mixture,
    Prior,
    collect_statistics,
    draw_components,
    draw_levels,
    maximize_mixture,
    mixture_objective,
    overall_shares,
    sort_parts,
    sort_rows,
    sum_overall,
)

TYPES = ["full", "tied", "diag", "spherical"]
N_LEVELS = np.array([3, 5])
COLUMN = np.repeat([0, 1], N_LEVELS)
SHARES = np.array([0.2, 0.3, 0.5, 0.1, 0.2, 0.3, 0.2, 0.2])
PRIOR = Prior(3.0, 0.7 * np.eye(3), 2.0, SHARES, COLUMN, 0.01)


def _rows(n=90, seed=0):
    """Points, cells and two level columns, with missing cells of all kinds."""
    rng = np.random.default_rng(seed)
    u = rng.normal(size=(n, 3)) + 20
    u[:, 2] = np.round(2 * u[:, 2]) / 2
    u[rng.random(u.shape) < 0.3] = np.nan
    low, high = u.copy(), u.copy()
    # the score need not be in the middle of its cell
    low[:, 2] -= 0.25
    high[:, 2] += 0.5
    level = np.column_stack([rng.integers(3, size=n), rng.integers(5, size=n)])
    level = np.where(rng.random(level.shape) < 0.2, np.nan, level)
    return Split(u, low, high, level), rng.integers(1, 4, size=n) * 1.0


def _mixture(covariance_type, seed=0):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(2, 3, 3))
    covariances = {
        "full": root @ root.transpose(0, 2, 1) + np.eye(3),
        "tied": root[0] @ root[0].T + np.eye(3),
        "diag": rng.uniform(0.5, 2, size=(2, 3)),
        "spherical": rng.uniform(0.5, 2, size=2),
    }[covariance_type]
    shares = np.hstack([rng.dirichlet(np.ones(n), size=2) for n in N_LEVELS])
    means = rng.normal(size=(2, 3)) + 20
    return Mixture(np.array([0.3, 0.7]), means, covariances, shares)


def _collect(split, weights, mixture, covariance_type):
    rows = sort_rows(split, N_LEVELS)
    order = rows.patterns.order
    return collect_statistics(rows, weights[order], mixture, covariance_type)


def _take(split, rows):
    return Split(*(part[rows] for part in split))


def _matrix(mixture, k, covariance_type):
    C = mixture.covariances
    C = C if covariance_type == "tied" else C[k]
    return C if np.ndim(C) == 2 else np.diag(np.broadcast_to(C, 3))


@pytest.mark.parametrize("covariance_type", TYPES)
def test_statistics_of_parts_add_up_to_those_of_the_whole(covariance_type):
    split, weights = _rows()
    mixture = _mixture(covariance_type)
    whole = _collect(split, weights, mixture, covariance_type)
    parts = np.array_split(np.random.default_rng(1).permutation(90), 7)
    found = reduce(
        add,
        (
            _collect(_take(split, part), weights[part], mixture, covariance_type)
            for part in parts
        ),
    )
    for ours, theirs in zip(found, whole, strict=True):
        assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def _row_by_row(split, weights, mixture, covariance_type):
    """Slow: log-likelihood, sizes, first and second moments, and levels."""
    logs, sizes, levels = 0.0, np.zeros(2), np.zeros((2, 8))
    first, second = np.zeros((2, 3)), np.zeros((2, 3, 3))
    for u, level, low, high, weight in zip(
        split.u, split.level, split.low, split.high, weights, strict=True
    ):
        o, m = ~np.isnan(u), np.isnan(u)
        # a cell is spread evenly over as far as its nearer end is
        spread = np.where(o, np.minimum(u - low, high - u) ** 2 / 3, 0.0)
        joint, moments = np.log(mixture.weights), []
        held = np.flatnonzero(~np.isnan(level))
        held = np.array([0, 3])[held] + level[held].astype(int)
        for k, mean in enumerate(mixture.means):
            C = _matrix(mixture, k, covariance_type)
            inside = C[np.ix_(o, o)]
            if o.any():
                joint[k] += multivariate_normal(mean[o], inside).logpdf(u[o])
                joint[k] -= 0.5 * np.diag(np.linalg.inv(inside)) @ spread[o]
            joint[k] += np.log(mixture.level_shares[k, held]).sum()
            gain = C[np.ix_(m, o)] @ np.linalg.inv(inside)
            x, V = u.copy(), np.diag(spread)
            x[m] = mean[m] + gain @ (u[o] - mean[o])
            slopes = gain @ V[np.ix_(o, o)]
            V[np.ix_(m, o)], V[np.ix_(o, m)] = slopes, slopes.T
            V[np.ix_(m, m)] = C[np.ix_(m, m)] - gain @ C[np.ix_(o, m)] + slopes @ gain.T
            moments.append((x, V))
        norm = np.logaddexp(*joint)
        logs += weight * norm
        for k, (x, V) in enumerate(moments):
            r = weight * np.exp(joint[k] - norm)
            sizes[k] += r
            first[k] += r * x
            second[k] += r * (np.outer(x, x) + V)
            levels[k, held] += r
    return logs, sizes, first, second, levels


@pytest.mark.parametrize("covariance_type", ["full", "tied"])
def test_a_step_is_what_is_found_row_by_row(covariance_type):
    split, weights = _rows()
    mixture = _mixture(covariance_type)
    found = _collect(split, weights, mixture, covariance_type)
    logs, sizes, first, second, levels = _row_by_row(
        split, weights, mixture, covariance_type
    )
    assert_allclose(found.log_likelihood, logs)
    assert_allclose(found.total, weights.sum())
    assert_allclose(found.levels, levels)
    fresh = maximize_mixture(found, mixture, PRIOR, covariance_type)
    assert_allclose(fresh.weights, sizes / sizes.sum())
    means = first / sizes[:, None]
    assert_allclose(fresh.means, means)
    scatters = second - sizes[:, None, None] * means[:, :, None] * means[:, None]
    n = sizes[:, None, None]
    if covariance_type == "tied":
        scatters, n = scatters.sum(axis=0), n.sum()
    expected = (scatters + 3.0 * 0.7 * np.eye(3)) / (n + 3.0) + 0.01 * np.eye(3)
    assert_allclose(fresh.covariances, expected, atol=1e-10)
    totals = np.add.reduceat(levels, [0, 3], axis=1)[:, COLUMN]
    assert_allclose(fresh.level_shares, (levels + 2 * SHARES) / (totals + 2))


@pytest.mark.parametrize("covariance_type", ["diag", "spherical"])
def test_a_step_of_independent_scores_leaves_missing_ones_out(covariance_type):
    split, weights = _rows()
    mixture = _mixture(covariance_type)
    found = _collect(split, weights, mixture, covariance_type)
    fresh = maximize_mixture(found, mixture, PRIOR, covariance_type)
    for k in range(2):
        r = weights * 0.0
        for i in range(90):
            # each row is a table of its own
            one = _collect(_take(split, [i]), weights[[i]], mixture, covariance_type)
            r[i] = one.sizes[k]
        squares, counts = np.zeros(3), np.zeros(3)
        for j in range(3):
            o = ~np.isnan(split.u[:, j])
            u, n = split.u[o, j], r[o].sum()
            nearer = np.minimum(u - split.low[o, j], split.high[o, j] - u)
            assert_allclose(fresh.means[k, j], r[o] @ u / n)
            squares[j] = r[o] @ ((u - r[o] @ u / n) ** 2 + nearer**2 / 3) + 3 * 0.7
            counts[j] = n + 3
        if covariance_type == "spherical":
            squares, counts = squares.sum(), counts.sum()
        assert_allclose(fresh.covariances[k], squares / counts + 0.01, atol=1e-9)


def test_far_from_zero_narrow_components_keep_their_variance():
    u = 1e6 + 1e-3 * np.random.default_rng(0).normal(size=(1000, 1))
    rows = sort_rows(Split(u, u, u, np.zeros((1000, 0))), np.zeros(0, dtype=int))
    nothing = np.zeros(0)
    prior = Prior(0.0, np.eye(1), 0.0, nothing, nothing.astype(int), 0.0)
    mixture = Mixture(np.ones(1), np.full((1, 1), 1e6), np.ones((1, 1, 1)), None)
    mixture = mixture._replace(level_shares=np.zeros((1, 0)))
    found = collect_statistics(rows, np.ones(1000), mixture, "full")
    fresh = maximize_mixture(found, mixture, prior, "full")
    assert_allclose(fresh.covariances[0, 0, 0], u.var(), rtol=1e-6)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_steps_increase_the_objective(covariance_type):
    split, weights = _rows()
    mixture, bounds = _mixture(covariance_type), []
    prior = PRIOR._replace(reg_covar=0.0)
    for _ in range(20):
        found = _collect(split, weights, mixture, covariance_type)
        bounds.append(mixture_objective(found, mixture, prior, covariance_type))
        mixture = maximize_mixture(found, mixture, prior, covariance_type)
    assert np.diff(bounds).min() > -1e-12
    assert bounds[-1] > bounds[0] + 0.1


def test_parts_hold_every_row_once(monkeypatch):
    monkeypatch.setattr(density, "PART_ROWS", 20)
    split, _ = _rows()
    parts, order = sort_parts(split, N_LEVELS)
    assert [len(rows.x) for rows in parts] == [20, 20, 20, 20, 10]
    assert_array_equal(np.sort(order), np.arange(90))
    x = np.vstack([rows.x for rows in parts])
    assert_array_equal(x, np.nan_to_num(split.u)[order])
    levels = np.vstack([rows.levels.toarray() for rows in parts])
    assert_array_equal(levels.sum(axis=1), (~np.isnan(split.level[order])).sum(axis=1))


def test_shares_are_those_of_the_rows_that_show_the_column():
    split, weights = _rows()
    rows = sort_rows(split, N_LEVELS)
    overall = sum_overall(rows, weights[rows.patterns.order])
    shares = overall_shares(overall, COLUMN)
    first = split.level[:, 0]
    known = ~np.isnan(first)
    assert_allclose(shares[1], weights[first == 1].sum() / weights[known].sum())
    assert_allclose(np.add.reduceat(shares, [0, 3]), 1.0)


def test_codes_are_drawn_by_the_shares_of_the_component():
    rng = np.random.default_rng(0)
    shares = np.array([[0.1, 0.9, 0.5, 0.2, 0.3], [1.0, 0.0, 0.0, 0.25, 0.75]])
    n = 20_000
    component = draw_components(np.log([[0.25, 0.75]]), n, rng)
    # 5 standard errors
    assert abs(component.mean() - 0.75) < 5 * 0.5 / np.sqrt(n)
    known = np.full((n, 2), np.nan)
    known[:9, 1] = 2.0
    level = draw_levels(known, component, shares, [2, 3], rng)
    assert (level[:9, 1] == 2.0).all()
    for k in range(2):
        drawn = level[9:][component[9:] == k]
        found = [np.mean(drawn[:, 0] == 0)] + [
            np.mean(drawn[:, 1] == j) for j in (0, 1)
        ]
        expected = shares[k][[0, 2, 3]]
        assert np.abs(found - expected).max() < 5 * 0.5 / np.sqrt(len(drawn))


def test_a_component_is_drawn_of_each_row():
    sure = np.log([[1.0, 1e-300], [1e-300, 1.0]])
    found = draw_components(sure, 2, np.random.default_rng(0))
    assert_array_equal(found, [0, 1])
