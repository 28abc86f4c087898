"""Formats of dates such as "%d/%m/%Y", as fields and as regular expressions."""

import re
from typing import NamedTuple

from skgen._table.written.dates.names import NAME_FIELDS, positions_of

NUMBER_FIELDS = frozenset("mdHIMS")
_PATTERNS = {
    **dict.fromkeys(NUMBER_FIELDS, "[0-9]{1,2}"),
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "f": "[0-9]{1,9}",
    "p": r"[AaPp]\.?[Mm]\.?",
    "P": r"[AaPp]\.?[Mm]\.?",
    "o": "[0-9]{1,2}(?i:st|nd|rd|th)",
    "z": "[-+][0-9]{2}:?[0-9]{2}|[Zz]",
}
_PIECE = re.compile(
    r"%(?P<flag>[-:]?)(?P<width>[1-9]?)(?P<name>[A-Za-z])|(?P<text>[^%]+|%%)"
)
_KNOWN = _PATTERNS.keys() | NAME_FIELDS.keys()


class Field(NamedTuple):
    """A field of a format, or a text between fields, whose name is empty."""

    name: str
    flag: str = ""
    width: int = 0
    text: str = ""


def parse_format(text):
    """Fields, and texts between them, of a format.

    Fields are those of `datetime.strftime`: %Y %y %m %d %B %b %A %a %H %I %M %S %f %p
    %z. %-d has no zero in front, %3f has 3 digits, %P is "pm", %o is "1st", and %:z has
    a colon.
    """
    pieces = list(_PIECE.finditer(text)) if isinstance(text, str) else []
    known = all(found["name"] is None or found["name"] in _KNOWN for found in pieces)
    if not known or "".join(found[0] for found in pieces) != text:
        raise _no_format(text)
    fields = [_field(found) for found in pieces]
    names = [field.name for field in fields if field.name]
    if not names or len(set(names)) < len(names):
        raise _no_format(text)
    return fields


def _no_format(text):
    return ValueError(
        f"{text!r} is no format of dates. Write one such as '%d/%m/%Y', '%B %-d, %Y' "
        "or '%H:%M:%S', in which no field stands twice."
    )


def _field(found):
    name = found["name"] or ""
    width = int(found["width"] or (6 if name == "f" else 0))
    between = (found["text"] or "").replace("%%", "%")
    return Field(name, found["flag"] or "", width, between)


def pattern_of(fields, language, duration):
    """Regular expression with a group for each field."""
    parts = []
    for at, field in enumerate(fields):
        if not field.name:
            parts.append(re.escape(field.text))
            continue
        joined = [other.name for other in fields[max(at - 1, 0) : at + 2]]
        tight = field.name in NUMBER_FIELDS and "" not in joined and len(joined) > 1
        pattern = _PATTERNS.get(field.name)
        if field.name in NAME_FIELDS:
            names = sorted(positions_of(field.name, language), key=len, reverse=True)
            pattern = f"(?i:{'|'.join(map(re.escape, names))})"
        elif field.name == "H" and duration:
            pattern = "[0-9]{1,4}"
        elif tight:
            pattern = "[0-9]{2}"
        parts.append(f"({pattern})")
    return re.compile(rf"\s*{''.join(parts)}\s*")


def unit_of(fields):
    """Unit of the finest field, as of datetime64."""
    names = {field.name for field in fields}
    units = (("S", "s"), ("M", "m"), ("HI", "h"), ("do", "D"))
    unit = next((unit for held, unit in units if names & set(held)), "M")
    digits = next((field.width for field in fields if field.name == "f"), 0)
    return {0: unit, 1: "ms", 2: "ms", 3: "ms"}.get(
        digits, "us" if digits < 7 else "ns"
    )
