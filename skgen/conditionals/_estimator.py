"""Conditional distributions by any scikit-learn estimator."""

from numbers import Integral

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import HasMethods, Interval

from skgen._math.columns.numeric_features import feature_matrix, fit_features
from skgen._utils.mixins import DefaultComponentsMixin
from skgen.conditionals._base import BaseConditional
from skgen.conditionals._column_models import BinModel, NumberModel
from skgen.conditionals._quantile_models import (
    QuantileShape,
    ResidualShape,
    level_parameter,
)

_N_SAMPLES_NEEDED = 20
#: rows for which features are held in memory at once
_BLOCK = 20_000


class EstimatorConditional(DefaultComponentsMixin, BaseConditional):
    """Conditional distribution of a column by a classifier or a regressor.

    Any estimator with scikit-learn's interface becomes a conditional distribution:

    - A classifier predicts the probabilities of categories. Numbers are cut into bins
      of about equal counts; a frequent value is a bin of its own. Inside a bin, values
      follow the marginal distribution.
    - A regressor predicts numbers. The distribution around a prediction is that of the
      residuals on held-out rows (cross-fitting [1]_). The same regressor, fitted to the
      logarithm of their sizes, predicts how wide it is. The probabilities of categories
      and of frequent numbers are predicted by `classifier`.
    - A quantile regressor predicts `n_quantiles` quantiles. The distribution function
      is linear between the quantiles, which are sorted so that they do not cross [2]_,
      and has exponential tails.

    Parameters
    ----------
    estimator : object, default=None
        Classifier (with ``predict_proba``) or regressor. Regressors with a parameter
        for the quantile to predict are quantile regressors:
        :class:`~sklearn.linear_model.QuantileRegressor`, gradient boosting with
        ``loss="quantile"``, also as a step of a pipeline; LightGBM and XGBoost with
        their quantile objectives. None means ``Ridge()``.
    classifier : object, default=None
        Classifier of categories where `estimator` is a regressor. None means
        ``LogisticRegression(max_iter=1000)``. Must be None where `estimator` is a
        classifier.
    max_bins : int, default=20
        Approximate number of bins of a numeric target where `estimator` is a
        classifier.
    max_categories : int, default=30
        Largest number of categories of a column that are distinguished. Rarer ones are
        pooled; in a target, they are drawn in proportion to their frequencies.
    n_quantiles : int, default=19
        Number of quantiles that a quantile regressor predicts.
    n_folds : int, default=5
        Number of folds for the cross-fitting of a regressor.

    See Also
    --------
    TreeConditional : Faster, and models the shape of distributions.

    Notes
    -----
    The estimator is fitted to a float matrix without missing cells: normal scores of
    numbers (the standard normal quantile at the rank), so that units and skewness do
    not matter, and indicators of categories and of missing cells. The target of a
    regressor is a normal score, too.

    Weights are passed as ``sample_weight``, to the last step of a pipeline. For
    estimators without ``sample_weight``, rows are replicated in proportion to their
    weights (at most ten times on average). Every ``random_state`` of an estimator is
    replaced by a seed that is derived from the generator's.

    A target with fewer than ``n_samples_needed`` known cells is drawn from its marginal
    distribution.

    References
    ----------
    .. [1] Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), "Distribution-free
       predictive inference for regression", JASA 113(523).
    .. [2] Chernozhukov, Fernandez-Val & Galichon (2010), "Quantile and probability
       curves without crossing", Econometrica 78(3).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from skgen import AutoregressiveGenerator, EstimatorConditional
    >>> X, _ = load_iris(return_X_y=True)
    >>> conditional = EstimatorConditional(KNeighborsRegressor(20))
    >>> AutoregressiveGenerator(conditional, random_state=0).fit(X).sample(3).shape
    (3, 4)
    """

    ranked_predictors = True

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "classifier": [HasMethods(["fit", "predict_proba"]), None],
        "max_bins": [Interval(Integral, 2, None, closed="left")],
        "max_categories": [Interval(Integral, 2, None, closed="left")],
        "n_quantiles": [Interval(Integral, 2, None, closed="left")],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        estimator=None,
        *,
        classifier=None,
        max_bins=20,
        max_categories=30,
        n_quantiles=19,
        n_folds=5,
    ):
        self.estimator = estimator
        self.classifier = classifier
        self.max_bins = max_bins
        self.max_categories = max_categories
        self.n_quantiles = n_quantiles
        self.n_folds = n_folds

    @staticmethod
    def _default_components():
        return {"estimator": Ridge, "classifier": _default_classifier}

    @property
    def n_samples_needed(self):
        return max(_N_SAMPLES_NEEDED, 2 * self.n_folds)

    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        regressor, classifier = self._roles()
        self._n_used = X.shape[1] if len(z) >= self.n_samples_needed else 0
        self._layout = fit_features(
            X[:, : self._n_used],
            sample_weight,
            predictors[: self._n_used],
            self.max_categories,
        )
        if target.discrete or regressor is None:
            model = BinModel(classifier, self.max_bins, self.max_categories)
        else:
            shape = self._shape(regressor)
            model = NumberModel(classifier, shape, self.n_samples_needed)
        self._model = model.fit(self._matrix(X), z, target, sample_weight, rng)

    def _sample(self, X, rng):
        z = np.empty(len(X))
        for block in gen_batches(len(X), _BLOCK):
            z[block] = self._model.sample(self._matrix(X[block]), rng)
        return z

    def _log_prob(self, X, z):
        log_prob = np.empty(len(X))
        for block in gen_batches(len(X), _BLOCK):
            log_prob[block] = self._model.log_prob(self._matrix(X[block]), z[block])
        return log_prob

    def _matrix(self, X):
        return feature_matrix(self._layout, X[:, : self._n_used])

    def _roles(self):
        """The regressor, or None, and the classifier."""
        estimator = self._component("estimator")
        name = type(estimator).__name__
        if is_regressor(estimator):
            return estimator, self._component("classifier")
        if not is_classifier(estimator) or not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"estimator: expected a regressor, or a classifier with predict_proba, "
                f"got {name}. Wrap a classifier without probabilities in "
                "CalibratedClassifierCV."
            )
        if self.classifier is not None:
            raise ValueError(
                f"classifier: the estimator {name} is a classifier already, which "
                "is used for all columns. Leave classifier at None, or pass a "
                "regressor as estimator."
            )
        return None, estimator

    def _shape(self, regressor):
        name = level_parameter(regressor)
        if name is None:
            return ResidualShape(regressor, self.n_folds)
        return QuantileShape(regressor, name, self.n_quantiles)


def _default_classifier():
    return LogisticRegression(max_iter=1000)
