"""Copies of rows, which count like the weight of one row."""

import numpy as np

#: rows with equal numbers that may be copies: more of them hold a frequent value
MAX_COPIES = 10
#: by which equal rows exceed their expected number
STANDARD_ERRORS = 3


def merge_copies(Z, weights, columns):
    """Merge rows that are copies of each other, and add up their weights.

    So a row that stands twice is the same as a row of weight two, also where a model
    holds out some rows: a copy there would make it overfit. Equal rows are copies where
    rows that agree in the column of most numbers agree in all others as well, more
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
    numbers = [j for j, column in enumerate(columns) if not column.discrete]
    if not numbers or len(columns) < 2:
        return Z, weights
    found = [np.unique(cells[:, j], return_inverse=True) for j in numbers]
    # how many rows hold the value of each row
    held = np.stack([np.bincount(of.reshape(-1))[of.reshape(-1)] for _, of in found])
    most_distinct = int(np.argmax([len(values) for values, _ in found]))
    rare = held[most_distinct] <= MAX_COPIES
    n_pairs = (held[most_distinct][rare] - 1).sum() / 2
    if not n_pairs:
        return Z, weights
    rows = np.ascontiguousarray(cells).view(np.dtype((np.void, cells[:1].nbytes)))
    _, first, of_row = np.unique(rows.ravel(), return_index=True, return_inverse=True)
    of_row = of_row.reshape(-1)
    n_equal = (np.bincount(of_row)[of_row][rare] - 1).sum() / 2
    others = np.delete(cells, numbers[most_distinct], axis=1)
    chance = np.prod([_equality(z) for z in others.T])
    n_expected = chance * n_pairs
    surprise = STANDARD_ERRORS * np.sqrt(n_expected * (1 - chance))
    if n_equal < max((n_pairs + n_expected) / 2, n_expected + surprise):
        return Z, weights
    # a row of frequent values only may coincide with others by chance
    merged = (held <= MAX_COPIES).any(axis=0)
    target = np.where(merged, first[of_row], np.arange(len(Z)))
    total = np.bincount(target, weights=weights, minlength=len(Z))
    kept = target == np.arange(len(Z))
    return Z[kept], total[kept]


def _equality(z):
    """Probability that two rows have equal values."""
    share = np.unique(z, return_counts=True)[1] / len(z)
    return share @ share
