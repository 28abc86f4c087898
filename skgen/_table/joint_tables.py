"""Several tables of the same columns, encoded in the same units."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skgen._table.categories import listed_columns
from skgen._table.cells import (
    Facts,
    Missing,
    RowCopies,
    column_error,
    missing_cells,
    object_array,
)
from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.containers.tables import as_table
from skgen._table.copies import find_copies
from skgen._table.faults import Faults
from skgen._table.identifiers.columns import Identifier
from skgen._table.kinds import fit_kind
from skgen._table.schema.description import read_declared
from skgen._table.values import ValueColumn, Values
from skgen._table.written.columns import Written

#: share of real values from which on identifiers are compared like other columns
MAX_REAL = 0.05
#: relative error of a number that was multiplied by the step of its grid
_ROUNDING = 1e-12


class Tables(NamedTuple):
    """Tables that were read together; build it with `read_tables`.

    Numbers are in the user's units, dates and durations positions on the grid of time
    of the first table, categories and booleans positions in `categories`. NaN is a
    missing cell.
    """

    columns: tuple  # of Column: descriptions of the columns of the first table
    categories: tuple  # for each column, its categories in all tables or None
    own: tuple  # for each column, those of the first table or None
    codecs: tuple  # for each column, its codec in the first table or None
    matrices: tuple  # of float64, one for each table

    def times(self, position, z):
        """Decode numbers of a column of times to datetime64 or timedelta64."""
        codec = self.codecs[position]
        # text that holds dates is compared as dates
        codec = codec.inner if isinstance(codec, Written) else codec
        return codec.decode(z, extrapolate=True).to_array()

    def values(self, Z):
        """Rows of a matrix in the user's own units.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, n_columns)
            Rows of `matrices`, or cells of these that were put together anew.

        Returns
        -------
        values : Values
            As `TableCodec.values` returns them.
        """
        described = zip(
            self.columns, self.categories, self.own, self.codecs, strict=True
        )
        columns, numbers = zip(
            *(
                _level_values(column.name, column.kind, joint, own, z)
                if codec is None
                else _codec_values(column, codec, z)
                for (column, joint, own, codec), z in zip(described, Z.T, strict=True)
            ),
            strict=True,
        )
        return Values(np.column_stack(numbers), columns)


def _level_values(name, kind, categories, own, z):
    """Description of a column of categories, and positions in these."""
    kind = "boolean" if kind == "boolean" else "level"
    described = ValueColumn(name, kind, categories=tuple(own))
    if not described.is_numeric:
        return ValueColumn(name, kind, categories=tuple(categories)), z
    # what is neither 0 nor 1 is unknown
    places = {label: at for at, label in enumerate(own)}
    place = np.array([*(places.get(label, np.nan) for label in categories), np.nan])
    return described, place[np.where(np.isnan(z), -1, z).astype(np.intp)]


def _codec_values(column, codec, z):
    """Description of a column of numbers or times, and its numbers in its units."""
    described = codec.value_column()
    if described.kind != "number":
        return described, codec.values(z)
    numbers = codec.values(codec.from_values(z))
    # a cell of another table may lie between two numbers of the grid
    on_grid = np.isclose(numbers, z, rtol=_ROUNDING, atol=0)
    texts_to = codec.in_units(np.array([column.texts_to]))
    numbers = np.where(on_grid, numbers, z)
    numbers[z <= texts_to] = np.nan
    return described, numbers


def read_tables(tables, *, categorical_features="from_dtype", schema=None):
    """Encode several tables; the first one decides the kinds of the columns.

    Parameters
    ----------
    tables : dict of {str: table of shape (n_samples_i, n_features)}
        Keyed by the names that errors use. Columns are matched by name in dataframes,
        by position in arrays. Containers and dtypes may differ if the cells of a column
        are of the same sort.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`TableCodec`.
    schema : Schema or dict, default=None
        Corrections of what is found in the first table, as in :class:`TableCodec`.

    Returns
    -------
    tables : Tables

    Raises
    ------
    TypeError
        If a table or column cannot be read, or a column holds cells of another sort
        than in the first table.
    ValueError
        If a table has no rows, or other columns than the first one; if a text column of
        the first table has a distinct text in each of at least 10 rows.
    """
    read = {name: _read_one(name, X) for name, X in tables.items()}
    reference = next(iter(read.values()))[1]
    container = next(iter(read.values()))[0]
    names = container.names(reference)
    listed = listed_columns(categorical_features, names)
    declared = read_declared(schema, names)
    positions = [_column_order(name, *pair, names) for name, pair in read.items()]
    found, parts, faults = [], [], Faults()
    cells = [
        [
            container.read(container.column(X, j), name)
            for j, name in zip(where, names, strict=True)
        ]
        for (container, X), where in zip(read.values(), positions, strict=True)
    ]
    facts = map(Facts, names, listed, declared, find_copies(cells[0]))
    for of_column, known in zip(zip(*cells, strict=True), facts, strict=True):
        with faults:
            *described, z = _read_column(
                dict(zip(tables, of_column, strict=True)), known
            )
            found.append(described)
            parts.append(z)
    faults.raise_all()
    matrices = tuple(np.column_stack(z) for z in zip(*parts, strict=True))
    return Tables(*zip(*found, strict=True), matrices)


def _read_one(name, X):
    try:
        container, X = as_table(X)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error
    if len(X) == 0:
        raise ValueError(f"{name} has no rows: pass at least one.")
    return container, X


def _column_order(name, container, X, names):
    """Positions of the columns in a table."""
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


def _read_column(cells, facts):
    """What `Tables` holds of a column, and its numbers in each table."""
    known = [part for part in cells.values() if not part.missing.all()]
    if not known:
        codec = Missing.fit(missing_cells(1), facts)
        nothing = [np.full(len(part.missing), np.nan) for part in cells.values()]
        return codec.column, None, None, codec, nothing
    first = known[0]
    _check_sorts(facts.name, cells, first)
    if first is not next(iter(cells.values())):
        facts = replace(facts, rows=RowCopies())
    codec = fit_kind(first, facts)
    if isinstance(codec, Identifier) and _gives_away(first, known[1:]):
        found = {fact: v for fact, v in facts.declared.items() if fact != "kind"}
        codec = fit_kind(first, replace(facts, declared=found, identifiers="learn"))
    if not codec.discrete:
        z = [codec.in_units(codec.encode(part)) for part in cells.values()]
        return codec.column, None, None, codec, z
    categories, z = _join_categories(first, list(cells.values()))
    column = replace(codec.column, n_categories=len(categories))
    return column, categories, first.distinct()[0].tolist(), None, z


def _gives_away(first, others):
    """Whether another table has more than a few of the values that identify rows."""
    values = set(first.distinct()[0].tolist())
    for part in others:
        found, positions = part.distinct()
        real = np.array([value in values for value in found.tolist()])
        if real[positions].mean() > MAX_REAL:
            return True
    return False


def _check_sorts(name, cells, first):
    for argument, part in cells.items():
        if part.missing.all() or part.sort == first.sort:
            continue
        raise column_error(
            name,
            f"holds {part.plural} in {argument}, but {first.plural} in the first "
            "table: cast one of the two.",
            TypeError,
        )


def _join_categories(first, parts):
    """Categories of all tables, and numbers of all cells.

    Categories are sorted over all tables, unless an order was declared: numbers that
    began with the categories of one table would show models where a row is from.
    """
    # an order that was declared has a place for categories that no row has
    declared = first.categories.tolist() if first.ordered else []
    found = [part.distinct() for part in parts]
    labels = {label for of_part, _ in found for label in of_part.tolist()}
    joint = declared + sorted(labels.difference(declared))
    number, z = {label: at for at, label in enumerate(joint)}, []
    for part, (of_part, positions) in zip(parts, found, strict=True):
        numbers = np.full(len(part.missing), np.nan)
        own = np.array([number[label] for label in of_part.tolist()], float)
        numbers[~part.missing] = own[positions]
        z.append(numbers)
    return object_array(joint), z
