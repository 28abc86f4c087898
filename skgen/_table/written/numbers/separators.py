"""Which of points and commas are decimal points, and which separate thousands."""

import re

import numpy as np

from skgen._table.written.numbers.digits import BLANKS
from skgen._table.written.numbers.form import number_pattern

FEWEST_GROUPED = 10  # texts such as 12.345, to take a dot for a separator
FEWEST_UNGROUPED = 0.02  # share of texts such as 850 beside them

# decimal point, separator, Indian groups; earlier ones are preferred
_CHOICES = [
    (".", "", False),
    (".", ",", False),
    (",", "", False),
    (",", ".", False),
    (".", ",", True),
    *((point, group, False) for group in BLANKS + "'’" for point in ".,"),  # noqa: RUF001
]


def separators_of(numbers, counts):
    """Decimal point, separator of thousands, and whether its groups are Indian.

    They are those that read most rows. 12,345 has thousands and 0,345 decimals; 12.345
    has thousands only if all others are like it, or below 1000 and without a dot.

    Parameters
    ----------
    numbers : list of str
        Digits with separators.
    counts : ndarray
        Rows that hold each.
    """
    signs = [re.sub("[0-9]", "", number) for number in numbers]
    seen = set("".join(signs))
    choices = [c for c in _CHOICES if c[:2] == (".", "") or (c[1] or c[0]) in seen]
    read = [_reads(choice, numbers) for choice in choices]
    best = int(np.argmax([counts[mask].sum() for mask in read]))
    point, group, indian = choices[best]
    if (point, group) == (".", "") and _dots_group(numbers):
        return ",", ".", False
    if group and not _groups_most(numbers, group, counts):
        return point, "", False
    return point, group, indian


def _reads(choice, numbers):
    match = re.compile(number_pattern(*choice)).fullmatch
    return np.fromiter((match(n) is not None for n in numbers), bool, len(numbers))


def _dots_group(numbers):
    """Whether dots stand before three digits only, and not in small numbers."""
    dotted = [number for number in numbers if "." in number]
    others = [number for number in numbers if "." not in number]
    match = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}").fullmatch
    return (
        len(dotted) >= FEWEST_GROUPED
        and len(others) >= FEWEST_UNGROUPED * len(numbers)
        and all(map(match, dotted))
        and all(len(number) <= 3 for number in others)
    )


def _groups_most(numbers, group, counts):
    """Whether thousands are grouped in most rows that have some."""
    grouped = np.array([group in number for number in numbers])
    large = re.compile(r"[0-9]{4,}(?:[.,][0-9]+)?").fullmatch
    ungrouped = np.array([large(number) is not None for number in numbers])
    return counts[grouped].sum() >= counts[ungrouped].sum()
