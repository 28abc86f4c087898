"""Tables of any container as `Values`."""

from collections.abc import Mapping

from skgen._table.columns import select_columns
from skgen._table.containers import NumpyTables, as_table
from skgen.table import Schema, TableCodec


def read_values(X, *, schema=None, identifiers="learn", names=None):
    """Numbers of a table in the user's units.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    schema : Schema or dict, default=None
        What is known of its columns, as in `TableCodec`.
    identifiers : {"fresh", "refuse", "learn"}, default="learn"
        Treatment of columns that identify the rows, as in `TableCodec`.
    names : sequence of hashable, default=None
        Columns that are enough, if the table has them.

    Returns
    -------
    values : Values
    """
    container, X = as_table(X)
    own = container.names(X)
    # in a part of an array columns have other names
    if names is not None and container is not NumpyTables and set(names) <= set(own):
        X = select_columns(X, [own.index(name) for name in names])
        if isinstance(schema, Mapping) and not isinstance(schema, Schema):
            schema = {name: schema[name] for name in names if name in schema}
    codec = TableCodec(schema=schema, identifiers=identifiers).fit(X)
    return codec.values(codec.encode(X))
