"""Arrays as cells and back; the law decode(encode(X)) = X for pandas and arrays."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skgen._table.cells import missing_cells
from skgen._table.containers.tables import read_array, write_array
from skgen.table import TableCodec

from ..examples import (
    PANDAS,
    assert_matrix_fits,
    cells,
    floats,
    instants,
    integers,
    law,
    objects,
    quick,
    spans,
    text,
)

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402


@pytest.mark.slow
def test_arrays_need_no_dataframe_library():
    code = """if True:
        import sys
        sys.modules.update(dict.fromkeys(["pandas", "polars", "pyarrow"]))
        from skgen.table import TableCodec
        codec = TableCodec().fit([[1, "a"]])
        print(codec.decode(codec.encode([[1, "a"]])))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[[1 'a']]"


# --- columns of arrays --------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["M8[M]", "M8[10s]", "M8[ps]", "M8", "S3", "V4"])
def test_unsupported_dtypes_name_column_and_remedy(dtype):
    with pytest.raises(TypeError, match=r"Column 'a' has the unsupported dtype.*Cast"):
        read_array(np.zeros(2, dtype=dtype), "a")


@pytest.mark.parametrize("dtype", ["i4", "u1", "b1", "U2"])
def test_dtypes_without_missing_cells_refuse_them(dtype):
    values = np.array([1, 0]).astype(dtype)
    cells = replace(read_array(values, "a"), missing=np.array([False, True]))
    with pytest.raises(
        ValueError, match=r"Column 'a' is of dtype .*cannot hold missing"
    ):
        write_array(cells, values.dtype, "a")


@pytest.mark.parametrize(
    ("values", "dtype", "held"),
    [
        (np.array(["x"]), "i8", "text or categories"),
        (np.array(["x"]), "f8", "text or categories"),
        (np.array([1], dtype="M8[s]"), "f8", "datetimes"),
        (np.array([1], dtype="m8[s]"), "M8[s]", "timedeltas"),
        (np.array([1]), "M8[s]", "numbers"),
        (np.array([True]), "U5", "booleans"),
    ],
)
def test_dtypes_for_other_sorts_of_cells_refuse_them(values, dtype, held):
    message = f"Column 'a' is of dtype .* cannot hold the {held} of the fitted"
    with pytest.raises(ValueError, match=message):
        write_array(read_array(values, "a"), np.dtype(dtype), "a")


@pytest.mark.parametrize("dtype", ["f8", "M8[s]", "m8[s]", object])
def test_cells_all_missing_are_written(dtype):
    cells = missing_cells(2)
    out = write_array(cells, np.dtype(dtype), "a", np.nan)
    assert out.dtype == dtype
    assert (out != out).all()


@pytest.mark.parametrize("dtype", ["i4", "u1", "?", "U2", "f4", "M8[s]", object])
def test_no_cells_are_written_in_any_dtype(dtype):
    cells = missing_cells(0)
    out = write_array(cells, np.dtype(dtype), "a")
    assert (out.dtype, out.shape) == (dtype, (0,))


# --- pandas -------------------------------------------------------------------------


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


# --- arrays -------------------------------------------------------------------------


ARRAYS = {
    "f8": floats(64) | st.just(np.nan),
    "f4": floats(32) | st.just(np.nan),
    "i4": integers(32),
    "u8": st.integers(2**64 - 2**50, 2**64 - 1),
    "?": st.booleans(),
    "U6": text,
    "M8[ms]": instants("ms") | st.just(np.datetime64("NaT")),
    "m8[s]": spans("s"),
}


@st.composite
def arrays(draw):
    dtype = draw(st.sampled_from(sorted(ARRAYS)))
    shape = draw(st.integers(0, 9)), draw(st.integers(1, 3))
    size = shape[0] * shape[1]
    values = draw(st.lists(ARRAYS[dtype], min_size=size, max_size=size))
    return np.array(values, dtype=dtype).reshape(shape)


def is_missing(X):
    return X != X


@law
@given(arrays())
def test_law_for_arrays(X):
    kept = X.copy()
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    assert_matrix_fits(codec, Z, is_missing(X))
    back = codec.decode(Z)
    assert back.dtype == X.dtype
    assert_array_equal(back, X)
    assert_array_equal(codec.replace(X, Z, np.ones(X.shape, dtype=bool)), X)
    assert_array_equal(X, kept)


OBJECTS = [name for name in PANDAS if name.startswith("object-")]


@quick
@given(st.data(), st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=4))
def test_law_for_object_arrays_and_lists(data, names):
    columns = [data.draw(cells(PANDAS, name, 6)) for name in names]
    X = np.column_stack([column.to_numpy() for column in columns])
    for table in (X, X.tolist()):
        codec = TableCodec().fit(table)
        back = codec.decode(codec.encode(table))
        assert isinstance(back, np.ndarray)
        assert back.tolist() == X.tolist()
        if back.dtype == object:
            same = [type(a) is type(b) for a, b in zip(back.flat, X.flat, strict=True)]
            assert all(same)
