"""Columns of an encoded matrix as numbers in the user's units, and back."""

import numpy as np


class Units:
    """Converts single columns; booleans are 0 and 1.

    Parameters
    ----------
    codec : TableCodec
        Fitted.
    """

    def __init__(self, codec):
        self.codec = codec
        nothing = np.full((0, len(codec.columns_)), np.nan)
        self.columns = codec.values(nothing).columns

    def numbers(self, z, position):
        """Encoded cells as numbers.

        Parameters
        ----------
        z : ndarray of shape (n_rows,)
        position : int
        """
        values = self.codec.column_values(z, position)
        table = self._booleans(position)
        if table is None:
            return values
        known = ~np.isnan(values)
        out = np.full(len(values), np.nan)
        out[known] = table[values[known].astype(np.intp)]
        return out

    def step(self, position):
        """Distance between values of a column on a grid, else 0."""
        return self.columns[position].step or 0.0

    def encode(self, numbers, position):
        """Numbers as encoded cells, on the grid of the column; NaN where it has none.

        Parameters
        ----------
        numbers : ndarray of shape (n_rows,)
        position : int
        """
        table = self._booleans(position)
        if table is None:
            finite = np.where(np.isfinite(numbers), numbers, np.nan)
            return self.codec.to_encoded(finite, position)
        out = np.full(len(numbers), np.nan)
        for code, number in enumerate(table):
            out[numbers == number] = code
        return out

    def _booleans(self, position):
        column = self.columns[position]
        if column.kind != "boolean":
            return None
        return np.array(list(map(float, column.categories)))
