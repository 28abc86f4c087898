"""What holds for boosting alone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from threadpoolctl import ThreadpoolController

from skgen import BoostedConditional, TreeConditional
from skgen.conditionals import _boosted
from skgen.conditionals._gradient_boosting import EarlyStoppedBoosting
from skgen.table import Column

from .fitting import NUMBER, categorical, fit


def _wave(n_samples, seed):
    """A number whose mean and spread follow two others."""
    rng = np.random.default_rng(seed)
    X = rng.random((n_samples, 2))
    z = np.sin(6 * X[:, 0]) + (0.05 + X[:, 1]) * rng.normal(size=n_samples)
    return X, z


def test_unseen_rows_have_more_density_than_under_trees():
    X, z = _wave(3000, 0)
    X_unseen, z_unseen = _wave(3000, 1)
    boosted, trees = (
        fit(conditional, X, z, [NUMBER, NUMBER], NUMBER)
        for conditional in (BoostedConditional(), TreeConditional())
    )
    gain = boosted.log_prob(X_unseen, z_unseen) - trees.log_prob(X_unseen, z_unseen)
    # three standard errors: false alarms in one of 700 tables if there is no gain
    assert gain.mean() > 3 * gain.std() / np.sqrt(3000)


@pytest.mark.slow
def test_density_comes_near_the_truth():
    X, z = _wave(5000, 2)
    X_unseen, z_unseen = _wave(2000, 3)
    spread = 0.05 + X_unseen[:, 1]
    unit = (z_unseen - np.sin(6 * X_unseen[:, 0])) / spread
    truth = -0.5 * unit**2 - np.log(spread) - 0.5 * np.log(2 * np.pi)
    boosted = fit(BoostedConditional(), X, z, [NUMBER, NUMBER], NUMBER)
    assert truth.mean() - boosted.log_prob(X_unseen, z_unseen).mean() < 0.25


def test_hundreds_of_categories_are_learned_by_a_few_boosters():
    rng = np.random.default_rng(4)
    X = rng.random((6000, 1))
    # neighbours in the alphabet have nothing to do with each other
    z = rng.permutation(600)[(X[:, 0] * 600).astype(int)].astype(float)
    conditional = BoostedConditional(max_bins=64, max_iter=30)
    fit(conditional, X, z, [NUMBER], categorical(600))
    assert sum(booster is not None for booster in conditional._boosters) == 6
    probability = np.exp(conditional.log_prob(X, z))
    assert np.median(probability) > 10 / 600
    row = np.full((600, 1), 0.5)
    total = np.exp(conditional.log_prob(row, np.arange(600.0))).sum()
    assert_allclose(total, 1.0)


def test_a_predictor_with_hundreds_of_categories_is_used():
    rng = np.random.default_rng(5)
    category = rng.integers(0, 400, 8000).astype(float)
    odd = np.isin(category, rng.permutation(400)[:200]).astype(float)
    conditional = fit(
        BoostedConditional(), category[:, None], odd, [categorical(400)], categorical(2)
    )
    assert np.exp(conditional.log_prob(category[:, None], odd)).mean() > 0.95


def test_predictors_are_used_up_to_max_bins_only():
    X, z = _wave(2000, 6)
    conditional = fit(BoostedConditional(8, max_iter=5), X, z, [NUMBER] * 2, NUMBER)
    assert len(conditional._levels) == 3
    integers = Column(name="z", kind="integer", atoms=np.arange(64.0))
    z = np.repeat(np.arange(64.0), 40)
    X = np.random.default_rng(7).random((len(z), 2))
    conditional = fit(BoostedConditional(8, max_iter=5), X, z, [NUMBER] * 2, integers)
    assert [booster is not None for booster in conditional._boosters] == [True] * 3 + [
        False
    ] * 3


@pytest.mark.slow
def test_weights_count_like_repeated_rows():
    X, z = _wave(600, 8)
    weights = np.where(z > 0, 3.0, 1.0)
    often = np.repeat(np.arange(600), weights.astype(int))
    weighted = fit(BoostedConditional(16), X, z, [NUMBER] * 2, NUMBER, weights)
    repeated = fit(BoostedConditional(16), X[often], z[often], [NUMBER] * 2, NUMBER)
    plain = fit(BoostedConditional(16), X, z, [NUMBER] * 2, NUMBER)
    levels = (weighted._levels, repeated._levels)
    for level, other in zip(*levels, strict=True):
        assert_allclose(level.right, other.right)
    above = [
        (conditional.sample(X, np.random.default_rng(0)) > 0).mean()
        for conditional in (plain, weighted, repeated)
    ]
    assert min(above[1:]) > above[0] + 0.04


@pytest.mark.parametrize("n_observed", [0, 1, 5])
@pytest.mark.parametrize("column", [NUMBER, categorical(300), categorical(3)])
def test_predictors_with_few_observed_cells_are_not_used(n_observed, column):
    X, z = _wave(600, 10)
    X = np.column_stack([X, np.full(600, np.nan)])
    X[:n_observed, 2] = 1.0
    predictors = [NUMBER, NUMBER, column]
    conditional = fit(BoostedConditional(8), X, z, predictors, NUMBER)
    log_prob = conditional.log_prob(X, z)
    X[:, 2] = 0.0
    if column.n_categories < 256:
        assert_allclose(conditional.log_prob(X, z), log_prob)


@pytest.mark.parametrize("n_samples", [1, 2, 15])
def test_few_rows_fall_back_on_frequencies(n_samples):
    X, z = _wave(n_samples, 9)
    conditional = fit(BoostedConditional(), X, z, [NUMBER] * 2, NUMBER)
    assert not any(conditional._boosters)
    drawn = conditional.sample(np.tile(X, (50, 1)), np.random.default_rng(0))
    assert z.min() <= drawn.min()
    assert drawn.max() <= z.max()


def _mixed(n_samples):
    """A number, with predictors with categories and missing cells."""
    X, z = _wave(n_samples, 5)
    rng = np.random.default_rng(6)
    X = np.column_stack([X, rng.integers(0, 9, n_samples)])
    z = z + X[:, 2] % 3
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, z, [NUMBER, NUMBER, categorical(9)]


@pytest.mark.slow
@pytest.mark.parametrize("max_leaf_nodes", [15, 40])
def test_predictions_do_not_depend_on_the_number_of_rows(max_leaf_nodes, monkeypatch):
    X, z, predictors = _mixed(3000)
    conditional = BoostedConditional(max_leaf_nodes=max_leaf_nodes, max_iter=20)
    fit(conditional, X[:2000], z[:2000], predictors, NUMBER)
    densities, draws = [], []
    for n_rows in (10, 10**6):
        monkeypatch.setattr(_boosted, "MIN_ROWS_TO_TABULATE", n_rows)
        densities.append(conditional.log_prob(X, z))
        draws.append(conditional.sample(X, np.random.default_rng(0)))
    assert_allclose(*densities, rtol=1e-9)
    assert_allclose(*draws, rtol=1e-9)


def test_trees_are_not_walked_for_many_rows(monkeypatch):
    X, z, predictors = _mixed(2000)
    conditional = fit(BoostedConditional(max_iter=5), X, z, predictors, NUMBER)

    def walk(*_):
        raise AssertionError

    monkeypatch.setattr(EarlyStoppedBoosting, "decision_function", walk)
    conditional.sample(X, np.random.default_rng(0))
    with pytest.raises(AssertionError):
        conditional.sample(X[:100], np.random.default_rng(0))


@pytest.mark.parametrize("n_rows", [500, 2500])
def test_few_rows_are_learned_from_by_one_thread(n_rows, monkeypatch):
    monkeypatch.setattr(_boosted, "MIN_ROWS_FOR_THREADS", 1000)
    libraries = ThreadpoolController().select(user_api="openmp")
    seen, learn = set(), EarlyStoppedBoosting.fit

    def spy(self, *args, **kwargs):
        seen.update(each["num_threads"] for each in libraries.info())
        return learn(self, *args, **kwargs)

    monkeypatch.setattr(EarlyStoppedBoosting, "fit", spy)
    X, z = _wave(n_rows, 0)
    with libraries.limit(limits=2):
        fit(BoostedConditional(2, max_iter=1), X, z, [NUMBER, NUMBER], NUMBER)
    assert seen == {1 if n_rows < 1000 else 2}
