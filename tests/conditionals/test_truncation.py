"""Conditionals within sets of values: normalised, and drawn as their density says."""

import numpy as np
import pytest
from scipy.stats import chi2

from skgen import (
    BoostedConditional,
    EstimatorConditional,
    StackedConditional,
    TreeConditional,
)
from skgen._math.columns.supports import LevelSet, Range
from skgen.table import Column

N = 600
X = np.random.default_rng(0).random((N, 2))
PREDICTORS = [Column("x", "continuous"), Column("y", "continuous")]
NUMBER = Column("z", "integer", integer_valued=True, atoms=np.array([7.0]))
LEVEL = Column("z", "categorical", n_categories=5)
CONDITIONALS = {
    "boosted": BoostedConditional(max_iter=20),
    "trees": TreeConditional(),
    "stack": StackedConditional(2, n_landmarks=20, boosting=False),
    "without smoothing": TreeConditional(min_samples_leaf=30, smoothing=0.0),
}


def _numbers(rng):
    z = np.rint(rng.gamma(2.0, 6.0, N) * (1 + X[:, 0]))
    z[rng.random(N) < 0.2] = 7.0
    return z


def _fitted(name, target):
    rng = np.random.default_rng(1)
    z = _numbers(rng)
    if target is LEVEL:
        z = rng.integers(5, size=N) * (X[:, 0] < 0.7) * 1.0
    return CONDITIONALS[name].fit(
        X, z, predictors=PREDICTORS, target=target, sample_weight=np.ones(N), rng=rng
    )


def _support(target, n):
    rng = np.random.default_rng(2)
    if target is LEVEL:
        allowed = rng.random((n, 5)) < 0.5
        allowed[:, 0] = True
        return LevelSet(allowed), np.arange(5.0)
    ends = np.sort([_numbers(rng)[:n], _numbers(rng)[:n]], axis=0)
    ends[0, :5], ends[1, 5:10] = -np.inf, 300.0
    without = np.full((n, 2), np.nan)
    without[:20, 0], without[::4, 1] = ends[1, :20], 7.0
    ends[1, ends[0] == ends[1]] += 20
    return Range(*ends, without), np.arange(-5.0, 301.0)


@pytest.mark.parametrize("target", [NUMBER, LEVEL], ids=["number", "level"])
@pytest.mark.parametrize("name", CONDITIONALS)
def test_masses_and_densities_are_sums_over_a_support(name, target):
    conditional, n = _fitted(name, target), 30
    support, values = _support(target, n)
    rows = [np.full(n, value) for value in values]
    inside = np.array([support.holds(z) for z in rows])
    density = np.exp([conditional._log_prob(X[:n], z) for z in rows])
    expected = (density * inside).sum(axis=0)
    assert np.exp(conditional.log_mass(X[:n], support)) == pytest.approx(expected)
    found = np.exp([conditional.log_prob_within(X[:n], z, support) for z in rows])
    assert (found[~inside] == 0).all()
    # the floor that is mixed in goes on beyond the range of open ends
    total = found.sum(axis=0)[expected > 0]
    assert total == pytest.approx(1.0, abs=0.5 / (N + 1) + 1e-9)


@pytest.mark.parametrize("target", [NUMBER, LEVEL], ids=["number", "level"])
@pytest.mark.parametrize("name", CONDITIONALS)
def test_draws_within_a_support_follow_the_density(name, target):
    # chi-square tests; independent draws would give a false alarm in 1e-4 of runs, and
    # these are spread more evenly
    conditional, n = _fitted(name, target), 2_000
    support, values = _support(target, 30)
    for row in (2, 12, 22):
        rows = np.full(n, row)
        z, log_mass = conditional.sample_within(
            X[rows], support.take(rows), np.random.default_rng(3)
        )
        assert support.take(rows).holds(z).all()
        assert log_mass == pytest.approx(
            conditional.log_mass(X[rows], support.take(rows))
        )
        one = support.take(np.full(len(values), row))
        log_prob = conditional._log_prob(X[np.full(len(values), row)], values)
        probability = np.exp(log_prob) * one.holds(values)
        expected = n * probability / probability.sum()
        counts = (z[:, None] == values).sum(axis=0)
        some = expected > 5
        terms = (counts - expected)[some] ** 2 / expected[some]
        assert counts[expected == 0].sum() == 0
        assert terms.sum() < chi2.isf(1e-5, max(1, some.sum()))


def test_sets_without_mass():
    conditional = _fitted("without smoothing", LEVEL)
    at = np.flatnonzero(X[:, 0] > 0.9)
    allowed = np.tile([False, True, True, False, False], (len(at), 1))
    support, rng = LevelSet(allowed), np.random.default_rng(0)
    z, log_mass = conditional.sample_within(X[at], support, rng)
    # two of five levels have that share of the density that is mixed in
    assert np.exp(log_mass) == pytest.approx(0.4 * conditional._floor.share)
    assert conditional.log_mass(X[at], support) == pytest.approx(log_mass)
    assert set(z) == {1.0, 2.0}
    found = conditional.log_prob_within(X[at], np.ones(len(at)), support)
    assert np.exp(found) == pytest.approx(0.5)
    far = Range(*np.full((2, len(at)), 1e6), np.empty((len(at), 0)))
    conditional = _fitted("boosted", NUMBER)
    z, log_mass = conditional.sample_within(X[at], far, rng)
    assert np.isneginf(log_mass).all()
    assert np.isfinite(z).all()
    assert len(conditional.sample_within(X[:0], far.take(at[:0]), rng)[0]) == 0


def test_other_conditionals_are_restricted_to_levels_one_by_one():
    assert not EstimatorConditional.restricts_numbers
    rng = np.random.default_rng(1)
    conditional = EstimatorConditional().fit(
        X,
        rng.integers(5, size=N) * 1.0,
        predictors=PREDICTORS,
        target=LEVEL,
        sample_weight=np.ones(N),
        rng=rng,
    )
    support, values = _support(LEVEL, 30)
    z, log_mass = conditional.sample_within(X[:30], support, rng)
    assert support.holds(z).all()
    density = [conditional._log_prob(X[:30], np.full(30, v)) for v in values]
    expected = (np.exp(density) * support.allowed.T).sum(axis=0)
    assert np.exp(log_mass) == pytest.approx(expected)
