"""Rows of a table that are copies of others."""

import numpy as np

from skgen._math.hashing import mix
from skgen._table.cells import RowCopies

#: copies of a row beyond which it is taken to occur that often
MAX_COPIES = 10
#: share of the different rows with at most the usual number of copies
USUAL = 0.95
MISSING = np.uint64(0x5DEECE66D)  # in place of a missing cell


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
        values = np.where(column.missing, MISSING, values.astype(np.uint64))
        key = mix(key ^ mix(values))
    return key
