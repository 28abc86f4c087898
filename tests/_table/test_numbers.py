"""Kinds of columns of numbers: decimals and whole numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.cells import Facts, object_array
from skgen._table.containers.numpy_tables import read_array
from skgen._table.kinds import fit_kind
from skgen._table.number_grids import EXACT

quick = settings(deadline=None, derandomize=True, max_examples=100)


@quick
@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30),
    st.integers(0, 6),
)
def test_decimals_found_reproduce_the_numbers(round_trip, mantissas, decimals):
    values = np.array([int(m) / 10**decimals for m in mantissas])
    codec, _, back = round_trip(values)
    assert_array_equal(back, values)
    middle = np.rint((codec.column.lower + codec.column.upper) / 2)
    drawn = codec.decode(np.array([middle]), False).values[0]
    assert drawn == round(drawn, decimals)


@quick
@given(
    st.lists(st.integers(-(2**63), 2**64 - 1), min_size=1, max_size=10),
    st.sampled_from([np.int64, np.uint64]),
)
def test_huge_integers_are_exact_or_refused(round_trip, numbers, dtype):
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
def test_integers_past_float_precision_are_offset(round_trip, start):
    values = np.array([start + 99, start, start + 1])
    codec, z, back = round_trip(values)
    assert_array_equal(z, [99, 0, 1])
    assert_array_equal(back, values)
    beyond = codec.decode(np.array([1e6, -1e6]), False).values
    assert_array_equal(beyond, [start + 99, start])
    # a number below the offset is no wrapped one
    assert codec.encode(read_array(np.array([0]), "a"))[0] == float(-start)


def test_decode_rounds_to_nearest_and_clips():
    codec = fit_kind(read_array(np.array([0, 10]), "a"), Facts("a"))
    z = np.array([2.6, 2.4, -3.0, 99.0])
    assert_array_equal(codec.decode(z, False).values, [3, 2, 0, 10])
    assert_array_equal(codec.decode(z, True).values, [3, 2, -3, 99])


def test_fraction_in_a_column_of_whole_numbers():
    codec = fit_kind(read_array(np.array([1.0, 4.0]), "a"), Facts("a"))
    z = codec.encode(read_array(np.array([2.6]), "a"))
    assert_array_equal(z, [2.6])
    assert_array_equal(codec.decode(z, False).values, [3.0])


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8", "f2", "f4"])
def test_extrapolation_stops_at_the_dtype(dtype):
    dtype = np.dtype(dtype)
    codec = fit_kind(read_array(np.array([0, 1.5]).astype(dtype), "a"), Facts("a"))
    low, high = codec.decode(np.array([-1e300, 1e300]), True).values
    assert low < high
    assert np.isfinite([low, high]).all()
    if dtype.itemsize == 1:
        assert (low, high) == (np.iinfo(dtype).min, np.iinfo(dtype).max)


def test_continuous_decode_stays_inside_after_rounding():
    values = np.array([0.11, 0.27], dtype="f4")
    codec = fit_kind(read_array(values, "a"), Facts("a"))
    back = codec.decode(np.array([0.0, 20.49, 90]), False).values
    assert back.dtype == np.float32
    assert_array_equal(back, np.array([0.11, 0.2, 0.27], dtype="f4"))


@pytest.mark.parametrize(
    "values", [np.array([np.inf, 1.0]), object_array([1, -np.inf])]
)
@pytest.mark.parametrize("categorical", [False, True])
def test_infinity_is_refused(values, categorical):
    with pytest.raises(ValueError, match=r"Column 'a' holds infinity.*NaN"):
        fit_kind(read_array(values, Facts("a")), Facts("a", categorical))


def test_infinity_is_refused_at_encode():
    codec = fit_kind(read_array(np.array([0.5, 1.0]), "a"), Facts("a"))
    with pytest.raises(ValueError, match="Column 'a' holds infinity"):
        codec.encode(read_array(np.array([np.inf]), "a"))


def test_long_doubles_are_exact_or_refused(round_trip):
    *_, back = round_trip(np.array([0.5, np.nan], dtype=np.longdouble))
    assert back.dtype == np.longdouble
    if np.finfo(np.longdouble).eps == np.finfo(np.float64).eps:
        pytest.skip("long double is double here")
    third = np.longdouble(1) / 3
    with pytest.raises(ValueError, match=r"Column 'a' .*more digits than float64"):
        read_array(np.array([third]), "a")


@pytest.mark.parametrize("dtype", [">f8", ">i4", ">M8[s]"])
def test_foreign_byte_order(round_trip, dtype):
    values = np.array([3, 1, 2]).astype(dtype)
    _, z, back = round_trip(values)
    assert_array_equal(np.argsort(z), [1, 2, 0])
    assert_array_equal(back, values)
    assert back.dtype == values.dtype


def test_range_and_atoms_are_those_of_the_observed_cells():
    values = np.concatenate([np.zeros(50), np.geomspace(1.3, 9.7, 40), [np.nan]])
    column = fit_kind(read_array(values, "a"), Facts("a")).column
    assert (column.lower, column.upper) == (0, 9.7)
    assert_array_equal(column.atoms, [0])
    assert column.has_missing


def test_narrow_floats_are_whole_steps():
    values = np.array([1.009369, 0.25, 1.5, 0.1], dtype="f4")
    codec = fit_kind(read_array(values, "a"), Facts("a"))
    z = codec.encode(read_array(values, "a"))
    assert_array_equal(z, np.rint(z))
    assert_array_equal(codec.decode(z, False).values, values)
