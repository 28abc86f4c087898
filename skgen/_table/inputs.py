"""What users pass, checked: tables, lists of columns, given cells."""

from collections.abc import Hashable, Mapping
from os import PathLike

import narwhals.stable.v2 as nw
import numpy as np
from scipy import sparse

from skgen._table.arrays import missing_objects
from skgen._table.cells import column_error, object_array
from skgen._table.containers import NumpyTables, PandasTables, PolarsTables

# --- tables -------------------------------------------------------------------------


def as_table(X):
    """The container of `X`, and `X` as a dataframe or 2-D array."""
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
        _refuse_other_containers(X)
        container, X = NumpyTables, _as_array(X)
    if X.shape[1] == 0:
        raise ValueError(
            f"Found 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    _check_names(container.names(X))
    return container, X


def _check_names(names):
    nameless = missing_objects(object_array(names))
    if nameless.any():
        at = nameless.argmax()
        raise ValueError(
            f"Column {at} (from 0) has no name but {names[at]!r}: give it one."
        )
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise column_error(repeated, "has the name of another one: rename one of them.")


def is_dataframe(X):
    found = nw.dependencies
    return found.is_pandas_dataframe(X) or found.is_polars_dataframe(X)


def _refuse_other_containers(X):
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


def _as_array(X):
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
    return array


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
        "The rows of X have different numbers of cells. Give all rows as many, None "
        "where a cell is missing."
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
    """The exception for what is neither a dataframe nor an array of rows."""
    if isinstance(X, str | bytes | PathLike):
        remedy = "read the file first, such as with pandas.read_csv"
    elif isinstance(X, Mapping):
        remedy = "pass pandas.DataFrame(X)"
    else:
        remedy = "pass a dataframe, a 2-D array or a list of rows"
    found = "None" if X is None else f"a {type(X).__name__}"
    return TypeError(f"X is {found}, which is no table: {remedy}.")


# --- targets and numbers ------------------------------------------------------------


def target_array(y, name="y"):
    """A target as an array of any dtype; an error for what is none.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    name : str, default="y"
        What errors call it.
    """
    if sparse.issparse(y) or isinstance(y, np.ma.MaskedArray):
        kind = "sparse" if sparse.issparse(y) else "masked"
        raise TypeError(
            f"{name} is a {kind} array, which is not supported: pass a dense one, "
            "without the rows of which the label is not known."
        )
    try:
        array = np.asarray(y)
    except ValueError:  # lists of different lengths
        raise _no_labels(name, "lists of different lengths") from None
    if array.ndim == 0:
        raise ValueError(
            f"{name} should be a 1d array with one label for each row, got a "
            f"{type(y).__name__}."
        )
    if array.dtype.names is not None:
        raise _no_labels(name, f"records with the fields {list(array.dtype.names)}")
    if array.dtype.kind == "O":
        nested = list | tuple | set | dict | np.ndarray
        type_ = next((type(x) for x in array.flat if isinstance(x, nested)), None)
        if type_ is not None:
            raise _no_labels(name, f"cells of type {type_.__name__}")
    return array


def _no_labels(name, found):
    return TypeError(
        f"{name} holds {found}: it must have one label, a number or a text, for each "
        "row."
    )


def float_array(values, name):
    """Array of float64; an error where values are no real numbers."""
    refused = TypeError(
        f"{name}: expected an array of real numbers, got a {type(values).__name__} "
        "that cannot be converted to one."
    )
    try:
        array = np.asarray(values)
        if array.dtype.kind == "c":
            raise refused
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise refused from None


# --- columns ------------------------------------------------------------------------


def check_name(parameter, name):
    """Raise an error if a parameter is given what cannot be the name of a column."""
    if not isinstance(name, Hashable):
        raise TypeError(
            f"{parameter}: expected the name of a column, got a {type(name).__name__}. "
            "Pass names, not cells."
        )


def listed_columns(categorical_features, names):
    """Mask of the columns that the user lists as categorical."""
    mask = np.zeros(len(names), dtype=bool)
    if categorical_features is None or isinstance(categorical_features, str):
        return mask
    try:
        listed = np.asarray(categorical_features)
    except ValueError:  # lists of different lengths
        listed = np.empty((0, 0))
    if listed.ndim != 1:
        raise ValueError(
            "categorical_features must be one-dimensional: a list of names or "
            f"positions, or a mask; got {categorical_features!r}."
        )
    if listed.size == 0:
        return mask
    if listed.dtype.kind == "b":
        if len(listed) != len(names):
            raise ValueError(
                "categorical_features set as a boolean mask must have shape "
                f"({len(names)},), one for each column; got {listed.shape}."
            )
        return listed
    if listed.dtype.kind in "iu":
        if listed.min() < 0 or listed.max() >= len(names):
            raise ValueError(
                "categorical_features set as integer positions must be in "
                f"[0, {len(names) - 1}]; got {listed.min()} to {listed.max()}."
            )
        mask[listed] = True
        return mask
    unknown = [name for name in listed.tolist() if name not in names]
    if unknown:
        raise ValueError(
            f"categorical_features names the column {unknown[0]!r}, which X does not "
            f"have. Its columns are {names[:10]}."
        )
    mask[[names.index(name) for name in listed.tolist()]] = True
    return mask
