"""Conditional distributions by any estimator of scikit-learn's interface."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import HasMethods, Interval

from skgen._math.columns.features import feature_matrix, fit_features
from skgen._math.columns.marginals import mix_with_floor
from skgen._utils.mixins import DefaultComponentsMixin
from skgen.conditionals._column_models import BinModel, NumberModel
from skgen.conditionals._quantile_models import (
    QuantileShape,
    ResidualShape,
    level_parameter,
)

_N_SAMPLES_NEEDED = 20
#: rows whose features are held in memory at once
_BLOCK = 20_000


class EstimatorConditional(DefaultComponentsMixin, BaseEstimator):
    """Conditional distribution of a column by a classifier or a regressor.

    Any estimator with scikit-learn's interface becomes a conditional distribution:

    - A classifier gives the probabilities of categories. A number is cut into bins of
      about equal counts, a value that is repeated often being one of its own; inside a
      bin, the column's own distribution holds.
    - A regressor predicts numbers. Around the prediction lie its residuals on rows it
      was not fitted to (cross-fitting [1]_), as wide as the same regressor says: it is
      fitted a second time, to the logarithm of their sizes. Of categories, and of
      values that hold a large share of a numeric column, it can say nothing: their
      probabilities come from `classifier`.
    - A quantile regressor is fitted at `n_quantiles` levels. The distribution function
      is linear between its quantiles, sorted so that they do not cross [2]_, and ends
      in exponential tails.

    Parameters
    ----------
    estimator : object, default=None
        Classifier (with ``predict_proba``) or regressor. A regressor that has the level
        of a quantile as a parameter is a quantile regressor:
        :class:`~sklearn.linear_model.QuantileRegressor`, gradient boosting with
        ``loss="quantile"``, also as a step of a pipeline; LightGBM and XGBoost with
        their quantile objectives. None stands for ``Ridge()``.
    classifier : object, default=None
        Companion of a regressor, for what is no number. None stands for
        ``LogisticRegression(max_iter=1000)``. A classifier as `estimator` needs none.
    max_bins : int, default=20
        About the largest number of bins of a number, where `estimator` is a classifier.
    max_categories : int, default=30
        Largest number of categories told apart in a column, the most frequent ones.
        Rarer ones count as one category. Among these, a target is drawn by its shares.
    n_quantiles : int, default=19
        Number of levels at which a quantile regressor is fitted.
    n_folds : int, default=5
        Number of folds of the cross-fitting of a regressor.

    See Also
    --------
    TreeConditional : Faster, and sees the shape of distributions.

    Notes
    -----
    The estimator sees a float matrix without missing cells: normal scores of numbers
    (the standard normal quantile at the rank), so that units and skewness do not
    matter, and indicators of categories and of missing cells. A regressor's target is
    such a score, too.

    Weights of rows are passed as ``sample_weight``, to the last step of a pipeline. An
    estimator that does not know weights is shown each row as often as its weight says
    (at most ten times on average). Every ``random_state`` of an estimator is replaced
    by a seed that follows from the generator's.

    A target with fewer than ``n_samples_needed`` known cells is drawn from its own
    distribution, whatever the predictors hold.

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

    #: numeric predictors arrive as ranks between 0 and 1
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
        """Number of rows from which on dependence between columns can be seen."""
        return max(_N_SAMPLES_NEEDED, 2 * self.n_folds)

    def fit(self, X, z, *, predictors, target, sample_weight, rng):
        """Learn p(z | X).

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
            Encoded columns; numeric ones as ranks. NaN marks missing cells.
        z : ndarray of shape (n_samples,)
            Encoded target, without missing cells.
        predictors : sequence of Column
            What the columns of X are.
        target : Column
            What z is.
        sample_weight : ndarray of shape (n_samples,)
            Positive weights.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        self : EstimatorConditional

        Raises
        ------
        ValueError
            If `estimator` is neither a regressor nor a classifier with probabilities,
            or a classifier that needs no companion has one; if predictions are not
            finite.
        """
        self._validate_params()
        regressor, classifier = self._roles()
        self._n_used = X.shape[1] if len(z) >= self.n_samples_needed else 0
        self._features = fit_features(
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
        self._model = model.fit(self._see(X), z, target, sample_weight, rng)
        return self

    def sample(self, X, rng):
        """Draw one value of the target for each row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        rng : numpy.random.Generator

        Returns
        -------
        z : ndarray of shape (n_samples,)
        """
        z = np.empty(len(X))
        for block in gen_batches(len(X), _BLOCK):
            z[block] = self._model.sample(self._see(X[block]), rng)
        return z

    def log_prob(self, X, z):
        """Log-density of each value of the target given its row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        z : ndarray of shape (n_samples,)

        Returns
        -------
        log_prob : ndarray of shape (n_samples,)
        """
        log_prob = np.empty(len(X))
        for block in gen_batches(len(X), _BLOCK):
            log_prob[block] = self._model.log_prob(self._see(X[block]), z[block])
        return mix_with_floor(self._model.marginal, z, log_prob)

    def _see(self, X):
        return feature_matrix(self._features, X[:, : self._n_used])

    def _roles(self):
        """The regressor, or None, and the classifier."""
        estimator = self._component("estimator")
        name = type(estimator).__name__
        if is_regressor(estimator):
            return estimator, self._component("classifier")
        if not is_classifier(estimator) or not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"estimator: expected a regressor, or a classifier with predict_proba, "
                f"got {name}. CalibratedClassifierCV gives any classifier "
                "probabilities."
            )
        if self.classifier is not None:
            raise ValueError(
                f"classifier: the estimator {name} is a classifier already and would "
                "be used for all columns. Leave classifier at None, or give a "
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
