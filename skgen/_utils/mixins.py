"""Mixins of estimators: components, fitted state, stored version."""

import threading
import warnings
from contextlib import ExitStack
from functools import wraps

from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.validation import has_fit_parameter

from skgen._utils.generators import takes_tables
from skgen._version import __version__

STATE_LOCK = threading.Lock()


def keeps_state_on_error(method):
    """Decorate a method that fits: if it raises, the estimator keeps its old state."""

    @wraps(method)
    def keeping(self, *args, **kwargs):
        state = dict(vars(self))
        with ExitStack() as on_error:
            on_error.callback(_restore, self, state)
            result = method(self, *args, **kwargs)
            on_error.pop_all()
        return result

    return keeping


def _restore(estimator, state):
    vars(estimator).clear()
    vars(estimator).update(state)


class StateMixin:
    """Replaces the fitted state in one step, so that other threads can read it."""

    def __getstate__(self):
        # callback contexts belong to the fit in progress, not to copies
        state = dict(super().__getstate__())
        for name in ("_callback_fit_ctx", "_parent_callback_ctx"):
            state.pop(name, None)
        return state

    def _frozen(self):
        """A copy that does not change while another thread fits this estimator."""
        frozen = object.__new__(type(self))
        with STATE_LOCK:
            vars(frozen).update(vars(self))
        # the copy is sent to worker processes, and callbacks may not be picklable
        for name in ("_skl_callbacks", "_parent_callback_ctx"):
            vars(frozen).pop(name, None)
        return frozen

    def _unfitted_copy(self):
        fresh = self._frozen()
        for name in [name for name in vars(fresh) if name.endswith("_")]:
            delattr(fresh, name)
        # the old state, which other threads may still use, has its own count of calls
        vars(fresh).pop("_n_calls", None)
        return fresh

    def _take_fitted_state(self, learned):
        with STATE_LOCK:
            state = dict(vars(self))
            kept = {k: v for k, v in state.items() if not k.endswith("_")}
            # one assignment: other threads see the old state or the new one, no mixture
            self.__dict__ = {**kept, **learned}


class VersionedMixin:
    """Stores the version of skgen, and warns if another version loads the estimator.

    It stands to the left of ``BaseEstimator``, which does this for scikit-learn's own
    estimators only.
    """

    def __getstate__(self):
        return {**super().__getstate__(), "_skgen_version": __version__}

    def __setstate__(self, state):
        state = dict(state)
        stored = state.pop("_skgen_version", "an unknown version")
        if stored != __version__:
            warnings.warn(
                f"This {type(self).__name__} was stored by skgen {stored} and is "
                f"loaded by {__version__}, which may give wrong results. Fit it again, "
                "or load it with the version that stored it.",
                UserWarning,
                stacklevel=2,
            )
        super().__setstate__(state)


def refuse_class(name, value):
    """Raise an error if the value of a parameter is a class instead of an instance."""
    if isinstance(value, type):
        raise TypeError(
            f"{name}: Expected an estimator instance, got the class {value.__name__}. "
            f"Pass {value.__name__}() instead."
        )


def _allows_estimators(constraint):
    if isinstance(constraint, type):
        return issubclass(constraint, BaseEstimator)
    return isinstance(constraint, HasMethods)


class CheckedComponentsMixin:
    """Validates the parameters of nested components when the fit begins.

    A fit may use attributes of a component long before the component's own `fit`
    validates them. Components of other packages validate themselves.
    """

    def _validate_params(self):
        params = self.get_params(deep=False)
        for name, value in params.items():
            allowed = self._parameter_constraints.get(name, ())
            if any(map(_allows_estimators, allowed)):
                refuse_class(name, value)
        super()._validate_params()
        for value in params.values():
            if isinstance(value, CheckedComponentsMixin):
                value._validate_params()


class DefaultComponentsMixin(CheckedComponentsMixin):
    """Makes the parameters of a component settable while the component is None.

    A class names its components in ``_default_components()``, a mapping from parameter
    names to factories. If such a parameter is None, ``get_params`` lists the parameters
    of what its factory makes; setting one of them sets the component. So a grid search
    reaches them by name.
    """

    def _component(self, name):
        value = getattr(self, name)
        refuse_class(name, value)
        return self._default_components()[name]() if value is None else value

    def get_params(self, deep=True):
        """Get the parameters of this estimator.

        Parameters
        ----------
        deep : bool, default=True
            If True, include the parameters of components.

        Returns
        -------
        params : dict
            Parameter names mapped to their values.
        """
        params = super().get_params(deep=deep)
        if deep:
            for name in self._default_components():
                if params[name] is None:
                    nested = self._component(name).get_params(deep=True)
                    params.update({f"{name}__{k}": v for k, v in nested.items()})
        return params

    def set_params(self, **params):
        """Set the parameters of this estimator.

        Parameters
        ----------
        **params : dict
            Estimator parameters; ``component__parameter`` reaches into a component.

        Returns
        -------
        self : object
            The estimator.
        """
        for name in self._default_components():
            nested = any(key.startswith(f"{name}__") for key in params)
            if nested and params.get(name, getattr(self, name)) is None:
                params = {**params, name: self._component(name)}
        return super().set_params(**params)


class GenerativeWrapper(VersionedMixin, DefaultComponentsMixin, CallbackSupportMixin):
    """Base of estimators that fit a component, such as a `generator`.

    It stands to the left of ``BaseEstimator`` or of a base class of imbalanced-learn.
    A subclass names its default components in ``_default_components()``. Parameters of
    a component can then be set while the component is None, callbacks reach the fits of
    the components, and a stored estimator warns if another version loads it.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if "generator" in self._default_components():
            with_tables = takes_tables(self._component("generator"))
            tags.input_tags.allow_nan = with_tables
            tags.input_tags.categorical = with_tables
            tags.input_tags.string = with_tables
        return tags

    def _refuse_no_rows(self, n_samples):
        if n_samples == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {self.n_features_in_})) "
                f"while a minimum of 1 is required by {type(self).__name__}."
            )

    @staticmethod
    def _check_sample_weight(generator, sample_weight):
        if sample_weight is not None and not has_fit_parameter(
            generator, "sample_weight"
        ):
            raise ValueError(
                "sample_weight was passed, but the fit of the generator, "
                f"{type(generator).__name__}, does not take it. Leave it out, or use "
                "another generator."
            )
