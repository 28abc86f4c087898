import json
import pickle
import re

import numpy as np
import pytest

from skgen._table.identifiers.fresh.patterns import fit_pattern, pattern_from_dict

rng = np.random.default_rng(0)
FIRST = ["Anna", "Bruno", "Clara", "Dmitri", "Ella", "Farid", "Grace", "Hugo"]
LAST = ["Meyer", "Rossi", "Smith", "Okafor", "Lindqvist", "Garcia"]
COLUMNS = {
    "rows": np.arange(1, 5001),
    "missing": np.arange(1.0, 300.0),
    "ids": rng.choice(11_192, 2200, replace=False),
    "steps": 75 * rng.choice(10**6, 500, replace=False) + 7_000_033,
    "negative": rng.choice(10**6, 500, replace=False) - 10**5,
    "int8": np.arange(-50, 60, dtype=np.int8),
    "uint64": rng.integers(2**63, 2**64 - 1, 200, dtype=np.uint64),
    "digits": np.array([f"{i:06}" for i in range(0, 90_000, 7)]),
    "numbers": np.array([str(i) for i in range(1, 1461)]),
    "codes": np.array([f"C-{i:05}" for i in range(1, 5000)]),
    "objects": np.array([f"{a} {b}" for a in FIRST for b in LAST], dtype=object),
    "mail": np.array([f"{a.lower()}{i}@gmail.com" for a in FIRST for i in range(40)]),
    "comments": np.array(
        ["none"] * 200 + [f"{a} said {i} things" for a in FIRST for i in range(99)]
    ),
    "twelve": np.array([f"C-{i:05}" for i in range(12)]),
    "ten": np.array(["Al", "Bo Li", "Cy", "Di", "Ed", "Fa", "Gu", "Hu-Li", "Io", "J."]),
}
parametrize = pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)


@parametrize
def test_fresh_values_are_distinct_and_not_real(values):
    pattern = fit_pattern(values)
    drawn = pattern.draw(60, np.random.default_rng(0)).tolist()
    fillers = set(getattr(pattern, "fillers", ()))
    fresh = [value for value in drawn if value not in fillers]
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & set(values.tolist())
    assert {type(value) for value in drawn} == {
        int if values.dtype.kind in "iuf" else str
    }


@parametrize
def test_patterns_are_stored_as_json_and_pickled(values):
    pattern = fit_pattern(values)
    stored = json.dumps(pattern.to_dict())
    copies = pattern_from_dict(json.loads(stored)), pickle.loads(pickle.dumps(pattern))
    drawn = pattern.draw(40, np.random.default_rng(1)).tolist()
    for copy in copies:
        assert copy.draw(40, np.random.default_rng(1)).tolist() == drawn
        assert repr(copy) == repr(pattern)
        assert copy.to_dict() == pattern.to_dict()


@pytest.mark.parametrize("name", ["objects", "mail", "comments", "ten", "codes"])
def test_no_text_is_stored(name):
    stored = json.dumps(fit_pattern(COLUMNS[name]).to_dict())
    for text in set(COLUMNS[name].tolist()) - {"none"}:
        assert json.dumps(text)[1:-1] not in stored
    assert not any(part in stored for part in (*FIRST, *LAST, "gmail"))


@parametrize
def test_more_values_than_the_pattern_has_room_for(values):
    pattern = fit_pattern(values)
    drawn = pattern.draw(3000, np.random.default_rng(0)).tolist()
    assert len(drawn) == 3000
    if values.dtype == np.int8:
        assert set(drawn) <= set(range(60, 128))
        return
    new = [value for value in drawn if value != "none"]
    assert len(set(new)) == len(new)
    assert not set(new) & set(values.tolist())


def test_none_and_no_values():
    for values in COLUMNS.values():
        assert len(fit_pattern(values).draw(0, rng)) == 0


def test_sequences_are_continued():
    pattern = fit_pattern(np.random.default_rng(0).permutation(np.arange(0, 900, 3)))
    assert pattern.draw(3, rng).tolist() == [900, 903, 906]
    assert repr(pattern) == (
        "<whole numbers from 0 to 897 in steps of 3, continued above>"
    )
    assert fit_pattern(COLUMNS["numbers"]).draw(2, rng).tolist() == ["1461", "1462"]


def test_numbers_keep_their_grid_and_digits():
    pattern = fit_pattern(COLUMNS["steps"])
    drawn = pattern.draw(500, np.random.default_rng(0))
    assert set((drawn % 75).tolist()) == {7_000_033 % 75}
    real = COLUMNS["steps"]
    assert set(map(len, map(str, drawn))) <= set(map(len, map(str, real)))
    # the ends are no real numbers
    assert pattern.lower not in real
    assert pattern.upper not in real
    drawn = fit_pattern(COLUMNS["digits"]).draw(100, rng)
    assert {len(text) for text in drawn} == {6}


def test_frequent_fillers_are_drawn_as_often():
    pattern = fit_pattern(COLUMNS["comments"])
    assert repr(pattern).endswith("or 'none'>")
    drawn = pattern.draw(4000, np.random.default_rng(0))
    share = 200 / len(COLUMNS["comments"])
    # three standard errors
    assert abs((drawn == "none").mean() - share) < 0.02
    assert len(set(drawn[drawn != "none"])) == (drawn != "none").sum()


def test_what_people_read():
    assert repr(fit_pattern(COLUMNS["codes"])) == "<C-#####>"
    assert repr(fit_pattern(COLUMNS["objects"])) == "<Aaaaa Aaaaa>"
    assert repr(fit_pattern(COLUMNS["rows"])) == (
        "<whole numbers from 1 to 5,000, continued above>"
    )
    assert repr(fit_pattern(COLUMNS["ids"])) == "<whole numbers between 1 and 12,000>"
    drawn = fit_pattern(COLUMNS["objects"]).draw(50, np.random.default_rng(0))
    assert all(re.fullmatch(r"[QX]\w+ [QX]\w+", text) for text in drawn)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codes", "objects", "ids", "mail"])
def test_a_hundred_thousand(name):
    pattern = fit_pattern(COLUMNS[name])
    drawn = pattern.draw(100_000, np.random.default_rng(0)).tolist()
    assert len(set(drawn)) == 100_000
    assert not set(drawn) & set(COLUMNS[name].tolist())
