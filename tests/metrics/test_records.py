import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skgen.datasets import make_customers
from skgen.metrics._records import (
    copy_rate,
    nearest_record_ratio,
    nearest_record_share,
)

MIXED = ["country", "income", "plan", "signup", "months", "refunds"]


def customers(n, seed):
    X, _ = make_customers(n, random_state=seed)
    return X[MIXED]


@pytest.fixture(scope="module")
def thirds():
    """Training rows, held-out rows and others of the same distribution."""
    return [customers(600, seed) for seed in range(3)]


def with_copies(rows, train, share):
    n = int(share * len(rows))
    return pd.concat([train[:n], rows[n:]], ignore_index=True)


def figures(train, rows, holdout, **settings):
    return np.array(
        [
            nearest_record_share(train, rows, holdout=holdout, **settings).value,
            nearest_record_ratio(train, rows, **settings).value,
            copy_rate(train, rows).value,
        ]
    )


def slow_figures(train, rows, holdout):
    scale = np.ptp(train, axis=0)
    gaps = [np.abs(rows[:, None] - Z) / scale for Z in (train, holdout)]
    to_train, to_holdout = (np.minimum(gap, 1).mean(axis=2) for gap in gaps)
    a, b = to_train.min(axis=1), to_holdout.min(axis=1)
    two = np.sort(to_train, axis=1)[:, :2]
    return [
        np.mean(a < b) + np.mean(a == b) / 2,
        np.mean(two[:, 0] / two[:, 1]),
        np.mean(a == 0),
    ]


def test_figures_are_those_of_all_pairs():
    rng = np.random.default_rng(0)
    train, holdout, rows = rng.normal(size=(3, 150, 3))
    rows[:20] = train[:20]
    rows[20:30] = holdout[:10]
    expected = slow_figures(train, rows, holdout)
    assert_allclose(figures(train, rows, holdout), expected, atol=1e-9)


def test_rows_of_the_same_distribution(thirds):
    train, holdout, other = thirds
    share = nearest_record_share(train, other, holdout=holdout)
    # four standard errors: one seed in 16,000 would fail
    assert abs(share.value - 0.5) < 4 * share.standard_error < 0.12
    ratio = nearest_record_ratio(train, other, holdout=holdout)
    error = np.hypot(ratio.standard_error, ratio.holdout.standard_error)
    assert abs(ratio.value - ratio.holdout.value) < 4 * error
    copies = copy_rate(train, other, holdout=holdout)
    assert copies.value < 0.01
    assert copies.holdout.value < 0.01


def test_copies(thirds):
    train, holdout, _ = thirds
    found = figures(train, train.sample(frac=1, random_state=0), holdout)
    assert_allclose(found, [1, 0, 1], atol=0.01)


def test_figures_show_the_share_of_copies(thirds):
    train, holdout, other = thirds
    shares = np.array([0, 0.2, 0.5, 0.8, 1])
    series = np.array(
        [figures(train, with_copies(other, train, s), holdout) for s in shares]
    )
    none = series[0]
    expected = none + shares[:, None] * (np.array([1, 0, 1]) - none)
    # other rows are left out as copies come in: standard errors of about .02
    assert_allclose(series, expected, atol=0.06)
    assert (np.diff(series[:, [0, 2]], axis=0) > 0).all()
    assert (np.diff(series[:, 1]) < 0).all()


def test_rows_near_single_records_have_small_ratios():
    rng = np.random.default_rng(0)
    train, holdout = rng.normal(size=(2, 400, 3))
    for noise, most in [(1e-3, 0.05), (0.03, 0.5)]:
        rows = train + noise * rng.normal(size=train.shape)
        result = nearest_record_ratio(train, rows, holdout=holdout)
        assert result.value < most < result.holdout.value


def test_rows_of_independent_columns_copy_nothing(thirds):
    train, holdout, other = thirds
    rng = np.random.default_rng(0)
    rows = pd.concat(
        [
            other[name].sample(frac=1, random_state=rng).reset_index(drop=True)
            for name in other
        ],
        axis=1,
    )
    share = nearest_record_share(train, rows, holdout=holdout)
    assert abs(share.value - 0.5) < 4 * share.standard_error
    result = nearest_record_ratio(train, rows, holdout=holdout)
    assert result.value > result.holdout.value
    assert copy_rate(train, rows).value == 0


def test_ties_count_half():
    X = np.array([["a"], ["b"], ["b"], ["c"]], dtype=object)
    train, holdout = X[[0, 1, 1]], X[[1, 1, 3]]
    # a is of training rows, c of held-out ones, b of both
    for row, value in [(0, 1.0), (1, 0.5), (3, 0.0)]:
        found = nearest_record_share(train, X[[row]], holdout=holdout)
        assert found.value == value
        assert np.isnan(found.standard_error)
    # b is twice among the training rows: of nobody in particular
    assert nearest_record_ratio(train, X[[1]]).value == 1
    assert nearest_record_ratio(train, X[[0]]).value == 0


def test_the_larger_table_is_thinned():
    rng = np.random.default_rng(0)
    train, holdout, rows = (rng.normal(size=(n, 2)) for n in (900, 300, 900))
    found = nearest_record_share(train, rows, holdout=holdout, random_state=0)
    assert abs(found.value - 0.5) < 4 * found.standard_error
    found = nearest_record_share(holdout, rows, holdout=train, random_state=0)
    assert abs(found.value - 0.5) < 4 * found.standard_error


def test_max_rows_of_the_synthetic_ones_are_asked(thirds):
    train, holdout, other = thirds
    rows = with_copies(other, train, 0.5)
    settings = {"max_rows": 200, "random_state": 0}
    found = figures(train, rows, holdout, **settings)
    # all training rows are still there to be found
    assert_allclose(found[0], 0.75, atol=0.1)
    assert_allclose(found, figures(train, rows, holdout, **settings))
    assert found[1] != figures(train, rows, holdout)[1]
    asked, every = (
        nearest_record_share(train, rows, holdout=holdout, random_state=0, max_rows=n)
        for n in (200, None)
    )
    assert asked.standard_error > 1.3 * every.standard_error


@pytest.mark.slow
def test_standard_errors_are_those_of_repetition():
    rng = np.random.default_rng(0)
    values, errors = [], []
    for _ in range(100):
        train, holdout, rows = rng.normal(size=(3, 200, 2))
        rows = np.concatenate([rows, rows[:50] + 1e-3])
        results = [
            nearest_record_share(train, rows, holdout=holdout),
            nearest_record_ratio(train, rows),
            copy_rate(np.round(train), np.round(rows[:200] * 2)),
        ]
        values.append([result.value for result in results])
        errors.append([result.standard_error for result in results])
    ratio = np.mean(errors, axis=0) / np.std(values, axis=0)
    # known to 7 %
    assert (ratio > 0.75).all()
    assert (ratio < 1.4).all()


def test_order_and_units_do_not_matter(thirds):
    train, holdout, other = thirds
    rows = with_copies(other, train, 0.3)
    expected = figures(train, rows, holdout)
    changed = [
        T.assign(income=T["income"] * -4 + 7, months=T["months"] * 12)
        for T in (
            train.sample(frac=1, random_state=1),
            rows.sample(frac=1, random_state=2),
            holdout.sample(frac=1, random_state=3),
        )
    ]
    assert_allclose(figures(*changed), expected, atol=1e-9)


def test_containers_do_not_matter_and_inputs_are_unchanged(thirds):
    pl = pytest.importorskip("polars")
    copies = [X.copy() for X in thirds]
    expected = figures(*thirds)
    assert_allclose(figures(*map(pl.from_pandas, thirds)), expected)
    frames = [X.drop(columns="signup") for X in thirds]
    arrays = [X.to_numpy(object, na_value=np.nan) for X in frames]
    assert_allclose(figures(*arrays), figures(*frames))
    for X, copy in zip(thirds, copies, strict=True):
        pd.testing.assert_frame_equal(X, copy)


def test_a_missing_cell_equals_a_missing_cell_only():
    X = np.array([[1.0, np.nan], [2.0, 0.0], [3.0, 1.0]])
    rows = np.array([[1.0, np.nan], [2.0, np.nan], [1.0, 0.0], [3.0, 1.0]])
    assert copy_rate(X, rows).value == 0.5
    share = nearest_record_share(X[:1], rows[:1], holdout=X[1:2])
    assert share.value == 1


def test_numbers_are_equal_within_the_tolerance():
    X = np.linspace(0, 100, 11)[:, None]
    rows = X + 0.2
    assert copy_rate(X, rows).value == 0
    assert copy_rate(X, rows, tolerance=0.01).value == 1
    assert copy_rate(X, rows * 1e3, tolerance=0.01).value == 0
    # of a category there is no tolerance, nor of a number without a range
    Z = np.array([["a", 5], ["b", 5]], dtype=object)
    assert copy_rate(Z, Z[::-1], tolerance=0.9).value == 1
    other = np.array([["c", 5], ["b", 5.2]], dtype=object)
    assert copy_rate(Z, other, tolerance=0.9).value == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: rng.normal(size=(60, 1)),
        lambda rng: np.zeros((60, 2)),
        lambda rng: np.full((60, 2), np.nan),
        lambda rng: rng.choice(["a", "b"], size=(60, 2)).astype(object),
    ],
)
def test_odd_tables(make):
    rng = np.random.default_rng(0)
    train, rows, holdout = make(rng), make(rng), make(rng)
    found = figures(train, rows, holdout)
    assert np.isfinite(found).all()
    assert_allclose(found[0], 0.5, atol=0.25)


def test_errors(thirds):
    train, holdout, other = thirds
    with pytest.raises(ValueError, match="real has a single row"):
        nearest_record_ratio(train[:1], other)
    with pytest.raises(ValueError, match="holdout must have the columns"):
        nearest_record_share(train, other, holdout=holdout[["country"]])
    with pytest.raises(ValueError, match="holdout has no rows"):
        copy_rate(train, other, holdout=holdout[:0])
    with pytest.raises(ValueError, match="'tolerance' parameter"):
        copy_rate(train, other, tolerance=-1.0)


def test_rows_that_come_twice_disclose_no_more(thirds):
    train, holdout, other = thirds
    rows = with_copies(other, train, 0.3)
    once, twice = (
        [
            nearest_record_share(train, T, holdout=holdout),
            nearest_record_ratio(train, T),
            copy_rate(train, T),
        ]
        for T in (rows, pd.concat([rows, rows]))
    )
    for a, b in zip(once, twice, strict=True):
        assert_allclose(b[:2], a[:2])
