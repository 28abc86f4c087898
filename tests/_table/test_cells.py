"""What a column is, and its cells as plain numpy."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.categories import label_cells
from skgen._table.cells import Cells, Column, column_error, object_array


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
        assert (column.discrete, column.integer_valued) == expected


def test_column_repr_holds_no_values():
    column = Column(
        "a", "continuous", lower=1.5, upper=8675.25, atoms=np.array([309.0])
    )
    assert "8675" not in repr(column)
    assert "309" not in repr(column)


def test_object_array_keeps_sequences_as_cells():
    array = object_array([[1, 2], (3,), None])
    assert array.shape == (3,)
    assert array[0] == [1, 2]


def test_labels_are_codes_of_sorted_levels_whatever_the_row_order():
    missing = np.array([False, False, True, False, False])
    for rows in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0]):
        values = object_array(["b", "c", None, "a", "b"])[rows]
        cells = label_cells(values, missing)
        assert cells.levels.tolist() == ["a", "b", "c"]
        assert_array_equal(cells.levels[cells.values[~missing]], values[~missing])


def test_labels_that_have_no_order():
    values = object_array([(2,), 1, "a", 1])
    with pytest.raises(TypeError, match="'<' not supported"):
        label_cells(values, np.zeros(4, dtype=bool))
    cells = label_cells(values, np.zeros(4, dtype=bool), sort=False)
    assert cells.levels[cells.values].tolist() == values.tolist()


@pytest.mark.parametrize("dtype", ["M8[D]", "m8[ns]"])
def test_times_array_tells_missing_cells(dtype):
    type_ = "datetime" if dtype[0] == "M" else "timedelta"
    missing = np.array([False, True])
    ticks = np.array([3, 4])
    times = times_array(Cells(type_, ticks, missing, unit=dtype[3:-1]))
    assert times.dtype == dtype
    assert times[0] == ticks[:1].view(dtype)[0]
    assert_array_equal(np.isnat(times), missing)
    assert_array_equal(ticks, [3, 4])


def test_column_error_names_the_column():
    error = column_error("a", "is odd.", TypeError)
    assert isinstance(error, TypeError)
    assert str(error) == "Column 'a' is odd."
