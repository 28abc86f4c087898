"""Numbers, booleans and dates in the texts of a column, and how to write new ones.

What is not a plain number, boolean or date of ISO 8601 stays text. The schema of the
table recognises the written forms of these, such as "$84,835.00" or "31/01/2018".
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from skgen._cli.files import import_pandas
from skgen._table.written.numbers.digits import Decimals, Unit
from skgen._table.written.numbers.form import NumberForm
from skgen._table.written.numbers.spelling import spell
from skgen._table.written.odd_texts import sample_of
from skgen._table.written.recognition import recognise

LOOKED_AT = 5000  # numbers, for how they are written
#: texts that stand for a missing cell where the others are numbers, booleans or dates
MARKS = frozenset(
    (
        *("?", "-", "--", ".", "\\n", "na", "n/a", "n.a.", "nan", "-nan", "null"),
        *("none", "nil", "<na>", "#na", "#n/a", "-1.#ind", "1.#ind", "-1.#qnan"),
        *("1.#qnan", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!"),
    )
)
BOOLEANS = (("False", "True"), ("false", "true"), ("FALSE", "TRUE"))
#: pairs that are booleans if the user says so
DECLARED_BOOLEANS = (
    *BOOLEANS,
    *(("0", "1"), ("no", "yes"), ("No", "Yes"), ("NO", "YES"), ("n", "y"), ("N", "Y")),
    *(("f", "t"), ("F", "T")),
)
DATE_FORMATS = (
    "%Y-%m-%d",
    *(
        f"%Y-%m-%d{separator}{time}{zone}"
        for separator in " T"
        for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
        for zone in ("", "Z")
    ),
)
# A whole number of 16 digits or more is a code: float64 cannot hold all of them.
_TOO_LONG = re.compile(r"-?[0-9]{16,}")
_CODE = re.compile(r"\s*0[0-9]+\s*")
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_NUMBERS = {
    point: re.compile(
        rf"(\s*)(-?)((?:0|[1-9][0-9]*)(?:\{point}[0-9]*)?|\{point}[0-9]+)"
        r"((?:[eE][+-]?[0-9]+)?)(\s*)"
    )
    for point in ".,"
}
# Decimals that cannot be thousands: 3,5 or 0,125 or 1234,567.
_SURE = {
    point: re.compile(
        rf"\s*-?(?:[0-9]*{re.escape(point)}(?![0-9]{{3}}\s*$)[0-9]+"
        rf"|(?:0|[0-9]{{4,}}){re.escape(point)}[0-9]+)\s*"
    )
    for point in ".,"
}


@dataclass(frozen=True)
class Typed:
    """What the distinct texts of a column are.

    Parameters
    ----------
    missing : ndarray of bool
        Which texts stand for missing cells.
    values : ndarray, default=None
        One for each of the others; None for text.
    write : callable, default=None
        From values to their texts.
    marks : tuple of str, default=()
        Texts that were found to stand for missing cells.
    odd : tuple of str, default=()
        Texts that are no numbers beside many that are.
    form : object, default=None
        Written form of text, see `recognise`.
    """

    missing: np.ndarray
    values: np.ndarray | None = None
    write: object = None
    marks: tuple = ()
    odd: tuple = ()
    form: object = None


def parse_texts(texts, counts, missing, *, decimal=".", kind=None):
    """Values of a column of numbers, booleans or dates.

    Parameters
    ----------
    texts : ndarray of object
        Distinct texts.
    counts : ndarray of int
        Rows that hold each.
    missing : set of str
        Texts of missing cells that the user names.
    decimal : {".", ","}, default="."
        Decimal point of the file. Decimals that could not be thousands are read with
        the other one, too.
    kind : str, default=None
        Kind of the column that the user declares, as in `ColumnSchema`.

    Returns
    -------
    typed : Typed
    """
    stripped = [text.strip() for text in texts.tolist()]
    gone = np.array([text in missing | {""} for text in texts.tolist()], dtype=bool)
    blank = np.array([bare in missing | {""} for bare in stripped], dtype=bool)
    marked = np.array([bare.casefold() in MARKS for bare in stripped], dtype=bool)
    marked &= ~blank
    known = ~blank & ~marked
    marks = tuple(sorted({bare for bare, m in zip(stripped, marked, strict=True) if m}))
    if not known.any() or kind == "categorical":
        return Typed(gone)
    for parse in _PARSERS.get(kind, _PARSERS[None]):
        parsed = parse(texts[known].tolist(), counts[known], decimal)
        if parsed is not None:
            return Typed(~known, *parsed, marks)
    form = recognise(texts[known], counts[known])
    if isinstance(form, NumberForm):
        bare = np.array([_has_no_number(text, form) for text in stripped]) & known
        marks += tuple(
            sorted({text for text, b in zip(stripped, bare, strict=True) if b})
        )
        known &= ~bare
    if form is not None:
        return Typed(~known, marks=marks, form=form)
    return Typed(gone, odd=_odd_texts(texts[~gone], counts[~gone]))


def _has_no_number(text, form):
    """Whether a text has the unit of a form but a mark, or nothing, for its number."""
    prefix = form.prefix.strip()
    front = prefix != "" and text.startswith(prefix)
    core = text[len(prefix) :] if front else text
    endings = {
        ending.strip()
        for unit in form.units
        for ending in (unit.text, unit.singular or "", *unit.aliases)
    }
    cores = {core.removesuffix(ending).strip().casefold() for ending in endings}
    # "$ -" is how accountants write zero
    marks = (MARKS | {""}) - ({"-", "--"} if front else set())
    return text != form.zero and not cores.isdisjoint(marks)


def _odd_texts(texts, counts):
    """Texts that are no numbers beside many that are; none if these are codes."""
    odd = [at for at, text in enumerate(texts) if not _NUMBERS["."].fullmatch(text)]
    if len(texts) <= 2 * len(odd) or any(_CODE.fullmatch(texts[at]) for at in odd):
        return ()
    return tuple(texts[at] for at in sorted(odd, key=lambda at: -counts[at]))


def decimal_of(columns):
    """Decimal point of a file.

    Parameters
    ----------
    columns : iterable of list of str
        Distinct texts of each column.
    """
    comma = False
    for texts in columns:
        known = [text for text in texts if text.strip().casefold() not in MARKS | {""}]
        some = known[:200]
        if not some or all(map(_NUMBERS["."].fullmatch, some)):
            if any("." in text for text in some):
                return "."
        elif all(map(_NUMBERS[","].fullmatch, some)):
            comma = comma or any(map(_SURE[","].fullmatch, some))
    return "," if comma else "."


# --- numbers ------------------------------------------------------------------------


def _parse_numbers(texts, counts, decimal):
    for point in decimal, {".": ",", ",": "."}[decimal]:
        found = [_NUMBERS[point].fullmatch(text) for text in texts]
        if all(found):
            break
    else:
        return None
    if point != decimal and not any(map(_SURE[point].fullmatch, texts)):
        return None
    plain = [text.strip().replace(point, ".") for text in texts]
    if any(map(_TOO_LONG.fullmatch, plain)):
        return None
    whole = all(map(_INTEGER.fullmatch, plain))
    values = np.array(plain, dtype=object).astype(np.int64 if whole else np.float64)
    if not np.isfinite(values).all():
        return None
    parts = [match.groups() for match in found]
    some = _some_of([numbers for _, _, numbers, _, _ in parts], point)
    texts, counts = [texts[at] for at in some], counts[some]
    form = _form_of([parts[at] for at in some], texts, counts, point, whole)
    write = form.write if whole else _choose_writer(form, texts, values[some], counts)
    return values, write


def _some_of(numbers, point):
    """Positions of numbers that show how all are written: the longest among them."""
    decimals = [len(number.partition(point)[2]) for number in numbers]
    return np.union1d(sample_of(numbers, LOOKED_AT), np.argmax(decimals))


def _form_of(parts, texts, counts, point, whole):
    """Form in which most of the texts of a column are written."""
    before, _, numbers, exponents, after = zip(*parts, strict=True)
    digits = Decimals() if whole else spell(numbers, exponents, counts, point, False)
    if isinstance(digits, Decimals):
        # whole numbers are 2.0, not 2, if that is not in the column
        shown = min(len(number.partition(point)[2]) for number in numbers)
        digits = replace(digits, fewest=max(digits.fewest, shown))
    small = [number.startswith(point) for number in numbers]
    zero = [number.startswith("0" + point) for number in numbers]
    lengths = set(map(len, texts))
    aligned = len(lengths) == 1 and len(set(before)) > 1
    return NumberForm(
        prefix="" if aligned else _commonest(before, counts),
        units=(Unit(_commonest(after, counts), digits=digits),),
        point=point,
        bare_point=bool(counts[small].sum() > counts[zero].sum()),
        width=lengths.pop() if aligned else 0,
    )


def _choose_writer(form, texts, values, counts):
    """The form, or Python's own way to write a float if that is nearer to the texts."""
    before, after = form.prefix, form.units[0].text

    def write_floats(values, ending=""):
        values = np.asarray(values) + 0.0  # which has no sign where it is zero
        cells = [repr(value).removesuffix(ending) for value in values.tolist()]
        cells = [before + cell.replace(".", form.point) + after for cell in cells]
        return np.array(cells, dtype=object)

    def write_short(values):
        return write_floats(values, ".0")

    writers = (form.write, write_floats, write_short)
    same = [counts[write(values) == np.array(texts, object)].sum() for write in writers]
    return writers[int(np.argmax(same))]


def _commonest(parts, counts):
    total = Counter()
    for part, count in zip(parts, counts.tolist(), strict=True):
        total[part] += count
    return total.most_common(1)[0][0]


# --- booleans and dates -------------------------------------------------------------


def _parse_booleans(texts, counts, decimal, pairs=BOOLEANS):
    plain = [text.strip() for text in texts]
    for words in pairs:
        if set(plain) <= set(words):
            values = np.array([text == words[1] for text in plain])
            blanks = _blanks_around(texts, counts)
            return values, _boolean_writer([word.join(blanks) for word in words])
    return None


def _parse_declared_booleans(texts, counts, decimal):
    return _parse_booleans(texts, counts, decimal, DECLARED_BOOLEANS)


def _boolean_writer(words):
    words = np.array(words, dtype=object)
    return lambda values: words[np.asarray(values).astype(np.intp)]


def _parse_dates(texts, counts, decimal):
    pd = import_pandas()
    plain = [text.strip() for text in texts]
    for form in DATE_FORMATS:
        # The first cell rules out a format quickly.
        if pd.isna(pd.to_datetime(plain[0], format=form, errors="coerce")):
            continue
        values = pd.to_datetime(plain, format=form, errors="coerce")
        places = len(plain[0].rstrip("Z").rpartition(".")[2])
        write = _date_writer(form, places, ("", ""))
        if not values.hasnans and write(values).tolist() == plain:
            return values, _date_writer(form, places, _blanks_around(texts, counts))
    return None


def _date_writer(form, places, blanks):
    """Function from dates to texts, with some decimals of a second."""

    def write(values):
        texts = [
            value.strftime(form.replace("%f", f"{value.microsecond:06d}"[:places]))
            for value in import_pandas().DatetimeIndex(values)
        ]
        return np.array([text.join(blanks) for text in texts], dtype=object)

    return write


def _blanks_around(texts, counts):
    """Blanks before and behind most of the texts."""
    before = [text[: len(text) - len(text.lstrip())] for text in texts]
    behind = [text[len(text.rstrip()) :] for text in texts]
    return _commonest(before, counts), _commonest(behind, counts)


_PARSERS = {
    None: (_parse_numbers, _parse_booleans, _parse_dates),
    "continuous": (_parse_numbers,),
    "integer": (_parse_numbers,),
    "boolean": (_parse_declared_booleans,),
    "datetime": (_parse_dates,),
    "timedelta": (),
    "identifier": (_parse_numbers,),
}
