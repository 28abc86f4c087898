"""Arrays and lists of rows as tables, checked."""

from collections.abc import Mapping
from os import PathLike

import narwhals.stable.v2 as nw
import numpy as np

#: what numpy writes where it converts a missing cell to text
_MISSING_AS_TEXT = ("nan", "None", "NaT", "<NA>")


def is_dataframe(X):
    """Whether `X` is a dataframe of a supported library."""
    found = nw.dependencies
    return found.is_pandas_dataframe(X) or found.is_polars_dataframe(X)


def refuse_other_containers(X):
    """Raise for series, unsupported dataframes and unsupported arrays."""
    if nw.dependencies.is_into_series(X):
        raise ValueError(
            f"Expected a 2-dimensional container but got {type(X)} instead. Pass a "
            "DataFrame containing a single row (i.e. single sample) or a single column "
            "(i.e. single feature) instead."
        )
    if nw.dependencies.is_polars_lazyframe(X):
        raise TypeError(
            "X is a polars LazyFrame, whose rows are not known: collect it."
        )
    if nw.dependencies.is_dask_dataframe(X):
        raise TypeError(
            "X is a dask DataFrame, whose rows are not in one place: collect them by "
            "its compute(), or fit to it by skgen.distributed.fit_dask."
        )
    if nw.dependencies.is_into_dataframe(X):
        raise TypeError(f"X is a {type(X)}: convert it to pandas or polars.")
    if isinstance(X, np.matrix | np.ma.MaskedArray):
        raise TypeError(
            f"X is a {type(X).__name__}, which is not supported: convert it with "
            "numpy.asarray, after filling masked cells with NaN."
        )


def as_array(X):
    """Convert an array or list of rows to a 2-D array; an error if it is none."""
    try:
        array = _rows_as_array(X) if isinstance(X, list | tuple) else np.asarray(X)
    except ValueError:
        if isinstance(X, list | tuple):
            raise
        raise _no_table(X) from None  # numpy tries to stack what it iterates over
    if array.dtype.names is not None:
        raise TypeError(
            "X is a structured array, which is not supported: pass pandas.DataFrame(X)."
        )
    if array.ndim == 0 and not isinstance(X, np.ndarray):
        raise _no_table(X)
    if array.ndim < 2:
        found = "1D" if array.ndim else "scalar"
        raise ValueError(
            f"Expected 2D array, got {found} array instead.\nReshape your data either "
            "using array.reshape(-1, 1) if your data has a single feature or "
            "array.reshape(1, -1) if it contains a single sample."
        )
    if array.ndim > 2:
        raise ValueError(
            f"Found array with dim {array.ndim}, while dim <= 2 is required."
        )
    _refuse_missing_as_text(array)
    return array


def _refuse_missing_as_text(array):
    """Raise where numpy seems to have written missing cells as text."""
    for text in _MISSING_AS_TEXT if array.dtype.kind == "U" else ():
        columns = np.flatnonzero((array == text).any(axis=0))
        if len(columns):
            raise ValueError(
                f"Column {columns[0]} holds the text {text!r}, as numpy writes missing "
                f"cells in an array of dtype {array.dtype}, which has no others. Pass "
                "np.array(rows, dtype=object) or a dataframe, where cells can be "
                f"missing; or X.astype(object) if {text!r} is a category."
            )


def _rows_as_array(X):
    if any(map(is_dataframe, X)):
        raise TypeError(
            f"X is a {type(X).__name__} of dataframes: pass one of them, or all in one."
        )
    if any(isinstance(row, Mapping) for row in X):
        raise TypeError(
            f"X is a {type(X).__name__} of dicts, which is not supported: pass "
            "pandas.DataFrame(X)."
        )
    ragged = ValueError(
        "The rows of X have different numbers of cells. Give all rows the same "
        "number of cells, None where one is missing."
    )
    try:
        # numpy would write the numbers of mixed rows as text
        array = np.array(X, dtype=object)
    except ValueError:  # it cannot stack the arrays among the rows
        raise ragged from None
    if array.ndim == 1 and any(isinstance(r, list | tuple | np.ndarray) for r in X):
        raise ragged
    plain = set(map(type, array.flat)) <= {bool, int, float}
    return np.asarray(X) if plain else array


def _no_table(X):
    """Exception for objects that are neither dataframes nor arrays of rows."""
    if isinstance(X, str | bytes | PathLike):
        remedy = "read the file first, such as with pandas.read_csv"
    elif isinstance(X, Mapping):
        remedy = "pass pandas.DataFrame(X)"
    else:
        remedy = "pass a dataframe, a 2-D array or a list of rows"
    found = "None" if X is None else f"a {type(X).__name__}"
    return TypeError(f"X is {found}, which is no table: {remedy}.")
