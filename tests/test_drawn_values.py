"""Everything that is drawn is a value that its column could hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgen import (
    AutoregressiveGenerator,
    ChainedGenerator,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    GenerativeAugmenter,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    GenerativeReplacer,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    TreeConditional,
    describe,
)

N = 240
QUICK = settings(deadline=None, derandomize=True, max_examples=15)


def make_table(seed=0):
    """Columns on grids, with point masses, and with gaps; and a smooth number."""
    rng = np.random.default_rng(seed)
    age = np.where(rng.random(N) < 0.3, -999, rng.integers(18, 80, N))
    days = pd.date_range("2024-02-01", periods=100, freq="D", tz="Europe/Berlin")
    return pd.DataFrame(
        {
            "dose": np.repeat([0.1, 0.5, 2.5, 10.0], N // 4),
            "arm": np.tile([5.0, 5.0, 20.0], N // 3),
            "sign": rng.choice([-1, 1], N),
            "age": age,
            "price": rng.integers(40, 400, N) / 4,
            "claims": rng.poisson(3, N) * 0.324,
            "cents": (rng.integers(100, 5000, N) / 100).astype(np.float32),
            "mark": rng.integers(1, 6, (N, 3)).mean(axis=1),
            "hours": rng.integers(1, 600, N) / 60,
            "visits": pd.Series(rng.choice([10, 20, 40], N), dtype="Int64"),
            "wage": rng.integers(1, 90, N) * 1_000_000,
            "local": days[rng.integers(0, 100, N)],
            "quarter": pd.Timestamp("2024-03-01")
            + pd.to_timedelta(15 * rng.integers(0, 400, N), unit="min"),
            "closing": pd.date_range("2015-01-31", periods=120, freq="ME")[
                rng.integers(0, 120, N)
            ],
            "trade": pd.bdate_range("2023-01-02", periods=200)[rng.integers(0, 200, N)],
            "shift": pd.date_range(
                "2024-03-25", periods=99, freq="D", tz="America/Lima"
            )[rng.integers(0, 99, N)]
            + pd.Timedelta("9h"),
            "expiry": pd.Series(
                np.where(
                    rng.random(N) < 0.4,
                    np.datetime64("9999-12-31"),
                    np.datetime64("2024-01-01") + rng.integers(0, 300, N),
                )
            ).astype("M8[s]"),
            "wait": pd.to_timedelta(6 * rng.integers(1, 40, N), unit="h"),
            "weight": [f"{x} lbs" for x in rng.integers(90, 300, N)],
            "growth": [f"{x:+.1f} %" for x in rng.normal(0, 3, N)],
            "balance": [
                f"({-x:,})" if x < 0 else f"{x:,}"
                for x in rng.integers(-9000, 9000, N).tolist()
            ],
            "price_de": [f"{x},{x % 100:02d} €" for x in rng.integers(1, 900, N)],
            "born": (
                pd.Timestamp("1980-01-01")
                + pd.to_timedelta(rng.integers(0, 9000, N), unit="D")
            ).strftime("%d/%m/%Y"),
            "opens": [
                f"{x // 4:02d}:{x % 4 * 15:02d}" for x in rng.integers(24, 90, N)
            ],
            "fee": [f"${x:,.2f}" for x in rng.integers(1, 10**6, N) / 100],
            "x": rng.normal(size=N),
        }
    )


def multiple_of(step):
    return lambda values, _: (
        np.isclose(values / step % 1, 0) | np.isclose(values / step % 1, 1)
    )


def observed(values, X):
    return values.isin(X[values.name])


ALLOWED = {
    "dose": observed,
    "arm": observed,
    "sign": observed,
    "age": lambda values, _: (values == -999) | values.between(18, 80),
    "price": multiple_of(0.25),
    "claims": multiple_of(0.324),
    "cents": lambda values, _: values == values.round(2),
    "mark": multiple_of(1 / 3),
    "hours": multiple_of(1 / 60),
    "visits": observed,
    "wage": multiple_of(1_000_000),
    "local": lambda values, _: values == values.dt.normalize(),
    "quarter": lambda values, _: values == values.dt.floor("15min"),
    "closing": lambda values, _: values.dt.is_month_end,
    "trade": lambda values, _: values.dt.day_of_week < 5,
    "shift": lambda values, _: values == values.dt.normalize() + pd.Timedelta("9h"),
    "expiry": lambda values, _: values.dt.year.isin([2024, 9999]),
    "wait": lambda values, _: values.dt.total_seconds() % (6 * 3600) == 0,
    "weight": lambda values, _: values.str.fullmatch(r"\d{2,3} lbs"),
    "growth": lambda values, _: values.str.fullmatch(r"[-+]?\d+\.\d %"),
    "balance": lambda values, _: values.str.fullmatch(r"\(?\d{1,3}(,\d{3})*\)?"),
    "price_de": lambda values, _: values.str.fullmatch(r"\d+,\d\d €"),
    "born": lambda values, _: values.str.fullmatch(r"[0-3]\d/[01]\d/(19|20)\d\d"),
    "opens": lambda values, _: values.str.fullmatch(r"[0-2]\d:(00|15|30|45)"),
    "fee": lambda values, _: values.str.fullmatch(r"\$\d{1,3}(,\d{3})*\.\d\d"),
}


def assert_allowed(drawn, X):
    for name, allowed in ALLOWED.items():
        wrong = ~np.asarray(allowed(drawn[name], X), dtype=bool)
        assert not wrong.any(), f"{name}: {drawn[name][wrong].unique()[:5].tolist()}"
    assert drawn.dtypes.equals(X.dtypes)


TREES = TreeConditional(n_trees=3)
GENERATORS = [
    IndependentGenerator(),
    AutoregressiveGenerator(TREES),
    ChainedGenerator(TREES),
    GaussianMixtureGenerator(max_iter=20),
    RefinedGenerator(IndependentGenerator(), n_folds=2),
    pytest.param(AutoregressiveGenerator(), marks=pytest.mark.slow),
    pytest.param(LatentFactorGenerator(max_iter=20), marks=pytest.mark.slow),
    pytest.param(FlowMatchingGenerator(), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: type(g).__name__)
def test_of_generators(generator):
    X = make_table()
    generator = generator.set_params(random_state=0).fit(X)
    assert_allowed(generator.sample(500), X)
    if hasattr(generator, "impute"):
        known = generator.sample(100, given={"dose": 2.5, "age": (20, 40)})
        assert_allowed(known, X)
        hidden = X.mask(np.random.default_rng(1).random(X.shape) < 0.3)
        filled = generator.impute(hidden)
        assert_allowed(filled, X)
        assert filled.where(hidden.notna()).equals(hidden.where(hidden.notna()))


def test_of_the_imputer():
    X = make_table()
    hidden = X.mask(np.random.default_rng(1).random(X.shape) < 0.2)
    filled = GenerativeImputer(TREES_OF_IMPUTER, random_state=0).fit_transform(hidden)
    assert_allowed(filled.astype(X.dtypes), X)


TREES_OF_IMPUTER = ChainedGenerator(TREES)


@pytest.mark.parametrize("when", ["fit", "always"])
def test_of_the_masker(when):
    X = make_table()
    masker = GenerativeMasker(
        generator=AutoregressiveGenerator(TREES),
        min_count=1,
        n_folds=2,
        when=when,
        random_state=0,
    )
    assert_allowed(masker.fit_transform(X), X)
    assert_allowed(masker.transform(X), X)


@pytest.mark.parametrize(
    "sampler",
    [
        GenerativeOverSampler(),
        GenerativeOverSampler(gaussian_share=1.0, accept=None),
        GenerativeOverSampler(pooling="partial"),
        GenerativeAugmenter(AutoregressiveGenerator(TREES)),
        GenerativeReplacer(AutoregressiveGenerator(TREES)),
    ],
    ids=["default", "normal", "pooled", "augmenter", "replacer"],
)
def test_of_samplers(sampler):
    X = make_table()
    y = np.arange(N) % 8 == 0
    new = sampler.set_params(random_state=0).fit_resample(X, y)[0]
    assert_allowed(new[sampler.is_synthetic_].reset_index(drop=True), X)


@QUICK
@given(
    step=st.sampled_from([1, 5, 100, 0.01, 0.25, 0.324, 1 / 3, 1 / 7, 1 / 60, 1e6]),
    values=st.lists(st.integers(-500, 500), min_size=60, max_size=60, unique=True),
    copies=st.sampled_from([1, 2, 7]),
)
def test_grids_and_their_halves(step, values, copies):
    X = pd.DataFrame({"a": np.array(values) * step, "x": np.arange(60) / 7})
    schema = describe(X)
    for part in (X[::2], X[1::2], pd.concat([X] * copies)):
        found = describe(part)["a"]
        assert (found.kind, found.step) == (schema["a"].kind, schema["a"].step)
        assert (found.point_masses == {}) == (schema["a"].point_masses == {})
    drawn = IndependentGenerator(random_state=0).fit(X).sample(100)["a"]
    assert multiple_of(step)(drawn, X).all()


@QUICK
@given(
    levels=st.sets(st.floats(-1e6, 1e6), min_size=2, max_size=8),
    counts=st.lists(st.integers(10, 60), min_size=8, max_size=8),
    equal=st.booleans(),
)
def test_gaps_between_a_few_values_are_empty(levels, counts, equal):
    counts = [counts[0]] * 8 if equal else counts
    z = np.concatenate([np.full(n, x) for x, n in zip(levels, counts, strict=False)])
    X = pd.DataFrame({"a": z, "x": np.arange(len(z)) / 7})
    for columns in (["a"], ["a", "x"]):
        generator = IndependentGenerator(random_state=0).fit(X[columns])
        assert set(generator.sample(200)["a"]) <= set(z)


WRITTEN = {
    "${:,.2f}": (0.01, r"\$\d{1,3}(,\d{3})*\.\d\d"),
    "{:.0f}%": (1, r"\d+%"),
    "{:.1f} kmpl": (0.1, r"\d+\.\d kmpl"),
    "{:,.0f} EUR": (1, r"\d{1,3}(,\d{3})* EUR"),
    "+{:.2f}": (0.01, r"\+\d+\.\d\d"),
    " {:.3f} ": (0.001, r" \d+\.\d{3} "),
    "{:.2e}": (None, r"\d\.\d\de[-+]\d\d"),
    "£{:.2f} pcm": (0.01, r"£\d+\.\d\d pcm"),
}


@QUICK
@given(
    pattern=st.sampled_from(list(WRITTEN)),
    whole=st.lists(st.integers(10**5, 10**6), min_size=60, max_size=60, unique=True),
    mark=st.sampled_from([None, "n/a", "on request"]),
    copies=st.sampled_from([1, 3]),
)
def test_written_numbers_and_their_halves(pattern, whole, mark, copies):
    step, accepted = WRITTEN[pattern]
    texts = [pattern.format(number * (step or 0.37)) for number in whole]
    texts += [] if mark is None else [mark] * 4
    X = pd.DataFrame({"a": texts, "x": np.arange(len(texts)) / 7}).sample(
        frac=1, random_state=0
    )
    found = describe(X)["a"]
    assert found.written
    for part in (X[::2], X[1::2], pd.concat([X] * copies)):
        assert describe(part)["a"].written == found.written
    generator = IndependentGenerator(random_state=0).fit(X.reset_index(drop=True))
    drawn = generator.sample(300)["a"]
    wrong = drawn[~drawn.str.fullmatch(accepted) & (drawn != mark)]
    assert wrong.empty, wrong.unique()[:5]
    codec, X = generator.codec_, X.reset_index(drop=True)
    assert codec.decode(codec.encode(X))["a"].equals(X["a"])


DATES = {
    "%d/%m/%Y": r"[0-3]\d/[01]\d/\d{4}",
    "%B %d, %Y": r"[A-Z][a-z]+ \d\d, \d{4}",
    "%d-%b-%y": r"[0-3]\d-[A-Z][a-z]{2}-\d\d",
    "%Y-%m-%d %H:%M": r"\d{4}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d",
    "%d.%m.%Y": r"[0-3]\d\.[01]\d\.\d{4}",
}


@QUICK
@given(
    pattern=st.sampled_from(list(DATES)),
    freq=st.sampled_from(["D", "W-TUE", "ME", "B"]),
    seed=st.integers(0, 99),
)
def test_written_dates_stay_on_their_calendar(pattern, freq, seed):
    days = pd.date_range("2012-03-01", periods=130, freq=freq)
    rng = np.random.default_rng(seed)
    days = days[rng.choice(130, 90, replace=False)]
    X = pd.DataFrame({"a": days.strftime(pattern), "x": np.arange(90) / 7})
    generator = IndependentGenerator(random_state=0).fit(X)
    drawn = generator.sample(300)["a"]
    assert drawn.str.fullmatch(DATES[pattern]).all()
    read = pd.to_datetime(drawn, format=pattern)
    assert read.isin(pd.date_range(days.min(), days.max(), freq=freq)).all()
    codec = generator.codec_
    assert codec.decode(codec.encode(X)).equals(X)
    steps = {describe(part)["a"].step for part in (X, X[::2], X[1::2])}
    assert len(steps) == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("freq", ["D", "W-MON", "ME", "6h"])
def test_days_in_any_zone_come_back(zone, freq):
    t = pd.date_range("2023-01-31", periods=200, freq=freq, tz=zone)
    X = pd.DataFrame({"t": t, "x": np.arange(200) / 7})
    generator = IndependentGenerator(random_state=0).fit(X)
    drawn = generator.sample(300)["t"]
    every = pd.date_range(t[0], t[-1], freq=freq, tz=zone)
    assert drawn.isin(every).all()
    codec = generator.codec_
    assert codec.decode(codec.encode(X)).equals(X)
