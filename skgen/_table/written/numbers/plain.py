"""Whether texts that are nothing but digits are numbers or codes."""

import re

import numpy as np

from skgen._table.written.odd_texts import has_digit

FEWEST_DISTINCT = 10
MOST_ODD = 0.03  # share of the rows
MOST_CODES = 2
WITH_DECIMALS = 0.2
WIDE_SPREAD = 30.0
LARGE = 100_000
LARGE_DISTINCT = 20
SOME = 0.05
CODE_WIDTH = 4

_CODE = re.compile(r"[^\W\d_][^0-9]*[0-9]|[0-9]\.[0-9]+\.[0-9]")

# how tables spell a missing cell
_MISSING = (
    "?|-|--|---|.|..|...|*|na|n/a|n.a.|#n/a|nan|null|none|nil|missing|unknown|unk|tbd|"
    "not available|not reported|not applicable|<na>|\\n|—|–|"  # noqa: RUF001
)
MISSING = frozenset(_MISSING.split("|"))


def are_numbers(values, odd_texts, odd):
    """Whether plain digits such as "4.3" or "120" are numbers.

    A text may stand for a number that other cells of the column made a text, or be a
    code that is a text on purpose. Numbers have at least `FEWEST_DISTINCT` distinct
    values, hardly any odd text beside them, at most `MOST_CODES` of which are codes
    such as V45 or 1.0.19, and one of these:

    - decimals, in a fifth of the distinct values: codes such as 250.83 among 401 and
      414 have them more rarely;
    - signs: negative values, in a twentieth of the distinct ones;
    - magnitudes: the largest has six digits, and the upper quartile of the distinct
      values is `WIDE_SPREAD` times the lower, as of counts and amounts;
    - a spelling of missing cells such as "?", which explains the texts, unless
      nearly all of them have the same number of digits, as postal codes have.

    Whole numbers without any of these stay categories: grades, postal codes, numbers of
    flights, keys. So do numbers with leading zeros, which no form reads.

    Parameters
    ----------
    values : ndarray
        Distinct numbers.
    odd_texts : list of str
        Texts that are no numbers.
    odd : float
        Share of the rows that are odd, marks such as "N/A" left out.
    """
    if len(values) < FEWEST_DISTINCT or odd > MOST_ODD:
        return False
    if sum(_CODE.search(text) is not None for text in odd_texts) > MOST_CODES:
        return False
    if np.mean(values != np.rint(values)) >= WITH_DECIMALS:
        return True
    if np.mean(values < 0) >= SOME and (values < 0).sum() > 2:
        return True
    low, high = np.quantile(np.abs(values), [0.25, 0.75])
    large = len(values) >= LARGE_DISTINCT and values.max() >= LARGE
    if large and high >= WIDE_SPREAD * max(low, 1.0):
        return True
    return _explained_by_missing(values, odd_texts)


def _explained_by_missing(values, odd_texts):
    marks = [text for text in odd_texts if not has_digit(text)]
    if not any(text.strip().casefold() in MISSING for text in marks):
        return False
    digits = np.floor(np.log10(np.maximum(np.abs(values), 1.0))) + 1
    shares = np.bincount(digits.astype(np.intp)) / len(digits)
    return digits.max() < CODE_WIDTH or shares.max() <= 1 - SOME
