from pathlib import Path

import pytest

from skgen._cli.messages import Misuse
from skgen._cli.names import resolve_names, shown, split_names

PATH = Path("in.csv")


def test_names_with_commas_are_quoted():
    assert split_names("a,b c") == ["a", "b c"]
    assert split_names('"a, b",c') == ["a, b", "c"]


def test_blanks_around_names_do_not_matter():
    columns = [" Price ", "b", "two  words", "x", "x "]
    assert resolve_names(["Price", "two words", "x"], columns, PATH) == [
        " Price ",
        "two  words",
        "x",
    ]
    with pytest.raises(Misuse, match="no column ' x'"):
        resolve_names([" x"], columns, PATH)


def test_all_unknown_names_are_named_with_near_ones():
    with pytest.raises(Misuse) as raised:
        resolve_names(["prize", "b", "zzz"], ["price", "b"], PATH)
    assert str(raised.value) == (
        "in.csv has no column 'prize' (did you mean 'price'?), 'zzz'; use one of "
        "price, b"
    )


def test_few_names_are_shown():
    assert shown(["a", "b"]) == "a, b"
    assert shown(list("abcd"), 2) == "a, b, and 2 more"
