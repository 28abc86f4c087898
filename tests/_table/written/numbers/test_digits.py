"""Parts of written numbers: digits, units and signs."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgen._table.written.numbers.digits import (
    NEGATIVES,
    Decimals,
    Exponent,
    group_digits,
    place_signs,
)

quick = settings(deadline=None, derandomize=True, max_examples=200)


@quick
@given(st.floats(0, 1e9), st.integers(0, 5), st.integers(0, 5))
def test_decimals_are_those_of_exact_arithmetic(number, fewest, more):
    most = fewest + more
    text = Decimals(fewest, most).write(number)
    exact = Decimal(number).quantize(Decimal(1).scaleb(-most), ROUND_HALF_EVEN)
    assert Decimal(text) == exact
    decimals = text.partition(".")[2]
    assert fewest <= len(decimals) <= most
    assert len(decimals) == fewest or not decimals.endswith("0")


@pytest.mark.parametrize(
    ("number", "text"),
    [(9.23, "9.2"), (9.96, "10"), (19.4, "19"), (123.4, "123"), (0.26, "0.3")],
)
def test_significant_digits_limit_decimals(number, text):
    assert Decimals(1, 1, significant=2).write(number) == text


@quick
@given(st.floats(0, 1e12))
def test_long_decimals_are_those_of_floats(number):
    assert float(Decimals(0, 17).write(number)) == pytest.approx(number, abs=1e-17)


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        (Exponent(2), "3.10E+11"),
        (Exponent(1, "e", plus=False), "3.1e11"),
        (Exponent(0, "E", plus=True, width=3), "3E+011"),
    ],
)
def test_exponents(digits, text):
    assert digits.write(3.1e11) == text
    assert float(digits.write(3.1e-11)) == pytest.approx(3e-11, rel=0.05)


@quick
@given(st.integers(0, 10**15))
def test_groups_of_thousands(number):
    assert group_digits(str(number), ",") == f"{number:,}"
    indian = group_digits(str(number), ",", indian=True)
    assert indian.replace(",", "") == str(number)
    groups = indian.split(",")
    assert all(len(group) == 2 for group in groups[1:-1])
    assert len(groups[-1]) == min(3, len(str(number)))


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("-$1", " -$5 kg "),
        ("$-1", " $-5 kg "),
        ("($1)", " ($5 kg)"),
        ("$(1)", " $(5) kg"),
        ("$1-", " $5- kg "),
    ],
)
def test_places_of_signs(style, text):
    assert place_signs(" $", "5", " kg ", NEGATIVES[style]) == text
