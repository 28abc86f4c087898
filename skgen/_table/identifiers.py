"""Which columns identify their rows: keys, names, free text.

Learning such a column would copy it. The verdicts rest on shares that do not depend on
the number of rows, so that halves of a table get the same ones.
"""

import re
from itertools import pairwise

import numpy as np

from skgen._math.columns.uniqueness import (
    collision_probability,
    expected_tied_pairs,
    tied_pairs,
)

MIN_IDENTIFIERS = 10
#: share of distinct values from which hardly any value is seen twice
NEARLY_ALL = 0.95
#: else as many equally frequent values as a column must look like, and the share of
#: distinct ones: surnames (about 1,200) and car models (800) are categories
MANY_VALUES, SOME = 2500.0, 0.25
#: values that stand for "none" beside an identifier: how many at most, and how often
MAX_FILLERS, FILLER_ROWS, FILLER_SHARE = 3, 5, 0.01
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
        Number of cells of each distinct text. Copies of whole rows count once; see
        `first_of_copies`.
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
    >>> from skgen._table.identifiers import is_identifier_text
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
    if words_of(name) & PLACES_AND_KINDS:
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
    >>> from skgen._table.identifiers import is_key
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
    if not nearly_unique(counts, strict=True) or words_of(name) & SCALES:
        return False
    return _lacks_ties(values, counts)


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


# --- names of columns ---------------------------------------------------------------

#: words that name an identifier wherever they stand
IDENTIFIERS = frozenset(
    "id ids uuid guid uid pid iid identifier pk rowid seqn ssn isbn imei vin".split()
)
#: words that name one if they come last, and may name a quantity too
LAST_WORDS = frozenset(
    "no nr nbr num number nummer numero index idx key code serial seq".split()
)
#: what a number, an index or a code may be of that is measured
QUANTITIES = frozenset(
    "total sum mean average avg max min count price mass heat stock share market "
    "consumer refractive body quality value of".split()
)
#: what joins an ending without a space: "clientnum", "userid"
OWNERS = (
    "account acct applicant application booking buyer card case cell child client "
    "contract cust customer device doc document emp employee encounter event game "
    "guest host house household instance invoice item job listing loan member obs "
    "order passenger patient payment person pet player policy prod product record "
    "rec request row sale sample seller seq serial session staff store student "
    "subject ticket trans transaction trip txn unique user vehicle visit visitor"
).split()
_JOINED = re.compile(
    rf"({'|'.join(OWNERS)})(id|ids|no|nr|nbr|num|number|key|code|index|idx|uuid|guid)"
)
# digits stay with a chemical formula, such as NO2
_WORDS = re.compile(r"[A-Z]+\d+(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: what counts along a scale without ties: never taken for a key by missing ties
SCALES = frozenset(
    "time times timestamp ts t date datetime year years yr month months week weeks day "
    "days hour hours minute minutes min second seconds sec ms unix epoch step steps "
    "cycle cycles period tick frame depth distance altitude height position pos angle "
    "frequency freq wavelength wavenumber rank ranking age x".split()
)
#: of which there are many, and which are learned all the same
PLACES_AND_KINDS = frozenset(
    "zip zipcode postcode postal plz city town village suburb municipality county "
    "state country region district zone brand make model type category kind class "
    "species".split()
)


def words_of(name):
    """Words of a column's name in lower case: "CustomerId" and "customer_id" alike."""
    if isinstance(name, tuple):
        name = " ".join(part for part in name if isinstance(part, str))
    return _Words(_WORDS.findall(name)) if isinstance(name, str) else _Words([])


class _Words(frozenset):
    """The words of a name, and the same in their order."""

    def __new__(cls, words):
        new = super().__new__(cls, map(str.lower, words))
        new.ordered = [word.lower() for word in words]
        return new


def says_identifier(name):
    """Whether the name of a column says that it identifies rows.

    Parameters
    ----------
    name : object
        Position in arrays, tuple of several levels, or text.

    Returns
    -------
    said : {"", "perhaps", "yes"}
        "perhaps" for words that may name a quantity too, such as "number".

    Examples
    --------
    >>> from skgen._table.identifiers import says_identifier
    >>> names = "CustomerId", "customer_id", "S.No.", "width", "paid"
    >>> [says_identifier(name) for name in names]
    ['yes', 'yes', 'perhaps', '', '']
    """
    if isinstance(name, str) and name.strip() in ("#", "№"):
        return "yes"
    words = words_of(name)
    if not words:
        return ""
    pairs = map("".join, pairwise(words.ordered))
    owned = any(map(_JOINED.fullmatch, [*words, *pairs]))
    if owned or words & IDENTIFIERS or words.ordered == ["unnamed"]:
        return "yes"
    named = words.ordered[-1] in LAST_WORDS
    named = named and not words & (QUANTITIES | PLACES_AND_KINDS)
    return "perhaps" if named else ""


# --- copies of rows -----------------------------------------------------------------


def first_of_copies(columns, position):
    """Mask of the rows that copy no earlier one, to judge a column by.

    A table that is stacked several times, or drawn with replacement, must get the same
    verdicts. Rows are copies if they are equal in all cells, but only if the other
    columns alone tell most rows apart: in a table of a city and its country, equal rows
    are no copies.

    Parameters
    ----------
    columns : list of ndarray of shape (n_samples,)
        Numbers of any dtype, equal where cells are equal.
    position : int
        Of the column to be judged.

    Returns
    -------
    first : ndarray of bool of shape (n_samples,)
        All True if there are no copies, or it is not known.
    """
    total = np.zeros(len(columns[position]), dtype=np.uint64)
    for at, column in enumerate(columns):
        keys = _mixed(column, at)
        total += keys
        if at == position:
            own = keys
    unique, first = np.unique(total, return_index=True)
    n_others = len(np.unique(total - own))
    if len(unique) == len(total) or 2 * n_others < len(unique):
        return np.ones(len(total), dtype=bool)
    mask = np.zeros(len(total), dtype=bool)
    mask[first] = True
    return mask


def _mixed(column, at):
    """64-bit keys of cells, others in each column."""
    column = np.asarray(column)
    if column.dtype.kind != "f":
        return mix(column.astype(np.int64).view(np.uint64), at)
    # one bit pattern for all missing cells, and one for both zeros
    column = np.where(np.isnan(column), np.nan, column.astype(np.float64) + 0.0)
    return mix(column.view(np.uint64), at)


def mix(bits, salt=0):
    """Scramble 64-bit numbers one to one, by splitmix64 [1]_.

    References
    ----------
    .. [1] Steele, Lea & Flood (2014), "Fast Splittable Pseudorandom Number Generators",
       OOPSLA.
    """
    z = bits + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
