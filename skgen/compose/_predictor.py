"""What prediction by a generator has in common: X and y as one table of numbers."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted, has_fit_parameter, validate_data

from skgen._table.columns import add_columns
from skgen._table.containers import as_table
from skgen._table.rows import n_rows, table_from_columns, take_rows
from skgen._utils.callbacks import subtask
from skgen._utils.estimators import clone_seeded
from skgen._utils.generators import change_parameter, takes_tables
from skgen._utils.mixins import DefaultComponentsMixin, VersionedMixin
from skgen._utils.weights import drop_weightless_rows
from skgen.generators import AutoregressiveGenerator
from skgen.table import TableCodec


class GenerativePredictor(
    VersionedMixin, DefaultComponentsMixin, CallbackSupportMixin, BaseEstimator
):
    """A predictor whose `generator` learns a table in which all columns are numbers.

    Categories are codes, so that those of the whole table are known to all who see a
    part of it, and any cell can be made unknown whatever its dtype was.
    """

    _needed = None  # method of the generator without which nothing can be predicted

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        with_tables = takes_tables(self._component("generator"))
        tags.input_tags.allow_nan = with_tables
        tags.input_tags.categorical = with_tables
        tags.input_tags.string = with_tables
        return tags

    @staticmethod
    def _default_components():
        return {"generator": AutoregressiveGenerator}

    def _read_training(self, X, y, sample_weight, n_targets):
        """Numbers of the table, y and weights, of the rows of positive weight."""
        generator = self._component("generator")
        self._check_generator(generator, weighted=sample_weight is not None)
        container, X = as_table(X)
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, y)
        if n_rows(X) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {self.n_features_in_})) "
                f"while a minimum of 1 is required by {type(self).__name__}."
            )
        rows, weights = drop_weightless_rows(np.arange(len(X)), sample_weight)
        if len(rows) < len(X):
            X, y = take_rows(X, rows), y[rows]
        listed = getattr(generator, "categorical_features", "from_dtype")
        self._codec = TableCodec(categorical_features=listed).fit(X)
        self._names = self._library = None
        if not isinstance(X, np.ndarray):
            # y gets names that X does not use
            wider = add_columns(take_rows(X, [0]), [[0.0]] * n_targets)
            self._names = container.names(wider)
            self._library = "polars" if hasattr(X, "hstack") else "pandas"
        return self._codec.encode(X), y, weights

    def _check_generator(self, generator, weighted):
        name = type(generator).__name__
        if not hasattr(generator, self._needed):
            raise TypeError(
                f"generator: {name} has no `{self._needed}`, by which "
                f"{type(self).__name__} predicts. Use a generator that has it, or None "
                "for the default."
            )
        if weighted and not has_fit_parameter(generator, "sample_weight"):
            raise ValueError(
                f"sample_weight was passed, but the fit of the generator, {name}, does "
                "not take it. Leave it out, or use another generator."
            )

    def _read(self, X):
        """Numbers of rows of the kind that was fitted."""
        check_is_fitted(self)
        _, X = as_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        return self._codec.encode(X)

    def _discrete(self):
        """Mask of the columns of the table that hold codes."""
        return np.array([column.discrete for column in self._codec.columns_])

    def _table(self, Z, positions=None):
        """The first columns of the table, or those at `positions`, for a generator."""
        if self._names is None:
            return Z
        positions = range(Z.shape[1]) if positions is None else positions
        names = [self._names[j] for j in positions]
        columns = dict(zip(names, Z.T, strict=True))
        return table_from_columns(columns, self._library)

    def _make_generator(self, discrete, rng):
        """A seeded clone that takes the columns of the mask for categories."""
        generator = clone_seeded(self._component("generator"), rng)
        if hasattr(generator, "categorical_features"):
            mask = discrete.tolist()
            change_parameter(generator, "categorical_features", lambda _: mask)
        elif discrete.any():
            raise TypeError(
                f"generator: {type(generator).__name__} takes numbers only, having no "
                "parameter `categorical_features`, but there are categories among the "
                f"columns that it is to learn. {self._instead_of_categories}"
            )
        return generator

    def _fit_generator(self, context, name, generator, table, weights):
        given = {} if weights is None else {"sample_weight": weights}
        with subtask(context, name, generator, estimator=self, X=table):
            generator.fit(table, **given)
        return generator
