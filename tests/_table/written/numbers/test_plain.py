"""Whether texts that are nothing but digits are numbers or codes."""

import numpy as np
import pytest

from skgen._table.written.numbers.plain import are_numbers

WHOLE = np.arange(20, 80.0)
ZIPS = np.arange(10_001, 10_401.0)


@pytest.mark.parametrize(
    ("values", "odd_texts", "expected"),
    [
        (WHOLE, [], False),
        (WHOLE + 0.5, [], True),
        (WHOLE[:9] + 0.5, [], False),  # too few
        (np.append(WHOLE, 0.5), [], False),  # one with decimals
        (WHOLE - 50, [], True),
        (np.append(WHOLE, -9), [], False),  # one below 0 marks missing cells
        (2.0 ** np.arange(20), [], True),
        (np.arange(1, 7000.0), [], False),
        (WHOLE, ["?"], True),
        (WHOLE, ["N/A", "?"], True),
        (WHOLE, ["other"], False),
        (WHOLE[:8], ["?"], False),
        (ZIPS, ["?"], False),
        (np.append(ZIPS, WHOLE), ["?"], True),
        (WHOLE + 0.5, ["V45"], True),
        (WHOLE + 0.5, ["V45", "V46", "E84"], False),
        (WHOLE + 0.5, ["1.0.1", "1.0.2", "1.0.3"], False),
        (WHOLE + 0.5, ["34 sq", "35 sq", "36 sq"], True),
    ],
)
def test_rule(values, odd_texts, expected):
    assert are_numbers(values, odd_texts, 0.0) == expected


def test_odd_rows():
    assert are_numbers(WHOLE + 0.5, ["x"], 0.03)
    assert not are_numbers(WHOLE + 0.5, ["x"], 0.04)
