"""What estimators know when a fit fails."""

from contextlib import ExitStack
from functools import wraps


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
