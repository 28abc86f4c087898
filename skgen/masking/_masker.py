"""GenerativeMasker: the transformer."""

from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
    clone,
)
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._math.privacy.coarsening import nearest_allowed
from skgen._plan.fit import fit_plan
from skgen._table.columns import copy_finite
from skgen._table.containers.tables import as_table
from skgen._table.identifiers.columns import warn_of_identifiers
from skgen._table.inputs import read_targets, target_array
from skgen._utils.estimators import HANDLE_UNKNOWN
from skgen._utils.mixins import GenerativeWrapper, keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.generators import AutoregressiveGenerator
from skgen.masking._coarsening import (
    coarsen,
    snap_drawn_numbers,
    snap_training_numbers,
)
from skgen.masking._draws import (
    FitJob,
    check_draws_given,
    cross_fit_jobs,
    draw_new_rows,
    encode_drawn,
    make_training_table,
    run_jobs,
)
from skgen.masking._groups import choose_cells, find_masked, is_word, make_groups
from skgen.masking._rules import (
    find_plan,
    involved,
    mask_along,
    settle_rules,
    without_rare,
)
from skgen.table import Schema, codec_for


class GenerativeMasker(
    GenerativeWrapper,
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
):
    """Replace cells of training rows by draws given the other cells of their row.

    In a :class:`~sklearn.pipeline.Pipeline` the steps after it are fitted to masked
    rows and predict from unmasked ones. Rows, columns, dtypes and the index stay; cells
    that are not chosen are bit-identical. Raw tables need no encoding.

    Parameters
    ----------
    columns : str, int, slice, array-like or callable, default=None
        The columns to mask: names, positions, a slice or boolean mask of them, or a
        callable that takes X and returns one of these, such as
        :func:`~sklearn.compose.make_column_selector`. None means all.
    fraction : float, default=None
        Share, above 0 and at most 1, of the cells of each of these columns, chosen at
        random; at least one. None means all cells.
    generator : object, default=None
        Any generator of skgen, or another estimator with the same ``fit(X)`` and
        ``sample(n, given=...)``; `given` is not needed if nothing is conditioned on.
        None means ``AutoregressiveGenerator()``, whose parameters can be set as
        ``generator__...``.
    condition_on : {"all", "none"}, str, int, slice, array-like or callable, \
            default="all"
        The cells that draws are conditioned on: a trade-off of utility and disclosure.

        - ``"all"``: all unmasked cells of the row, and y if it is passed. Relations
          between masked and other columns survive; but someone who knows the rest of a
          row can guess its masked cells as well as those of a row outside the table.
        - ``"none"``: each masked column is drawn on its own, independently of the rest
          of the row. Only the distribution of the column can be learned.
        - columns, specified like `columns`, in a list if their name is "all" or
          "none": only the unmasked cells of these. Masked columns stay related to each
          other.
    min_count : int, default=5
        A value held by fewer rows of X is never drawn. Before the generator is fitted,
        rare categories are replaced at random by frequent ones, and numbers and dates
        are clipped to the `min_count`-th smallest and largest. A rare number that is
        drawn is moved to the nearest number held by at least `min_count` rows, or
        midway between two of the column and held by none. 1 turns all this off.
    n_folds : int, default=5
        Number of folds of `fit_transform`; fewer if there are fewer rows. The cells of
        a fold are drawn by a generator fitted to the other folds, so this is the
        number of fits.
    determinants : {"mask", "refuse", "keep"}, default="mask"
        What is done with columns that are kept although a masked column follows from
        them by a rule of the generator, as the state follows from the city: they are
        masked along, with a warning that names them; an error; or nothing.
    when : {"fit", "always"}, default="fit"
        With ``"fit"``, `transform` returns X unchanged. With ``"always"``, it masks
        new rows too, by a generator that `fit` and `fit_transform` fit to all rows.
    schema : Schema or dict, default=None
        What is known of the columns of X, or corrections of what is found, as in
        :func:`~skgen.describe`. None takes that of the generator.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    n_jobs : int, default=None
        Number of generators fitted in parallel: one for each fold and, with
        ``condition_on="none"``, each masked column. -1 uses all cores; None means 1,
        unless set by ``joblib.parallel_config``. The result does not depend on it.
        Other processes get copies of the callbacks, as in scikit-learn's searches.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the generator.

    Attributes
    ----------
    masked_columns_ : ndarray of shape (n_masked_columns,)
        Positions of the columns to mask.
    masked_cells_ : ndarray of bool of shape (n_samples, n_features_in_)
        Which cells of the training table `fit_transform` has masked.
    generator_ : object or list of object
        The generator fitted to all rows. With ``condition_on="none"``, one for each
        masked column. Only with ``when="always"``.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    AutoregressiveGenerator : The default generator.
    GenerativeImputer : Fills missing cells.

    Notes
    -----
    Mask training rows by `fit_transform`, which draws each row from a generator that
    was fitted to others (cross-fitting). ``fit(X).transform(X)`` returns them unmasked
    with ``when="fit"``; with ``"always"``, it uses a generator that was fitted to them.

    Two things hold by construction. The original value of a cell does not influence its
    replacement, except through the counts behind `min_count`. So the replacement equals
    the original no more often than for a row outside the table. And no value of a
    masked column held by fewer than `min_count` rows is drawn. Neither is differential
    privacy: the other cells may identify a row, and ``condition_on="all"`` uses y.

    With ``when="fit"``, a fitted masker and its pickle hold names and positions of
    columns and which cells were masked, but no cell of X or y. With ``"always"`` they
    also hold ``generator_`` and a codec, and nothing of y. Of masked columns these hold
    the categories of at least `min_count` rows, the numbers to which all cells were
    moved before the fit (each held by at least `min_count` rows or by none), their
    frequencies, relations to the columns conditioned on, and all categories that a
    categorical dtype declares. Of columns conditioned on they hold what the generator
    stores: by default categories, repeated values, the range, and cut points, which may
    be values. Of other columns they hold categories, range and repeated values.

    `transform` does not know y, so with ``when="always"`` it draws given the other
    cells alone. With ``handle_unknown="error"``, unseen categories of masked columns
    are no error: they are replaced, and `min_count` has removed the rare ones.

    Masked rows keep the rules between columns that the generator knows, except where a
    cell would hold a rare value: `min_count` goes first. With `fraction`, cells that
    follow from others are not computed anew after numbers were moved.

    Masked columns that identify the rows get fresh values of the same pattern.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen.masking import GenerativeMasker
    >>> X = pd.DataFrame({
    ...     "job": ["nurse", "clerk"] * 30 + ["queen"],
    ...     "pay": [float(i % 20) for i in range(61)],
    ... })
    >>> masker = GenerativeMasker(columns="job", random_state=0)
    >>> X_masked = masker.fit_transform(X)
    >>> sorted(X_masked["job"].unique()), X_masked["pay"].equals(X["pay"])
    (['clerk', 'nurse'], True)
    >>> masker.masked_cells_.sum(axis=0)
    array([61,  0])
    >>> masker.transform(X).equals(X)
    True
    """

    _parameter_constraints: dict = {
        "columns": [str, Integral, slice, "array-like", callable, None],
        "fraction": [Interval(Real, 0, 1, closed="right"), None],
        "generator": [HasMethods(["fit", "sample"]), None],
        "condition_on": [str, Integral, slice, "array-like", callable],
        "min_count": [Interval(Integral, 1, None, closed="left")],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
        "determinants": [StrOptions({"mask", "refuse", "keep"})],
        "when": [StrOptions({"fit", "always"})],
        "handle_unknown": HANDLE_UNKNOWN,
        "n_jobs": [Integral, None],
        "schema": [Schema, dict, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        columns=None,
        *,
        fraction=None,
        generator=None,
        condition_on="all",
        min_count=5,
        n_folds=5,
        determinants="mask",
        when="fit",
        schema=None,
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.columns = columns
        self.fraction = fraction
        self.generator = generator
        self.condition_on = condition_on
        self.min_count = min_count
        self.n_folds = n_folds
        self.determinants = determinants
        self.when = when
        self.handle_unknown = handle_unknown
        self.n_jobs = n_jobs
        self.schema = schema
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"generator": AutoregressiveGenerator}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._component("generator")).input_tags
        tags.input_tags.allow_nan = inner.allow_nan
        tags.input_tags.categorical = inner.categorical
        tags.input_tags.string = inner.string
        # seeded calls repeat, but `fit_transform` and `transform` differ on purpose,
        # and scikit-learn has no other tag for this
        tags.non_deterministic = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Check the table and, with ``when="always"``, fit the generator to all rows.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : Ignored
            Present for API consistency by convention.

        Returns
        -------
        self : object
            The fitted masker.

        Raises
        ------
        TypeError, ValueError
            As `fit_transform`. With ``when="fit"``, one row is enough.
        """
        X, codec, groups, plan = self._check(X, 2 if self.when == "always" else 1)
        rng = make_rng(self.random_state)
        if self.when == "fit":
            self._clear()
            return self
        coarse = coarsen(codec, X, self.masked_columns_, self.min_count, rng)
        self._clear()
        jobs = self._jobs_for_transform(codec, X, groups, coarse, plan, rng)
        data = {"estimator": self, "X": X, "y": y}
        context, fitted = self._start("fit", jobs, None, data, rng)
        self._set_generators(list(fitted))
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        return self

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, X, y=None):
        """Mask training rows.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing. At
            least two rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Classes or numbers. With ``condition_on="all"``, draws are conditioned on
            them. Whole numbers are treated as classes if they are few: at most 10, or
            the square root of the number of rows.

        Returns
        -------
        X_masked : {ndarray, dataframe} of shape (n_samples, n_features)
            Copy of X in its container, dtypes and index with the chosen cells replaced.

        Raises
        ------
        TypeError
            If draws are conditioned on cells and the generator does not support this.
        ValueError
            If columns are unknown, none is chosen, or one is both masked and in
            `condition_on`; if X has a single row or a column that cannot be modelled;
            or if `min_count` leaves no value of masked columns to draw.
        """
        X, codec, groups, plan = self._check(X, 2)
        targets = self._read_targets(X, y)
        rng = make_rng(self.random_state)
        coarse = coarsen(codec, X, self.masked_columns_, self.min_count, rng)
        tables = [make_training_table(g, codec, coarse, plan, targets) for g in groups]
        masked = self._choose_cells(len(X), rng)
        self._clear()
        fold = rng.permutation(len(X)) % min(self.n_folds, len(X))
        jobs_of_folds = cross_fit_jobs(tables, masked, fold)
        jobs = list(jobs_of_folds)
        if self.when == "always":
            jobs += self._jobs_for_transform(codec, X, groups, coarse, plan, rng)
        data = {"estimator": self, "X": X, "y": y}
        context, results = self._start("fit_transform", jobs, masked, data, rng)
        Z = np.full(masked.shape, np.nan)
        # the results after those of the folds are generators
        for job, drawn in zip(jobs_of_folds, results, strict=False):
            group = job.training.group
            Z[np.ix_(job.rows, group.drawn)] = encode_drawn(codec, group, drawn)
        self._set_generators(list(results))
        context.call_on_fit_task_end(**data, reconstruction_attributes=dict)
        self.masked_cells_ = masked
        moved = snap_drawn_numbers(codec, Z, coarse)
        settled = settle_rules(
            self._joint_plan(plan), codec.encode(X), Z, moved, masked, coarse.allowed
        )
        settled = without_rare(settled, moved, codec.encode(X), self.min_count)
        return codec.replace(X, settled, masked, unclipped=involved(plan))

    def transform(self, X):
        """Mask new rows with ``when="always"``; otherwise return a copy of them.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows with the columns seen at fit.

        Returns
        -------
        X_masked : {ndarray, dataframe} of shape (n_samples, n_features)
            Copy of X; with ``when="always"``, the chosen cells are replaced.

        Raises
        ------
        ValueError
            With ``when="always"`` and ``handle_unknown="error"``, if a column that is
            not masked holds a category that was not seen at fit.
        """
        check_is_fitted(self)
        _, X = as_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        if not hasattr(self, "generator_") or not len(X):
            return copy_finite(X)
        treatments = np.full(X.shape[1], self.handle_unknown, dtype=object)
        treatments[self.masked_columns_] = "missing"
        seen = ~np.isnan(self._codec.encode(X, handle_unknown=treatments))
        rng = np.random.default_rng(self._rng.integers(2**32, size=4))
        masked = self._choose_cells(len(X), rng)
        fitted = self.generator_
        fitted = fitted if isinstance(fitted, list) else [fitted]
        Z = draw_new_rows(X, masked, seen, self._groups, fitted, self._codec, rng)
        moved = Z.copy()
        for j, numbers in self._allowed.items():
            moved[:, j] = nearest_allowed(Z[:, j], numbers)
        plan, real = (
            self._joint_plan(self._plan),
            self._codec.encode(X, handle_unknown="missing"),
        )
        settled = settle_rules(plan, real, Z, moved, masked, self._allowed)
        for j, numbers in self._allowed.items():
            rare = ~np.isin(settled[:, j], numbers)
            settled[rare, j] = moved[rare, j]
        return self._codec.replace(X, settled, masked, unclipped=involved(plan))

    def _check(self, X, n_needed):
        """X as a table, its codec, and the groups of columns drawn together."""
        generator = self._component("generator")
        _, X = as_table(X)
        codec = codec_for(generator, self.schema).fit(X)
        warn_of_identifiers(codec)
        if len(X) < n_needed:
            raise ValueError(
                f"Found array with {len(X)} sample(s), n_samples={len(X)} "
                f"(shape={X.shape}), while a minimum of {n_needed} is required by "
                f"{type(self).__name__}: cells are drawn by a model of other rows."
            )
        Z = codec.encode(X)
        plan = find_plan(generator, self.schema, codec, Z)
        masked = find_masked(X, self.columns)
        masked = mask_along(plan, Z, masked, self.determinants)
        groups = make_groups(X, masked, self.condition_on, self.fraction in (None, 1))
        if any(group.kept.size or group.evidence.size for group in groups):
            check_draws_given(generator)
        validate_data(self, X, skip_check_array=True)
        self.masked_columns_ = masked
        return X, codec, groups, plan

    def _joint_plan(self, plan):
        """The plan, unless what follows from it may be what few rows hold.

        Columns drawn independently follow from none; kept cells of masked columns, of
        which some hold rare values, would give them to others.
        """
        partial = self.fraction not in (None, 1)
        return None if partial or is_word(self.condition_on, "none") else plan

    def _read_targets(self, X, y):
        """The targets to condition on, or None."""
        if y is None:
            return None
        if not issparse(y):
            target_array(y)  # raises an error if y is no target
        check_consistent_length(X, y)
        if not is_word(self.condition_on, "all"):
            return None
        check_draws_given(self._component("generator"))
        return read_targets(y)

    def _choose_cells(self, n_samples, rng):
        shape = n_samples, self.n_features_in_
        return choose_cells(shape, self.masked_columns_, self.fraction, rng)

    def _clear(self):
        """Delete what an earlier fit has set and this one may not set."""
        for name in (
            "generator_",
            "masked_cells_",
            "_codec",
            "_groups",
            "_allowed",
            "_plan",
        ):
            vars(self).pop(name, None)

    def _jobs_for_transform(self, codec, X, groups, coarse, plan, rng):
        """Jobs that fit to all rows, once all their numbers are allowed ones."""
        coarse = snap_training_numbers(codec, X, coarse)
        self._codec = clone(codec).fit(coarse.table)
        Z = self._codec.encode(coarse.table)
        self._allowed = {j: np.unique(Z[~np.isnan(Z[:, j]), j]) for j in coarse.allowed}
        self._groups, self._rng = groups, rng
        self._plan = plan and fit_plan(plan.kept, self._codec, Z)
        tables = [make_training_table(group, codec, coarse, plan) for group in groups]
        return [FitJob("all rows", table, np.arange(len(Z))) for table in tables]

    def _set_generators(self, fitted):
        if fitted:
            is_list = is_word(self.condition_on, "none")
            self.generator_ = fitted if is_list else fitted[0]

    def _start(self, name, jobs, masked, data, rng):
        """Callback context of a fit, and an iterator over the results of its jobs."""
        context = self._init_callback_context(
            task_name=name, max_subtasks=len(jobs), sequential_subtasks=False
        )
        context.call_on_fit_task_begin(**data)
        generator = self._component("generator")
        return context, run_jobs(jobs, masked, generator, self, context, rng)
