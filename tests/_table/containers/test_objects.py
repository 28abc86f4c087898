"""Cells of arrays of Python objects, and back."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.cells import object_array
from skgen._table.containers.numpy_tables import read_array, write_array
from skgen._table.containers.objects import missing_objects


def test_missing_objects():
    values = object_array([None, np.nan, np.float32("nan"), "", 0, 1.0])
    expected = [True, True, True, False, False, False]
    assert_array_equal(missing_objects(values), expected)


def test_missing_objects_among_what_cannot_be_compared():
    values = object_array([np.zeros(2), np.nan, [1]])
    assert_array_equal(missing_objects(values), [False, True, False])


@pytest.mark.parametrize(
    ("objects", "type_"),
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
def test_objects_come_back_as_their_python_type(objects, type_):
    values = object_array(objects)
    cells = read_array(values, "a")
    assert_array_equal(cells.missing, missing_objects(values))
    back = write_array(cells, values.dtype, "a", "nothing")
    assert_array_equal(back == "nothing", cells.missing)
    assert back[~cells.missing].tolist() == values[~cells.missing].tolist()
    assert {type(cell) for cell in back[~cells.missing]} == {type_}


def test_ints_and_floats_mixed_become_floats():
    cells = read_array(object_array([1, 2.5]), "a")
    back = write_array(cells, np.dtype(object), "a")
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
        ([np.zeros(2), 0.5], TypeError, "cells of type ndarray"),
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
    ],
)
def test_refused_objects_name_the_column(cells, error, message):
    with pytest.raises(error, match=f"(?s)Column 'a' .*{message}"):
        read_array(object_array(cells), "a")


def test_python_dates_that_do_not_come_back_have_no_single_type():
    utc = dt.datetime(2020, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    cells = read_array(object_array([None, utc]), "a")
    assert (cells.unit, cells.zoned, cells.cell_type) == ("us", True, object)
    assert cells.values[1] == np.datetime64("2020-01-01", "us").view("i8")
    mixed = read_array(
        object_array([dt.datetime(2020, 1, 1), dt.date(2020, 1, 1)]), "a"
    )
    assert mixed.cell_type is object
    assert mixed.values[0] == mixed.values[1]
