"""The base of everything that is built around a generator."""

from sklearn.callback import CallbackSupportMixin

from skgen._utils.components import DefaultComponentsMixin
from skgen._utils.generators import takes_tables
from skgen._utils.state import VersionedMixin


class GenerativeWrapper(VersionedMixin, DefaultComponentsMixin, CallbackSupportMixin):
    """Base of the estimators that fit a component, such as a `generator`.

    It stands to the left of ``BaseEstimator`` or of a base class of imbalanced-learn.
    A subclass names its default components in ``_default_components()``. Parameters of
    a component can then be set while the component is None, callbacks reach the fits of
    the components, and a stored estimator warns when another version loads it.
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
