"""GenerativeImputer: fills missing cells by draws given the observed cells."""

import warnings
import zlib
from functools import partial
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import _safe_indexing, check_scalar
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils._set_output import (
    _get_output_config,
    _wrap_data_with_container,
)
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_is_fitted,
    validate_data,
)

from skgen._plan.choose import rules_of, share_rules
from skgen._plan.fit import fit_plan
from skgen._table.columns import beside, exchange_columns, fill_with_zeros, table_like
from skgen._table.containers.tables import as_table
from skgen._table.identifiers.columns import warn_of_identifiers
from skgen._utils.callbacks import fit_task
from skgen._utils.estimators import (
    HANDLE_UNKNOWN,
    change_parameter,
    clone_seeded,
    drop_weightless_rows,
)
from skgen._utils.mixins import GenerativeWrapper, keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.conditionals import TreeConditional
from skgen.generators import ChainedGenerator
from skgen.imputation._averages import fill_averages
from skgen.imputation._pooling import pool
from skgen.table import Schema, codec_for


class GenerativeImputer(GenerativeWrapper, TransformerMixin, BaseEstimator):
    """Fill missing cells by a generator of the whole table.

    A generator is fitted to rows in which cells may be missing. The missing cells of
    any row are then filled given its observed cells. Columns of numbers, text,
    categories, booleans and dates need no encoding; dtypes and observed cells are kept.

    Parameters
    ----------
    generator : object, default=None
        Any generator of skgen that has ``impute``, or another estimator with the same
        ``fit(X)`` and ``impute(X, n_draws=..., random_state=...)``. None means
        ``ChainedGenerator(TreeConditional(n_trees=50, min_samples_leaf="auto",
        smoothing=0.0))``, whose parameters can be set as ``generator__...``.
    strategy : {"draw", "mean", "median"}, default="draw"
        What `transform` fills in.

        - ``"draw"``: one draw from p(missing | observed). It preserves the variance of
          the columns and the relations between them.
        - ``"mean"``: the mean of `n_draws` draws, rounded for integer dtypes; for
          categories and booleans the most frequent draw. It minimises the squared error
          of each cell, but the completed columns vary too little.
        - ``"median"``: the same with medians, which minimise the absolute error.
    n_draws : int, default=50
        Number of draws behind a mean or median. Ignored with ``strategy="draw"``.
    add_indicator : bool, default=False
        Whether to append a column ``missingindicator_<name>`` for each column with
        missing cells at fit, as :class:`~sklearn.impute.SimpleImputer` does: boolean in
        dataframes, in the dtype of the array otherwise.
    keep_empty_features : bool, default=False
        Whether to keep columns without an observed cell at fit. Their missing cells are
        then filled with 0 in numeric columns and False in boolean ones, and stay
        missing in all others. By default these columns are dropped.
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
        The fitted generator.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    Warns
    -----
    UserWarning
        In `fit`, if columns without an observed cell will be dropped.

    See Also
    --------
    ChainedGenerator : The default generator.
    sklearn.impute.IterativeImputer : Regressions of each column on all others.
    sklearn.impute.SimpleImputer : Fills all cells of a column with one value.

    Notes
    -----
    The distribution of a filled cell depends on the training rows and the observed
    cells of its row only. The other rows of a call change its random numbers. The same
    fitted imputer fills the same table with the same draws.

    ``generator__n_jobs=2``, or ``joblib.parallel_config(n_jobs=2)``, lets the default
    generator fit two columns in parallel; see there for other generators. The memory of
    the default grows with rows (up to its `max_samples`), columns and trees: fewer
    trees, such as ``generator__conditional__n_trees=10``, make it smaller.

    Cells are assumed to be missing at random: for reasons that observed cells explain.

    `multiple` and `pool` are multiple imputation [1]_, [2]_. All tables come from one
    fitted generator, so they ignore the uncertainty of its parameters and differ too
    little if many cells are missing. The Bayesian bootstrap [3]_ helps: fit one imputer
    for each table, with another `random_state` and with
    ``sample_weight=rng.standard_exponential(n_samples)``. With a few hundred rows, the
    leaves of the default's trees attenuate relations between columns.

    References
    ----------
    .. [1] Rubin (1987), "Multiple Imputation for Nonresponse in Surveys", Wiley.
    .. [2] van Buuren (2018), "Flexible Imputation of Missing Data", 2nd edition, CRC.
    .. [3] Rubin (1981), "The Bayesian bootstrap", Annals of Statistics 9(1).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skgen import GenerativeImputer
    >>> X = pd.DataFrame({
    ...     "size": np.arange(90.0),
    ...     "plan": ["basic"] * 45 + ["pro"] * 45,
    ... })
    >>> imputer = GenerativeImputer(strategy="mean", random_state=0).fit(X)
    >>> new = pd.DataFrame({"size": [3.0, 80.0], "plan": ["basic", None]})
    >>> imputer.transform(new)
       size   plan
    0   3.0  basic
    1  80.0    pro
    """

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit"]), None],
        "strategy": [StrOptions({"draw", "mean", "median"})],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "add_indicator": ["boolean"],
        "keep_empty_features": ["boolean"],
        "handle_unknown": HANDLE_UNKNOWN,
        "schema": [Schema, dict, None],
        "random_state": ["random_state"],
    }

    pool = staticmethod(pool)

    def __init__(
        self,
        generator=None,
        *,
        strategy="draw",
        n_draws=50,
        add_indicator=False,
        keep_empty_features=False,
        schema=None,
        handle_unknown="missing",
        random_state=None,
    ):
        self.generator = generator
        self.strategy = strategy
        self.n_draws = n_draws
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features
        self.handle_unknown = handle_unknown
        self.schema = schema
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"generator": _chained_trees}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, sample_weight=None):
        """Fit the generator to all rows, with their missing cells.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : Ignored
            Present for API consistency by convention.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, passed to the generator.

        Returns
        -------
        self : object
            The fitted imputer.

        Raises
        ------
        TypeError
            If the generator cannot draw cells given others.
        ValueError
            If X has no row or a column that cannot be modelled, or if `sample_weight`
            is passed and the generator does not take it.
        """
        generator = self._component("generator")
        if not hasattr(generator, "impute"):
            raise TypeError(
                f"generator: {type(generator).__name__} cannot draw cells given "
                "others. Use a generator that has `impute`, or None for the default."
            )
        self._check_sample_weight(generator, sample_weight)
        X, sample_weight = drop_weightless_rows(as_table(X)[1], sample_weight)
        codec = codec_for(generator, self.schema).fit(X)
        warn_of_identifiers(codec)
        rng = make_rng(self.random_state)
        generator = clone_seeded(generator, rng)
        # the imputer itself refuses unknown cells, or else passes them on
        change_parameter(generator, "handle_unknown", lambda _: "missing")
        change_parameter(generator, "schema", lambda _: codec.schema_)
        Z = codec.encode(X, handle_unknown="missing")
        share_rules(generator, codec, Z, sample_weight)
        plan = fit_plan(rules_of(generator), codec, Z)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        data = {"estimator": self, "X": X, "y": y}
        context = self._init_callback_context(max_subtasks=1)
        context.call_on_fit_task_begin(**data)
        with fit_task(context, "generator", generator, **data):
            generator.fit(X, **weights)
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        validate_data(self, X, skip_check_array=True)
        self.generator_, self._codec, self._plan = generator, codec, plan
        self._seed = int(rng.integers(2**31))
        empty = [column.name for column in codec.columns_ if column.kind == "missing"]
        if empty and not self.keep_empty_features:
            warnings.warn(
                f"No cell is observed in the columns {empty}: they are dropped. Drop "
                "them yourself, or set keep_empty_features=True.",
                UserWarning,
                stacklevel=4,
            )
        return self

    def transform(self, X):
        """Fill the missing cells.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit. Any cell may be missing.

        Returns
        -------
        X_imputed : {ndarray, dataframe} of shape (n_samples, n_features_out)
            Copy of X in its container, dtypes and index with its observed cells
            unchanged, followed by the missing indicators with ``add_indicator=True``.
            Columns without an observed cell in X get the dtype that they had at fit; so
            do integers and booleans that pandas had cast to hold missing cells.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.
        """
        X, known, Z, missing = self._read(X)
        if self.strategy == "draw":
            filled = self.generator_.impute(known, random_state=self._call_seed(Z))
        else:
            filled = self._average(known, Z, missing)
        return self._finish(filled, X, missing)

    def multiple(self, X, m):
        """Complete a table several times by different draws.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit.
        m : int
            Number of tables.

        Returns
        -------
        tables : list of m {ndarray, dataframe} of shape (n_samples, n_features_out)
            Each is completed as by `transform` with ``strategy="draw"``. Analyse each
            and combine the results by `pool`.
        """
        check_is_fitted(self)
        check_scalar(m, "m", Integral, min_val=1)
        X, known, Z, missing = self._read(X)
        tables = self.generator_.impute(
            known, n_draws=m, random_state=self._call_seed(Z)
        )
        finished = [self._finish(table, X, missing) for table in tables]
        return [
            _wrap_data_with_container("transform", table, X, self) for table in finished
        ]

    def get_feature_names_out(self, input_features=None):
        """Get the names of the columns that `transform` returns.

        Parameters
        ----------
        input_features : array-like of str of shape (n_features_in_,), default=None
            Names of the columns of X, if none were seen at fit.

        Returns
        -------
        names : ndarray of str of shape (n_features_out,)
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        indicated = names[self._indicated()] if self.add_indicator else []
        added = np.array(
            [f"missingindicator_{name}" for name in indicated], dtype=object
        )
        if not self.keep_empty_features:
            names = np.delete(names, self._empty())
        return np.concatenate([names, added])

    def _empty(self):
        """Positions of the columns without an observed cell at fit."""
        return np.flatnonzero(
            [column.kind == "missing" for column in self._codec.columns_]
        )

    def _indicated(self):
        """Positions of the columns with a missing cell at fit."""
        return np.flatnonzero([column.has_missing for column in self._codec.columns_])

    def _read(self, X):
        """The table, the same without empty columns, encoded, and its missing cells."""
        check_is_fitted(self)
        container, X = as_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        names, empty = container.names(X), self._empty()
        treatments = np.full(len(names), self.handle_unknown, dtype=object)
        treatments[empty] = "missing"
        Z, unknown = self._codec.encode(
            X, handle_unknown=treatments, return_unknown=True
        )
        known = X
        if unknown[:, empty].any():
            # the generator has not learned columns that were empty at fit; float32
            # does not widen the dtype of an array
            nothing = np.full((len(X), len(empty)), np.nan, dtype=np.float32)
            blank = table_like(X, nothing, [names[j] for j in empty])
            known = exchange_columns(X, empty, blank)
        return X, known, Z, np.isnan(Z) & ~unknown

    def _call_seed(self, Z):
        """Seed that depends on the table.

        With one seed, rows passed one by one would all get the same random numbers.
        """
        checksum = zlib.crc32(np.ascontiguousarray(Z))
        return int(np.random.default_rng([self._seed, checksum]).integers(2**31))

    def _average(self, X, Z, missing):
        """Fill every missing cell with the mean, median or mode of several draws."""
        impute = partial(
            self.generator_.impute,
            n_draws=self.n_draws,
            random_state=self._call_seed(Z),
        )
        return fill_averages(
            self._codec, X, Z, missing, impute, self.strategy, self._plan
        )

    def _finish(self, filled, X, missing):
        """Completed table with the requested columns, in the requested library."""
        empty = self._empty()
        if len(empty) and self.keep_empty_features:
            kept = fill_with_zeros(_safe_indexing(X, empty, axis=1))
            filled = exchange_columns(filled, empty, kept)
        elif len(empty):
            rest = np.setdiff1d(np.arange(self.n_features_in_), empty)
            filled = _safe_indexing(filled, rest, axis=1)
        if self.add_indicator and len(self._indicated()):
            filled = self._append_indicators(filled, missing[:, self._indicated()])
        output = _get_output_config("transform", self)["dense"]
        if output == "pandas" and hasattr(filled, "to_pandas"):
            # scikit-learn's own conversion loses the dtypes of polars
            return filled.to_pandas()
        return filled

    def _append_indicators(self, filled, indicators):
        names = self.get_feature_names_out()
        names_of_new = names[len(names) - indicators.shape[1] :]
        new = table_like(filled, indicators, names_of_new)
        filled = beside(filled, new)
        if hasattr(filled, "columns") and not hasattr(self, "feature_names_in_"):
            # scikit-learn raises an error if only some column names are text
            filled.columns = list(names)
        return filled


def _chained_trees():
    conditional = TreeConditional(n_trees=50, min_samples_leaf="auto", smoothing=0.0)
    return ChainedGenerator(conditional)
