"""What a table holds, without any model: its columns, and the rules between them."""

import numpy as np

from skgen.rules import find_in_values
from skgen.table import TableCodec


def describe(
    X,
    *,
    categorical_features="from_dtype",
    schema=None,
    identifiers="fresh",
    rules="auto",
):
    """Find what the columns of a table hold, and the rules between them.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        A dataframe, array or list of rows.
    categorical_features : "from_dtype", None, or array-like, default="from_dtype"
        Columns of numbers or booleans to treat as categories, as in `TableCodec`.
    schema : Schema or dict, default=None
        Corrections of what is found, as in `TableCodec`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns that identify the rows, as in `TableCodec`.
    rules : "auto", list of Rule or None, default="auto"
        What columns have to do with each other, such as a total that is the sum of its
        parts. "auto" takes the rules of `schema` if it has some, otherwise those that
        are found in `X`, as by :func:`skgen.rules.find_rules`.

    Returns
    -------
    schema : Schema
        A mapping from columns to `ColumnSchema`, printed as a table; its `rules` are
        printed below. Pass it, or a corrected one, to the parameter `schema` of any
        estimator.

    Raises
    ------
    TypeError, ValueError
        As `TableCodec.fit`; or if a rule of the list does not fit the columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen import describe
    >>> X = pd.DataFrame({"dose": [0.5, 2.5] * 20, "arm": list("aabb") * 10})
    >>> print(describe(X))
    dose  continuous   only 0.5 (50 %), 2.5 (50 %)
    arm   categorical  a (50 %), b (50 %)
    """
    codec = TableCodec(
        categorical_features=categorical_features,
        schema=schema,
        identifiers=identifiers,
    )
    found = codec.fit(X).schema_
    if rules is None:
        return found
    declared = getattr(schema, "rules", ()) if isinstance(rules, str) else rules
    if declared or not isinstance(rules, str):
        values = codec.values(np.empty((0, len(codec.columns_))))
        for rule in declared:
            rule.validate(values.columns)
        return found.with_rules(declared)
    values = codec.values(codec.encode(X))
    return found.with_rules(find_in_values(values))
