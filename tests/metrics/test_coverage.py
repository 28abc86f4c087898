import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skgen._math.statistics.gower import Gower
from skgen.datasets import make_customers
from skgen.metrics._coverage import (
    _distance_to_mean,
    _recall,
    coverage,
    precision_recall,
)

MIXED = ["country", "income", "plan", "signup", "months", "refunds"]


def customers(n, seed):
    X, _ = make_customers(n, random_state=seed)
    return X[MIXED]


def permuted(X, share=1.0, seed=0):
    """Every column of a share of the rows in random order."""
    rng = np.random.default_rng(seed)
    n = int(share * len(X))
    parts = [X[name].iloc[:n].sample(frac=1, random_state=rng) for name in X]
    moved = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    return pd.concat([moved, X.iloc[n:]], ignore_index=True).astype(dict(X.dtypes))


def figures(real, synthetic, **settings):
    a = coverage(real, synthetic, **settings)
    b = precision_recall(real, synthetic, **settings)
    return np.array([a.value, a.density.value, *(estimate.value for estimate in b)])


def slow_figures(X, Y, k):
    """All figures of numeric rows, as the papers define them."""
    scale = np.ptp(X, axis=0)
    gaps = [np.abs(A[:, None] - B) / scale for A, B in ((X, X), (X, Y))]
    gower = [np.minimum(gap, 1).mean(axis=2) for gap in gaps]
    radius = np.sort(gower[0], axis=1)[:, k]  # the first is the row itself
    inside = gower[1] <= radius[:, None]
    real, cross = (np.sqrt(np.square(gap).sum(axis=2)) for gap in gaps)
    np.fill_diagonal(real, np.inf)
    shares = np.linspace(0, 1, 30)
    to_mean = [np.linalg.norm((Z - X.mean(axis=0)) / scale, axis=1) for Z in (X, Y)]
    precision = [(to_mean[1] <= r).mean() for r in np.quantile(to_mean[0], shares)]
    hit = Y[cross.argmin(axis=1)]
    around = np.linalg.norm((hit - Y.mean(axis=0)) / scale, axis=1)
    nearer = cross.min(axis=1) <= real.min(axis=1)
    recall = [(nearer & (around <= r)).mean() for r in np.quantile(around, shares)]
    source = cross.argmin(axis=0)
    return [
        inside.any(axis=1).mean(),
        inside.sum() / (k * len(Y)),
        *(
            1 - np.abs(shares - curve).sum() / shares.sum()
            for curve in (precision, recall)
        ),
        (cross.min(axis=0) > real.min(axis=1)[source]).mean(),
    ]


@pytest.mark.parametrize("k", [1, 5])
def test_figures_are_those_of_all_pairs(k):
    rng = np.random.default_rng(k)
    X, Y = rng.normal(size=(200, 3)), rng.normal(0.3, 0.8, size=(200, 3))
    expected = slow_figures(X, Y, k)
    result = coverage(X, Y, n_neighbors=k)
    # radii in the paper are of k neighbors among n rows, here among the n - 1 others
    assert_allclose([result.value, result.density.value], expected[:2], rtol=0.01)
    found = [estimate.value for estimate in precision_recall(X, Y)]
    assert_allclose(found, expected[2:], atol=1e-9)


def test_rows_of_the_same_distribution():
    # spread of the figures of 1,500 rows: .007, .023, .01, .015 and .016; four of it
    found = figures(customers(1500, 0), customers(1500, 1), random_state=0)
    expected = [1 - 2.0**-5, 1, 0.98, 0.5, 0.5]
    assert (np.abs(found - expected) < [0.028, 0.1, 0.04, 0.06, 0.12]).all()


def test_copies():
    X = customers(400, 0)
    found = figures(X, X.sample(frac=1, random_state=0), random_state=0)
    assert_allclose(found[[0, 2, 3, 4]], [1, 1, 1, 0], atol=3e-3)


def test_figures_fall_with_the_damage():
    X, Y = customers(800, 0), customers(800, 1)
    series = np.array(
        [figures(X, permuted(Y, share), random_state=0) for share in (0, 0.3, 0.6, 1)]
    )
    assert (np.diff(series[:, [0, 1, 3]], axis=0) < 0).all()
    assert (np.diff(series[:, 4]) > 0).all()
    assert series[-1, 3] < 0.35 < 0.45 < series[0, 3]


def test_rows_far_away_have_no_density_and_no_precision():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 300, 2))
    found = figures(X, Y + 50, random_state=0)
    assert_allclose(found, [0, 0, 0, 0, 1], atol=1e-3)


def test_a_mode_that_is_left_out_lowers_coverage_and_recall_only():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(600, 2)) + 20 * (np.arange(600) % 4 == 0)[:, None]
    Y = rng.normal(size=(600, 2))
    result = coverage(X, Y)
    # three quarters are covered, by a third more rows than usual
    assert_allclose(result.value, 0.75, atol=0.04)
    assert_allclose(result.density.value, 1.0, atol=0.1)
    assert precision_recall(X, Y).recall.value < 0.6


@pytest.mark.slow
def test_standard_errors_are_those_of_repetition():
    rng = np.random.default_rng(0)
    values, errors = [], []
    for _ in range(60):
        X, Y = rng.normal(size=(2, 300, 2))
        Y[:100] *= 3
        results = [coverage(X, Y), coverage(X, Y).density, *precision_recall(X, Y)]
        values.append([result[0] for result in results])
        errors.append([result[1] for result in results])
    ratio = np.mean(errors, axis=0) / np.std(values, axis=0)
    # known to 9 %; documented to be somewhat small
    assert (ratio > 0.55).all()
    assert (ratio < 2.2).all()


def test_order_and_units_do_not_matter():
    X, Y = customers(300, 0), customers(300, 1)
    expected = figures(X, Y, random_state=0)
    other = [
        T.assign(income=T["income"] * -1e-3 + 7, months=T["months"] * 12)
        for T in (X.sample(frac=1, random_state=1), Y.sample(frac=1, random_state=2))
    ]
    assert_allclose(figures(*other, random_state=5), expected, atol=1e-9)


def test_containers_do_not_matter_and_inputs_are_unchanged():
    pl = pytest.importorskip("polars")
    X, Y = customers(200, 0), customers(200, 1)
    copies = X.copy(), Y.copy()
    expected = figures(X, Y, random_state=0)
    assert_allclose(figures(pl.from_pandas(X), pl.from_pandas(Y)), expected)
    arrays = [
        T.drop(columns="signup").to_numpy(object, na_value=np.nan) for T in (X, Y)
    ]
    frames = [T.drop(columns="signup") for T in (X, Y)]
    assert_allclose(figures(*arrays), figures(*frames))
    pd.testing.assert_frame_equal(X, copies[0])
    pd.testing.assert_frame_equal(Y, copies[1])


def test_missing_cells_are_values():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 400, 3))
    X[:, 0] = np.where(rng.random(400) < 0.5, np.nan, X[:, 0])
    none = figures(X, Y, random_state=0)
    Y[:, 0] = np.where(rng.random(400) < 0.5, np.nan, Y[:, 0])
    same = figures(X, Y, random_state=0)
    assert none[0] < 0.8 < 0.9 < same[0]
    assert none[3] < 0.4 < 0.43 < same[3]


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: rng.normal(size=(60, 1)),
        lambda rng: np.zeros((60, 2)),
        lambda rng: np.full((60, 2), np.nan),
        lambda rng: rng.choice(["a", "b"], size=(60, 2)).astype(object),
        lambda rng: np.column_stack([rng.normal(size=60), np.full(60, np.nan)]),
    ],
)
def test_odd_tables(make):
    rng = np.random.default_rng(0)
    found = figures(make(rng), make(rng), random_state=0)
    assert np.isfinite(found).all()
    assert found[0] > 0.9


def test_few_distinct_rows_have_the_density_of_themselves():
    rng = np.random.default_rng(0)
    X, Y = rng.choice(["a", "b", "c"], size=(2, 500, 2)).astype(object)
    result = coverage(X, Y)
    assert result.value == 1
    # sharing three categories, its spread is .03
    assert_allclose(result.density.value, 1, atol=0.1)


def test_tables_are_thinned_to_equally_many_rows():
    X, Y = customers(500, 0), customers(250, 1)
    assert_allclose(figures(X, Y, random_state=0)[[0, 3]], [0.97, 0.5], atol=0.12)
    few = coverage(X, X, max_rows=100, random_state=0)
    assert few.value < 1  # other rows of the two
    assert few == coverage(X, X, max_rows=100, random_state=0)


def test_errors():
    X = customers(20, 0)
    with pytest.raises(
        ValueError, match="n_neighbors=20 must be less than the 20 rows"
    ):
        coverage(X, X, n_neighbors=20)
    with pytest.raises(ValueError, match="at least two rows each, got 20 and 1"):
        precision_recall(X, X[:1])
    with pytest.raises(ValueError, match="synthetic must have the columns"):
        coverage(X, X.drop(columns="plan"))
    with pytest.raises(ValueError, match="'max_rows' parameter"):
        coverage(X, X, max_rows=0)


def test_recall_of_rows_that_are_all_covered_is_one():
    rows = np.column_stack([np.ones(500), np.random.default_rng(0).random(500)])
    assert_allclose(_recall(rows), 1, atol=2e-3)


def test_rows_that_are_no_farther_than_real_ones_are_covered():
    X = np.repeat(np.random.default_rng(0).normal(size=(200, 2)), 2, axis=0)
    # at no distance from another real row, nor from a synthetic one
    assert_allclose(precision_recall(X, X).recall.value, 1, atol=0.01)


def test_distance_to_the_mean_is_that_of_indicators():
    rng = np.random.default_rng(0)
    Z, queries = (
        np.column_stack([rng.integers(0, 3, n), rng.normal(size=n)]) for n in (50, 30)
    )
    for T in (Z, queries):
        T[rng.random(T.shape) < 0.2] = np.nan

    def features(T):
        codes = [T[:, 0] == 0, T[:, 0] == 1, T[:, 0] == 2, np.isnan(T[:, 0])]
        known = ~np.isnan(T[:, 1])
        number = np.where(known, T[:, 1], np.nanmean(Z[:, 1])) / 4
        half = np.sqrt(0.5)
        return np.column_stack([*codes, number, half * known, half * ~known])

    gower = Gower(np.array([True, False]), np.array([1.0, 4.0]))
    expected = np.linalg.norm(features(queries) - features(Z).mean(axis=0), axis=1)
    assert_allclose(_distance_to_mean(gower, Z, queries), expected)
