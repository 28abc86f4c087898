import io
import pickle
import uuid

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

import skgen
from skgen import (
    AutoregressiveGenerator,
    BoostedConditional,
    ChainedGenerator,
    EstimatorConditional,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    GenerativeClassifier,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeRegressor,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    ResampledClassifier,
    ResampledRegressor,
    StackedConditional,
    TreeConditional,
)
from skgen.datasets import make_customers
from skgen.persistence import TRUSTED_TYPES
from skgen.rules import Linear, Order

from ._plan.examples import RULES, loans, orders

GENERATORS = [
    AutoregressiveGenerator(StackedConditional()),
    AutoregressiveGenerator(TreeConditional()),
    AutoregressiveGenerator(BoostedConditional(max_iter=3)),
    AutoregressiveGenerator(EstimatorConditional()),
    ChainedGenerator(),
    FlowMatchingGenerator().set_params(estimator__max_iter=3),
    GaussianMixtureGenerator(),
    IndependentGenerator(),
    LatentFactorGenerator(1),
    RefinedGenerator(n_folds=2),
]
PREDICTORS = [
    GenerativeClassifier(),
    GenerativeRegressor(n_draws=5),
    ResampledClassifier(),
    ResampledRegressor(),
]


def names(estimator):
    inner = getattr(estimator, "conditional", None)
    parts = [estimator] + ([] if isinstance(inner, str | None) else [inner])
    return "-".join(type(part).__name__ for part in parts)


@pytest.fixture(scope="module")
def customers():
    X, y = make_customers(120, random_state=0)
    return X[["income", "plan", "months", "signup"]], y


@pytest.fixture(scope="module")
def numbers():
    X = np.random.default_rng(0).normal(size=(80, 3)).round(2)
    return X, (X[:, 0] > 0.3).astype(int)


def through_pickle(estimator):
    return pickle.loads(pickle.dumps(estimator))


def through_joblib(estimator):
    file = io.BytesIO()
    joblib.dump(estimator, file)
    file.seek(0)
    return joblib.load(file)


def through_skops(estimator):
    stored = pytest.importorskip("skops.io")
    return stored.loads(stored.dumps(estimator), trusted=TRUSTED_TYPES)


WAYS = pytest.mark.parametrize("way", [through_pickle, through_joblib, through_skops])


@WAYS
@pytest.mark.parametrize("generator", GENERATORS, ids=names)
def test_a_stored_generator_draws_and_scores_the_same(generator, way, customers):
    X, _ = customers
    generator.set_params(random_state=0).fit(X)
    stored = way(generator)
    pd.testing.assert_frame_equal(
        stored.sample(20, random_state=1), generator.sample(20, random_state=1)
    )
    if hasattr(generator, "score_samples"):
        np.testing.assert_array_equal(
            stored.score_samples(X[:5]), generator.score_samples(X[:5])
        )


@WAYS
@pytest.mark.parametrize("predictor", PREDICTORS, ids=names)
def test_a_stored_predictor_predicts_the_same(predictor, way, numbers):
    X, y = numbers
    predictor.set_params(random_state=0).fit(X, y)
    np.testing.assert_array_equal(way(predictor).predict(X), predictor.predict(X))


@WAYS
def test_stored_transformers_give_the_same(way, customers):
    X, _ = customers
    imputer = GenerativeImputer(random_state=0).fit(X)
    masker = GenerativeMasker(
        ["income", "plan"], determinants="keep", when="always", random_state=0
    ).fit(X)
    for transformer in (imputer, masker):
        stored, here = way(transformer), transformer.transform(X)
        pd.testing.assert_frame_equal(stored.transform(X), here)


@WAYS
@pytest.mark.parametrize(
    "name",
    ["GenerativeOverSampler", "GenerativeAugmenter", "GenerativeReplacer"],
)
def test_a_stored_sampler_resamples_the_same(name, way, numbers):
    sampler = getattr(skgen, name)(random_state=0)
    drawn = sampler.fit_resample(*numbers)
    for stored, here in zip(way(sampler).fit_resample(*numbers), drawn, strict=True):
        np.testing.assert_array_equal(stored, here)


def test_every_trusted_type_exists():
    for path in TRUSTED_TYPES:
        module, name = path.rsplit(".", 1)
        assert hasattr(__import__(module, fromlist=[name]), name)
    assert len(set(TRUSTED_TYPES)) == len(TRUSTED_TYPES)


class TypesOf(pickle.Pickler):
    """Collects dotted names of classes, and of types of objects, that it pickles."""

    def __init__(self):
        super().__init__(io.BytesIO())
        self.found = set()

    def persistent_id(self, stored):
        kind = stored if isinstance(stored, type) else type(stored)
        self.found.add(f"{kind.__module__}.{kind.__qualname__}")


class UnawareOfMissingCells(IndependentGenerator):
    """Leaves it to the base class to draw which cells are missing."""

    models_missing_indicators = False


NAMES = [f"{x}{y}{z}" for x in "KLMNP" for y in "aeiou" for z in "lr"][:30]


def awkward_columns():
    """Identifiers, and numbers and dates in written forms."""
    days = pd.date_range("2020-01-01", periods=150, freq="37h")
    return pd.DataFrame(
        {
            "wage": [f"${1000 + 37.5 * i:,.2f}" for i in range(150)],
            "size": ["Varies"] * 30
            + [f"{3 + i % 50}{'kM'[i % 2]}" for i in range(120)],
            "day": days.strftime("%d/%m/%Y"),
            "time": days.tz_localize("Europe/Rome").strftime("%Y-%m-%d %H:%M:%S%z"),
            "clock": days.strftime("%H:%M:%S"),
            "key": np.random.default_rng(0).permutation(1500)[:150],
            "digits": [f"{i:05}" for i in range(7, 3000, 20)],
            "code": [f"K-{i % 97:02}-{i:04x}" for i in range(150)],
            "name": [
                f"{a} {b}" for a in ["Ada", "Bo", "Cy", "Di", "Ed"] for b in NAMES
            ],
            "mail": [
                f"{b}{i}@mail.example.com".lower() for i in range(5) for b in NAMES
            ],
            "url": [f"https://a.org/{i}/{i * 7 % 11}?q={i}" for i in range(150)],
            "uuid": [str(uuid.UUID(int=i * 2**90 + i)) for i in range(150)],
        }
    )


def shares(n_samples):
    """Parts that sum to 1; two columns in order whose distances are less regular."""
    rng = np.random.default_rng(0)
    parts = rng.dirichlet([1, 1, 1], n_samples)
    limit = rng.choice([1.0, 2.0, 4.0], n_samples)
    return pd.DataFrame(
        {
            **dict(zip("abc", parts.T, strict=True)),
            "limit": limit,
            "used": rng.choice([0.1, 0.7], n_samples),
        }
    )


def fitted_estimators():
    """Estimators of all kinds, fitted to tables of all kinds."""
    X, y = make_customers(150, random_state=0)
    visits = X["visits"].mask(X.index % 7 == 0)
    X, y = X.assign(visits=visits), y.to_numpy()
    numbers = X[["income", "months"]].fillna(0).to_numpy()
    for generator in GENERATORS:
        yield clone(generator).fit(X)
    yield IndependentGenerator().fit(pl.from_pandas(X[["income", "plan"]]))
    conditional = BoostedConditional(max_iter=3)
    yield AutoregressiveGenerator(conditional).fit(numbers)
    for predictor in PREDICTORS:
        yield clone(predictor).fit(numbers, y)
    for transformer in (
        GenerativeImputer(),
        GenerativeMasker(["income", "plan"], determinants="keep"),
        GenerativeMasker(["income", "plan"], determinants="keep", when="always"),
    ):
        yield transformer.fit(X)
    for name in ("GenerativeOverSampler", "GenerativeAugmenter", "GenerativeReplacer"):
        sampler = getattr(skgen, name)()
        sampler.fit_resample(numbers, y)
        yield sampler
    age = pd.to_timedelta(np.arange(150), "h")
    yield skgen.TableCodec().fit(X.assign(nothing=np.nan, age=age))
    months = pd.date_range("2010-01-31", periods=150, freq="ME", unit="us")
    weekdays = pd.date_range("2024-01-01", periods=147, freq="B", tz="Europe/Rome")
    end = pd.DatetimeIndex(np.array(["9999-12-30T23:59"] * 3, dtype="M8[us]"))
    end = end.tz_localize("Europe/Rome")
    until = weekdays.as_unit("us").append(end)
    yield skgen.TableCodec().fit(pd.DataFrame({"months": months, "until": until}))
    yield UnawareOfMissingCells().fit(X)
    yield IndependentGenerator(rules=RULES).fit(orders(100))
    yield IndependentGenerator(rules="auto").fit(shares(100))
    order = Order(("used", "limit"))
    yield IndependentGenerator(rules=[order]).fit(shares(100))
    X = shares(100)[["limit", "used"]].round(1)
    X["left"] = X["limit"] - X["used"]
    less = Linear("left", {"limit": 1, "used": -1})
    yield IndependentGenerator(rules=[less]).fit(X.assign(limit=X["limit"].round()))
    paid = Linear("loan", {"paid": 1, "balance": 1})
    trees = TreeConditional(1)
    yield AutoregressiveGenerator(trees, rules=[paid]).fit(loans())
    yield skgen.TableCodec().fit(awkward_columns())


def test_the_types_of_fitted_estimators_are_the_trusted_ones():
    pickler = TypesOf()
    for estimator in fitted_estimators():
        pickler.dump(estimator)
    found, trusted = (
        {name for name in names if name.startswith("skgen.")}
        for names in (pickler.found, TRUSTED_TYPES)
    )
    assert found == trusted


def test_every_estimator_is_trusted():
    estimators = [getattr(skgen, n) for n in skgen.__all__ if n != "__version__"]
    public = {
        f"{found.__module__}.{found.__qualname__}"
        for found in estimators
        if hasattr(found, "get_params")
        and not getattr(found, "__abstractmethods__", ())
    }
    assert public <= set(TRUSTED_TYPES)


@pytest.fixture(scope="module")
def rare():
    """A table with a rare value in each sensitive column, and the bytes of these."""
    rng = np.random.default_rng(0)
    n = 400
    X = pd.DataFrame(
        {
            "diagnosis": rng.choice(["flu", "cold", "cough"], n),
            "salary": rng.gamma(3, 10_000, n).round(2),
            "age": rng.integers(20, 70, n),
        }
    )
    X.loc[3, "diagnosis"] = "Qwrtvillitis"
    X.loc[5, "salary"] = 987_654.25
    # in cents, as it is encoded, and as it is
    salaries = [np.float64(98_765_425).tobytes(), np.float64(987_654.25).tobytes()]
    return X, [b"Qwrtvillitis", *salaries, b"987654.25"]


@pytest.mark.parametrize("when", ["fit", "always"])
@pytest.mark.parametrize("call", ["fit", "fit_transform"])
def test_a_stored_masker_has_no_rare_original(when, call, rare):
    X, rare_bytes = rare
    masker = GenerativeMasker(["diagnosis", "salary"], when=when, random_state=0)
    getattr(masker, call)(X)
    check_is_fitted(masker)
    stored = pickle.dumps(masker)
    assert not [value for value in rare_bytes if value in stored]


def test_rare_values_are_found_in_a_model_that_holds_them(rare):
    X, rare_bytes = rare
    stored = pickle.dumps(AutoregressiveGenerator(TreeConditional()).fit(X))
    assert rare_bytes[0] in stored
    assert rare_bytes[1] in stored


@pytest.mark.parametrize("call", ["fit", "fit_transform"])
def test_a_masker_that_masks_at_fit_alone_keeps_no_cell(call, rare):
    X, _ = rare
    masker = GenerativeMasker(["salary"], random_state=0)
    getattr(masker, call)(X)
    stored = pickle.dumps(masker)
    salaries = X["salary"].unique()
    salaries = [np.float64(x).tobytes() for x in [*salaries, *(salaries * 100).round()]]
    assert not [value for value in salaries if value in stored]


@pytest.mark.parametrize(
    "generator",
    [
        *GENERATORS,
        pytest.param(FlowMatchingGenerator(), marks=pytest.mark.slow),
        pytest.param(LatentFactorGenerator(), marks=pytest.mark.slow),
    ],
    ids=names,
)
def test_the_size_of_a_stored_generator_is_bounded(generator):
    X, _ = make_customers(600, random_state=0)
    X = X[["income", "plan", "months", "visits"]]
    sizes = [
        len(pickle.dumps(generator.set_params(random_state=0).fit(X.iloc[:n])))
        for n in (300, 600)
    ]
    # twice the rows at most twice the size, and a little for what is cut off below
    assert sizes[1] < 2.3 * sizes[0]
