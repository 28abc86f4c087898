"""Rows of a table that are copies of others, which change no verdict on a column."""

import numpy as np

from skgen._math.hashing import mix
from skgen._table.cells import RowCopies

#: share of different rows from which on copies are too few to matter
FEW_COPIES = 0.9
#: share of the different rows that columns distinguish, so that copies count once
DISTINGUISHED = 0.5
_MISSING = np.uint64(0x5DEECE66D)  # in place of a missing cell


def find_copies(cells):
    """Find, for each column of a table, which rows to count.

    A copy of a row does not count if the other columns distinguish most rows. Where
    they do not, such as in a table of a city and its country, equal rows need not be
    copies.

    Parameters
    ----------
    cells : list of Cells
        Of all columns.

    Returns
    -------
    rows : list of RowCopies
    """
    if not cells:
        return []
    key = sum(map(_hash, cells, range(len(cells))))
    keys, first = np.unique(key, return_index=True)
    if len(keys) >= FEW_COPIES * len(key):
        return [RowCopies()] * len(cells)
    is_first = np.zeros(len(key), dtype=bool)
    is_first[first] = True
    rows = []
    for at, column in enumerate(cells):
        others = np.unique((key - _hash(column, at))[is_first])
        apart = len(others) >= DISTINGUISHED * len(keys) and len(cells) > 1
        rows.append(RowCopies(is_first) if apart else RowCopies(certain=False))
    return rows


def _hash(cells, at):
    values = cells.values
    if values.dtype.kind == "f":
        values = (values.astype(np.float64) + 0.0).view(np.uint64)
    return mix(np.where(cells.missing, _MISSING, values.astype(np.uint64)), at)
