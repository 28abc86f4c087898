"""Columns of any container taken, added and exchanged."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.columns import add_columns, copy_finite, known_cells
from skgen.table import TableCodec

from .examples import containers, make_table

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


def test_columns_are_added_under_new_names():
    new = [[1.0, np.nan, 3.0, 4.0], ["a", None, "b", "b"]]
    X = make_table().rename(columns={"f": "y0"})
    before = X.copy(deep=True)
    out = add_columns(X, new)
    assert X.equals(before)
    assert out.columns.tolist() == [*X.columns, "y1", "y2"]
    assert out.index.equals(X.index)
    assert_array_equal(out["y1"], new[0])
    assert out["y2"].isna().tolist() == [False, True, False, False]
    out = add_columns(pl.from_pandas(X[["y0", "i"]]), new)
    assert out.columns == ["y0", "i", "y1", "y2"]
    assert out["y2"].to_list() == new[1]
    numbered = X[["i", "b"]].set_axis([3, 0], axis=1)
    assert add_columns(numbered, new).columns.tolist() == [3, 0, 1, 2]
    assert add_columns(X, []) is X


def test_columns_are_added_to_arrays():
    numbers, texts = [[1.0, 2.0]], [["a", None]]
    out = add_columns(np.ones((2, 1), dtype="float32"), numbers)
    assert out.dtype == np.float64
    # whole numbers would not stay exact among floats
    out = add_columns(np.array([[2**60 + 1], [0]]), numbers)
    assert out.tolist() == [[2**60 + 1, 1.0], [0, 2.0]]
    out = add_columns(np.array([["u"], ["v"]]), texts)
    assert out.tolist() == [["u", "a"], ["v", None]]
    with pytest.raises(ValueError, match="Pass a dataframe"):
        add_columns(np.array([["2020-01-01"]], dtype="M8[ns]"), [[1.0]])


@pytest.mark.parametrize("X", containers(), ids=lambda X: type(X).__module__)
def test_cells_become_unknown_and_others_stay(X):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    known = np.random.default_rng(0).random(X.shape) < 0.5
    known[0] = True
    given = codec.read_given(known_cells(X, known), len(X)).matrix()
    assert_array_equal(given, np.where(known, Z, np.nan))
    assert_array_equal(codec.encode(X), Z)


def test_columns_without_a_known_cell_are_left_out():
    X, known = make_table(), np.zeros((4, 7), dtype=bool)
    known[:, [1, 4]] = True
    assert known_cells(X, known).columns.tolist() == ["i", "c"]
    assert list(known_cells(X[["i", "i"]].to_numpy(), known[:, :2])) == [1]


def test_copies_are_of_finite_tables():
    X = np.ones((2, 2))
    out = copy_finite(X)
    out[:] = 0
    assert X.all()
    X[0, 1] = np.inf
    with pytest.raises(ValueError, match="Column 1 holds infinity"):
        copy_finite(X)
