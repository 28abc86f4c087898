"""Arrays and lists of rows as tables, and what is refused."""

import numpy as np
import pytest
from scipy import sparse

from skgen.table import TableCodec

pd = pytest.importorskip("pandas")


@pytest.mark.parametrize(
    "make", [sparse.csr_array, sparse.csr_matrix, sparse.coo_array]
)
def test_sparse_matrices_are_refused(make):
    with pytest.raises(TypeError, match=r"Sparse data was passed.*toarray"):
        TableCodec().fit(make(np.eye(3)))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros(3), ValueError, "Expected 2D array, got 1D array.*Reshape your data"),
        (np.zeros(()), ValueError, "got scalar array.*Reshape your data"),
        ([1, 2], ValueError, "Expected 2D array, got 1D array.*Reshape your data"),
        ([], ValueError, "Expected 2D array"),
        (np.zeros((2, 2, 2)), ValueError, "dim 3, while dim <= 2 is required"),
        ([[1, 2], [3]], ValueError, "different numbers of cells"),
        (np.zeros((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\) while"),
        (pd.Series([1]), ValueError, "2-dimensional container"),
        (np.ma.masked_array(np.eye(2)), TypeError, "MaskedArray"),
        (np.zeros((2, 1), dtype=complex), ValueError, "Complex data not supported"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "'a' has the name"),
        (pd.DataFrame([[1, 2]], columns=["a", 1]), TypeError, "Feature names are only"),
    ],
)
def test_refused_tables(X, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        TableCodec().fit(X)


def test_other_dataframes_are_refused():
    pl = pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(TypeError, match=r"LazyFrame.*collect"):
        TableCodec().fit(pl.LazyFrame({"a": [1]}))
    with pytest.raises(TypeError, match="convert it to pandas or polars"):
        TableCodec().fit(pa.table({"a": [1]}))
    with pytest.raises(TypeError, match="X is a list of dataframes: pass one"):
        TableCodec().fit([pl.DataFrame({"a": [1]})])


def test_groups_of_rows_are_refused():
    pd = pytest.importorskip("pandas")
    groups = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 3]}).groupby("a")
    with pytest.raises(TypeError, match="X is a DataFrameGroupBy, which is no table"):
        TableCodec().fit(groups)


def test_tables_of_dask_are_not_read_into_an_array():
    pd = pytest.importorskip("pandas")
    frames = pytest.importorskip("dask.dataframe")
    X = frames.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=1)
    with pytest.raises(TypeError, match=r"dask DataFrame.*compute\(\).*fit_dask"):
        TableCodec().fit(X)


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [
        ([[1, 2.5], [3, 4.5]], float),
        ([[1, 2], [3, 4]], int),
        ([[True], [False]], bool),
        ([["a", 1], ["b", 2]], object),
        ([["a"], [None]], object),
        (((1, 2), (3, 4)), int),
    ],
)
def test_lists_of_rows_come_back_as_arrays(rows, dtype):
    codec = TableCodec().fit(rows)
    back = codec.decode(codec.encode(rows))
    assert back.dtype == dtype
    assert back.tolist() == [list(row) for row in rows]
    assert not hasattr(codec, "feature_names_in_")
