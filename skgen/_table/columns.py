"""Columns and cells of any container taken, added, exchanged and edited."""

from dataclasses import replace
from itertools import count

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils._set_output import ADAPTERS_MANAGER

from skgen._table.categories import LabelCells
from skgen._table.cells import column_error
from skgen._table.containers.native import Native
from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.containers.tables import as_table
from skgen._table.numbers import BooleanCells, NumberCells, refuse_infinity
from skgen._table.rows import table_from_columns


def select_columns(X, positions):
    """Table of the columns at some positions, in the same container."""
    return _safe_indexing(X, np.asarray(positions, dtype=np.intp), axis=1)


def add_columns(X, columns):
    """Append columns to a table, under names that it does not use.

    Parameters
    ----------
    X : dataframe or ndarray of shape (n_samples, n_features)
    columns : list of lists
        Numbers, with NaN for missing cells, or texts, with None.

    Returns
    -------
    X_all : same container
        An object array if `X` is an array and not all columns are floats.
    """
    if not columns:
        return X
    if isinstance(X, np.ndarray):
        return _beside_array(X, columns)
    container, X = as_table(X)
    new = dict(zip(_free_names(X, container.names(X)), columns, strict=False))
    if hasattr(X, "hstack"):
        return X.hstack(table_from_columns(new, "polars"))
    X = X.copy(deep=False)
    for name, column in new.items():
        X[name] = column
    return X


def _free_names(X, names):
    """Names of the type of a table's own names, which it does not use."""
    n_levels = getattr(X.columns, "nlevels", 1)
    textual = n_levels > 1 or all(isinstance(name, str) for name in names)
    for i in count():
        name = f"y{i}" if textual else i
        name = (name,) * n_levels if n_levels > 1 else name
        if name not in names:
            yield name


def _beside_array(X, columns):
    if X.dtype.kind in "mM":
        raise column_error(
            X.shape[1] - 1,
            f"is of dtype {X.dtype}, as all of X, which leaves no room for columns of "
            "other kinds. Pass a dataframe.",
        )
    new = np.array(columns, dtype=object).T
    if X.dtype.kind == "f" and all(isinstance(cell, float) for cell in new.flat):
        return np.hstack([X, new.astype(np.float64)])
    return np.hstack([X.astype(object), new])


def exchange_columns(X, positions, new):
    """Replace the columns at some positions by those of another table."""
    rest = np.setdiff1d(np.arange(X.shape[1]), positions)
    joined = beside(_safe_indexing(X, rest, axis=1), new)
    return _safe_indexing(joined, np.argsort(np.append(rest, positions)), axis=1)


def table_like(X, cells, names):
    """Convert an array to a table in the container of X."""
    if isinstance(X, np.ndarray):
        return cells
    adapter = _adapter(X)
    return adapter.create_container(cells, X, columns=list(names))


def _adapter(X):
    # scikit-learn's own look-up knows no subclasses of other packages
    return ADAPTERS_MANAGER.adapters["polars" if hasattr(X, "hstack") else "pandas"]


def beside(X, new):
    """Append the columns of another table."""
    if not isinstance(X, np.ndarray):
        return _adapter(X).hstack([X, new])
    if X.dtype.kind in "mM":
        raise column_error(
            X.shape[1] - 1,
            f"of dtype {X.dtype}, as all of X, leaves no room for other columns. Pass "
            "a dataframe, or leave add_indicator at False.",
        )
    # numpy would convert the others to text
    return np.hstack([X.astype(object) if X.dtype.kind == "U" else X, new])


def known_cells(X, known, names=None):
    """Known cells of a table, in the form in which `sample` takes given cells.

    Parameters
    ----------
    X : dataframe or ndarray of shape (n_samples, n_features)
        Left unchanged.
    known : ndarray of bool of shape (n_samples, n_features)
    names : list, default=None
        Names of the columns, if other than those of X.

    Returns
    -------
    given : dataframe, or dict of arrays or series
        The columns that have a known cell, in dtypes that hold missing cells.
    """
    container, X = as_table(X)
    own, positions = container.names(X), np.flatnonzero(known.any(axis=0)).tolist()
    names = own if names is None else names
    columns = []
    for position in positions:
        name = names[position]
        column = container.column(X, position)
        cells, native = container.read(column, name), container.native(column)
        missing = cells.missing | ~known[:, position]
        values = cells.values
        if isinstance(cells, LabelCells):
            values = np.where(missing, -1, values)
        dtype = native.dtype
        if missing.any() and isinstance(dtype, np.dtype) and dtype.kind in "biuU":
            native = Native(np.dtype(object))
        cells = replace(cells, values=values, missing=missing)
        columns.append(container.write(cells, native, name))
    if container is NumpyTables or names != own:
        return dict(zip([names[j] for j in positions], columns, strict=True))
    form = container.form(select_columns(X, positions))
    return container.build(columns, form, len(X))


def copy_finite(X):
    """Copy a table in the same container; an error if it holds infinity."""
    container, X = as_table(X)
    for position, name in enumerate(container.names(X)):
        refuse_infinity(container.read(container.column(X, position), name), name)
    return container.put(X, {})


def fill_with_zeros(X):
    """Copy a table with zeros for missing numbers and booleans."""
    container, X = as_table(X)
    changes = {}
    for j, name in enumerate(container.names(X)):
        column = container.column(X, j)
        cells = container.read(column, name)
        mask = cells.missing
        if isinstance(cells, NumberCells | BooleanCells) and mask.any():
            zeros = np.zeros(mask.sum(), dtype=cells.values.dtype)
            new = replace(cells, values=zeros, missing=np.zeros(mask.sum(), dtype=bool))
            native = container.native(column)
            changes[j] = mask, container.write(new, native, name)
    return container.put(X, changes)
