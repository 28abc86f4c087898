"""Means, medians and modes of draws as cells of a table."""

from functools import partial

import numpy as np

from skgen._table.containers.tables import as_table
from skgen._table.numbers import NumberCells
from skgen._table.rows import take_rows
from skgen.imputation._rules import average_auxiliary, settle_averages


def fill_averages(codec, X, Z, missing, impute, strategy, plan=None):
    """Copy of X with missing cells filled by the mean, median or mode of draws.

    Parameters
    ----------
    codec : TableCodec
        Fitted to tables like X.
    X : table of shape (n_samples, n_features)
    Z : ndarray of shape (n_samples, n_features)
        Encoded cells; changed in place.
    missing : ndarray of bool of shape (n_samples, n_features)
        Which cells to fill; those of columns that models do not see stay missing.
    impute : callable
        Takes some rows of X and returns several completed tables.
    strategy : {"mean", "median"}
    plan : Plan or None, default=None
        Keeps rules between the cells of a row.
    """
    columns, missing = codec.columns_, missing.copy()
    missing[:, [not column.modelled for column in columns]] = False
    rows = np.flatnonzero(missing.any(axis=1))
    if len(rows):
        hidden = missing[rows]
        tables = impute(take_rows(X, rows))
        # cells of unknown categories stand in these tables, too
        encode = partial(codec.encode, handle_unknown="missing")
        drawn = np.stack([encode(table) for table in tables])
        draws = drawn[:, hidden]
        at = np.nonzero(hidden)[1]
        discrete = np.array([column.discrete for column in columns])[at]
        texts_to = np.array([column.texts_to for column in columns])[at]
        Z[missing] = average_draws(draws, discrete, strategy, texts_to)
        if plan is not None:
            Z[rows] = _settled(plan, Z[rows], hidden, drawn, strategy)
    return write_averages(codec, X, Z, missing)


def _settled(plan, Z, hidden, drawn, strategy):
    """Rows whose averages keep rules."""
    n_features = Z.shape[1]
    known = np.full((len(Z), plan.n_columns), np.nan)
    known[:, :n_features] = np.where(hidden, np.nan, Z)
    plan.measure(known)
    average = partial(average_draws, strategy=strategy)
    averages = np.hstack([Z, average_auxiliary(plan, drawn, average)])
    settled = settle_averages(plan, known, averages)[:, :n_features]
    return np.where(hidden & ~np.isnan(settled), settled, Z)


def average_draws(draws, discrete, strategy, texts_to=-np.inf):
    """Mean or median of each column of draws; the mode of discrete columns.

    Parameters
    ----------
    draws : ndarray of shape (n_draws, n_cells)
    discrete : ndarray of bool of shape (n_cells,)
    strategy : {"mean", "median"}
    texts_to : ndarray of shape (n_cells,), default=-inf
        Greatest number that stands for a text. Where most draws are texts, they have
        no mean; elsewhere texts are left out of it.

    Returns
    -------
    values : ndarray of shape (n_cells,)
    """
    is_text = draws <= texts_to
    discrete = discrete | (is_text.mean(axis=0) > 0.5)
    centre = np.mean if strategy == "mean" else np.median
    values = centre(draws, axis=0)
    for at in np.flatnonzero(is_text.any(axis=0) & ~discrete):
        values[at] = centre(draws[~is_text[:, at], at])
    values[discrete] = _most_frequent(draws[:, discrete])
    return values


def _most_frequent(draws):
    """Most frequent value of each column of draws.

    The first one wins a tie, which is random as the draws are in random order.
    """
    counts = np.stack([(draws == row).sum(axis=0) for row in draws])
    return np.take_along_axis(draws, counts.argmax(axis=0)[None], axis=0)[0]


def write_averages(codec, X, Z, cells):
    """Copy of X with some cells replaced, floats without rounding to a grid.

    Parameters
    ----------
    codec : TableCodec
        Fitted to tables like X.
    X : table of shape (n_samples, n_features)
    Z : ndarray of shape (n_samples, n_features)
        Encoded cells.
    cells : ndarray of bool of shape (n_samples, n_features)
        Which cells to replace.
    """
    container, filled = as_table(codec.replace(X, Z, cells))
    changes = {}
    for j in np.flatnonzero(cells.any(axis=0)).tolist():
        described, column = codec.columns_[j], container.column(filled, j)
        if described.discrete or described.kind_class.temporal:
            continue
        found = container.read(column, described.name)
        if isinstance(found, NumberCells) and found.values.dtype.kind == "f":
            mask = cells[:, j]
            x = codec.in_units(Z[mask, j], j)
            new = NumberCells(x, np.zeros(mask.sum(), dtype=bool))
            native = container.native(column)
            changes[j] = mask, container.write(new, native, described.name)
    return container.put(filled, changes) if changes else filled
