"""Cells of new rows of which nothing was learned at fit."""

import numpy as np


def check_treatments(handle_unknown, n_columns):
    """Treatment of the unknown cells of each column, as a list."""
    one = isinstance(handle_unknown, str)
    treatments = [handle_unknown] * n_columns if one else list(handle_unknown)
    for treatment in treatments:
        if treatment not in ("error", "missing"):
            raise ValueError(
                f"handle_unknown must be 'error' or 'missing'; got {treatment!r}."
            )
    return treatments


def encode_cells(codec, cells, treatment):
    """Numbers of the cells of a column, and which observed cells are unknown.

    Parameters
    ----------
    codec : Kind
        Fitted to the column.
    cells : Cells
    treatment : {"error", "missing"}
        Of the unknown cells.

    Returns
    -------
    z : ndarray of shape (n_samples,)
        NaN where a cell is missing or unknown.
    unknown : ndarray of bool of shape (n_samples,)
    """
    z = codec.encode(cells)
    unknown = np.isnan(z) & ~cells.missing
    if unknown.any() and codec.column.kind != "identifier":
        some = cells.take(unknown)
        # a column of another type has no category in common, which is a mistake
        if not codec.is_same_sort(some):
            raise codec.other_sort(some)
        if treatment == "error":
            remedy = "set handle_unknown='missing', which treats it as missing"
            raise codec.unknown_error(some, remedy)
    return z, unknown
