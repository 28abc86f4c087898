"""Differences of ordered columns, which only the columns after both are drawn from.

Rows that keep an order may still give themselves away by how far apart its columns are,
if that depends on other columns: trees see a difference of two columns only roughly.
"""

import numpy as np

from skgen._plan.auxiliary import cells_column
from skgen.conditionals._base import PredictorTable, fit_column_ranks


class Differences:
    """Differences of pairs of columns of a model, after its columns in position.

    Parameters
    ----------
    pairs : list of (int, int)
        Positions in the model of a lower and an upper column.
    positions : ndarray of int
        Positions in the table of the columns of the model.
    units : Units or None
        None if there are no pairs.
    """

    def __init__(self, pairs, positions, units):
        self.pairs, self._positions, self._units = pairs, positions, units

    def fit(self, Z, columns, sample_weight):
        """Describe the differences; forget those that no row has.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        columns : sequence of Column
            Those of the model.
        sample_weight : ndarray of shape (n_rows,)
        """
        self.first, self.columns, self.ranks, pairs = len(columns), [], [], []
        for pair in self.pairs:
            z = self._between(Z, *pair)
            if np.isnan(z).all():
                continue
            name = f"{columns[pair[1]].name} - {columns[pair[0]].name}"
            column = cells_column(name, z, on_grid=False)
            self.columns.append(column)
            self.ranks += fit_column_ranks(z[:, None], sample_weight, [column])
            pairs.append(pair)
        self.pairs = pairs
        return self

    def cells(self, Z, k):
        """Cells of one difference; NaN where a cell of the pair is."""
        return self._between(Z, *self.pairs[k])

    def _between(self, Z, *pair):
        lower, upper = (self._units.numbers(Z[:, j], self._positions[j]) for j in pair)
        return upper - lower

    def of_column(self, j):
        """Places of the differences of a column with others."""
        return [k for k, pair in enumerate(self.pairs) if j in pair]

    def after(self, j, drawn):
        """Positions of those that are known once a column is drawn after others."""
        return [
            self.first + k
            for k in self.of_column(j)
            if all(other == j or other in drawn for other in self.pairs[k])
        ]


class TableWithDifferences(PredictorTable):
    """The cells of a model, and differences that follow from them, as predictors."""

    def __init__(self, Z, ranks, differences):
        super().__init__(Z, ranks)
        self.differences = differences
        cells = np.full((len(Z), len(differences.pairs)), np.nan)
        self.beside = PredictorTable(cells, differences.ranks)
        self._measure(range(len(differences.pairs)), np.arange(len(Z)))

    def take(self, rows, columns, *, ranked):
        own = columns < self.Z.shape[1]
        if own.all():
            return super().take(rows, columns, ranked=ranked)
        at = columns[~own] - self.Z.shape[1]
        cells = super().take(rows, columns[own], ranked=ranked)
        out = np.empty((len(cells), len(columns)), dtype=cells.dtype)
        out[:, own], out[:, ~own] = cells, self.beside.take(rows, at, ranked=ranked)
        return out

    def put(self, j, rows, z):
        super().put(j, rows, z)
        self._measure(self.differences.of_column(j), rows)

    def _measure(self, places, rows):
        for k in places:
            self.beside.put(k, rows, self.differences.cells(self.Z[rows], k))

    def repeated(self, rows):
        table = object.__new__(TableWithDifferences)
        vars(table).update(vars(super().repeated(rows)))
        table.differences = self.differences
        table.beside = self.beside.repeated(rows)
        return table

    def copy_rows(self, rows, source):
        super().copy_rows(rows, source)
        self.beside.copy_rows(rows, source)
