"""BaseGenerativeSampler: the template that all samplers share."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import contextmanager
from numbers import Real
from typing import NamedTuple

import numpy as np
from imblearn.base import BaseSampler
from imblearn.utils import check_sampling_strategy
from scipy import sparse
from sklearn.base import _fit_context, clone
from sklearn.utils import check_consistent_length
from sklearn.utils._param_validation import InvalidParameterError
from sklearn.utils.validation import has_fit_parameter, validate_data

from skgen._plan.choose import share_rules
from skgen._table.columns import add_columns, select_columns
from skgen._table.containers.tables import as_table
from skgen._table.identifiers.columns import warn_of_identifiers
from skgen._table.rows import (
    concat_rows,
    n_rows,
    take_rows,
)
from skgen._utils.callbacks import fit_task
from skgen._utils.estimators import (
    change_parameter,
    check_weights,
    clone_seeded,
    copied_rows,
    takes_tables,
)
from skgen._utils.mixins import GenerativeWrapper, keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.generators import AutoregressiveGenerator
from skgen.resampling._targets import Outputs, Target, flat, read_groups, read_y
from skgen.table import TableCodec, codec_for


class TrainingRows(NamedTuple):
    """Checked input of `fit_resample`."""

    X: object  # dataframe, array or list of shape (n_samples, n_features)
    target: Target | Outputs
    classes: dict  # classes, or what takes their place, mapped to positions of rows
    codec: TableCodec | None  # fitted to X, if the generator takes tables
    weights: np.ndarray | None = None  # (n_samples,)
    groups: Target | None = None

    def table(self, *, with_target):
        """X with more columns: those of y, if asked for, and then the groups."""
        columns = list(self.target.columns) if with_target else []
        if self.groups is not None:
            columns += self.groups.columns
        return add_columns(as_table(self.X)[1], columns) if columns else self.X


class BaseGenerativeSampler(GenerativeWrapper, BaseSampler):
    """Base of the samplers of imbalanced-learn that have a `generator`.

    A subclass defines its parameters and two hooks: `_count_rows` and `_draw`. It may
    also define `_read_target`, `_default_components` and `_keeps_rows`.
    """

    #: whether the result begins with the rows of X
    _keeps_rows = True
    #: of samplers without these parameters
    schema = identifiers = categorical_features = None
    #: imbalanced-learn's hook, which `_draw` replaces
    _fit_resample = None

    @staticmethod
    def _default_components():
        return {"generator": AutoregressiveGenerator}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        # new rows are no rows of X
        tags.sampler_tags.sample_indices = False
        return tags

    def _validate_params(self):
        try:
            super()._validate_params()
        except InvalidParameterError as error:
            if not isinstance(self.generator, str | Real | Mapping):
                raise
            advice = "If it says how many rows to draw, pass it by name:"
            text = f"{error} {advice} sampling_strategy={self.generator!r}."
            raise InvalidParameterError(text) from None

    def _generator(self):
        """The generator, with the categories that the sampler lists."""
        generator = self._component("generator")
        if self.categorical_features is None:
            return generator
        if not takes_tables(generator):
            raise ValueError(
                f"categorical_features: {type(generator).__name__} takes no tables "
                "with categories. Leave it out, or use a generator of skgen."
            )
        listed = self.categorical_features
        if isinstance(listed, str) and listed == "auto":
            listed = "from_dtype"
        generator = clone(generator)
        change_parameter(generator, "categorical_features", lambda _: listed)
        return generator

    def _read_target(self, y):
        """Read y.

        Returns
        -------
        target : Target or Outputs
        strategy : object
            What `_count_rows` gets as the sampling strategy.
        """
        return read_y(y), None

    @abstractmethod
    def _count_rows(self, target, strategy):
        """Assign rows to classes, and count the rows to draw.

        Returns
        -------
        classes : dict
            Names of classes mapped to the positions of their rows. Drawn rows get the
            mean weight of the class that they are drawn for.
        wanted : dict or None
            The attribute `sampling_strategy_`.
        """

    @abstractmethod
    def _draw(self, training, rng):
        """Fit clones of the generator with `_fit_generator`, and draw the new rows.

        Parameters
        ----------
        training : TrainingRows
        rng : numpy.random.Generator

        Returns
        -------
        new : table of shape (n_new, n_columns)
            Columns as in ``training.table(with_target=...)``. The columns of y are
            needed unless y holds the classes of a single target.
        drawn_for : ndarray of int of shape (n_new,)
            Positions in ``training.classes`` of the class of each row.
        """

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Check X and y, and count the rows to draw; `fit_resample` draws them.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class or number of each row, indicators of its class or labels, or several
            targets.

        Returns
        -------
        self : object
            The sampler.
        """
        self._read(X, y)
        return self

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X, y, *, sample_weight=None, groups=None):
        """Resample X and y with rows drawn from the generator.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class or number of each row, indicators of its class or labels, or several
            targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows when the generator is fitted. A generator without
            sample_weight support is fitted to rows replicated in proportion to their
            weights. Weights do not change the number of rows drawn.
        groups : array-like of shape (n_samples,), default=None
            Group of each row, drawn with the rows as one more column.

        Returns
        -------
        X_resampled : {array-like, dataframe} of shape (n_samples_new, n_features)
            In the container and dtypes of X, with a fresh index in pandas. A sampler
            that keeps the rows of X puts them first, unchanged and in their order.
        y_resampled : array-like of shape (n_samples_new,) or (n_samples_new, n_outputs)
            Their classes or numbers, in the container and dtypes of y.

        Raises
        ------
        TypeError
            If X is sparse.
        ValueError
            If y has a single value or missing cells; if `sampling_strategy` does not
            fit y; if X has a column that cannot be modelled; if the generator hardly
            ever draws a class; if y has several targets, some of classes, and the
            generator takes no tables with categories.
        """
        training = self._read(X, y)
        training = training._replace(
            **self._read_metadata(training.X, sample_weight, groups)
        )
        rng = make_rng(self.random_state)
        new, drawn_for = self._draw(training, rng)
        return self._join(training, flat(y), flat(groups), new, drawn_for, rng)

    def _read(self, X, y):
        X = as_rows(X)
        target, strategy = self._read_target(y)
        codec = self._check_X(X, target)
        # raises an error if y has a single value, as all samplers do
        check_sampling_strategy(None, target.labels, "bypass")
        classes, wanted = self._count_rows(target, strategy)
        vars(self).pop("sampling_strategy_", None)
        if wanted is not None:
            self.sampling_strategy_ = wanted
        return TrainingRows(X, target, classes, codec)

    def _check_X(self, X, target):
        """Check X; return the codec fitted to it, if the generator takes tables."""
        codec = None
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, target.labels)
        generator = self._generator()
        if takes_tables(generator):
            codec = self._codec_for(generator).fit(X)
            warn_of_identifiers(codec)
        elif target.n_outputs > 1 and any(of.is_class for of in target.targets):
            raise ValueError(
                f"y: got {target.n_outputs} targets, some of them classes. These are "
                "drawn as columns of texts, so the generator must take tables with "
                f"categories, unlike {type(generator).__name__}. Use a generator of "
                "skgen."
            )
        self._refuse_no_rows(n_rows(X))
        return codec

    def _read_metadata(self, X, sample_weight, groups):
        """Weights and groups, checked."""
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, X)
        if groups is not None:
            generator = self._generator()
            if not takes_tables(generator):
                raise ValueError(
                    "groups: they are drawn as one more column of texts, so the "
                    "generator must take tables with categories, unlike "
                    f"{type(generator).__name__}. Leave them out, or use a generator "
                    "of skgen."
                )
            groups = read_groups(groups)
            check_consistent_length(X, groups.labels)
        return {"weights": sample_weight, "groups": groups}

    @contextmanager
    def _reporting(self, X, training, n_fits):
        """Report to the callbacks; yields the context for `_fit_generator`."""
        context = self._init_callback_context(
            task_name="fit_resample", max_subtasks=n_fits
        )
        data = {"estimator": self, "X": X, "y": training.target.labels}
        context.call_on_fit_task_begin(**data)
        yield context
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)

    def _codec_for(self, generator):
        codec = codec_for(generator, self.schema)
        if self.identifiers is not None:
            codec.identifiers = self.identifiers
        return codec

    def _prepare(self, training, table):
        """Prepare fits to rows of a table that begins with the columns of X.

        Returns
        -------
        generator : object
            Clone that knows the columns of all rows, whichever it will be fitted to.
        codec : TableCodec
            Fitted to the table.
        """
        generator, codec = clone(self._generator()), training.codec
        # lists of rows are X itself
        width = self.n_features_in_ if isinstance(table, list) else table.shape[1]
        list_categories(generator, width - self.n_features_in_)
        if codec is None or table is not training.X:
            codec = self._codec_for(generator).fit(table)
        if takes_tables(generator):
            change_parameter(generator, "schema", lambda _: codec.schema_)
        share_rules(generator, codec, codec.encode(table), training.weights)
        return generator, codec

    def _fit_generator(self, context, name, generator, X, weights, rng):
        """Fit a seeded clone; without sample_weight support, rows are replicated."""
        generator, params = clone_seeded(generator, rng), {}
        check_positive_weight(weights, name)
        if weights is not None and has_fit_parameter(generator, "sample_weight"):
            params = {"sample_weight": weights}
        elif weights is not None:
            X = take_rows(X, copied_rows(weights, rng))
        with fit_task(context, name, generator, estimator=self, X=X):
            generator.fit(X, **params)
        return generator

    def _join(self, training, y, groups, new, drawn_for, rng):
        """Set the attributes, and append the new rows to those that are kept."""
        X, target, n_features = training.X, training.target, self.n_features_in_
        n_kept = n_rows(X) if self._keeps_rows else 0
        self.is_synthetic_ = np.arange(n_kept + len(drawn_for)) >= n_kept
        for name in ("sample_indices_", "sample_weight_", "groups_"):
            vars(self).pop(name, None)
        if self._keeps_rows and not len(drawn_for):
            self.sample_indices_ = np.arange(n_kept)
        if training.weights is not None:
            of_class = training.classes.values()
            means = np.array([training.weights[rows].mean() for rows in of_class])
            kept = training.weights[:n_kept]
            self.sample_weight_ = np.concatenate([kept, means[drawn_for]])
        if training.groups is not None:
            drawn = training.groups.read(new, new.shape[1] - 1)
            drawn = training.groups.restore(groups, drawn)
            self.groups_ = concat_rows(take_rows(groups, np.arange(n_kept)), drawn)
        drawn = drawn_for if target.is_class else target.read(new, n_features)
        if hasattr(new, "shape") and new.shape[1] > n_features:
            new = select_columns(new, np.arange(n_features))
        if training.codec is not None:
            # no two classes share one
            new = training.codec.renew_identifiers(new, rng)
        drawn = target.restore(y, drawn)
        if not self._keeps_rows:
            return concat_rows(take_rows(X, []), new), drawn
        # raises an error if the dtypes of X cannot hold the new rows exactly
        return concat_rows(X, new), concat_rows(y, drawn)


def check_positive_weight(weights, name):
    """Raise an error if the weights of some rows are all 0."""
    if weights is not None and not weights.any():
        raise ValueError(
            f"sample_weight: the rows of {name} all weigh 0, so no rows like them can "
            "be drawn. Leave them out of X and y."
        )


def list_categories(generator, n_extra):
    """Adapt the generator's `categorical_features` to a table with more columns.

    Parameters
    ----------
    generator : object
        Changed in place.
    n_extra : int
        Number of columns after those of X.
    """

    def extend(listed):
        if np.ndim(listed) == 1 and np.asarray(listed).dtype.kind == "b":
            return [*listed, *[False] * n_extra]
        return listed

    if n_extra:
        change_parameter(generator, "categorical_features", extend)


def as_rows(X):
    """Return dataframes, arrays and lists as they are, other tables as an array."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse data was passed, but dense data is required: drawn rows have few "
            "zeros. Put the sampler before the encoder, which is better in any case, "
            "or let the encoder return dense rows: OneHotEncoder(sparse_output=False), "
            "ColumnTransformer(..., sparse_threshold=0)."
        )
    table = as_table(X)[1]  # raises an error for anything but a table
    return X if isinstance(X, list) else table
