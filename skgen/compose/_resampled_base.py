"""What the estimators that resample have in common."""

from inspect import signature

import numpy as np
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

from skgen._adapters.callbacks import subtask
from skgen._adapters.estimators import clone_seeded, weight_parameter
from skgen._adapters.weights import drop_weightless_rows
from skgen._components import DefaultComponentsMixin
from skgen.base import make_rng
from skgen.compose._rows import follow_rows, take_params, weights_among
from skgen.table import take_rows

#: Tags of the input that hold if they hold for the sampler and for the estimator.
_SHARED_TAGS = ("sparse", "allow_nan", "categorical", "string")


class BaseResampled(
    DefaultComponentsMixin, CallbackSupportMixin, MetaEstimatorMixin, BaseEstimator
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
        validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, warn=True) if np.asarray(y).shape[1:] == (1,) else y
        X, y = indexable(X, y)
        n_samples = _num_samples(X)
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
            sampler=Bunch(fit_resample=of_sampler), estimator=Bunch(fit=of_estimator)
        )

    def _fit(self, X, y, weights, routed):
        groups = self._read_groups(y)
        self.sampler_, self.estimator_ = self._clone_components()
        context = self._init_callback_context(max_subtasks=2)
        data = {"estimator": self, "X": X, "y": y}
        context.call_on_fit_task_begin(**data)
        with subtask(context, "sampler", self.sampler_, **data):
            resampled = self.sampler_.fit_resample(X, y, **routed.sampler.fit_resample)
        X_new, y_new = resampled[:2]
        new_groups = self._read_groups(y_new)
        params = follow_rows(routed.estimator.fit, self.sampler_, groups, new_groups)
        self._compare(groups, weights, new_groups, weights_among(params))
        with subtask(context, "estimator", self.estimator_, **data):
            self.estimator_.fit(X_new, y_new, **params)
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        return self

    def _compare(self, groups, weights, new_groups, new_weights):
        """Compare the resampled rows with those of X; any rows will do."""

    def _clone_components(self):
        parts = self._component("sampler"), self._component("estimator")
        if self.random_state is None:
            return [clone(part) for part in parts]
        rng = make_rng(self.random_state)
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


def estimator_has(name):
    """Condition that the estimator, fitted or not, has a method."""

    def check(self):
        fitted = vars(self).get("estimator_")
        getattr(self._component("estimator") if fitted is None else fitted, name)
        return True

    return check
