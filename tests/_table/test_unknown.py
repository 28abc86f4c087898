"""Cells of which nothing was learned, in one column."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.cells import Facts, object_array
from skgen._table.containers.numpy_tables import read_array
from skgen._table.kinds import fit_kind
from skgen._table.unknown import check_treatments, encode_cells
from skgen.table import TableCodec


def cells_of(*values):
    return read_array(object_array(values), "a")


def test_unknown_cells_are_nan_and_marked_or_an_error():
    codec = fit_kind(cells_of("x", "y"), Facts("a"))
    cells = cells_of("y", "z", None)
    z, unknown = encode_cells(codec, cells, "missing")
    assert_array_equal(z, [1, np.nan, np.nan])
    assert_array_equal(unknown, [False, True, False])
    match = "'a' holds the category 'z'.*set handle_unknown='missing'"
    with pytest.raises(ValueError, match=match):
        encode_cells(codec, cells, "error")
    z, unknown = encode_cells(codec, cells_of("x", None), "error")
    assert_array_equal(z, [0, np.nan])
    assert not unknown.any()


def test_cells_of_a_column_without_any_at_fit_are_unknown():
    codec = fit_kind(cells_of(None, None), Facts("a"))
    _, unknown = encode_cells(codec, cells_of("x", None), "missing")
    assert_array_equal(unknown, [True, False])
    with pytest.raises(ValueError, match=r"'a' had no observed cell at fit.*Drop"):
        encode_cells(codec, cells_of("x", None), "error")


@pytest.mark.parametrize("treatment", ["missing", "error"])
def test_categories_of_another_type_are_an_error(treatment):
    codec = fit_kind(cells_of("1", "2"), Facts("a"))
    with pytest.raises(TypeError, match=r"'a' is categorical .*holds numbers.*Cast"):
        encode_cells(codec, cells_of(1, 2), treatment)


def test_treatments_are_for_all_columns_or_one_for_each():
    assert check_treatments("error", 2) == ["error"] * 2
    assert check_treatments(["error", "missing"], 2) == ["error", "missing"]
    with pytest.raises(ValueError, match="'error' or 'missing'; got 'ignore'"):
        check_treatments("ignore", 2)
    codec = TableCodec().fit(object_array(["x", "y"]).reshape(1, 2))
    X = object_array(["x", "z"]).reshape(1, 2)
    Z, unknown = codec.encode(
        X, handle_unknown=["error", "missing"], return_unknown=True
    )
    assert_array_equal(Z, [[0, np.nan]])
    assert_array_equal(unknown, [[False, True]])
    with pytest.raises(ValueError, match="1 holds the category 'z'"):
        codec.encode(X, handle_unknown=["missing", "error"])
