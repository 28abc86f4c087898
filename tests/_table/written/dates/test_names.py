"""Names of months and days of the week."""

import pytest

from skgen._table.written.dates.names import (
    LANGUAGES,
    NAME_FIELDS,
    find_case,
    find_language,
    names_of,
    positions_of,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", NAME_FIELDS)
def test_names_are_distinct_and_complete(language, field):
    names = names_of(field, language, "lower")
    assert len(set(names)) == len(names) == (12 if field in "Bb" else 7)
    positions = positions_of(field, language)
    assert [positions[name] for name in names] == list(range(len(names)))


@pytest.mark.parametrize(
    ("months", "days", "found"),
    [
        ({"January", "May"}, set(), ("en", "B", "A")),
        ({"Jan", "Sept"}, {"Mon"}, ("en", "b", "a")),
        ({"May"}, {"Monday"}, ("en", "B", "A")),
        ({"Januar", "März"}, set(), ("de", "B", "A")),
        ({"mars", "août"}, {"lundi"}, ("fr", "B", "A")),
        ({"January", "mars"}, set(), None),
        ({"January", "Feb"}, set(), None),
    ],
)
def test_language_of_names(months, days, found):
    assert find_language(months, days) == found


@pytest.mark.parametrize(
    ("words", "case"),
    [(["JAN", "FEB"], "upper"), (["jan", "feb"], "lower"), (["Jan", "feb"], "title")],
)
def test_case_of_names(words, case):
    assert find_case(words) == case
