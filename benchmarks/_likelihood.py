"""Held-out log-likelihood: of the rows themselves, and of their columns in bins."""

import numpy as np
import pandas as pd
from sklearn.base import clone

from benchmarks._protocol import is_number

N_BINS = 64
MAX_ROWS = 20_000


def known_categories(rows, train):
    """Return which rows hold no category that `train` lacks."""
    known = np.ones(len(rows), dtype=bool)
    for name in rows:
        if not is_number(rows[name]):
            known &= (rows[name].isin(train[name]) | rows[name].isna()).to_numpy()
    return known


def log_likelihood(generator, train, held_out):
    """Return the mean log-density of held-out rows, in nats; None without a density.

    In skgen's base measure: lengths in the columns' own units where they are
    continuous, counting elsewhere. Rows with a category that `train` lacks are left
    out.
    """
    if not hasattr(generator, "score"):
        return None
    return float(generator.score(held_out[known_categories(held_out, train)]))


def binned_log_likelihood(generator, table, *, seed=0):
    """Return the held-out log-probability of the columns in bins, in nats a row.

    Of at most 20,000 complete rows, 80 % train and the rest are held out. Numeric
    columns become the numbers of at most 64 bins of equal counts of the training rows,
    fewer where a value holds more than one of them. The generator is fitted on these
    numbers, so the columns before are codes too where its conditionals see them. The
    figure is the log-probability of all columns but the first, given the columns
    before: that of the row less that of its first cell.

    None if the generator has no density.
    """
    if not hasattr(generator, "score"):
        return None
    rng = np.random.default_rng(seed)
    table = table.dropna()
    order = rng.permutation(len(table))[:MAX_ROWS]
    parts = np.split(order, [int(0.8 * len(order))])
    train, test = (table.iloc[part].reset_index(drop=True) for part in parts)
    test = test[known_categories(test, train)].reset_index(drop=True)
    train, test = _coded(train, test)
    model = clone(generator).set_params(random_state=seed).fit(train)
    first = test.copy()
    for name in first.columns[1:]:
        first[name] = _all_missing(first[name])
    return float(np.mean(model.score_samples(test) - model.score_samples(first)))


def _all_missing(column):
    dtype = "float64" if is_number(column) else column.dtype
    return pd.Series([None] * len(column), index=column.index, dtype=dtype)


def _coded(train, test):
    coded = [train.copy(), test.copy()]
    for name in train:
        if is_number(train[name]):
            edges = _edges(train[name].to_numpy(dtype=np.float64))
            for table in coded:
                table[name] = np.searchsorted(edges, table[name], side="right")
    return coded


def _edges(values):
    """Inner edges of at most 64 bins of equal counts, none of which splits a value."""
    shares = np.arange(1, N_BINS) / N_BINS
    edges = np.unique(np.quantile(values, shares, method="inverted_cdf"))
    return edges[edges > values.min()]
