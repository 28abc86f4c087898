"""Cells of plain arrays, and their codecs."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._columns import (
    EXACT,
    Cells,
    Column,
    cast_exactly,
    count_decimals,
    fit_column,
    label_cells,
    missing_objects,
    object_array,
    read_array,
    write_array,
)

quick = settings(deadline=None, derandomize=True, max_examples=100)


def round_trip(values, **options):
    """Codec of an array, its numbers, and the array written back."""
    cells = read_array(values, "a")
    codec = fit_column(cells, "a", **options)
    z = codec.encode(cells)
    nothing = values[cells.missing][0] if cells.missing.any() else None
    return codec, z, write_array(codec.decode(z, False), values.dtype, "a", nothing)


# --- what a column is ---------------------------------------------------------------


def test_column_kinds_tell_discrete_from_lattice():
    kinds = {
        "continuous": (False, False),
        "integer": (False, True),
        "categorical": (True, False),
        "boolean": (True, False),
        "datetime": (False, True),
        "timedelta": (False, True),
        "missing": (False, False),
    }
    for kind, expected in kinds.items():
        column = Column("a", kind)
        assert (column.discrete, column.lattice) == expected


def test_column_repr_holds_no_values():
    column = fit_column(read_array(np.array([8675.25, 8675.25, 1.5]), "a"), "a").column
    assert "8675" not in repr(column)
    assert column.lower == 1.5
    assert column.upper == 8675.25


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
    codec, z, back = round_trip(values)
    assert codec.column.kind == kind
    assert codec.column.has_missing == bool(np.isnan(z).any())
    assert back.dtype == values.dtype
    missing = np.isnan(z)
    assert_array_equal(back[~missing], values[~missing])


# --- objects ------------------------------------------------------------------------


def test_object_array_keeps_sequences_as_cells():
    array = object_array([[1, 2], (3,), None])
    assert array.shape == (3,)
    assert array[0] == [1, 2]


def test_missing_objects():
    values = object_array([None, np.nan, np.float32("nan"), "", 0, 1.0])
    expected = [True, True, True, False, False, False]
    assert_array_equal(missing_objects(values), expected)


@pytest.mark.parametrize(
    ("cells", "type_"),
    [
        ([1, None, 3], int),
        ([1.0, np.nan, 3.5], float),
        ([1.0, 2.0], float),
        ([2**63, 2**63 + 1], int),
        ([-(2**63), 5 - 2**63], int),
        ([True, None], bool),
        (["b", None, "a"], str),
        ([dt.date(1, 1, 1), dt.date(9999, 12, 31)], dt.date),
        ([dt.datetime(1999, 1, 1, 0, 0, 0, 1), dt.datetime(2001, 1, 1)], dt.datetime),
        ([dt.timedelta(-3, microseconds=1), None], dt.timedelta),
    ],
)
def test_objects_come_back_as_their_python_type(cells, type_):
    values = object_array(cells)
    *_, back = round_trip(values)
    assert back.tolist() == cells or cells[1] is np.nan
    assert {type(cell) for cell in back} - {type(None)} <= {type_, float}
    assert type(back[0]) is type_


def test_ints_and_floats_mixed_become_floats():
    *_, back = round_trip(object_array([1, 2.5]))
    assert list(map(type, back)) == [float, float]


def test_integers_among_floats_must_be_exact_in_float64():
    with pytest.raises(ValueError, match=r"Column 'a' spans more than 2\*\*53"):
        read_array(object_array([2**53 + 1, 0.5]), "a")


@pytest.mark.parametrize(
    ("cells", "error", "message"),
    [
        ([[1], [2]], TypeError, "cells of type list"),
        ([{"a": 1}], TypeError, "argument must be a string.* number"),
        ([(1, 2)], TypeError, "cells of type tuple"),
        ([np.zeros(2)], TypeError, "cells of type ndarray"),
        ([b"a"], TypeError, "cells of type bytes"),
        ([np.timedelta64(1, "s")], TypeError, "cells of type timedelta64"),
        ([1j, 2], ValueError, "Complex data not supported"),
        (["a", 1], TypeError, "mixes int and str cells.*one type"),
        ([True, 1.5], TypeError, "mixes bool and float cells.*one type"),
        ([dt.date(2020, 1, 1), "a"], TypeError, "mixes datetime and str"),
        ([2**64, 1], ValueError, r"more than 2\*\*53"),
        (
            [dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)],
            ValueError,
            "with and without a time zone",
        ),
        ([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)], ValueError, "to_datetime"),
        ([dt.datetime(2020, 1, 1), dt.date(2020, 1, 1)], ValueError, "to_datetime"),
    ],
)
def test_refused_objects_name_the_column(cells, error, message):
    with pytest.raises(error, match=f"(?s)Column 'a' .*{message}"):
        fit_column(read_array(object_array(cells), "a"), "a")


# --- numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (np.array([1.25, 2.5]), 2),
        (np.array([0.1, 0.7, 123456.7]), 1),
        (np.array([0.1, 0.7], dtype="f4"), 1),
        (np.array([19.99, 1250.5], dtype="f4"), 2),
        (np.array([1 / 3, 0.5]), None),
        (np.array([1e-10, 3e-10]), 10),
        (np.array([1e-11]), None),
        (np.array([2.0**53, 2.0]), None),
        (np.array([1e300, 0.5]), None),
        (np.array([0.30000000000000004]), None),
        (np.empty(0), None),
    ],
)
def test_count_decimals(values, decimals):
    assert count_decimals(values) == decimals


def test_numbers_off_any_grid_have_no_decimals():
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e6, 1e12):
        values = rng.normal(size=200) * scale
        assert count_decimals(values) is None
        assert count_decimals(values.astype("f4")) is None


@quick
@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30),
    st.integers(0, 6),
)
def test_decimals_found_reproduce_the_numbers(mantissas, decimals):
    values = np.array([int(m) / 10**decimals for m in mantissas])
    assert count_decimals(values) <= decimals
    codec, _, back = round_trip(values)
    assert_array_equal(back, values)
    middle = (values.min() + values.max()) / 2
    drawn = codec.decode(np.array([middle]), False).values[0]
    assert drawn == round(drawn, decimals)


@quick
@given(
    st.lists(st.integers(-(2**63), 2**64 - 1), min_size=1, max_size=10),
    st.sampled_from([np.int64, np.uint64]),
)
def test_huge_integers_are_exact_or_refused(numbers, dtype):
    limits = np.iinfo(dtype)
    numbers = [number for number in numbers if limits.min <= number <= limits.max]
    values = np.array([*numbers, 0][: max(1, len(numbers))], dtype=dtype)
    lowest, highest = int(values.min()), int(values.max())
    exact = max(-lowest, highest) <= EXACT or highest - lowest <= EXACT
    if not exact:
        with pytest.raises(ValueError, match=r"more than 2\*\*53.*float.*str"):
            round_trip(values)
        return
    _, z, back = round_trip(values)
    assert_array_equal(back, values)
    assert_array_equal(z, np.rint(z))


@pytest.mark.parametrize("start", [-(2**63), 2**63 - 100, 2**60])
def test_integers_past_float_precision_are_offset(start):
    values = np.array([start + 99, start, start + 1])
    codec, z, back = round_trip(values)
    assert_array_equal(z, [99, 0, 1])
    assert_array_equal(back, values)
    beyond = codec.decode(np.array([1e6, -1e6]), False).values
    assert_array_equal(beyond, [start + 99, start])
    # a number below the offset is no wrapped one
    assert codec.encode(read_array(np.array([0]), "a"))[0] == float(-start)


def test_decode_rounds_to_nearest_and_clips():
    codec = fit_column(read_array(np.array([0, 10]), "a"), "a")
    z = np.array([2.6, 2.4, -3.0, 99.0])
    assert_array_equal(codec.decode(z, False).values, [3, 2, 0, 10])
    assert_array_equal(codec.decode(z, True).values, [3, 2, -3, 99])


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8", "f2", "f4"])
def test_extrapolation_stops_at_the_dtype(dtype):
    dtype = np.dtype(dtype)
    codec = fit_column(read_array(np.array([0, 1.5]).astype(dtype), "a"), "a")
    low, high = codec.decode(np.array([-1e300, 1e300]), True).values
    assert low < high
    assert np.isfinite([low, high]).all()
    if dtype.itemsize == 1:
        assert (low, high) == (np.iinfo(dtype).min, np.iinfo(dtype).max)


def test_continuous_decode_stays_inside_after_rounding():
    values = np.array([0.11, 0.27], dtype="f4")
    codec = fit_column(read_array(values, "a"), "a")
    back = codec.decode(np.array([0.0, 0.2049, 0.9]), False).values
    assert back.dtype == np.float32
    assert_array_equal(back, np.array([0.11, 0.2, 0.27], dtype="f4"))


@pytest.mark.parametrize(
    "values", [np.array([np.inf, 1.0]), object_array([1, -np.inf])]
)
@pytest.mark.parametrize("categorical", [False, True])
def test_infinity_is_refused(values, categorical):
    with pytest.raises(ValueError, match=r"Column 'a' holds infinity.*NaN"):
        fit_column(read_array(values, "a"), "a", categorical)


def test_infinity_is_refused_at_encode():
    codec = fit_column(read_array(np.array([0.5, 1.0]), "a"), "a")
    with pytest.raises(ValueError, match="Column 'a' holds infinity"):
        codec.encode(read_array(np.array([np.inf]), "a"))


def test_long_doubles_are_exact_or_refused():
    *_, back = round_trip(np.array([0.5, np.nan], dtype=np.longdouble))
    assert back.dtype == np.longdouble
    if np.finfo(np.longdouble).eps == np.finfo(np.float64).eps:
        pytest.skip("long double is double here")
    third = np.longdouble(1) / 3
    with pytest.raises(ValueError, match=r"Column 'a' .*more digits than float64"):
        read_array(np.array([third]), "a")


@pytest.mark.parametrize("dtype", [">f8", ">i4", ">M8[s]"])
def test_foreign_byte_order(dtype):
    values = np.array([3, 1, 2]).astype(dtype)
    _, z, back = round_trip(values)
    assert_array_equal(np.argsort(z), [1, 2, 0])
    assert_array_equal(back, values)
    assert back.dtype == values.dtype


# --- atoms and ranges ---------------------------------------------------------------


def test_range_and_atoms_are_those_of_the_observed_cells():
    values = np.concatenate([np.zeros(50), np.linspace(1.3, 9.7, 40), [np.nan]])
    column = fit_column(read_array(values, "a"), "a").column
    assert (column.lower, column.upper) == (0, 9.7)
    assert_array_equal(column.atoms, [0])
    assert column.has_missing


def test_discrete_columns_have_no_range():
    column = fit_column(read_array(np.array(["a", "b"]), "a"), "a").column
    assert np.isnan([column.lower, column.upper]).all()
    assert column.atoms.size == 0
    assert column.n_categories == 2


# --- categories ---------------------------------------------------------------------


def test_text_levels_are_sorted_and_do_not_depend_on_row_order():
    values = np.array(["b", "c", "a", "b"])
    _, z, _ = round_trip(values)
    assert_array_equal(z, [1, 2, 0, 1])


def test_declared_levels_keep_order_and_only_seen_ones_are_produced():
    levels = object_array(["low", "never", "high"])
    cells = Cells("label", np.array([2, 0, 2]), np.zeros(3, bool), levels, ordered=True)
    codec = fit_column(cells, "a")
    assert codec.column.n_categories == 2
    assert codec.column.ordered
    assert_array_equal(codec.encode(cells), [1, 0, 1])
    decoded = codec.decode(np.array([-4, 0.4, 0.6, 77]), False)
    assert_array_equal(levels[decoded.values], ["low", "low", "high", "high"])
    assert decoded.ordered


@pytest.mark.parametrize("dtype", ["i2", "f4", "b1", object])
def test_numbers_listed_as_categorical_keep_their_dtype(dtype):
    values = np.array([1, 0, 1]).astype(dtype)
    codec, z, back = round_trip(values, categorical=True)
    assert codec.column.kind == "categorical"
    assert_array_equal(z, [1, 0, 1])
    assert_array_equal(back, values)
    assert type(back[0]) is type(values[0])


def test_numbers_listed_as_categorical_are_never_new():
    values = np.array([10.0, 20.0, 70.0])
    codec = fit_column(read_array(values, "a"), "a", categorical=True)
    back = codec.decode(np.linspace(-5, 5, 101), True).values
    assert set(back) == {10.0, 20.0, 70.0}


def test_unseen_category_names_column_value_and_remedy():
    codec = fit_column(read_array(np.array(["a", "b"]), "a"), "a")
    message = "Column 'a' holds the category 'z', which was not seen at fit. Use"
    with pytest.raises(ValueError, match=message):
        codec.encode(read_array(np.array(["a", "z"]), "a"))
    with pytest.raises(ValueError, match="the category 3, which"):
        codec.encode(read_array(np.array([3]), "a"))


def test_levels_declared_but_not_used_are_no_unseen_categories():
    codec = fit_column(read_array(np.array(["a", "b"]), "a"), "a")
    levels = object_array(["z", "b"])
    cells = Cells("label", np.array([1, 1]), np.zeros(2, bool), levels)
    assert_array_equal(codec.encode(cells), [1, 1])


def test_dates_listed_as_categorical_are_refused():
    cells = read_array(np.array(["2020"], dtype="M8[D]"), "a")
    with pytest.raises(
        ValueError, match=r"Column 'a' is listed.*holds datetimes. Cast"
    ):
        fit_column(cells, "a", categorical=True)


def test_identifiers_are_refused_without_printing_one():
    values = np.array([f"key-{i}" for i in range(10)])
    with pytest.raises(ValueError, match=r"Column 'a' holds 10 texts.*Drop") as caught:
        fit_column(read_array(values, "a"), "a")
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
def test_what_is_no_identifier(values, options):
    values = object_array(values)
    *_, back = round_trip(values, **options)
    assert back.tolist() == values.tolist()


def test_declared_labels_are_no_identifiers():
    values = object_array([f"key-{i}" for i in range(20)])
    cells = label_cells(values, np.zeros(20, dtype=bool), free_text=False)
    assert fit_column(cells, "a").column.n_categories == 20


# --- dates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "unit", "steps"),
    [
        (["2020-01-01", "2020-01-03"], "ns", [0, 2]),
        (["2020-01-01T12", "2020-01-03T12"], "ns", [0, 2]),
        (["2020-01-01T05", "2020-01-01T01"], "us", [4, 0]),
        (["2020-01-01T00:01", "2020-01-01T01:00"], "ms", [0, 59]),
        (["2020-01-01T00:00:01", "2020-01-01"], "s", [1, 0]),
        (["2020-01-01T00:00:00.001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01T00:00:00.000001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01T00:00:00.000000001", "2020-01-01"], "ns", [1, 0]),
        (["2020-01-01", "2020-01-01"], "ns", [0, 0]),
        (["2020-01-01T03", "2020-01-01"], "h", [3, 0]),
    ],
)
def test_steps_are_the_coarsest_that_fit(texts, unit, steps):
    values = np.array(texts, dtype=f"M8[{unit}]")
    _, z, back = round_trip(values)
    assert_array_equal(z, steps)
    assert_array_equal(back, values)


def test_dates_of_another_unit_are_coded_exactly():
    fitted = np.array(["0001-01-01", "2020-01-11"], dtype="M8[s]")
    codec = fit_column(read_array(fitted, "a"), "a")
    for unit in ("D", "ms", "us"):
        z = codec.encode(read_array(fitted.astype(f"M8[{unit}]"), "a"))
        assert_array_equal(z, codec.encode(read_array(fitted, "a")))
    noon = np.array(["0001-01-02T12"], dtype="M8[us]")
    assert codec.encode(read_array(noon, "a"))[0] == 1.5


def test_dates_over_the_whole_range_of_int64():
    values = np.array([-(2**63) + 1, 2**63 - 1]).view("M8[s]")
    codec, _, back = round_trip(values[:1])
    assert_array_equal(back, values[:1])
    far = codec.encode(read_array(values[1:], "a"))
    assert far[0] == pytest.approx(2**64 / 86400)
    with pytest.raises(ValueError, match=r"2\*\*53 steps.*Round it to a coarser"):
        round_trip(np.array([*values.view("i8"), 1]).view("M8[ns]"))


def test_extrapolated_dates_stay_in_int64():
    codec = fit_column(read_array(np.array([5], dtype="M8[ns]"), "a"), "a")
    ticks = codec.decode(np.array([-1e300, 1e300]), True).values
    assert ticks[0] < 5 - 2**62
    assert ticks[1] > 5 + 2**62


@pytest.mark.parametrize("dtype", ["M8[M]", "M8[10s]", "M8[ps]", "M8", "S3", "V4"])
def test_unsupported_dtypes_name_column_and_remedy(dtype):
    with pytest.raises(TypeError, match=r"Column 'a' has the unsupported dtype.*Cast"):
        read_array(np.zeros(2, dtype=dtype), "a")


def test_time_zone_must_be_the_same_sort():
    values = object_array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)])
    codec = fit_column(read_array(np.array(["2020"], dtype="M8[s]"), "a"), "a")
    with pytest.raises(TypeError, match="Column 'a' has a time zone here"):
        codec.encode(read_array(values, "a"))


# --- across types -------------------------------------------------------------------


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
    codec = fit_column(read_array(fitted, "a"), "a")
    with pytest.raises(TypeError, match=f"Column 'a' is .*holds {found} here.*Cast"):
        codec.encode(read_array(other, "a"))


def test_any_missing_cells_can_be_encoded():
    nothing = read_array(object_array([None, np.nan]), "a")
    for values in ([1.5], ["x"], [True], [dt.date(2020, 1, 1)]):
        codec = fit_column(read_array(object_array(values), "a"), "a")
        assert np.isnan(codec.encode(nothing)).all()


def test_column_without_observed_cell_refuses_values():
    codec = fit_column(read_array(np.array([np.nan]), "a"), "a")
    assert np.isnan(codec.encode(read_array(np.array([np.nan]), "a"))).all()
    assert codec.decode(np.array([3.0]), False).missing.all()
    with pytest.raises(
        ValueError, match=r"Column 'a' had no observed cell at fit.*Drop"
    ):
        codec.encode(read_array(np.array([1.0]), "a"))


def test_nothing_but_missing_comes_from_categories_without_rows():
    codec = fit_column(read_array(np.empty(0, dtype="U1"), "a"), "a")
    assert codec.decode(np.array([np.nan, 0.0]), False).missing.all()


# --- writing ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["i4", "u1", "b1", "U2"])
def test_dtypes_without_missing_cells_refuse_them(dtype):
    values = np.array([1, 0]).astype(dtype)
    codec = fit_column(read_array(values, "a"), "a")
    decoded = codec.decode(np.array([0, np.nan]), False)
    with pytest.raises(
        ValueError, match=r"Column 'a' is of dtype .*cannot hold missing"
    ):
        write_array(decoded, values.dtype, "a")


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([1.5]), "i4"),
        (np.array([300]), "u1"),
        (np.array(["long"]), "U2"),
        (np.array(["2020-01-01T05"], dtype="M8[s]"), "M8[D]"),
    ],
)
def test_cast_exactly_refuses_loss(values, dtype):
    with pytest.raises(ValueError, match=r"Column 'a' is of dtype.*cannot hold"):
        cast_exactly(values, np.zeros(1, dtype=bool), np.dtype(dtype), "a")
