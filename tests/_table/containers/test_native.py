"""Casts of columns to dtypes that may not hold them."""

import numpy as np
import pytest

from skgen._table.containers.native import cast_exactly


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
