"""Copies of rows, which count like the weight of one row."""

import numpy as np

#: largest number of equal rows that may be copies: more of them are a frequent row
MAX_COPIES = 10


def merge_copies(Z, weights, columns):
    """Merge rows that are copies of each other, and add up their weights.

    So a row that stands twice is the same as a row of weight two, also where a model
    holds out some rows: a copy there would make it overfit. Equal rows are copies where
    rows that agree in the most telling number agree in all other columns as well, more
    often than rows of independent columns would. Elsewhere, as in tables of few
    categories, they coincide by chance, and stay.

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
    counts = [
        np.empty(0) if column.discrete else np.unique(z, return_counts=True)[1]
        for z, column in zip(cells.T, columns, strict=True)
    ]
    telling = max(range(len(columns)), key=lambda j: len(counts[j]))
    most = _n_extra(counts[telling])
    if len(columns) < 2 or not most:
        return Z, weights
    rows = np.ascontiguousarray(cells).view(np.dtype((np.void, cells[:1].nbytes)))
    _, first, of_row, counts = np.unique(
        rows.ravel(), return_index=True, return_inverse=True, return_counts=True
    )
    others = np.delete(cells, telling, axis=1)
    chance = np.prod([_agreement(z) for z in others.T])
    if _n_extra(counts) < (1 + chance) / 2 * most:
        return Z, weights
    of_row = of_row.reshape(-1)
    merged = np.where(counts <= MAX_COPIES, first, -1)[of_row]
    kept = (merged < 0) | (merged == np.arange(len(Z)))
    target = np.where(merged < 0, np.arange(len(Z)), merged)
    total = np.bincount(target, weights=weights, minlength=len(Z))
    return Z[kept], total[kept]


def _n_extra(counts):
    """Number of rows beyond the first of each value, frequent values left out."""
    return int((counts[counts <= MAX_COPIES] - 1).sum())


def _agreement(z):
    """Probability that two rows have equal values."""
    share = np.unique(z, return_counts=True)[1] / len(z)
    return share @ share
