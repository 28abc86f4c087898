import numpy as np
import pandas as pd
import pytest

from skgen.rules import Linear, Order
from skgen.rules._search.table import SearchTable
from skgen.table import TableCodec


@pytest.fixture
def table(rng):
    X = pd.DataFrame(rng.integers(0, 900, (300, 2)), columns=["a", "b"])
    X["y"] = X["a"] + X["b"]
    X["flag"] = rng.integers(0, 2, 300).astype(str)
    X["name"] = rng.choice(["u", "v"], 300)
    codec = TableCodec().fit(X)
    return SearchTable(codec.values(codec.encode(X)))


def test_texts_of_zero_and_one_are_numbers_and_others_are_none(table):
    assert table.numeric().tolist() == [0, 1, 2, 3]
    assert table.varied().tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(table.cells[:, 4]).all()


def test_codes_count_values(table):
    for at, counts in enumerate(table.counts):
        assert counts.sum() == 300
        assert len(counts) == table.n_distinct[at]


def test_a_rule_needs_rows_exactness_and_evidence(table):
    rule = Linear("y", {"a": 1.0, "b": 1.0})
    assert not table.verify(rule, lambda rows: 8.0, 1)
    assert not table.verify(Order(("a", "b")), lambda rows: 99.0, 1)
    assert table.found == []
    assert table.verify(rule, lambda rows: 99.0, 1)
    (found,) = table.found
    assert (found.rule, found.n_rows, found.share) == (rule, 150, 1.0)
