"""Full conditionals: cells drawn in turn, each given all others of its row."""

from itertools import repeat
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import Interval

from skgen._math.columns.association import strongest_predictors, target_associations
from skgen._math.copies import merge_copies
from skgen._utils.estimators import warn_of_few_rows
from skgen._utils.mixins import DefaultComponentsMixin
from skgen._utils.parallel import in_parallel
from skgen.base import BaseGenerator
from skgen.conditionals import BaseConditional, TreeConditional
from skgen.conditionals._base import (
    PredictorTable,
    fit_column_ranks,
    fit_conditional,
)

#: rows times draws that are held in memory at once
_BLOCK = 100_000
#: number and leaf size of the trees that draw the first values
_N_STARTER_TREES, _STARTER_LEAF = 10, 5


class ChainedGenerator(DefaultComponentsMixin, BaseGenerator):
    """Draws unknown cells in turn, each given all other cells of its row.

    A conditional distribution p(x_j | all other columns) is fitted to each column
    [1]_ [2]_. The unknown cells of a row are first drawn roughly; then, in several
    sweeps, each is drawn again given the current values of all others. While the
    conditionals are fitted, the missing cells of the training rows are filled in the
    same way, so that each conditional sees complete rows.

    This model is made for imputation: it conditions on all known cells of a row,
    wherever they lie.

    Parameters
    ----------
    conditional : BaseConditional, default=None
        The conditional distribution, cloned for each column. None stands for
        ``TreeConditional()``. ``TreeConditional(50, min_samples_leaf=2,
        smoothing=0.0)`` imputes more accurately, but whole rows that it draws repeat
        training rows: see Notes.
    n_fit_sweeps : int, default=2
        Number of times that the missing cells of the training rows are drawn again, by
        conditionals fitted to the rows as filled so far, before the last fit. Without
        missing cells it has no effect.
    n_sweeps : int, default=5
        Number of sweeps over the unknown cells of a row. Rows with one unknown cell
        need only one.
    max_predictors : int or None, default=50
        Largest number of predictors of a column: those most associated with it. None
        means all other columns.
    max_samples : int or None, default=10_000
        Largest number of rows that a conditional is fitted to, chosen at random. None
        means all.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to treat as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    schema : Schema or dict, default=None
        What is known of the columns, or corrections of what is found, as in
        :func:`~skgen.describe`.
    rules : "auto", None, or list of Rule, default="auto"
        Rules between columns that drawn rows keep: those that `schema` holds, or else
        that are found in the rows at fit; none; or these. See :mod:`skgen.rules`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows: "fresh"
        draws new values of the same pattern, "refuse" raises an error, "learn" models
        them like other columns.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    n_jobs : int, default=None
        Number of columns fitted, and of blocks of 100,000 rows drawn, in parallel. The
        result depends neither on it nor on joblib's backend.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Attributes
    ----------
    predictors_ : list of ndarray
        Positions of the predictors of each column of ``columns_``.
    conditionals_ : list
        The fitted conditional of each column of ``columns_``.

    See Also
    --------
    AutoregressiveGenerator : Draws whole rows faster, with a density.

    Notes
    -----
    There is no `score_samples`: the conditionals are fitted separately, and need not
    belong to any joint distribution [2]_.

    Many small leaves (``TreeConditional(50, min_samples_leaf=2, smoothing=0.0)``) make
    the mean of many draws more accurate. They suit imputation only: whole rows drawn by
    them repeat training rows more often than unseen rows do.

    Sweeps alone hardly move columns that determine each other: draws that continued one
    chain would be too similar, and intervals too narrow. Therefore every draw starts
    anew, from small forests that were fitted with a random share of the predictors
    hidden [3]_.

    Completed tables are draws under one fit, and trees and boosting draw the rows of
    one call evenly: the tables differ less than the uncertainty about missing cells
    requires. Which cells are missing is assumed to depend on observed cells only.

    Time and memory are bounded by `max_samples`: they hardly grow with more rows.

    References
    ----------
    .. [1] van Buuren (2007), "Multiple imputation of discrete and continuous data by
       fully conditional specification", Statistical Methods in Medical Research 16(3).
    .. [2] Heckerman, Chickering, Meek, Rounthwaite & Kadie (2000), "Dependency networks
       for inference, collaborative filtering, and data visualization", Journal of
       Machine Learning Research 1.
    .. [3] Uria, Murray & Larochelle (2014), "A deep and tractable density estimator",
       ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skgen import ChainedGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> X[::5, 0] = np.nan
    >>> generator = ChainedGenerator(random_state=0).fit(X)
    >>> int(np.isnan(generator.impute(X)).sum())
    0
    """

    models_missing_indicators = True

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "conditional": [BaseConditional, None],
        "n_fit_sweeps": [Interval(Integral, 0, None, closed="left")],
        "n_sweeps": [Interval(Integral, 1, None, closed="left")],
        "max_predictors": [Interval(Integral, 0, None, closed="left"), None],
        "max_samples": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        conditional=None,
        *,
        n_fit_sweeps=2,
        n_sweeps=5,
        max_predictors=50,
        max_samples=10_000,
        categorical_features="from_dtype",
        schema=None,
        rules="auto",
        identifiers="fresh",
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.conditional = conditional
        self.n_fit_sweeps = n_fit_sweeps
        self.n_sweeps = n_sweeps
        self.max_predictors = max_predictors
        self.max_samples = max_samples
        self.categorical_features = categorical_features
        self.schema = schema
        self.rules = rules
        self.identifiers = identifiers
        self.handle_unknown = handle_unknown
        self.n_jobs = n_jobs
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"conditional": TreeConditional}

    @property
    def n_samples_needed(self):
        """Number of rows below which columns are drawn independently."""
        return self._component("conditional").n_samples_needed

    def _values(self):
        return [j for j, c in enumerate(self.columns_) if c.indicator_of is None]

    def _rounds(self):
        """Columns that are fitted, round after round."""
        values, indicators = self._values(), self._indicators()
        incomplete = [self.columns_[j].indicator_of for j in indicators]
        # auxiliary columns are unknown beside missing cells
        incomplete += self._auxiliary_columns() if incomplete else []
        return [values, *[incomplete] * self.n_fit_sweeps, values + indicators]

    def _n_steps(self):
        return sum(map(len, self._rounds()))

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        if len(Z) < self.n_samples_needed and len(self._values()) > 1:
            name = type(self._component("conditional")).__name__
            warn_of_few_rows(len(Z), self.n_samples_needed, name)
        self._ranks = fit_column_ranks(Z, sample_weight, self.columns_)
        self.predictors_ = self._choose_predictors(Z, sample_weight, rng)
        self._starters = [None] * len(self.columns_)
        self.conditionals_ = [None] * len(self.columns_)
        data = PredictorTable(Z.copy(), self._ranks), np.isnan(Z), sample_weight
        rounds = self._rounds()
        labels = ["start", *(f"sweep {i + 1}" for i in range(self.n_fit_sweeps)), "end"]
        names = [
            f"{label}: column {self.columns_[j].name}"
            for label, columns in zip(labels, rounds, strict=True)
            for j in columns
        ]
        for _ in track(self._fit_steps(data, rng), names):
            pass
        self._complete(data, rng)

    def _complete(self, data, rng):
        """Fit what is left after a callback has stopped the fit."""
        started = all(self._starters[j] is not None for j in self._values())
        for j, conditional in enumerate(self.conditionals_):
            if conditional is None and started and self._starters[j] is not None:
                self.conditionals_[j] = self._starters[j]
            elif conditional is None:
                self.predictors_[j] = self.predictors_[j][:0]
                alone = fit_conditional(*self._column_job(j, *data, rng, rough=False))
                self._starters[j] = self.conditionals_[j] = alone

    def _fit_steps(self, data, rng):
        """Fit column after column, and fill missing cells after each round."""
        cells, unknown, _ = data
        first, *sweeps, last = self._rounds()
        yield from self._fit_columns(self._starters, first, data, rng, rough=True)
        self._start(cells, unknown, rng)
        for columns in sweeps:
            yield from self._fit_columns(self.conditionals_, columns, data, rng)
            self._sweep(cells, unknown, rng)
        yield from self._fit_columns(self.conditionals_, last, data, rng)

    def _fit_columns(self, fitted, columns, data, rng, *, rough=False):
        """Fit columns to the rows as filled so far; each is one step."""
        # a generator expression, so that workers get one column's data at a time and
        # neither the generator nor the table
        jobs = (
            self._column_job(j, *data, rng_j, rough=rough)
            for j, rng_j in zip(columns, rng.spawn(len(columns)), strict=True)
        )
        done = in_parallel(fit_conditional, jobs, self.n_jobs)
        for j, conditional in zip(columns, done, strict=True):
            fitted[j] = conditional
            yield

    def _column_job(self, j, cells, unknown, sample_weight, rng, *, rough):
        """Arguments of `fit_conditional`."""
        rows = np.flatnonzero(~unknown[:, j])
        if self.max_samples is not None and len(rows) > self.max_samples:
            rows = np.sort(rng.choice(rows, self.max_samples, replace=False))
        predictors, target = self.predictors_[j], self.columns_[j].indicator_of
        if rough:
            conditional = TreeConditional(
                _N_STARTER_TREES, min_samples_leaf=_STARTER_LEAF, smoothing=0.0
            )
        elif target is not None:
            conditional = TreeConditional()
        else:
            conditional = clone(self._component("conditional"))
        X = cells.take(rows, predictors, ranked=conditional.ranked_predictors)
        if rough:
            # when first values are drawn, any share of the cells may be unknown
            X[rng.random(X.shape) < rng.random((len(X), 1))] = np.nan
        elif target is not None:
            # indicators are drawn in order, and cells may be missing together
            X[unknown[np.ix_(rows, predictors)] & (predictors < target)] = np.nan
        return (
            conditional,
            X,
            cells.Z[rows, j],
            [self.columns_[i] for i in predictors],
            self.columns_[j],
            sample_weight[rows],
            rng,
        )

    def _choose_predictors(self, Z, weights, rng):
        limit, predictors = self.max_predictors, []
        targets, associations = np.arange(Z.shape[1]), repeat(None)
        if limit is not None and limit < Z.shape[1]:
            associations = target_associations(Z, self.columns_, targets, rng, weights)
        for j, of_target in zip(targets, associations, strict=False):
            own = self.columns_[j].indicator_of
            own = j if own is None else own
            others = np.array([i for i in self._values() if i != own], dtype=int)
            if of_target is not None:
                others = strongest_predictors(of_target, others, limit)
            predictors.append(others)
        return predictors

    def _sample(self, known, rng):
        cells = PredictorTable(self._impute(known, rng), self._ranks)
        for j in self._indicators():
            self._draw_column(
                self.conditionals_, cells, j, np.isnan(cells.Z[:, j]), rng
            )
            hidden = np.flatnonzero(cells.Z[:, j] == 1.0)
            cells.put(self.columns_[j].indicator_of, hidden, np.nan)
        return cells.Z

    def _impute(self, Z, rng):
        return next(self._impute_draws(Z, 1, rng))

    def _impute_draws(self, Z, n_draws, rng):
        # every draw starts anew: sweeps hardly move columns that determine each other
        size = max(1, _BLOCK // len(Z))
        for start in range(0, n_draws, size):
            n = min(size, n_draws - start)
            yield from self._fill(np.tile(Z, (n, 1)), rng).reshape(n, *Z.shape)

    def _fill(self, Z, rng):
        """Draw the unknown values of Z; indicators stay as they are."""
        unknown = np.isnan(Z)
        unknown[:, self._indicators()] = False
        cells = PredictorTable(Z, self._ranks)
        self._start(cells, unknown, rng)
        several = unknown & (unknown.sum(axis=1, keepdims=True) > 1)
        for _ in range(self.n_sweeps - 1):
            self._sweep(cells, several, rng)
        self._sweep(cells, unknown, rng)
        return cells.Z

    def _start(self, cells, unknown, rng):
        """Draw first values, each given the cells of its row that are known by then."""
        for j in self._values():
            self._draw_column(self._starters, cells, j, unknown[:, j], rng)

    def _sweep(self, cells, unknown, rng):
        """Draw cells in turn, each given all others of its row."""
        for j in self._values():
            self._draw_column(self.conditionals_, cells, j, unknown[:, j], rng)

    def _draw_column(self, conditionals, cells, j, where, rng):
        rows = np.flatnonzero(where)
        if len(rows):
            ranked = conditionals[j].ranked_predictors
            X = cells.take(rows, self.predictors_[j], ranked=ranked)
            cells.put(j, rows, conditionals[j].sample(X, rng))
