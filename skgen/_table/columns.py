"""Columns of any container taken, added and made unknown."""

from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils._set_output import ADAPTERS_MANAGER

from skgen._table.arrays import read_array
from skgen._table.cells import Cells, column_error
from skgen._table.codecs import FactorCodec, MissingCodec, are_identifiers
from skgen._table.containers import Native, NumpyTables
from skgen._table.inputs import as_table, target_array
from skgen._table.rows import table_from_columns
from skgen._table.scales import refuse_infinity

_MAX_CLASSES = 10


class Targets(NamedTuple):
    """A target as columns of a table; build it with `read_targets`."""

    columns: list  # lists of numbers, or of texts that stand for classes
    Z: np.ndarray  # (n_samples, n_outputs): numbers; equal ones for equal classes
    kinds: list  # of the columns


def read_targets(y):
    """Columns that tell what a target tells: numbers, or classes under other names.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Text, categories and booleans are classes, and so are whole numbers of at most
        10 values or the square root of the number of rows. Other numbers are numbers.

    Returns
    -------
    targets : Targets
    """
    y = target_array(y)
    if y.ndim not in (1, 2):
        raise ValueError(f"y should be a 1d or 2d array, got {y.ndim} dimensions.")
    columns, codes, kinds = [], [], []
    for values in y.reshape(len(y), -1).T:
        cells = read_array(values, "y")
        refuse_infinity(cells, "y")
        z = np.where(cells.missing, np.nan, cells.values.astype(np.float64))
        text = cells.type in ("label", "boolean")
        if not text:
            levels = np.unique(z[~cells.missing])
            text = are_classes(levels, len(z))
        if text:
            names = [None if code != code else f"class {code:.0f}" for code in z]
        columns.append(names if text else z.tolist())
        codes.append(z)
        kinds.append("categorical" if text else "continuous")
    return Targets(columns, np.array(codes).reshape(-1, len(y)).T, kinds)


def are_classes(levels, n_samples):
    """Whether the distinct numbers of a target stand for classes.

    Whole ones do, up to ten, or the square root of the number of rows. On the diabetes
    data (442 rows, 214 values) a forest fitted to drawn rows had R2 .32 with y as a
    number and .14 with classes, a ridge .41 and .29.
    """
    few = len(levels) <= max(_MAX_CLASSES, np.sqrt(n_samples))
    return few and np.array_equal(levels, np.rint(levels))


def select_columns(X, positions):
    """Table of the columns at some positions, in the same container."""
    return _safe_indexing(X, np.asarray(positions, dtype=np.intp), axis=1)


def text_columns(X):
    """Columns that are categories of texts, where no dtype tells so.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Of a dataframe, what `declare_categories` returns.

    Returns
    -------
    names : dict
        Positions mapped to names; none of columns that are identifiers.
    """
    container, X = as_table(X)
    texts = {}
    for position, name in enumerate(container.names(X)):
        column = container.column(X, position)
        if getattr(column.dtype, "kind", "") not in "OU":
            continue
        cells = container.read(column, name)
        if cells.free_text and not are_identifiers(
            len(cells.levels), np.sum(~cells.missing)
        ):
            texts[position] = name
    return texts


def add_columns(X, columns):
    """Table with more columns to its right, under names that it does not use.

    Parameters
    ----------
    X : dataframe or ndarray of shape (n_samples, n_features)
    columns : list of lists
        Numbers, with NaN where missing, or texts, with None.

    Returns
    -------
    X_all : same container
        An array becomes one of objects if it is not of floats like the new columns.
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
    """Names, as many as are wanted, of the kind that a table has and it does not use.

    Names of all levels, where pandas has several.
    """
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


def known_cells(X, known, names=None):
    """A table of which only some cells are known, as `sample` takes given cells.

    Parameters
    ----------
    X : dataframe or ndarray of shape (n_samples, n_features)
        Left unchanged.
    known : ndarray of bool of shape (n_samples, n_features)
    names : list, default=None
        What the columns are to be called, if not as in X.

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
        if cells.type == "label":
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


def names_apart(codec, positions):
    """Names of some fitted columns in a table that holds no others."""
    if codec._container is NumpyTables:
        return list(range(len(positions)))
    return [codec.columns_[j].name for j in positions]


def copy_finite(X):
    """Copy of a table in the same container; an error where it holds infinity."""
    container, X = as_table(X)
    for position, name in enumerate(container.names(X)):
        refuse_infinity(container.read(container.column(X, position), name), name)
    return container.put(X, {})


def encode_seen(codec, X):
    """Numbers of a table, NaN for categories that a fitted codec does not know.

    Parameters
    ----------
    codec : TableCodec
    X : table of shape (n_samples, n_features)

    Returns
    -------
    Z : ndarray of shape (n_samples, n_features)
    """
    container, X = codec._check_table(X)
    Z = np.full(X.shape, np.nan)
    for position, of_column in enumerate(codec._codecs):
        name = of_column.column.name
        cells = container.read(container.column(X, position), name)
        if isinstance(of_column, MissingCodec):
            continue
        if isinstance(of_column, FactorCodec) and not cells.missing.all():
            cells = replace(cells, missing=cells.missing | ~_seen(of_column, cells))
        Z[:, position] = of_column.encode(cells)
    return Z


def _seen(codec, cells):
    keys, at = np.unique(cells.values, return_inverse=True)
    levels = cells.levels[keys] if cells.type == "label" else keys
    seen = set(codec.levels[codec.seen].tolist())
    return np.array([level in seen for level in levels.tolist()])[at]


def fill_with_zeros(X):
    """Copy of a table without missing numbers and booleans."""
    container, X = as_table(X)
    changes = {}
    for j, name in enumerate(container.names(X)):
        column = container.column(X, j)
        cells = container.read(column, name)
        mask = cells.missing
        if cells.type in ("number", "boolean") and mask.any():
            zeros = np.zeros(mask.sum(), dtype=cells.values.dtype)
            new = Cells(cells.type, zeros, np.zeros(mask.sum(), dtype=bool))
            native = container.native(column)
            changes[j] = mask, container.write(new, native, name)
    return container.put(X, changes)


def exchange_columns(X, positions, new):
    """Table whose columns at some positions are those of another one."""
    rest = np.setdiff1d(np.arange(X.shape[1]), positions)
    joined = beside(_safe_indexing(X, rest, axis=1), new)
    return _safe_indexing(joined, np.argsort(np.append(rest, positions)), axis=1)


def table_like(X, cells, names):
    """An array as a table in the container of X."""
    if isinstance(X, np.ndarray):
        return cells
    adapter = _adapter(X)
    return adapter.create_container(cells, X, columns=list(names))


def _adapter(X):
    # scikit-learn's own look-up knows no subclasses of other packages
    return ADAPTERS_MANAGER.adapters["polars" if hasattr(X, "hstack") else "pandas"]


def beside(X, new):
    """Table with the columns of another one to its right."""
    if not isinstance(X, np.ndarray):
        return _adapter(X).hstack([X, new])
    if X.dtype.kind in "mM":
        raise column_error(
            X.shape[1] - 1,
            f"of dtype {X.dtype}, as all of X, leaves no room for other columns. Pass "
            "a dataframe, or leave add_indicator at False.",
        )
    # numpy would write the others as text
    return np.hstack([X.astype(object) if X.dtype.kind == "U" else X, new])
