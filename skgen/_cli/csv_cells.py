"""The cells of a CSV file as they are written, quotes included."""

import re

from skgen._cli.messages import Misuse

QUOTE = '"'
_QUOTED = re.compile('"([^"]*(?:""[^"]*)*)"')


def split_records(text, separator, *, strict=True):
    """Records of a CSV file.

    Parameters
    ----------
    text : str
    separator : str
    strict : bool, default=True
        Whether a quote that is never closed is an error. Otherwise the records end
        there.

    Returns
    -------
    records : list of (int, list of str)
        For each record the line where it begins, and its cells as they are written.

    Raises
    ------
    Misuse
        If a quote is never closed.

    Examples
    --------
    >>> split_records('a,b\\n"1,5",2\\n', ",")
    [(1, ['a', 'b']), (2, ['"1,5"', '2'])]
    """
    newline = "\n" if "\n" in text else "\r"
    cell = _cell_pattern(separator, newline)
    records, at, line = [], 0, 1
    quote = _find(text, QUOTE, 0)
    while at < len(text):
        end = _find(text, newline, at)
        if quote < at:
            quote = _find(text, QUOTE, at)
        if quote > end:
            records.append((line, text[at:end].removesuffix("\r").split(separator)))
            at, line = end + 1, line + 1
            continue
        cells, after = _split_quoted(text, at, cell)
        if cells is None:
            if not strict:
                break
            line += text.count(newline, at, after)
            raise Misuse(
                f"the quote that opens a cell in line {line} is never closed; close "
                "it, or double it if it belongs to the cell"
            )
        records.append((line, cells))
        line += text.count(newline, at, after)
        at = after
    return records


def unquote(cell):
    """Text of a cell as it is written.

    Examples
    --------
    >>> unquote('"a ""b"" c"'), unquote('5" nails')
    ('a "b" c', '5" nails')
    """
    found = _QUOTED.match(cell)
    if found is None:
        return cell
    return found[1].replace(QUOTE * 2, QUOTE) + cell[found.end() :]


def quote(cell, separator, *, always=False):
    """How the text of a cell is written: in quotes if need be.

    Examples
    --------
    >>> quote("1,5", ","), quote("1,5", ";"), quote("a", ";", always=True)
    ('"1,5"', '1,5', '"a"')
    """
    if always or any(mark in cell for mark in (separator, QUOTE, "\n", "\r")):
        return QUOTE + cell.replace(QUOTE, QUOTE * 2) + QUOTE
    return cell


def _split_quoted(text, at, pattern):
    """Cells of the record at a place, and where it ends; None if a quote stays open."""
    cells = []
    while True:
        found = pattern.match(text, at)
        if found is None:
            return None, at
        cells.append(found[1])
        at = found.end()
        if found["separator"] is None:
            cells[-1] = cells[-1].removesuffix("\r")
            return cells, at


def _cell_pattern(separator, newline):
    bare = f"[^{re.escape(separator)}{newline}]"
    return re.compile(
        rf'("[^"]*+(?:""[^"]*+)*+"{bare}*|(?!"){bare}*)'
        rf"(?:(?P<separator>{re.escape(separator)})|{newline}|\Z)"
    )


def _find(text, mark, start):
    """Place of the next mark, the end of the text if there is none."""
    at = text.find(mark, start)
    return len(text) if at < 0 else at
