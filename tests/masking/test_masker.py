"""GenerativeMasker: what it promises of masked cells, and that all else stays."""

import os
import pickle
import re
import struct

import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import effective_n_jobs, parallel_config
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator, IndependentGenerator
from skgen.masking import GenerativeMasker

SECRET, NUMBER = "Queen of Sheba", 123456.789


def trees(min_samples_leaf=5, **params):
    conditional = TreeConditional(
        1, min_samples_leaf=min_samples_leaf, smoothing=0.0, **params
    )
    return AutoregressiveGenerator(conditional)


def make_masker(columns=None, generator=None, *, random_state=0, **params):
    generator = trees() if generator is None else generator
    return GenerativeMasker(
        columns, generator=generator, random_state=random_state, **params
    )


def mask(X, columns=None, generator=None, *, y=None, **params):
    return make_masker(columns, generator, **params).fit_transform(X, y)


def make_table(n_samples=120, seed=0):
    """A table of every dtype of pandas, with missing cells where they can be."""
    rng = np.random.default_rng(seed)
    whole = 3 * rng.integers(-3, 10, size=n_samples)
    towns = rng.choice(["Oslo", "Rome", "Bern"], size=n_samples)
    days = np.datetime64("2020-01-01") + 7 * rng.integers(0, 90, size=n_samples)
    hidden = rng.random(n_samples) < 0.2
    table = pd.DataFrame(
        {
            "float": np.where(hidden, np.nan, rng.normal(size=n_samples)),
            "float32": rng.normal(size=n_samples).astype("float32"),
            "int8": whole.astype("int8"),
            "bool": rng.random(n_samples) < 0.3,
            "text": pd.Series(towns, dtype="str").mask(hidden),
            "object": pd.Series(towns, dtype=object).mask(hidden, None),
            "category": pd.Categorical(towns, ["Rome", "Paris", "Oslo", "Bern"]),
            "ordered": pd.Categorical(towns, ["Rome", "Oslo", "Bern"], ordered=True),
            "Int64": pd.Series(whole, dtype="Int64").mask(hidden),
            "boolean": pd.Series(rng.random(n_samples) < 0.5, dtype="boolean"),
            "arrow": pd.Series(whole, dtype="int32[pyarrow]").mask(hidden),
            "date": pd.Series(days).mask(hidden),
            "zoned": pd.Series(days).dt.tz_localize("Europe/Oslo"),
            "span": pd.to_timedelta(whole, unit="h"),
            "constant": 1.5,
            "nothing": np.nan,
        }
    )
    table.index = rng.integers(0, 5, size=n_samples)
    return table


def make_related(n_samples=400, seed=0):
    """Two columns and a target, each of which is one bit of the masked column."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.integers(0, 2, size=(3, n_samples))
    X = pd.DataFrame(
        {"a": a, "b": b, "masked": [f"{k:03b}" for k in a + 2 * b + 4 * c]}
    )
    return X.astype({"a": bool, "b": bool}), c


def bits_kept(X, X_masked, y):
    """Which bits of the masked column still agree with their columns."""
    number = X_masked["masked"].map(lambda text: int(text, 2))
    bits = [X["a"], X["b"], y]
    shares = [((number // 2**at) % 2 == bit).mean() for at, bit in enumerate(bits)]
    # by chance 0.5, standard deviation 0.025
    assert all(share > 0.9 or abs(share - 0.5) < 4.5 * 0.025 for share in shares)
    return [share > 0.9 for share in shares]


# --- guarantees ---------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [str, int])
def test_originals_are_hit_by_chance_only(dtype):
    rng = np.random.default_rng(0)
    noise = 7 * rng.integers(0, 10, size=600)
    X = pd.DataFrame({"key": rng.normal(size=600), "noise": noise.astype(dtype)})
    masker = make_masker("noise", trees(1), when="always")
    hits = (masker.fit_transform(X)["noise"] == X["noise"]).sum()
    # by chance 60, standard deviation 7.3: a false alarm in 100,000 runs
    assert hits < 60 + 4.5 * 7.3
    # the same generator has memorised the rows that it was fitted to
    assert (masker.transform(X)["noise"] == X["noise"]).sum() > 500


@pytest.mark.slow
@pytest.mark.parametrize("params", [{}, {"fraction": 0.5}, {"condition_on": "none"}])
@pytest.mark.parametrize("when", ["fit", "always"])
def test_rare_values_and_tails_are_never_drawn(params, when):
    rng = np.random.default_rng(0)
    n_samples, min_count = 300, 4
    skewed = rng.zipf(1.6, size=n_samples)
    X = pd.DataFrame(
        {
            "kept": rng.normal(size=n_samples),
            "text": np.minimum(skewed, 40).astype(str),
            "whole": np.minimum(skewed, 1000),
            "Int64": pd.Series(np.minimum(skewed, 1000), dtype="Int64"),
            "tenths": np.round(rng.normal(size=n_samples), 1),
            "float": rng.standard_cauchy(size=n_samples),
            "float32": rng.standard_cauchy(size=n_samples).astype("float32"),
            "date": np.datetime64("2020-01-01") + np.minimum(skewed, 1000),
            "bool": np.arange(n_samples) < 2,
        }
    )
    columns = X.columns[1:].tolist()
    masker = make_masker(columns, trees(1), min_count=min_count, when=when, **params)
    tables = [(masker.fit_transform(X), masker.masked_cells_)]
    if when == "always" and not params.get("fraction"):
        tables.append((masker.transform(X), masker.masked_cells_))
    n_rare_without = 0
    plain = mask(X, columns, trees(1), min_count=1, **params)
    for j, name in enumerate(columns, start=1):
        counts = X[name].value_counts()
        rare = counts[counts < min_count].index
        n_rare_without += plain[name][masker.masked_cells_[:, j]].isin(rare).sum()
        for X_masked, masked in tables:
            drawn = X_masked[name][masked[:, j]]
            assert not drawn.isin(rare).any()
            if name != "text":
                ordered = X[name].sort_values()
                assert drawn.min() >= ordered.iloc[min_count - 1]
                assert drawn.max() <= ordered.iloc[-min_count]
    assert n_rare_without > 20


@pytest.mark.parametrize("when", ["fit", "always"])
def test_pickles_hold_no_rare_value(when):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "kept": rng.integers(0, 9, size=200),
            "text": rng.choice(["clerk", "nurse"], size=200),
            "number": np.round(1e5 * rng.random(200), 3) + 5e4,
        }
    )
    X.loc[[17, 45], "text"] = SECRET
    X.loc[17, "number"] = NUMBER

    def secrets_in(thing):
        found = pickle.dumps(thing)
        # numbers of the other rows are no less secret
        numbers = sum(struct.pack("<d", cell) in found for cell in X["number"])
        return SECRET.encode() in found, numbers

    assert secrets_in(X) == (True, 200)
    y = np.where(X["text"] == SECRET, SECRET, "other")
    masker = make_masker(["text", "number"], trees(1), when=when)
    masker.fit_transform(X, y)
    assert secrets_in(masker) == secrets_in(vars(masker)) == (False, 0)
    assert secrets_in(masker.fit(X, y)) == (False, 0)
    unprotected = clone(masker).set_params(min_count=1).fit(X)
    assert secrets_in(unprotected)[0] == (when == "always")
    if when == "fit":
        kinds = {type(value) for value in vars(masker).values()}
        assert not hasattr(masker, "generator_")
        assert pd.DataFrame not in kinds


def test_a_column_without_a_frequent_value_raises_an_error():
    X = pd.DataFrame({"k": [0, 1] * 10, "c": ["a", "b", "c", "d"] * 5})
    with pytest.raises(ValueError, match=r"'c' holds no value that min_count=6.*merge"):
        mask(X, "c", min_count=6)
    X["dense"] = range(20)
    with pytest.raises(ValueError, match=r"'dense' holds no value.*min_count=5.*round"):
        mask(X, "dense")
    assert mask(X, "dense", min_count=1)["dense"].between(0, 19).all()
    X["day"] = pd.date_range("2024-01-01", periods=20)
    X["few"] = [1.5, 2.5, 3.5] + [np.nan] * 17
    names = ["dense", "day", "few"]
    with pytest.raises(ValueError, match="3 columns cannot be taken") as error:
        mask(X, names)
    for name, remedy in zip(
        names,
        ["numbers to steps at least 5 times", "times to .* steps of day", "only 3"],
        strict=True,
    ):
        assert re.search(f"'{name}' holds no value.*{remedy}", str(error.value))


@pytest.mark.parametrize("step", [5, 7])
def test_the_advised_rounding_is_enough(step):
    days = pd.date_range("2024-01-01", periods=210)
    X = pd.DataFrame({"day": days, "x": np.arange(210) % 9})
    with pytest.raises(ValueError, match="at least 5 times as long"):
        mask(X, "day")
    X["day"] = X["day"].to_numpy()[np.arange(210) // step * step]
    counts = X["day"].value_counts()
    assert mask(X, "day")["day"].isin(counts[counts >= 5].index).all()


# --- what is kept --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "with_y", "kept"),
    [
        ({}, True, [True, True, True]),
        ({}, False, [True, True, False]),
        ({"condition_on": "none"}, True, [False, False, False]),
        ({"condition_on": ["b"]}, True, [False, True, False]),
        ({"condition_on": []}, True, [False, False, False]),
    ],
)
@pytest.mark.parametrize("container", ["pandas", "polars", "numpy"])
def test_relations(params, with_y, kept, container):
    X, y = make_related()
    table, columns = X, "masked"
    if container == "polars":
        table = pl.from_pandas(X)
    elif container == "numpy":
        table, columns = X.to_numpy(dtype=object), 2
        if params.get("condition_on") == ["b"]:
            params = {"condition_on": [1]}
    X_masked = mask(table, columns, y=y if with_y else None, **params)
    X_masked = pd.DataFrame(np.asarray(X_masked), columns=X.columns)
    assert bits_kept(X, X_masked, y) == kept


@pytest.mark.parametrize(
    "to_y", [str, bool, lambda y: pd.Series(y, name="a"), lambda y: y[:, None] + 0.5]
)
def test_targets_of_all_kinds_are_kept(to_y):
    X, y = make_related()
    y_given = y.astype(to_y) if isinstance(to_y, type) else to_y(y)
    assert bits_kept(X, mask(X, "masked", y=y_given), y) == [True] * 3


def test_columns_masked_together_stay_related_unless_none_is_kept():
    X, y = make_related()
    for params, expected in [
        ({"condition_on": ["b"]}, [True, True]),
        ({"condition_on": "none"}, [False, False]),
        ({}, [True, True]),
    ]:
        X_masked = mask(X, ["a", "masked"], **params)
        assert bits_kept(X_masked, X_masked, y)[:2] == expected
        # the original of a masked column is independent of the other draws
        assert not bits_kept(X, X_masked, y)[0]


def test_all_columns_masked_are_drawn_given_y():
    X, y = make_related()
    X_masked = mask(X, y=y)
    assert bits_kept(X_masked, X_masked, y) == [True] * 3


def test_missing_cells_are_drawn_as_others_are():
    rng = np.random.default_rng(0)
    hidden = rng.random(400) < 0.5
    X = pd.DataFrame(
        {"cause": hidden, "number": np.where(hidden, np.nan, rng.random(400))}
    )
    X_masked = mask(X, "number")
    assert_array_equal(X_masked["number"].isna(), hidden)
    alone = mask(X, "number", condition_on="none")["number"].isna()
    # by chance half of the rows agree, standard deviation 10
    assert abs((alone == hidden).sum() - 200) < 45


def test_rare_values_of_kept_columns_are_allowed():
    X, y = make_related()
    # categories of one row only are unknown to the generator of its fold
    X["kept"] = [f"only {i}" if i < 40 else "others" for i in range(400)]
    X["flag"] = X.index == 7
    X["seen"] = np.where(X.index == 3, 1.5, np.nan)
    X_masked = mask(X, "masked", y=y)
    assert bits_kept(X, X_masked, y) == [True] * 3
    assert_frame_equal(X_masked.drop(columns="masked"), X.drop(columns="masked"))


# --- tables ---------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [None, 0.3])
@pytest.mark.parametrize("when", ["fit", "always"])
def test_pandas_is_kept(fraction, when):
    X = make_table()
    before = X.copy(deep=True)
    masker = make_masker(fraction=fraction, when=when)
    X_masked = masker.fit_transform(X)
    assert_frame_equal(X, before)
    assert X_masked.dtypes.equals(X.dtypes)
    assert X_masked.index.equals(X.index)
    assert X_masked["category"].cat.categories.equals(X["category"].cat.categories)
    assert_frame_equal(
        X_masked.mask(masker.masked_cells_), X.mask(masker.masked_cells_)
    )
    new = masker.transform(X[:7])
    assert new.dtypes.equals(X.dtypes)
    assert new.index.equals(X.index[:7])
    assert_frame_equal(X, before)
    assert new.equals(X[:7]) == (when == "fit")
    assert masker.transform(X[:0]).shape == (0, X.shape[1])


@pytest.mark.parametrize("when", ["fit", "always"])
def test_polars_is_kept(when):
    plain = ["float", "int8", "bool", "text", "Int64", "date", "span"]
    X = pl.from_pandas(make_table()[plain].reset_index(drop=True)).with_columns(
        pl.col("text").cast(pl.Enum(["Bern", "Oslo", "Paris", "Rome"])).alias("enum"),
        pl.col("date").cast(pl.Date).alias("day"),
    )
    masker = make_masker(["text", "enum", "day"], when=when, determinants="keep")
    X_masked = masker.fit_transform(X, ["a", "b"] * 60)
    assert X_masked.schema == X.schema
    kept = [name for name in X.columns if name not in ("text", "enum", "day")]
    assert X_masked.select(kept).equals(X.select(kept))
    assert not X_masked["enum"].equals(X["enum"])
    assert masker.transform(X).schema == X.schema


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "int64", "int8", "bool", "object", "U8"]
)
@pytest.mark.parametrize("fraction", [None, 0.5])
def test_arrays_are_kept(dtype, fraction):
    rng = np.random.default_rng(0)
    X = (2 * rng.integers(0, 7, size=(150, 3))).astype("int8").astype(dtype)
    if dtype == "bool":
        X = rng.random((150, 3)) < 0.5
    masker = make_masker([0, 2], fraction=fraction, when="always")
    X_masked = masker.fit_transform(X, rng.random(150))
    assert type(X_masked) is np.ndarray
    assert X_masked.dtype == X.dtype
    assert_array_equal(X_masked[~masker.masked_cells_], X[~masker.masked_cells_])
    assert (X_masked != X).sum() > 30
    # one row at a time, outside of what was seen, too
    assert masker.transform(X[:1]).shape == (1, 3)
    if dtype.startswith("float"):
        row = np.array([[1.0, 99.0, 3.0]], dtype=dtype)
        assert masker.transform(row)[0, 1] == 99
    assert mask(X.tolist(), [0]).shape == X.shape


@pytest.mark.slow
def test_fraction_is_an_exact_number_of_cells_per_column():
    X = make_table(150)[["float", "date", "text", "bool", "Int64"]]
    for fraction, n_cells in [(0.3, 45), (1 / 7, 21), (1e-6, 1), (1.0, 150)]:
        masker = make_masker(["float", "text", "bool"], fraction=fraction)
        masker.fit_transform(X)
        chosen = np.isin(X.columns, ["float", "text", "bool"])
        assert_array_equal(masker.masked_cells_.sum(axis=0), n_cells * chosen)
    assert masker.masked_cells_.dtype == bool
    masker = make_masker(fraction=0.3)
    masker.fit_transform(X)
    # columns are chosen independently of each other
    assert len(np.unique(masker.masked_cells_, axis=1).T) == 5


@pytest.mark.parametrize("n_samples", [10, 11, 14])
def test_tiny_tables(n_samples):
    X = np.random.default_rng(0).random((n_samples, 2))
    X_masked = mask(X, [0], trees(2), n_folds=20, min_count=5)
    ordered = np.sort(X[:, 0])
    assert (X_masked[:, 0] >= ordered[4]).all()
    assert (X_masked[:, 0] <= ordered[-5]).all()


def test_seeds_repeat_and_differ():
    X = make_table()[["float", "text", "int8"]]
    first = mask(X, ["float", "text"])
    assert_frame_equal(mask(X, ["float", "text"]), first)
    assert not mask(X, ["float", "text"], random_state=1).equals(first)
    masker = make_masker(["float", "text"], when="always").fit(X)
    copy = pickle.loads(pickle.dumps(masker))
    first = masker.transform(X)
    assert not masker.transform(X).equals(first)
    assert_frame_equal(copy.transform(X), first)


def test_fits_leave_nothing_of_earlier_ones():
    X = make_table()
    masker = make_masker("text", when="always")
    masker.fit_transform(X)
    assert isinstance(masker.generator_, AutoregressiveGenerator)
    masker.set_params(when="fit").fit(X)
    assert not {"generator_", "masked_cells_"} & vars(masker).keys()
    assert_frame_equal(masker.transform(X), X)
    masker.set_params(when="always", condition_on="none", columns=["text", "bool"])
    assert len(masker.fit(X).generator_) == 2
    assert not hasattr(masker, "masked_cells_")


def test_always_does_without_the_target_and_new_categories():
    X, y = make_related()
    masker = make_masker("masked", when="always")
    masker.fit_transform(X, y)
    X_masked = masker.transform(X)
    assert bits_kept(X, X_masked, y) == [True, True, False]
    X = X.assign(kept=["u", "v"] * 200)
    masker = make_masker("masked", when="always").fit(X)
    new = X.assign(kept="w", masked="new")
    X_masked = masker.transform(new)
    assert (X_masked["kept"] == "w").all()
    assert bits_kept(X, X_masked, y) == [True, True, False]


# --- parameters -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "positions"),
    [
        (None, [0, 1, 2]),
        ("b", [1]),
        (["masked", "a"], [0, 2]),
        (1, [1]),
        (-1, [2]),
        ([0, 2], [0, 2]),
        (slice(1, None), [1, 2]),
        (slice("a", "b"), [0, 1]),
        ([True, False, True], [0, 2]),
        (np.array([False, True, False]), [1]),
        (pd.Index(["b", "b"]), [1]),
        (lambda X: [name for name in X.columns if "a" in name], [0, 2]),
        (make_column_selector(dtype_include=bool), [0, 1]),
        (make_column_selector(pattern="^m"), [2]),
    ],
)
@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_selectors(columns, positions, container):
    X, _ = make_related(100)
    if container == "polars":
        X = pl.from_pandas(X)
        if isinstance(columns, make_column_selector):
            pytest.skip("scikit-learn's selector is for pandas")
    masker = make_masker(columns).fit(X)
    assert_array_equal(masker.masked_columns_, positions)
    # `condition_on` is read in the same way
    if len(positions) < 3:
        rest = np.setdiff1d([0, 1, 2], positions).tolist()
        make_masker(rest, condition_on=columns).fit(X)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"columns": "zip"}, r"columns: .*'zip'.*\['a', 'b', 'masked'\]"),
        ({"columns": ["a", "zip"]}, "columns: .*'zip'"),
        ({"columns": 3}, r"columns: .*\[0, 2\]"),
        ({"columns": [True, False]}, "columns: "),
        ({"columns": []}, "columns: none is chosen"),
        ({"columns": make_column_selector(pattern="q")}, "columns: none is chosen"),
        ({"columns": "a", "condition_on": "zip"}, "condition_on: .*'zip'"),
        ({"columns": "a", "condition_on": ["b", "a"]}, "'a' is masked itself"),
        ({"fraction": 0.0}, "fraction"),
        ({"fraction": 1.2}, "fraction"),
        ({"min_count": 0}, "min_count"),
        ({"n_folds": 1}, "n_folds"),
        ({"when": "never"}, "when"),
    ],
)
def test_wrong_parameters(params, message):
    X, y = make_related(50)
    for call in (GenerativeMasker.fit, GenerativeMasker.fit_transform):
        with pytest.raises(ValueError, match=message):
            call(GenerativeMasker(**params), X, y)


def test_wrong_tables():
    X, y = make_related(50)
    masker = make_masker("masked")
    with pytest.raises(NotFittedError):
        masker.transform(X)
    with pytest.raises(ValueError, match="n_samples=1"):
        masker.fit_transform(X[:1])
    with pytest.raises(ValueError, match="0 sample"):
        masker.fit(X[:0])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        masker.fit_transform(X, y[:-1])
    masker.fit(X)
    X["id"] = [f"person {i}" for i in range(50)]
    with pytest.raises(ValueError, match="feature names"):
        masker.transform(X)


def test_identifiers_are_passed_or_replaced_by_fresh_ones():
    X, _ = make_related(50)
    X["id"] = [f"person {i}" for i in range(50)]
    with pytest.warns(UserWarning, match="not learned: 'id'") as caught:
        kept = make_masker("masked").fit_transform(X)
    assert len(caught) == 1
    assert kept["id"].equals(X["id"])
    with pytest.warns(UserWarning, match="not learned: 'id'"):
        fresh = make_masker("id").fit_transform(X)
    assert fresh["id"].str.fullmatch(r"person \d+").all()
    assert not fresh["id"].isin(X["id"]).any()
    assert fresh["id"].is_unique
    assert fresh.drop(columns="id").equals(X.drop(columns="id"))


def test_generators_of_any_kind():
    X = np.random.default_rng(0).random((60, 3))
    X[:, 2] = X[:, 1] > 0.5
    for generator in (KernelDensity(), GaussianMixture(2)):
        with pytest.raises(TypeError, match="cannot draw cells given others"):
            mask(X, [0], generator)
        with pytest.raises(TypeError, match="cannot draw cells given others"):
            mask(X, None, generator, y=X[:, 0])
        X_masked = mask(X, [0, 1], generator, condition_on="none")
        assert (X_masked[:, :2] != X[:, :2]).all()
        assert not get_tags(make_masker(generator=generator)).input_tags.categorical
    # without anything to keep
    assert mask(X, None, KernelDensity()).shape == X.shape


def test_categorical_features_of_the_generator_are_set_for_each_group():
    rng = np.random.default_rng(0)
    X = np.column_stack(
        [rng.random(200), rng.random(200), rng.choice([1, 50, 99], 200)]
    )
    generator = AutoregressiveGenerator(
        TreeConditional(), categorical_features=[False, False, True]
    )
    for params in ({}, {"condition_on": [1]}, {"condition_on": "none"}):
        masker = make_masker([0, 2], generator, **params)
        X_masked = masker.fit_transform(X, rng.random(200))
        assert set(X_masked[:, 2]) == {1, 50, 99}
    assert generator.categorical_features == [False, False, True]


class Spy(IndependentGenerator):
    """Records what it was fitted to and what was given."""

    fits, seen_given = [], []

    def __init__(
        self, given=None, categorical_features="from_dtype", random_state=None
    ):
        super().__init__(categorical_features=categorical_features)
        self.given = given
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        self.fits.append((X.columns.tolist(), self.given, len(X), set(X.index)))
        return super().fit(X, y, sample_weight)

    def sample(self, n_samples=1, *, given=None, random_state=None):
        self.seen_given.append(given)
        return super().sample(n_samples, given=given, random_state=random_state)


def test_generators_get_the_given_columns_and_see_other_folds_only():
    Spy.fits = []
    X, y = make_related(100)
    mask(X, "b", Spy(), y=y)
    for columns, given, n_rows, _ in Spy.fits:
        assert columns == ["a", "b", "masked", "y0"]
        assert given == ["a", "masked", "y0"]
        assert n_rows == 80
    # every row is left out once
    left = [row for *_, rows in Spy.fits for row in range(100) if row not in rows]
    assert sorted(left) == list(range(100))
    Spy.fits = []
    mask(X, "b", Spy(), y=y, fraction=0.5, condition_on=["a"], n_folds=2)
    assert [fit[:3] for fit in Spy.fits] == [(["a", "b"], ["a"], 50)] * 2
    Spy.fits = []
    mask(X, "b", Spy(given=["b"]), condition_on="all", n_folds=2)
    assert Spy.fits[0][1] == ["b"]


def test_what_is_given_is_true_and_not_masked():
    Spy.seen_given = []
    X, y = make_related(100)
    X["rare"] = [f"town {i // 3}" if i < 12 else "city" for i in range(100)]
    X["number"] = np.random.default_rng(0).random(100)
    masker = make_masker(["rare", "masked"], Spy(), fraction=0.3)
    masker.fit_transform(X, y)
    given = pd.concat(Spy.seen_given)
    rows = [np.flatnonzero(X["number"] == z)[0] for z in given["number"]]
    masked = masker.masked_cells_[rows]
    assert len(rows) == masker.masked_cells_.any(axis=1).sum()
    assert_array_equal(given["masked"].isna(), masked[:, 2])
    unmasked = X["masked"].to_numpy()[rows][~masked[:, 2]]
    assert_array_equal(given["masked"].dropna(), unmasked)
    # rare categories were replaced at random, so they are not given
    assert_array_equal(given["rare"].isna(), masked[:, 3] | (np.array(rows) < 12))
    assert (~masked[:, 3] & (np.array(rows) < 12)).any()


# --- scikit-learn ---------------------------------------------------------------------


class Strict(GenerativeMasker):
    """Runs all checks."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = False
        return tags


MASKERS = [
    Strict(generator=trees()),
    Strict("none", fraction=0.4, generator=trees()).set_params(columns=None),
    GenerativeMasker(generator=trees(), when="always"),
    GenerativeMasker(generator=IndependentGenerator(), condition_on="none"),
]
NOT_THE_SAME = "masked training rows are not what `transform` makes of them"


def expected_failures(masker):
    if not isinstance(masker, Strict):
        return {}
    names = ["check_transformer_general", "check_transformer_data_not_an_array"]
    return dict.fromkeys(names, NOT_THE_SAME)


@pytest.mark.filterwarnings("ignore:.*rows are fewer:UserWarning")
@parametrize_with_checks(MASKERS, expected_failed_checks=expected_failures)
def test_sklearn_contract(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore")
def test_check_estimator_passes_with_defaults():
    check_estimator(GenerativeMasker())


def test_pipeline_masks_in_training_only():
    X, y = make_related()
    seen = []

    class Encoder(OneHotEncoder):
        def fit_transform(self, X, y=None):
            seen.append(X)
            return super().fit_transform(X, y)

        def transform(self, X):
            seen.append(X)
            return super().transform(X)

    pipeline = make_pipeline(make_masker("masked"), Encoder(), LogisticRegression())
    pipeline.fit(X, y)
    assert_frame_equal(seen[0], mask(X, "masked", y=y))
    # the relation to y is learned from masked rows, and holds for unmasked ones
    assert pipeline.score(X, y) == 1
    assert_frame_equal(seen[-1], X)
    assert "masked_columns_" in vars(pipeline[0])


@pytest.mark.slow
def test_grid_search():
    X, y = make_related(120)
    masker = GenerativeMasker("masked", generator=trees(), random_state=0)
    pipeline = make_pipeline(
        masker, OneHotEncoder(handle_unknown="ignore"), LogisticRegression()
    )
    grid = {
        "generativemasker__generator__conditional__min_samples_leaf": [2, 20],
        "generativemasker__columns": ["masked", ["a", "masked"]],
        "generativemasker__condition_on": ["all", "none"],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["generativemasker__condition_on"] == "all"
    assert search.best_score_ > 0.9
    scores = search.cv_results_["mean_test_score"]
    kept = search.cv_results_["param_generativemasker__condition_on"] == "all"
    assert scores[~kept].max() < 0.75
    # the default generator can be reached, too
    masker = GenerativeMasker().set_params(generator__n_particles=7)
    assert masker.generator.n_particles == 7


def test_column_transformer():
    X, y = make_related()
    masker = make_masker("masked").set_output(transform="pandas")
    transformer = ColumnTransformer(
        [("mask", masker, ["masked", "b"])],
        remainder="passthrough",
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    out = transformer.fit_transform(X, y)
    assert out.columns.tolist() == ["masked", "b", "a"]
    # `a` is beyond the reach of the step
    assert bits_kept(X, out, y) == [False, True, True]


def test_set_output_and_names():
    X, y = make_related(100)
    masker = make_masker("masked")
    out = masker.set_output(transform="polars").fit_transform(X, y)
    assert isinstance(out, pl.DataFrame)
    assert masker.get_feature_names_out().tolist() == X.columns.tolist()
    array = X.to_numpy(dtype=object)
    out = make_masker([2]).set_output(transform="pandas").fit_transform(array, y)
    assert out.columns.tolist() == ["x0", "x1", "x2"]
    out = masker.set_output(transform="pandas").fit_transform(X, y)
    assert_frame_equal(out, mask(X, "masked", y=y))


def test_metadata_is_routed_past_the_masker():
    X, y = make_related(100)
    with config_context(enable_metadata_routing=True):
        last = LogisticRegression().set_fit_request(sample_weight=True)
        pipeline = make_pipeline(make_masker("masked"), OneHotEncoder(), last)
        weights = np.where(y == 1, 1.0, 0.0) + 1e-9
        pipeline.fit(X, y, sample_weight=weights)
    assert pipeline.predict(X).all()


class Recording:
    """Callback that records events."""

    max_propagation_depth = 0

    def __init__(self):
        self.events = []

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context, **data):
        self.events.append(context.task_name)

    def on_fit_task_end(self, estimator, context, **data):
        pass


@pytest.mark.parametrize("when", ["fit", "always"])
def test_callbacks_see_the_folds(when):
    X, y = make_related(60)
    recording = Recording()
    masker = make_masker("masked", n_folds=3, when=when).set_callbacks(recording)
    masker.fit_transform(X, y)
    folds = ["fold 0", "fold 1", "fold 2"] + ["all rows"] * (when == "always")
    assert recording.events == ["setup", "fit_transform", *folds, "teardown"]
    recording.events.clear()
    masker.fit(X)
    if when == "always":
        assert recording.events == ["setup", "fit", "all rows", "teardown"]


# --- jobs ---------------------------------------------------------------------------


def make_witness():
    """A generator that draws its process and its number of jobs."""

    # by value: processes do not find the modules of tests
    class Witness(BaseEstimator):
        def __init__(self, random_state=None):
            self.random_state = random_state

        def fit(self, X, y=None):
            self.seen = os.getpid(), effective_n_jobs(None)
            return self

        def sample(self, n_samples):
            return np.full((n_samples, 1), 10.0 * self.seen[0] + self.seen[1])

    return Witness()


@pytest.mark.slow
@pytest.mark.parametrize("condition_on", ["all", "none", ["kind"]])
def test_the_result_depends_neither_on_jobs_nor_backend(condition_on):
    X, y = make_related(90)
    X["kind"], X["size"] = y.astype(str), np.random.default_rng(0).normal(size=90)
    params = {"condition_on": condition_on, "when": "always", "n_folds": 3}
    found = []
    for backend, n_jobs in [("loky", 1), ("threading", 2), ("loky", 2)]:
        masker = make_masker(["masked", "size"], n_jobs=n_jobs, **params)
        with parallel_config(backend=backend):
            rows = masker.fit_transform(X, y), masker.fit(X).transform(X)
        found.append(rows)
        assert not rows[0].equals(rows[1])
    for others in found[1:]:
        for rows, expected in zip(others, found[0], strict=True):
            assert_frame_equal(rows, expected)


@pytest.mark.slow
def test_folds_are_masked_in_several_processes():
    # no number that is drawn is out of their range
    X = 1e9 * np.random.default_rng(0).normal(size=(40, 2))
    masker = make_masker(
        0, make_witness(), condition_on="none", min_count=1, n_folds=8, when="always"
    )
    with parallel_config(n_jobs=2):
        seen = np.unique(masker.fit_transform(X)[:, 0])
    assert 1 <= len(seen) <= 2
    # each generator has one job, so their number in parallel is n_jobs
    assert set(seen % 10) == {1}
    assert os.getpid() not in seen // 10
    assert masker.generator_[0].seen[0] != os.getpid()


def test_workers_get_no_masker():
    class Reduced(GenerativeMasker):
        def __reduce__(self):
            raise AssertionError

    masker = Reduced("masked", generator=trees(), n_jobs=2, random_state=0)
    X, y = make_related(60)
    assert masker.fit_transform(X, y).shape == X.shape


def test_warnings_of_jobs_are_issued():
    X, y = make_related(12)
    masker = make_masker("masked", n_folds=2, n_jobs=2, min_count=1)
    few = AutoregressiveGenerator(TreeConditional(min_samples_leaf=5))
    assert len(X) // 2 < few.n_samples_needed
    masker.set_params(generator=few)
    with pytest.warns(UserWarning, match="rows"):
        masker.fit_transform(X, y)


def test_written_numbers_and_texts_beside_them_are_masked_in_their_form():
    X, _ = make_related(300)
    rng = np.random.default_rng(0)
    X["share"] = [f"{x}%" for x in rng.integers(0, 100, 300)]
    size = np.array([f"{x / 10:.1f} kmpl" for x in rng.integers(90, 300, 300)], object)
    size[:40], size[40] = "varies", "26 km/kg"
    X["size"] = size
    masked = make_masker("share").fit_transform(X)
    assert masked["share"].str.fullmatch(r"\d{1,2}%").all()
    assert masked["size"].equals(X["size"])
    masked = make_masker("size").fit_transform(X)
    assert masked["size"].str.fullmatch(r"\d+\.\d kmpl|varies|26 km/kg").all()
