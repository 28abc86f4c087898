"""Masked columns without the values that only few rows hold."""

from typing import NamedTuple

import numpy as np

from skgen._math.privacy.coarsening import (
    allowed_numbers,
    frequent_counts,
    nearest_allowed,
    rare_numbers,
    replace_rare_codes,
)
from skgen._table.cells import column_error


class Coarse(NamedTuple):
    """A table in which masked columns hold no rare category and no tail of numbers."""

    table: object
    Z: np.ndarray  # its encoded cells
    original: np.ndarray  # those that it had before
    telling: np.ndarray  # which cells may be given: not categories drawn at random
    allowed: dict  # for each masked column of numbers, those to move others to
    rare: dict  # and those to be moved


def coarsen(codec, X, columns, min_count, rng):
    """Replace rare categories, and cut the tails of numbers, in some columns.

    Parameters
    ----------
    codec : TableCodec
        Fitted to X.
    X : table of shape (n_samples, n_features)
    columns : ndarray of int
    min_count : int
        Number of rows from which on a value is not rare.
    rng : numpy.random.Generator

    Returns
    -------
    coarse : Coarse

    Raises
    ------
    ValueError
        If a column would have no value left.
    """
    original = codec.encode(X)
    Z, telling = original.copy(), np.ones(original.shape, dtype=bool)
    allowed, rare = {}, {}
    # no value is held by fewer than one row
    for j in columns.tolist() if min_count > 1 else []:
        column, z = codec.columns_[j], original[:, j]
        if column.discrete:
            counts = frequent_counts(z, column.n_categories, min_count)
            if not counts.any():
                raise _nothing_allowed(column, min_count, "merge categories")
            Z[:, j] = replace_rare_codes(z, counts, rng)
            telling[:, j] = Z[:, j] == z
        elif not column.all_missing:
            numbers = allowed_numbers(z, min_count, lambda z, j=j: codec.settle(z, j))
            if not len(numbers):
                raise _nothing_allowed(column, min_count, "round the numbers")
            allowed[j], rare[j] = numbers, rare_numbers(z, min_count)
            Z[:, j] = np.clip(z, numbers[0], numbers[-1])
    table = _replace(codec, X, Z, original)
    return Coarse(table, Z, original, telling, allowed, rare)


def coarsen_fully(codec, X, coarse):
    """The table with all numbers of masked columns moved to allowed ones."""
    Z = coarse.Z.copy()
    for j, numbers in coarse.allowed.items():
        Z[:, j] = nearest_allowed(Z[:, j], numbers)
    return coarse._replace(table=_replace(codec, X, Z, coarse.original), Z=Z)


def allow(codec, Z, coarse):
    """Drawn cells, numbers that few rows hold moved to the nearest allowed ones."""
    Z = Z.copy()
    for j, numbers in coarse.allowed.items():
        z = np.clip(codec.settle(Z[:, j], j), numbers[0], numbers[-1])
        moved = np.isin(z, coarse.rare[j])
        z[moved] = nearest_allowed(z[moved], numbers)
        Z[:, j] = z
    return Z


def _replace(codec, X, Z, original):
    return codec.replace(X, Z, (original != Z) & ~np.isnan(Z))


def _nothing_allowed(column, min_count, remedy):
    return column_error(
        column.name,
        f"holds no value that min_count={min_count} allows to draw: none that as many "
        f"rows hold, and no number between those that rows hold. Lower min_count, "
        f"{remedy}, or drop the column.",
    )
