"""Rows of a table that are copies of others."""

import numpy as np

from skgen._table.cells import RowCopies

#: copies of a row beyond which it is taken to occur that often
MAX_COPIES = 10
#: share of the different rows with at most the usual number of copies
USUAL = 0.95


def count_copies(cells):
    """Find the rows of a table that are copies of others.

    Parameters
    ----------
    cells : list of Cells
        Of all columns.

    Returns
    -------
    rows : RowCopies
    """
    key = hash_rows(cells)
    keys, first, counts = np.unique(key, return_index=True, return_counts=True)
    if len(keys) == len(key):
        return RowCopies()
    is_first = np.zeros(len(key), dtype=bool)
    is_first[first] = True
    usual = np.searchsorted(np.cumsum(np.bincount(counts)), USUAL * len(keys))
    return RowCopies(int(min(usual, MAX_COPIES)), is_first)


def hash_rows(cells):
    """A number for each row of columns; different rows hardly ever share one."""
    key = np.zeros(len(cells[0].missing), dtype=np.uint64)
    for column in cells:
        values = column.values
        if values.dtype.kind == "f":
            values = values.astype(np.float64).view(np.uint64)
        values = np.where(column.missing, np.uint64(0), values.astype(np.uint64))
        key = _mix(key ^ _mix(values + np.uint64(1) - column.missing))
    return key


def _mix(x):
    """The finaliser of splitmix64 (Steele, Lea & Flood, 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
