"""Texts of a column that do not have the form of the others."""

import numpy as np

MOST_MARKS = 5
MOST_ODD = 0.05
FEWEST_DISTINCT = 5
SAMPLED = 100
SAME_TEXT = 0.9  # share of the rows
COMPARED = 5000  # texts that are written again

COMPARISONS = frozenset("<>≤≥")

_DIGITS = frozenset("0123456789")


def sample_of(texts, size=SAMPLED):
    """Evenly spaced positions of some texts."""
    return np.linspace(0, len(texts) - 1, min(size, len(texts))).astype(np.intp)


def has_digit(text):
    """Whether a text holds one of the digits 0 to 9."""
    return not _DIGITS.isdisjoint(text)


def _is_mark(text):
    return not has_digit(text) or text.lstrip()[0] in COMPARISONS


def odd_share(texts, counts, parsed):
    """Share of the rows whose texts do not have the form, marks left out.

    Marks are the `MOST_MARKS` commonest of those texts that hold no digit, such as
    "N/A" or "Varies with device", or begin with a comparison, such as "<0.01": they
    stand for values that are not written.
    """
    odd = np.flatnonzero(~parsed)
    marks = [at for at in odd if _is_mark(texts[at])]
    marks = sorted(marks, key=lambda at: -counts[at])[:MOST_MARKS]
    rows = counts.sum() - counts[marks].sum()
    return (counts[odd].sum() - counts[marks].sum()) / rows if rows else 1.0


def comes_back(form, texts, counts, values, parsed):
    """Whether nearly all texts are what the form writes for their values."""
    read = np.flatnonzero(parsed)
    read = read[sample_of(read, COMPARED)]
    same = form.write(values[read]) == texts[read]
    return counts[read][same].sum() >= SAME_TEXT * counts[read].sum()
