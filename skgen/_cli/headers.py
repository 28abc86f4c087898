"""The first line of a CSV file, and how the other lines fit it."""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from skgen._cli.csv_cells import unquote
from skgen._cli.messages import Misuse

MAX_LINES = 3  # that are named
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_INDEX = re.compile(r"|Unnamed: 0(\.[0-9]+)*")


@dataclass(frozen=True)
class Aside:
    """Column of a file that is no column of the table.

    Parameters
    ----------
    numbers : ndarray of int or None
        Numbers of the rows; None for a column without name and cells.
    """

    numbers: np.ndarray | None

    def cells(self, n_new, n_kept):
        """Texts for new rows that follow some kept ones."""
        if self.numbers is None:
            return [""] * n_new
        first = self.numbers[0] if self.counts else 0
        if n_kept:
            first = self.numbers.max() + 1
        return [str(first + at) for at in range(n_new)]

    @property
    def counts(self):
        """Whether the numbers are 0, 1, 2 or 1, 2, 3 and so on."""
        first = self.numbers[0]
        expected = np.arange(first, first + len(self.numbers))
        return first in (0, 1) and np.array_equal(self.numbers, expected)


def check_records(records, separator):
    """Cells of the first line and of the others, without empty lines.

    Parameters
    ----------
    records : list of (int, list of str)
        As `split_records` returns them.
    separator : str

    Returns
    -------
    header : list of str
        Cells as they are written.
    rows : list of list of str

    Raises
    ------
    Misuse
        If there is no line, or lines have other numbers of cells than the first one.
    """
    first = next((at for at, (_, cells) in enumerate(records) if cells != [""]), None)
    if first is None:
        raise Misuse("it is empty; its first line must have the names of the columns")
    header, records = records[first][1], records[first + 1 :]
    if len(header) == 1:
        while records and records[-1][1] == [""]:
            records.pop()
    else:
        records = [record for record in records if record[1] != [""]]
    odd = [(line, len(cells)) for line, cells in records if len(cells) != len(header)]
    if odd:
        lines = [f"line {line} has {n_cells}" for line, n_cells in odd[:MAX_LINES]]
        more = (
            f" and {len(odd) - MAX_LINES} more lines differ" if odd[MAX_LINES:] else ""
        )
        raise Misuse(
            f"the first line has {len(header)} cells, but {', '.join(lines)}{more}; "
            f"write {len(header)} cells in each line, quote cells that hold "
            f"{separator!r}, or pass another --sep"
        )
    return header, [cells for _, cells in records]


def find_asides(names, columns):
    """Columns that are not of the table: numbers of the rows, and empty ones.

    Parameters
    ----------
    names : list of str
    columns : list of list of str
        Their cells as they are written.

    Returns
    -------
    asides : dict of Aside
        By position. The first column has numbers of the rows if it has the name that
        pandas or R gives to an index and its cells are different whole numbers.
    """
    asides = {}
    for position, (name, cells) in enumerate(zip(names, columns, strict=True)):
        if position == 0 and _INDEX.fullmatch(name):
            numbers = [unquote(cell) for cell in cells]
            whole = all(map(_NUMBER.fullmatch, numbers))
            if numbers and whole and len(set(numbers)) == len(numbers):
                asides[position] = Aside(np.array(numbers, dtype=np.int64))
        elif not name.strip() and not any(map(unquote, cells)):
            asides[position] = Aside(None)
    return asides


def check_names(names, asides):
    """Raise an error that says which columns have no name, or that of another one.

    Parameters
    ----------
    names : list of str
    asides : container of int
        Positions of columns that need no name.
    """
    own = [name for at, name in enumerate(names) if at not in asides]
    places = {}
    for at, name in enumerate(names):
        if at not in asides:
            places.setdefault(name, []).append(str(at + 1))
    problems = []
    blank = [at for name, found in places.items() if not name.strip() for at in found]
    if blank:
        problems.append(f"columns without a name: {', '.join(blank)}")
    for name, count in Counter(own).items():
        if count > 1 and name.strip():
            at = ", ".join(places[name])
            problems.append(f"columns with the same name {name!r}: {at}")
    if problems:
        problems = "; ".join(problems)
        raise Misuse(f"{problems}. Give each a name of its own in the first line")
