"""What estimators know while they are fitted, and when a fit fails."""

import threading
import warnings
from contextlib import ExitStack
from functools import wraps

from skgen._version import __version__

STATE_LOCK = threading.Lock()


def keeps_state_on_error(method):
    """Decorate a method that fits: if it fails, the estimator is left as it was."""

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
    """A fitted state that is taken in one step, while other threads read it."""

    def __getstate__(self):
        # what tells callbacks of a fit under way is not for copies of the generator
        state = dict(super().__getstate__())
        for name in ("_callback_fit_ctx", "_parent_callback_ctx"):
            state.pop(name, None)
        return state

    def _frozen(self):
        """A copy that stays as it is while another thread fits this generator."""
        frozen = object.__new__(type(self))
        with STATE_LOCK:
            vars(frozen).update(vars(self))
        # the generator itself tells its callbacks; worker processes, to which the copy
        # is sent, might not be able to take them
        for name in ("_skl_callbacks", "_parent_callback_ctx"):
            vars(frozen).pop(name, None)
        return frozen

    def _unfitted_copy(self):
        fresh = self._frozen()
        for name in [name for name in vars(fresh) if name.endswith("_")]:
            delattr(fresh, name)
        # calls of the old state, which other threads may still make, are not the new's
        vars(fresh).pop("_n_calls", None)
        return fresh

    def _take_fitted_state(self, learned):
        with STATE_LOCK:
            state = dict(vars(self))
            kept = {k: v for k, v in state.items() if not k.endswith("_")}
            # in one step: others see the old state or the new one, never a mixture
            self.__dict__ = {**kept, **learned}


class VersionedMixin:
    """Stores the version of skgen with an estimator, and warns where another loads it.

    It stands to the left of ``BaseEstimator``, whose own way is for scikit-learn's
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
                f"loaded by {__version__}, which may read it wrongly. Fit it again, or "
                "load it with the version that stored it.",
                UserWarning,
                stacklevel=2,
            )
        super().__setstate__(state)
