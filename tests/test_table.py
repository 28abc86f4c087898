"""Tables coded, decoded and changed by `TableCodec`."""

import datetime as dt
import pickle
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402


def test_codec_pickles_and_clones():
    X = pd.DataFrame(
        {"a": pd.Categorical(["x", "y"]), "b": pd.to_datetime(["2020"] * 2)}
    )
    codec = pickle.loads(pickle.dumps(TableCodec(extrapolate=True).fit(X)))
    assert_frame_equal(codec.decode(codec.encode(X)), X)
    assert clone(codec).extrapolate is True
    assert not hasattr(clone(codec), "columns_")


def test_repr_holds_no_cells():
    codec = TableCodec().fit(pd.DataFrame({"a": ["secret", "s"], "b": [8675, 309]}))
    for shown in (repr(codec), repr(codec.columns_)):
        assert "secret" not in shown
        assert "8675" not in shown


def test_codec_must_be_fitted():
    for call in ("encode", "decode"):
        with pytest.raises(NotFittedError):
            getattr(TableCodec(), call)(np.zeros((1, 1)))


# --- kinds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1.5, 2.0]), "continuous"),
        (np.array([1.0, 2.0, np.nan]), "integer"),
        (np.array([1.0, 2.0**53]), "continuous"),
        (np.array([1, 2], dtype="u1"), "integer"),
        (np.array([True, False]), "boolean"),
        (np.array(["a", "b"]), "categorical"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "datetime"),
        (np.array([3], dtype="m8[s]"), "timedelta"),
        (np.array([np.nan]), "missing"),
        (np.array(["NaT"], dtype="M8[s]"), "missing"),
        (np.array([1, 2], dtype=object), "integer"),
        (np.array([1, 2.5], dtype=object), "continuous"),
        (np.array([True, None], dtype=object), "boolean"),
        (np.array(["a", None], dtype=object), "categorical"),
        (np.array([dt.date(2020, 1, 1), None], dtype=object), "datetime"),
        (np.array([dt.timedelta(3)], dtype=object), "timedelta"),
        (np.array([None, np.nan], dtype=object), "missing"),
        (np.empty(0), "continuous"),
        (np.empty(0, dtype=int), "integer"),
        (np.empty(0, dtype=bool), "boolean"),
        (np.empty(0, dtype=object), "missing"),
        (np.empty(0, dtype="M8[s]"), "datetime"),
    ],
)
def test_kind_follows_dtype_and_values(values, kind):
    X = values[:, None]
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    assert codec.columns_[0].kind == kind
    assert codec.columns_[0].has_missing == bool(np.isnan(Z).any())
    back = codec.decode(Z)
    assert back.dtype == X.dtype
    missing = np.isnan(Z)
    assert_array_equal(back[~missing], X[~missing])


# --- decode -----------------------------------------------------------------------


def test_decode_rounds_and_clips_by_dtype():
    X = pd.DataFrame(
        {
            "cents": [0.25, 1.5],
            "int": [10, 20],
            "bool": [True, False],
            "city": ["Oslo", "Rome"],
            "day": pd.to_datetime(["2020-01-01", "2020-01-11"]),
        }
    )
    codec = TableCodec().fit(X)
    low = codec.decode(np.full((1, 5), -1e9)).iloc[0]
    assert low.tolist() == [0.25, 10, False, "Oslo", pd.Timestamp("2020-01-01")]
    inside = codec.decode([[74.49, 12.6, 0.6, 0.4, 3.6]]).iloc[0]
    assert inside.tolist() == [0.74, 13, True, "Oslo", pd.Timestamp("2020-01-05")]
    out = TableCodec(extrapolate=True).fit(X).decode([[234.9, 9.4, 5, 5, -1.4]])
    expected = [2.35, 9, True, "Rome", pd.Timestamp("2019-12-31")]
    assert out.iloc[0].tolist() == expected
    assert out.dtypes.tolist() == X.dtypes.tolist()


@pytest.mark.parametrize(
    ("Z", "message"),
    [
        (np.zeros((3, 2)), r"shape \(3, 1\), one column for each.*got \(3, 2\)"),
        (np.zeros(3), r"got \(3,\)"),
        (np.array([[np.inf]]), "Column 0 is infinite in Z"),
    ],
)
def test_decode_refuses_other_matrices(Z, message):
    codec = TableCodec().fit(np.zeros((2, 1)))
    with pytest.raises(ValueError, match=message):
        codec.decode(Z)


def test_decode_is_exact_for_floats_without_grid():
    X = np.random.default_rng(0).normal(size=(50, 3)) * [1e-9, 1, 1e9]
    codec = TableCodec().fit(X)
    assert_array_equal(codec.decode(codec.encode(X)), X)
    between = X[:1] * 0.3 + X[1:2] * 0.7
    assert_array_equal(codec.decode(between), between)


@pytest.mark.parametrize("dtype", ["int64", "bool", "float32", "M8[s]"])
@pytest.mark.parametrize("listed", [None, [0]])
def test_tables_without_rows_come_back(dtype, listed):
    if dtype == "M8[s]" and listed:
        pytest.skip("dates are no categories")
    X = np.empty((0, 1), dtype=dtype)
    codec = TableCodec(categorical_features=listed).fit(X)
    back = codec.decode(codec.encode(X))
    assert (back.dtype, back.shape) == (X.dtype, (0, 1))


# --- encode -----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["str", object, "category", "Int64", "bool"])
def test_unseen_categories_are_missing_if_asked_for(dtype):
    values = [0, 1, 1, 0] if dtype == "bool" else [3, 4, 4, 5]
    X = pd.DataFrame({"a": pd.array(values, dtype="Int64")}).astype(dtype)
    X["n"] = [0.5, 1.5, np.nan, 2.5]
    X["nothing"] = [None, None, "x", None]
    codec = TableCodec(categorical_features=["a"]).fit(X[:2])
    assert_array_equal(
        codec.encode(X[:2], handle_unknown="missing"), codec.encode(X[:2])
    )
    Z = codec.encode(X, handle_unknown="missing")
    last = 0 if dtype == "bool" else np.nan
    nan = np.nan
    assert_array_equal(Z, [[0, 5, nan], [1, 15, nan], [1, nan, nan], [last, 25, nan]])


@pytest.mark.parametrize("dtype", ["int8", "float32", "Int64", "bool", "object"])
def test_encode_takes_any_numeric_dtype(dtype):
    codec = TableCodec().fit(pd.DataFrame({"a": [0.5, 1.0]}))
    X = pd.DataFrame({"a": pd.Series([1, 0]).astype(dtype)})
    assert_array_equal(codec.encode(X), [[10], [0]])


def test_encode_takes_another_container():
    pl = pytest.importorskip("polars")
    columns = {"a": [1.5, None], "b": ["x", "y"], "c": [True, False]}
    X, other = pd.DataFrame(columns), pl.DataFrame(columns)
    codec = TableCodec().fit(X)
    assert_array_equal(codec.encode(other), codec.encode(X))
    assert_array_equal(TableCodec().fit(other).encode(X), codec.encode(X))
    new = codec.replace(other, np.zeros((2, 3)), np.ones((2, 3), dtype=bool))
    assert new.rows() == [(1.5, "x", False)] * 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["b", "a"], "in the same order"),
        (["a"], "seen at fit time, yet now missing:\n- b"),
        (["a", "b", "c"], "unseen at fit time:\n- c"),
    ],
)
def test_encode_refuses_other_names(names, message):
    codec = TableCodec().fit(pd.DataFrame({"a": [1], "b": [2]}))
    with pytest.raises(ValueError, match=message):
        codec.encode(pd.DataFrame([range(len(names))], columns=names))


def test_encode_refuses_other_names_that_are_no_strings():
    codec = TableCodec().fit(pd.DataFrame({0: [1], 1: [2]}))
    with pytest.raises(ValueError, match=r"\[0, 1\]; got \[1, 0\]"):
        codec.encode(pd.DataFrame({1: [1], 0: [2]}))
    with pytest.raises(
        ValueError, match="X has 3 features, but TableCodec is expecting"
    ):
        codec.encode(np.zeros((2, 3)))


def test_encode_refuses_text_among_numbers_and_unseen_categories():
    codec = TableCodec().fit(pd.DataFrame({"a": [1], "b": ["x"]}))
    with pytest.raises(TypeError, match=r"Column 'a' is integer .* text"):
        codec.encode(pd.DataFrame({"a": ["1"], "b": ["x"]}))
    with pytest.raises(
        ValueError, match="Column 'b' holds the category 'z', which was"
    ):
        codec.encode(pd.DataFrame({"a": [1], "b": ["z"]}))


# --- replace ----------------------------------------------------------------------


def mixed_table():
    X = pd.DataFrame(
        {
            "f": [0.1, np.nan, 0.3],
            "i": np.array([1, 2, 3], dtype="i2"),
            "I": pd.array([1, None, 3], dtype="Int8"),
            "c": pd.Categorical(["x", None, "y"], categories=["y", "w", "x"]),
            "s": pd.Series(["x", None, "y"], dtype="str"),
            "o": pd.Series([True, None, False], dtype=object),
            "d": pd.to_datetime(["2020-01-01", None, "2020-01-02"]),
            "z": pd.to_datetime(["2020-01-01", None, "2020-01-02"], utc=True),
        }
    )
    return X.set_axis(["r", "s", "s"])


def test_replace_changes_the_cells_alone():
    X = mixed_table()
    kept = X.copy()
    codec = TableCodec().fit(X)
    cells = X.isna().to_numpy()
    Z = np.where(cells, 1.0, np.inf)
    new = codec.replace(X, Z, cells)
    assert_frame_equal(X, kept)
    assert new.index.equals(X.index)
    assert new.dtypes.tolist() == X.dtypes.tolist()
    assert not new.isna().any(axis=None)
    assert_frame_equal(new.iloc[[0, 2]], X.iloc[[0, 2]], check_exact=True)
    day = pd.Timestamp("2020-01-02")
    expected = [0.1, 2, 1, "x", "y", True, day, day.tz_localize("UTC")]
    assert new.iloc[1].tolist() == expected


def test_replace_keeps_bits_of_other_cells():
    X = np.array([[-0.0, np.nan], [1e-320, 1.0]])
    codec = TableCodec().fit(X)
    cells = np.array([[False, True], [False, False]])
    new = codec.replace(X, np.ones((2, 2)), cells)
    assert new[:, 0].tobytes() == X[:, 0].tobytes()
    assert_array_equal(new[:, 1], [1, 1])


def test_replace_of_lists_gives_an_array():
    codec = TableCodec().fit([[1, "a"], [2, "b"]])
    new = codec.replace([[1, None]], [[0, 1]], [[False, True]])
    assert new.tolist() == [[1, "b"]]


def test_replace_reads_the_dtypes_of_its_own_table():
    codec = TableCodec().fit(pd.DataFrame({"a": [0.5, 2.0], "c": ["x", "y"]}))
    cells = np.array([[True, True]])
    X = pd.DataFrame({"a": [1], "c": pd.Categorical(["y"], categories=["y", "x"])})
    new = codec.replace(X, [[20.0, 0.0]], cells)
    assert new.dtypes.tolist() == X.dtypes.tolist()
    assert new.iloc[0].tolist() == [2, "x"]
    with pytest.raises(ValueError, match="Column 'a' is of dtype int64 here"):
        codec.replace(X, [[5.0, 0.0]], cells)
    ordered = X.assign(c=pd.Categorical(["y"], ordered=True))
    with pytest.raises(ValueError, match="Column 'c' lacks in its category dtype"):
        codec.replace(ordered, [[20.0, 0.0]], cells)


@pytest.mark.parametrize(
    ("Z", "cells", "message"),
    [
        (
            np.zeros((2, 2)),
            np.zeros((2, 1), dtype=bool),
            r"boolean.*got shape \(2, 1\)",
        ),
        (np.zeros((2, 2)), np.zeros((2, 2)), "boolean.*dtype float64"),
        (
            np.zeros((1, 2)),
            np.ones((2, 2), dtype=bool),
            r"shape \(2, 2\).*got \(1, 2\)",
        ),
        (np.full((2, 2), np.inf), np.ones((2, 2), dtype=bool), "Column 0 is infinite"),
    ],
)
def test_replace_refuses_other_shapes(Z, cells, message):
    codec = TableCodec().fit(np.zeros((2, 2)))
    with pytest.raises(ValueError, match=message):
        codec.replace(np.zeros((2, 2)), Z, cells)


# --- size -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["category", "str", object])
def test_memory_is_linear_in_rows_and_levels(dtype):
    n_levels, n_samples = 20_000, 60_000
    names = np.array([f"level-{at}" for at in range(n_levels)], dtype=object)
    X = pd.DataFrame({"a": pd.Series(names[np.arange(n_samples) % n_levels])})
    X = X.astype(dtype)
    tracemalloc.start()
    codec = TableCodec(identifiers="learn").fit(X)
    back = codec.decode(codec.encode(X))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert codec.columns_[0].n_categories == n_levels
    assert_frame_equal(back, X)
    assert peak < 400 * (n_samples + n_levels)  # bytes; one-hot would take 1.2e9
