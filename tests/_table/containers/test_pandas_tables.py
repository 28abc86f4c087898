"""pandas columns as cells and back; the law decode(encode(X)) = X for dataframes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from skgen.table import TableCodec

from ..examples import PANDAS, assert_matrix_fits, cells, law, objects

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402


@st.composite
def pandas_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(PANDAS)), min_size=1, max_size=4))
    n_samples = draw(st.integers(0, 12))
    columns = [draw(cells(PANDAS, name, n_samples)) for name in names]
    X = pd.concat(columns, axis=1)
    X.columns = [f"{name}-{at}" for at, name in enumerate(names)]
    X.index = pd.Index(range(100, 100 + n_samples), name="row")
    return X


@pytest.mark.slow
@law
@given(pandas_tables())
def test_law_for_pandas(X):
    kept = X.copy()
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    assert_matrix_fits(codec, Z, X.isna().to_numpy())
    back = codec.decode(Z)
    assert_frame_equal(back, X.reset_index(drop=True), check_exact=True)
    assert isinstance(back.index, pd.RangeIndex)
    everywhere = np.ones(X.shape, dtype=bool)
    assert_frame_equal(codec.replace(X, Z, everywhere), X, check_exact=True)
    assert_frame_equal(X, kept, check_exact=True)


@pytest.mark.parametrize("name", sorted(PANDAS))
def test_law_for_each_pandas_dtype(name):
    @settings(deadline=None, derandomize=True, max_examples=4)
    @given(cells(PANDAS, name, 7))
    def check(column):
        X = column.to_frame("a")
        codec = TableCodec().fit(X)
        assert_frame_equal(codec.decode(codec.encode(X)), X, check_exact=True)
        for some in (X.iloc[:0], X.iloc[:1]):
            codec = clone(codec).fit(some)
            assert_frame_equal(codec.decode(codec.encode(some)), some, check_exact=True)
        nothing = X.iloc[np.flatnonzero(X["a"].isna())].reset_index(drop=True)
        codec = clone(codec).fit(nothing)
        assert len(nothing) == 0 or codec.columns_[0].kind == "missing"
        back = codec.decode(codec.encode(nothing))
        assert_frame_equal(back, nothing, check_exact=True)

    check()


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_object_columns_keep_their_first_missing_object(nothing):
    X = objects(["a", nothing]).to_frame("a")
    codec = TableCodec().fit(X)
    assert codec.decode(codec.encode(X))["a"].iloc[1] is nothing


def test_names_and_their_index_are_kept():
    names = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["u", "v"])
    tables = [
        pd.DataFrame([[1, 2.5]], columns=names),
        pd.DataFrame([[1, 2.5]], columns=pd.Index([7, 3], name="k")),
        pd.DataFrame([[1, 2.5]], columns=pd.Index(["x", "y"], dtype=object)),
    ]
    for X in tables:
        codec = TableCodec().fit(X)
        assert_frame_equal(codec.decode(codec.encode(X)), X)
        assert [column.name for column in codec.columns_] == X.columns.tolist()


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "str", "category", "string"])
def test_nullable_dtypes_take_missing_cells(dtype):
    text = dtype in ("str", "string")
    X = pd.DataFrame({"a": pd.Series(["1", "0"] if text else [1, 0]).astype(dtype)})
    back = TableCodec().fit(X).decode([[1], [np.nan]])
    assert back["a"].isna().tolist() == [False, True]
    assert back["a"].dtype == X["a"].dtype


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_missing_in_a_dtype_without_names_the_column(dtype):
    X = pd.DataFrame({"a": np.array([1, 0], dtype=dtype)})
    with pytest.raises(ValueError, match=r"Column 'a' is of dtype .* 1 of the 2 cells"):
        TableCodec().fit(X).decode([[1], [np.nan]])


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1.0, np.inf], ValueError, "holds infinity.*NaN"),
        ([[1], [2]], TypeError, "cells of type list"),
        ([{"k": 1}, {}], TypeError, "cells of type dict"),
        ([np.zeros(2), None], TypeError, "cells of type ndarray"),
        ([1j, 2], ValueError, "Complex data not supported"),
        ([2**63 - 1, 1], ValueError, r"more than 2\*\*53 whole numbers.*str"),
        (np.array([2**64 - 1, 1], dtype="u8"), ValueError, r"more than 2\*\*53"),
        (["a", 1], TypeError, "mixes int and str.*one type"),
        (
            np.array([0, 2**62 + 1]).view("M8[ns]"),
            ValueError,
            r"2\*\*53 steps.*microseconds",
        ),
        (pd.arrays.SparseArray([0, 1]), TypeError, "dense"),
        (pd.period_range("2020", periods=2), TypeError, "unsupported dtype period"),
        (pd.interval_range(0, 2).array, TypeError, "unsupported dtype interval"),
    ],
)
def test_refused_pandas_columns_are_named(values, error, message):
    X = pd.DataFrame({"ok": [1, 2], "bad": values})
    with pytest.raises(error, match=f"(?s)^Column 'bad' .*{message}"):
        TableCodec().fit(X)


def test_refused_arrow_columns_are_named():
    pa = pytest.importorskip("pyarrow")
    values = {
        "list": pa.array([[1]]),
        "struct": pa.array([{"a": 1}]),
        "decimal": pa.array([None], pa.decimal128(5, 2)),
        "time": pa.array([1], pa.time32("s")),
        "binary": pa.array([b"a"]),
    }
    for name, array in values.items():
        X = pd.DataFrame({name: pd.array(array, dtype=pd.ArrowDtype(array.type))})
        with pytest.raises(TypeError, match=f"Column '{name}' has the unsupported"):
            TableCodec().fit(X)
