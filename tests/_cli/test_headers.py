import re

import numpy as np
import pytest

from skgen._cli.headers import Aside, check_names, check_records, find_asides
from skgen._cli.messages import Misuse


def records(*rows):
    return [(line, row.split(",")) for line, row in enumerate(rows, 1)]


def test_empty_lines_are_no_rows():
    header, rows = check_records(records("", "a,b", "", "1,2", "", "3,4", ""), ",")
    assert (header, rows) == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_empty_lines_of_a_single_column_are_missing_cells_but_for_the_last():
    header, rows = check_records(records("a", "1", "", "2", "", ""), ",")
    assert (header, rows) == (["a"], [["1"], [""], ["2"]])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a,b", "1,2", "3"], "has 2 cells, but line 3 has 1;"),
        (["a,b", "1,2,3", "4"], "line 2 has 3, line 3 has 1;"),
        (["a,b", *["1"] * 5], "line 4 has 1 and 2 more lines differ;"),
        ([], "empty"),
        (["", ""], "empty"),
    ],
)
def test_lines_that_do_not_fit_are_named(rows, words):
    with pytest.raises(Misuse, match=re.escape(words)):
        check_records(records(*rows), ",")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a", ""], ["without a name: 2"]),
        (["a", " ", "b", ""], ["without a name: 2, 4"]),
        (["a", "b", "a"], ["same name 'a': 1, 3"]),
        (["a", "", "a", "b", "b"], ["name: 2", "'a': 1, 3", "'b': 4, 5"]),
    ],
)
def test_all_names_at_fault_are_named_at_once(names, words):
    with pytest.raises(Misuse) as raised:
        check_names(names, {})
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 0.1"])
@pytest.mark.parametrize("cells", [["0", "1", "2"], ["1", "2", "3"], ["7", "3", "12"]])
def test_numbers_of_rows_are_set_aside(name, cells):
    asides = find_asides([name, "b"], [cells, ["x", "y", "z"]])
    assert list(asides) == [0]
    assert asides[0].numbers.tolist() == list(map(int, cells))
    check_names([name, "b"], asides)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("id", ["0", "1"]), ("", ["0", "0"]), ("", ["a", "b"]), ("", ["-1", "2"])],
)
def test_other_columns_are_not(name, cells):
    assert find_asides([name, "b"], [cells, ["x", "y"]]) == {}
    assert find_asides(["b", name], [["x", "y"], cells]) == {}


def test_columns_without_name_and_cells_are_set_aside():
    asides = find_asides(["a", "", " "], [["1", "2"], ["", '""'], ["", ""]])
    assert list(asides) == [1, 2]
    assert asides[1].cells(2, 5) == ["", ""]


@pytest.mark.parametrize(
    ("numbers", "alone", "behind"),
    [
        ([0, 1, 2], ["0", "1"], ["3", "4"]),
        ([1, 2, 3], ["1", "2"], ["4", "5"]),
        ([7, 3, 12], ["0", "1"], ["13", "14"]),
    ],
)
def test_new_rows_are_numbered_on(numbers, alone, behind):
    aside = Aside(np.array(numbers))
    assert aside.cells(2, 0) == alone
    assert aside.cells(2, 3) == behind
