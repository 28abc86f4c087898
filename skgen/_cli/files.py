"""Table files for the command line: read and write them, and keep their spelling."""

import csv
import os
import re
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np

INTEGER = re.compile(r"0|-?[1-9][0-9]*")
DECIMAL = re.compile(
    r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
FIXED = re.compile(r"-?[0-9]*\.([0-9]+)")
# A whole number that float64 cannot represent is an identifier, not a quantity.
TOO_LONG = re.compile(r"-?[0-9]{16,}")
BOOLEANS = (("False", "True"), ("false", "true"), ("FALSE", "TRUE"))
DATE_FORMATS = (
    "%Y-%m-%d",
    *(
        f"%Y-%m-%d{separator}{time}{zone}"
        for separator in " T"
        for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
        for zone in ("", "Z")
    ),
)
TABLES = (".csv", ".parquet")
UNREADABLE = (OSError, ValueError, ImportError, csv.Error, StopIteration)


class Misuse(Exception):
    """An error of the user; the message says in one line what to do."""


def one_line(error):
    """Message of an error without line breaks."""
    return " ".join(str(error).split())


def import_pandas():
    """Import pandas, or raise an error that says how to install it."""
    return _import_optional("pandas", extra="pandas")


def import_matplotlib():
    """Import matplotlib, or raise an error that says how to install it."""
    return _import_optional("matplotlib", extra="plot")


def _import_optional(name, extra):
    try:
        return import_module(name)
    except ImportError as error:
        install = f"python -m pip install 'skgen-tabular[{extra}]'"
        raise Misuse(f"this command needs {name}; run {install}") from error


def check_suffix(path, suffixes=TABLES):
    """Return the suffix of a path in lower case, if it is one of `suffixes`."""
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        known = " or ".join(suffixes)
        raise Misuse(f"{path}: unsupported suffix {suffix!r}; use {known}")
    return suffix


def check_output(path, *, force, suffixes=TABLES):
    """Check that an output can be written, before any work is done."""
    check_suffix(path, suffixes)
    if path.is_dir():
        raise Misuse(f"{path} is a directory; name a file")
    if path.exists() and not force:
        raise Misuse(f"{path} exists; pass --force to overwrite it")
    if not path.absolute().parent.is_dir():
        raise Misuse(f"{path}: there is no directory {path.parent}; make it first")


def read_table(path, *, missing=(), drop=()):
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : pathlib.Path
    missing : sequence of str, default=()
        Texts of missing cells in a CSV file, in addition to empty cells.
    drop : sequence of str, default=()
        Columns to leave out.

    Returns
    -------
    table : pandas.DataFrame
        With a RangeIndex; an index that pandas stored in the file is left out.
    spellings : dict of {str: callable}
        For each column of a CSV file that is not text, a function that writes a value
        as the file did.
    """
    suffix = check_suffix(path)
    import_pandas()
    if not path.is_file():
        raise Misuse(f"{path}: no such file; check the name")
    try:
        if suffix == ".csv":
            table = _read_csv_texts(path, missing)
        else:
            table = _read_parquet(path)
    except UNREADABLE as error:
        raise Misuse(f"cannot read {path}: {one_line(error)}") from error
    for name in drop:
        check_column(table, name, path)
    table = table.drop(columns=list(drop)).reset_index(drop=True)
    if table.empty:
        n_rows, n_columns = table.shape
        raise Misuse(
            f"{path} has {n_rows} rows and {n_columns} columns; pass some rows"
        )
    if suffix == ".parquet":
        return table, {}
    return _parse_columns(table)


def read_tables_alike(paths, *, missing=(), drop=()):
    """Read files with the same columns, so that a column has one type in all files.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The first file must have the columns of `drop`, the others may.
    missing, drop : sequence of str, default=()
        As in `read_table`.

    Returns
    -------
    tables : list of pandas.DataFrame
        A column that is text in one file, such as postal codes, is text in all, even if
        its cells in another file look like numbers, booleans or dates. A column of
        decimals in the first file is never read as text.
    """
    tables, spellings = [], []
    for path in paths:
        table, spelling = read_table(path, missing=missing, drop=[] if tables else drop)
        extra = [name for name in drop if name in table.columns]
        tables.append(table.drop(columns=extra))
        spellings.append(spelling)
    for name in tables[0].columns:
        columns = [table[name] for table in tables if name in table.columns]
        if not any(map(_is_text, columns)) or columns[0].dtype.kind == "f":
            continue
        for at, (table, spelling) in enumerate(zip(tables, spellings, strict=True)):
            if name in table.columns and not _is_text(table[name]):
                spell = {name: spelling.get(name, str)}
                tables[at] = table.assign(**_spell_columns(table[[name]], spell))
    return tables


def _is_text(column):
    """Whether a column has known cells, and these are text."""
    pd = import_pandas()
    values = column.dropna()
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.categories
    return len(values) > 0 and pd.api.types.is_string_dtype(values)


def check_column(table, name, path):
    """Check that `table`, read from `path`, has a column."""
    if name not in table.columns:
        names = ", ".join(map(str, table.columns[:20]))
        raise Misuse(f"{path} has no column {name!r}; use one of {names}")


def write_table(table, path, spellings):
    """Write a table to a file; if that fails, an existing file is left unchanged."""
    # A link is kept and its target replaced.
    path = Path(os.path.realpath(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if check_suffix(path) == ".csv":
            _spell_columns(table, spellings).to_csv(
                unfinished, index=False, lineterminator="\n", encoding="utf-8"
            )
        else:
            table.to_parquet(unfinished, index=False)
        os.replace(unfinished, path)
    except (OSError, ImportError) as error:
        raise Misuse(f"cannot write {path}: {one_line(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _read_csv_texts(path, missing):
    """Read the cells of a CSV file as text; its first line has the column names."""
    pd = import_pandas()
    with open(path, newline="", encoding="utf-8-sig") as file:
        names = next(csv.reader(file), [])
    if not all(names):
        raise ValueError("a column has no name in the first line; name it")
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name; rename one")
    if len(names) == 1 and re.search(r"[;\t|]", names[0]):
        raise ValueError("the first line has no comma; separate cells by commas")
    with warnings.catch_warnings():
        # pandas only warns when it drops cells beyond the last column name.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(
                path,
                dtype=str,
                index_col=False,
                keep_default_na=False,
                na_values=["", *missing],
                encoding="utf-8-sig",
            )
        except pd.errors.ParserWarning as warning:
            raise ValueError(
                "a row has more cells than the first line; quote cells with commas"
            ) from warning


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


def _parse_columns(table):
    """Parse the columns of a table of texts; return functions to spell them as well."""
    pd = import_pandas()
    columns, spellings = {}, {}
    for name in table.columns:
        codes, texts = pd.factorize(table[name])
        columns[name] = table[name]
        parsed = _parse_texts(list(texts))
        stripped = [text.strip() for text in texts]
        spaced = parsed is None and stripped != list(texts)
        if spaced and _parse_texts(stripped) is not None:
            warnings.warn(
                f"column {name!r} has spaces around its cells and is read as text; "
                "remove them from the file if it holds numbers, booleans or dates",
                stacklevel=2,
            )
        if parsed is None and _mixes_numbers_and_words(texts):
            warnings.warn(
                f"column {name!r} holds numbers and words and is read as text; if a "
                "word stands for a missing cell, pass --missing WORD",
                stacklevel=2,
            )
        if parsed is not None:
            values, spellings[name] = parsed
            values = pd.Series(values)
            if (codes < 0).any():
                nullable = {"int64": "Int64", "bool": "boolean"}
                values = values.astype(nullable.get(str(values.dtype), values.dtype))
            columns[name] = values.reindex(codes).reset_index(drop=True)
    return pd.DataFrame(columns), spellings


def _spell_columns(table, spellings):
    """Convert columns to text by their functions; missing cells stay missing."""
    pd = import_pandas()
    columns = {name: table[name] for name in table.columns}
    for name, spell in spellings.items():
        codes, values = pd.factorize(table[name])
        texts = pd.Series([spell(value) for value in values], dtype=object)
        columns[name] = texts.reindex(codes).reset_index(drop=True)
    return pd.DataFrame(columns)


def _parse_texts(texts):
    """Values of distinct texts and a function to spell them; None for plain text."""
    if not texts:
        return None
    for parse in (_parse_integers, _parse_decimals, _parse_booleans, _parse_date_texts):
        parsed = parse(texts)
        if parsed is not None:
            return parsed
    return None


def _mixes_numbers_and_words(texts):
    """Whether most texts are numbers and the others contain no digit."""
    rest = [text for text in texts if not DECIMAL.fullmatch(text)]
    wordy = not any(re.search("[0-9]", text) for text in rest)
    return wordy and len(texts) > 2 * len(rest) > 0


def _parse_integers(texts):
    if not all(map(INTEGER.fullmatch, texts)) or any(map(TOO_LONG.fullmatch, texts)):
        return None
    return np.array(texts, dtype=object).astype(np.int64), lambda value: str(int(value))


def _parse_decimals(texts):
    if not all(map(DECIMAL.fullmatch, texts)) or any(map(TOO_LONG.fullmatch, texts)):
        return None
    values = np.array(texts, dtype=object).astype(np.float64)
    if not np.isfinite(values).all():
        return None
    fixed = [FIXED.fullmatch(text) for text in texts]
    places = {len(match[1]) if match else None for match in fixed}
    if len(places) == 1 and None not in places:
        return values, f"{{:.{places.pop()}f}}".format
    if all("." in text or "e" in text.lower() for text in texts):
        return values, lambda value: repr(float(value))
    return values, lambda value: repr(float(value)).removesuffix(".0")


def _parse_booleans(texts):
    for words in BOOLEANS:
        if set(texts) <= set(words):
            values = np.array([text == words[1] for text in texts])
            return values, lambda value, words=words: words[int(value)]
    return None


def _parse_date_texts(texts):
    pd = import_pandas()
    for form in DATE_FORMATS:
        # The first cell rules out a format quickly.
        if pd.isna(pd.to_datetime(texts[0], format=form, errors="coerce")):
            continue
        values = pd.to_datetime(texts, format=form, errors="coerce")
        places = len(texts[0].rstrip("Z").rpartition(".")[2])

        def spell(value, form=form, places=places):
            micros = f"{value.microsecond:06d}"[:places]
            return value.strftime(form.replace("%f", micros))

        if not values.hasnans and list(map(spell, values)) == texts:
            return values, spell
    return None
