import numpy as np
import pandas as pd
import pytest

from skgen.rules._search.entities import entities_of, share_of_entities
from skgen.rules._search.pairs import find_pairs
from skgen.rules._search.sums import find_sums
from skgen.rules._search.table import SearchTable
from skgen.table import TableCodec


@pytest.fixture
def panel(rng):
    people = pd.DataFrame(rng.integers(0, 6, (40, 3)), columns=["a", "b", "c"])
    person = rng.integers(0, 40, 900)
    X = people.iloc[person].reset_index(drop=True)
    return X.assign(person=person.astype(str), hours=rng.integers(0, 50, 900))


def test_facts_about_a_person(panel):
    codec = TableCodec(identifiers="learn").fit(panel)
    table = SearchTable(codec.values(codec.encode(panel)))
    assert entities_of(table, [0, 1]) == [3]
    assert entities_of(table, [0, 4]) == []
    share = share_of_entities(table, [0, 1], np.arange(900))
    assert share == pytest.approx(40 / 900)


def test_what_identifies_a_person_determines_nothing(search, panel):
    assert search(panel, find_pairs) == []


def test_evidence_of_a_sum_counts_persons(rng):
    people = pd.DataFrame(rng.integers(0, 90, (60, 2)), columns=["a", "b"])
    people["y"] = people["a"] + people["b"]
    person = rng.integers(0, 60, 900)
    X = people.iloc[person].reset_index(drop=True)
    X = X.assign(person=person.astype(str), hours=rng.integers(0, 50, 900))
    codec = TableCodec(identifiers="learn").fit(X)
    table = SearchTable(codec.values(codec.encode(X)))
    find_sums(table)
    (found,) = table.found
    assert found.evidence <= 60 * np.log(180)
