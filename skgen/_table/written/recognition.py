"""Texts that hold numbers or dates in a written form."""

import numpy as np

from skgen._table.written.dates.form import DateForm
from skgen._table.written.dates.recognition import Ambiguous, recognise_dates
from skgen._table.written.numbers.form import NumberForm
from skgen._table.written.numbers.recognition import recognise_numbers
from skgen._table.written.odd_texts import FEWEST_DISTINCT, has_digit, sample_of

__all__ = ["Ambiguous", "DateForm", "NumberForm", "form_from_dict", "recognise"]

WITH_DIGITS = 0.4  # share of a few texts


def recognise(texts, counts=None):
    """Written form of the numbers or dates in a column of texts.

    A form is recognised if

    - at least 95 % of the rows have it, up to five texts without a digit left out,
      which are marks such as "N/A" or "Varies with device";
    - at least 90 % of these are written by the form as they stand;
    - they hold at least five distinct values, ten for bare numbers and for dates
      without separators;
    - bare numbers are numbers and no codes, by the rule of `are_numbers`.

    Parameters
    ----------
    texts : ndarray of object
        Distinct texts.
    counts : ndarray of int, default=None
        Rows that hold each, one by default.

    Returns
    -------
    form : NumberForm, DateForm, Ambiguous or None
        What reads such texts and writes them. `Ambiguous` has the forms that dates
        could have and an error message; None stands for texts without a form.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen._table.cells import object_array
    >>> form = recognise(object_array([f"{number},500 km" for number in range(1, 9)]))
    >>> form
    "1,234 km"-like
    >>> values, parsed = form.read(["12,000 km", "far"])
    >>> values, parsed
    (array([12000.,    nan]), array([ True, False]))
    >>> form.write(np.array([84000.0]))
    array(['84,000 km'], dtype=object)
    >>> form.to_dict()
    {'number': '#,##0 km'}
    """
    if len(texts) < FEWEST_DISTINCT:
        return None
    few = texts[sample_of(texts)].tolist()
    if not all(isinstance(text, str) for text in few):
        return None
    if sum(map(has_digit, few)) < WITH_DIGITS * len(few):
        return None
    if counts is None:
        counts = np.ones(len(texts), dtype=np.int64)
    form = recognise_dates(texts, counts)
    return recognise_numbers(texts, counts) if form is None else form


def form_from_dict(described):
    """The form that its `to_dict`, or a person, describes.

    Parameters
    ----------
    described : dict
        With one of the keys "number", "date" and "duration", such as
        ``{"number": "$#,##0.00"}`` or ``{"date": "%d/%m/%Y"}``.

    Examples
    --------
    >>> form_from_dict({"date": "%d.%m.%Y"})
    "31.01.2018"-like
    """
    if isinstance(described, dict):
        if "number" in described:
            return NumberForm.from_dict(described)
        if "date" in described or "duration" in described:
            return DateForm.from_dict(described)
    raise ValueError(
        f"{described!r} describes no written form. Use a dictionary such as "
        "{'number': '$#,##0.00'}, {'date': '%d/%m/%Y'} or {'duration': '%H:%M'}."
    )
