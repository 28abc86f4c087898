"""Containers of tables: how each gives and takes its columns as cells.

A container knows, of a table, its ``names`` and its ``form`` (what `build` needs beside
the columns), its ``column`` at a position and that column's ``native`` dtype. It can
``read`` a column as `Cells`, ``write`` cells as a native column, ``build`` a table of
native columns, and ``put`` native cells in a copy of a table, or whole columns where
the mask is None. ``native_for`` cells of a column that had none is a dtype that holds
them. ``with_categories`` is one that declares all categories of cells, None if none is
lacking. ``widened`` is that to which the library casts another one for missing cells.
"""

import narwhals.stable.v2 as nw
from scipy import sparse

from skgen._table.cells import column_error, object_array
from skgen._table.containers.arrays import as_array, refuse_other_containers
from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.containers.objects import missing_objects
from skgen._table.containers.pandas_tables import PandasTables
from skgen._table.containers.polars_tables import PolarsTables


def as_table(X):
    """Container of `X`, and `X` as a dataframe or 2-D array."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse data was passed, but dense data is required. Use '.toarray()' to "
            "convert to a dense numpy array."
        )
    if nw.dependencies.is_pandas_dataframe(X):
        container = PandasTables
    elif nw.dependencies.is_polars_dataframe(X):
        container = PolarsTables
    else:
        refuse_other_containers(X)
        container, X = NumpyTables, as_array(X)
    if X.shape[1] == 0:
        raise ValueError(
            f"Found 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    _check_names(container.names(X))
    return container, X


def _check_names(names):
    for at, name in enumerate(names):
        if not isinstance(name, str) and missing_objects(object_array([name])).any():
            raise ValueError(
                f"Column {at} (from 0) has no name but {name!r}: give it a name."
            )
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise column_error(repeated, "has the name of another one: rename one of them.")
