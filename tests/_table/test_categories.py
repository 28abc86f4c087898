"""Kinds of columns of categories: text and other labels, and booleans."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.categories import LabelCells, label_cells
from skgen._table.cells import Facts, object_array
from skgen._table.containers.numpy_tables import read_array
from skgen._table.kinds import fit_kind
from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402

# --- cells --------------------------------------------------------------------------


def test_labels_become_sorted_categories_whatever_the_row_order():
    missing = np.array([False, False, True, False, False])
    for rows in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0]):
        values = object_array(["b", "c", None, "a", "b"])[rows]
        cells = label_cells(values, missing)
        assert cells.categories.tolist() == ["a", "b", "c"]
        assert_array_equal(cells.categories[cells.values[~missing]], values[~missing])


def test_labels_that_have_no_order():
    values = object_array([(2,), 1, "a", 1])
    with pytest.raises(TypeError, match="'<' not supported"):
        label_cells(values, np.zeros(4, dtype=bool))
    cells = label_cells(values, np.zeros(4, dtype=bool), sort=False)
    assert cells.categories[cells.values].tolist() == values.tolist()


# --- categories ---------------------------------------------------------------------


def test_text_categories_are_sorted_and_do_not_depend_on_row_order(round_trip):
    values = np.array(["b", "c", "a", "b"])
    _, z, _ = round_trip(values)
    assert_array_equal(z, [1, 2, 0, 1])


def test_discrete_columns_have_no_range():
    column = fit_kind(read_array(np.array(["a", "b"]), "a"), Facts("a")).column
    assert np.isnan([column.lower, column.upper]).all()
    assert column.atoms.size == 0
    assert column.n_categories == 2


def test_declared_categories_keep_their_order_and_only_seen_ones_are_produced():
    labels = object_array(["low", "never", "high"])
    cells = LabelCells(np.array([2, 0, 2]), np.zeros(3, bool), labels, ordered=True)
    codec = fit_kind(cells, Facts("a"))
    assert codec.column.n_categories == 2
    assert codec.column.ordered
    assert_array_equal(codec.encode(cells), [1, 0, 1])
    decoded = codec.decode(np.array([-4, 0.4, 0.6, 77]), False)
    assert_array_equal(labels[decoded.values], ["low", "low", "high", "high"])
    assert decoded.ordered


@pytest.mark.parametrize("dtype", ["i2", "f4", "b1", object])
def test_numbers_listed_as_categorical_keep_their_dtype(round_trip, dtype):
    values = np.array([1, 0, 1]).astype(dtype)
    codec, z, back = round_trip(values, listed=True)
    assert codec.column.kind == "categorical"
    assert_array_equal(z, [1, 0, 1])
    assert_array_equal(back, values)
    assert type(back[0]) is type(values[0])


def test_numbers_listed_as_categorical_are_never_new():
    values = np.array([10.0, 20.0, 70.0])
    codec = fit_kind(read_array(values, Facts("a")), Facts("a", True))
    back = codec.decode(np.linspace(-5, 5, 101), True).values
    assert set(back) == {10.0, 20.0, 70.0}


def test_unseen_categories_are_unknown_and_named_in_the_error():
    codec = fit_kind(read_array(np.array(["a", "b"]), "a"), Facts("a"))
    cells = read_array(object_array(["b", "z", None]), "a")
    assert_array_equal(codec.encode(cells), [1, np.nan, np.nan])
    error = codec.unknown_error(cells.take([1]), "do this")
    assert str(error) == (
        "Column 'a' holds the category 'z', which was not seen at fit. Use a category "
        "seen at fit, fit on rows that hold it, or do this."
    )


@pytest.mark.parametrize(
    ("fitted", "same", "other"),
    [
        (["a"], [["z"]], [[3], [True], [0.5]]),
        ([3, 4], [[3.0], [5], [True]], [["3"]]),
        ([True], [[False], [1], [7]], [["True"]]),
    ],
)
def test_texts_and_numbers_are_different_sorts_of_categories(fitted, same, other):
    codec = fit_kind(read_array(object_array(fitted), "a"), Facts("a", True))
    for values in same:
        assert codec.is_same_sort(read_array(object_array(values), "a"))
    for values in other:
        assert not codec.is_same_sort(read_array(object_array(values), "a"))


def test_categories_declared_but_not_used_are_not_unseen():
    codec = fit_kind(read_array(np.array(["a", "b"]), "a"), Facts("a"))
    labels = object_array(["z", "b"])
    cells = LabelCells(np.array([1, 1]), np.zeros(2, bool), labels)
    assert_array_equal(codec.encode(cells), [1, 1])


def test_nothing_but_missing_comes_from_categories_without_rows():
    codec = fit_kind(read_array(np.empty(0, dtype="U1"), "a"), Facts("a"))
    assert codec.decode(np.array([np.nan, 0.0]), False).missing.all()


# --- identifiers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ([f"key-{i}" for i in range(9)], {}),
        ([f"key-{i}" for i in range(9)] + [None], {}),
        ([f"key-{i}" for i in range(50)], {"listed": True}),
        (list(range(50)), {}),
    ],
)
def test_what_is_no_identifier(round_trip, values, options):
    values = object_array(values)
    *_, back = round_trip(values, **options)
    assert back.tolist() == values.tolist()


def test_declared_labels_are_no_identifiers():
    values = object_array([f"key-{i}" for i in range(20)])
    cells = label_cells(values, np.zeros(20, dtype=bool), free_text=False)
    assert fit_kind(cells, Facts("a")).column.n_categories == 20


FEATURES = {"a": [1, 2, 1], "b": [0.5, 1.5, 0.5], "c": ["x", "y", "x"]}


@pytest.mark.parametrize(
    ("listed", "kinds"),
    [
        ("from_dtype", ["integer", "continuous", "categorical"]),
        (None, ["integer", "continuous", "categorical"]),
        ([], ["integer", "continuous", "categorical"]),
        (["b"], ["integer", "categorical", "categorical"]),
        ([0, 1], ["categorical", "categorical", "categorical"]),
        ([True, False, False], ["categorical", "continuous", "categorical"]),
        (np.array([False, True, True]), ["integer", "categorical", "categorical"]),
    ],
)
def test_categorical_features(listed, kinds):
    X = pd.DataFrame(FEATURES)
    codec = TableCodec(categorical_features=listed).fit(X)
    assert [column.kind for column in codec.columns_] == kinds
    assert_frame_equal(codec.decode(codec.encode(X)), X)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (["z"], r"names the column 'z', which X does not have.*'a', 'b', 'c'"),
        ([True, False], r"boolean mask must have shape \(3,\)"),
        ([3], r"positions must be in \[0, 2\]"),
        ([-1], r"positions must be in \[0, 2\]"),
        ([["a"]], "one-dimensional"),
        ("b", "categorical_features"),
    ],
)
def test_wrong_categorical_features(listed, message):
    with pytest.raises(ValueError, match=message):
        TableCodec(categorical_features=listed).fit(pd.DataFrame(FEATURES))


def test_identifier_may_be_listed_as_a_category():
    X = pd.DataFrame({"id": [f"key-{i}" for i in range(30)]})
    assert TableCodec().fit(X).columns_[0].kind == "identifier"
    codec = TableCodec(categorical_features=["id"]).fit(X)
    assert_frame_equal(codec.decode(codec.encode(X)), X)
    assert TableCodec().fit(X.astype("category")).columns_[0].n_categories == 30
