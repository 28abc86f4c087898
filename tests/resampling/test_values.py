"""What samplers draw are values that the columns can hold: a law over all settings."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from skgen.resampling import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
)

N_SAMPLES = 500
N_RARE = 36
NEVER = pd.Timestamp("2262-01-01")
#: columns of few values, which hold no others
FEW = ["code", "sign", "dose", "a", "b", "rating", "sparse"]
#: steps of the columns on a grid
STEPS = {"age": 1, "million": 1_000_000, "price": 0.25, "hours": 3600}
#: point masses with an empty gap to the next value
MASSES = {"age": -999, "amount": 0, "end": NEVER}


def make_table(seed=0):
    """A table of point masses, grids, gaps and few values."""
    rng, n = np.random.default_rng(seed), N_SAMPLES
    latent = rng.normal(size=n)
    town = rng.choice(["a", "b", "c"], n)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D")
    pay = 20 + np.exp(3 + latent)
    return pd.DataFrame(
        {
            "code": rng.choice([0, 50, 100], n),
            "sign": rng.choice([-1.0, 1.0], n),
            "dose": rng.choice([0.1, 0.5, 2.5, 10.0], n),
            "rating": np.clip(np.rint(3 + latent), 1, 5).astype(int),
            "a": (town == "a").astype(float),
            "b": (town == "b").astype(float),
            "sparse": np.where(rng.random(n) < 0.15, 7.5, 0.0),
            "age": np.where(rng.random(n) < 0.2, -999, rng.integers(18, 80, n)),
            "amount": np.where(rng.random(n) < 0.6, 0.0, pay),
            "million": 1_000_000 * rng.poisson(np.exp(1 + 0.3 * latent)),
            "price": 0.25 * rng.poisson(40, n),
            "hours": pd.to_timedelta(rng.integers(0, 500, n), "h"),
            "end": days.where(pd.Series(rng.random(n) < 0.7), NEVER),
            "hole": np.where(rng.random(n) < 0.3, np.nan, latent),
        }
    )


def assert_possible(X, new):
    """The new rows hold values that the columns of X could hold."""
    assert len(new) > 30
    for name in FEW:
        assert set(new[name]) <= set(X[name]), name
    for name in ("age", "amount", "million", "price", "hours", "end", "hole"):
        assert X[name].min() <= new[name].min(), name
        assert new[name].max() <= X[name].max(), name
    for name, step in STEPS.items():
        cells = new[name]
        if name == "hours":
            cells = cells.dt.total_seconds()
        assert (np.mod(cells, step) == 0).all(), name
    for name, mass in MASSES.items():
        rest, cells = X.loc[X[name] != mass, name], new[name]
        assert cells[cells != mass].between(rest.min(), rest.max()).all(), name


def classes_of(X, n_rare=N_RARE):
    """A rare class of rows where two columns are large."""
    order = np.argsort(-(X["rating"] + X["price"] / 5).to_numpy(), kind="stable")
    y = np.zeros(len(X), dtype=int)
    y[order[: 2 * n_rare : 2]] = 1
    return y


def resample(sampler, X, y, weighted=False, **metadata):
    rng = np.random.default_rng(1)
    weights = rng.uniform(0.5, 2, len(X)) if weighted else None
    sampler.set_params(random_state=0)
    X_new, y_new = sampler.fit_resample(X, y, sample_weight=weights, **metadata)
    new = sampler.is_synthetic_
    return X_new[new].reset_index(drop=True), y_new[new]


pytestmark = [
    pytest.mark.filterwarnings("ignore:Classes of fewer than"),
    pytest.mark.filterwarnings("ignore:given. the median effective sample size"),
]


# each value of three parameters meets each value of two others
SETTINGS = [
    (*setting, (5, N_RARE)[i % 2], i // 2 % 2 == 1)
    for i, setting in enumerate(
        product(
            [0.0, 0.5, 1.0],
            ["plausible", "border", None],
            ["none", "partial", "full"],
        )
    )
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gaussian_share", "accept", "pooling", "n_rare", "weighted"), SETTINGS
)
def test_all_settings(gaussian_share, accept, pooling, n_rare, weighted):
    X = make_table()
    sampler = GenerativeOverSampler(
        gaussian_share=gaussian_share, accept=accept, pooling=pooling
    )
    new, _ = resample(sampler, X, classes_of(X, n_rare), weighted)
    assert_possible(X, new)


@pytest.mark.parametrize("n_rare", [5, N_RARE])
@pytest.mark.parametrize("pooling", ["none", "full"])
def test_normal_rows(n_rare, pooling):
    for seed in range(3):
        X = make_table(seed)
        sampler = GenerativeOverSampler(gaussian_share=1, pooling=pooling)
        new, _ = resample(sampler, X, classes_of(X, n_rare), weighted=seed == 1)
        assert_possible(X, new)


@pytest.mark.parametrize(
    "sampler",
    [
        GenerativeAugmenter(),
        GenerativeReplacer(),
        GenerativeReplacer(sampling_strategy={0: 100, 1: 200}),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_other_samplers(sampler, weighted):
    X = make_table()
    new, _ = resample(sampler, X, classes_of(X), weighted)
    assert_possible(X, new)


@pytest.mark.parametrize("gaussian_share", [0.5, 1.0])
def test_groups(gaussian_share):
    X = make_table()
    groups = np.random.default_rng(2).choice(["u", "v", "w"], len(X))
    sampler = GenerativeOverSampler(gaussian_share=gaussian_share)
    new, _ = resample(sampler, X, classes_of(X), groups=groups)
    assert_possible(X, new)
    assert set(sampler.groups_) == {"u", "v", "w"}


@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_labels_that_share_rows(gaussian_share):
    X = make_table()
    y = np.column_stack([classes_of(X), X["a"] * (X["rating"] > 3), X["code"] == 50])
    sampler = GenerativeOverSampler(
        gaussian_share=gaussian_share, sampling_strategy=0.8
    )
    new, labels = resample(sampler, X, y.astype(int))
    assert_possible(X, new)
    assert set(labels.ravel()) == {0, 1}


def numbers_of(X, step):
    rng = np.random.default_rng(3)
    return rng.poisson(np.exp(0.8 * X["hole"].fillna(0))) * step


@pytest.mark.parametrize(
    ("strategy", "step"),
    [
        ("auto", 0.324),
        (0.5, 0.25),
        *[(kind, step) for kind in ("edges", "ranges") for step in (0.324, 3, 1e6)],
    ],
)
@pytest.mark.parametrize("gaussian_share", [0.5, 1.0])
def test_numbers_of_y_in_steps(gaussian_share, strategy, step):
    X = make_table()
    y = numbers_of(X, step)
    if strategy == "edges":
        strategy = [0, 2.5 * step, 4.5 * step, y.max()]
    if strategy == "ranges":
        strategy = {(1.5 * step, 3 * step): 200, (4 * step, np.inf): 90}
    sampler = GenerativeOverSampler(
        gaussian_share=gaussian_share, sampling_strategy=strategy
    )
    new, drawn = resample(sampler, X, y)
    assert_possible(X, new)
    assert set(drawn) <= set(y)
    wanted = sampler.sampling_strategy_
    low, high = np.repeat(list(wanted), list(wanted.values()), axis=0).T
    assert ((low <= drawn) & (drawn <= high)).all()


@pytest.mark.parametrize("step", [0.324, 0.25])
@pytest.mark.parametrize("sampler", [GenerativeAugmenter(), GenerativeReplacer()])
def test_numbers_of_y_in_steps_drawn_with_the_rows(sampler, step):
    X = make_table()
    y = numbers_of(X, step)
    new, drawn = resample(sampler, X, y)
    assert_possible(X, new)
    assert set(drawn) <= set(y)


@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_several_outputs(gaussian_share):
    X = make_table()
    y = pd.DataFrame(
        {
            "town": np.where(X["a"] + X["b"] > 0, "Oslo", "Rome"),
            "steps": numbers_of(X, 0.324),
            # 30 % of zeros, and nothing below 5
            "paid": np.where(X["hole"].isna(), 0.0, 5 + np.exp(X["hole"])),
        }
    )
    sampler = GenerativeOverSampler(
        gaussian_share=gaussian_share, sampling_strategy=0.8
    )
    new, drawn = resample(sampler, X, y)
    assert_possible(X, new)
    assert set(drawn["town"]) == {"Oslo", "Rome"}
    assert set(drawn["steps"]) <= set(y["steps"])
    paid = drawn["paid"]
    assert ((paid == 0) | paid.between(5, y["paid"].max())).all()
