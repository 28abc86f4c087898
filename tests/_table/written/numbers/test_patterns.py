"""Patterns of written numbers as people write them."""

import pytest

from skgen._table.written.numbers.digits import Decimals, Exponent, Unit
from skgen._table.written.numbers.form import NumberForm

PATTERNS = {
    "0": {},
    "0.00": {"units": (Unit(digits=Decimals(2, 2)),)},
    "0.0#": {"units": (Unit(digits=Decimals(1, 2)),)},
    ".00": {"bare_point": True, "units": (Unit(digits=Decimals(2, 2)),)},
    "0,#": {"point": ",", "units": (Unit(digits=Decimals(0, 1)),)},
    "#,##0": {"group": ","},
    "#.##0": {"group": ".", "point": ","},
    "# ##0": {"group": " "},
    "#,##,##0": {"group": ",", "indian": True},
    "#.##0,00 €": {
        "group": ".",
        "point": ",",
        "units": (Unit(" €", digits=Decimals(2, 2)),),
    },
    "$0;($0)": {"prefix": "$", "negative": "($1)"},
    "$0;$-0": {"prefix": "$", "negative": "$-1"},
    "+0;-0": {"plus": True},
    "$0;-$0;0": {"prefix": "$", "zero": "0"},
    "0.0E+00": {"units": (Unit(digits=Exponent(1)),)},
    "0.0e0": {"units": (Unit(digits=Exponent(1, "e", False, 1)),)},
    "0 l/100km": {"units": (Unit(" l/100km"),)},
    "0 \\;": {"units": (Unit(" ;"),)},
    "\\#0": {"prefix": "#"},
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_what_they_are_parsed_to(pattern):
    form = NumberForm.from_dict({"number": pattern})
    assert form == NumberForm(**PATTERNS[pattern])
    assert form.to_dict() == {"number": pattern}


@pytest.mark.parametrize(
    ("written", "usual"),
    [("$#,###.00", "$#,##0.00"), ("#.###,##", "#.##0,##"), ("$0;-$0", "$0")],
)
def test_other_ways_to_write_a_pattern(written, usual):
    form = NumberForm.from_dict({"number": written})
    assert form.to_dict() == {"number": usual}


def test_units_width_and_aliases_are_described():
    described = {
        "number": [
            {"pattern": "0k", "size": 1e3, "aliases": ["K"]},
            {"pattern": "0.0M", "size": 1e6, "from": 1e6, "significant": 2},
        ],
        "width": 6,
    }
    form = NumberForm.from_dict(described)
    assert form.to_dict() == described
    assert form.read(["5K", "5k", "1.5M"])[0].tolist() == [5e3, 5e3, 1.5e6]
    assert form.write([5e3, 1.25e7]).tolist() == ["    5k", "   12M"]
    days = {"number": "0 days", "singular": " day"}
    assert NumberForm.from_dict(days).to_dict() == days


@pytest.mark.parametrize(
    "pattern", ["", "$", "dollars", "0;1", "0;-0;0;0", 5, None, [], [3], "$0;€0"]
)
def test_texts_that_are_no_pattern(pattern):
    with pytest.raises(ValueError, match=r"is no pattern of numbers\. Write one"):
        NumberForm.from_dict({"number": pattern})
