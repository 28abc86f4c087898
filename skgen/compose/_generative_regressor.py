"""GenerativeRegressor: predicts numbers by draws from a generator."""

from numbers import Integral

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin, _fit_context
from sklearn.utils import check_array, check_scalar
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted

from skgen._table.columns import select_columns
from skgen._table.containers.numpy_tables import read_array
from skgen._table.inputs import target_array
from skgen._table.numbers import float_array
from skgen._utils.estimators import HANDLE_UNKNOWN
from skgen._utils.mixins import keeps_state_on_error
from skgen._utils.random import make_call_rng, make_rng
from skgen.compose._predictor import GenerativePredictor
from skgen.table import Schema

#: number of rows drawn by one call of the generator
_BLOCK = 100_000


class GenerativeRegressor(MultiOutputMixin, RegressorMixin, GenerativePredictor):
    """Predict numbers by draws from p(y | x).

    A generator is fitted to X and y, with y as the last column. The prediction of a row
    is the mean of draws from p(y | x). Quantiles and the draws themselves are available
    too. Missing cells of x are drawn together with y. Raw tables of numbers, text,
    categories, booleans and dates need no encoding.

    Parameters
    ----------
    generator : object, default=None
        Any generator of skgen that has ``impute``, or another estimator with
        the same ``fit(X)`` and ``impute(X, random_state=...)``. None means
        ``AutoregressiveGenerator()``, whose parameters can be set as
        ``generator__...``.
    n_draws : int, default=100
        Number of draws for each row in `predict` and `predict_quantiles`.
    schema : Schema or dict, default=None
        What is known of the columns of X, or corrections of what is found, as in
        :func:`~skgen.describe`. None takes that of the generator.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the generator.

    Attributes
    ----------
    generator_ : object
        The fitted generator. It is fitted to floats, with categories encoded as
        numbers.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    GenerativeClassifier : Predicts classes.
    sklearn.gaussian_process.GaussianProcessRegressor : Also has ``sample_y``.

    Notes
    -----
    Draws stay within the observed range of y, have its decimals, and are whole if all
    of y are whole. So predictions do not extrapolate.

    The same fitted regressor predicts the same for the same table. The other rows of
    the table change the random numbers of a row, and so its prediction, by about the
    standard deviation of p(y | x) divided by the square root of `n_draws`, or less.

    Cells of x are assumed to be missing at random. Rows with missing cells take long
    with a generator that draws by weighted particles, such as the default.
    ``GaussianMixtureGenerator()`` needs no particles.

    Several targets are drawn jointly. In parameters of the generator that refer to
    columns by position, the targets start at position ``n_features_in_``.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.compose import GenerativeRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(size=(500, 1))
    >>> y = X[:, 0] + 0.1 * rng.normal(size=500)
    >>> regressor = GenerativeRegressor(random_state=0).fit(X, y)
    >>> regressor.score(X, y) > 0.8
    True
    >>> regressor.predict_quantiles(X[:3], [0.1, 0.5, 0.9]).shape
    (3, 3)
    >>> regressor.sample_y(X[:3], 20).shape
    (3, 20)
    """

    _needed = "impute"
    _instead_of_categories = "Encode them, or use a generator of skgen."

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit"]), None],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "handle_unknown": HANDLE_UNKNOWN,
        "schema": [Schema, dict, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        generator=None,
        *,
        n_draws=100,
        schema=None,
        handle_unknown="missing",
        random_state=None,
    ):
        self.generator = generator
        self.n_draws = n_draws
        self.handle_unknown = handle_unknown
        self.schema = schema
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # the draws of a row depend on how many others come with it
        tags.non_deterministic = True
        return tags

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Fit the generator to X and y.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Numbers to predict.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, passed to the generator.

        Returns
        -------
        self : object
            The fitted regressor.

        Raises
        ------
        TypeError
            If the generator has no ``impute``, or takes no categories and there are
            some.
        ValueError
            If y has missing cells; if X has a column that cannot be modelled; if
            `sample_weight` is passed and the generator does not take it.
        """
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None."
            )
        _check_numbers(target_array(y))
        targets = check_array(
            y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self
        )
        n_targets = targets.shape[1] if targets.ndim > 1 else 1
        Z, targets, weights = self._read_training(X, targets, sample_weight, n_targets)
        self._n_targets, self._target_shape = n_targets, targets.shape[1:]
        context = self._init_callback_context(max_subtasks=1)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        rng = make_rng(self.random_state)
        discrete = np.append(self._discrete(), [False] * n_targets)
        generator = self._make_generator(discrete, rng)
        matrix = np.column_stack([Z, targets])
        # sorted, so that draws do not depend on the order of the rows
        order = np.lexsort(matrix.T)
        table = self._table(matrix[order])
        weights = None if weights is None else weights[order]
        self._fit_generator(context, "generator", generator, table, weights)
        self.generator_, self._seed = generator, int(rng.integers(2**31))
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=dict
        )
        return self

    def predict(self, X):
        """Predict the mean of draws for each row.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit; cells may be missing.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.
        """
        return self._shape(self._predictive_draws(X).mean(axis=-1))

    def predict_quantiles(self, X, quantiles=(0.05, 0.5, 0.95)):
        """Predict quantiles of p(y | x), from the draws that `predict` averages.

        A new draw is below the quantile q with probability q: the quantile is the
        sorted draw at position q (n_draws + 1), counted from one and interpolated. For
        q below 1 / (n_draws + 1) it is the smallest draw.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit; cells may be missing.
        quantiles : array-like of shape (n_quantiles,), default=(0.05, 0.5, 0.95)
            Between 0 and 1.

        Returns
        -------
        y : ndarray of shape (n_samples, n_quantiles) or \
                (n_samples, n_outputs, n_quantiles)

        Raises
        ------
        ValueError
            If a quantile is not between 0 and 1.
        """
        quantiles = float_array(quantiles, "quantiles")
        within = (quantiles >= 0) & (quantiles <= 1)
        if quantiles.ndim != 1 or not within.all():
            raise ValueError(
                "quantiles: expected a list of numbers between 0 and 1, got "
                f"{quantiles.tolist()}."
            )
        draws = self._predictive_draws(X)
        found = np.quantile(draws, quantiles, axis=-1, method="weibull")
        return self._shape(np.moveaxis(found, 0, -1))

    def sample_y(self, X, n_samples=1, random_state=None):
        """Draw from p(y | x) for each row.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples_X, n_features)
            Rows with the columns seen at fit; cells may be missing.
        n_samples : int, default=1
            Number of draws for each row.
        random_state : int, RandomState instance or None, default=None
            Seed of this call. With None, calls differ from each other, but the
            sequence of calls repeats after the same seeded `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples_X, n_samples) or \
                (n_samples_X, n_outputs, n_samples)
            The draws of a row are in random order.
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=1)
        Z = self._read(X)
        if random_state is None:
            return self._shape(self._draw(Z, n_samples, None))
        return self._shape(self._draw(Z, n_samples, make_call_rng(random_state)))

    def _predictive_draws(self, X):
        Z = self._read(X)
        return self._draw(Z, self.n_draws, make_rng(self._seed))

    def _draw(self, Z, n_draws, rng):
        """Draws of the targets, of shape (n_samples, n_outputs, n_draws)."""
        draws = np.empty((len(Z), self._n_targets, n_draws))
        n_rows = max(1, _BLOCK // n_draws)
        for start in range(0, len(Z), n_rows):
            block = slice(start, start + n_rows)
            rows = np.repeat(Z[block], n_draws, axis=0)
            unknown = np.full((len(rows), self._n_targets), np.nan)
            seed = None if rng is None else int(rng.integers(2**31))
            filled = self.generator_.impute(
                self._table(np.hstack([rows, unknown])), random_state=seed
            )
            targets = select_columns(
                filled, np.arange(Z.shape[1], Z.shape[1] + self._n_targets)
            )
            cells = np.asarray(targets, dtype=np.float64)
            draws[block] = cells.reshape(-1, n_draws, self._n_targets).swapaxes(1, 2)
        return draws

    def _shape(self, values):
        """Remove the axis of targets if y was one-dimensional."""
        return values if self._target_shape else values[:, 0]


def _check_numbers(y):
    cells = read_array(y.ravel(), "y")
    if cells.sort != "numbers":
        raise TypeError(
            f"y: expected numbers, got {cells.plural}. Convert them to numbers, or use "
            "GenerativeClassifier."
        )
