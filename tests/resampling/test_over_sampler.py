"""GenerativeOverSampler: what it promises for any table, target and generator."""

import re
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.callback import ProgressBar
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import label_binarize
from sklearn.utils import get_tags

from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator, IndependentGenerator
from skgen.resampling import GenerativeOverSampler
from skgen.table import TableCodec

SIZES = {"a": 70, "b": 28, "c": 22}
N_SAMPLES = 120
#: All rows are those of the generator.
PLAIN = {"gaussian_share": 0, "accept": None}


def make_labels(sizes=SIZES, seed=0):
    labels = np.repeat(list(sizes), list(sizes.values())).astype(object)
    return np.random.default_rng(seed).permutation(labels)


def make_array(n_samples=N_SAMPLES, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    return (10 * rng.normal(size=(n_samples, 3))).astype(dtype)


def resample(X, y, generator=None, *, random_state=0, **params):
    sampler = GenerativeOverSampler(generator, random_state=random_state, **params)
    return sampler.fit_resample(X, y)


def rows_of(X):
    """Rows as tuples, missing cells as None."""
    frame = X if hasattr(X, "columns") else pd.DataFrame(X)
    columns = [frame[name].to_list() for name in frame.columns]
    return [
        tuple(None if cell is pd.NA or cell != cell else cell for cell in row)
        for row in zip(*columns, strict=True)
    ]


class Recorder(BaseEstimator):
    """Samples the first fitted row shifted by its seed, and remembers its fits."""

    fits = []

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X):
        self.fits.append(np.array(X))
        self.first_ = np.array(X)[:1]
        return self

    def sample(self, n_samples=1):
        return np.repeat(self.first_ + self.random_state, n_samples, axis=0)


@pytest.fixture
def recorder():
    Recorder.fits = []
    return Recorder()


# --- tables -------------------------------------------------------------------------


def test_pandas_rows_and_dtypes_are_kept(pandas_table):
    X, y = pandas_table, make_labels()
    before = X.copy(deep=True)
    X_res, y_res = resample(X, y)
    assert_frame_equal(X, before)
    assert_frame_equal(X_res[: len(X)], X.reset_index(drop=True))
    assert X_res.dtypes.equals(X.dtypes)
    assert X_res.index.equals(pd.RangeIndex(210))
    assert Counter(y_res) == {"a": 70, "b": 70, "c": 70}
    assert_array_equal(y_res[: len(y)], y)


def test_polars_rows_and_dtypes_are_kept(polars_table):
    X, y = polars_table, make_labels()
    X_res, y_res = resample(X, y)
    assert X_res.schema == X.schema
    assert X_res[: len(X)].equals(X)
    assert len(X_res) == len(y_res) == 210


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "int64", "int8", "bool", "object", "U8"]
)
def test_array_rows_and_dtypes_are_kept(dtype):
    X = make_array(dtype=dtype if dtype != "U8" else "int8").astype(dtype)
    X_res, _ = resample(X, make_labels())
    assert type(X_res) is np.ndarray
    assert X_res.dtype == X.dtype
    assert X_res.shape == (210, 3)
    assert_array_equal(X_res[: len(X)], X)


def test_object_array_of_mixed_columns(pandas_table):
    X = pandas_table[["int", "object", "bool"]].to_numpy(dtype=object)
    X_res, _ = resample(X, make_labels())
    new = X_res[len(X) :]
    assert {type(cell) for cell in new[:, 0]} == {int}
    assert {type(cell) for cell in new[:, 1]} == {str, type(None)}
    assert {type(cell) for cell in new[:, 2]} == {bool}
    assert rows_of(X_res[: len(X)]) == rows_of(X)


def test_lists_are_kept():
    X, y = make_array().tolist(), make_labels().tolist()
    X_res, y_res = resample(X, y)
    assert isinstance(X_res, list)
    assert isinstance(y_res, list)
    assert X_res[: len(X)] == X
    assert y_res[: len(y)] == y
    assert {len(row) for row in X_res} == {3}
    assert len(X_res) == len(y_res) == 210


@pytest.mark.slow
def test_containers_get_the_same_rows():
    X, y = make_array(), make_labels()
    expected, _ = resample(X, y)
    for other in (pd.DataFrame(X, columns=list("uvw")), X.tolist()):
        assert_array_equal(np.asarray(resample(other, y)[0]), expected)
    polars = pl.DataFrame(X, schema=list("uvw"), orient="row")
    assert_array_equal(resample(polars, y)[0].to_numpy(), expected)


def test_new_cells_are_those_of_the_class():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [80, 30])
    X = pd.DataFrame(
        {
            "x": rng.normal(loc=100 * y),
            "k": rng.integers(0, 5, size=110) + 10 * y,
            "town": np.where(y == 1, "Oslo", "Rome"),
            "flag": y == 1,
        }
    )
    new = resample(X, y, **PLAIN)[0][110:]
    assert new["x"].between(*X["x"][y == 1].agg(["min", "max"])).all()
    assert set(new["k"]) <= set(range(10, 15))
    assert (new["town"] == "Oslo").all()
    assert new["flag"].all()


def test_missing_cells_stay_as_frequent():
    rng = np.random.default_rng(0)
    X = make_array(700)
    y = np.repeat([0, 1], [600, 100])
    X[(rng.random(X.shape) < 0.3) & (y == 1)[:, None]] = np.nan
    new = resample(X, y, **PLAIN)[0][700:]
    wanted = np.isnan(X[600:]).mean(axis=0)
    # of 500 draws, 5 standard deviations: a false alarm in a million runs
    assert_allclose(np.isnan(new).mean(axis=0), wanted, atol=5 * np.sqrt(0.25 / 500))


@pytest.mark.parametrize("generator", [None, Recorder()])
def test_sparse_is_refused(generator):
    with pytest.raises(TypeError, match="dense data is required"):
        resample(sparse.csr_array(make_array()), make_labels(), generator)


def test_arrays_are_read_once(monkeypatch):
    sizes, fit = [], TableCodec.fit

    def counted_fit(self, X, y=None):
        sizes.append(len(X))
        return fit(self, X, y)

    monkeypatch.setattr(TableCodec, "fit", counted_fit)
    resample(make_array(), make_labels())
    assert sizes.count(N_SAMPLES) == 1


def test_different_lengths_are_refused():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        resample(make_array(20), make_labels())


# --- pooling ------------------------------------------------------------------------


def _kept_cells(new, of_class):
    """The largest number of cells that each new row shares with one row of a class."""
    return (new[:, None, :] == of_class[None]).sum(axis=2).max(axis=1)


@pytest.mark.parametrize(
    ("pooling", "share"), [("none", 0.0), ("partial", 30 / 70), ("full", 1.0)]
)
def test_pooled_rows_are_rows_of_the_class_partly_drawn_anew(pooling, share):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(240, 5)), np.repeat([0, 1], [200, 40])
    new = resample(X, y, pooling=pooling, **PLAIN)[0][240:]
    kept = _kept_cells(new, X[200:])
    # two of the five columns are drawn anew; other rows share a cell by chance only
    assert (kept == 3).sum() == round(share * 160)
    assert (kept[kept != 3] < 2).all()


def test_what_pooled_rows_keep_stays_missing_where_it_was():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(240, 5)), np.repeat([0, 1], [200, 40])
    X[200:, 2] = np.nan
    new = resample(X, y, pooling="full", **PLAIN)[0][240:]
    kept = _kept_cells(new, X[200:])
    # three of the five cells are kept; a missing one equals no other
    assert set(kept) == {2, 3}
    assert np.isnan(new[kept == 2, 2]).all()


def test_large_classes_keep_to_themselves():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(3000, 4)), np.repeat([0, 1], [2000, 1000])
    new = resample(X, y, pooling="partial", **PLAIN)[0][3000:]
    kept = _kept_cells(new, X[2000:])
    assert (kept > 1).mean() == 0.029


def test_pooling_needs_a_generator_that_draws_given_cells():
    X, y = make_array(), make_labels()
    alone, pooled = (
        resample(X, y, KernelDensity(), pooling=pooling, **PLAIN)[0]
        for pooling in ("none", "full")
    )
    assert_array_equal(pooled, alone)


def test_pooling_is_checked():
    with pytest.raises(ValueError, match="'pooling' parameter"):
        resample(make_array(), make_labels(), pooling="some")


# --- text columns -------------------------------------------------------------------


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame, None])
def test_distinct_texts_of_one_class_are_not_an_identifier(container):
    towns = [f"town {i % 25}" for i in range(60)] + [f"town {i}" for i in range(25)]
    y = np.repeat([0, 1], [60, 25])
    if container is None:
        X = np.array([towns, np.arange(85.0).tolist()], dtype=object).T
        assert set(resample(X, y)[0][:, 0]) == set(towns)
        return
    X = container({"town": towns, "x": np.arange(85.0)})
    X_res, _ = resample(X, y)
    assert set(X_res["town"]) == set(towns)
    assert X_res["town"].dtype == X["town"].dtype


def test_new_rows_get_fresh_identifiers_unless_they_are_listed():
    X = pd.DataFrame({"name": [f"n{i}" for i in range(60)], "x": np.arange(60) / 7})
    y = np.repeat([0, 1], [55, 5])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X_res, _ = resample(X, y)
    assert len([w for w in caught if "not learned: 'name'" in str(w.message)]) == 1
    assert X_res["name"].is_unique
    assert X_res["name"].str.fullmatch(r"n\d+").all()
    with pytest.raises(ValueError, match="Column 'name' identifies the rows"):
        GenerativeOverSampler(identifiers="refuse").fit(X, y)
    listed = AutoregressiveGenerator(categorical_features=["name"])
    with pytest.warns(UserWarning, match="fewer than .* rows"):
        X_res, _ = resample(X, y, listed)
    assert set(X_res["name"]) == set(X["name"])


# --- what other samplers get wrong ------------------------------------------------


def make_counts(n_samples=4000, seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], [n_samples - 600, 600])
    latent = rng.normal(size=n_samples)
    X = pd.DataFrame(
        {
            **{f"x{j}": 3 * rng.normal(size=n_samples) + latent for j in range(4)},
            "count": rng.poisson(np.exp(1 + 0.3 * latent)),
            "flag": (rng.random(n_samples) < 0.3).astype(int),
            "bool": rng.random(n_samples) < 1 / (1 + np.exp(1 - latent)),
        }
    )
    return X, y


@pytest.mark.parametrize("column", ["count", "flag", "bool"])
def test_means_of_whole_numbers_are_not_biased(column):
    X, y = make_counts()
    rare = X[column][y == 1].astype(float)

    def z_value(sampler):
        new = sampler.fit_resample(X, y)[0][column][len(X) :].astype(float)
        return (new.mean() - rare.mean()) / (rare.std() / np.sqrt(len(new)))

    # 4 standard errors: a false alarm in 16,000 runs; casts of SMOTE are far off
    assert abs(z_value(GenerativeOverSampler(random_state=0))) < 4
    assert abs(z_value(SMOTE(random_state=0))) > 8


@pytest.mark.parametrize("column", ["text", "Int64", "date"])
def test_dtypes_that_smote_refuses(column, pandas_table):
    X, y = pandas_table[[column, "float32"]].fillna({"Int64": 0}), make_labels()
    with pytest.raises((TypeError, ValueError)):
        SMOTE().fit_resample(X, y)
    X_res, _ = resample(X, y)
    assert X_res[column].dtype == X[column].dtype
    assert set(X_res[column].dropna()) >= set(X[column].dropna())


# --- targets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype",
    ["object", "str", "category", "string[python]", "string[pyarrow]"],
)
def test_series_of_labels(dtype, pandas_table):
    y = pd.Series(make_labels(), name="target", dtype=dtype)
    y.index = np.arange(len(y)) + 50
    _, y_res = resample(pandas_table[["float", "text"]], y)
    assert_series_equal(y_res[: len(y)], y.reset_index(drop=True))
    assert y_res.dtype == y.dtype
    assert y_res.value_counts().to_dict() == {"a": 70, "b": 70, "c": 70}


@pytest.mark.parametrize(
    "dtype", ["int8", "bool", "float32", "Int64", "boolean", "bool[pyarrow]"]
)
def test_series_of_numbers(dtype):
    y = pd.Series([0, 1, 1, 0, 0] * 20, name="target").astype(dtype)
    _, y_res = resample(make_array(100), y)
    assert_series_equal(y_res[:100], y)
    assert y_res.astype(int).value_counts().to_dict() == {0: 60, 1: 60}


def test_category_of_numbers_with_unused_level():
    y = pd.Series([0, 1, 1, 0, 0] * 20, dtype=pd.CategoricalDtype([1, 7, 0]))
    _, y_res = resample(make_array(100), y)
    assert y_res.dtype == y.dtype
    assert y_res.value_counts().to_dict() == {0: 60, 1: 60, 7: 0}


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["c", "b", "a"])])
def test_polars_series(dtype, polars_table):
    y = pl.Series("target", make_labels().tolist(), dtype=dtype)
    _, y_res = resample(polars_table["float", "text"], y)
    assert y_res.dtype == dtype
    assert y_res.name == "target"
    assert y_res[: len(y)].equals(y)
    assert Counter(y_res) == {"a": 70, "b": 70, "c": 70}


def test_frames_and_column_vectors():
    y = make_labels()
    expected = resample(make_array(), y)[1]
    framed = resample(make_array(), pd.DataFrame({"target": y}))[1]
    assert framed.columns.tolist() == ["target"]
    assert_array_equal(framed["target"], expected)
    assert_array_equal(resample(make_array(), y[:, None])[1], expected)


@pytest.mark.slow
def test_one_vs_all_labels():
    X, y = make_array(), make_labels()
    indicators = label_binarize(y, classes=["a", "b", "c"])
    X_res, y_res = resample(X, y)
    X_ova, y_ova = resample(X, indicators)
    assert_array_equal(X_ova, X_res)
    assert_array_equal(y_ova, label_binarize(y_res, classes=["a", "b", "c"]))
    framed = resample(X, pd.DataFrame(indicators, columns=["a", "b", "c"]))[1]
    assert_array_equal(framed, y_ova)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(120), "needs to have more than 1 class"),
        (np.ones((120, 2), dtype=int), "needs to have more than 1 class"),
        (np.ones((120, 2, 2)), "1d or 2d array, got one of shape"),
        (np.where(np.arange(120) < 9, np.nan, 1.0), "9 of its 120 labels are missing"),
        (pd.Series(["x", None] * 60), "60 of its 120 labels are missing"),
        (np.array([["x"], [None]] * 60), "60 of its 120 labels are missing"),
        (pd.Series([1, None, 2] * 40, dtype="Int64"), "40 of its 120 labels"),
        (None, "y should be a 1d array"),
    ],
)
def test_wrong_targets(y, message):
    with pytest.raises(ValueError, match=message):
        resample(make_array(), y)
    with pytest.raises(ValueError, match=message):
        GenerativeOverSampler().fit(make_array(), y)


# --- how many rows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "added"),
    [
        ("auto", {"b": 42, "c": 48}),
        ("not majority", {"b": 42, "c": 48}),
        ("minority", {"c": 48}),
        ("not minority", {"a": 0, "b": 42}),
        ("all", {"a": 0, "b": 42, "c": 48}),
        ({"a": 75, "c": 23}, {"a": 5, "c": 1}),
        (lambda y: {"b": 2 * np.sum(y == "b")}, {"b": 28}),
    ],
)
def test_strategies(strategy, added):
    y = make_labels()
    sampler = GenerativeOverSampler(sampling_strategy=strategy, random_state=0)
    X_res, y_res = sampler.fit_resample(make_array(), y)
    assert sampler.sampling_strategy_ == added
    assert Counter(y_res[len(y) :]) == {k: n for k, n in added.items() if n}
    assert len(X_res) == len(y_res)


def test_ratio():
    y = np.repeat([0, 1], [90, 30])
    _, y_res = resample(make_array(), y, sampling_strategy=0.5)
    assert Counter(y_res) == {0: 90, 1: 45}


def test_nothing_to_add_gives_a_copy(recorder, pandas_table):
    X, y = make_array(), make_labels()
    X_res, y_res = resample(X, y, recorder, sampling_strategy={"b": 28})
    assert_array_equal(X_res, X)
    assert_array_equal(y_res, y)
    assert not np.shares_memory(X_res, X)
    assert not np.shares_memory(y_res, y)
    assert recorder.fits == []
    X = pandas_table
    X_res, y_res = resample(X, pd.Series(y), sampling_strategy={"b": 28})
    assert_frame_equal(X_res, X.reset_index(drop=True))
    assert_array_equal(y_res, y)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"a": 69}, "Originally, there is 70"),
        ({"z": 100}, "not present in the data"),
        (0.5, "only when the type of target is binary"),
        (1.5, "'sampling_strategy' parameter of GenerativeOverSampler must be"),
        ("majority", "'sampling_strategy' parameter of GenerativeOverSampler must be"),
    ],
)
def test_wrong_strategies(strategy, message):
    with pytest.raises(ValueError, match=message):
        resample(make_array(), make_labels(), sampling_strategy=strategy)


# --- generators -----------------------------------------------------------------------


def test_each_class_is_learned_alone_by_a_seeded_clone(recorder):
    X, y = make_array(), make_labels({"a": 80, "b": 20, "c": 20})
    X_res, y_res = resample(X, y, recorder, **PLAIN)
    assert len(recorder.fits) == 2
    assert_array_equal(recorder.fits[0], X[y == "b"])
    assert_array_equal(recorder.fits[1], X[y == "c"])
    assert not hasattr(recorder, "first_")
    assert recorder.random_state is None
    new, y_new = X_res[len(X) :], y_res[len(X) :]
    seeds = [(new[y_new == k] - X[y == k][0]).round() for k in "bc"]
    assert np.ptp(seeds[0]) == np.ptp(seeds[1]) == 0
    assert seeds[0][0, 0] != seeds[1][0, 0]


def test_equal_classes_get_different_draws():
    half = make_array(20)
    X = np.vstack([make_array(60, seed=1), half, half])
    X_res, y_res = resample(X, np.repeat([0, 1, 2], [60, 20, 20]))
    new, y_new = X_res[100:], y_res[100:]
    assert not np.isin(new[y_new == 1], new[y_new == 2]).all(axis=1).any()


@pytest.mark.slow
def test_seeds_repeat_and_leave_numpy_alone(pandas_table):
    X, y = pandas_table[["float", "text", "int"]], make_labels()
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    first = resample(X, y, random_state=7)[0]
    assert_frame_equal(first, resample(X, y, random_state=7)[0])
    assert not first.equals(resample(X, y, random_state=8)[0])
    shared = np.random.RandomState(7)
    assert_frame_equal(first, resample(X, y, random_state=shared)[0])
    assert not first.equals(resample(X, y, random_state=shared)[0])
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_seed_of_the_generator_gives_way():
    X, y = make_array(), make_labels()
    seeded = AutoregressiveGenerator(random_state=3)
    expected = resample(X, y, AutoregressiveGenerator())[0]
    assert_array_equal(resample(X, y, seeded)[0], expected)
    assert seeded.random_state == 3


@pytest.mark.parametrize("container", [np.array, pd.DataFrame, np.ndarray.tolist])
def test_kernel_density_unchanged(container):
    X, y = load_iris(return_X_y=True)
    X, y = X[:130], y[:130]
    kernel = KernelDensity(bandwidth=0.2)
    X_res, y_res = resample(container(X), y, kernel, **PLAIN)
    assert type(X_res) is type(container(X))
    assert Counter(y_res) == {0: 50, 1: 50, 2: 50}
    new = np.asarray(X_res)[130:]
    assert np.abs(new.mean(axis=0) - X[100:].mean(axis=0)).max() < 0.3
    again = resample(X, y, kernel, **PLAIN)[0]
    assert_array_equal(new, np.asarray(again)[130:])
    assert not hasattr(kernel, "tree_")


def test_gaussian_mixture_unchanged():
    X_res, _ = resample(make_array(), make_labels(), GaussianMixture())
    assert X_res.shape == (210, 3)


def test_rows_that_do_not_fit_a_dtype_are_refused():
    X = pd.DataFrame(make_array(dtype="int64"), columns=list("uvw"))
    with pytest.raises(ValueError, match=r"'u' .*int64.*float64.*cast"):
        resample(X, make_labels(), KernelDensity())


def test_class_instead_of_generator():
    with pytest.raises(TypeError, match=r"Expected an estimator instance"):
        resample(make_array(), make_labels(), KernelDensity)


@pytest.mark.parametrize("generator", ["trees", SMOTE(), 3])
def test_wrong_generators(generator):
    message = (
        "The 'generator' parameter of GenerativeOverSampler must be an object "
        "implementing 'fit' and 'sample'"
    )
    with pytest.raises(ValueError, match=message):
        resample(make_array(), make_labels(), generator)


def test_wrong_number_of_rows_is_refused(recorder, monkeypatch):
    monkeypatch.setattr(Recorder, "sample", lambda self, n_samples: self.first_)
    with pytest.raises(ValueError, match="asked for 42 rows and sampled 1"):
        resample(make_array(), make_labels(), recorder, **PLAIN)


def test_parameters_of_the_default_generator():
    sampler = GenerativeOverSampler(random_state=0)
    assert sampler.get_params()["generator__conditional__min_samples_leaf"] == 5
    assert clone(sampler).generator is None
    sampler.set_params(generator__conditional__min_samples_leaf=3)
    assert sampler.generator.conditional.min_samples_leaf == 3
    X, y = make_array(), make_labels()
    conditional = TreeConditional("auto", min_samples_leaf=3, smoothing=0.5)
    explicit = AutoregressiveGenerator(conditional)
    expected = resample(X, y, explicit)[0]
    assert_array_equal(sampler.fit_resample(X, y)[0], expected)
    assert not np.array_equal(expected, resample(X, y)[0])


# --- small classes ------------------------------------------------------------------


def make_small(size, seed=0):
    """Correlated columns; the rare class lies elsewhere than the others."""
    rng = np.random.default_rng(seed)
    n_samples = 150 + size
    y = np.repeat([0, 1], [150, size])
    latent = rng.normal(size=n_samples) + 3 * y
    noise = rng.normal(scale=0.2, size=(n_samples, 4))
    X = pd.DataFrame(latent[:, None] + noise, columns=list("uvwx"))
    X["count"] = np.round(latent * 3).astype(int)
    X["high"] = latent > 0
    X["town"] = np.where(latent > 1, "Oslo", "Rome")
    return X, y


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("container", ["pandas", "polars", "array", "list"])
def test_small_classes(size, container):
    X, y = make_small(size)
    table = {
        "pandas": X,
        "polars": pl.from_pandas(X),
        "array": X.to_numpy(dtype=object),
        "list": X.to_numpy(dtype=object).tolist(),
    }[container]
    with pytest.warns(UserWarning, match="fewer than .* rows") as caught:
        X_res, y_res = resample(table, y, **PLAIN)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert re.match(rf"Classes of fewer than \d+ rows .*: 1 \({size}\)\. ", message)
    assert "redrawn given the others" in message
    assert caught[0].filename == __file__
    assert type(X_res) is type(table)
    assert Counter(y_res) == {0: 150, 1: 150}

    rows = rows_of(X_res)
    rare, new = rows[150 : 150 + size], rows[150 + size :]
    # hardly a copy, many different rows, each with 4 of the 7 cells of a row
    assert sum(row in set(rare) for row in new) < 0.05 * len(new)
    assert len(set(new)) > 0.9 * len(new)
    kept = [max(sum(map(cell_eq, row, r)) for r in rare) for row in new]
    assert min(kept) >= 4
    # and near the class: the others' mean is 0, the class's about 3
    means = np.array([row[:4] for row in new], dtype=float).mean(axis=0)
    assert_allclose(means, np.mean([row[:4] for row in rare], axis=0), atol=1)


def cell_eq(a, b):
    return a == b


def test_every_row_of_a_small_class_serves():
    X, y = make_small(5)
    X = X[list("uvwx")].to_numpy()
    with pytest.warns(UserWarning, match="fewer than"):
        new = resample(X, y, **PLAIN)[0][155:]
    kept = (new[:, None] == X[150:]).sum(axis=2)
    # 2 of 4 cells are those of a row, and each row gives its share
    assert_array_equal(np.sort(kept, axis=1), [[0, 0, 0, 0, 2]] * 145)
    kept = kept == 2
    assert_array_equal(kept.sum(axis=0), 145 // 5)


@pytest.mark.filterwarnings("ignore:Classes of fewer")
def test_small_classes_of_large_tables_are_redrawn_by_several_trees():
    X, y = make_array(700), np.repeat(["a", "b"], [695, 5])
    conditional = TreeConditional(5, min_samples_leaf=5, smoothing=0.5)
    params = {**PLAIN, "sampling_strategy": {"b": 25}}
    expected = resample(X, y, AutoregressiveGenerator(conditional), **params)[0]
    assert_array_equal(resample(X, y, **params)[0], expected)


def test_small_classes_are_named_once():
    y = make_labels({"a": 83, "b": 30, "c": 4, "d": 3})
    with pytest.warns(UserWarning, match="fewer than .* rows") as caught:
        _, y_res = resample(make_array(), y)
    assert len(caught) == 1
    assert ": c (4), d (3). " in str(caught[0].message)
    assert set(Counter(y_res).values()) == {83}


def test_how_few_rows_are_few(recorder):
    resample(make_array(), make_labels({"a": 110, "b": 10}), recorder)
    y = make_labels({"a": 111, "b": 9})
    with pytest.warns(
        UserWarning, match=r"Classes of fewer than 10 rows .*: b \(9\)\."
    ):
        resample(make_array(), y, recorder)


def test_generator_sets_how_many_rows_it_needs(recorder, monkeypatch):
    monkeypatch.setattr(Recorder, "n_samples_needed", 20, raising=False)
    y = make_labels({"a": 100, "b": 20})
    resample(make_array(), y, recorder)
    monkeypatch.setattr(Recorder, "n_samples_needed", 21)
    with pytest.warns(UserWarning, match=r"Classes of fewer than 21 rows .*: b \(20\)"):
        resample(make_array(), y, recorder)


def test_small_class_that_needs_no_rows_is_silent():
    y = make_labels({"a": 83, "b": 30, "c": 7})
    resample(make_array(), y, sampling_strategy={"b": 31})


def test_small_class_without_conditional_draws():
    y = np.repeat([0, 1], [115, 5])
    with pytest.warns(
        UserWarning, match=r"1 \(5\)\. .* these few rows alone"
    ) as caught:
        X_res, _ = resample(make_array(), y, KernelDensity(bandwidth=1e-9), **PLAIN)
    assert len(caught) == 1
    rare = make_array()[115:]
    distance = np.abs(X_res[120:, None] - rare).max(axis=2).min(axis=1)
    assert distance.max() < 1e-6
    with (
        pytest.warns(UserWarning, match="these few rows alone"),
        pytest.raises(ValueError, match="n_samples >= n_components"),
    ):
        resample(make_array(), y, GaussianMixture(n_components=6))


def test_small_class_of_one_column(monkeypatch):
    monkeypatch.setattr(IndependentGenerator, "n_samples_needed", 10, raising=False)
    X, y = make_array()[:, :1], np.repeat([0, 1], [115, 5])
    with pytest.warns(UserWarning, match="these few rows alone"):
        X_res, _ = resample(X, y, IndependentGenerator(), **PLAIN)
    assert X_res[120:].min() >= X[115:].min()
    assert X_res[120:].max() <= X[115:].max()


@pytest.mark.slow
def test_missing_cells_of_small_classes(pandas_table):
    X, y = pandas_table, make_labels({"a": 115, "b": 5})
    with pytest.warns(UserWarning, match="fewer than"):
        X_res, _ = resample(X, y)
    assert X_res.dtypes.equals(X.dtypes)
    assert_frame_equal(X_res[: len(X)], X.reset_index(drop=True))


# --- scikit-learn -------------------------------------------------------------------


def test_fit_only_checks(pandas_table):
    X, y = pandas_table, make_labels()
    sampler = GenerativeOverSampler()
    assert sampler.fit(X, y) is sampler
    assert sampler.sampling_strategy_ == {"b": 42, "c": 48}
    assert sampler.n_features_in_ == X.shape[1]
    assert_array_equal(sampler.feature_names_in_, X.columns)


def test_feature_names_out(pandas_table):
    sampler = GenerativeOverSampler(random_state=0)
    with pytest.raises(NotFittedError):
        sampler.get_feature_names_out()
    sampler.fit_resample(pandas_table, make_labels())
    assert_array_equal(sampler.get_feature_names_out(), pandas_table.columns)


def test_no_model_of_the_rows_is_kept(pandas_table):
    sampler = GenerativeOverSampler(random_state=0)
    sampler.fit_resample(pandas_table, make_labels())
    public = {name for name in vars(sampler) if name.endswith("_")}
    assert public == {
        *("sampling_strategy_", "n_features_in_", "feature_names_in_"),
        "is_synthetic_",
    }


def test_tags_follow_the_generator():
    tags = get_tags(GenerativeOverSampler()).input_tags
    assert (tags.categorical, tags.string, tags.allow_nan) == (True, True, True)
    assert not tags.sparse
    tags = get_tags(GenerativeOverSampler(KernelDensity())).input_tags
    assert (tags.categorical, tags.string, tags.allow_nan) == (False, False, False)


@pytest.mark.parametrize(
    ("pooling", "fits"),
    [
        ("none", ["class b", "class c"]),
        ("partial", ["all classes", "class b", "class c"]),
        ("full", ["all classes"]),
    ],
)
def test_callbacks_reach_the_generators(pooling, fits, make_recording):
    recording = make_recording()
    sampler = GenerativeOverSampler(pooling=pooling, random_state=0, **PLAIN)
    sampler.set_callbacks(recording)
    X_res, _ = sampler.fit_resample(make_array(), make_labels())
    columns = [event for event in recording.events if event[-1].startswith("column")]
    begun = [("begin", "AutoregressiveGenerator", f"column {j}") for j in range(3)]
    assert [event for event in columns if event[0] == "begin"] == len(fits) * begun
    assert [event for event in recording.events if event not in columns] == [
        ("setup", "GenerativeOverSampler"),
        ("begin", "GenerativeOverSampler", "fit_resample"),
        *(
            (when, "AutoregressiveGenerator", fit)
            for fit in fits
            for when in ("begin", "end")
        ),
        ("end", "GenerativeOverSampler", "fit_resample"),
        ("teardown", "GenerativeOverSampler"),
    ]
    expected = resample(make_array(), make_labels(), pooling=pooling, **PLAIN)[0]
    assert_array_equal(X_res, expected)


def test_callbacks_are_torn_down_after_an_error(make_recording):
    recording = make_recording(max_propagation_depth=0)
    sampler = GenerativeOverSampler(KernelDensity(bandwidth=-1))
    sampler.set_callbacks(recording)
    with pytest.raises(ValueError, match="bandwidth"):
        sampler.fit_resample(make_array(), make_labels())
    assert recording.events[-1] == ("teardown", "GenerativeOverSampler")


def test_callback_of_depth_zero_sees_classes(make_recording):
    recording = make_recording(max_propagation_depth=0)
    sampler = GenerativeOverSampler(random_state=0, **PLAIN).set_callbacks(recording)
    y = make_labels({"a": 83, "b": 30, "c": 4, "d": 3})
    with pytest.warns(UserWarning, match="fewer than"):
        sampler.fit_resample(make_array(), y)
    begun = [event[2] for event in recording.events if event[0] == "begin"]
    assert begun == ["fit_resample", "all classes", "class b"]


def test_progress_bar(capsys):
    pytest.importorskip("rich")
    sampler = GenerativeOverSampler(random_state=0).set_callbacks(ProgressBar())
    sampler.fit_resample(make_array(), make_labels())
    out = capsys.readouterr().out
    assert re.search(r"GenerativeOverSampler.*100%", out)
    assert "class b" in out
