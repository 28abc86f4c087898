"""What samplers have in common: checks of X, calls of a generator, metadata of rows."""

from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import has_fit_parameter, validate_data

from skgen._table.columns import add_columns, select_columns
from skgen._table.containers import as_table
from skgen._table.rows import concat_rows, n_rows, take_rows
from skgen._utils.callbacks import subtask
from skgen._utils.estimators import copied_rows
from skgen._utils.generators import change_parameter, takes_tables
from skgen._utils.mixins import DefaultComponentsMixin, VersionedMixin
from skgen._utils.weights import check_weights
from skgen.resampling._targets import Target, flat, read_groups
from skgen.table import TableCodec


class Metadata(NamedTuple):
    """What comes with the rows, where it was passed."""

    weights: np.ndarray | None = None  # (n_samples,)
    groups: Target | None = None

    def beside(self, X):
        """The table with the groups as its last column."""
        if self.groups is None:
            return X
        return add_columns(as_table(X)[1], self.groups.columns)


class GenerativeSamplerMixin(
    VersionedMixin, DefaultComponentsMixin, CallbackSupportMixin
):
    """A sampler of imbalanced-learn with the component `generator`."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        generator_takes_tables = takes_tables(self._component("generator"))
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = generator_takes_tables
        tags.input_tags.categorical = generator_takes_tables
        tags.input_tags.string = generator_takes_tables
        return tags

    def _check_X(self, X, target):
        """The codec of X, if the generator takes tables."""
        codec = None
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, target.labels)
        generator = self._component("generator")
        if takes_tables(generator):
            codec = self._make_codec().fit(X)
        elif target.n_outputs > 1 and any(of.is_class for of in target.targets):
            raise ValueError(
                f"y: it holds {target.n_outputs} targets, among them classes, which "
                "are drawn as columns of texts, for which the generator must take "
                f"tables with categories, unlike {type(generator).__name__}. Use a "
                "generator of skgen."
            )
        if n_rows(X) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {self.n_features_in_})) "
                f"while a minimum of 1 is required by {type(self).__name__}."
            )
        return codec

    def _check_metadata(self, X, sample_weight, groups):
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, X)
        if groups is not None:
            if not takes_tables(self._component("generator")):
                raise ValueError(
                    "groups: they are drawn as one more column of texts, for which the "
                    "generator must take tables with categories. Leave them out, or "
                    "use another generator."
                )
            groups = read_groups(groups)
            check_consistent_length(X, groups.labels)
        return Metadata(sample_weight, groups)

    def _make_codec(self, n_extra=0):
        generator = clone(self._component("generator"))
        list_categories(generator, n_extra)
        listed = getattr(generator, "categorical_features", "from_dtype")
        return TableCodec(categorical_features=listed)

    def _fit_generator(self, context, task_name, generator, X, weights=None, rng=None):
        """Fit a seeded generator; one that takes no weights sees rows so often."""
        params = {}
        check_weighty(weights, task_name)
        if weights is not None and has_fit_parameter(generator, "sample_weight"):
            params = {"sample_weight": weights}
        elif weights is not None:
            X = take_rows(X, copied_rows(weights, rng))
        with subtask(context, task_name, generator, estimator=self, X=X):
            generator.fit(X, **params)
        return generator

    def _keep_record(self, metadata, groups, rows, strata, drawn, *, n_kept):
        """Tell what the resampled rows are, and what comes with them.

        Parameters
        ----------
        metadata : Metadata
        groups : array-like of shape (n_samples,) or None
            As passed.
        rows : table of shape (n_new, n_columns)
            Drawn ones, the last column of which tells the group, if there are any.
        strata : list of ndarray
            Positions of the given rows of each stratum.
        drawn : ndarray of shape (n_new,)
            Stratum that each row was drawn for.
        n_kept : int
            How many of the given rows the result has, before the drawn ones.

        Returns
        -------
        rows : table of shape (n_new, n_columns)
            Without the group.
        """
        self.is_synthetic_ = np.arange(n_kept + len(drawn)) >= n_kept
        for name in ("sample_indices_", "sample_weight_", "groups_"):
            vars(self).pop(name, None)
        if n_kept:
            self.sample_indices_ = np.arange(n_kept)
        if metadata.weights is not None:
            kept = metadata.weights[:n_kept]
            means = [metadata.weights[here].mean() for here in strata]
            self.sample_weight_ = np.concatenate([kept, np.array(means)[drawn]])
        if metadata.groups is not None:
            groups = flat(groups)
            kept = take_rows(groups, np.arange(n_kept))
            position = rows.shape[1] - 1
            drawn = metadata.groups.read(rows, position)
            self.groups_ = concat_rows(kept, metadata.groups.restore(groups, drawn))
            rows = select_columns(rows, np.arange(position))
        return rows


def check_weighty(weights, name):
    """Raise an error if weighted rows all weigh nothing."""
    if weights is not None and not weights.any():
        raise ValueError(
            f"sample_weight: the rows of {name} all weigh 0, so that none can be drawn "
            "like them. Leave them out of X and y."
        )


def list_categories(generator, n_extra, texts=None):
    """Let the list of categorical columns suit a table with more columns than X.

    Parameters
    ----------
    generator : object
        Changed in place.
    n_extra : int
        Number of columns after those of X.
    texts : dict, default=None
        Positions of columns to be listed, too, mapped to their names.
    """
    texts = texts or {}

    def extend(listed):
        if np.ndim(listed) != 1:
            return list(texts) or listed
        kind = np.asarray(listed).dtype.kind
        if kind != "b":
            by_name = len(listed) and kind not in "iu"
            return [*listed, *(texts.values() if by_name else texts)]
        mask = np.append(listed, np.zeros(n_extra, dtype=bool))
        mask[list(texts)] = True
        return mask.tolist()

    if n_extra or texts:
        change_parameter(generator, "categorical_features", extend)


def as_rows(X):
    """X if it is a dataframe, array or list; other tables as an array."""
    table = as_table(X)[1]  # refuses what is no table
    return X if isinstance(X, list) else table
