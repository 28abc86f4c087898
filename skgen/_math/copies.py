"""Copies of rows, which count like the weight of one row."""

import numpy as np

#: distinct rows from which on equal rows may be copies, and their mean number
MIN_DISTINCT, MAX_COPIES = 100, 10


def merge_copies(Z, weights, columns):
    """Merge rows that are copies of each other, and add up their weights.

    So a row that stands twice is the same as a row of weight two, also where a model
    holds out some rows: a copy there would make it overfit. Equal rows are copies where
    some column of numbers tells most distinct rows apart. Elsewhere, as in tables of
    few categories, they coincide by chance, and stay.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN marks missing cells.
    weights : ndarray of shape (n_rows,)
    columns : sequence of Column
        `discrete` is used.

    Returns
    -------
    Z, weights : ndarray
        Of the distinct rows, in the order in which they first occur; the arrays that
        were passed if there are no copies.
    """
    # all NaN alike, and so are both zeros
    cells = np.where(np.isnan(Z), np.nan, Z + 0.0)
    numbers = [j for j, column in enumerate(columns) if not column.discrete]
    n_values = [len(np.unique(cells[:, j])) for j in numbers]
    most = max(n_values, default=0)
    if most in (0, len(Z)) or 2 * most * MAX_COPIES < len(Z):
        return Z, weights
    rows = np.ascontiguousarray(cells).view(np.dtype((np.void, cells[:1].nbytes)))
    _, first, of_row = np.unique(rows.ravel(), return_index=True, return_inverse=True)
    n_distinct = len(first)
    enough = n_distinct >= MIN_DISTINCT and n_distinct * MAX_COPIES >= len(Z)
    if n_distinct == len(Z) or not enough or 2 * most < n_distinct:
        return Z, weights
    total = np.bincount(of_row.reshape(-1), weights=weights)
    order = np.argsort(first)
    return Z[first[order]], total[order]
