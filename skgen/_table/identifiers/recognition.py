"""Which columns identify their rows: keys, names, free text.

Learning such a column would copy it. The verdicts rest on shares that do not depend on
the number of rows, so that halves of a table get the same ones.
"""

import numpy as np

from skgen._math.columns.uniqueness import (
    collision_probability,
    expected_tied_pairs,
    tied_pairs,
)
from skgen._table.identifiers.column_names import (
    PLACES_AND_KINDS,
    SCALES,
    says_identifier,
    words_of,
)

MIN_IDENTIFIERS = 10
#: share of distinct values from which hardly any value is seen twice
NEARLY_ALL = 0.95
#: else the number of equally frequent values that a column must look like, and the
#: share of distinct ones: surnames (about 1,200) and car models (800) are categories
MANY_VALUES, SOME = 2500.0, 0.25
#: values that stand for "none" beside an identifier: how many at most, and how often
MAX_FILLERS, FILLER_ROWS, FILLER_SHARE = 3, 10, 0.02
#: texts as long as this are free text if half of the cells hold a text of their own
LONG, LONE = 30, 0.5
#: least number of cells for verdicts that make up for repeats
ENOUGH = 100
#: tied pairs that a measured quantity would have, and possible values that keys have
MANY_TIES, MANY_KEYS = 20.0, 500


# --- text ---------------------------------------------------------------------------


def is_identifier_text(counts, *, lengths=None, name=None):
    """Whether a column of texts identifies its rows, or is free text.

    Parameters
    ----------
    counts : ndarray of int of shape (n_values,)
        Number of cells of each distinct text. Copies of whole rows count once, see
        `RowCopies.count`.
    lengths : ndarray of int of shape (n_values,), default=None
        Number of characters of each text, by which free text is recognised.
    name : object, default=None
        Name of the column. Names of places and kinds of things are not taken for
        identifiers unless nearly all of their texts are distinct.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> import numpy as np
    >>> from skgen._table.identifiers.recognition import is_identifier_text
    >>> is_identifier_text(np.ones(155))  # names
    True
    >>> is_identifier_text(np.append(np.ones(153), 2))  # one of them twice
    True
    >>> is_identifier_text(np.full(100, 20))  # cities
    False
    """
    counts = np.asarray(counts)
    order = np.argsort(-counts, kind="stable")
    counts = counts[order]
    if nearly_unique(counts, strict=True):
        return True
    if not PLACES_AND_KINDS.isdisjoint(words_of(name)):
        return False
    rest = counts[n_fillers(counts) :]
    if 2 * rest.sum() >= counts.sum() and rest.sum() >= ENOUGH and nearly_unique(rest):
        return True
    return lengths is not None and _free_text(counts, np.asarray(lengths)[order])


def nearly_unique(counts, *, strict=False):
    """Whether hardly any value repeats.

    Parameters
    ----------
    counts : ndarray of int of shape (n_values,)
        Number of cells of each value.
    strict : bool, default=False
        Ask for the share of distinct values only. Otherwise some repeats are made up
        for by many values.
    """
    n = counts.sum()
    if n < MIN_IDENTIFIERS:
        return False
    if len(counts) >= NEARLY_ALL * n:
        return True
    return (
        not strict
        and n >= ENOUGH
        and len(counts) >= SOME * n
        and collision_probability(counts) * MANY_VALUES <= 1
    )


def n_fillers(counts):
    """Number of values, the most frequent ones, that may stand for "none".

    Parameters
    ----------
    counts : ndarray of int of shape (n_values,)
        In descending order.
    """
    some = counts[:MAX_FILLERS]
    often = (some >= FILLER_ROWS) & (some >= FILLER_SHARE * counts.sum())
    return int(often.sum())


def _free_text(counts, lengths):
    n = counts.sum()
    if n < ENOUGH or (counts == 1).sum() < LONE * n:
        return False
    return np.average(lengths, weights=counts) >= LONG


# --- keys ---------------------------------------------------------------------------


def is_key(values, *, counts=None, name=None):
    """Whether a column of whole numbers identifies its rows.

    Its numbers are distinct, and either its name says so, or ties are missing that any
    measured quantity of this range would have.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Whole numbers of any dtype, none missing.
    counts : ndarray of int of shape (n_values,), default=None
        Number of cells of each number if `values` are distinct; copies of whole rows
        count once. By default each of the values is a cell.
    name : object, default=None
        Name of the column.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> import numpy as np
    >>> from skgen._table.identifiers.recognition import is_key
    >>> rng = np.random.default_rng(0)
    >>> is_key(rng.permutation(1000))
    True
    >>> incomes = rng.integers(20_000, 90_000, 1000)  # 993 are distinct
    >>> is_key(incomes), is_key(incomes, name="CustomerId")
    (False, True)
    """
    if counts is None:
        values, counts = np.unique(np.asarray(values), return_counts=True)
    if counts.sum() < MIN_IDENTIFIERS or len(values) < 2:
        return False
    said = says_identifier(name)
    if said:
        return nearly_unique(counts, strict=said == "perhaps")
    if not nearly_unique(counts, strict=True) or not SCALES.isdisjoint(words_of(name)):
        return False
    return not _are_dates(values) and _lacks_ties(values, counts)


def _are_dates(values):
    """Whether all numbers are dates such as 20240131."""
    if values.min() < 1000_01_01 or values.max() > 9999_12_31:
        return False
    month, day = values // 100 % 100, values % 100
    return bool(np.all((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)))


def _lacks_ties(values, counts):
    """Whether a measured quantity on this grid would have many more ties."""
    steps = whole_steps(values)[0]
    if int(steps.max()) + 1 < MANY_KEYS:  # a scale, such as years
        return False
    expected = expected_tied_pairs(np.repeat(steps, counts))
    return expected >= MANY_TIES and tied_pairs(counts) <= expected / MANY_TIES


def whole_steps(values):
    """Whole numbers as multiples of their common step.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Whole numbers of any dtype.

    Returns
    -------
    steps : ndarray of uint64 of shape (n_values,)
        From 0.
    start, step : int
        The number at 0, and the distance of neighbours, at least 1.
    """
    lowest = values.min()
    if values.dtype.kind == "f":
        away = (values.astype(np.float64) - lowest).astype(np.uint64)
    elif values.dtype.kind == "u":
        away = (values - lowest).astype(np.uint64)
    else:
        # the difference wraps around, and is right as an unsigned number
        away = values.astype(np.int64).view(np.uint64) - np.uint64(int(lowest) % 2**64)
    step = max(int(np.gcd.reduce(away)), 1)
    return away // np.uint64(step), int(lowest), step
