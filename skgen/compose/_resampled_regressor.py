"""ResampledRegressor: resamples the training rows and fits a regressor to them."""

import numpy as np
from sklearn.base import RegressorMixin, is_regressor
from sklearn.linear_model import Ridge
from sklearn.utils import get_tags
from sklearn.utils.validation import _num_samples

from skgen.compose._resampled_base import BaseResampled
from skgen.resampling import GenerativeAugmenter


class ResampledRegressor(RegressorMixin, BaseResampled):
    """Fit a regressor to resampled rows.

    Combines a sampler and a regressor, so that augmentation works in scikit-learn's own
    pipelines, in stacking and in cross-validation. Only `fit` resamples.

    Parameters
    ----------
    estimator : regressor, default=None
        Fitted to the resampled rows; may be a pipeline with its own encoding. None
        means :class:`~sklearn.linear_model.Ridge`.
    sampler : sampler, default=None
        Any sampler that takes a numeric y, such as those of skgen. Its rows must have
        the columns of X. None means :class:`GenerativeAugmenter`, which keeps all rows
        and approximately preserves the distribution of y.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the sampler and of the estimator.
        None leaves these unchanged.

    Attributes
    ----------
    estimator_ : regressor
        The regressor fitted to the resampled rows.
    sampler_ : sampler
        The sampler after its ``fit_resample``.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    ResampledClassifier : The same for classification.

    Notes
    -----
    A sampler that over-samples rare values of the target changes its distribution, and
    the predicted means of uncertain rows move towards these values. This is not
    corrected, unlike class probabilities in :class:`ResampledClassifier`.

    `sample_weight` is passed to the estimator, in a pipeline to its last step, and to
    the sampler if its ``fit_resample`` takes it, which then sets the weights of its
    rows (``sample_weight_``). Otherwise rows of X keep their weights, and a synthetic
    row gets the mean weight of all training rows; for that the sampler must have
    ``sample_indices_`` or ``is_synthetic_``.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skgen.compose import ResampledRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = ResampledRegressor(random_state=0).fit(X, y)
    >>> regressor.predict(X).shape
    (442,)
    """

    _kind, _is_of_kind = "regressor", staticmethod(is_regressor)
    _routed_methods = ("predict",)

    def __init__(self, estimator=None, sampler=None, *, random_state=None):
        self.estimator = estimator
        self.sampler = sampler
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"estimator": Ridge, "sampler": GenerativeAugmenter}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        own = get_tags(self._component("estimator")).regressor_tags
        if own is not None:
            tags.regressor_tags.poor_score = own.poor_score
        return tags

    @staticmethod
    def _read_groups(y):
        """One group of all rows."""
        return np.zeros(_num_samples(y), dtype=np.intp)
