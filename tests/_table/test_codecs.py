"""Which codec a column gets, and the codecs of categories and of nothing."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.categories import are_identifiers, label_cells
from skgen._table.cells import Cells, object_array
from skgen._table.containers import read_array
from skgen.table import fit_kind


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
def test_kind_follows_dtype_and_values(round_trip, values, kind):
    codec, z, back = round_trip(values)
    assert codec.column.kind == kind
    assert codec.column.has_missing == bool(np.isnan(z).any())
    assert back.dtype == values.dtype
    missing = np.isnan(z)
    assert_array_equal(back[~missing], values[~missing])


def test_dates_listed_as_categorical_are_refused():
    cells = read_array(np.array(["2020"], dtype="M8[D]"), "a")
    with pytest.raises(
        ValueError, match=r"Column 'a' is listed.*holds datetimes. Cast"
    ):
        fit_kind(cells, "a", categorical=True)


@pytest.mark.parametrize(
    ("fitted", "other", "found"),
    [
        (np.array([1.5]), np.array(["x"]), "text or categories"),
        (np.array([1.5]), np.array([1], dtype="M8[s]"), "datetimes"),
        (np.array([1], dtype="M8[s]"), np.array([1]), "numbers"),
        (np.array([1], dtype="M8[s]"), np.array([1], dtype="m8[s]"), "timedeltas"),
        (np.array(["x"]), np.array([1], dtype="M8[s]"), "datetimes"),
    ],
)
def test_cells_of_another_type_name_the_column(fitted, other, found):
    codec = fit_kind(read_array(fitted, "a"), "a")
    with pytest.raises(TypeError, match=f"Column 'a' is .*holds {found} here.*Cast"):
        codec.encode(read_array(other, "a"))


def test_any_missing_cells_can_be_encoded():
    nothing = read_array(object_array([None, np.nan]), "a")
    for values in ([1.5], ["x"], [True], [dt.date(2020, 1, 1)]):
        codec = fit_kind(read_array(object_array(values), "a"), "a")
        assert np.isnan(codec.encode(nothing)).all()


def test_column_without_observed_cell_refuses_values():
    codec = fit_kind(read_array(np.array([np.nan]), "a"), "a")
    assert np.isnan(codec.encode(read_array(np.array([np.nan]), "a"))).all()
    assert codec.decode(np.array([3.0]), False).missing.all()
    with pytest.raises(
        ValueError, match=r"Column 'a' had no observed cell at fit.*Drop"
    ):
        codec.encode(read_array(np.array([1.0]), "a"))


# --- identifiers ------------------------------------------------------------------


def test_identifiers_are_refused_without_printing_one():
    values = np.array([f"key-{i}" for i in range(10)])
    with pytest.raises(ValueError, match=r"Column 'a' holds 10 texts.*Drop") as caught:
        fit_kind(read_array(values, "a"), "a")
    assert "key-" not in str(caught.value)
    assert "categorical_features" in str(caught.value)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ([f"key-{i}" for i in range(9)], {}),
        ([f"key-{i}" for i in range(9)] + [None], {}),
        (["key-1"] + [f"key-{i}" for i in range(50)], {}),
        ([f"key-{i}" for i in range(50)], {"categorical": True}),
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
    assert fit_kind(cells, "a").column.n_categories == 20


def test_are_identifiers():
    assert are_identifiers(10, 10)
    assert not are_identifiers(9, 9)
    assert not are_identifiers(10, 11)


# --- categories -------------------------------------------------------------------


def test_text_levels_are_sorted_and_do_not_depend_on_row_order(round_trip):
    values = np.array(["b", "c", "a", "b"])
    _, z, _ = round_trip(values)
    assert_array_equal(z, [1, 2, 0, 1])


def test_discrete_columns_have_no_range():
    column = fit_kind(read_array(np.array(["a", "b"]), "a"), "a").column
    assert np.isnan([column.lower, column.upper]).all()
    assert column.atoms.size == 0
    assert column.n_categories == 2


def test_declared_levels_keep_order_and_only_seen_ones_are_produced():
    levels = object_array(["low", "never", "high"])
    cells = Cells("label", np.array([2, 0, 2]), np.zeros(3, bool), levels, ordered=True)
    codec = fit_kind(cells, "a")
    assert codec.column.n_categories == 2
    assert codec.column.ordered
    assert_array_equal(codec.encode(cells), [1, 0, 1])
    decoded = codec.decode(np.array([-4, 0.4, 0.6, 77]), False)
    assert_array_equal(levels[decoded.values], ["low", "low", "high", "high"])
    assert decoded.ordered


@pytest.mark.parametrize("dtype", ["i2", "f4", "b1", object])
def test_numbers_listed_as_categorical_keep_their_dtype(round_trip, dtype):
    values = np.array([1, 0, 1]).astype(dtype)
    codec, z, back = round_trip(values, categorical=True)
    assert codec.column.kind == "categorical"
    assert_array_equal(z, [1, 0, 1])
    assert_array_equal(back, values)
    assert type(back[0]) is type(values[0])


def test_numbers_listed_as_categorical_are_never_new():
    values = np.array([10.0, 20.0, 70.0])
    codec = fit_kind(read_array(values, "a"), "a", categorical=True)
    back = codec.decode(np.linspace(-5, 5, 101), True).values
    assert set(back) == {10.0, 20.0, 70.0}


def test_unseen_category_names_column_value_and_remedy():
    codec = fit_kind(read_array(np.array(["a", "b"]), "a"), "a")
    message = "Column 'a' holds the category 'z', which was not seen at fit. Use"
    with pytest.raises(ValueError, match=message):
        codec.encode(read_array(np.array(["a", "z"]), "a"))
    with pytest.raises(ValueError, match="the category 3, which"):
        codec.encode(read_array(np.array([3]), "a"))


def test_levels_declared_but_not_used_are_no_unseen_categories():
    codec = fit_kind(read_array(np.array(["a", "b"]), "a"), "a")
    levels = object_array(["z", "b"])
    cells = Cells("label", np.array([1, 1]), np.zeros(2, bool), levels)
    assert_array_equal(codec.encode(cells), [1, 1])


def test_nothing_but_missing_comes_from_categories_without_rows():
    codec = fit_kind(read_array(np.empty(0, dtype="U1"), "a"), "a")
    assert codec.decode(np.array([np.nan, 0.0]), False).missing.all()
