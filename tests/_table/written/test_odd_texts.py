"""Texts of a column that do not have the form of the others."""

import numpy as np
import pytest

from skgen._table.cells import object_array
from skgen._table.written.numbers.form import NumberForm
from skgen._table.written.odd_texts import comes_back, odd_share, sample_of


def test_samples_are_even_and_small():
    assert sample_of(range(5)).tolist() == [0, 1, 2, 3, 4]
    some = sample_of(range(10_001), 101)
    assert some[0] == 0
    assert some[-1] == 10_000
    assert set(np.diff(some)) == {100}


def test_marks_are_no_odd_rows():
    texts = object_array(["5", "6", "N/A", "x1", "<3"])
    counts = np.array([45, 45, 900, 10, 700])
    parsed = np.array([True, True, False, False, False])
    assert odd_share(texts, counts, parsed) == 0.1


def test_only_the_commonest_texts_are_marks():
    texts = object_array(["5", "a", "b", "c", "d", "e", "f", "g"])
    counts = np.array([97, 9, 9, 9, 9, 9, 2, 1])
    assert odd_share(texts, counts, texts == "5") == 0.03


@pytest.mark.parametrize(("shorter", "same"), [(9, True), (11, False)])
def test_nearly_all_texts_come_back(shorter, same):
    form = NumberForm.from_dict({"number": "0.0"})
    texts = object_array(["1.0", "2"])
    counts = np.array([100 - shorter, shorter])
    values, parsed = form.read(texts)
    assert comes_back(form, texts, counts, values, parsed) == same
