"""GenerativeClassifier: predicts classes by Bayes' rule from densities of rows."""

import warnings

import numpy as np
from scipy.special import logsumexp
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skgen._table.numbers import float_array
from skgen._utils.estimators import HANDLE_UNKNOWN
from skgen._utils.mixins import keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.compose._predictor import GenerativePredictor
from skgen.resampling._targets import read_labels
from skgen.table import Schema


class GenerativeClassifier(ClassifierMixin, GenerativePredictor):
    """Predict classes by Bayes' rule from the density of rows.

    As p(y | x) is proportional to p(x, y), a generator with densities is a classifier.
    Missing cells are not imputed but marginalised. Raw tables of numbers, text,
    categories, booleans and dates need no encoding.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``score_samples(X)``: those of skgen or, with
        ``strategy="separate"`` and for numbers, such as
        :class:`~sklearn.neighbors.KernelDensity`. None means
        ``AutoregressiveGenerator()``, whose parameters can be set as
        ``generator__...``.
    strategy : {"joint", "separate"}, default="joint"
        What is modelled.

        - ``"joint"``: one generator is fitted to X and y, with y as the last column, a
          category. A row's density is computed with each class filled in.
        - ``"separate"``: one generator is fitted to the rows of each class. Its density
          of a row is multiplied by the share of the class.
    priors : array-like of shape (n_classes,), default=None
        Probabilities of the classes, in sorted order, among the rows to predict. None
        takes their (weighted) shares of the training rows.
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
    classes_ : ndarray of shape (n_classes,)
        Sorted labels.
    class_prior_ : ndarray of shape (n_classes,)
        Probabilities of the classes: `priors` or their shares.
    generators_ : list
        The fitted generators: one, or one for each class. They are fitted to floats,
        with categories encoded as numbers.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    Warns
    -----
    UserWarning
        With "separate", if a class has no observed cell in a column. The column is then
        ignored for all classes, whose densities could not be compared otherwise.

    See Also
    --------
    GenerativeRegressor : Predicts numbers from draws.
    sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis : "separate" with one
        Gaussian for each class.
    sklearn.naive_bayes.GaussianNB : The same with independent columns.

    Notes
    -----
    The joint model shares information between classes, and its densities have one
    measure. If the generator factorises by columns, the probability of y is its last
    factor, given all of X. It needs a generator in which y depends on the columns: in a
    mixture of one component it does not. The default usually predicts better jointly.

    Cells are assumed to be missing at random. If the fact that a cell is missing
    depends on the class, add an indicator column.

    With "separate", a value that one class repeats has a probability in the model of
    this class and a density in others. Densities are converted to the measure of the
    whole table before they are compared. A category that a class has not seen is
    marginalised for this class, and its probability there is its share of half a row's
    weight among all categories. A row without density in any class gets the priors.

    If densities are estimated by simulation, as by ``AutoregressiveGenerator`` for rows
    with missing cells, so are the probabilities. All classes use the same random
    numbers, so that their ratios hardly depend on these; other rows of the same call
    change them.

    Classes are fitted one after the other, each with the generator's ``n_jobs`` or that
    of ``joblib.parallel_config``.

    In parameters of the generator that refer to columns by position, y is at position
    ``n_features_in_``.

    References
    ----------
    .. [1] Ng & Jordan (2001), "On discriminative vs. generative classifiers", Advances
       in Neural Information Processing Systems 14.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen.compose import GenerativeClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = GenerativeClassifier(random_state=0).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    >>> only_petal_length = [[float("nan"), float("nan"), 1.4, float("nan")]]
    >>> classifier.predict(only_petal_length)
    array([0])
    """

    _needed = "score_samples"
    _instead_of_categories = (
        "With strategy='joint' y is one of them: use 'separate', encode the others, or "
        "use a generator of skgen."
    )

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit"]), None],
        "strategy": [StrOptions({"joint", "separate"})],
        "priors": ["array-like", None],
        "handle_unknown": HANDLE_UNKNOWN,
        "schema": [Schema, dict, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        generator=None,
        *,
        strategy="joint",
        priors=None,
        schema=None,
        handle_unknown="missing",
        random_state=None,
    ):
        self.generator = generator
        self.strategy = strategy
        self.priors = priors
        self.handle_unknown = handle_unknown
        self.schema = schema
        self.random_state = random_state

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Fit the generators.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,)
            Class of each row.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, passed to the generators.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        TypeError
            If the generator has no ``score_samples``, or takes no categories and there
            are some.
        ValueError
            If y does not hold classes or has missing cells; if `priors` are not
            probabilities of the classes; if X has a column that cannot be modelled, or,
            with "separate", none that is observed in every class; if `sample_weight` is
            passed and the generator does not take it.
        """
        labels = column_or_1d(read_labels(y), warn=True)
        check_classification_targets(labels)
        Z, labels, weights = self._read_training(X, labels, sample_weight, n_targets=1)
        self.classes_, class_of_row = np.unique(labels, return_inverse=True)
        shares = np.bincount(class_of_row, weights=weights)
        shares = shares / shares.sum()
        self.class_prior_ = self._check_priors(shares)
        self._log_shares = np.log(shares)
        joint = self.strategy == "joint"
        context = self._init_callback_context(
            max_subtasks=1 if joint else len(self.classes_)
        )
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        rng = make_rng(self.random_state)
        if joint:
            self._fit_joint(Z, class_of_row, weights, context, rng)
        else:
            self._fit_separate(Z, class_of_row, weights, context, rng)
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=dict
        )
        return self

    def predict_log_proba(self, X):
        """Predict log-probabilities of the classes.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit; cells may be missing.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.
        """
        check_is_fitted(self)
        with np.errstate(divide="ignore"):
            log_prior = np.log(self.class_prior_)
        # the generators have learned the shares of the training rows
        log_joint = self._log_joint(self._read(X)) - self._log_shares + log_prior
        log_joint[np.isneginf(log_joint).all(axis=1)] = log_prior
        return log_joint - logsumexp(log_joint, axis=1, keepdims=True)

    def predict_proba(self, X):
        """Predict probabilities of the classes.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit; cells may be missing.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Predict the most probable class of each row.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit; cells may be missing.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        log_proba = self.predict_log_proba(X)
        return self.classes_[np.argmax(log_proba, axis=1)]

    def _check_priors(self, shares):
        if self.priors is None:
            return shares
        priors = column_or_1d(float_array(self.priors, "priors"))
        valid = len(priors) == len(shares) and (priors >= 0).all()
        if not valid or not np.isclose(priors.sum(), 1.0):
            raise ValueError(
                f"priors: expected {len(shares)} probabilities that sum to one, one "
                f"for each class, got {priors.tolist()}."
            )
        return priors

    def _fit_joint(self, Z, class_of_row, weights, context, rng):
        generator = self._make_generator(np.append(self._discrete(), True), rng)
        table = self._table(np.column_stack([Z, class_of_row]))
        self._fit_generator(context, "all classes", generator, table, weights)
        self.generators_ = [generator]

    def _fit_separate(self, Z, class_of_row, weights, context, rng):
        """Fit a generator to each class, and keep which categories it has seen.

        Generators of skgen know the columns of the whole table, so that their densities
        have the same base measure.
        """
        self._used = self._columns_of_all(Z, class_of_row)
        counted = np.ones(len(Z)) if weights is None else weights
        discrete = self._discrete()[self._used]
        self.generators_, self._seen = [], []
        for k, label in enumerate(self.classes_):
            rows = np.flatnonzero(class_of_row == k)
            Z_class = Z[np.ix_(rows, self._used)]
            generator = self._make_generator(discrete, rng, self._used)
            table = self._table(Z_class, self._used)
            row_weights = None if weights is None else weights[rows]
            self._fit_generator(
                context, f"class {label}", generator, table, row_weights
            )
            self.generators_.append(generator)
            self._seen.append(
                [(np.unique(z), counted[rows][~np.isnan(z)].sum()) for z in Z_class.T]
            )

    def _columns_of_all(self, Z, class_of_row):
        """Positions of the columns with an observed cell in every class."""
        classes = range(len(self.classes_))
        known = ~np.isnan(Z)
        observed = np.array([known[class_of_row == k].any(axis=0) for k in classes])
        used = observed.all(axis=0)
        if not used.any():
            raise ValueError(
                "strategy: 'separate' needs a column in which every class has an "
                "observed cell, but X has none. Use 'joint'."
            )
        left_out = observed.any(axis=0) & ~used
        if left_out.any():
            names = [self._codec.columns_[j].name for j in np.flatnonzero(left_out)]
            warnings.warn(
                f"Some class has no observed cell in the columns {names}: they are "
                "left out. Drop them yourself, or use strategy='joint'.",
                UserWarning,
                stacklevel=6,
            )
        return np.flatnonzero(used)

    def _log_joint(self, Z):
        """log p(x, y) for every class."""
        if self.strategy == "separate":
            return self._log_joint_separate(Z)
        [generator] = self.generators_
        log_joint = np.empty((len(Z), len(self.classes_)))
        # one call for each class, so that all use the same random numbers
        for k in range(len(self.classes_)):
            table = self._table(np.column_stack([Z, np.full(len(Z), float(k))]))
            log_joint[:, k] = generator.score_samples(table)
        return log_joint

    def _log_joint_separate(self, Z):
        """log p(x, y) from a generator of each class and the share of the class."""
        columns = [self._codec.columns_[j] for j in self._used]
        Z, log_joint = Z[:, self._used], np.tile(self._log_shares, (len(Z), 1))
        for k, (generator, seen) in enumerate(
            zip(self.generators_, self._seen, strict=True)
        ):
            known = Z.copy()
            for j, column in enumerate(columns):
                z = Z[:, j]
                if column.discrete:
                    values, n_observed = seen[j]
                    unseen = ~np.isnan(z) & ~np.isin(z, values)
                    known[unseen, j] = np.nan
                    # together they have half a row's weight, as in the floor
                    log_joint[unseen, k] -= np.log(
                        2 * (n_observed + 1) * column.n_categories
                    )
            table = self._table(known, self._used)
            log_joint[:, k] += generator.score_samples(table)
        return log_joint
