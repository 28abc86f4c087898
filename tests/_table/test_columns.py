"""Columns of any container taken, added and made unknown."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.columns import add_columns
from skgen._table.edits import copy_finite, known_cells
from skgen._table.rows import take_rows
from skgen._table.target_columns import read_targets
from skgen._table.text_columns import declare_categories, text_columns
from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


def make_table():
    return pd.DataFrame(
        {
            "f": [0.5, np.nan, 2.5, 3.5],
            "i": [1, 2, 3, 4],
            "b": [True, False, True, True],
            "s": ["x", "y", None, "x"],
            "c": pd.Categorical(["u", "v", "u", None], ["w", "v", "u"]),
            "t": pd.to_datetime(["2020-01-01", "2020-01-03", None, "2020-01-09"]),
            "z": pd.to_datetime(["2020-01-01", None] * 2).tz_localize("Europe/Oslo"),
        },
        index=[7, 7, 8, 9],
    )


def containers():
    X = make_table()
    plain = X.drop(columns=["c", "z"]).reset_index(drop=True)
    numbers = X[["i", "i", "i"]].to_numpy()
    return [
        X,
        X.convert_dtypes(),
        pl.from_pandas(plain),
        numbers,
        numbers.astype("float32"),
        numbers > 2,
        numbers.astype("U3"),
        X[["i", "b", "s"]].to_numpy(dtype=object),
    ]


@pytest.mark.parametrize("X", containers(), ids=lambda X: type(X).__module__)
def test_cells_become_unknown_and_others_stay(X):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    known = np.random.default_rng(0).random(X.shape) < 0.5
    known[0] = True
    given = codec.encode_given(known_cells(X, known), len(X))
    assert_array_equal(given, np.where(known, Z, np.nan))
    assert_array_equal(codec.encode(X), Z)


def test_columns_without_a_known_cell_are_left_out():
    X, known = make_table(), np.zeros((4, 7), dtype=bool)
    known[:, [1, 4]] = True
    assert known_cells(X, known).columns.tolist() == ["i", "c"]
    assert list(known_cells(X[["i", "i"]].to_numpy(), known[:, :2])) == [1]


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


@pytest.mark.parametrize(
    ("y", "kind", "codes"),
    [
        ([-3, 1, -3], "categorical", [-3, 1, -3]),
        (range(11), "continuous", range(11)),
        ([*range(11)] * 11, "categorical", [*range(11)] * 11),
        ([0.5, np.nan, 1], "continuous", [0.5, np.nan, 1]),
        (["b", "a", "b"], "categorical", [1, 0, 1]),
        ([True, False, True], "categorical", [1, 0, 1]),
        (pd.Series(["b", None, "a"], dtype=object), "categorical", [1, np.nan, 0]),
        (pd.Series([4, None, 5], dtype="Int64"), "categorical", [4, np.nan, 5]),
        (pd.Series(pd.Categorical(["b", "a", "b"])), "categorical", [1, 0, 1]),
        (pl.Series([2.0, 1.5, 2]), "continuous", [2, 1.5, 2]),
    ],
)
def test_targets(y, kind, codes):
    targets = read_targets(y)
    assert targets.kinds == [kind]
    assert_array_equal(targets.Z[:, 0], codes)
    textual = kind == "categorical"
    assert all(isinstance(cell, str) for cell in targets.columns[0] if cell) == textual
    if textual:
        # names of classes are nobody's business
        assert not set(targets.columns[0]) & {"a", "b", True}


def test_several_targets():
    targets = read_targets(np.array([[1.5, 2.5], [3.0, 4.0], [5.0, 6.0]]))
    assert targets.Z.shape == (3, 2)
    assert targets.columns == [[1.5, 3.0, 5.0], [2.5, 4.0, 6.0]]
    with pytest.raises(ValueError, match="1d or 2d"):
        read_targets(np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match="'y' holds infinity"):
        read_targets([1.0, np.inf])


@pytest.mark.parametrize("X", containers(), ids=lambda X: type(X).__module__)
def test_unseen_categories_are_unknown(X):
    rows = take_rows(X, [0, 3])
    codec = TableCodec().fit(rows)
    Z, whole = encode_seen(codec, X), TableCodec().fit(X).encode(X)
    assert_array_equal(Z[[0, 3]], codec.encode(rows))
    for j, column in enumerate(codec.columns_):
        expected = ~np.isnan(whole[:, j])
        if column.discrete:
            expected &= np.isin(whole[:, j], whole[[0, 3], j])
        assert_array_equal(~np.isnan(Z[:, j]), expected)


def test_copies_are_of_finite_tables():
    X = np.ones((2, 2))
    out = copy_finite(X)
    out[:] = 0
    assert X.all()
    X[0, 1] = np.inf
    with pytest.raises(ValueError, match="Column 1 holds infinity"):
        copy_finite(X)


def test_text_columns_that_no_dtype_tells():
    X = pd.DataFrame(
        {
            "n": range(20),
            "text": ["b", "a"] * 10,
            "id": [f"key {i}" for i in range(20)],
            "mixed": pd.Series([0.5, None] * 10, dtype=object),
            "surrogate": pd.Series(["b", "\ud800"] * 10, dtype=object),
        }
    )
    assert text_columns(declare_categories(X)) == {4: "surrogate"}
    assert text_columns(X.to_numpy(dtype=object)) == {1: 1, 4: 4}
    assert text_columns(X[["n"]].to_numpy()) == {}
    polars = pl.from_pandas(X.drop(columns="surrogate"))
    assert text_columns(declare_categories(polars)) == {}
