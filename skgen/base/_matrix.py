"""The matrix that a model sees: columns with observed cells, missing indicators."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._table.containers.tables import as_table
from skgen._table.numbers import refuse_extremes
from skgen.base._missing_indicators import fit_missing_pattern
from skgen.table import Column


class ModelMatrixMixin:
    """Turns the matrix of a table into that of the model, and back."""

    # of generators that another one fits directly to its own matrix
    _missing_pattern, _n_rows = None, 1.0

    def _set_columns(self, Z, sample_weight):
        """Set ``columns_``; learn which cells are missing unless the model does."""
        self.n_features_in_ = self.codec_.n_features_in_
        if hasattr(self.codec_, "feature_names_in_"):
            self.feature_names_in_ = self.codec_.feature_names_in_
        columns = tuple(c for c in self.codec_.columns_ if c.modelled)
        refuse_extremes(columns)
        self._missing_pattern = None
        self._n_rows = sample_weight.sum()
        if any(column.has_missing for column in columns):
            if self.models_missing_indicators:
                columns += indicator_columns(columns)
            else:
                Z = Z[:, self._modelled()]
                self._missing_pattern = fit_missing_pattern(Z, columns, sample_weight)
        self.columns_ = columns

    @property
    def schema_(self):
        """What is known of the columns of the fitted table, as a `Schema`."""
        check_is_fitted(self)
        return self.codec_.schema_

    def _encode(self, X, *, return_unknown=False):
        """The matrix of the table, NaN where a cell is missing or unknown."""
        validate_data(self, as_table(X)[1], reset=False, skip_check_array=True)
        return self.codec_.encode(
            X, handle_unknown=self.handle_unknown, return_unknown=return_unknown
        )

    def _modelled(self):
        """Positions in the table of the columns that have an observed cell."""
        return [j for j, c in enumerate(self.codec_.columns_) if c.modelled]

    def _indicators(self):
        """Positions of the missing indicators among the columns of the model."""
        return [j for j, c in enumerate(self.columns_) if c.indicator_of is not None]

    def _model_matrix(self, Z, *, missing=np.nan, known=np.nan):
        """Columns that the model sees; what indicators of missing, known cells are."""
        values, indicators = Z[:, self._modelled()], self._indicators()
        if not indicators:
            return values
        hidden = np.isnan(
            values[:, [self.columns_[j].indicator_of for j in indicators]]
        )
        return np.hstack([values, np.where(hidden, missing, known)])

    def _known_matrix(self, n_samples, given):
        """The known cells of rows to be drawn, as the model sees them."""
        if given is None:
            return np.full((n_samples, len(self.columns_)), np.nan)
        known = self._model_matrix(given.matrix(), known=0.0)
        limited = self._limited(given)
        for j in self._indicators():
            if self.columns_[j].indicator_of in limited:
                known[:, j] = 0.0
        return known

    def _limited(self, given):
        """The limits of `given` by the position of their column in the model."""
        place = {position: j for j, position in enumerate(self._modelled())}
        return {place[position]: limit for position, limit in given.limits.items()}

    def _table_matrix(self, Z):
        """Columns of the table; those without an observed cell are NaN."""
        modelled = self._modelled()
        values = Z[:, : len(modelled)]
        if len(modelled) == self.n_features_in_:
            return values
        out = np.full((len(Z), self.n_features_in_), np.nan)
        out[:, modelled] = values
        return out

    def _blank_missing(self, Z, known, given, rng):
        """Drawn rows, with NaN in the cells that are drawn as missing."""
        if self._missing_pattern is not None:
            free = np.isnan(known)
            free[:, [] if given is None else list(self._limited(given))] = False
            return self._missing_pattern.draw(Z, free, rng)
        indicators = self._indicators()
        # the array may be one that the model keeps
        Z = Z.copy() if indicators else Z
        for j in indicators:
            Z[Z[:, j] == 1.0, self.columns_[j].indicator_of] = np.nan
        return Z

    def _log_density(self, Z, rng):
        """Log-density of known cells; impossible rows get a small one, not -inf."""
        Z, n_between = round_to_grid(Z, self.columns_)
        Z[:, self._indicators()] = np.nan
        absent = find_absent(Z, self.columns_)
        Z[absent] = np.nan
        found = np.array(self._score_samples(Z, rng), dtype=np.float64)
        rare = np.log(0.5 / (self._n_rows + 1))
        impossible = np.isneginf(found)
        if impossible.any():
            floor = floor_log_density(Z[impossible], self.columns_)
            found[impossible] = rare + floor
        n_rare = n_between + absent.sum(axis=1)
        return found + rare * n_rare - log_widths(Z, self.columns_)


def indicator_columns(columns):
    """One missing indicator for each column that has missing cells, as a tuple."""
    return tuple(
        Column(name=column.name, kind="boolean", n_categories=2, indicator_of=j)
        for j, column in enumerate(columns)
        if column.has_missing
    )


def round_to_grid(Z, columns):
    """Copy of a matrix on the grids of its columns; how many cells of a row were not.

    Such a cell is not impossible, since a finer grid may show in more rows.
    """
    Z, n_between = Z.copy(), np.zeros(len(Z))
    on_grid = [j for j, column in enumerate(columns) if column.integer_valued]
    z = np.rint(Z[:, on_grid])
    n_between += (np.abs(Z[:, on_grid] - z) > 0).sum(axis=1)
    Z[:, on_grid] = z
    return Z, n_between


def find_absent(Z, columns):
    """Cells with a point mass that no row held at fit, in columns off any grid.

    The density of the numbers around it is none of it.
    """
    absent = np.zeros(Z.shape, dtype=bool)
    for j, column in enumerate(columns):
        if len(column.absent_atoms) and not column.integer_valued:
            absent[:, j] = np.isin(Z[:, j], column.absent_atoms)
    return absent


def log_widths(Z, columns):
    """Sum over the cells of the logarithm of the widths of point masses.

    Models give a probability to each point mass. This changes that of rare ones of
    columns off any grid to a density, so that it does not matter for the scores of rows
    whether such a value was found.
    """
    total = np.zeros(len(Z))
    for z, column in zip(Z.T, columns, strict=True):
        if not (column.atom_widths == 1).all():
            at = np.minimum(np.searchsorted(column.atoms, z), len(column.atoms) - 1)
            equal = column.atoms[at] == z
            total[equal] += np.log(column.atom_widths[at[equal]])
    return total


def floor_log_density(Z, columns):
    """Log-density that is positive everywhere, of independent columns.

    Categories have equal probabilities, numbers a Cauchy distribution as wide as the
    observed range.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN is an unknown cell.
    columns : sequence of Column

    Returns
    -------
    log_density : ndarray of shape (n_rows,)
    """
    total = np.zeros(len(Z))
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        if column.discrete:
            total[known] -= np.log(column.n_categories)
            continue
        half = (column.upper - column.lower) / 2 or max(1.0, abs(column.lower))
        unit = (z[known] - column.lower - half) / half
        total[known] -= np.log(np.pi * half) + 2 * np.log(np.hypot(1.0, unit))
    return total
