"""Several tables of the same columns as matrices whose numbers mean the same."""

from typing import NamedTuple

import numpy as np

from skgen._table.cells import TIMES, Column, column_error, object_array, times_array
from skgen._table.codecs import MissingCodec, fit_column
from skgen._table.containers import NumpyTables
from skgen._table.inputs import as_table, listed_columns


class Tables(NamedTuple):
    """Tables that were read together; build it with `read_tables`.

    Numbers are in the user's units, dates and durations in steps since the earliest
    one of the first table, categories and booleans codes of `levels`; NaN is a missing
    cell.
    """

    columns: tuple  # of Column: what each column is in the first table
    levels: tuple  # of each column the labels of its codes, or None
    codecs: tuple  # of each column that is no category, its codec in the first table
    matrices: tuple  # of float64, one for each table

    def times(self, position, z):
        """Numbers of a column of dates or durations as datetime64 or timedelta64."""
        return times_array(self.codecs[position].decode(z, extrapolate=True))


def read_tables(tables, *, categorical_features="from_dtype"):
    """Numbers of several tables; the first one tells what the columns are.

    Parameters
    ----------
    tables : dict of {str: table of shape (n_samples_i, n_features)}
        By the names that errors are to call them. Columns of dataframes are matched by
        name, of arrays by position; containers and dtypes may differ as long as the
        cells of a column are of the same sort.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`TableCodec`.

    Returns
    -------
    tables : Tables

    Raises
    ------
    TypeError
        If a table or column cannot be read, or a column holds cells of another sort
        than in the first table.
    ValueError
        If a table has no rows or other columns than the first one; if a text column of
        the first table is distinct in each of at least 10 rows.
    """
    read = {name: _read(name, X) for name, X in tables.items()}
    reference = next(iter(read.values()))[1]
    container = next(iter(read.values()))[0]
    names = container.names(reference)
    listed = listed_columns(categorical_features, names)
    positions = [_positions(name, *pair, names) for name, pair in read.items()]
    found, parts = [], []
    for j, column_name in enumerate(names):
        cells = [
            container.read(container.column(X, where[j]), column_name)
            for (container, X), where in zip(read.values(), positions, strict=True)
        ]
        column, levels, codec, z = _read_column(
            column_name, dict(zip(tables, cells, strict=True)), listed[j]
        )
        found.append((column, levels, codec))
        parts.append(z)
    matrices = tuple(np.column_stack(z) for z in zip(*parts, strict=True))
    return Tables(*zip(*found, strict=True), matrices)


def _read(name, X):
    try:
        container, X = as_table(X)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error
    if len(X) == 0:
        raise ValueError(f"{name} has no rows: pass at least one.")
    return container, X


def _positions(name, container, X, names):
    """Where each of the columns is in a table."""
    own = container.names(X)
    by_name = container is not NumpyTables and any(isinstance(n, str) for n in names)
    if not by_name:
        if len(own) != len(names):
            raise ValueError(
                f"{name} has {len(own)} columns, the first table {len(names)}: pass "
                "tables of the same columns."
            )
        return range(len(own))
    absent = [n for n in names if n not in own]
    extra = [n for n in own if n not in names]
    if absent or extra:
        what = f"lacks {absent[:10]}" if absent else f"also has {extra[:10]}"
        raise ValueError(
            f"{name} must have the columns of the first table; it {what}. Drop or "
            "rename columns until both have the same."
        )
    return [own.index(n) for n in names]


def _read_column(name, cells, listed):
    """What a column is, and its numbers in each table."""
    known = [part for part in cells.values() if not part.missing.all()]
    if not known:
        column = Column(name, "missing", has_missing=True)
        nothing = [np.full(len(part.missing), np.nan) for part in cells.values()]
        return column, None, MissingCodec(column), nothing
    first = known[0]
    _check_sorts(name, cells, first)
    codec = fit_column(first, name, listed)
    if codec.column.kind not in ("categorical", "boolean"):
        return (
            codec.column,
            None,
            codec,
            [codec.encode(part) for part in cells.values()],
        )
    levels, z = _join_labels(first, cells.values())
    column = Column(
        name,
        codec.column.kind,
        n_categories=len(levels),
        ordered=first.ordered,
        has_missing=bool(first.missing.any()),
    )
    return column, levels, None, z


def _check_sorts(name, cells, first):
    for argument, part in cells.items():
        sorts = {_sort(first), _sort(part)}
        if part.missing.all() or len(sorts) == 1:
            continue
        raise column_error(
            name,
            f"holds {part.plural} in {argument}, but {first.plural} in the first "
            "table: cast one of the two.",
            TypeError,
        )


def _sort(cells):
    """Text, numbers or times; booleans and categories of numbers are numbers."""
    if cells.type in TIMES:
        return cells.type
    if cells.type == "label":
        texts = any(isinstance(level, str) for level in cells.levels.tolist())
        return "text" if texts else "number"
    return "number"


def _join_labels(first, parts):
    """Labels of any table, those of the first one first, and codes of all cells."""
    # an order that was declared has a place for labels that no row has
    declared = first.levels.tolist() if first.ordered else []
    code, z = {label: at for at, label in enumerate(declared)}, []
    for part in [first, *parts]:
        known = ~part.missing
        keys, at = np.unique(part.values[known], return_inverse=True)
        labels = part.levels[keys].tolist() if part.type == "label" else keys.tolist()
        for label in labels:
            code.setdefault(label, len(code))
        codes = np.full(len(known), np.nan)
        codes[known] = np.array([code[label] for label in labels], dtype=float)[at]
        z.append(codes)
    return object_array(list(code)), z[1:]
