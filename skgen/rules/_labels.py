"""Values of cells as users write them, and as numbers of `Values`."""

import numpy as np

from skgen._table.cells import column_error

NUMERIC = ("number", "time", "duration", "boolean")
LABELS = ("level", "boolean")


def label_of(column, number):
    """Value of a cell as a user writes it: a label, a float, or a date of ISO 8601.

    Parameters
    ----------
    column : ValueColumn
    number : float
        Number of the cell in `Values`; NaN for None, a missing cell.
    """
    if np.isnan(number):
        return None
    if column.kind in LABELS:
        return column.categories[int(number)]
    if column.kind != "time":
        return float(number)
    text = str(np.datetime64(round(number * 10**6), "us"))
    return text.removesuffix(".000000").removesuffix("T00:00:00")


def number_of(column, label):
    """Number of a value in `Values`: inverse of `label_of`.

    NaN for None, and for a label that is no category of the column.

    Raises
    ------
    ValueError
        If a column of numbers is compared with something else.
    """
    if label is None:
        return np.nan
    if column.kind in LABELS:
        known = list(column.categories)
        return float(known.index(label)) if label in known else np.nan
    try:
        if column.kind == "time":
            return np.datetime64(label, "us").astype(np.int64) / 10**6
        return float(label)
    except (TypeError, ValueError):
        expected = "a date of ISO 8601" if column.kind == "time" else "a number"
        raise column_error(
            column.name,
            f"holds values of the kind {column.kind!r}, but a rule compares it with "
            f"{label!r}. Give {expected}.",
        ) from None


def is_equal(numbers, number):
    """Which numbers equal another one, up to rounding errors."""
    return np.abs(numbers - number) <= 1e-12 * np.abs(number)


def positions_of(column, labels):
    """Positions in a list of labels of each category or number of a column.

    Parameters
    ----------
    column : ValueColumn
    labels : list
        Values of the column.

    Returns
    -------
    find : callable
        From an array of numbers of `Values` to positions, -1 where a number is NaN or
        not listed.
    """
    numbers = np.array([number_of(column, label) for label in labels], dtype=float)
    known = np.flatnonzero(~np.isnan(numbers))
    order = known[np.argsort(numbers[known])]
    ordered = numbers[order]

    def find(cells):
        if len(order) == 0:
            return np.full(len(cells), -1)
        upper = np.searchsorted(ordered, cells).clip(0, len(order) - 1)
        lower = np.maximum(upper - 1, 0)
        near = np.abs(ordered[lower] - cells) < np.abs(ordered[upper] - cells)
        at = np.where(near, lower, upper)
        return np.where(is_equal(cells, ordered[at]), order[at], -1)

    return find
