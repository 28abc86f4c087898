"""Columns as a model sees them: those with cells, and marks of missing ones."""

import numpy as np

from skgen._table.cells import column_error
from skgen.table import Column

# sums of numbers beyond, and densities on a range that is narrower, may be infinite
_LARGEST, _NARROWEST = 1e300, 1e-300


class MarkedColumnsMixin:
    """Turns the matrix of a table into that of the model, and back."""

    def _model_matrix(self, Z, *, missing=np.nan, known=np.nan):
        """Columns that the model sees, with the marks of missing and known cells."""
        values = Z[:, self._modelled()]
        marked = [c.indicator_of for c in self.columns_ if c.indicator_of is not None]
        if not marked:
            return values
        marks = np.where(np.isnan(values[:, marked]), missing, known)
        return np.hstack([values, marks])

    def _table_matrix(self, Z, *, blank=True):
        """Columns of the table, with NaN where a drawn mark says so."""
        modelled = self._modelled()
        values = Z[:, : len(modelled)]
        if blank and len(modelled) < Z.shape[1]:
            # the array may be one that the model keeps
            values = values.copy()
        for j, column in enumerate(self.columns_):
            if blank and column.indicator_of is not None:
                values[Z[:, j] == 1.0, column.indicator_of] = np.nan
        if len(modelled) == self.n_features_in_:
            return values
        out = np.full((len(Z), self.n_features_in_), np.nan)
        out[:, modelled] = values
        return out

    def _modelled(self):
        """Positions of the columns that have an observed cell."""
        return [j for j, c in enumerate(self.codec_.columns_) if not c.all_missing]

    def _without_marks(self, Z):
        marks = [column.indicator_of is not None for column in self.columns_]
        return np.where(marks, np.nan, Z)


def model_columns(columns):
    """Columns with an observed cell, then one mark for each that lacks some."""
    modelled = [column for column in columns if not column.all_missing]
    flags = [
        Column(name=column.name, kind="boolean", n_categories=2, indicator_of=j)
        for j, column in enumerate(modelled)
        if column.has_missing
    ]
    return (*modelled, *flags)


def refuse_extremes(columns):
    """Raise where models would leave the numbers that float64 can hold."""
    for column in columns:
        if column.discrete or column.integer_valued:
            continue
        lower, upper = column.lower, column.upper
        if max(-lower, upper) > _LARGEST:
            raise column_error(
                column.name,
                f"holds numbers beyond {_LARGEST:g}, whose sums may be infinite. "
                "Divide it by a power of ten, or set such cells to missing (NaN).",
            )
        if 0 < upper - lower < _NARROWEST:
            raise column_error(
                column.name,
                f"spans less than {_NARROWEST:g}, where densities may be infinite. "
                "Multiply it by a power of ten.",
            )
