"""Copies of rows, which are to change no verdict on a column."""

import numpy as np

from skgen._math.hashing import mix


def first_of_copies(columns, position):
    """Mask of the rows that copy no earlier one, to judge a column by.

    A table that is stacked several times, or drawn with replacement, must get the same
    verdicts. Rows are copies if they are equal in all cells, but only if the other
    columns alone tell most rows apart: in a table of a city and its country, equal rows
    are no copies.

    Parameters
    ----------
    columns : list of ndarray of shape (n_samples,)
        Numbers of any dtype, equal where cells are equal.
    position : int
        Of the column to be judged.

    Returns
    -------
    first : ndarray of bool of shape (n_samples,)
        All True if there are no copies, or it is not known.
    """
    total = np.zeros(len(columns[position]), dtype=np.uint64)
    for at, column in enumerate(columns):
        keys = _mixed(column, at)
        total += keys
        if at == position:
            own = keys
    unique, first = np.unique(total, return_index=True)
    n_others = len(np.unique(total - own))
    if len(unique) == len(total) or 2 * n_others < len(unique):
        return np.ones(len(total), dtype=bool)
    mask = np.zeros(len(total), dtype=bool)
    mask[first] = True
    return mask


def _mixed(column, at):
    """64-bit keys of cells, others in each column."""
    column = np.asarray(column)
    if column.dtype.kind != "f":
        return mix(column.astype(np.int64).view(np.uint64), at)
    # one bit pattern for all missing cells, and one for both zeros
    column = np.where(np.isnan(column), np.nan, column.astype(np.float64) + 0.0)
    return mix(column.view(np.uint64), at)
