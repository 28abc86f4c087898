"""Units of written numbers."""

import pytest

from skgen._table.written.numbers.units import (
    abbreviates_counts,
    is_prefix,
    is_unit,
    measures_of,
)


@pytest.mark.parametrize(
    "text", ["", "$", "€ ", "USD ", "usd", "US$", "R$ ", "Rs.", "kr ", "₹", "~", "≈ $"]
)
def test_prefixes_of_numbers(text):
    assert is_prefix(text)


@pytest.mark.parametrize(
    "text", ["A", "#", "SKU", "v", "Room ", "No. ", "AAA", "@", "$$"]
)
def test_prefixes_of_codes(text):
    assert not is_prefix(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%",
        " %",
        "km",
        " km/h",
        "°C",
        "m²",
        " l/100km",
        "+",
        "/5",
        " / 10",
        '"',
        " €",
        " out of 5",
        " CC",
        "K views",
        " (estimated)",
        "kg.",
        "‰",
    ],
)
def test_units(text):
    assert is_unit(text)


@pytest.mark.parametrize(
    "text",
    ["-20", ":30", ".jpg", "@x.com", "th", "st", "th Grade", "_a", ", 5", "/2018a"],
)
def test_texts_that_are_no_unit(text):
    assert not is_unit(text)


@pytest.mark.parametrize(
    ("units", "name", "sizes"),
    [
        (["", "K", "M", "bn"], ("count", ""), [1, 1e3, 1e6, 1e9]),
        ([" views", "K views", " million views"], ("count", "view"), [1, 1e3, 1e6]),
        ([" Lakh", " Cr", " crores"], ("count", ""), [1e5, 1e7, 1e7]),
        (["+", "k+"], ("count", "+"), [1, 1e3]),
        ([" mm", "cm", "m", "km"], ("length", ""), [1e-3, 1e-2, 1, 1e3]),
        (["MB", " GB"], ("data", ""), [1e6, 1e9]),
        ([" day", " days", "weeks"], ("time", ""), [1, 1, 7]),
        (["month", " years"], ("calendar", ""), [1, 12]),
        (["kmpl", "Kmpl"], ("count", "kmpl"), [1, 1]),
    ],
)
def test_units_of_one_measure(units, name, sizes):
    assert [dict(measures_of(unit))[name] for unit in units] == sizes


def test_other_measures_are_apart():
    assert not dict(measures_of("kmpl")).keys() & dict(measures_of("km/kg")).keys()
    assert not dict(measures_of("min")).keys() & dict(measures_of("Seasons")).keys()


def test_abbreviations_that_are_units_too():
    assert abbreviates_counts(["", "k", "m"])
    assert abbreviates_counts(["M", "B"])
    assert not abbreviates_counts(["", "m"])
    assert not abbreviates_counts(["B"])
