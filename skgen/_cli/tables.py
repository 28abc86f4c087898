"""Tables for the command line: read from files, and written as these are."""

import zlib
from dataclasses import dataclass, field, replace

import numpy as np

from skgen._cli.csv_tables import read_csv
from skgen._cli.files import (
    check_input,
    check_suffix,
    compressed,
    import_pandas,
    read_bytes,
    replaced,
    suffix_of,
)
from skgen._cli.messages import Misuse
from skgen._cli.names import normal, resolve_names

UNREADABLE = (OSError, EOFError, ValueError, ImportError, zlib.error)


@dataclass(frozen=True)
class Reading:
    """How tables are read.

    Parameters
    ----------
    missing : sequence of str, default=()
        Texts of missing cells in a CSV file, in addition to empty cells.
    drop : sequence of str, default=()
        Columns to leave out.
    separator, encoding, decimal : str, default=None
        Of CSV files; found in the file by default.
    kinds : dict, default={}
        Kinds of columns that the user declares.
    """

    missing: tuple = ()
    drop: tuple = ()
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    kinds: dict = field(default_factory=dict)

    def kind_of(self, name):
        """Kind that the user declares for a column, None if none is declared."""
        alike = {normal(other): kind for other, kind in self.kinds.items()}
        return self.kinds.get(name, alike.get(normal(name)))


class Table:
    """A table and the file that it was read from.

    Parameters
    ----------
    frame : pandas.DataFrame
        With a RangeIndex.
    path : pathlib.Path
    csv : CsvTable, default=None
        Cells of a CSV file as they are written; None for other files.
    """

    def __init__(self, frame, path, csv=None):
        self.frame = frame
        self.path = path
        self.csv = csv

    def target(self, name):
        """A column as classes or numbers to predict: numbers if its texts hold some."""
        numbers = None if self.csv is None else self.csv.columns[name].as_numbers()
        return self.frame[name] if numbers is None else numbers

    def write(self, rows, path, *, kept=None):
        """Write rows to a file; if that fails, an existing file is left unchanged.

        Parameters
        ----------
        rows : pandas.DataFrame
            With columns of the table.
        path : pathlib.Path
        kept : ndarray of bool of shape (n_kept, n_columns), default=None
            Which cells of the first rows are those of the table: they are written as
            in its file.
        """
        with replaced(path) as unfinished:
            if check_suffix(path) == ".parquet":
                rows.to_parquet(unfinished, index=False)
                return
            separator = "\t" if ".tsv" in suffix_of(path) else ","
            if self.csv is None:
                text = rows.to_csv(index=False, sep=separator, lineterminator="\n")
                data = text.encode()
            else:
                alike = (".tsv" in suffix_of(self.path)) == (separator == "\t")
                data = self.csv.encode(rows, None if alike else separator, kept)
            unfinished.write_bytes(compressed(data, path))


def read_table(path, reading=None):
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : pathlib.Path
    reading : Reading, default=None

    Returns
    -------
    table : Table
    """
    reading = reading or Reading()
    suffix = check_input(path)
    import_pandas()
    try:
        if suffix == ".parquet":
            frame, csv = _read_parquet(path), None
        else:
            frame, csv = read_csv(path, read_bytes(path), reading)
    except (*UNREADABLE, Misuse) as error:
        raise Misuse(f"cannot read {path}: {error}") from error
    frame = frame.drop(columns=resolve_names(reading.drop, frame, path))
    frame = frame.reset_index(drop=True)
    if frame.empty:
        n_rows, n_columns = frame.shape
        raise Misuse(
            f"{path} has {n_rows} rows and {n_columns} columns; pass some rows"
        )
    if csv is not None:
        undeclared = [name for name in frame if reading.kind_of(name) is None]
        csv.warn(path, frame, undeclared)
    return Table(frame, path, csv)


def read_tables_alike(paths, reading=None):
    """Read files with the same columns, so that a column has one type in all files.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The first file must have the columns of `drop`, the others may.
    reading : Reading, default=None

    Returns
    -------
    tables : list of Table
        A column that is text in one file, such as postal codes, is text in all, even if
        its cells in another file look like numbers, booleans or dates. A column of
        decimals in the first file is never read as text.
    """
    reading = reading or Reading()
    first = read_table(paths[0], reading)
    others = [read_table(path, replace(reading, drop=())) for path in paths[1:]]
    for table in others:
        extra = [name for name in table.frame if name in reading.drop]
        table.frame = table.frame.drop(columns=extra)
    tables = [first, *others]
    for name in first.frame.columns:
        own = [table for table in tables if name in table.frame.columns]
        columns = [table.frame[name] for table in own]
        if not any(map(_is_text, columns)) or columns[0].dtype.kind == "f":
            continue
        for table in own:
            if not _is_text(table.frame[name]):
                table.frame = table.frame.assign(**{name: _as_text(table, name)})
    return tables


def same_cells(one, other):
    """Which cells of two dataframes of the same shape are the same."""
    same = [
        (a.eq(b).fillna(False).astype(bool) | (a.isna() & b.isna())).to_numpy()
        for a, b in ((one[name], other[name]) for name in one)
    ]
    return np.column_stack(same)


def _as_text(table, name):
    if table.csv is not None:
        return table.csv.columns[name].as_text()
    values = table.frame[name]
    return values.map(str).where(values.notna())


def _is_text(column):
    """Whether a column has known cells, and these are text."""
    pd = import_pandas()
    values = column.dropna()
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.categories
    return len(values) > 0 and pd.api.types.is_string_dtype(values)


def _read_parquet(path):
    """Read a Parquet file; integers and booleans with missing cells are nullable."""
    pd = import_pandas()
    table = pd.read_parquet(path)
    # pandas reads integers and booleans with missing cells as floats and objects.
    doubtful = [name for name in table if table[name].dtype.kind in "fO"]
    nullable = pd.read_parquet(path, columns=doubtful, dtype_backend="numpy_nullable")
    for name in doubtful:
        if nullable[name].dtype.kind in "iub":
            table[name] = nullable[name]
    return table
