"""CSV files as tables, and tables as CSV files in the same spelling."""

import warnings
from collections import defaultdict
from dataclasses import replace

import numpy as np

from skgen._cli.columns import CsvColumn
from skgen._cli.csv_cells import QUOTE, quote, split_records, unquote
from skgen._cli.dialects import read_dialect
from skgen._cli.files import import_pandas, suffix_of
from skgen._cli.headers import check_names, check_records, find_asides
from skgen._cli.names import shown
from skgen._cli.typed_texts import decimal_of

MAX_NAMED = 5


class CsvTable:
    """What is written in a CSV file.

    Parameters
    ----------
    dialect : Dialect
    header : list of str
        Cells of the first line as they are written.
    columns : dict of CsvColumn
        By name, in their order.
    asides : dict of (Aside, list of str)
        Columns of the file that are none of the table, by position, with their cells.
    """

    def __init__(self, dialect, header, columns, asides):
        self.dialect = dialect
        self.header = header
        self.columns = columns
        self.asides = asides

    def encode(self, rows, separator, kept):
        """Bytes of a file that holds some rows.

        Parameters
        ----------
        rows : pandas.DataFrame
            With columns of the table.
        separator : str or None
            Another one than that of the file.
        kept : ndarray of bool of shape (n_kept, n_columns) or None
            Which cells of the first rows are those of the table.
        """
        kept = np.zeros((0, rows.shape[1]), dtype=bool) if kept is None else kept
        dialect = replace(self.dialect, separator=separator or self.dialect.separator)
        header, cells = [], []
        names = iter(self.columns)
        for position, written in enumerate(self.header):
            if position in self.asides:
                cells.append(self._aside(position, len(rows), len(kept)))
            else:
                name = next(names)
                if name not in rows:
                    continue
                of_column = kept[:, rows.columns.get_loc(name)]
                cells.append(self._cells(rows[name], of_column, separator))
            if separator is not None:
                written = quote(unquote(written), separator)
            header.append(written)
        lines = map(dialect.separator.join, zip(*cells, strict=True))
        if len(cells) == 1:
            # an empty line is no row for most readers
            lines = (line or '""' for line in lines)
        return dialect.encode([dialect.separator.join(header), *lines])

    def _cells(self, values, kept, separator):
        column = self.columns[values.name]
        cells = column.write(values, separator or self.dialect.separator)
        if kept.any():
            old = column.original(separator)[: len(kept)]
            cells[: len(kept)] = np.where(kept, old, cells[: len(kept)])
        return cells

    def _aside(self, position, n_rows, n_kept):
        aside, cells = self.asides[position]
        new = aside.cells(n_rows - n_kept, n_kept)
        if cells and all(cell.startswith(QUOTE) for cell in cells):
            new = [QUOTE + cell + QUOTE for cell in new]
        return [*cells[:n_kept], *new]

    def warn(self, path, frame, names):
        """Warn of cells and columns that may mean something else than they seem to.

        Parameters
        ----------
        path : pathlib.Path
        frame : pandas.DataFrame
        names : iterable of str
            Columns that are used and of which the user declares no kind.
        """
        marked, odd = defaultdict(list), []
        for name in names:
            typed = self.columns[name].typed
            for mark in typed.marks:
                marked[mark].append(repr(name))
            if typed.odd:
                odd.append(f"{name!r} ({shown(list(map(repr, typed.odd)), 3)})")
        for mark, found in marked.items():
            _warn(
                f"{path}: {mark!r} is read as a missing cell in columns of numbers, "
                f"booleans or dates: {shown(found, MAX_NAMED)}. To read a column as "
                "text, list it in --categorical"
            )
        if odd:
            _warn(
                f"{path}: columns that hold numbers and a few other texts are read as "
                f"text: {shown(odd, MAX_NAMED)}. Correct these cells, pass --missing "
                "TEXT if a text stands for a missing cell, or list columns of codes in "
                "--categorical"
            )
        n_empty = int(frame.isna().all(axis=1).sum())
        if n_empty:
            _warn(
                f"{path}: {n_empty} rows hold nothing but missing cells; delete them "
                "from the file unless they are rows like others"
            )
        for position, (aside, _) in self.asides.items():
            if aside.numbers is not None:
                name = unquote(self.header[position])
                _warn(
                    f"{path}: column {position + 1} ({name!r}) numbers the rows; it is "
                    "not learned, and new rows are numbered on"
                )


def read_csv(path, data, reading):
    """Read a CSV file.

    Parameters
    ----------
    path : pathlib.Path
    data : bytes
        Its content.
    reading : Reading

    Returns
    -------
    frame : pandas.DataFrame
    csv : CsvTable
    """
    separator = reading.separator
    if separator is None and ".tsv" in suffix_of(path):
        separator = "\t"
    text, dialect = read_dialect(data, encoding=reading.encoding, separator=separator)
    if dialect.guessed:
        _warn(
            f"{path} is not UTF-8 and is read as {dialect.encoding}; pass --encoding "
            "if letters come out wrong"
        )
    records = split_records(text, dialect.separator)
    header, rows = check_records(records, dialect.separator)
    names = [unquote(cell) for cell in header]
    cells = list(map(list, zip(*rows, strict=True))) or [[] for _ in names]
    asides = find_asides(names, cells)
    check_names(names, asides)
    columns = {
        name: CsvColumn(cells[at], set(reading.missing))
        for at, name in enumerate(names)
        if at not in asides
    }
    decimal = reading.decimal or decimal_of(c.texts for c in columns.values())
    for name, column in columns.items():
        column.parse(decimal, reading.kind_of(name))
    frame = {name: column.values() for name, column in columns.items()}
    asides = {at: (aside, cells[at]) for at, aside in asides.items()}
    return (
        import_pandas().DataFrame(frame),
        CsvTable(dialect, header, columns, asides),
    )


def _warn(message):
    warnings.warn(message, UserWarning, stacklevel=2)
