"""What stored estimators tell of the version that stored them."""

import warnings

from skgen._version import __version__


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
