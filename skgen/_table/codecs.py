"""Codecs of columns, and those of categories.

A codec fitted to a column turns its cells into float64 numbers, NaN for missing, and
numbers into cells.
"""

from itertools import repeat

import numpy as np

from skgen._table.cells import TIMES, Cells, Column, column_error, wrong_type
from skgen._table.scales import fit_numbers, fit_times, refuse_infinity

MIN_IDENTIFIERS = 10


def fit_column(cells, name, categorical=False):
    """The codec of one column.

    Parameters
    ----------
    cells : Cells
    name : hashable
    categorical : bool, default=False
        Whether the user declared the column categorical.
    """
    if cells.type == "missing" or (len(cells.missing) and cells.missing.all()):
        return MissingCodec(
            Column(name, "missing", has_missing=bool(cells.missing.any()))
        )
    if cells.type in TIMES:
        if categorical:
            raise column_error(
                name,
                f"is listed in categorical_features but holds {cells.type}s. Cast it "
                "to str or to a category dtype, or leave it out of the list.",
            )
        return fit_times(cells, name)
    if cells.type == "label" and cells.free_text and not categorical:
        _refuse_identifiers(cells, name)
    if cells.type in ("label", "boolean") or categorical:
        return _fit_factor(cells, name, categorical)
    return fit_numbers(cells, name)


def are_identifiers(n_distinct, n_observed):
    """Whether a text column with so many distinct and observed cells names its rows."""
    return n_distinct == n_observed >= MIN_IDENTIFIERS


def _refuse_identifiers(cells, name):
    n_observed = len(cells.missing) - cells.missing.sum()
    if are_identifiers(len(cells.levels), n_observed):
        raise column_error(
            name,
            f"holds {n_observed} texts, all distinct, as an identifier or free text "
            "would; learning them would only copy them. Drop the column, or list it "
            "in categorical_features to keep it as a category.",
        )


class MissingCodec:
    """Codec of a column without an observed cell."""

    def __init__(self, column):
        self.column = column

    def encode(self, cells):
        """NaN for every cell."""
        if not cells.missing.all():
            raise column_error(
                self.column.name,
                "had no observed cell at fit, so nothing is known of its values. "
                "Drop it, or fit on rows where it is observed.",
            )
        return np.full(len(cells.missing), np.nan)

    def decode(self, z, extrapolate):
        """Missing cells, whatever the numbers."""
        return Cells("missing", np.zeros(len(z)), np.ones(len(z), dtype=bool))


def _fit_factor(cells, name, categorical):
    if cells.type == "number":
        refuse_infinity(cells, name)
    distinct = np.unique(cells.values[~cells.missing])
    if cells.type == "label":
        levels, seen = cells.levels, distinct
    else:
        levels, seen = distinct, np.arange(len(distinct))
    column = Column(
        name,
        "boolean" if cells.type == "boolean" and not categorical else "categorical",
        n_categories=len(seen),
        ordered=cells.ordered,
        has_missing=bool(cells.missing.any()),
    )
    return FactorCodec(column, cells.type, levels, seen)


class FactorCodec:
    """Codec of categories and booleans: codes of the levels that were seen.

    Parameters
    ----------
    column : Column
    type : {"label", "boolean", "number"}
        Type of the cells.
    levels : ndarray
        Declared levels.
    seen : ndarray of int
        Positions in `levels` of those observed.
    """

    def __init__(self, column, type, levels, seen):
        self.column = column
        self.type = type
        self.levels = levels
        self.seen = seen

    def encode(self, cells):
        """Codes as floats; unseen categories are an error."""
        z = np.full(len(cells.missing), np.nan)
        observed = ~cells.missing
        if not observed.any():
            return z
        if cells.type in TIMES:
            raise wrong_type(self.column, cells)
        keys, positions = np.unique(cells.values[observed], return_inverse=True)
        if cells.type == "label":
            keys = cells.levels[keys]
        levels = self.levels[self.seen].tolist()
        code = {level: at for at, level in enumerate(levels)}
        codes = map(code.get, keys.tolist(), repeat(-1))
        codes = np.fromiter(codes, np.intp, len(keys))
        if (codes < 0).any():
            raise self._unseen(keys[codes < 0][0])
        z[observed] = codes[positions]
        return z

    def _unseen(self, value):
        value = value.item() if isinstance(value, np.generic) else value
        return column_error(
            self.column.name,
            f"holds the category {value!r}, which was not seen at fit. Use a category "
            "seen at fit, fit on rows that hold it, or set the cell to missing.",
        )

    def decode(self, z, extrapolate):
        """Levels of the nearest codes; missing cells where none was seen (no rows)."""
        missing = np.isnan(z) | (len(self.seen) == 0)
        if missing.all():
            return Cells("missing", np.zeros(len(z)), missing)
        codes = np.rint(np.where(missing, 0, z))
        codes = np.clip(codes, 0, len(self.seen) - 1).astype(np.intp)
        if self.type == "label":
            values = np.where(missing, -1, self.seen[codes])
            ordered = self.column.ordered
            return Cells("label", values, missing, self.levels, ordered=ordered)
        return Cells(self.type, self.levels[codes], missing)
