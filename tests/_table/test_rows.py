"""Rows of any container taken, joined and made."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.rows import (
    concat_rows,
    n_rows,
    table_from_columns,
    take_rows,
)

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal, assert_series_equal  # noqa: E402


@pytest.fixture
def mixed():
    X = pd.DataFrame(
        {
            "f": [0.1, np.nan, 0.3],
            "i": np.array([1, 2, 3], dtype="i2"),
            "I": pd.array([1, None, 3], dtype="Int8"),
            "c": pd.Categorical(["x", None, "y"], categories=["y", "w", "x"]),
            "s": pd.Series(["x", None, "y"], dtype="str"),
            "z": pd.to_datetime(["2020-01-01", None, "2020-01-02"], utc=True),
        }
    )
    return X.set_axis(["r", "s", "s"])


def test_n_rows_and_take_rows(mixed):
    X = mixed
    assert n_rows(X) == n_rows(X["f"]) == n_rows(X.to_numpy()) == n_rows([1, 2, 3]) == 3
    assert_frame_equal(take_rows(X, [2, 0, 0]), X.iloc[[2, 0, 0]])
    assert_frame_equal(take_rows(X, np.array([False, True, False])), X.iloc[[1]])
    assert_frame_equal(take_rows(X, []), X.iloc[:0])
    assert_series_equal(take_rows(X["i"], [1]), X["i"].iloc[[1]])
    assert take_rows(["a", "b"], [1, 1]) == ["b", "b"]
    assert take_rows([[1], [2]], np.array([True, False])) == [[1]]
    assert_array_equal(take_rows(np.arange(6).reshape(3, 2), [2]), [[4, 5]])
    assert take_rows(np.arange(3), np.array([], dtype=int)).shape == (0,)


def test_n_rows_and_take_rows_of_polars():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": [1, 2, 3]})
    assert n_rows(X) == n_rows(X["a"]) == 3
    assert take_rows(X, [2, 0]).rows() == [(3,), (1,)]
    assert take_rows(X["a"], np.array([False, True, True])).to_list() == [2, 3]


def test_take_rows_of_an_index():
    for index in (pd.Index(["a", "b"]), pd.Index([1, 2])):
        assert take_rows(index, []).tolist() == []
        assert take_rows(index, [1, 0, 1]).tolist() == index[[1, 0, 1]].tolist()


def test_concat_rows_keeps_dtypes_and_starts_a_fresh_index(mixed):
    X = mixed
    new = X.iloc[:2].astype({"i": "f8", "c": "string", "s": "category", "f": object})
    out = concat_rows(X, new)
    expected = pd.concat([X, X.iloc[:2]], ignore_index=True)
    assert_frame_equal(out, expected, check_exact=True)
    assert isinstance(out.index, pd.RangeIndex)
    assert out.dtypes.tolist() == X.dtypes.tolist()


def test_concat_rows_of_arrays_and_lists():
    X = np.array([[1, 2]], dtype="i1")
    out = concat_rows(X, [[3.0, 4.0]])
    assert out.dtype == np.int8
    assert_array_equal(out, [[1, 2], [3, 4]])
    assert concat_rows([0, 1], np.array([1, 1])) == [0, 1, 1, 1]
    assert concat_rows([["a", 1]], [["b", 2]]) == [["a", 1], ["b", 2]]
    out = concat_rows(np.array([[1, "a"]], dtype=object), [[2.5, "b"]])
    assert out.dtype == object


@pytest.mark.parametrize(
    "y",
    [
        pd.Series([1, 0], name="y", dtype="i1", index=[5, 6]),
        pd.Series(["a", "b"], name="y", dtype="category"),
        pd.Series(["a", "b"], name=None, dtype="str"),
        pd.Series([True, False], name="y", dtype="boolean"),
        pd.Series([0.5, 1.5], name=3, dtype="f4"),
    ],
)
def test_concat_rows_of_pandas_targets(y):
    expected = pd.concat([y, y], ignore_index=True)
    for new in (y, y.to_numpy(), y.tolist()):
        assert_series_equal(concat_rows(y, new), expected)


def test_concat_rows_of_polars():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": pl.Series([1], dtype=pl.Int8), "c": ["x"]})
    new = pl.DataFrame({"a": [2.0], "c": pl.Series(["y"], dtype=pl.Categorical)})
    out = concat_rows(X, new)
    assert out.schema == X.schema
    assert out.rows() == [(1, "x"), (2, "y")]
    y = pl.Series("y", ["a"], dtype=pl.Enum(["a", "b"]))
    for other in (pl.Series(["b"]), ["b"], np.array(["b"])):
        out = concat_rows(y, other)
        assert (out.name, out.dtype, out.to_list()) == ("y", y.dtype, ["a", "b"])
    for bad in (["c"], [7]):
        with pytest.raises(ValueError, match="Column 'y' is of dtype Enum"):
            concat_rows(y, bad)
    with pytest.raises(ValueError, match="Column 'a' is of dtype Int8"):
        concat_rows(X, new.with_columns(a=pl.lit(0.5)))


@pytest.mark.parametrize(
    ("X", "new"),
    [
        (pd.Series([1]), [1.5]),
        (pd.Series([1], dtype="i1"), [300]),
        (pd.Series([1]), ["secret"]),
        (pd.Series([1]), [None]),
        (pd.Series(["a"], dtype="category"), ["secret"]),
        (pd.Series([True]), ["secret"]),
        (pd.Series(np.array(["2020"], dtype="M8[s]")), [pd.Timestamp(1)]),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (np.array([1]), [1.5]),
        (np.array([1]), ["secret"]),
        (np.array(["ab"]), ["secret"]),
        (np.array([1.0]), ["secret"]),
    ],
)
def test_concat_rows_refuses_what_does_not_fit(X, new):
    with pytest.raises(ValueError, match=r"fit|columns of X") as caught:
        concat_rows(X, new)
    assert "secret" not in str(caught.value)


def test_table_from_columns():
    columns = {"a": np.arange(2), "b": np.array(["x", "y"], dtype=object)}
    assert_frame_equal(table_from_columns(columns), pd.DataFrame(columns))
    pl = pytest.importorskip("polars")
    out = table_from_columns(columns, container="polars")
    assert out.schema == {"a": pl.Int64, "b": pl.String}
    with pytest.raises(ValueError, match="container must be 'pandas' or 'polars'"):
        table_from_columns(columns, container="arrow")


@pytest.mark.parametrize("values", [["b", "a"], np.array(["b", "a"], dtype=object)])
def test_table_from_columns_makes_ordered_categories(values):
    columns = {"n": np.arange(2), "c": (values, ["b", "never", "a"])}
    X = table_from_columns(columns)
    assert X["c"].dtype == pd.CategoricalDtype(["b", "never", "a"], ordered=True)
    assert X.columns.tolist() == ["n", "c"]
    assert X["c"].tolist() == ["b", "a"]
    pl = pytest.importorskip("polars")
    out = table_from_columns(columns, container="polars")
    assert out.schema == {"n": pl.Int64, "c": pl.Enum(["b", "never", "a"])}
    assert out["c"].to_list() == ["b", "a"]


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_table_from_columns_refuses_values_that_are_no_level(container):
    pytest.importorskip(container)
    with pytest.raises(ValueError, match="Column 'c' is of dtype"):
        table_from_columns({"c": (["z"], ["a", "b"])}, container)


def test_table_from_columns_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r'pip install "skgen-tabular\[polars\]"'):
        table_from_columns({"a": np.arange(2)}, container="polars")


pd_of_text_columns = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
