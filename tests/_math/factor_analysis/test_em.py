import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_softmax, softmax
from sklearn.decomposition import FactorAnalysis

from skgen._math.factor_analysis.em import em_step, expect
from skgen._math.factor_analysis.model import (
    level_probabilities,
    log_prior,
    sort_factor_rows,
    start_factors,
)


@pytest.fixture
def numbers():
    """800 rows of 6 columns with 2 model, standardised."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 2)) @ rng.normal(size=(2, 6))
    X += rng.normal(size=(800, 6)) * rng.uniform(0.5, 1, 6)
    return (X - X.mean(axis=0)) / X.std(axis=0)


def labels(f, bias, slopes, rng):
    """Columns of 3 levels each, as positions among all levels."""
    logits = (bias + f @ slopes.T).reshape(len(f), -1, 3)
    level = np.argmax(logits + rng.gumbel(size=logits.shape), axis=2)
    return level + 3 * np.arange(level.shape[1])


def run(u, label, n_factors, *, n_steps=200, n_levels=3, weights=None, n_draws=16):
    """Factors after some steps of EM, and the objective of each."""
    weights = np.ones(len(u)) if weights is None else weights
    rows = sort_factor_rows(u, label, weights)
    sizes = np.full(label.shape[1], n_levels)
    rng = np.random.default_rng(0)
    state, history = (start_factors(rows, sizes, n_factors, rng), None), []
    for _ in range(n_steps):
        *state, objective = em_step(*state, rows, n_draws=n_draws, seed=0)
        history.append(objective)
    return state[0], np.array(history)


def no_levels(u):
    return np.zeros((len(u), 0), dtype=int)


def covariance(model):
    return model.loadings @ model.loadings.T + np.diag(model.noise)


@pytest.mark.slow
def test_complete_numbers_agree_with_factor_analysis(numbers):
    model, history = run(numbers, no_levels(numbers), 2, n_steps=500)
    peer = FactorAnalysis(2, tol=1e-10, max_iter=10_000).fit(numbers)
    assert_allclose(history[-1], peer.score(numbers), atol=1e-6)
    assert_allclose(covariance(model), peer.get_covariance(), atol=1e-3)
    assert_allclose(model.mean, peer.mean_, atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_likelihood_of_numbers_never_falls(numbers, share):
    numbers[np.random.default_rng(1).random(numbers.shape) < share] = np.nan
    _, history = run(numbers, no_levels(numbers), 3, n_steps=60)
    assert (np.diff(history) > -1e-12).all()
    assert history[-1] > history[0] + 1e-4


def test_as_many_factors_as_columns_give_the_sample_covariance(numbers):
    model, _ = run(numbers, no_levels(numbers), 6, n_steps=3)
    assert_allclose(covariance(model), np.corrcoef(numbers.T), atol=1e-10)


def test_missing_cells_are_summed_out(numbers):
    hidden = np.random.default_rng(1).random(numbers.shape) < 0.3
    table = np.where(hidden, np.nan, numbers)
    model, _ = run(table, no_levels(table), 2)
    filled = np.where(hidden, np.nanmean(table, axis=0), numbers)
    truth = np.corrcoef(numbers.T)
    error = np.abs(covariance(model) - truth).max()
    assert error < 0.1 < np.abs(np.cov(filled.T) - truth).max()


def test_likelihood_with_missing_cells_is_that_of_normal_rows(numbers):
    from scipy.stats import multivariate_normal

    numbers[:50, 2] = np.nan
    numbers[30:90, 4] = np.nan
    rows = sort_factor_rows(numbers, no_levels(numbers), np.ones(800))
    model = start_factors(rows, np.zeros(0, int), 2, np.random.default_rng(0))
    *_, objective = em_step(model, None, rows, n_draws=1, seed=0)
    total = 0.0
    for x in numbers:
        seen = ~np.isnan(x)
        cov = covariance(model)[np.ix_(seen, seen)]
        total += multivariate_normal(model.mean[seen], cov).logpdf(x[seen])
    assert_allclose(objective, total / 800)


@pytest.mark.slow
@pytest.mark.parametrize("has_level", [False, True])
def test_weights_equal_repetition(numbers, has_level):
    rng = np.random.default_rng(0)
    label = no_levels(numbers)
    if has_level:
        label = labels(numbers[:, :2], 0.0, rng.normal(size=(6, 2)), rng)
    weights = rng.integers(1, 4, size=800)
    some = {"n_steps": 20, "n_draws": 64}
    weighted, first = run(numbers, label, 2, weights=weights.astype(float), **some)
    again = np.repeat(np.arange(800), weights)
    repeated, second = run(numbers[again], label[again], 2, **some)
    # with levels, rows that are repeated have draws of their own
    atol = 0.02 if has_level else 1e-9
    assert_allclose(covariance(weighted), covariance(repeated), atol=atol)
    assert_allclose(first, second, atol=atol)


@pytest.mark.slow
def test_codes_of_known_factors_recover_their_probabilities():
    # eight simulations with other seeds had errors of 0.02 to 0.043
    rng = np.random.default_rng(0)
    f = rng.normal(size=(3000, 1))
    bias, slopes = np.array([0.0, 0.5, -1.0] * 3), rng.normal(size=(9, 1)) * 1.5
    u = 3 * f + rng.normal(size=(3000, 2)) * 0.3
    model, _ = run(u, labels(f, bias, slopes, rng), 1, n_steps=40)
    sign = np.sign(model.loadings[0, 0])
    at = np.linspace(-2, 2, 9)[:, None]
    found, _ = level_probabilities(
        model.bias + sign * at @ model.slopes.T, model.starts
    )
    truth = softmax((bias + at @ slopes.T).reshape(9, 3, 3), axis=2).reshape(9, 9)
    assert np.abs(found - truth).max() < 0.07


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("has_level", [False, True])
@pytest.mark.parametrize("n_factors", [2, 7])
def test_what_no_row_shows_changes_nothing(numbers, has_level, n_factors):
    rng = np.random.default_rng(0)
    u = np.column_stack([numbers, np.full(800, np.nan)])
    label = no_levels(u)
    if has_level:
        shown = labels(numbers[:, :2], 0.0, rng.normal(size=(3, 2)), rng)
        label = np.column_stack([shown, np.full(800, -1)])
    model, history = run(u, label, n_factors, n_steps=20)
    without, _ = run(numbers, label[:, :1], n_factors, n_steps=20)
    assert np.isfinite(history).all()
    assert model.mean[-1] == 0.0
    assert model.noise[-1] == 1.0
    assert_allclose(model.loadings[-1], 0.0)
    assert_allclose(covariance(model)[:-1, :-1], covariance(without), atol=0.05)
    if has_level:
        assert_allclose(model.bias[3:], np.log(1 / 3))
        assert_allclose(model.slopes[3:], 0.0, atol=1e-6)


def quadrature_log_likelihood(model, label):
    """Slow: mean log-probability of levels with one factor."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    logits = model.bias + nodes[:, None] * model.slopes[:, 0]
    log_prob = np.hstack(
        [log_softmax(part, axis=1) for part in np.split(logits, model.starts[1:], 1)]
    )
    joint = log_prob[:, label].sum(axis=2)
    return np.log(weights @ np.exp(joint) / weights.sum()).mean()


@pytest.mark.slow
def test_codes_alone_reach_the_maximum_of_the_likelihood():
    rng = np.random.default_rng(0)
    f = rng.normal(size=(1500, 1))
    label = labels(f, rng.normal(size=12), rng.normal(size=(12, 1)) * 2, rng)
    u = np.zeros((1500, 0))
    model, history = run(u, label, 1, n_steps=60, n_draws=32)

    def objective(model):
        return quadrature_log_likelihood(model, label) + log_prior(model) / 1500

    best = objective(model)
    assert_allclose(history[-1], best, atol=0.01)
    for scale in (0.85, 1.15):
        other = model._replace(slopes=model.slopes * scale)
        assert objective(other) < best
    for _ in range(20):
        step = rng.normal(size=model.slopes.shape)
        other = model._replace(slopes=model.slopes + 0.1 * step)
        assert objective(other) < best


def test_likelihood_of_codes_falls_by_no_more_than_noise():
    rng = np.random.default_rng(0)
    f = rng.normal(size=(1500, 1))
    label = labels(f, 0.0, rng.normal(size=(12, 1)) * 2, rng)
    _, history = run(np.zeros((1500, 0)), label, 1, n_steps=30)
    assert history[-1] > history[0] + 0.05
    assert np.diff(history).min() > -0.002


@pytest.mark.slow
def test_rare_and_separated_classes_stay_finite():
    # a level for every fifth row, each predicted by the score
    u = np.random.default_rng(0).normal(size=(500, 1))
    label = np.digitize(u, np.quantile(u, np.linspace(0, 1, 101)[1:-1]))
    label[label < 50] = 0
    model, history = run(u, label, 1, n_steps=60, n_levels=100)
    assert np.isfinite(history).all()
    assert np.diff(history)[5:].min() > -0.05
    assert np.abs(model.slopes).max() < 30


def test_the_objective_is_the_likelihood_with_the_share_of_the_prior(numbers):
    rng = np.random.default_rng(0)
    label = labels(numbers[:, :2], np.zeros(6), rng.normal(size=(6, 2)), rng)
    rows = sort_factor_rows(numbers, label, np.ones(800))
    model = start_factors(rows, np.array([3, 3]), 2, rng)
    *_, objective = em_step(model, None, rows, n_draws=16, seed=0)
    moments, _ = expect(model, rows, n_draws=16, seed=0)
    assert log_prior(model) < -1
    assert_allclose(objective * 800, moments.log_likelihood + log_prior(model))


@pytest.mark.parametrize("has_level", [False, True])
def test_moments_of_parts_add_up_to_those_of_the_whole(numbers, has_level):
    rng = np.random.default_rng(0)
    label = no_levels(numbers)
    if has_level:
        label = labels(numbers[:, :2], np.zeros(6), rng.normal(size=(6, 2)), rng)
        label[rng.random(label.shape) < 0.2] = -1
    numbers[rng.random(numbers.shape) < 0.2] = np.nan
    weights = rng.integers(1, 3, size=800) * 1.0
    sizes = np.full(label.shape[1], 3)
    model = start_factors(sort_factor_rows(numbers, label, weights), sizes, 2, rng)

    def moments(first, end):
        part = slice(first, end)
        rows = sort_factor_rows(numbers[part], label[part], weights[part], first)
        return expect(model, rows, n_draws=8, seed=0)[0]

    whole = moments(0, 800)
    parts = moments(0, 9) + moments(9, 500) + moments(500, 800)
    # probabilities of levels are single precision
    tolerance = 1e-5 if has_level else 1e-11
    for ours, theirs in zip(parts, whole, strict=True):
        assert_allclose(ours, theirs, rtol=tolerance, atol=1e3 * tolerance)
    shown = np.hstack([~np.isnan(numbers), label >= 0, np.ones((800, 1))])
    assert_allclose(whole.second[:, 0, 0], weights @ shown)
    assert_allclose(whole.square, weights @ np.nan_to_num(numbers) ** 2)
