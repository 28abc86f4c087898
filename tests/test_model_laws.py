"""Laws of what models draw and how they score it, over all of them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from skgen import (
    AutoregressiveGenerator,
    BoostedConditional,
    EstimatorConditional,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    StackedConditional,
    TreeConditional,
)

MODELS = {
    "independent": IndependentGenerator(),
    "trees": AutoregressiveGenerator(TreeConditional()),
    "boosted": AutoregressiveGenerator(BoostedConditional(max_iter=30)),
    "stack": AutoregressiveGenerator(StackedConditional()),
    "estimators": AutoregressiveGenerator(EstimatorConditional()),
    "mixture": GaussianMixtureGenerator(),
    "linear mixture": GaussianMixtureGenerator(marginals="linear"),
    "factors": LatentFactorGenerator(2),
    "refined": RefinedGenerator(AutoregressiveGenerator(TreeConditional())),
}
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
SMOOTH = {
    "mixture": (GaussianMixtureGenerator(), 0.03),
    "factors": (LatentFactorGenerator(2), 0.03),
    # its marginals are corrected by rows that it has drawn
    "flow": (FlowMatchingGenerator().set_params(estimator__max_iter=20), 0.15),
}
each_smooth_model = pytest.mark.parametrize(
    ("model", "tolerance"),
    [
        pytest.param(*case, id=name, marks=pytest.mark.slow if name == "flow" else ())
        for name, case in SMOOTH.items()
    ],
)


def _fitted(model, X, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return clone(model).set_params(random_state=0).fit(X, **options)


def _related(n=600, seed=0):
    """A skewed number, a count and a category that share a factor."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    other = np.where(rng.random(n) < 0.1, "b", "d")
    return pd.DataFrame(
        {
            "x": np.exp(z),
            "k": rng.poisson(np.exp(0.4 * z + 0.5)).astype(float),
            "c": np.where(z > 0, "a", other),
        }
    )


def _known(n, **cells):
    nothing = {"x": np.nan, "k": np.nan, "c": pd.Series([None] * n, dtype=object)}
    return pd.DataFrame({**nothing, **cells}, index=range(n))[["x", "k", "c"]]


@each_model
def test_marginal_densities_sum_to_one(model):
    generator = _fitted(model, _related())

    def total(rows):
        return np.exp(generator.score_samples(rows)).sum()

    assert_allclose(total(_known(3, c=["a", "b", "d"])), 1.0, atol=1e-6)
    # linear scores have tails below zero, all have some beyond the grid
    k, atol = np.arange(0.0, 100.0), 0.02
    assert_allclose(total(_known(100, k=k)), 1.0, atol=atol)
    both = _known(300, k=np.tile(k, 3), c=np.repeat(["a", "b", "d"], 100))
    assert_allclose(total(both), 1.0, atol=atol)
    # one row at a time, too
    alone = [total(_known(1, c=[c])) for c in "abd"]
    assert_allclose(sum(alone), 1.0, atol=1e-6)


@pytest.mark.parametrize("largest", [pytest.param(2, marks=pytest.mark.slow), 3])
@each_model
def test_a_weight_counts_like_a_row_that_stands_as_often(model, largest):
    X = _related(400)
    X.loc[::7, "k"] = np.nan
    weights = np.random.default_rng(1).integers(0, largest + 1, 400)
    repeated = X.loc[np.repeat(X.index, weights)].reset_index(drop=True)
    by_weight = _fitted(model, X, sample_weight=weights)
    by_row = _fitted(model, repeated)
    assert_allclose(by_weight.score(X), by_row.score(X), atol=1e-6)


@pytest.mark.parametrize("name", ["independent", "trees", "mixture", "factors"])
def test_weights_count_where_equal_rows_are_no_copies(name):
    rng = np.random.default_rng(0)
    a = rng.integers(0, 3, 500)
    b = np.where(rng.random(500) < 0.7, a, rng.integers(0, 3, 500))
    X = pd.DataFrame({"a": np.array(list("xyz"))[a], "b": np.array(list("pqr"))[b]})
    weights = rng.integers(0, 4, 500)
    repeated = X.loc[np.repeat(X.index, weights)].reset_index(drop=True)
    found = _fitted(MODELS[name], X, sample_weight=weights).score(X)
    assert_allclose(found, _fitted(MODELS[name], repeated).score(X), atol=0.02)


@each_smooth_model
def test_draws_have_the_marginals_of_the_columns_up_to_the_tails(model, tolerance):
    rng = np.random.default_rng(1)
    z = rng.normal(size=4000)
    X = pd.DataFrame(
        {
            "heavy": np.exp(z + 3),
            "cents": np.rint(100 * np.exp(0.5 * z + rng.normal(size=4000))),
            "zeros": np.where(rng.random(4000) < 0.3, 0.0, rng.gamma(2.0, size=4000)),
            "whole": rng.poisson(np.exp(0.3 * z + 2)),
        }
    )
    X.loc[rng.random(4000) < 0.2 * (z > 0), "cents"] = np.nan
    drawn = _fitted(model, X).sample(100_000)
    for name in X:
        column, new = X[name].dropna(), drawn[name].dropna()
        for level in (0.01, 0.1, 0.5, 0.9, 0.99, 0.997):
            # a sixth more or fewer of the rows beyond
            shift = min(level, 1 - level) / 6
            real = column.quantile([level - shift, level + shift]).to_numpy()
            # a whole number may be the one next to it
            slack = tolerance * real + (1.0 if name == "whole" else 0.02)
            low, high = real + np.array([-1, 1]) * slack
            assert low <= new.quantile(level) <= high, (name, level)
        assert_allclose(new.std(), column.std(), rtol=2 * tolerance + 0.02)
        assert column.min() <= new.min()
        assert new.max() <= column.max()
    assert abs((drawn["zeros"] == 0).mean() - (X["zeros"] == 0).mean()) < 0.02
    assert abs(drawn["cents"].isna().mean() - X["cents"].isna().mean()) < 0.02
    # no draw of a continuous column is a training value
    assert not drawn["heavy"].isin(X["heavy"]).any()


def test_weights_have_their_tails():
    rng = np.random.default_rng(0)
    X = np.exp(rng.normal(size=(3000, 2)))
    weights = 1.0 + 9 * (X[:, 0] > 2)
    for name in ("mixture", "factors"):
        model = MODELS[name]
        drawn = _fitted(model, X, sample_weight=weights).sample(50_000)
        order = np.argsort(X[:, 0])
        cumulative = np.cumsum(weights[order]) / weights.sum()
        for level in (0.05, 0.5, 0.95, 0.99):
            real = X[order[np.searchsorted(cumulative, level)], 0]
            assert_allclose(np.quantile(drawn[:, 0], level), real, rtol=0.05)


def _in_steps(X, n_steps):
    step = np.ptp(X, axis=0) / n_steps
    return np.rint(X / step), np.log(step).sum()


@pytest.mark.parametrize("n_steps", [pytest.param(1e6, marks=pytest.mark.slow), 1e4])
@pytest.mark.parametrize(
    "name", ["trees", "boosted", "estimators", "mixture", "linear mixture", "factors"]
)
def test_whole_steps_score_like_numbers_times_their_width(name, n_steps):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 2)) @ rng.normal(size=(2, 4))
    X += 0.3 * rng.normal(size=X.shape)
    X[:, 2:] = np.exp(X[:, 2:] / 3)
    steps, log_width = _in_steps(X, n_steps)
    score = [
        _fitted(MODELS[name], rows[:3000]).score(rows[3000:]) for rows in (X, steps)
    ]
    # trees split at random, elsewhere for every table
    atol = 0.25 if name in ("trees", "boosted") else 0.02
    assert_allclose(score[1], score[0] + log_width, atol=atol)


@pytest.mark.parametrize("name", ["independent", "mixture", "factors"])
def test_more_rows_look_no_worse_on_a_grid(name):
    rng = np.random.default_rng(0)
    z = rng.normal(size=9000)
    X = pd.DataFrame(
        {
            # in cents, many of them full euros, and from few to many rows for each
            "price": np.rint(100 * np.exp(z / 2 + 3)),
            "paid": np.rint(20 * np.exp(z / 3 + rng.normal(size=9000) / 2)) * 5,
            "age": np.rint(40 + 12 * rng.normal(size=9000) + 3 * z),
        }
    )
    round_price = rng.random(9000) < 0.4
    X.loc[round_price, "price"] = np.rint(X.loc[round_price, "price"] / 100) * 100
    unseen, rest = X[:1000], X[1000:].reset_index(drop=True)
    score = [_fitted(MODELS[name], rest[:n]).score(unseen) for n in (200, 1000, 8000)]
    assert np.diff(score).min() > -0.1


def test_columns_that_determine_each_other_stay_together():
    rng = np.random.default_rng(0)
    part = np.exp(rng.normal(size=(1500, 2)))
    part[rng.random(1500) < 0.6, 1] = 0.0
    X = np.column_stack([part, part.sum(axis=1)])
    generator = _fitted(GaussianMixtureGenerator(8), X)
    drawn = generator.sample(5000)
    alone = drawn[:, 1] == 0
    assert 0.5 < alone.mean() < 0.7
    ratio = drawn[alone, 2] / drawn[alone, 0]
    assert np.quantile(np.abs(np.log(ratio)), 0.9) < 0.2
