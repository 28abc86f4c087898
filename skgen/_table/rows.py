"""Rows of any container taken, joined and made, and categories declared for them."""

from importlib import import_module

import narwhals.stable.v2 as nw
import numpy as np
from sklearn.utils import _safe_indexing

from skgen._table.cells import column_error


def n_rows(X):
    """Number of rows of a table or target of any container."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def take_rows(X, indices):
    """Rows of a table or target at some positions, in the same container.

    Parameters
    ----------
    X : dataframe, series, array or list
    indices : array-like of int of shape (n,)
        Positions, which may repeat; or a boolean mask of shape (n_samples,).

    Returns
    -------
    X_taken : same type as `X`
        Rows of pandas keep their index.
    """
    indices = np.asarray(indices)
    if indices.dtype == bool:
        indices = np.flatnonzero(indices)
    if nw.dependencies.is_pandas_index(X):
        return X.take(indices.astype(np.intp))
    return _safe_indexing(X, indices.astype(np.intp), axis=0)


def concat_rows(X, new):
    """Append rows to a table or target, whose own rows stay bit-identical.

    Parameters
    ----------
    X : dataframe, series, array or list
    new : table or target of the same columns
        Cast to the dtypes of `X`; may be an array whatever the container of `X`.

    Returns
    -------
    X_all : same type as `X`
        pandas objects have a fresh RangeIndex; series keep their name.

    Raises
    ------
    ValueError
        If columns differ, or the cells of a column do not fit its dtype exactly.
    """
    if nw.dependencies.is_pandas_dataframe(X) or nw.dependencies.is_pandas_series(X):
        return _concat_pandas(X, new)
    if nw.dependencies.is_polars_dataframe(X) or nw.dependencies.is_polars_series(X):
        return _concat_polars(X, new)
    if isinstance(X, list):
        return [*X, *(new.tolist() if hasattr(new, "tolist") else new)]
    X, new = np.asarray(X), np.asarray(new)
    try:
        cast = new.astype(X.dtype)
    except (TypeError, ValueError):
        raise _does_not_fit(new.dtype, X.dtype) from None
    if X.dtype.kind not in "fO" and not np.array_equal(cast, new):
        raise _does_not_fit(new.dtype, X.dtype)
    return np.concatenate([X, cast])


def _concat_pandas(X, new):
    pd = import_module("pandas")
    if X.ndim == 1:
        column = _cast_pandas(pd.Series(new), X.dtype, X.name)
        return pd.concat([X, column], ignore_index=True).rename(X.name)
    if not nw.dependencies.is_pandas_dataframe(new):
        new = pd.DataFrame(new, columns=X.columns)
    _check_same_names(X.columns.tolist(), new.columns.tolist())
    columns = {
        position: _cast_pandas(new.iloc[:, position], X.dtypes.iloc[position], name)
        for position, name in enumerate(X.columns)
    }
    cast = pd.DataFrame(columns, index=new.index)
    cast.columns = X.columns
    return pd.concat([X, cast], ignore_index=True)


def _concat_polars(X, new):
    pl = import_module("polars")
    if nw.dependencies.is_polars_series(X):
        return pl.concat([X, _cast_polars(pl.Series(X.name, new), X.dtype, X.name)])
    if not nw.dependencies.is_polars_dataframe(new):
        new = pl.DataFrame(new, schema=X.columns, orient="row")
    _check_same_names(X.columns, new.columns)
    columns = [_cast_polars(new[name], X.schema[name], name) for name in X.columns]
    return pl.concat([X, pl.DataFrame(columns)])


def _check_same_names(names, others):
    if names != others:
        raise ValueError(
            f"The new rows must have the columns of X in the same order, {names[:10]}; "
            f"got {others[:10]}."
        )


def _cast_pandas(column, dtype, name):
    if column.dtype == dtype:
        return column
    missing = column.isna()
    if (
        hasattr(dtype, "categories")
        and not (column.isin(dtype.categories) | missing).all()
    ):
        raise _does_not_fit(column.dtype, dtype, name)
    try:
        cast = column.astype(dtype)
    except (TypeError, ValueError):
        raise _does_not_fit(column.dtype, dtype, name) from None
    exact = getattr(dtype, "kind", "O") in "iubmM"
    if not cast.isna().equals(missing) or (
        exact and not (cast == column)[~missing].all()
    ):
        raise _does_not_fit(column.dtype, dtype, name)
    return cast


def _cast_polars(column, dtype, name):
    if column.dtype == dtype:
        return column
    pl = import_module("polars")
    try:
        cast = column.cast(dtype)
    except pl.exceptions.PolarsError:
        raise _does_not_fit(column.dtype, dtype, name) from None
    if dtype.is_integer() and not (cast == column).all():
        raise _does_not_fit(column.dtype, dtype, name)
    return cast


def _does_not_fit(found, dtype, name=None):
    problem = (
        f"is of dtype {dtype}, but the new rows hold cells of dtype {found} that do "
        "not fit it: cast one of the two first."
    )
    return ValueError(f"X {problem}") if name is None else column_error(name, problem)


def table_from_columns(columns, container="pandas"):
    """Make a dataframe of columns.

    Parameters
    ----------
    columns : dict of str to ndarray of shape (n_samples,)
        For ordered categories to a tuple ``(values, categories)``, with all categories
        from lowest to highest.
    container : {"pandas", "polars"}, default="pandas"
        Library of the dataframe.

    Returns
    -------
    X : dataframe of shape (n_samples, n_features)
        Ordered categories have an ordered category dtype (pandas) or are an Enum
        (polars).

    Raises
    ------
    ImportError
        If the library is not installed.
    ValueError
        If a value is none of the categories of its column.
    """
    if container not in ("pandas", "polars"):
        raise ValueError(f"container must be 'pandas' or 'polars'; got {container!r}.")
    try:
        library = import_module(container)
    except ImportError as error:
        raise ImportError(
            f"A {container} dataframe was asked for, but {container} is not installed. "
            f'Run pip install "skgen-tabular[{container}]".'
        ) from error
    make = _ordered_pandas if container == "pandas" else _ordered_polars
    return library.DataFrame(
        {
            name: make(*column, name) if isinstance(column, tuple) else column
            for name, column in columns.items()
        }
    )


def _ordered_pandas(values, categories, name):
    pd = import_module("pandas")
    dtype = pd.CategoricalDtype(list(categories), ordered=True)
    return _cast_pandas(pd.Series(values), dtype, name)


def _ordered_polars(values, categories, name):
    pl = import_module("polars")
    return _cast_polars(pl.Series(values), pl.Enum(list(categories)), name)
