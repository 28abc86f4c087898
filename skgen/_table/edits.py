"""Cells of any container hidden, filled and copied."""

from dataclasses import replace

import numpy as np

from skgen._table.categories import LabelCells
from skgen._table.cells import Native
from skgen._table.columns import select_columns
from skgen._table.containers import NumpyTables, as_table
from skgen._table.numbers import BooleanCells, NumberCells, refuse_infinity


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
