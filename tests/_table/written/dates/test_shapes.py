"""Shapes of written dates."""

import numpy as np
import pytest

from skgen._table.written.dates.shapes import common_shape, format_of, shape_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("7/01/2018", "<n>/<n>/<Y>"),
        ("January 7, 2018", "<N> <n>, <Y>"),
        ("7th of Jan 2018", "<o> of <N> <Y>"),
        ("2018-01-07T10:00:00.25+01:00", "<Y>-<n>-<n>T<n>:<n>:<n>.<f><z>"),
        ("Sun Jan 07 10:00:00 +0000 2018", "<W> <N> <n> <n>:<n>:<n> <z> <Y>"),
        ("10:00 p.m.", "<n>:<n> <p>"),
        ("20180107", "<8>"),
    ],
)
def test_shapes(text, shape):
    assert shape_of(text)[0] == shape


@pytest.mark.parametrize("text", ["Main St 5", "123", "12<3", "v1.2", "5 kg"])
def test_texts_without_a_shape(text):
    assert shape_of(text) is None


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("07/01/2018", ["%d/%m/%Y", "%m/%d/%Y"]),
        ("7.1.18", ["%-d.%-m.%y", "%-m.%-d.%y"]),
        ("18-01-07", ["%d-%m-%y", "%m-%d-%y", "%y-%m-%d"]),
        ("2018-01-07", ["%Y-%m-%d"]),
        ("7 mars 2018", ["%-d %B %Y"]),
        ("10:00 am", ["%H:%M %P"]),
        ("1:02.345", ["%-M:%S.%3f"]),
        ("2018-01-07 10:00+01:00", ["%Y-%m-%d %H:%M+01:00"]),
    ],
)
def test_formats_of_a_shape(text, formats):
    shape = common_shape([text], np.array([1]))
    found = [format_of(shape, order)["format"] for order in shape.orders[0]]
    if "am" in text:
        formats = [formats[0].replace("%H", "%I")]
    assert found == formats


@pytest.mark.parametrize(
    "text",
    [
        "10-20",
        "1.2.2.2018",
        "12/05-2018",
        "7.2018",
        "10:00:00:00",
        "March",
        "7 7",
    ],
)
def test_shapes_of_no_date(text):
    assert common_shape([text], np.array([1])) is None


def test_most_rows_decide_on_the_shape_and_its_zeros():
    texts = ["07/1/2018", "7/1/2018", "7-1-2018"]
    shape = common_shape(texts, np.array([3, 2, 4]))
    assert shape.text == "<n>/<n>/<Y>"
    assert format_of(shape, "dmY")["format"] == "%d/%-m/%Y"
