"""What a column is, and its cells as plain numpy."""

import datetime as dt

import numpy as np
import pytest

from skgen._table.cells import Column, Facts, column_error, object_array
from skgen._table.containers.numpy_tables import read_array
from skgen._table.kinds import fit_kind


def test_kinds_are_discrete_or_integer_valued():
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


def test_column_error_names_the_column():
    error = column_error("a", "is odd.", TypeError)
    assert isinstance(error, TypeError)
    assert str(error) == "Column 'a' is odd."


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
    codec = fit_kind(read_array(fitted, "a"), Facts("a"))
    with pytest.raises(TypeError, match=f"Column 'a' is .*holds {found} here.*Cast"):
        codec.encode(read_array(other, "a"))


def test_any_missing_cells_can_be_encoded():
    nothing = read_array(object_array([None, np.nan]), "a")
    for values in ([1.5], ["x"], [True], [dt.date(2020, 1, 1)]):
        codec = fit_kind(read_array(object_array(values), "a"), Facts("a"))
        assert np.isnan(codec.encode(nothing)).all()


def test_cells_of_a_column_without_observed_cell_are_unknown():
    codec = fit_kind(read_array(np.array([np.nan]), "a"), Facts("a"))
    assert np.isnan(codec.encode(read_array(np.array([np.nan]), "a"))).all()
    assert codec.decode(np.array([3.0]), False).missing.all()
    cells = read_array(np.array([1.0]), "a")
    assert np.isnan(codec.encode(cells)).all()
    error = str(codec.unknown_error(cells, "do this"))
    assert error.startswith("Column 'a' had no observed cell at fit")
    assert error.endswith("Drop it, fit on rows where it is observed, or do this.")
