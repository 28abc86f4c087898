"""p(x) = prod_i p(x_i | x_<i): every column drawn given the columns before it."""

from itertools import repeat
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.association import (
    association_features,
    associations,
    rows_for_association,
    strongest_predictors,
)
from skgen._table.inputs import check_name
from skgen._utils.parallel import in_parallel
from skgen.base import BaseGenerator
from skgen.conditionals import BaseConditional, BoostedConditional, TreeConditional
from skgen.conditionals._base import (
    PredictorTable,
    fit_column_ranks,
    fit_conditional,
    warn_of_few_rows,
)
from skgen.generators._sequential_monte_carlo import Filled, Steps, fill_by_particles

#: observed cells from which on "auto" prefers boosting to trees
_MIN_ROWS_TO_BOOST = 1_000
#: columns, marks of missing cells included, up to which there is time for it
_MAX_COLUMNS_TO_BOOST = 100


class AutoregressiveGenerator(BaseGenerator):
    """Draws every column given the columns before it.

    The joint distribution is factorised as p(x) = prod_i p(x_i | x_<i), and every
    factor is a `conditional`, fitted on its own. Density is exact. So are conditional
    draws when the known columns come first in the order; for other evidence, weighted
    particles are drawn.

    Parameters
    ----------
    conditional : object or "auto", default="auto"
        The conditional distribution to use, cloned for each column. "auto" takes
        ``BoostedConditional()`` for columns with at least 1,000 observed cells in
        tables of at most 100 columns, and ``TreeConditional()`` for others and for
        those named in `given`: see Notes.
    order : {"auto"} or array-like of shape (n_features,), default="auto"
        Columns in the order in which they are drawn, by name or position. "auto" keeps
        the order of the table: on three real tables, sorting the columns by their
        number of values, or reversing them, made rows hardly harder to tell from unseen
        ones or easier, and two of these orders copied more training rows.
    given : array-like, default=None
        Columns that will be given when sampling; they come first in the order, so that
        drawing the others is exact and fast. With ``conditional="auto"`` they are
        modelled by trees, since they are seldom drawn.
    max_predictors : int or None, default=50
        Largest number of columns that a conditional sees: those most associated with
        its target among the ones before it. So the cost of wide tables is nearly linear
        in their columns. None means all.
    n_particles : int, default=32
        Number of particles per row where known columns come after unknown ones.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to be taken as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    n_jobs : int, default=None
        Number of columns fitted, and of blocks of 100,000 rows drawn or scored, at
        once. The result depends neither on it nor on joblib's backend. With one job,
        boosting of 50,000 rows and more has as many threads as there are cores; with
        more jobs, they share the cores.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Notes
    -----
    The rule of "auto" was measured on adult, shoppers, beijing and magic. Boosting had
    the larger held-out density in all tables from 500 rows on (1,000 on magic), by 0.8
    to 7 nats a row. Rows drawn by trees were harder to tell from unseen ones with few
    rows on three of the tables (detection AUC .74 against .78 for 500 rows of
    shoppers), those drawn by boosting with 2,000 and more on all (.60 against .62 for
    3,000 rows of magic). Boosting takes four to nine times as long, which wide tables
    make minutes.

    By trees and boosting, the rows of one call are drawn evenly: together they
    represent the model more closely than as many independent rows would (of more than
    100,000 rows, those of each such block). So standard
    errors that take them for independent are too large.

    Marks of missing cells are always drawn by a `TreeConditional`, since they may
    follow an exact rule.

    Attributes
    ----------
    order_ : ndarray of shape (n_model_columns,)
        Positions in ``columns_`` in the order in which they are drawn. A mark of
        missing cells comes right before the column whose cells it marks.
    predictors_ : list of ndarray
        For each column that the model sees, the columns that its conditional sees.
    conditionals_ : list
        The fitted conditional of each column that the model sees.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import AutoregressiveGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> generator = AutoregressiveGenerator(random_state=0).fit(X)
    >>> generator.sample(5).shape
    (5, 4)
    >>> generator.sample(2, given={0: 5.1})[:, 0]
    array([5.1, 5.1])
    """

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "conditional": [BaseConditional, StrOptions({"auto"})],
        "order": ["array-like", StrOptions({"auto"})],
        "given": ["array-like", None],
        "max_predictors": [Interval(Integral, 0, None, closed="left"), None],
        "n_particles": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        conditional="auto",
        *,
        order="auto",
        given=None,
        max_predictors=50,
        n_particles=32,
        categorical_features="from_dtype",
        n_jobs=None,
        random_state=None,
    ):
        self.conditional = conditional
        self.order = order
        self.given = given
        self.max_predictors = max_predictors
        self.n_particles = n_particles
        self.categorical_features = categorical_features
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def n_samples_needed(self):
        """Number of rows from which on dependence between columns can be seen."""
        return self._choose_conditional(0).n_samples_needed

    def _choose_conditional(self, n_samples, n_columns=1):
        if self.conditional != "auto":
            return self.conditional
        if n_samples < _MIN_ROWS_TO_BOOST or n_columns > _MAX_COLUMNS_TO_BOOST:
            return TreeConditional()
        return BoostedConditional()

    def _fit(self, Z, *, sample_weight, rng, track):
        if len(Z) < self.n_samples_needed and Z.shape[1] > 1:
            warn_of_few_rows(
                self._choose_conditional(len(Z)), len(Z), self.n_samples_needed
            )
        self.order_ = self._resolve_order()
        self._ranks = fit_column_ranks(Z, sample_weight, self.columns_)
        self.predictors_ = self._choose_predictors(Z, rng)
        cells = PredictorTable(Z, self._ranks)
        rngs = rng.spawn(len(Z.T))
        # made when they are sent, with no more than a column needs: workers get neither
        # the generator nor the table
        jobs = (self._column_job(cells, j, sample_weight, rngs[j]) for j in self.order_)
        names = [f"column {self.columns_[j].name}" for j in self.order_]
        fitted = track(in_parallel(fit_conditional, jobs, self.n_jobs), names)
        self.conditionals_ = [None] * len(names)
        for conditional_j, j in zip(fitted, self.order_, strict=False):
            self.conditionals_[j] = conditional_j
        for j in self.order_:
            # a callback has stopped the fit: what is left stands alone
            if self.conditionals_[j] is None:
                self.predictors_[j] = self.predictors_[j][:0]
                job = self._column_job(cells, j, sample_weight, rngs[j])
                self.conditionals_[j] = fit_conditional(*job)

    def _column_job(self, cells, j, sample_weight, rng):
        """Arguments of `fit_conditional`."""
        rows = np.flatnonzero(~np.isnan(cells.Z[:, j]))
        predictors, weights = self.predictors_[j], sample_weight[rows]
        # a row of weight two counts as two rows
        n_rows = max(len(rows), weights.sum())
        conditional = self._choose_conditional(n_rows, len(self.columns_))
        rarely_drawn = self.conditional == "auto" and j in self._given_first
        if self.columns_[j].indicator_of is not None or rarely_drawn:
            conditional = TreeConditional()
        return (
            clone(conditional),
            cells.take(rows, predictors, ranked=conditional.ranked_predictors),
            cells.Z[rows, j],
            [self.columns_[i] for i in predictors],
            self.columns_[j],
            weights,
            rng,
        )

    def _n_steps(self):
        return len(self.columns_)

    def _resolve_order(self):
        """Order of the model's columns: given first, each mark before its column."""
        positions = {c.name: j for j, c in enumerate(self.codec_.columns_)}
        first = _positions(self.given, positions, "given")
        rest = list(range(len(positions)))
        if not isinstance(self.order, str):
            rest = _positions(self.order, positions, "order")
            if len(rest) != len(positions):
                raise ValueError(
                    f"order: expected each of the {len(positions)} columns once, got "
                    f"{len(rest)} columns. Name all of them, or use order='auto'."
                )
        order = first + [j for j in rest if j not in set(first)]
        values = [c for c in self.columns_ if c.indicator_of is None]
        place = {c.name: j for j, c in enumerate(values)}
        flag = {c.indicator_of: j for j, c in enumerate(self.columns_)}
        names = [self.codec_.columns_[j].name for j in order]
        self._given_first = {place.get(name) for name in names[: len(first)]}
        kept = [place[name] for name in names if name in place]
        return np.array(
            [k for j in kept for k in ([flag[j]] if j in flag else []) + [j]], dtype=int
        )

    def _choose_predictors(self, Z, rng):
        earlier = np.array([], dtype=int)
        predictors = [earlier] * len(self.columns_)
        limit = Z.shape[1] if self.max_predictors is None else self.max_predictors
        association = repeat(None)
        if limit < Z.shape[1]:
            discrete = [column.discrete for column in self.columns_]
            rows = rows_for_association(len(Z), rng)
            features = association_features(Z[rows], discrete, rng)
            association = associations(features, self.order_)
        for j, of_target in zip(self.order_, association, strict=False):
            predictors[j] = earlier
            if len(earlier) > limit:
                predictors[j] = strongest_predictors(of_target, earlier, limit)
            if self.columns_[j].indicator_of is None:
                earlier = np.append(earlier, j)
        return predictors

    def _sample(self, known, rng):
        return self._sample_particles(known, rng)[0]

    def _sample_particles(self, known, rng):
        Z, _, ess = self._fill_late(known, rng)
        return self._draw_rest(Z, rng), ess

    def _sample_within(self, known, proposals, rng):
        Z, log_evidence, ess = self._run_particles(known, proposals, rng)
        return self._draw_rest(Z, rng), ess, log_evidence

    def _draw_rest(self, Z, rng):
        """Draw unknown cells and marks, given those before them."""
        cells = PredictorTable(Z, self._ranks)
        flag = {column.indicator_of: j for j, column in enumerate(self.columns_)}
        for j in self.order_:
            hidden = np.zeros(len(Z), dtype=bool)
            if j in flag:
                hidden = cells.Z[:, flag[j]] == 1.0
                cells.put(j, np.flatnonzero(hidden), np.nan)
            unknown = np.isnan(cells.Z[:, j]) & ~hidden
            self._draw_column(cells, j, np.flatnonzero(unknown), rng)
        return cells.Z

    def _impute(self, Z, rng):
        cells = PredictorTable(self._fill_late(Z, rng).Z, self._ranks)
        for j in self._value_order():
            unknown = np.flatnonzero(np.isnan(cells.Z[:, j]))
            self._draw_column(cells, j, unknown, rng)
        return cells.Z

    def _score_samples(self, Z, rng):
        late = self._late_evidence(Z)
        log_prob = np.zeros(len(Z))
        log_prob[late] = self._fill_late(Z[late], rng).log_evidence
        rows = np.flatnonzero(~late)
        cells = PredictorTable(Z[rows], self._ranks)
        for j in self._value_order():
            known = np.flatnonzero(~np.isnan(cells.Z[:, j]))
            log_prob[rows[known]] += self._column_log_prob(cells, j, known)
        return log_prob

    def _value_order(self):
        return [j for j in self.order_ if self.columns_[j].indicator_of is None]

    def _draw_column(self, cells, j, rows, rng):
        if len(rows):
            X = self._given(cells, j, rows)
            cells.put(j, rows, self.conditionals_[j].sample(X, rng))

    def _column_log_prob(self, cells, j, rows):
        if not len(rows):
            return np.zeros(0)
        X = self._given(cells, j, rows)
        return self.conditionals_[j].log_prob(X, cells.Z[rows, j])

    def _given(self, cells, j, rows):
        ranked = self.conditionals_[j].ranked_predictors
        return cells.take(rows, self.predictors_[j], ranked=ranked)

    def _late_evidence(self, Z):
        """Rows in which a known column comes after an unknown one."""
        known = ~np.isnan(Z[:, self._value_order()])
        return (known & np.maximum.accumulate(~known, axis=1)).any(axis=1)

    def _fill_late(self, Z, rng):
        """Fill the cells before late evidence, of the rows that have some."""
        late = self._late_evidence(Z)
        filled = Filled(Z.copy(), np.zeros(len(Z)), np.full(len(Z), np.inf))
        if late.any():
            found = self._run_particles(Z[late], {}, rng)
            for part, of_late in zip(filled, found, strict=True):
                part[late] = of_late
        return filled

    def _run_particles(self, Z, proposals, rng):
        steps = Steps(
            self._value_order(),
            lambda Z: PredictorTable(Z, self._ranks),
            self._draw_column,
            self._column_log_prob,
            proposals,
        )
        return fill_by_particles(Z, steps, self.n_particles, rng)


def _positions(columns, positions, parameter):
    """Positions of columns that are named by name or by position."""
    if columns is None:
        return []
    found = []
    for column in columns:
        check_name(parameter, column)
        if isinstance(column, bool):
            raise TypeError(
                f"{parameter}: expected names or positions of columns, got a mask of "
                "booleans. Pass the names."
            )
        if column in positions:
            found.append(positions[column])
        elif isinstance(column, Integral) and 0 <= column < len(positions):
            found.append(int(column))
        else:
            raise ValueError(
                f"{parameter}: {column!r} is not a column of X. Use the columns' names "
                f"or positions from 0 to {len(positions) - 1}."
            )
    if len(set(found)) != len(found):
        raise ValueError(f"{parameter}: every column may be named only once.")
    return found
