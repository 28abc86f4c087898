"""Formats of dates, as fields and as regular expressions."""

import pytest

from skgen._table.written.dates.formats import Field, parse_format, pattern_of, unit_of


def test_fields_and_texts():
    assert parse_format("%-d. %B %Y, %3f%%") == [
        Field("d", "-"),
        Field("", text=". "),
        Field("B"),
        Field("", text=" "),
        Field("Y"),
        Field("", text=", "),
        Field("f", width=3),
        Field("", text="%"),
    ]


@pytest.mark.parametrize("text", ["", "day", "%", "%d%", "%k", "%d %d", None])
def test_texts_that_are_no_format(text):
    with pytest.raises(ValueError, match="is no format of dates"):
        parse_format(text)


@pytest.mark.parametrize(
    ("text", "written", "parts"),
    [
        ("%d/%m/%Y", "7/01/2018", ("7", "01", "2018")),
        ("%Y%m%d", "20180107", ("2018", "01", "07")),
        ("%B %d", "march 7", ("march", "7")),
        ("%b %d", "Sept 7", ("Sept", "7")),
        ("(%H)", "(23)", ("23",)),
        ("%Y%m%d", "2018017", None),
        ("%d/%m/%Y", "7/01/18", None),
        ("%d.%m", "7-1", None),
    ],
)
def test_patterns(text, written, parts):
    found = pattern_of(parse_format(text), "en", False).fullmatch(written)
    assert parts == (found and found.groups())


@pytest.mark.parametrize(
    ("text", "unit"), [("%Y", "M"), ("%o %b", "D"), ("%I %p", "h"), ("%S.%7f", "ns")]
)
def test_units(text, unit):
    assert unit_of(parse_format(text)) == unit
