"""GenerativeReplacer: synthetic rows alone, in the classes and dtypes of the data."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.pipeline import make_pipeline
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import label_binarize

from skgen.conditionals import TreeConditional
from skgen.generators import (
    AutoregressiveGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    RefinedGenerator,
)
from skgen.resampling import GenerativeReplacer

SIZES = {"a": 70, "b": 28, "c": 22}
N_SAMPLES = 120


def make_labels():
    labels = np.repeat(list(SIZES), list(SIZES.values())).astype(object)
    return np.random.default_rng(0).permutation(labels)


def make_array(dtype="float64"):
    """Three columns; the first separates the classes, some 6 units apart."""
    noise = np.random.default_rng(1).normal(size=(N_SAMPLES, 3))
    noise[:, 0] += 6 * np.unique(make_labels(), return_inverse=True)[1]
    return (10 * noise).astype(dtype)


def replace(X, y, generator=None, *, random_state=0, **params):
    sampler = GenerativeReplacer(generator, random_state=random_state, **params)
    return sampler.fit_resample(X, y)


class Spy(AutoregressiveGenerator):
    """Remembers the generators that are fitted, also within another one."""

    fits = []

    def _fit(self, Z, **options):
        self.fits.append(self)
        super()._fit(Z, **options)


@pytest.fixture
def spy():
    Spy.fits = []
    return Spy()


class Narrow(IndependentGenerator):
    """Draws no row of the last class, unless it is given."""

    def sample(self, n_samples=1, *, given=None, random_state=None):
        given = given or {3: {"class 0", "class 1"}}
        return super().sample(n_samples, given=given, random_state=random_state)


class Remembering(ClassifierMixin, BaseEstimator):
    """Classifier that keeps the rows that it is fitted to."""

    def fit(self, X, y):
        self.X_, self.classes_ = np.array(X), np.unique(y)
        return self

    def predict(self, X):
        self.predicted_ = np.array(X)
        return np.repeat(self.classes_[:1], len(X))


# --- rows -----------------------------------------------------------------------------


def test_no_row_reaches_the_estimator_and_real_ones_are_predicted():
    X, y = make_array(), make_labels()
    pipeline = make_pipeline(GenerativeReplacer(random_state=0), Remembering())
    pipeline.fit(X, y).predict(X[:7])
    seen = pipeline[-1].X_
    assert seen.shape == X.shape
    assert not (seen[:, None] == X).all(axis=2).any()
    assert_array_equal(pipeline[-1].predicted_, X[:7])


def test_X_and_y_are_drawn_together():
    # the classes are six standard deviations apart
    X_new, y_new = replace(make_array(), make_labels(), n_samples=1000)
    nearest = np.array(list("abc"))[
        np.clip(np.rint(X_new[:, 0] / 60), 0, 2).astype(int)
    ]
    # a third if they were drawn apart
    assert (nearest == y_new).mean() > 0.8


def test_what_is_fitted_to_drawn_rows_predicts_real_ones():
    X, y = load_iris(return_X_y=True)
    half = np.arange(len(X)) % 2 == 0
    scores = []
    # 75 rows: a single draw scores between 0.75 and 0.97
    for seed in range(5):
        pipeline = make_pipeline(
            GenerativeReplacer(random_state=seed), LogisticRegression(max_iter=1000)
        )
        scores.append(pipeline.fit(X[half], y[half]).score(X[~half], y[~half]))
    assert np.mean(scores) > 0.85


def test_rows_come_in_random_order():
    for strategy in (None, "all"):
        y_new = replace(make_array(), make_labels(), sampling_strategy=strategy)[1]
        # of 120 rows in random order, 30 and more follow one of another class
        assert (y_new[1:] != y_new[:-1]).sum() > 30


def test_pandas_dtypes_are_kept(pandas_table):
    before = pandas_table.copy(deep=True)
    y = pd.Series(make_labels(), name="y0", index=pandas_table.index)
    X_new, y_new = replace(pandas_table, y)
    assert_frame_equal(pandas_table, before)
    assert X_new.dtypes.equals(before.dtypes)
    assert X_new.index.equals(pd.RangeIndex(N_SAMPLES))
    assert y_new.index.equals(pd.RangeIndex(N_SAMPLES))
    assert (y_new.name, y_new.dtype) == ("y0", y.dtype)
    assert Counter(y_new) == SIZES
    for name in ["float", "text", "Int64", "date"]:
        assert X_new[name].isna().any()


@pytest.mark.parametrize("strategy", [None, "all"])
def test_polars_dtypes_are_kept(polars_table, strategy):
    y = pl.Series("y", make_labels().tolist(), dtype=pl.Enum(["c", "b", "a"]))
    X_new, y_new = replace(polars_table, y, sampling_strategy=strategy)
    assert X_new.schema == polars_table.schema
    assert (y_new.name, y_new.dtype) == ("y", y.dtype)
    assert len(X_new) == len(y_new) == N_SAMPLES


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "int8", "bool", "object", "U8"]
)
def test_array_dtypes_are_kept(dtype):
    X = make_array("int8" if dtype == "U8" else dtype).astype(dtype)
    X_new, y_new = replace(X, make_labels(), IndependentGenerator())
    assert type(X_new) is np.ndarray
    assert (X_new.dtype, X_new.shape) == (X.dtype, X.shape)
    assert y_new.dtype == object


def test_containers_get_the_same_rows():
    X, y = make_array(), make_labels()
    expected = replace(X, y)
    for other in (X.tolist(), pd.DataFrame(X, columns=list("uvw"))):
        found = replace(other, y.tolist())
        assert type(found[0]) is type(other)
        assert_array_equal(np.asarray(found[0]), expected[0])
        assert found[1] == expected[1].tolist()


@pytest.mark.parametrize("strategy", [None, "all"])
def test_names_of_columns_do_not_clash(strategy, spy):
    X = pd.DataFrame(make_array(), columns=["y", "y0", "y1"])
    X_new, y_new = replace(
        X, make_labels(), spy, sampling_strategy=strategy, strategy="joint"
    )
    assert X_new.columns.tolist() == ["y", "y0", "y1"]
    names = [column.name for column in spy.fits[0].codec_.columns_]
    assert names[:3] == ["y", "y0", "y1"]
    assert len(set(names)) == len(names) == 4
    assert set(y_new) == set("abc")


def test_seeds_repeat():
    X, y = make_array(), make_labels()
    first = replace(X, y, random_state=7)
    assert_array_equal(replace(X, y, random_state=7)[0], first[0])
    assert_array_equal(replace(X, y, random_state=7)[1], first[1])
    assert not np.array_equal(replace(X, y, random_state=8)[0], first[0])


# --- how many rows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_samples", "sizes"),
    [
        ("same", SIZES),
        (240, {"a": 140, "b": 56, "c": 44}),
        (2.5, {"a": 175, "b": 70, "c": 55}),
        # 5.83, 2.33 and 1.83 rows
        (10, {"a": 6, "b": 2, "c": 2}),
        (0.001, {"a": 1}),
    ],
)
def test_class_balance_is_kept(n_samples, sizes):
    sampler = GenerativeReplacer(n_samples=n_samples, random_state=0)
    X_new, y_new = sampler.fit_resample(make_array(), make_labels())
    assert Counter(y_new) == sizes
    assert len(X_new) == sum(sizes.values())
    assert sampler.sampling_strategy_ == {k: sizes.get(k, 0) for k in "abc"}


@pytest.mark.parametrize(
    "generator",
    [
        None,
        pytest.param(RefinedGenerator(), marks=pytest.mark.slow),
        KernelDensity(),
        GaussianMixture(),
    ],
)
@pytest.mark.parametrize(
    ("strategy", "sizes"),
    [
        ("all", {"a": 40, "b": 40, "c": 40}),
        ({"a": 5, "c": 90}, {"a": 5, "b": 28, "c": 90}),
        (lambda y: {"a": np.sum(y == "c"), "b": 0}, {"a": 22, "c": 22}),
    ],
)
def test_strategies(generator, strategy, sizes):
    X_new, y_new = replace(
        make_array(), make_labels(), generator, sampling_strategy=strategy
    )
    assert Counter(y_new) == sizes
    # rows belong to their class, whose means are 60 units apart
    for k in sizes:
        assert abs(X_new[y_new == k, 0].mean() - 60 * "abc".index(k)) < 20


def test_equal_classes_share_a_number_of_rows():
    y_new = replace(make_array(), make_labels(), sampling_strategy="all", n_samples=50)
    assert Counter(y_new[1]) == {"a": 17, "b": 17, "c": 16}


def test_classes_are_given_first(spy):
    jointly = {"strategy": "joint"}
    replace(make_array(), make_labels(), spy, **jointly)
    replace(make_array(), make_labels(), spy, sampling_strategy="all", **jointly)
    assert [fitted.given for fitted in spy.fits] == [None, [3]]
    assert [fitted.order_.tolist()[0] for fitted in spy.fits] == [0, 3]
    assert spy.given is None


@pytest.mark.slow
def test_generator_within_a_generator_gets_given(spy):
    y_new = replace(
        make_array(), make_labels(), RefinedGenerator(spy), sampling_strategy="all"
    )[1]
    assert Counter(y_new) == {"a": 40, "b": 40, "c": 40}
    assert {tuple(fitted.given) for fitted in spy.fits} == {(3,)}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sampling_strategy": {"z": 3}}, "'z' is not present in the data"),
        ({"sampling_strategy": {"a": 1.5}}, "whole number.* of class 'a'.*got 1.5"),
        ({"sampling_strategy": {"a": -1}}, "whole number.* of class 'a'.*got -1"),
        (
            {"sampling_strategy": dict.fromkeys("abc", 0)},
            "asks for no row of any class",
        ),
        ({"sampling_strategy": {"a": 9}, "n_samples": 50}, "Leave it at 'same'"),
        ({"sampling_strategy": "auto"}, "'sampling_strategy' parameter"),
        ({"n_samples": 0}, "'n_samples' parameter"),
        ({"n_samples": -0.5}, "'n_samples' parameter"),
    ],
)
def test_wrong_numbers_of_rows(params, message):
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=message):
            getattr(GenerativeReplacer(**params), method)(make_array(), make_labels())


def test_rare_classes_keep_their_rows():
    X = np.random.default_rng(0).normal(size=(600, 2))
    y = np.repeat([0, 1], [598, 2])
    for seed in range(5):
        # without care, none would be drawn in 1 of 7 runs
        _, y_new = replace(X, y, IndependentGenerator(), random_state=seed)
        assert Counter(y_new) == {0: 598, 1: 2}


def test_class_that_is_never_drawn():
    y = np.repeat(["a", "b", "c"], 40)
    with pytest.raises(ValueError, match=r"Narrow drew \d+ rows, .* of class 'c'"):
        replace(make_array(), y, Narrow(), strategy="joint")
    # given its class, each row is drawn
    sizes = {"a": 40, "b": 40, "c": 40}
    params = {"sampling_strategy": sizes, "strategy": "joint"}
    assert Counter(replace(make_array(), y, Narrow(), **params)[1]) == sizes


# --- targets --------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", [None, "all"])
@pytest.mark.parametrize(
    "dtype",
    ["int8", "bool", "float32", "Int64", "boolean", "bool[pyarrow]", "str", "category"],
)
def test_dtypes_of_classes(dtype, strategy):
    y = pd.Series([0, 1, 1, 0, 0, 0] * 20, name="target").astype(dtype)
    _, y_new = replace(make_array(), y, sampling_strategy=strategy)
    assert (y_new.dtype, y_new.name) == (y.dtype, "target")
    sizes = y.value_counts() if strategy is None else {y[0]: 60, y[1]: 60}
    assert Counter(y_new) == dict(sizes)


def test_numbers_that_are_classes_are_not_mixed():
    # as a number, 5 could be drawn between 0 and 100, or one between 10 and 90
    y = np.repeat([0, 10, 90, 100], 30)
    _, y_new = replace(make_array(), y, GaussianMixtureGenerator())
    assert set(y_new) == {0, 10, 90, 100}
    assert y_new.dtype == y.dtype


def test_indicators_and_columns_are_kept():
    X, y = make_array(), make_labels()
    X_new, y_new = replace(X, y)
    indicators = label_binarize(y, classes=["a", "b", "c"])
    X_ova, y_ova = replace(X, indicators)
    assert_array_equal(X_ova, X_new)
    assert_array_equal(y_ova, label_binarize(y_new, classes=["a", "b", "c"]))
    framed = replace(X, pd.DataFrame({"target": y}))[1]
    assert framed.columns.tolist() == ["target"]
    assert_array_equal(framed["target"], y_new)
    assert_array_equal(replace(X, y[:, None])[1], y_new)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    "container",
    [
        np.asarray,
        np.ndarray.tolist,
        lambda y: y[:, None].tolist(),
        pd.Series,
        pl.Series,
        pd.DataFrame,
        lambda y: pl.DataFrame({"y": y}),
    ],
)
def test_regression(whole, container):
    X = make_array()
    y = X[:, 0] + np.random.default_rng(3).normal(size=len(X))
    y = np.rint(y).astype(int) if whole else y
    sampler = GenerativeReplacer(n_samples=1.5, random_state=0)
    X_new, y_new = sampler.fit_resample(X, container(y))
    assert type(y_new) is type(container(y))
    assert np.shape(y_new)[1:] == np.shape(container(y))[1:]
    values = np.asarray(y_new).ravel()
    assert values.dtype == y.dtype
    assert len(X_new) == len(values) == 180
    assert np.corrcoef(X_new[:, 0], values)[0, 1] > 0.8
    assert np.isin(values, y).all() if whole else not np.isin(values, y).all()
    assert not hasattr(sampler, "sampling_strategy_")


def test_whole_numbers_of_a_regression_are_numbers():
    X, y = load_diabetes(return_X_y=True)
    assert (y == np.rint(y)).all()
    rows = np.arange(len(X)) % 3 > 0
    X_new, y_new = replace(X[rows], y[rows])
    forest = RandomForestRegressor(50, random_state=0).fit(X_new, y_new)
    # 0.32 on average; 0.14 if they are classes
    assert forest.score(X[~rows], y[~rows]) > 0.25


def test_what_an_earlier_fit_has_left_is_gone():
    sampler = GenerativeReplacer().fit(make_array(), make_labels())
    assert sampler.sampling_strategy_ == SIZES
    sampler.fit(make_array(), make_array()[:, 0])
    assert not hasattr(sampler, "sampling_strategy_")


@pytest.mark.parametrize(
    ("y", "params", "message"),
    [
        (np.linspace(0, 1, 120), {"sampling_strategy": "all"}, "expected classes in y"),
        (np.zeros(120), {}, "needs to have more than 1 class"),
        (np.ones((120, 2), dtype=int), {}, "needs to have more than 1 class"),
        (
            np.where(np.arange(120) < 9, np.nan, 0.5),
            {},
            "9 of its 120 labels are missing",
        ),
        (np.where(np.arange(120) < 9, np.inf, 0.5), {}, "contains infinity"),
        (None, {}, "y should be a 1d array"),
    ],
)
def test_wrong_targets(y, params, message):
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=message):
            getattr(GenerativeReplacer(**params), method)(make_array(), y)


# --- generators -----------------------------------------------------------------------


def test_parameters_of_columns(spy):
    X = np.random.default_rng(0).integers(4, size=(N_SAMPLES, 2))
    for listed in ([True, False], [0]):
        spy.set_params(categorical_features=listed)
        X_new, _ = replace(X, make_labels(), spy, strategy="joint")
        assert set(X_new.ravel()) <= {0, 1, 2, 3}
    kinds = [[c.kind for c in fitted.columns_] for fitted in spy.fits]
    assert kinds == [["categorical", "integer", "categorical"]] * 2


def test_generators_of_arrays_learn_each_class():
    X, y = load_iris(return_X_y=True)
    X_new, y_new = replace(X, y, KernelDensity(bandwidth=0.2))
    assert Counter(y_new) == {0: 50, 1: 50, 2: 50}
    for k in range(3):
        means = X_new[y_new == k].mean(axis=0), X[y == k].mean(axis=0)
        assert np.abs(np.subtract(*means)).max() < 0.4


def test_generators_of_arrays_learn_a_number():
    X = make_array()
    X_new, y_new = replace(X, X[:, 0] / 10, KernelDensity(bandwidth=0.2))
    assert np.corrcoef(X_new[:, 0], y_new)[0, 1] > 0.9
    X_new, y_new = replace(X, X[:, 0] / 10, GaussianMixture())
    assert np.corrcoef(X_new[:, 0], y_new)[0, 1] > 0.9


class Unconditional(IndependentGenerator):
    """Cannot draw cells given others."""

    def sample(self, n_samples=1, *, random_state=None):
        return super().sample(n_samples, random_state=random_state)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_generators_that_are_given_nothing_learn_each_class(container):
    # the towns of the second class are all distinct, as identifiers would be
    towns = [f"town {i % 25}" for i in range(85)]
    X, y = container({"town": towns, "x": np.arange(85.0)}), np.arange(85) >= 60
    params = {"sampling_strategy": "all", "strategy": "joint"}
    X_new, y_new = replace(X, y, Unconditional(), **params)
    assert X_new["town"].dtype == X["town"].dtype
    assert_array_equal(np.asarray(X_new["x"]) >= 59.5, y_new)
    assert Counter(replace(X, y, Unconditional())[1]) == {False: 60, True: 25}


def test_no_model_of_the_rows_is_kept(pandas_table):
    sampler = GenerativeReplacer(IndependentGenerator(), random_state=0)
    sampler.fit_resample(pandas_table, make_labels())
    public = {name for name in vars(sampler) if name.endswith("_")}
    assert public == {
        *("sampling_strategy_", "n_features_in_", "feature_names_in_"),
        "is_synthetic_",
    }
    assert not hasattr(sampler.generator, "columns_")


def test_parameters_of_the_default_generator():
    sampler = GenerativeReplacer(random_state=0)
    assert sampler.get_params()["generator__max_predictors"] == 50
    sampler.set_params(generator__conditional=TreeConditional(min_samples_leaf=3))
    X, y = make_array(), make_labels()
    explicit = AutoregressiveGenerator(TreeConditional(min_samples_leaf=3))
    assert_array_equal(sampler.fit_resample(X, y)[0], replace(X, y, explicit)[0])


@pytest.mark.parametrize(
    ("generator", "fits"),
    [
        (AutoregressiveGenerator(), ["all rows"]),
        (Unconditional(), ["class a", "class b", "class c"]),
    ],
)
def test_callbacks_reach_the_generators(generator, fits, make_recording):
    recording = make_recording()
    sampler = GenerativeReplacer(
        generator, sampling_strategy="all", strategy="joint", random_state=0
    )
    sampler.set_callbacks(recording).fit_resample(make_array(), make_labels())
    begun = [event[1:] for event in recording.events if event[0] == "begin"]
    columns = [event for event in begun if event[1].startswith("column")]
    name = type(generator).__name__
    assert len(columns) == (4 if fits == ["all rows"] else 0)
    assert [event for event in begun if event not in columns] == [
        ("GenerativeReplacer", "fit_resample"),
        *((name, fit) for fit in fits),
    ]
    assert recording.events[-1] == ("teardown", "GenerativeReplacer")
