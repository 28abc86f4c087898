import numpy as np
import pandas as pd
from numpy.testing import assert_array_equal

from skgen._plan.units import Units
from skgen.table import TableCodec


def test_columns_as_numbers_and_back():
    X = pd.DataFrame(
        {
            "price": [1.25, 0.5, np.nan] * 20,
            "paid": pd.array([True, None, False] * 20, dtype="boolean"),
            "day": pd.to_datetime(["1970-01-02", "1970-01-05", None] * 20),
        }
    )
    codec = TableCodec().fit(X)
    units, Z = Units(codec), codec.encode(X)
    expected = [[1.25, 0.5, np.nan], [1, np.nan, 0], [86_400, 4 * 86_400, np.nan]]
    for position, numbers in enumerate(expected):
        assert_array_equal(units.numbers(Z[:3, position], position), numbers)
        back = units.encode(np.array(numbers, dtype=float), position)
        assert_array_equal(back, Z[:3, position])
    # on the grid of the column, beyond its range; a boolean is 0 or 1
    assert_array_equal(units.numbers(units.encode(np.array([9.764]), 0), 0), [9.76])
    assert np.isnan(units.encode(np.array([2.0]), 1)).all()
    assert (units.step(0), units.step(2)) == (0.01, 86_400)
