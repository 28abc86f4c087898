"""Dtypes of columns once some of their cells are replaced."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

DAY = dt.datetime(2024, 1, 31)
# scikit-learn warns where one table of two has names
pytestmark = pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature")
CELLS = {
    "text": ["x", "y", "x"],
    "whole": [1, 2, 3],
    "number": [0.5, 1.5, 2.25],
    "boolean": [True, False, True],
    "day": [DAY, DAY + dt.timedelta(days=1), DAY],
    "zoned": [DAY.replace(tzinfo=dt.UTC)] * 3,
    "span": [dt.timedelta(hours=1), dt.timedelta(minutes=5), dt.timedelta(0)],
}
MAKE = {
    "array": lambda cells: np.array(list(cells.values()), dtype=object).T,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
}
NOTHING = {
    "array": lambda X: np.full(X.shape, np.nan),
    "pandas": lambda X: pd.DataFrame(np.full(X.shape, np.nan), columns=[*CELLS]),
    "polars": lambda X: pl.DataFrame(dict.fromkeys(CELLS, [None] * 3)),
}


def rows_of(X):
    if isinstance(X, np.ndarray):
        return X.tolist()
    return X.rows() if isinstance(X, pl.DataFrame) else X.to_numpy(object).tolist()


@pytest.mark.parametrize("at_fit", MAKE)
@pytest.mark.parametrize("later", MAKE)
def test_columns_of_nothing_hold_the_cells_of_any_container(at_fit, later):
    cells = dict(CELLS)
    if at_fit == "array":  # whose datetimes have no zone
        cells["zoned"] = cells["day"]
    X = MAKE[at_fit](cells)
    codec = TableCodec().fit(X)
    new = codec.replace(NOTHING[later](X), codec.encode(X), np.ones(X.shape, bool))
    expected = MAKE[later](cells)
    assert type(new) is type(expected)
    assert rows_of(new) == rows_of(expected)
    if at_fit == later != "array":
        assert list(new.dtypes) == list(X.dtypes)
    elif later == "pandas":
        kinds = [getattr(dtype, "kind", "") for dtype in expected.dtypes]
        assert [getattr(dtype, "kind", "") for dtype in new.dtypes] == kinds
    elif later == "polars":
        assert [d.base_type() for d in new.dtypes] == [
            d.base_type() for d in expected.dtypes
        ]


@pytest.mark.parametrize("later", MAKE)
@pytest.mark.parametrize("at_fit", MAKE)
def test_columns_of_nothing_may_stay_missing_in_part(at_fit, later):
    cells = dict(CELLS)
    if at_fit == "array":
        cells["zoned"] = cells["day"]
    X = MAKE[at_fit](cells)
    codec = TableCodec().fit(X)
    some = np.ones(X.shape, dtype=bool)
    some[1] = False
    new = codec.replace(NOTHING[later](X), codec.encode(X), some)
    first, second, third = rows_of(new)
    assert [first, third] == rows_of(MAKE[later](cells))[::2]
    assert all(cell is None or cell is pd.NaT or cell != cell for cell in second)


@pytest.mark.parametrize("values", [["x", "y"], [True, None], [DAY.date()] * 2])
def test_object_columns_stay_object_columns(values):
    X = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    codec = TableCodec().fit(X)
    nothing = pd.DataFrame({"a": [np.nan, np.nan]})
    cells = np.ones((2, 1), dtype=bool)
    new = codec.replace(nothing, codec.encode(X), cells)
    pd.testing.assert_frame_equal(new, X)


def test_a_nanosecond_is_no_python_datetime():
    X = np.array([[0], [1_500]]).astype("M8[ns]")
    codec = TableCodec().fit(X)
    for step, sort in ((1_000, dt.datetime), (1, np.datetime64)):
        codec.fit(np.array([[0], [step]]).astype("M8[ns]"))
        objects = np.full((2, 1), None)
        new = codec.replace(objects, [[0.0], [1.0]], np.ones((2, 1), bool))
        assert new.dtype == objects.dtype
        assert [type(cell) for cell in new.flat] == [sort] * 2
        assert np.datetime64(new[1, 0], "ns") == np.datetime64(step, "ns")


@pytest.mark.parametrize("later", MAKE)
def test_known_cells_beside_columns_of_nothing_are_bit_identical(later):
    X = MAKE["array"]({"a": [0.5, -0.0, 1e-320], "b": ["x", "y", "x"]})
    codec = TableCodec().fit(X)
    new = {
        "array": lambda: np.column_stack([X[:, 0].astype(float), np.full(3, np.nan)]),
        "pandas": lambda: pd.DataFrame({0: X[:, 0].astype(float), 1: np.nan}),
        "polars": lambda: pl.DataFrame({"0": X[:, 0].astype(float), "1": [None] * 3}),
    }[later]()
    cells = np.array([[False, True]] * 3)
    filled = codec.replace(new, codec.encode(X), cells)
    rows = rows_of(filled)
    numbers = np.array([row[0] for row in rows], dtype=float)
    assert numbers.tobytes() == X[:, 0].astype(float).tobytes()
    assert [row[1] for row in rows] == ["x", "y", "x"]


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize(
    ("declared_at_fit", "declared", "found"),
    [
        (["y", "w", "x"], ["x"], ["y", "w", "x"]),  # those at fit have all
        (["y", "w", "x"], ["rare", "x"], ["rare", "x", "y", "w"]),
        (["y", "w", "x"], ["x", "y", "w"], ["x", "y", "w"]),
        (None, ["x"], ["x", "y"]),
        (None, ["rare"], ["rare", "x", "y"]),
        (None, ["y", "x"], ["y", "x"]),
    ],
)
def test_categories_that_a_column_does_not_declare_are_added(
    library, declared_at_fit, declared, found
):
    make_dtype = library.CategoricalDtype if library is pd else library.Enum

    def make(values, categories):
        dtype = categories and make_dtype(categories)
        return library.DataFrame({"c": library.Series(values, dtype=dtype)})

    train = make(["x", "y", "y"], declared_at_fit)
    codec = TableCodec().fit(train)
    [[x], [y]] = codec.encode(train[:2])
    cells = np.array([[False], [True], [True], [False]])
    X = make([declared[0], None, None, None], declared)
    new = codec.replace(X, [[np.nan], [y], [x], [np.nan]], cells)["c"]
    categories = new.cat.categories if library is pd else new.dtype.categories
    assert list(categories) == found
    assert new.to_list()[:3] == [declared[0], "y", "x"]
    assert new[3] is None or new[3] != new[3]


def test_an_order_is_not_made_up():
    codec = TableCodec().fit(pd.DataFrame({"c": ["x", "y"]}))
    X = pd.DataFrame({"c": pd.Categorical(["x", None], ordered=True)})
    with pytest.raises(ValueError, match="Column 'c' lacks in its category dtype"):
        codec.replace(X, [[0.0], [1.0]], np.array([[False], [True]]))


def test_a_cell_written_as_missing_keeps_the_cast():
    codec = TableCodec().fit(pd.DataFrame({"a": [1, 2]}))
    X = pd.DataFrame({"a": [1.0, np.nan, np.nan]})
    cells = np.array([[False], [True], [True]])
    new = codec.replace(X, [[0.0], [2.0], [np.nan]], cells)
    assert new["a"].dtype == float
    assert_array_equal(new["a"], [1.0, 2.0, np.nan])
    new = codec.replace(X, [[0.0], [2.0], [1.0]], cells)
    assert new["a"].dtype == "int64"
    assert new["a"].tolist() == [1, 2, 1]
