"""The template that every generator follows."""

from abc import ABCMeta, abstractmethod
from functools import partial
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin, _fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_scalar
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skgen._table.identifiers.columns import warn_of_identifiers
from skgen._utils.callbacks import Tracker
from skgen._utils.estimators import HANDLE_UNKNOWN, RULES, drop_weightless_rows
from skgen._utils.mixins import (
    STATE_LOCK,
    CheckedComponentsMixin,
    StateMixin,
    VersionedMixin,
)
from skgen._utils.parallel import in_blocks
from skgen._utils.random import make_call_rng, make_rng
from skgen.base._conditional_sampling import (
    draw_within,
    read_given,
    warn_of_few_particles,
)
from skgen.base._matrix import ModelMatrixMixin, round_to_grid
from skgen.table import Schema, codec_for

__all__ = ["BaseGenerator"]


def _has_hook(name):
    return lambda self: getattr(self, name, None) is not None


class BaseGenerator(
    ModelMatrixMixin,
    StateMixin,
    VersionedMixin,
    CheckedComponentsMixin,
    CallbackSupportMixin,
    DensityMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of the generators: draws the unknown cells of rows given the known.

    A subclass learns from a float64 matrix and draws the cells of such matrices. The
    base class checks the input, translates tables to matrices and back, decides which
    drawn cells are missing, gives impossible rows a small density, and seeds every
    call. A subclass implements the first two of these hooks, and the others where its
    model can. Without ``_score_samples`` the generator has no density; with
    ``_impute = None`` it cannot draw cells given others.

    ``_fit(Z, *, sample_weight, rng, track)``
        Learn from the matrix Z of shape (n_samples, n_columns), whose columns
        ``self.columns_`` describes. NaN is a cell that is not known. ``track(items,
        names)`` iterates over the steps of a long fit and reports them to callbacks;
        ``_n_steps()`` returns their number, or None if it is not known in advance.
    ``_sample(known, rng)``
        Return a copy of `known`, of shape (n_samples, n_columns), whose NaN cells are
        drawn given the other cells of their row.
    ``_impute(Z, rng)``
        The same to fill missing cells. By default ``_sample``.
    ``_impute_draws(Z, n_draws, rng)``
        Iterate over `n_draws` such matrices. By default ``_impute`` for each.
    ``_score_samples(Z, rng)``
        Log-density of the known cells of each row; -inf for a row that the model rules
        out.
    ``_sample_particles(known, rng)`` and ``_sample_within(known, proposals, rng)``
        For models that weigh particles, see `skgen.base._conditional_sampling`.

    Hooks that draw or score work on a copy of the generator: what they set is lost.

    Attributes
    ----------
    codec_ : TableCodec
        Translates between tables and matrices.
    columns_ : tuple of Column
        Columns of the matrix that the model sees: those with observed cells, then, if
        ``models_missing_indicators`` is True, an indicator for each with missing cells.
    n_features_in_ : int
        Number of columns of the fitted table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of its columns, where they are strings.

    Notes
    -----
    *Missing cells.* By default the base class draws which cells are missing: a decision
    tree for each incomplete column predicts it from the cells of the other columns. A
    model sets the class attribute ``models_missing_indicators`` to True to draw missing
    indicators itself, as columns of its matrix: 1 where the cell of the column
    ``indicator_of`` is missing. They are NaN when rows are scored or imputed.

    *Rules.* Columns that the rules of ``rules`` compute from others are left out of the
    matrix, and auxiliary ones, such as the distance between two dates, are appended;
    the base class computes the others once rows are drawn. A model sets the class
    attribute ``computes_rules`` to True to see all columns and compute them itself. The
    density is that of the columns that are drawn; a row that breaks a rule has a small
    one.

    *Callbacks.* `fit` reports its steps (columns, iterations, epochs, ...) to the
    callbacks of ``set_callbacks``. If an ``on_fit_task_end`` returns True after a step,
    the other steps are skipped and the model is completed in the shortest way: columns
    that have not been learned are drawn independently. An exception in a callback, or
    Ctrl-C, leaves the generator as it was before the fit. What is built around
    generators reports each generator that it fits; stopping one fit skips no other.

    *Threads.* Threads may draw from a generator while another one fits it: each call
    uses the old state or the new one.
    """

    #: whether the model draws missing indicators itself, as columns of its matrix
    models_missing_indicators = False
    #: of generators without these parameters
    rules = schema = None
    identifiers = "fresh"
    handle_unknown = "missing"
    # most rows that a hook is called with; None is the default of `in_blocks`
    _max_rows = None

    _parameter_constraints: dict = {
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "schema": [Schema, dict, None],
        "rules": RULES,
        "identifiers": [StrOptions({"fresh", "refuse", "learn"})],
        "handle_unknown": HANDLE_UNKNOWN,
        "random_state": ["random_state"],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "codec_")

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, sample_weight=None):
        """Learn the joint distribution of the rows of X.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : Ignored
            Present for API consistency by convention.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row; a weight of 2 counts like a row that stands twice.

        Returns
        -------
        self : object
            The fitted generator; one that fails is left as it was.

        Raises
        ------
        ValueError
            If X has no row or a column that cannot be modelled, or no positive weight.
        """
        rng = make_rng(self.random_state)
        if sample_weight is not None:
            X, sample_weight = drop_weightless_rows(X, sample_weight)
        fresh = self._unfitted_copy()
        before = dict(vars(fresh))
        fresh.codec_ = codec_for(self)
        Z = fresh.codec_.fit(X).encode(X, handle_unknown="missing")
        warn_of_identifiers(fresh.codec_)
        if len(Z) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape={Z.shape}) while a minimum of 1 "
                f"is required by {type(self).__name__}."
            )
        if sample_weight is None:
            sample_weight = np.ones(len(Z))
        fresh._set_columns(Z, sample_weight, fresh._choose_rules(Z, sample_weight))
        Z = fresh._model_matrix(Z, missing=1.0, known=0.0)
        Z, _ = round_to_grid(Z, fresh.columns_)

        context = self._init_callback_context(max_subtasks=fresh._n_steps())
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        fresh._fit(
            Z,
            sample_weight=sample_weight,
            rng=rng,
            track=Tracker(self, context, X, y),
        )
        fresh._set_share_of_passing(rng)
        fresh._call_seed = rng.integers(2**32, size=4)
        fresh._n_calls = 0
        learned = {
            name: value
            for name, value in vars(fresh).items()
            if name not in before or before[name] is not value
        }
        # before the state is taken: a callback that raises leaves it as it was
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=lambda: learned
        )
        self._take_fitted_state(learned)
        return self

    def sample(self, n_samples=1, *, given=None, random_state=None, return_ess=False):
        """Draw rows, optionally given some of their cells.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        given : dict or dataframe, default=None
            Known cells to condition on.

            - A dict from columns to a value; an array or list of `n_samples` values; a
              range ``(lowest, highest)`` of numbers, dates or ordered categories, both
              ends included and either of them None; or a set of values. For example
              ``{"country": {"FR", "DE"}, "age": (18, 30)}``.
            - A table of `n_samples` rows that holds some of the columns. Its missing
              cells are drawn like those of the columns that are not given.
        random_state : int, RandomState instance or None, default=None
            Seed of this call. With None, calls differ from each other, and are
            repeated as a whole after the same seeded `fit`.
        return_ess : bool, default=False
            Whether to return the effective sample sizes too.

        Returns
        -------
        X : {ndarray, dataframe} of shape (n_samples, n_features)
            Rows in the container and dtypes of the fitted table, in random order, or in
            the order of the given rows.
        ess : ndarray of shape (n_samples,)
            Effective sample size of the weighted particles from which each row was
            resampled: inf where the draw is exact, below 1 where rows repeat each
            other. Only if `return_ess`.

        Raises
        ------
        ValueError
            If `given` names an unknown column or an unseen category, or if a value
            given for all rows has almost no probability under the model: it lies
            outside the observed range, is a fraction where the column holds whole
            numbers, or is a million times less probable than by chance.

        Warns
        -----
        UserWarning
            If the effective sample size is below one for most of the rows, or if given
            cells of some rows break rules.
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=0)
        model = self._frozen()
        if given is not None:
            given = read_given(model, given, n_samples)
        known = Z = model._known_matrix(n_samples, given)
        ess, rng = np.full(n_samples, np.inf), None
        if n_samples:
            rng = self._call_rng(random_state)
            if given is not None and given.limits:
                Z, ess = draw_within(model, known, given, rng)
            else:
                draw, n_jobs = model._draw_wide, getattr(self, "n_jobs", None)
                blocks = in_blocks(draw, known, rng, n_jobs, self._max_rows)
                Z, ess = map(np.concatenate, zip(*blocks, strict=True))
            Z = model._blank_missing(Z, known, given, rng)
        if given is not None:
            warn_of_few_particles(ess)
            model._warn_of_broken([Z])
        X = model._decode(Z, rng)
        if given is not None and given.kept:
            X = model.codec_.put(X, given.kept)
        return (X, ess) if return_ess else X

    def sample_batches(
        self, n_samples, batch_size=100_000, *, given=None, random_state=None
    ):
        """Draw rows in batches, for more rows than fit into memory.

        Parameters
        ----------
        n_samples : int
            Number of rows in total.
        batch_size : int, default=100_000
            Number of rows of each table; the last one may have fewer.
        given : dict or dataframe, default=None
            As in `sample`, for all rows.
        random_state : int, RandomState instance or None, default=None
            Seed of this call, as in `sample`; each batch gets its own seed from it.

        Returns
        -------
        batches : iterator of {ndarray, dataframe}
            Each is drawn when the iterator reaches it.

        Examples
        --------
        >>> from skgen import IndependentGenerator
        >>> generator = IndependentGenerator(random_state=0).fit([[1.0], [2.0]])
        >>> [len(rows) for rows in generator.sample_batches(10, 4)]
        [4, 4, 2]
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=0)
        check_scalar(batch_size, "batch_size", Integral, min_val=1)
        starts = range(0, n_samples, batch_size)
        seeds = self._call_rng(random_state).integers(2**32, size=len(starts))
        model = self._frozen()
        if given is not None:
            given = read_given(model, given, n_samples)
        return (
            model.sample(
                min(batch_size, n_samples - start),
                given=given and given.take(slice(start, start + batch_size)),
                random_state=int(seed),
            )
            for start, seed in zip(starts, seeds, strict=True)
        )

    @available_if(_has_hook("_impute"))
    def impute(self, X, *, n_draws=None, random_state=None):
        """Replace every missing cell by a draw given the observed cells of its row.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted.
        n_draws : int, default=None
            Number of completed tables. With None, one table is returned, not a list.
        random_state : int, RandomState instance or None, default=None
            Seed of this call, as in `sample`.

        Returns
        -------
        X_imputed : {ndarray, dataframe} of shape (n_samples, n_features)
            Copy of X, its observed cells unchanged, or a list of `n_draws` copies.
            Columns without an observed cell in `fit` stay missing. Columns without one
            in X get the dtype that they had at fit; so do integers and booleans that
            pandas had cast to hold missing cells.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.

        Warns
        -----
        UserWarning
            Counts the rows whose observed cells break rules already.

        Notes
        -----
        Filled cells keep rules between columns, but those about missing cells: all
        cells are filled.
        """
        check_is_fitted(self)
        if n_draws is not None:
            check_scalar(n_draws, "n_draws", Integral, min_val=1)
        model = self._frozen()
        Z, unknown = model._encode(X, return_unknown=True)
        missing = np.isnan(Z) & ~unknown
        rows = np.flatnonzero(missing.any(axis=1))
        n_tables, tables = n_draws or 1, []
        draws = [np.empty((0, len(model._wide_columns)))] * n_tables
        if len(rows):
            known = model._wide_matrix(Z[rows])
            known, _ = round_to_grid(known, model._wide_columns)
            draw = partial(model._list_draws, n_tables)
            blocks = model._in_blocks(draw, known, self._call_rng(random_state))
            draws = list(map(np.concatenate, zip(*blocks, strict=True)))
            model._warn_of_broken(draws, filled=True)
        for drawn in draws:
            Z[rows] = model._table_matrix(drawn)
            new = missing & ~np.isnan(Z)
            tables.append(model.codec_.replace(X, Z, new, unclipped=model._computed()))
        return tables[0] if n_draws is None else tables

    @available_if(_has_hook("_score_samples"))
    def score_samples(self, X):
        """Log-density of each row.

        The base measure is the length in the column's own unit for continuous columns,
        and counting for categories, booleans, whole numbers, dates, and the values that
        a continuous column repeats. Missing cells are summed out, and so are categories
        that were not seen at fit; whether a cell is missing is not scored.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted.

        Returns
        -------
        log_density : ndarray of shape (n_samples,)
            In nats.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.
        """
        check_is_fitted(self)
        model = self._frozen()
        known = model._wide_matrix(model._encode(X))
        blocks = model._in_blocks(model._log_density, known, model._score_rng())
        return np.concatenate(list(blocks))

    @available_if(_has_hook("_score_samples"))
    def score(self, X, y=None):
        """Mean log-density of the rows of X.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted.
        y : Ignored
            Present for API consistency by convention.

        Returns
        -------
        score : float
            In nats per row; higher is better.
        """
        return float(np.mean(self.score_samples(X)))

    @abstractmethod
    def _fit(self, Z, *, sample_weight, rng, track):
        """Learn from the matrix Z, described by ``self.columns_``."""

    @abstractmethod
    def _sample(self, known, rng):
        """Fill the NaN cells of `known` by draws given its other cells."""

    def _impute(self, Z, rng):
        return self._sample(Z, rng)

    def _impute_draws(self, Z, n_draws, rng):
        return (self._impute(Z, rng) for _ in range(n_draws))

    def _list_draws(self, n_draws, wide, rng):
        return self._impute_wide(wide, n_draws, rng)

    def _sample_particles(self, known, rng):
        return self._sample(known, rng), np.full(len(known), np.inf)

    def _n_steps(self):
        return 0

    def _in_blocks(self, function, rows, rng):
        n_jobs = getattr(self, "n_jobs", None)
        return in_blocks(function, rows, rng, n_jobs, self._max_rows)

    def _call_rng(self, random_state):
        if random_state is not None:
            return make_call_rng(random_state)
        with STATE_LOCK:
            self._n_calls += 1
            return np.random.default_rng([*self._call_seed, self._n_calls])

    def _score_rng(self):
        # a stream of its own: asking for densities does not shift later draws
        return np.random.default_rng([*self._call_seed, 0])
