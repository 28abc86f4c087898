"""Base of the predictors that fit a generator to X and y as one table of numbers."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._table.columns import add_columns
from skgen._table.containers.tables import as_table
from skgen._table.identifiers.columns import warn_of_identifiers
from skgen._table.kinds import facts_of_encoded
from skgen._table.rows import n_rows, table_from_columns, take_rows
from skgen._utils.callbacks import fit_task
from skgen._utils.estimators import change_parameter, clone_seeded, drop_weightless_rows
from skgen._utils.mixins import GenerativeWrapper
from skgen.generators import AutoregressiveGenerator
from skgen.table import codec_for


class GenerativePredictor(GenerativeWrapper, BaseEstimator):
    """A predictor whose `generator` is fitted to a table of numbers.

    Categories are encoded as numbers, so that a generator of some rows knows those of
    the whole table, and any cell can be made missing whatever its dtype was.
    """

    _needed = None  # method of the generator that predictions call

    @staticmethod
    def _default_components():
        return {"generator": AutoregressiveGenerator}

    def _read_training(self, X, y, sample_weight, n_targets):
        """Encoded X, y and weights of the rows with positive weight."""
        generator = self._component("generator")
        self._check_generator(generator)
        self._check_sample_weight(generator, sample_weight)
        container, X = as_table(X)
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, y)
        self._refuse_no_rows(n_rows(X))
        rows, weights = drop_weightless_rows(np.arange(len(X)), sample_weight)
        if len(rows) < len(X):
            X, y = take_rows(X, rows), y[rows]
        self._codec = codec_for(generator, self.schema).fit(X)
        warn_of_identifiers(self._codec)
        self._names = self._library = None
        if not isinstance(X, np.ndarray):
            # y needs names that X does not use
            wider = add_columns(take_rows(X, [0]), [[0.0]] * n_targets)
            self._names = container.names(wider)
            self._library = "polars" if hasattr(X, "hstack") else "pandas"
        return self._codec.encode(X), y, weights

    def _check_generator(self, generator):
        if not hasattr(generator, self._needed):
            raise TypeError(
                f"generator: {type(generator).__name__} has no `{self._needed}`, which "
                f"{type(self).__name__} needs. Use a generator that has it, or None "
                "for the default."
            )

    def _read(self, X):
        """Encoded rows with the columns seen at fit."""
        check_is_fitted(self)
        _, X = as_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        return self._codec.encode(X, handle_unknown=self.handle_unknown)

    def _discrete(self):
        """Mask of the columns that are encoded categories."""
        return np.array([column.discrete for column in self._codec.columns_])

    def _table(self, Z, positions=None):
        """Encoded columns as a table for the generator, under their names.

        They are the first ones of the table, or those at `positions`.
        """
        if self._names is None:
            return Z
        positions = range(Z.shape[1]) if positions is None else positions
        names = [self._names[j] for j in positions]
        columns = dict(zip(names, Z.T, strict=True))
        return table_from_columns(columns, self._library)

    def _make_generator(self, discrete, rng, positions=None):
        """A seeded clone for a table of the columns at `positions`, by default all.

        It treats the columns of a mask, which may have more, as categorical.
        """
        generator = clone_seeded(self._component("generator"), rng)
        columns = self._codec.columns_
        positions = range(len(columns)) if positions is None else positions
        schema = {
            at if self._names is None else self._names[j]: facts_of_encoded(columns[j])
            for at, j in enumerate(positions)
        }
        change_parameter(generator, "schema", lambda _: schema)
        if hasattr(generator, "categorical_features"):
            mask = discrete.tolist()
            change_parameter(generator, "categorical_features", lambda _: mask)
        elif discrete.any():
            raise TypeError(
                f"generator: {type(generator).__name__} has no parameter "
                "`categorical_features`, so it takes numbers only, but some columns "
                f"are categorical. {self._instead_of_categories}"
            )
        return generator

    def _fit_generator(self, context, name, generator, table, weights):
        given = {} if weights is None else {"sample_weight": weights}
        with fit_task(context, name, generator, estimator=self, X=table):
            generator.fit(table, **given)
        return generator
