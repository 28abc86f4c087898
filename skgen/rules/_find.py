"""Rules of a table, found."""

import numpy as np

from skgen.rules._list import RuleList
from skgen.rules._reading import read_values
from skgen.rules._search.copies import find_copies
from skgen.rules._search.dependencies import (
    find_dependencies,
    find_one_to_one,
    measure_dependencies,
)
from skgen.rules._search.implications import find_implications
from skgen.rules._search.one_hot import find_one_hot
from skgen.rules._search.orders import find_orders
from skgen.rules._search.pairs import find_pairs
from skgen.rules._search.products import find_products
from skgen.rules._search.regressions import find_regressions
from skgen.rules._search.sums import find_absolute_values, find_sums
from skgen.rules._search.table import FEWEST_ROWS, SearchTable
from skgen.rules._search.times import find_durations


def find_rules(X, *, schema=None, identifiers="fresh"):
    """Find what the columns of a table have to do with each other.

    A rule is found if all distinct rows obey it (of sums of fine numbers, 99.5 %), half
    of which it was not found on; if columns of the same values that are independent
    would not show it by chance; and if it means something: a model that knows the
    columns roughly would break it. Rules that follow from others are left out.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        A dataframe, array or list of rows.
    schema : Schema or dict, default=None
        What is known of the columns, as in `TableCodec`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns that identify the rows, as in `TableCodec`. Unless it is
        "learn", no rule is about them.

    Returns
    -------
    rules : RuleList
        A sequence of `Rule`, printed as a table, with what speaks for each in
        ``rules.found``.

    Raises
    ------
    TypeError, ValueError
        As ``TableCodec.fit``.

    Notes
    -----
    The evidence of a rule is minus the logarithm of the probability that it holds by
    chance in the rows on which it was verified, in nats. It must exceed the logarithm
    of the number of candidates of its kind by 9, so that a table of independent columns
    shows a rule of a kind with probability of about exp(-9). Nothing is random: the two
    halves depend on the cells of the rows only.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skgen.rules import find_rules
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.integers(1, 9_999, (200, 2)) / 100, columns=["net", "tax"])
    >>> X["total"] = (X["net"] + X["tax"]).round(2)
    >>> rules = find_rules(X)
    >>> print(rules)
    total = net + tax  holds in 100 of 100 rows, evidence 527
    """
    return find_in_values(read_values(X, schema=schema, identifiers=identifiers))


def find_in_values(values, sample_weight=None):
    """Find rules in the numbers of a table, as `find_rules` does.

    Parameters
    ----------
    values : Values
        As ``TableCodec.values`` returns them.
    sample_weight : ndarray of shape (n_samples,), default=None
        Rows of weight 0 do not count; other weights do not matter.

    Returns
    -------
    rules : RuleList
    """
    # differences and products of huge numbers, of which none is a rule
    with np.errstate(all="ignore"):
        return RuleList(_search(values, sample_weight))


def _search(values, sample_weight):
    table = SearchTable(values, sample_weight)
    if table.n_first < FEWEST_ROWS:
        return []
    find_copies(table)
    nats = measure_dependencies(table)
    find_one_to_one(table, nats)
    find_one_hot(table)
    find_sums(table)
    find_regressions(table)
    find_durations(table)
    find_absolute_values(table)
    find_products(table)
    find_dependencies(table, nats)
    find_pairs(table)
    find_orders(table)
    find_implications(table)
    return table.found
