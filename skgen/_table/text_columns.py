"""Text columns that hold categories, found and declared."""

from contextlib import suppress
from importlib import import_module

import narwhals.stable.v2 as nw
import numpy as np

from skgen._table.categories import are_identifiers
from skgen._table.containers import as_table


def text_columns(X):
    """Text columns of categories whose dtype does not declare them.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Dataframes as `declare_categories` returns them.

    Returns
    -------
    names : dict
        Positions mapped to names. Identifiers are left out.
    """
    container, X = as_table(X)
    texts = {}
    for position, name in enumerate(container.names(X)):
        column = container.column(X, position)
        if getattr(column.dtype, "kind", "") not in "OU":
            continue
        cells = container.read(column, name)
        if cells.free_text and not are_identifiers(
            len(cells.categories), np.sum(~cells.missing)
        ):
            texts[position] = name
    return texts


def declare_categories(X):
    """Cast text columns to a dtype that declares all their categories.

    Any rows of the result are then recognised as categories, even if all their texts
    are distinct. Columns that are identifiers in `X` itself (see `TableCodec`) are left
    as they are.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)

    Returns
    -------
    X_declared : table
        Text columns as category (pandas) or Enum (polars), except those with lone
        surrogates. Other containers are returned unchanged.
    """
    if nw.dependencies.is_pandas_dataframe(X):
        pd = import_module("pandas")
        out = X.copy(deep=False)
        for position in range(X.shape[1]):
            column = X.iloc[:, position]
            text = pd.api.types.infer_dtype(column, skipna=True) == "string"
            if text and not are_identifiers(column.nunique(), column.count()):
                # pandas has no categories of texts that UTF-8 cannot encode, which
                # older versions notice late
                with suppress(UnicodeEncodeError):
                    declared = column.astype("category")
                    hash(declared.dtype)
                    out.isetitem(position, declared)
        return out
    if nw.dependencies.is_polars_dataframe(X):
        pl = import_module("polars")
        columns = []
        for column in X.select(pl.selectors.string()):
            levels = column.drop_nulls().unique().sort()
            if not are_identifiers(len(levels), column.count()):
                columns.append(column.cast(pl.Enum(levels)))
        return X.with_columns(columns)
    return X
