"""Masked columns without rare categories and without the tails of their numbers."""

from functools import partial
from typing import NamedTuple

import numpy as np

from skgen._math.privacy.coarsening import (
    allowed_numbers,
    frequent_counts,
    nearest_allowed,
    rare_numbers,
    replace_rare_levels,
)
from skgen._table.cells import column_error
from skgen._table.faults import Faults


class CoarsenedTable(NamedTuple):
    """A table whose masked columns hold no rare category and no tails of numbers."""

    table: object
    Z: np.ndarray  # encoded cells
    original: np.ndarray  # encoded cells before coarsening
    usable_as_given: np.ndarray  # mask: False for categories replaced at random
    allowed: dict  # of each masked numeric column, the numbers that may be drawn
    rare: dict  # and those that must be replaced


def coarsen(codec, X, columns, min_count, rng):
    """Replace rare categories and clip the tails of numbers in some columns.

    Parameters
    ----------
    codec : TableCodec
        Fitted to X.
    X : table of shape (n_samples, n_features)
    columns : ndarray of int
    min_count : int
        A value held by fewer rows is rare.
    rng : numpy.random.Generator

    Returns
    -------
    coarse : CoarsenedTable

    Raises
    ------
    ValueError
        If no value of some columns may be drawn.
    """
    original = codec.encode(X)
    Z, usable = original.copy(), np.ones(original.shape, dtype=bool)
    allowed, rare = {}, {}
    faults = Faults()
    # with min_count=1 no value is rare
    for j in columns.tolist() if min_count > 1 else []:
        column, z = codec.columns_[j], original[:, j]
        with faults:
            if column.discrete:
                counts = frequent_counts(z, column.n_categories, min_count)
                if not counts.any():
                    raise _nothing_allowed(column, z, min_count)
                Z[:, j] = replace_rare_levels(z, counts, rng)
                usable[:, j] = Z[:, j] == z
            elif column.modelled:
                settle = partial(codec.settle, position=j)
                numbers = allowed_numbers(z, min_count, settle)
                if not len(numbers):
                    raise _nothing_allowed(column, z, min_count)
                allowed[j], rare[j] = numbers, rare_numbers(z, min_count)
                Z[:, j] = np.clip(z, numbers[0], numbers[-1])
    faults.raise_all()
    table = _replace_changed(codec, X, Z, original)
    return CoarsenedTable(table, Z, original, usable, allowed, rare)


def snap_training_numbers(codec, X, coarse):
    """The coarsened table with all masked numbers moved to the nearest allowed one."""
    Z = coarse.Z.copy()
    for j, numbers in coarse.allowed.items():
        Z[:, j] = nearest_allowed(Z[:, j], numbers)
    return coarse._replace(table=_replace_changed(codec, X, Z, coarse.original), Z=Z)


def snap_drawn_numbers(codec, Z, coarse):
    """Drawn cells, with rare numbers moved to the nearest allowed one."""
    Z = Z.copy()
    for j, numbers in coarse.allowed.items():
        z = np.clip(codec.settle(Z[:, j], j), numbers[0], numbers[-1])
        moved = np.isin(z, coarse.rare[j])
        z[moved] = nearest_allowed(z[moved], numbers)
        Z[:, j] = z
    return Z


def _replace_changed(codec, X, Z, original):
    return codec.replace(X, Z, (original != Z) & ~np.isnan(Z))


def _nothing_allowed(column, z, min_count):
    """Exception that says how to make values of a column less rare."""
    known = z[~np.isnan(z)]
    why = f"each is held by fewer than {min_count} rows"
    if len(known) < min_count:
        why, remedy = f"it has only {len(known)} known cells", ""
    elif column.discrete:
        remedy = "merge categories, "
    else:
        why += ", and neighbours are one step apart"
        what = "times" if column.kind_class.temporal else "numbers"
        longer = np.ceil(min_count * (np.ptp(known) + 1) / len(known))
        remedy = f"round its {what} to steps at least {longer:.0f} times as long"
        remedy += f" (now in steps of {column.steps}), " if column.steps else ", "
    return column_error(
        column.name,
        f"holds no value that min_count={min_count} allows to draw: {why}. Lower "
        f"min_count, {remedy}or drop the column.",
    )
