"""Base of the estimators that resample the training rows."""

from collections.abc import Callable
from inspect import signature
from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, MetaEstimatorMixin, _fit_context, clone
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

from skgen._table.containers.tables import as_table
from skgen._table.inputs import target_array
from skgen._table.rows import take_rows
from skgen._utils.callbacks import fit_task
from skgen._utils.estimators import clone_seeded, drop_weightless_rows, weight_parameter
from skgen._utils.mixins import GenerativeWrapper, keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.compose._training_rows import follow_rows, take_params, weights_among

#: Input tags that are set if both the sampler and the estimator have them.
_SHARED_TAGS = ("sparse", "allow_nan", "categorical", "string")


class Training(NamedTuple):
    """Rows to resample and to fit to, with their metadata."""

    X: object
    y: object
    groups: np.ndarray  # class of each row
    read_groups: Callable  # maps the y of any rows to their groups
    weights: np.ndarray | None
    for_sampler: dict  # parameters of its fit_resample
    for_estimator: dict  # parameters of its fit

    def take(self, rows):
        """Select rows by position."""
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
    """A fitted sampler and estimator, and the rows the estimator was fitted to."""

    sampler: object
    estimator: object
    groups: np.ndarray
    weights: np.ndarray | None


class BaseResampled(GenerativeWrapper, MetaEstimatorMixin, BaseEstimator):
    """Base of `ResampledClassifier` and `ResampledRegressor`."""

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
        # samplers have no tag for several targets
        tags.target_tags.multi_output = of_estimator.target_tags.multi_output
        return tags

    def get_metadata_routing(self):
        """Get the metadata routing of this estimator.

        Returns
        -------
        routing : MetadataRouter
            Metadata of `fit` goes to the sampler and the estimator that request it, and
            ``sample_weight`` is used here as well. Metadata of other methods goes to
            the estimator.
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
            Any table that the sampler and the estimator both take.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Target of each row. Several targets if the sampler and the estimator both
            take them.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weight of each row. Rows of weight zero are ignored. See Notes
            of the class.
        **params : dict
            Other metadata for the sampler and the estimator. Only with
            ``enable_metadata_routing=True``, see :func:`sklearn.set_config`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If the sampler drops or adds a class; if `sample_weight` is passed and the
            estimator does not take it, or the sampler does not record the origin of its
            rows.
        """
        _raise_for_params(params, self, "fit")
        self._check_estimator()
        if not issparse(X):
            as_table(X)  # raises an error if X is no table
        if not issparse(y):
            target_array(y)  # raises an error if y is no target
        validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, warn=True) if np.asarray(y).shape[1:] == (1,) else y
        X, y = indexable(X, y)
        n_samples = _num_samples(X)
        self._refuse_no_rows(n_samples)
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
        # cloned first, so that their seeds do not depend on the folds
        components = self._clone_components(rng)
        folds = self._make_folds(training, components, rng, routed)
        context = self._init_callback_context(
            max_subtasks=1 + len(folds) if folds else 2, sequential_subtasks=not folds
        )
        data = {"estimator": self, "X": X, "y": y}
        context.call_on_fit_task_begin(**data)
        if folds:
            fitted = self._fit_with_folds(training, components, folds, context, rng)
        else:
            fitted = fit_components(training, components, context, self)
            self._compare_shares(training, fitted)
        self.sampler_, self.estimator_ = fitted[:2]
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        return self

    def _make_folds(self, training, components, rng, routed):
        """Hook: folds in which sampler and estimator are fitted again; none here."""
        return []

    def _compare_shares(self, training, fitted):
        """Hook: set attributes about how resampling changed the classes."""

    def _clone_components(self, rng):
        components = self._component("sampler"), self._component("estimator")
        if rng is None:
            return [clone(component) for component in components]
        return [clone_seeded(component, rng) for component in components]

    def predict(self, X, **params):
        """Predict with the fitted estimator.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the columns seen at fit; they are not resampled.
        **params : dict
            Passed to the estimator's ``predict``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Output of the estimator's ``predict``, without correction.
        """
        return self._delegate("predict", X, params)

    def _delegate(self, method, X, params):
        check_is_fitted(self)
        if _routing_enabled():
            params = process_routing(self, method, **params).estimator[method]
        return getattr(self.estimator_, method)(X, **params)


def fit_components(training, components, context, reported):
    """Resample the rows and fit the estimator, each as a task of its own.

    Parameters
    ----------
    training : Training
    components : (sampler, estimator)
        Fitted in place.
    context : object
        Callback context in which the two tasks are created.
    reported : estimator or None
        Estimator that is reported to callbacks.

    Returns
    -------
    fitted : Fitted
    """
    sampler, estimator = components
    X, y, groups = training[:3]
    data = {"estimator": reported, "X": X, "y": y}
    with fit_task(context, "sampler", sampler, **data):
        resampled = sampler.fit_resample(X, y, **training.for_sampler)
    X_new, y_new = resampled[:2]
    new_groups = training.read_groups(y_new)
    params = follow_rows(training.for_estimator, sampler, groups, new_groups)
    _check_same_groups(sampler, groups, new_groups)
    with fit_task(context, "estimator", estimator, **data):
        estimator.fit(X_new, y_new, **params)
    return Fitted(sampler, estimator, new_groups, weights_among(params))


def _check_same_groups(sampler, groups, new_groups):
    """Raise an error if the sampler has dropped or added a class."""
    old, new = (np.unique(each).tolist() for each in (groups, new_groups))
    dropped = [label for label in old if label not in new]
    added = [label for label in new if label not in old]
    if dropped or added:
        what = f"dropped: {dropped[:10]}" if dropped else f"added: {added[:10]}"
        raise ValueError(
            f"sampler: {type(sampler).__name__} returned other classes than y has "
            f"({what}). The estimator must be fitted to all classes of y and no others."
        )


def estimator_has(name):
    """Condition for `available_if`: the estimator, fitted or not, has a method."""

    def check(self):
        fitted = vars(self).get("estimator_")
        getattr(self._component("estimator") if fitted is None else fitted, name)
        return True

    return check
