"""The stack: what it mixes, and what it is for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen import AutoregressiveGenerator, StackedConditional, TreeConditional

from .fitting import NUMBER, categorical, fit


def _kinds(conditional):
    return [type(part).__name__ for part in conditional._parts]


def _line(n_samples, seed, noise=0.1):
    rng = np.random.default_rng(seed)
    X = rng.random((n_samples, 4))
    return X, X @ [1.0, -1.0, 0.5, 0.0] + noise * rng.normal(size=n_samples)


@pytest.mark.parametrize("n_samples", [1, 2, 19])
def test_few_rows_fall_back_on_frequencies(n_samples):
    X, z = _line(n_samples, 0)
    conditional = fit(StackedConditional(), X, z, [NUMBER] * 4, NUMBER)
    assert _kinds(conditional) == ["MarginalPart"]
    drawn = conditional.sample(np.tile(X, (50, 1)), np.random.default_rng(0))
    assert z.min() <= drawn.min()
    assert drawn.max() <= z.max()


@pytest.mark.parametrize("n_samples", [60, 300])
def test_lines_are_followed_more_closely_than_by_trees(n_samples):
    X, z = _line(n_samples, 1)
    unseen = _line(1_000, 2)
    stack = fit(StackedConditional(), X, z, [NUMBER] * 4, NUMBER)
    trees = fit(TreeConditional(), X, z, [NUMBER] * 4, NUMBER)
    gain = stack.log_prob(*unseen).mean() - trees.log_prob(*unseen).mean()
    assert gain > 0.4
    drawn = stack.sample(unseen[0], np.random.default_rng(0))
    assert np.corrcoef(drawn, unseen[1])[0, 1] > 0.85


def test_what_lines_miss_is_learned_by_trees_and_landmarks():
    rng = np.random.default_rng(3)
    X = rng.random((400, 2))
    z = (np.floor(4 * X[:, 0]) + np.floor(4 * X[:, 1])) % 2 + 0.05 * rng.random(400)
    conditional = fit(StackedConditional(), X, z, [NUMBER] * 2, NUMBER)
    at = np.column_stack([np.full(200, 0.1), np.full(200, 0.9)])
    # trees of 400 rows see about three quarters of a chequered board
    assert (conditional.sample(at, rng) > 0.5).mean() > 0.6


def test_columns_without_any_relation_are_hardly_better_than_their_marginals():
    rng = np.random.default_rng(4)
    X, z = rng.random((200, 6)), rng.gamma(2, size=200)
    X_unseen, unseen = rng.random((2_000, 6)), rng.gamma(2, size=2_000)
    conditional = fit(StackedConditional(), X, z, [NUMBER] * 6, NUMBER)
    alone = fit(StackedConditional(), X[:, :0], z, [], NUMBER)
    loss = alone.log_prob(X[:1].repeat(2_000, 0)[:, :0], unseen).mean()
    assert conditional.log_prob(X_unseen, unseen).mean() > loss - 0.05


@pytest.mark.parametrize("n_samples", [100, 400])
def test_training_rows_are_hardly_more_likely_than_unseen_ones(n_samples):
    X, z = _line(n_samples, 5, noise=1.0)
    unseen = _line(2_000, 6, noise=1.0)
    gaps = []
    for conditional in (StackedConditional(), TreeConditional()):
        fit(conditional, X, z, [NUMBER] * 4, NUMBER)
        gaps.append(
            conditional.log_prob(X, z).mean() - conditional.log_prob(*unseen).mean()
        )
    assert gaps[0] < 0.7 * gaps[1]


def test_parts_of_less_than_a_row_are_dropped():
    X, _ = _line(300, 7)
    z = 2 * X[:, 0] + 1
    conditional = fit(StackedConditional(), X, z, [NUMBER] * 4, NUMBER)
    assert "MarginalPart" not in _kinds(conditional)
    assert_allclose(conditional._part_weights.sum(), 1.0)
    assert conditional._part_weights.min() * 300 >= 1.0
    assert np.abs(conditional.sample(X, np.random.default_rng(0)) - z).mean() < 0.02


def test_boosting_is_a_part_from_a_thousand_rows_on():
    X, z = _line(1_000, 8)
    z = np.round(z > 0)
    few = fit(StackedConditional(), X[:999], z[:999], [NUMBER] * 4, categorical(2))
    many = fit(StackedConditional(), X, z, [NUMBER] * 4, categorical(2))
    weighed = fit(
        StackedConditional(),
        X[:500],
        z[:500],
        [NUMBER] * 4,
        categorical(2),
        np.full(500, 2.0),
    )
    n_folds = [max(part.n_models for part in c._parts) for c in (few, many, weighed)]
    assert n_folds == [5, 3, 3]


def test_many_categories_are_predicted_and_rare_ones_drawn():
    rng = np.random.default_rng(9)
    X = rng.random((900, 2))
    z = np.floor(60 * X[:, 0] ** 2)
    conditional = fit(StackedConditional(), X, z, [NUMBER] * 2, categorical(60))
    drawn = conditional.sample(X, rng)
    assert np.median(np.abs(drawn - z)) <= 3
    assert len(np.unique(drawn)) > 50
    row = np.tile(X[:1], (60, 1))
    probability = np.exp(conditional.log_prob(row, np.arange(60.0)))
    assert_allclose(probability.sum(), 1.0)


@pytest.mark.parametrize("target", [NUMBER, categorical(3)])
def test_predictors_without_a_cell_do_no_harm(target):
    X, z = _line(100, 10)
    z = z if target is NUMBER else np.floor(3 * X[:, 0])
    X = np.column_stack([X, np.full((100, 2), np.nan)])
    predictors = [NUMBER] * 5 + [categorical(4)]
    conditional = fit(StackedConditional(), X, z, predictors, target)
    assert np.isfinite(conditional.log_prob(X, z)).all()
    X[:50] = np.nan
    assert np.isfinite(conditional.sample(X, np.random.default_rng(0))).all()


def test_huge_and_tiny_units_give_the_same():
    X, z = _line(80, 11)
    drawn, log_prob = [], []
    for unit in (1.0, 1e-150, 1e150):
        conditional = fit(
            StackedConditional(), X * unit, z * unit, [NUMBER] * 4, NUMBER
        )
        drawn.append(conditional.sample(X * unit, np.random.default_rng(0)) / unit)
        log_prob.append(conditional.log_prob(X * unit, z * unit) + np.log(unit))
    for other in (1, 2):
        assert_allclose(drawn[other], drawn[0], rtol=1e-5, atol=1e-5)
        assert_allclose(log_prob[other], log_prob[0], atol=1e-3)


def test_two_fits_with_one_seed_draw_the_same():
    X, z = _line(60, 12)
    drawn = [
        fit(StackedConditional(), X, z, [NUMBER] * 4, NUMBER).sample(
            X, np.random.default_rng(1)
        )
        for _ in range(2)
    ]
    assert_array_equal(*drawn)


@pytest.mark.parametrize(
    "n_samples", [1_000, pytest.param(3_000, marks=pytest.mark.slow)]
)
def test_rare_levels_keep_their_share(n_samples):
    rng = np.random.default_rng(13)
    X = rng.normal(size=(n_samples, 5))
    rare = rng.permutation(np.arange(n_samples) < n_samples // 100)
    table = np.column_stack([X, rare])
    generator = AutoregressiveGenerator(StackedConditional(), random_state=0)
    drawn = generator.fit(table).sample(30 * n_samples)[:, 5]
    # 300 expected of 30,000, drawn evenly, and three folds or five
    assert 0.95 < drawn.mean() / rare.mean() < 1.05
