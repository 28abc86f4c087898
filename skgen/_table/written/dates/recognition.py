"""The written form that the dates in a column of texts have."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skgen._table.written.dates.form import DateForm
from skgen._table.written.dates.shapes import common_shape, format_of, shape_of
from skgen._table.written.odd_texts import (
    FEWEST_DISTINCT,
    MOST_ODD,
    comes_back,
    odd_share,
    sample_of,
)

LIKE_DATES = 0.4  # of a few texts, for the others to be looked at
SHOWN = 2000  # texts that show the form
MOST_OFFSETS = 50  # changes of the offset from UTC
TOO_MANY_YEARS = 2  # times those of another order of the fields
YEARS = (1600, 2400)  # of most dates
# dates without separators could be codes
COMPACT_YEARS = (1900, 2100)
COMPACT_DISTINCT = 10
COMPACT_ODD = 0.005

_OFFSET = re.compile(r"([-+][0-9]{2}:?[0-9]{2}|Z)(?: [0-9]{4})?\s*$")


@dataclass(frozen=True)
class Ambiguous:
    """A column of dates that several forms read equally well.

    Parameters
    ----------
    candidates : tuple of DateForm
    """

    candidates: tuple

    @property
    def message(self):
        """What is wrong with the column, and what to do."""
        shown = " or ".join(map(repr, self.candidates))
        forms = " or ".join(str(form.to_dict()) for form in self.candidates)
        return (
            f"holds dates that are {shown}, but no cell shows which: no day is after "
            f"the 12th. Declare the form of the column ({forms}), or convert it to a "
            "datetime dtype."
        )


def recognise_dates(texts, counts):
    """Form of the dates that nearly all texts of a column hold.

    Parameters
    ----------
    texts : ndarray of object
        Distinct texts.
    counts : ndarray of int
        Rows that hold each.

    Returns
    -------
    form : DateForm, Ambiguous or None
        None if the texts are no dates.
    """
    few = texts[sample_of(texts)].tolist()
    if sum(shape_of(text) is not None for text in few) < LIKE_DATES * len(few):
        return None
    some = sample_of(texts, SHOWN)
    shape = common_shape(texts[some].tolist(), counts[some])
    if shape is None or (shape.parts == "" and not _has_minutes(shape)):
        return None
    for orders in shape.orders:
        forms = (
            _form_in_order(shape, order, texts[some], counts[some]) for order in orders
        )
        read = (_read_usual(form, texts, counts) for form in forms if form is not None)
        read = [found for found in read if found is not None]
        if read:
            return _choose(read, texts, counts)
    return None


def _form_in_order(shape, order, texts, counts):
    """Form with an order of its fields; None if it does not read some of the texts."""
    options = format_of(shape, order)
    if options is None:
        return None
    form = DateForm(**options)
    found = _read_usual(form, texts, counts)
    if found is None or shape.parts not in ("Yn", "nY"):
        return None if found is None else form
    return None if _are_school_years(found.values[found.parsed]) else form


def _has_minutes(shape):
    """Whether minutes have two digits, as ratios such as 3:1 have not."""
    return all(len(text) == 2 for text in shape.columns[1])


class _Read(NamedTuple):
    form: DateForm
    values: np.ndarray
    parsed: np.ndarray


def _read_usual(form, texts, counts):
    """What a form reads; None if it is too little, or no usual dates."""
    values, parsed = form.read(texts)
    compact = all(field.name for field in form.fields)
    fewest = COMPACT_DISTINCT if compact else FEWEST_DISTINCT
    most = COMPACT_ODD if compact else MOST_ODD
    if parsed.sum() < fewest or odd_share(texts, counts, parsed) > most:
        return None
    if form.kind == "date" and not _usual_years(values[parsed], compact):
        return None
    return _Read(form, values, parsed)


def _usual_years(values, compact):
    first, last = COMPACT_YEARS if compact else YEARS
    years = _years(values)
    usual = np.mean((first <= years) & (years <= last))
    return usual >= 1 - (COMPACT_ODD if compact else 2 * MOST_ODD)


def _years(values):
    return values.astype("M8[Y]").astype(np.int64) + 1970


def _are_school_years(values):
    """Whether months are the year after: 2009-10, 2010-11."""
    years = _years(values)
    months = values.astype("M8[M]").astype(np.int64) % 12 + 1
    return np.array_equal((years + 1) % 100, months)


def _choose(read, texts, counts):
    """The form that reads most rows; ambiguous if several read the same.

    Of these, one that takes days for years has too many distinct years.
    """
    rows = [counts[found.parsed].sum() for found in read]
    best = [found for found, n in zip(read, rows, strict=True) if n == max(rows)]
    if len(best) > 1:
        years = [len(np.unique(_years(found.values[found.parsed]))) for found in best]
        fewest = TOO_MANY_YEARS * min(years)
        best = [found for found, n in zip(best, years, strict=True) if n <= fewest]
    if len(best) > 1:
        return Ambiguous(tuple(found.form for found in best))
    form, values, parsed = best[0]
    names = [field.name for field in form.fields]
    if "y" in names:
        form = _settle_century(form, values[parsed])
        values, parsed = form.read(texts)
    if "z" in names:
        form = _settle_offsets(form, texts[parsed], values[parsed])
    return form if comes_back(form, texts, counts, values, parsed) else None


def _settle_century(form, values):
    """Two digits are years of the hundred years that make the range shortest."""
    years = np.unique(_years(values))
    digits = np.unique(years % 100)
    gaps = np.diff(np.append(digits, digits[0] + 100))
    first = digits[(np.argmax(gaps) + 1) % len(digits)]
    if 100 - gaps.max() < years.max() - years.min():
        return replace(form, first_year=int(1900 + first))
    return form


def _settle_offsets(form, texts, values):
    """Offsets from UTC change at times, or are the commonest one if too often."""
    order = np.argsort(values, kind="stable")
    found = [_OFFSET.search(text)[1] for text in texts[order]]
    changes = [0, *(at for at in range(1, len(found)) if found[at] != found[at - 1])]
    if len(changes) > MOST_OFFSETS:
        return replace(form, offsets=(("", Counter(found).most_common(1)[0][0]),))
    starts = np.datetime_as_string(values[order][changes], unit="s").tolist()
    offsets = (found[at] for at in changes)
    return replace(form, offsets=tuple(zip(["", *starts[1:]], offsets, strict=True)))
