"""What the estimators that resample have in common."""

from collections.abc import Callable
from inspect import signature
from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, MetaEstimatorMixin, _fit_context, clone
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import Bunch, column_or_1d, get_tags, indexable
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.validation import _num_samples, check_is_fitted, validate_data

from skgen._table.containers import as_table
from skgen._table.inputs import target_array
from skgen._table.rows import take_rows
from skgen._utils.callbacks import subtask
from skgen._utils.estimators import clone_seeded, weight_parameter
from skgen._utils.mixins import (
    DefaultComponentsMixin,
    VersionedMixin,
    keeps_state_on_error,
)
from skgen._utils.random import make_rng
from skgen._utils.weights import drop_weightless_rows
from skgen.compose._training_rows import follow_rows, take_params, weights_among

#: Tags of the input that hold if they hold for the sampler and for the estimator.
_SHARED_TAGS = ("sparse", "allow_nan", "categorical", "string")


class Training(NamedTuple):
    """Rows to resample and to fit to, and what belongs to them."""

    X: object
    y: object
    groups: np.ndarray  # class of each row
    read_groups: Callable  # tells those of other rows from their y
    weights: np.ndarray | None
    for_sampler: dict  # parameters of its fit_resample
    for_estimator: dict  # parameters of its fit

    def take(self, rows):
        """Some of the rows."""
        n_samples = len(self.groups)
        return Training(
            take_rows(self.X, rows),
            take_rows(self.y, rows),
            self.groups[rows],
            self.read_groups,
            None if self.weights is None else self.weights[rows],
            take_params(self.for_sampler, n_samples, rows),
            take_params(self.for_estimator, n_samples, rows),
        )


class Fitted(NamedTuple):
    """A sampler, an estimator, and what the estimator was fitted to."""

    sampler: object
    estimator: object
    groups: np.ndarray
    weights: np.ndarray | None


class BaseResampled(
    VersionedMixin,
    DefaultComponentsMixin,
    CallbackSupportMixin,
    MetaEstimatorMixin,
    BaseEstimator,
):
    """What the classifier and the regressor have in common."""

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "sampler": [HasMethods(["fit_resample"]), None],
        "random_state": ["random_state"],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        of_estimator = get_tags(self._component("estimator"))
        of_sampler = get_tags(self._component("sampler"))
        for name in _SHARED_TAGS:
            both = [getattr(t.input_tags, name) for t in (of_estimator, of_sampler)]
            setattr(tags.input_tags, name, all(both))
        tags.input_tags.positive_only = of_estimator.input_tags.positive_only
        tags.target_tags.positive_only = of_estimator.target_tags.positive_only
        # samplers do not tell whether they take several targets
        tags.target_tags.multi_output = of_estimator.target_tags.multi_output
        return tags

    def get_metadata_routing(self):
        """Tell which metadata the methods take, and where it goes.

        Returns
        -------
        routing : MetadataRouter
            Metadata of `fit` goes to the sampler and to the estimator as these request
            it, and ``sample_weight`` is used here as well; metadata of other methods
            goes to the estimator.
        """
        of_estimator = MethodMapping()
        for name in ("fit", *self._routed_methods):
            of_estimator.add(caller=name, callee=name)
        of_sampler = MethodMapping().add(caller="fit", callee="fit_resample")
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(sampler=self._component("sampler"), method_mapping=of_sampler)
            .add(estimator=self._component("estimator"), method_mapping=of_estimator)
        )

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **params):
        """Resample the rows, and fit the estimator to the result.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Whatever the sampler and the estimator both take.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Target of each row, or several, where the sampler and the estimator both
            take them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, not negative. Rows of weight zero are left out. See
            Notes of the class.
        **params : dict
            Other metadata, for the sampler and the estimator. Only with
            ``enable_metadata_routing=True``, see
            :func:`sklearn.set_config`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If the sampler drops or adds a class; if `sample_weight` is passed and the
            estimator does not take it, or the sampler does not tell where its rows come
            from.
        """
        _raise_for_params(params, self, "fit")
        self._check_estimator()
        if not issparse(X):
            as_table(X)  # refuses what is no table
        if not issparse(y):
            target_array(y)  # refuses what is no target
        validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, warn=True) if np.asarray(y).shape[1:] == (1,) else y
        X, y = indexable(X, y)
        n_samples = _num_samples(X)
        if n_samples == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {self.n_features_in_})) "
                f"while a minimum of 1 is required by {type(self).__name__}."
            )
        kept, weights = drop_weightless_rows(np.arange(n_samples), sample_weight)
        if len(kept) < n_samples:
            X, y = take_rows(X, kept), take_rows(y, kept)
            params = take_params(params, n_samples, kept)
        return self._fit(X, y, weights, self._route_fit(weights, params))

    def _check_estimator(self):
        estimator = self._component("estimator")
        if not self._is_of_kind(estimator):
            raise ValueError(
                f"estimator: expected a {self._kind}, got {type(estimator).__name__}."
            )

    def _route_fit(self, weights, params):
        """Parameters of the sampler's `fit_resample` and the estimator's `fit`."""
        if _routing_enabled():
            return process_routing(self, "fit", sample_weight=weights, **params)
        of_sampler, of_estimator = {}, {}
        if weights is not None:
            estimator, sampler = map(self._component, ("estimator", "sampler"))
            name = weight_parameter(estimator)
            if name is None:
                raise ValueError(
                    "sample_weight was passed, but the fit of the estimator, "
                    f"{type(estimator).__name__}, does not take it. Leave it out, or "
                    "use another estimator."
                )
            of_estimator[name] = weights
            if "sample_weight" in signature(sampler.fit_resample).parameters:
                of_sampler["sample_weight"] = weights
        return Bunch(
            sampler=Bunch(fit_resample=of_sampler),
            estimator=Bunch(fit=of_estimator),
            splitter=Bunch(split={}),
        )

    def _fit(self, X, y, weights, routed):
        rng = None if self.random_state is None else make_rng(self.random_state)
        training = Training(
            X,
            y,
            self._read_groups(y),
            self._read_groups,
            weights,
            routed.sampler.fit_resample,
            routed.estimator.fit,
        )
        # cloned first: whatever else is fitted, these get the same seeds
        parts = self._clone_components(rng)
        folds = self._make_folds(training, parts, rng, routed)
        context = self._init_callback_context(
            max_subtasks=1 + len(folds) if folds else 2, sequential_subtasks=not folds
        )
        data = {"estimator": self, "X": X, "y": y}
        context.call_on_fit_task_begin(**data)
        if folds:
            fitted = self._fit_with_folds(training, parts, folds, context, rng)
        else:
            fitted = fit_parts(training, parts, context, self)
            self._compare(training, fitted)
        self.sampler_, self.estimator_ = fitted[:2]
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        return self

    def _make_folds(self, training, parts, rng, routed):
        """Folds in which sampler and estimator are fitted again: none."""
        return []

    def _compare(self, training, fitted):
        """Learn what resampling has changed: nothing is to be known."""

    def _clone_components(self, rng):
        parts = self._component("sampler"), self._component("estimator")
        if rng is None:
            return [clone(part) for part in parts]
        return [clone_seeded(part, rng) for part in parts]

    def predict(self, X, **params):
        """Predict by the fitted estimator.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of the kind that was fitted; they are not resampled.
        **params : dict
            Passed to the estimator's ``predict``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What the estimator's ``predict`` gives, never corrected.
        """
        return self._delegate("predict", X, params)

    def _delegate(self, method, X, params):
        check_is_fitted(self)
        if _routing_enabled():
            params = process_routing(self, method, **params).estimator[method]
        return getattr(self.estimator_, method)(X, **params)


def fit_parts(training, parts, task, whole):
    """Resample the rows and fit the estimator, each as a task of its own.

    Parameters
    ----------
    training : Training
    parts : (sampler, estimator)
        Fitted in place.
    task : object
        Context of callbacks, of these two tasks.
    whole : estimator or None
        What callbacks are told is fitted.

    Returns
    -------
    fitted : Fitted
    """
    sampler, estimator = parts
    X, y, groups = training[:3]
    data = {"estimator": whole, "X": X, "y": y}
    with subtask(task, "sampler", sampler, **data):
        resampled = sampler.fit_resample(X, y, **training.for_sampler)
    X_new, y_new = resampled[:2]
    new_groups = training.read_groups(y_new)
    params = follow_rows(training.for_estimator, sampler, groups, new_groups)
    _check_same_groups(sampler, groups, new_groups)
    with subtask(task, "estimator", estimator, **data):
        estimator.fit(X_new, y_new, **params)
    return Fitted(sampler, estimator, new_groups, weights_among(params))


def _check_same_groups(sampler, groups, new_groups):
    """Each class must be there before and after."""
    old, new = (np.unique(each).tolist() for each in (groups, new_groups))
    dropped = [label for label in old if label not in new]
    added = [label for label in new if label not in old]
    if dropped or added:
        what = f"dropped: {dropped[:10]}" if dropped else f"added: {added[:10]}"
        raise ValueError(
            f"sampler: {type(sampler).__name__} gave other classes than y has "
            f"({what}). The estimator must see all classes of y, and no others."
        )


def estimator_has(name):
    """Condition that the estimator, fitted or not, has a method."""

    def check(self):
        fitted = vars(self).get("estimator_")
        getattr(self._component("estimator") if fitted is None else fitted, name)
        return True

    return check
