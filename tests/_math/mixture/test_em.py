import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.linalg import expm, logm
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import scale

from skgen._math.columns.mixed import Split
from skgen._math.mixture import density, em
from skgen._math.mixture.density import (
    Prior,
    log_joint,
    overall_shares,
    sort_parts,
    sort_rows,
    sum_overall,
    sum_rows,
    vague_mixture,
)
from skgen._math.mixture.em import (
    fit_mixture,
    fit_single,
    mean_covariance,
    n_parameters,
    oas_weight,
    search_sizes,
    start_features,
    within_prior,
)

TYPES = ["full", "tied", "diag", "spherical"]
N_LEVELS = np.array([3, 5])
COLUMN = np.repeat([0, 1], N_LEVELS)


def _points(u):
    """Rows of scores alone, all of them points."""
    return Split(u, u, u, np.zeros((len(u), 0)))


def _no_prior(width, reg_covar=1e-6):
    nothing = np.zeros(0)
    return Prior(0.0, np.eye(width), 0.0, nothing, nothing.astype(int), reg_covar)


def _mixed_split(n=300, seed=0):
    """Three clusters of points, cells, and two level columns, with missing cells."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(3, size=n)
    u = rng.normal(size=(n, 4)) + cluster[:, None] * [1, 2, 0, -1]
    u[:, 1] += u[:, 0]
    u[:, 2] = np.round(2 * u[:, 2]) / 2
    u[rng.random(u.shape) < 0.3] = np.nan
    low, high = u.copy(), u.copy()
    low[:, 2] -= 0.25
    high[:, 2] += 0.25
    level = np.column_stack([cluster, rng.integers(4, size=n)]).astype(float)
    level[rng.random(level.shape) < 0.2] = np.nan
    return Split(u, low, high, level)


def _prior(rows, weights):
    shares = overall_shares(sum_overall(rows, weights), COLUMN)
    return Prior(3.0, 0.7 * np.eye(4), 2.0, shares, COLUMN, 0.0)


def _fit(split, weights, start, covariance_type, *, max_iter=100, tol=1e-9):
    rows = sort_rows(split, N_LEVELS)
    order = rows.patterns.order
    return fit_mixture(
        [rows],
        weights[order],
        start[order],
        _prior(rows, weights[order]),
        covariance_type=covariance_type,
        max_iter=max_iter,
        tol=tol,
    )


def _matrix(mixture, k, covariance_type):
    C = mixture.covariances
    C = C if covariance_type == "tied" else C[k]
    return C if np.ndim(C) == 2 else np.diag(np.broadcast_to(C, 4))


@pytest.mark.parametrize("covariance_type", TYPES)
def test_complete_rows_give_the_mixture_of_scikit_learn(covariance_type):
    X = scale(load_iris().data)
    start = np.random.default_rng(0).dirichlet([0.3] * 3, size=len(X))
    options = {"covariance_type": covariance_type, "max_iter": 60, "tol": 1e-5}
    rows = sort_rows(_points(X), np.zeros(0, dtype=int))
    ones = np.ones(len(X))
    ours = fit_mixture([rows], ones, start, _no_prior(4), **options)
    theirs = GaussianMixture(3, reg_covar=1e-6, **options)
    theirs._initialize_parameters = lambda X, *_, **__: theirs._initialize(X, start)
    theirs.fit(X)
    assert_allclose(ours.mixture.means, theirs.means_, atol=1e-9)
    assert_allclose(ours.mixture.covariances, theirs.covariances_, atol=1e-9)
    assert_allclose(ours.mixture.weights, theirs.weights_, atol=1e-9)
    assert_allclose(ours.log_likelihood / len(X), theirs.score(X), atol=1e-9)
    assert_allclose(ours.lower_bounds[-1], theirs.lower_bound_, atol=1e-9)
    assert len(ours.lower_bounds) == theirs.n_iter_ > 1
    assert ours.converged
    prior = _no_prior(4)
    assert n_parameters(3, prior, covariance_type) == theirs._n_parameters()


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_iteration_increases_the_objective(covariance_type, seed):
    weights = np.random.default_rng(seed).integers(1, 3, size=300) * 1.0
    start = np.random.default_rng(seed).dirichlet([0.3] * 4, size=300)
    fit = _fit(_mixed_split(seed=seed), weights, start, covariance_type)
    assert len(fit.lower_bounds) > 20
    assert np.diff(fit.lower_bounds).min() > -1e-12


@pytest.mark.parametrize("covariance_type", TYPES)
def test_weights_count_like_repetition(covariance_type):
    split = _mixed_split(100)
    times = np.arange(100) % 3 + 1
    start = np.random.default_rng(0).dirichlet([0.3] * 3, size=100)
    options = {"max_iter": 10, "tol": 0.0}
    weighted = _fit(split, times * 1.0, start, covariance_type, **options)
    repeated = _fit(
        Split(*(np.repeat(part, times, axis=0) for part in split)),
        np.ones(times.sum()),
        np.repeat(start, times, axis=0),
        covariance_type,
        **options,
    )
    for ours, theirs in zip(weighted.mixture, repeated.mixture, strict=True):
        assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_log_joint_is_the_density_of_what_is_observed(covariance_type):
    split = _mixed_split(60)
    start = np.random.default_rng(0).dirichlet([0.3] * 2, size=60)
    fit = _fit(split, np.ones(60), start, covariance_type, max_iter=5)
    u = split.u
    rows = sort_rows(_points(u)._replace(level=split.level), N_LEVELS)
    found = np.empty((60, 2))
    found[rows.patterns.order] = log_joint(rows, fit.mixture, covariance_type)
    for k in range(2):
        C = _matrix(fit.mixture, k, covariance_type)
        for i in range(60):
            o = ~np.isnan(u[i])
            expected = np.log(fit.mixture.weights[k])
            if o.any():
                mean = fit.mixture.means[k][o]
                part = multivariate_normal(mean, C[np.ix_(o, o)])
                expected += part.logpdf(u[i, o])
            for level, offset in zip(split.level[i], (0, 3), strict=True):
                if not np.isnan(level):
                    share = fit.mixture.level_shares[k, offset + int(level)]
                    expected += np.log(share)
            assert_allclose(found[i, k], expected, atol=1e-9)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_scored_cells_count_by_their_probability(covariance_type):
    split = _mixed_split(60)
    start = np.random.default_rng(0).dirichlet([0.3] * 2, size=60)
    fit = _fit(split, np.ones(60), start, covariance_type, max_iter=5)
    # a row that shows nothing but one cell, and one that shows nothing
    nothing = np.full((2, 4), np.nan)
    u, low, high = nothing.copy(), nothing.copy(), nothing.copy()
    u[0, 2], low[0, 2], high[0, 2] = 0.5, -1.0, 0.75
    split = Split(u, low, high, np.full((2, 2), np.nan))
    rows = sort_rows(split, N_LEVELS, scored=True)
    found = np.empty((2, 2))
    found[rows.patterns.order] = log_joint(rows, fit.mixture, covariance_type)
    for k in range(2):
        variance = _matrix(fit.mixture, k, covariance_type)[2, 2]
        given = norm(fit.mixture.means[k, 2], np.sqrt(variance))
        expected = np.log(given.cdf(0.75) - given.cdf(-1.0))
        log_weight = np.log(fit.mixture.weights[k])
        assert_allclose(found[0, k], log_weight + expected, atol=1e-9)
        assert_allclose(found[1, k], log_weight, atol=1e-12)


def test_no_component_is_narrower_than_cells():
    u = np.repeat(np.arange(5.0), 40)[:, None]
    split = Split(u, u - 0.5, u + 0.5, np.zeros((200, 0)))
    start = (u == np.arange(5)).astype(float)
    rows = sort_rows(split, np.zeros(0, dtype=int))
    prior = _no_prior(1, reg_covar=0.0)
    options = {"covariance_type": "full", "max_iter": 50, "tol": 1e-9}
    order = rows.patterns.order
    fit = fit_mixture([rows], np.ones(200), start[order], prior, **options)
    # 1 / 12 is the variance of a uniform distribution on the cell
    assert 1 / 12 <= fit.mixture.covariances.min() < 0.09


def test_missing_cells_are_summed_out_rather_than_filled_in():
    rng = np.random.default_rng(0)
    truth = np.array([[1.0, 0.8, 0.6], [0.8, 1.0, 0.7], [0.6, 0.7, 1.0]])
    u = rng.multivariate_normal(np.zeros(3), truth, size=2000)
    u[rng.random(u.shape) < 0.4] = np.nan
    mean_filled = np.where(np.isnan(u), np.nanmean(u, axis=0), u)
    options = {"covariance_type": "full", "max_iter": 300, "tol": 1e-9}
    rows = sort_rows(_points(u), np.zeros(0, dtype=int))
    start = np.ones((2000, 1))
    fit = fit_mixture([rows], np.ones(2000), start, _no_prior(3), **options)
    error = np.abs(fit.mixture.covariances[0] - truth).max()
    error_filled = np.abs(np.cov(mean_filled.T) - truth).max()
    # about five standard errors of a covariance from 700 rows
    assert error < 0.15
    assert error_filled > 0.3


@pytest.mark.parametrize("covariance_type", TYPES)
def test_em_ends_where_the_objective_is_stationary(covariance_type):
    split = _mixed_split(150)
    start = np.random.default_rng(0).dirichlet([0.3] * 2, size=150)
    fit = _fit(split, np.ones(150), start, covariance_type, max_iter=5000, tol=1e-13)
    rows = sort_rows(split, N_LEVELS)
    prior, best = fit.prior, fit.mixture
    n_covariances = 1 if covariance_type == "tied" else 2

    def mixture_objective(mixture):
        """Log-likelihood and prior, written out."""
        joint = log_joint(rows, mixture, covariance_type)
        value = logsumexp(joint, axis=1).sum()
        for k in range(n_covariances):
            C = _matrix(mixture, k, covariance_type)
            trace = np.trace(np.linalg.solve(C, prior.covariance))
            value -= 0.5 * prior.weight * (np.linalg.slogdet(C)[1] + trace)
        seen = prior.shares > 0
        logs = np.log(mixture.level_shares[:, seen])
        return value + prior.level_weight * (logs @ prior.shares[seen]).sum()

    assert_allclose(mixture_objective(best) / 150, fit.lower_bounds[-1], atol=1e-9)
    rng = np.random.default_rng(1)
    for _ in range(5):
        shift = rng.normal(size=best.means.shape)
        change = rng.normal(size=best.covariances.shape)
        if covariance_type in ("full", "tied"):
            change = change + np.swapaxes(change, -1, -2)
        values = [
            mixture_objective(
                best._replace(
                    means=best.means + step * shift,
                    covariances=best.covariances + step * change,
                )
            )
            for step in (-1e-4, 1e-4)
        ]
        assert abs(values[1] - values[0]) / 2e-4 < 0.02


@pytest.mark.parametrize("covariance_type", TYPES)
def test_components_are_shrunk_to_the_mean_of_their_covariances(covariance_type):
    rng = np.random.default_rng(0)
    first = np.arange(500) < 200
    u = rng.normal(size=(500, 3)) * [1.0, 0.5, 0.2]
    u[:, 1] += u[:, 0]
    # the second component is wider by far, and elsewhere
    u[~first] = 20 + 10 * u[~first]
    start = np.column_stack([first, ~first]).astype(float)
    rows = sort_rows(_points(u), np.zeros(0, dtype=int))
    prior = _no_prior(3)._replace(weight=2.0, covariance=1e-9 * np.eye(3))
    zero = vague_mixture(sum_overall(rows, np.ones(500)), 2, prior.shares)
    found = within_prior(sum_rows(rows, start, zero, covariance_type), prior)
    assert found.weight == 2.0 * 3
    # 0.4 and 0.6 of the rows; blending with four rows widens the first one
    narrow = np.cov(u[first].T, bias=True)
    pooled = (200 * narrow + 300 * np.cov(u[~first].T, bias=True)) / 504
    each = [
        (200 * narrow + 4 * pooled) / 204,
        (300 * np.cov(u[~first].T, bias=True) + 4 * pooled) / 304,
    ]
    if covariance_type in ("diag", "spherical"):
        each = [np.diag(np.diag(C)) for C in each]
    scale = np.sqrt(0.4 * np.diag(each[0]) + 0.6 * np.diag(each[1]))
    units = np.outer(scale, scale)
    logs = [share * logm(C / units) for share, C in zip((0.4, 0.6), each, strict=True)]
    assert_allclose(found.covariance, units * expm(sum(logs)), rtol=1e-6)


def test_the_mean_covariance_of_equal_ones_is_theirs_in_any_unit():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(2, 4, 4))
    C = A @ A.transpose(0, 2, 1) + 0.1 * np.eye(4)
    assert_allclose(mean_covariance(C[[0, 0, 0]], np.full(3, 1 / 3)), C[0])
    units = np.outer([1.0, 10.0, 1e3, 1e-3], [1.0, 10.0, 1e3, 1e-3])
    shares = np.array([0.3, 0.7])
    found = mean_covariance(C * units, shares)
    assert_allclose(found, units * mean_covariance(C, shares), rtol=1e-6)
    assert mean_covariance(np.empty((2, 0, 0)), shares).shape == (0, 0)


def test_the_prior_of_a_few_rows_is_narrowed_as_if_components_shared_the_volume():
    u = np.repeat(np.arange(4.0)[:, None], 4, axis=1)
    rows = sort_rows(_points(u), np.zeros(0, dtype=int))
    prior = _no_prior(4)._replace(weight=1.0, covariance=0.7 * np.eye(4))
    zero = vague_mixture(sum_overall(rows, np.ones(4)), 4, prior.shares)
    # every row is a component of its own, so that nothing varies within them
    pooled = within_prior(sum_rows(rows, np.eye(4), zero, "full"), prior).covariance
    volume = np.sqrt(np.linalg.det(pooled * (4 + 5) / 5 * (1 + 5) / 5))
    assert_allclose(volume, np.sqrt(0.7**4) / 4)


def test_the_prior_forgets_a_bad_start():
    rng = np.random.default_rng(0)
    cluster = rng.integers(3, size=900)
    u = rng.normal(size=(900, 2)) + 9 * np.eye(3)[cluster][:, :2]
    start = np.eye(3)[
        np.where(rng.random(900) < 0.3, rng.integers(3, size=900), cluster)
    ]
    rows = sort_rows(_points(u), np.zeros(0, dtype=int))
    prior = _no_prior(2)._replace(weight=1.0, covariance=np.cov(u.T))
    options = {"covariance_type": "full", "max_iter": 50, "tol": 1e-6}
    fit = fit_mixture([rows], np.ones(900), start, prior, **options)
    # about five standard errors, and what the three rows of the whole add
    assert np.abs(fit.prior.covariance - np.eye(2)).max() < 0.3


@pytest.mark.parametrize("covariance_type", TYPES)
def test_columns_that_no_row_holds_change_nothing(covariance_type):
    rng = np.random.default_rng(0)
    u, level = rng.normal(size=(60, 2)), rng.integers(2, size=(60, 1)).astype(float)
    blank = np.full((60, 1), np.nan)
    prior = Prior(1.0, None, 1.0, None, None, 1e-6)
    options = {"covariance_type": covariance_type, "max_iter": 20, "tol": 0.0}
    start = np.random.default_rng(0).dirichlet([0.3] * 2, size=60)
    found = []
    for scores, levels, n_levels in (
        (u, level, np.array([2])),
        (np.hstack([u, blank]), np.hstack([level, blank]), np.array([2, 3])),
    ):
        parts, order = sort_parts(Split(scores, scores, scores, levels), n_levels)
        _, fitted = fit_single(parts, np.ones(60), prior, n_levels, **options)
        fit = fit_mixture(parts, np.ones(60), start[order], fitted, **options)
        rows = log_joint(parts[0], fit.mixture, covariance_type)
        assert np.isfinite(rows).all()
        found.append(fit.log_likelihood)
    # but for the weight of the prior, which grows with the scores
    assert_allclose(*found, rtol=0.02)


def test_level_shares_are_shrunk_to_the_overall_ones():
    level = np.array([[0.0], [0.0], [1.0], [np.nan]])
    empty = np.zeros((4, 0))
    rows = sort_rows(Split(empty, empty, empty, level), np.array([3]))
    column, ones = np.zeros(3, dtype=int), np.ones(4)
    shares = overall_shares(sum_overall(rows, ones), column)
    assert_allclose(shares, [2 / 3, 1 / 3, 0])
    prior = Prior(0.0, np.zeros((0, 0)), 3.0, shares, column, 0.0)
    start = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    fit = fit_mixture(
        [rows], ones, start, prior, covariance_type="full", max_iter=1, tol=0.0
    )
    assert_allclose(fit.mixture.level_shares.sum(axis=1), 1.0)
    assert not fit.mixture.level_shares[:, 2].any()
    # the component of two rows of level 0: between 1 and the overall share
    assert 2 / 3 < fit.mixture.level_shares[0, 0] < 1.0


@pytest.mark.parametrize("covariance_type", TYPES)
def test_single_component_of_few_rows_is_shrunk(covariance_type):
    X = np.random.default_rng(0).normal(size=(10, 20))
    rows = sort_rows(_points(X), np.zeros(0, dtype=int))
    prior = Prior(1.0, None, 1.0, None, None, 1e-6)
    fit, prior = fit_single(
        [rows],
        np.ones(10),
        prior,
        np.zeros(0, dtype=int),
        covariance_type=covariance_type,
        max_iter=50,
        tol=1e-6,
    )
    unseen = sort_rows(
        _points(np.random.default_rng(1).normal(size=(200, 20))), np.zeros(0, dtype=int)
    )
    score = log_joint(unseen, fit.mixture, covariance_type).mean()
    truth = norm.logpdf(unseen.x).sum(axis=1).mean()
    # ten rows determine 20 means and variances badly; covariances cost no more
    assert truth - 6.0 < score < truth
    assert prior.covariance.shape == (20, 20)


def test_oas_weight_grows_with_columns_and_vanishes_with_rows():
    rng = np.random.default_rng(0)
    independent = np.corrcoef(rng.normal(size=(50, 20)).T)
    factor = rng.normal(size=(50, 1)) + 0.3 * rng.normal(size=(50, 20))
    dependent = np.corrcoef(factor.T)
    assert oas_weight(independent, 50) > 50 > 5 > oas_weight(dependent, 50) > 0
    # scale does not matter, as correlations are shrunk
    units = np.outer(np.arange(1, 21), np.arange(1, 21))
    assert_allclose(oas_weight(units * dependent, 50), oas_weight(dependent, 50))
    assert oas_weight(np.eye(1), 10) == 0.0
    assert np.isfinite(oas_weight(np.eye(5), 10))


def test_what_nothing_is_known_of_has_the_overall_variance():
    rng = np.random.default_rng(0)
    u = rng.normal(size=(400, 2)) * [1.0, 3.0] + [2.0, -5.0]
    rows = sort_rows(_points(u), np.zeros(0, dtype=int))
    fit, _ = fit_single(
        [rows],
        np.ones(400),
        Prior(1e9, None, 1.0, None, None, 0.0),
        np.zeros(0, dtype=int),
        covariance_type="full",
        max_iter=50,
        tol=1e-6,
    )
    # nothing is known of what is shrunk entirely
    assert_allclose(fit.mixture.covariances[0], np.diag(u.var(axis=0)), atol=1e-4)


def test_parameters_are_counted_but_for_codes_that_never_occur():
    nothing, column = np.eye(4), np.repeat([0, 1, 2], [3, 5, 2])
    shares = np.array([0.5, 0, 0.5, 0.1, 0.2, 0, 0.3, 0.4, 0, 1.0])
    prior = Prior(1.0, nothing, 1.0, shares, column, 0.0)
    # one free share of the first column, three of the second, none of the third
    for covariance_type, covariances in zip(TYPES, (3 * 10, 10, 3 * 4, 3), strict=True):
        expected = 3 * (4 + 1 + 3) + covariances + 2
        assert n_parameters(3, prior, covariance_type) == expected


@pytest.mark.parametrize("covariance_type", TYPES)
def test_parts_of_the_rows_change_nothing(covariance_type, monkeypatch):
    split, weights = _mixed_split(), np.random.default_rng(1).integers(1, 3, size=300)
    start = np.random.default_rng(0).dirichlet([0.3] * 3, size=300)
    options = {"covariance_type": covariance_type, "max_iter": 15, "tol": 0.0}
    fits = []
    for size in (300, 37):
        monkeypatch.setattr(density, "PART_ROWS", size)
        parts, order = sort_parts(split, N_LEVELS)
        w = weights[order] * 1.0
        single, prior = fit_single(
            parts, w, Prior(1.0, None, 1.0, None, None, 1e-6), N_LEVELS, **options
        )
        fit = fit_mixture(parts, w, start[order], prior, **options)
        fits.append((*single.mixture, *fit.mixture, fit.log_likelihood))
    for whole, in_parts in zip(*fits, strict=True):
        assert_allclose(in_parts, whole, rtol=1e-8, atol=1e-10)


def test_search_doubles_and_then_halves_the_gaps():
    curve = {size: (size - 11) ** 2 for size in range(1, 40)}
    for best, largest in ((11, 39), (5, 5), (1, 1)):
        bics = {}
        for size in search_sizes(bics, largest):
            assert size not in bics
            bics[size] = curve[size]
        found = min(bics, key=bics.get)
        assert abs(found - best) <= best / 4
        assert max(bics) <= largest


@pytest.mark.parametrize("dense", [True, False])
def test_features_are_those_of_the_rows_of_all_parts(dense, monkeypatch):
    monkeypatch.setattr(density, "PART_ROWS", 2)
    monkeypatch.setattr(em, "DENSE_LEVELS", 3 if dense else 1)
    u = np.array([[1.0], [np.nan], [3.0], [5.0], [np.nan]])
    level = np.array([[0.0], [1.0], [np.nan], [2.0], [0.0]])
    level = np.hstack([level, level > 0])
    parts, order = sort_parts(Split(u, u, u, level), np.array([3, 2]))
    is_feature = np.array([True, True, True, False, False])
    found = start_features(parts, is_feature)
    assert sparse.issparse(found) is not dense
    found = found if dense else found.toarray()
    # the mean where nothing is known
    assert_array_equal(found[:, 0], np.array([1.0, 3, 3, 5, 3])[order])
    indicators = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0]])
    assert_array_equal(found[:, 1:], indicators[order])
