"""Cells of any container hidden, filled and copied."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.edits import copy_finite, known_cells
from skgen.table import TableCodec

from .examples import containers, make_table


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


def test_copies_are_of_finite_tables():
    X = np.ones((2, 2))
    out = copy_finite(X)
    out[:] = 0
    assert X.all()
    X[0, 1] = np.inf
    with pytest.raises(ValueError, match="Column 1 holds infinity"):
        copy_finite(X)
