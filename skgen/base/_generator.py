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
from sklearn.utils.validation import (
    check_is_fitted,
    validate_data,
)

from skgen._table.containers import as_table
from skgen._table.limits import given_rows, shared_cells
from skgen._utils.callbacks import Tracker
from skgen._utils.mixins import (
    STATE_LOCK,
    CheckedComponentsMixin,
    StateMixin,
    VersionedMixin,
)
from skgen._utils.parallel import in_blocks
from skgen._utils.random import make_call_rng, make_rng
from skgen._utils.weights import drop_weightless_rows
from skgen.base._conditional_sampling import (
    Model,
    check_given,
    draw_within,
    warn_of_few_particles,
)
from skgen.base._missing_indicators import (
    MarkedColumnsMixin,
    model_columns,
    refuse_extremes,
)
from skgen.table import TableCodec

__all__ = ["BaseGenerator", "make_rng"]


def _has_hook(name):
    def check(self):
        return getattr(self, name, None) is not None

    return check


class BaseGenerator(
    MarkedColumnsMixin,
    StateMixin,
    VersionedMixin,
    CheckedComponentsMixin,
    CallbackSupportMixin,
    DensityMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of the generators: draws unknown cells given known ones.

    A subclass learns from an encoded matrix and draws encoded cells; the base checks
    the input, encodes and decodes tables, adds a column that marks missing cells for
    each column that has some, and seeds every call. Of the hooks below, the first two
    are required; without ``_score_samples`` the generator offers no density, and with
    ``_impute = None`` it offers no conditional draws.

    ``_fit(Z, *, sample_weight, rng, track)``
        Learn from the matrix Z of shape (n_samples, n_columns), in which NaN marks
        missing cells and which ``self.columns_`` describes. ``track(items, names)``
        iterates over the ``_n_steps()`` steps of a long fit, None if that is unknown,
        and reports them to callbacks.
    ``_sample(known, rng)``
        Fill the NaN cells of `known`, of shape (n_samples, n_columns), by draws given
        its other cells.
    ``_sample_particles(known, rng)``
        The same, and for each row the effective number of weighted particles that it
        was chosen from, infinite where none were needed. The default calls ``_sample``.
    ``_sample_within(known, proposals, rng)``
        Optional: the same, with cells of the columns j of the dict `proposals` within
        limits, from which ``proposals[j].draw(n, rng)`` draws, with the density of
        which ``proposals[j].log_density(z)`` is the logarithm; also the logarithm of
        each row's density of known cells times the probability of its limits.
    ``_impute(Z, rng)``
        The same as ``_sample``, as if no cell could be missing: all marks of missing
        cells are NaN and may be left so. The default calls ``_sample``.
    ``_impute_draws(Z, n_draws, rng)``
        Iterate over as many such matrices. The default calls ``_impute`` for each.
    ``_score_samples(Z, rng)``
        Log-density of the cells of each row that are not NaN; all marks are.

    The hooks that draw or score work on a copy of the generator, so that another thread
    may fit it meanwhile: attributes that they set are lost.

    Attributes
    ----------
    codec_ : TableCodec
        Translates between tables and matrices.
    columns_ : tuple of Column
        The columns of the matrix that the model sees: those of the table that have
        observed cells, then one mark of missing cells for each that has missing ones.
    n_features_in_ : int
        Number of columns of the fitted table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of its columns, where they are strings.

    Notes
    -----
    `fit` tells scikit-learn's callbacks, set by ``set_callbacks``, of each of its
    steps: a column, an iteration, an epoch, a size that is tried or a round. One whose
    ``on_fit_task_end`` returns True after a step ends the loop of these steps. The fit
    then completes the model in the shortest way: later iterations, epochs, sizes and
    rounds are left out, and columns that have not been learned stand alone, drawn
    independently of all others. So the generator can be used wherever it is stopped.
    After the whole fit there is nothing to stop: the request is ignored. What is built
    around generators, such as samplers, reports each part that it fits. There, a
    request during the fit of a generator shortens that fit; no part is left out.

    An exception in a callback, or Ctrl-C, leaves the generator as it was before the
    fit. Any number of threads may draw from one generator, also while another thread
    fits it: each call uses the old state or the new one.
    """

    _parameter_constraints: dict = {
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
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
            The fitted generator. A fit that fails leaves it as it was.

        Raises
        ------
        ValueError
            If X has no row or a column that cannot be modelled, or if no weight is
            positive.
        """
        rng = make_rng(self.random_state)
        X, sample_weight = drop_weightless_rows(X, sample_weight)
        fresh = self._unfitted_copy()
        before = dict(vars(fresh))
        fresh.codec_ = TableCodec(categorical_features=self.categorical_features)
        Z = fresh.codec_.fit(X).encode(X)
        if len(Z) == 0:
            raise ValueError(
                f"Found array with 0 sample(s) (shape={Z.shape}) while a minimum of 1 "
                f"is required by {type(self).__name__}."
            )
        if sample_weight is None:
            sample_weight = np.ones(len(Z))
        fresh.n_features_in_ = fresh.codec_.n_features_in_
        if hasattr(fresh.codec_, "feature_names_in_"):
            fresh.feature_names_in_ = fresh.codec_.feature_names_in_
        fresh.columns_ = model_columns(fresh.codec_.columns_)
        refuse_extremes(fresh.columns_)
        Z = fresh._model_matrix(Z, missing=1.0, known=0.0)

        context = self._init_callback_context(max_subtasks=fresh._n_steps())
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        fresh._fit(
            Z,
            sample_weight=sample_weight,
            rng=rng,
            track=Tracker(self, context, X, y),
        )
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
        """Draw rows, if wanted given some of their cells.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        given : dict or dataframe, default=None
            What is known of the rows.

            - A mapping from columns to what their cells are to be: a value; an array or
              list of `n_samples` values; a range ``(lowest, highest)`` of numbers,
              dates or ordered categories, both included and either of them None; or a
              set of values, such as ``{"country": {"FR", "DE"}, "age": (18, 30)}``.
            - A table of `n_samples` rows that holds some of the columns. Its missing
              cells are drawn like those of the columns that are not given.
        random_state : int, RandomState instance or None, default=None
            Seed of this call. With None, calls differ from each other, and are
            repeated as a whole after the same seeded `fit`.
        return_ess : bool, default=False
            Whether to tell the effective sample sizes too.

        Returns
        -------
        X : {ndarray, dataframe} of shape (n_samples, n_features)
            Rows in the container and dtypes of the fitted table, in random order, or in
            that of the given ones.
        ess : ndarray of shape (n_samples,)
            For each row, how many independent particles those that it was chosen from
            are worth: infinite where the model draws from the conditional distribution
            as it is, and below one where rows repeat each other. Only if `return_ess`.

        Raises
        ------
        ValueError
            If `given` names unknown columns or unseen categories, or if the model gives
            what is asked of all rows almost no probability: a value outside the
            observed range, a fraction where a column holds whole numbers, or a value a
            million times less probable than by chance.

        Warns
        -----
        UserWarning
            If the effective sample size is below one for most of the rows.
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=0)
        model = self._frozen()
        known, limits = model._encode_given(given, n_samples)
        Z, ess = known, np.full(n_samples, np.inf)
        if n_samples:
            model._check_shared(shared_cells(given))
            Z, ess = model._fill_rows(known, limits, self._call_rng(random_state))
            warn_of_few_particles(ess)
        X = model.codec_.decode(model._table_matrix(Z))
        return (X, ess) if return_ess else X

    def sample_batches(
        self, n_samples, batch_size=100_000, *, given=None, random_state=None
    ):
        """Draw rows a part at a time: more than fit into memory.

        Parameters
        ----------
        n_samples : int
            Number of all rows.
        batch_size : int, default=100_000
            Number of rows of each table, but the last one.
        given : dict or dataframe, default=None
            As in `sample`, for all rows.
        random_state : int, RandomState instance or None, default=None
            Seed of this call, as in `sample`. Every batch has a seed of its own.

        Returns
        -------
        batches : iterator of {ndarray, dataframe}
            Each is drawn when it is asked for.

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
        return (
            model.sample(
                min(batch_size, n_samples - start),
                given=given_rows(given, slice(start, start + batch_size)),
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
            Number of completed tables. None stands for one, given back as it is.
        random_state : int, RandomState instance or None, default=None
            Seed of this call, as in `sample`.

        Returns
        -------
        X_imputed : {ndarray, dataframe} of shape (n_samples, n_features)
            Copy of X, its observed cells unchanged. Columns of which no cell was
            observed in `fit` stay missing. With `n_draws`, a list of them.
        """
        check_is_fitted(self)
        if n_draws is not None:
            check_scalar(n_draws, "n_draws", Integral, min_val=1)
        model = self._frozen()
        Z = model._encode(X)
        missing = np.isnan(Z)
        rows = np.flatnonzero(missing.any(axis=1))
        n_tables, tables = n_draws or 1, []
        draws = [np.empty((0, len(model.columns_)))] * n_tables
        if len(rows):
            known = model._model_matrix(Z[rows])
            draw = partial(model._list_draws, n_tables)
            blocks = model._in_blocks(draw, known, self._call_rng(random_state))
            draws = map(np.concatenate, zip(*blocks, strict=True))
        for drawn in draws:
            Z[rows] = model._table_matrix(drawn, blank=False)
            tables.append(model.codec_.replace(X, Z, missing & ~np.isnan(Z)))
        return tables[0] if n_draws is None else tables

    @available_if(_has_hook("_score_samples"))
    def score_samples(self, X):
        """Log-density of each row.

        The base measure is the length in the column's own unit for continuous columns,
        and counting for categories, booleans, whole numbers, dates, and the values that
        a continuous column repeats. Missing cells are summed out; whether a cell is
        missing is not scored.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted.

        Returns
        -------
        log_density : ndarray of shape (n_samples,)
            In nats.
        """
        check_is_fitted(self)
        model = self._frozen()
        known = model._model_matrix(model._encode(X))
        blocks = model._in_blocks(model._score_samples, known, model._score_rng())
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
        for _ in range(n_draws):
            yield self._impute(Z, rng)

    def _list_draws(self, n_draws, Z, rng):
        return list(self._impute_draws(Z, n_draws, rng))

    def _in_blocks(self, function, rows, rng):
        return in_blocks(function, rows, rng, getattr(self, "n_jobs", None))

    def _sample_particles(self, known, rng):
        return self._sample(known, rng), np.full(len(known), np.inf)

    def _n_steps(self):
        """Number of steps that ``_fit`` reports through ``track``."""
        return 0

    def _call_rng(self, random_state):
        if random_state is not None:
            return make_call_rng(random_state)
        with STATE_LOCK:
            self._n_calls += 1
            return np.random.default_rng([*self._call_seed, self._n_calls])

    def _score_rng(self):
        # a stream of its own: asking for densities does not shift later draws
        return np.random.default_rng([*self._call_seed, 0])

    def _encode_given(self, given, n_samples):
        """Known cells, of the columns that the model sees, and limits of others."""
        if given is None:
            return np.full((n_samples, len(self.columns_)), np.nan), {}
        if not _has_hook("_impute")(self):
            raise ValueError(
                f"given: {type(self).__name__} cannot draw cells given others. "
                "Leave `given` out, or use a generator that has `impute`."
            )
        table = self.codec_.encode_given(given, n_samples)
        known = self._model_matrix(table, missing=np.nan, known=0.0)
        place = {position: j for j, position in enumerate(self._modelled())}
        limits = {
            place[limit.position]: limit for limit in self.codec_.encode_limits(given)
        }
        for j, column in enumerate(self.columns_):
            if column.indicator_of in limits:
                known[:, j] = 0.0
        return known, limits

    def _check_shared(self, cells):
        """Refuse cells, given for all rows alike, that are next to impossible."""
        if cells:
            [row] = self._without_marks(self._encode_given(cells, 1)[0])
            check_given(row, self.columns_, self._log_density(), self._score_rng())

    def _fill_rows(self, known, limits, rng):
        """Fill the unknown cells of rows, within limits if there are some."""
        if not limits:
            blocks = self._in_blocks(self._sample_particles, known, rng)
            return tuple(map(np.concatenate, zip(*blocks, strict=True)))
        model = Model(
            self._sample_particles,
            getattr(self, "_sample_within", None),
            self._log_density(),
            self.codec_.settle,
        )
        return draw_within(known, limits, model, rng)

    def _log_density(self):
        """Function that tells the log-density of the known cells, or None."""
        if not _has_hook("_score_samples")(self):
            return None
        return lambda Z, rng: self._score_samples(self._without_marks(Z), rng)

    def _encode(self, X):
        _, X = as_table(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        return self.codec_.encode(X)
