"""All possible rows of a table, and all values of known cells, where they are few."""

import math

import numpy as np


def known_combinations(Z, columns, most):
    """Yield the rows that know the same few cells, and all values of these cells.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN is an unknown cell. There may be more columns than described.
    columns : sequence of Column
        `discrete`, `n_categories`, `integer_valued`, `lower` and `upper` are used.
    most : int
        Largest number of combinations.

    Yields
    ------
    rows : ndarray
        Positions of rows with known and unknown cells.
    values : ndarray of shape (n_combinations, n_columns)
        All combinations of their known cells, within the observed range; NaN elsewhere.
    """
    sizes = [_n_values(column) for column in columns]
    known = ~np.isnan(Z[:, : len(columns)])
    some = np.flatnonzero(known.any(axis=1) & ~known.all(axis=1))
    patterns, which = np.unique(known[some], axis=0, return_inverse=True)
    for i, pattern in enumerate(patterns):
        chosen = np.flatnonzero(pattern)
        counts = [sizes[j] for j in chosen]
        if 0 in counts or math.prod(counts) > most:
            continue
        grid = np.indices(counts).reshape(len(counts), -1)
        values = np.full((grid.shape[1], Z.shape[1]), np.nan)
        for j, places in zip(chosen, grid, strict=True):
            first = 0.0 if columns[j].discrete else columns[j].lower
            values[:, j] = first + places
        yield some[which.reshape(-1) == i], values


def all_combinations(columns, most):
    """All possible rows of a table of few discrete columns.

    Parameters
    ----------
    columns : sequence of Column
        `n_categories` is used.
    most : int
        Largest number of rows.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_columns) or None
        None if a column is not discrete, or if there are more rows.
    """
    sizes = [column.n_categories for column in columns]
    if 0 in sizes or math.prod(sizes) > most:
        return None
    return np.indices(sizes).reshape(len(sizes), -1).T.astype(np.float64)


def _n_values(column):
    """Number of values of a category or whole number; 0 for other numbers."""
    if column.discrete:
        return column.n_categories
    return int(column.upper - column.lower) + 1 if column.integer_valued else 0
