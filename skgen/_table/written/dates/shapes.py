"""Shapes of written dates: their parts, and the formats that these can have."""

import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from skgen._table.written.dates.names import MONTHS, WEEKDAYS, find_case, find_language

_TOKEN = re.compile(r"[AaPp]\.?[Mm]\.?(?![^\W\d_])|[0-9]+|[^\W\d_]+|[\W_]")
_OFFSET = re.compile(
    r"(?P<rest>.*:[0-9]{2}(?:[.,][0-9]{1,9})?)(?P<blank> ?)"
    r"(?P<offset>[+-][0-9]{2}:?[0-9]{2}|Z)(?P<year>(?: [0-9]{4})?)"
)
_HALF = re.compile(r"[AaPp]\.?[Mm]\.?")
_WORDS = frozenset(
    ("t", "of", "at", "de", "del", "den", "the", "um", "à", "uhr", "utc", "gmt")
)
_ORDINALS = {"st", "nd", "rd", "th"}
_LENGTHS = {1: "n", 2: "n", 4: "Y", 6: "6", 8: "8", 12: "12", 14: "14"}

_PART = re.compile("<([^>]+)>")
_TIME = re.compile(
    r"<n>:<n>(?P<rest>(?P<second>:<n>)?[.,]<f>|:<n>|)(?P<half> ?<p>)?(?: ?<z>)?"
)
_AROUND = re.compile(r"^(?:[ ,.T]|at|um|à|-)+|(?:[ ,.:T-]|at|um|à|uhr|utc|gmt)+$", re.I)
_SEPARATED = re.compile(r"<.>(?P<between>[-/. ])<.>(?:(?P=between)<.>)?")
_MONTHS = re.compile(r"<.>[-/]<.>")
_NAMED = re.compile(r"<.>(?:(?:[ ,./-]|of|the|del?|den)*<.>){1,2}", re.I)
_COMPACT = re.compile(r"<8>(?:[T_ -]?<6>)?|<6>|<12>|<14>")

# fields of dates by their parts: n has one or two digits, Y four, o is 1st or 2nd, N
# the name of a month; where several can be meant, the texts must show which
ORDERS = {
    "nnY": ("dmY", "mdY"),
    "nnn": ("dmy", "mdy"),
    "Ynn": ("Ymd",),
    "nY": ("mY",),
    "Yn": ("Ym",),
    "nNY": ("dNY",),
    "NnY": ("NdY",),
    "YNn": ("YNd",),
    "nNn": ("dNy",),
    "Nnn": ("Ndy",),
    "oNY": ("oNY",),
    "NoY": ("NoY",),
    "NY": ("NY",),
    "YN": ("YN",),
    "Nn": ("Ny",),
    "8": ("Ymd", "dmY", "mdY"),
    "6": ("Ym",),
    "86": ("Ymd HMS",),
    "12": ("YmdHM",),
    "14": ("YmdHMS",),
    "": ("",),
}


class Shape(NamedTuple):
    """Shape that texts of dates share: its parts stand in angle brackets."""

    text: str
    parts: str
    columns: list  # of each part, what the texts have there
    rows: np.ndarray  # that hold each text

    @property
    def orders(self):
        """Orders of fields to choose from, in groups of which the first one counts."""
        usual = ORDERS[self.parts]
        if self.parts != "nnn":
            return (usual,)
        if re.search("<n>[- ]<n>[- ]<n>", self.text):
            return ((*usual, "ymd"),)
        return usual, ("ymd",)


def shape_of(text):
    """Shape of a text, and what its parts are; None if it is no date."""
    found = _OFFSET.fullmatch(text)
    shape, parts = [], []
    for token in _TOKEN.findall(found["rest"] if found else text.strip()):
        if token in _ORDINALS and shape[-1:] == ["<n>"]:
            shape[-1] = "<o>"
            continue
        part = _part_of(token, shape)
        if part is None:
            return None
        if part:
            parts.append(token)
        shape.append(f"<{part}>" if part else token)
    if found:
        year = found["year"].split()
        parts += [found["offset"], *year]
        shape.append(found["blank"] + "<z>" + " <Y>" * len(year))
    return "".join(shape), parts


def _part_of(token, before):
    """Part that a token is: empty for a text between them, None if unknown."""
    if token[0] in "0123456789":
        if before[-3:-1] == [":", "<n>"] and before[-1] in ".,":
            return "f"
        return _LENGTHS.get(len(token))
    if not token[0].isalpha():
        return None if token in "<>%" else ""
    word = token.casefold()
    for part, words in (("N", MONTHS), ("W", WEEKDAYS)):
        if word in words:
            return part
    if _HALF.fullmatch(token):
        return "p"
    return "" if word in _WORDS else None


def common_shape(texts, counts):
    """Shape of most rows; None if it is none of dates."""
    rows, parts, held = Counter(), {}, {}
    for text, count in zip(texts, counts.tolist(), strict=True):
        found = shape_of(text)
        if found is not None:
            rows[found[0]] += count
            parts.setdefault(found[0], []).append(found[1])
            held.setdefault(found[0], []).append(count)
    if not rows:
        return None
    text = rows.most_common(1)[0][0]
    dates = _parts_of_date(text)
    if dates is None:
        return None
    columns = list(zip(*parts[text], strict=True))
    return Shape(text, dates, columns, np.array(held[text]))


def _parts_of_date(shape):
    """Key of `ORDERS`, None if there is none or its parts stand in another way."""
    rest, times = _TIME.subn("", shape)
    rest = re.sub("<W>[., ]*", "", rest)
    rest = _AROUND.sub("", rest)
    parts = "".join(_PART.findall(rest))
    if parts not in ORDERS or times > 1:
        return None
    if not parts:  # times of day, which have no offset without a date
        return "" if times and not rest and "<z>" not in shape else None
    way = _SEPARATED
    if set(parts) & set("No"):
        way = _NAMED
    elif parts.isdigit():
        way = _COMPACT
    elif len(parts) == 2:
        way = _MONTHS
    return parts if way.fullmatch(rest) else None


# --- formats ------------------------------------------------------------------------


def format_of(shape, order):
    """Parameters of the `DateForm` of a shape whose fields have an order.

    None if names of months or days are of no language.
    """
    fields = _fields_in(shape, order)
    words = {part: set() for part in "NW"}
    for field, column in zip(fields, shape.columns, strict=True):
        if field in words:
            words[field].update(column)
    found = find_language(words["N"], words["W"])
    if found is None:
        return None
    names = {"N": found[1], "W": found[2]}
    written = (
        _format_of_field(names.get(field, field), column, shape.rows)
        for field, column in zip(fields, shape.columns, strict=True)
    )
    options = {"format": _PART.sub(lambda _: next(written), shape.text)}
    if words["N"] or words["W"]:
        options |= {"language": found[0], "case": find_case(words["N"] | words["W"])}
    return options


def _fields_in(shape, order):
    """Fields of the parts of a shape."""
    time = _TIME.search(shape.text)
    first = last = 0
    if time:
        first = shape.text[: time.start()].count("<")
        last = first + time[0].count("<")
    clock = iter("IMSf" if time and time["half"] else "HMSf")
    if time and time["rest"] and not time["second"] and time["rest"][0] != ":":
        clock = iter("MSf")  # minutes, seconds and parts of seconds
    dates = iter(order.split() if shape.parts.isdigit() else order)
    fields = []
    for at, part in enumerate(_PART.findall(shape.text)):
        if part in "Wpz":
            fields.append(part)
        else:
            fields.append(next(clock if first <= at < last else dates))
    return fields


def _format_of_field(field, column, rows):
    if len(field) > 1:
        return "".join(f"%{name}" for name in field)
    if field == "f":
        width = max(map(len, column))
        return "%f" if width == 6 else f"%{width}f"
    if field == "p":
        return "%P" if column[0].islower() else "%p"
    if field == "z":
        if len(set(column)) == 1:
            return column[0]
        return "%:z" if ":" in column[0] else "%z"
    short = np.array([len(text) == 1 for text in column])
    zero = np.array([text[0] == "0" and len(text) == 2 for text in column])
    bare = field in "mdHIM" and rows[short].sum() > rows[zero].sum()
    return f"%-{field}" if bare else f"%{field}"
