"""How a CSV file is written: encoding, separator of cells and ends of lines."""

import codecs
from dataclasses import dataclass

import numpy as np

from skgen._cli.csv_cells import split_records
from skgen._cli.messages import Misuse

SEPARATORS = (",", ";", "\t", "|")
# of a file that are looked at, for the separator
LOOKED_AT = 200  # lines
SOME_CHARACTERS = 1_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What stands at the beginning of files that are no text, and what to do.
_BINARY = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive; save its table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; save its table as CSV"),
    (b"PAR1", "a Parquet file; name it .parquet"),
    (b"\x1f\x8b", "compressed by gzip; add .gz to its name"),
    (b"%PDF", "a PDF; extract its table as CSV"),
)


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Parameters
    ----------
    separator : str
        Between cells.
    encoding : str
    bom : bytes
        Byte order mark at the beginning, empty if there is none.
    newline : str
        At the end of lines.
    ends : bool
        Whether the last line ends like the others.
    guessed : bool
        Whether the encoding is a guess.
    """

    separator: str = ","
    encoding: str = "utf-8"
    bom: bytes = b""
    newline: str = "\n"
    ends: bool = True
    guessed: bool = False

    def encode(self, lines):
        """Bytes of a file with some lines."""
        text = self.newline.join(lines) + self.newline * self.ends
        return self.bom + text.encode(self.encoding)


def read_dialect(data, *, encoding=None, separator=None):
    """Text of a CSV file, and how it is written.

    Parameters
    ----------
    data : bytes
    encoding : str, default=None
        As `codecs` names it. By default, it is found in the data.
    separator : str, default=None
        The same.

    Returns
    -------
    text : str
    dialect : Dialect

    Raises
    ------
    Misuse
        If the data are no text, or not in the encoding.
    """
    for start, kind in _BINARY:
        if data.startswith(start):
            raise Misuse(f"it is {kind}")
    bom = b""
    for mark, name in _BOMS:
        if data.startswith(mark) and (encoding is None or name.startswith(encoding)):
            bom, encoding = mark, name
            break
    guessed = encoding is None
    text, encoding = _decode(data[len(bom) :], encoding)
    crlf = text.count("\r\n")
    newline = "\r\n" if 2 * crlf > text.count("\n") else "\n"
    if "\n" not in text and "\r" in text:
        newline = "\r"
    return text, Dialect(
        separator=_find_separator(text) if separator is None else separator,
        encoding=encoding,
        bom=bom,
        newline=newline,
        ends=text.endswith(newline),
        guessed=guessed and encoding not in ("utf-8", "ascii"),
    )


def _decode(data, encoding):
    if encoding is not None:
        try:
            return data.decode(encoding), encoding
        except UnicodeError as error:
            raise Misuse(_cannot_decode(data, encoding, error)) from error
    wide = _without_mark(data)
    if wide is None and b"\0" in data:
        raise Misuse("it holds zero bytes, so it is no text; export its table as CSV")
    # every byte is a character of latin-1
    for name in [wide] if wide else ["utf-8", "cp1252", "latin-1"]:
        try:
            return data.decode(name), name
        except UnicodeError:
            continue
    raise Misuse("it is no text in a known encoding; pass --encoding")


def _without_mark(data):
    """UTF-16 without a byte order mark, by its zero bytes; None if it is not."""
    some = data[:4000]
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = some[first::2].count(0)
        if zeros > len(some) / 5 and some[1 - first :: 2].count(0) == 0:
            return name
    return None


def _cannot_decode(data, encoding, error):
    at = getattr(error, "start", 0)
    line = data.count(b"\n", 0, at) + 1
    return (
        f"line {line} holds a byte (0x{data[at]:02x}) that is not {encoding}; pass "
        "another --encoding, such as utf-8 or latin-1, or none to have it found"
    )


def _find_separator(text):
    """The separator by which most records have one cell for each name in the first.

    The first record must have two or more.
    """
    newline = "\n" if "\n" in text else "\r"
    lines = text[:SOME_CHARACTERS].split(newline)[:LOOKED_AT]
    some = newline.join(filter(None, lines))
    scores = []
    for separator in SEPARATORS:
        records = [record for _, record in split_records(some, separator, strict=False)]
        n_names = len(records[0]) if records else 0
        alike = np.mean([len(record) == n_names for record in records] or [0])
        scores.append((alike, n_names) if n_names > 1 else (0, 0))
    best = max(scores)
    return SEPARATORS[scores.index(best)] if best[0] else ","
