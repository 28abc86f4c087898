"""Arrays as cells and back; the law decode(encode(X)) = X for arrays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.cells import missing_cells
from skgen._table.containers.numpy_tables import read_array, write_array
from skgen.table import TableCodec

from ..examples import (
    PANDAS,
    assert_matrix_fits,
    cells,
    floats,
    instants,
    integers,
    law,
    quick,
    spans,
    text,
)

pytest.importorskip("pandas")


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
