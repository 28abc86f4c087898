"""p(x) = prod_i p(x_i | x_<i): every column drawn given the columns before it."""

from itertools import repeat
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.association import strongest_predictors, target_associations
from skgen._math.copies import merge_copies
from skgen._table.inputs import check_name
from skgen._utils.estimators import warn_of_few_rows
from skgen._utils.parallel import in_parallel
from skgen.base import BaseGenerator
from skgen.conditionals import (
    BaseConditional,
    BoostedConditional,
    StackedConditional,
    TreeConditional,
)
from skgen.conditionals._base import fit_column_ranks, fit_conditional
from skgen.generators._differences import TableWithDifferences
from skgen.generators._planned import PlannedColumnsMixin
from skgen.generators._sequential_monte_carlo import (
    Factorization,
    Filled,
    fill_by_particles,
    log_evidence_by_particles,
    refuse_impossible,
)

#: observed cells from which on "auto" prefers boosting to a stack
_MIN_ROWS_TO_BOOST = 1_000
#: columns, missing indicators included, up to which both are fast enough
_MAX_COLUMNS = 100
#: share below which the rarer of two values is rare
_RARE = 0.1
#: times as many particles for rows of which none obeys the rules
_MORE = 16


class AutoregressiveGenerator(PlannedColumnsMixin, BaseGenerator):
    """Draws every column given the columns before it.

    The joint distribution is factorised as p(x) = prod_i p(x_i | x_<i) [1]_, and a
    conditional distribution is fitted to each factor. The density is exact. Draws given
    known cells are exact if the known columns come first in the order; otherwise they
    are resampled from weighted particles.

    Parameters
    ----------
    conditional : BaseConditional or "auto", default="auto"
        The conditional distribution, cloned for each column. "auto" takes
        ``StackedConditional()`` for columns with fewer than 1,000 observed cells, and
        ``BoostedConditional()`` for others. In tables of more than 100 columns, and for
        columns named in `given`, it takes ``TreeConditional()``, which is faster.
    order : {"auto"} or array-like of shape (n_features,), default="auto"
        Columns in the order in which they are drawn, by name or position. "auto" keeps
        the order of the table, but draws columns of two values first if less than a
        tenth of the rows hold one of them, so that its share is exact.
    given : array-like, default=None
        Columns that will be given when sampling. They come first in the order, so that
        drawing the others is exact and fast. With ``conditional="auto"`` they are
        modelled by trees, since they are seldom drawn.
    max_predictors : int or None, default=50
        Largest number of predictors of a column: those most associated with it among
        the columns before it. The cost of wide tables is then nearly linear in the
        number of columns. None means all.
    n_particles : int, default=32
        Number of particles per row where known columns come after unknown ones.
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
        Number of columns fitted, and of blocks of 100,000 rows drawn or scored, in
        parallel. The result depends neither on it nor on joblib's backend. With one
        job, boosting of 50,000 rows and more uses one thread per core; with more jobs,
        they share the cores.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Notes
    -----
    A stack has the largest held-out density, up to a few thousand rows at least, and
    its rows give less about the training rows away. From about 1,000 rows on those of
    boosting are as hard to distinguish from unseen rows, or harder, and it is several
    times as fast. Trees are the fastest.

    All three draw the rows of one call evenly: they represent the model more closely
    than independent rows would, separately for each block of 100,000 rows.
    Standard errors that assume independent rows are therefore too large.

    Missing indicators are always drawn by a `TreeConditional`, since they may follow an
    exact rule.

    References
    ----------
    .. [1] Uria, Cote, Gregor, Murray & Larochelle (2016), "Neural autoregressive
       distribution estimation", Journal of Machine Learning Research 17(205).

    Attributes
    ----------
    order_ : ndarray of shape (n_model_columns,)
        Positions in ``columns_`` in the order in which they are drawn. A missing
        indicator comes right before its column.
    predictors_ : list of ndarray
        Positions of the predictors of each column of ``columns_``. Positions above
        those of the columns are differences of columns that a rule puts in order.
    conditionals_ : list
        The fitted conditional of each column of ``columns_``.

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

    models_missing_indicators = True

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
        schema=None,
        rules="auto",
        identifiers="fresh",
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.conditional = conditional
        self.order = order
        self.given = given
        self.max_predictors = max_predictors
        self.n_particles = n_particles
        self.categorical_features = categorical_features
        self.schema = schema
        self.rules = rules
        self.identifiers = identifiers
        self.handle_unknown = handle_unknown
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def n_samples_needed(self):
        """Number of rows below which columns are drawn independently."""
        return self._choose_conditional(0).n_samples_needed

    def _choose_conditional(self, n_samples, n_columns=1):
        if self.conditional != "auto":
            return self.conditional
        if n_columns > _MAX_COLUMNS:
            return TreeConditional()
        few = n_samples < _MIN_ROWS_TO_BOOST
        return StackedConditional() if few else BoostedConditional()

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        if len(Z) < self.n_samples_needed and Z.shape[1] > 1:
            name = type(self._choose_conditional(len(Z))).__name__
            warn_of_few_rows(len(Z), self.n_samples_needed, name)
        self._indicator = {
            column.indicator_of: j
            for j, column in enumerate(self.columns_)
            if column.indicator_of is not None
        }
        self.order_ = self._resolve_order(Z, sample_weight)
        self._set_supports()
        self._ranks = fit_column_ranks(Z, sample_weight, self.columns_)
        self._differences = self._ordered_differences()
        self._differences.fit(Z, self.columns_, sample_weight)
        cells = self._table(Z)
        self.predictors_ = self._choose_predictors(cells, sample_weight, rng)
        rngs, order = rng.spawn(len(Z.T)), self._fitted_columns(self.order_)
        # a generator expression, so that workers get one column's data at a time and
        # neither the generator nor the table
        jobs = (self._column_job(cells, j, sample_weight, rngs[j]) for j in order)
        names = [f"column {self.columns_[j].name}" for j in order]
        fitted = track(in_parallel(fit_conditional, jobs, self.n_jobs), names)
        self.conditionals_ = [None] * len(self.columns_)
        for conditional_j, j in zip(fitted, order, strict=False):
            self.conditionals_[j] = conditional_j
        for j in order:
            # a callback has stopped the fit: the other columns are independent
            if self.conditionals_[j] is None:
                self.predictors_[j] = self.predictors_[j][:0]
                job = self._column_job(cells, j, sample_weight, rngs[j])
                self.conditionals_[j] = fit_conditional(*job)

    def _column_job(self, cells, j, sample_weight, rng):
        """Arguments of `fit_conditional`."""
        rows = self._free_rows(cells, j)
        predictors, weights = self.predictors_[j], sample_weight[rows]
        described = [*self.columns_, *self._differences.columns]
        # a weight of two counts as two rows
        n_rows = max(len(rows), weights.sum())
        conditional = self._choose_conditional(n_rows, len(self.columns_))
        rarely_drawn = self.conditional == "auto" and j in self._given_first
        if self.columns_[j].indicator_of is not None or rarely_drawn:
            conditional = TreeConditional()
        return (
            clone(conditional),
            cells.take(rows, predictors, ranked=conditional.ranked_predictors),
            cells.Z[rows, j],
            [described[i] for i in predictors],
            self.columns_[j],
            weights,
            rng,
        )

    def _n_steps(self):
        return len(self._fitted_columns(range(len(self.columns_))))

    def _fitted_columns(self, columns):
        """Those of some columns that need a conditional."""
        return [j for j in columns if not self._is_determined(j)]

    def _resolve_order(self, Z, weights):
        """Order of the columns: given ones first, each indicator before its column."""
        positions = {c.name: j for j, c in enumerate(self.codec_.columns_)}
        first = _listed_positions(self.given, positions, "given")
        rest = list(range(len(positions)))
        if isinstance(self.order, str):
            rare = [
                self._seen_columns[j]
                for j, column in enumerate(self.columns_)
                if column.indicator_of is None and _has_rare_value(Z[:, j], weights)
            ]
            rest = [*rare, *(at for at in rest if at not in rare)]
        else:
            rest = _listed_positions(self.order, positions, "order")
            if len(rest) != len(positions):
                raise ValueError(
                    f"order: expected each of the {len(positions)} columns once, got "
                    f"{len(rest)} columns. Name all of them, or use order='auto'."
                )
        order = first + [j for j in rest if j not in set(first)]
        place = {position: i for i, position in enumerate(self._seen_columns)}
        self._given_first = {place.get(position) for position in first}
        return self._planned_order([at for at in order if at in place])

    def _choose_predictors(self, cells, weights, rng):
        earlier, limit = np.array([], dtype=int), self.max_predictors
        predictors = [earlier] * len(self.columns_)
        associations = repeat(None)
        Z = np.hstack([cells.Z, cells.beside.Z])
        if limit is not None and limit < Z.shape[1]:
            associations = target_associations(
                Z,
                [*self.columns_, *self._differences.columns],
                self.order_,
                rng,
                weights,
            )
        for j, of_target in zip(self.order_, associations, strict=False):
            predictors[j] = earlier
            if of_target is not None:
                predictors[j] = strongest_predictors(of_target, earlier, limit)
            if self.columns_[j].indicator_of is None:
                new = [j, *self._differences.after(j, set(earlier.tolist()))]
                earlier = np.append(earlier, new)
        return predictors

    def _sample(self, known, rng):
        return self._sample_particles(known, rng)[0]

    def _sample_particles(self, known, rng, order=None):
        Z, ess = known.copy(), np.full(len(known), np.inf)
        weighted = self._needs_particles(known)
        if weighted.any():
            Z[weighted], _, ess[weighted] = self._fill(known[weighted], {}, rng)
        cells = self._table(Z)
        for j in self.order_ if order is None else order:
            self._draw_column(cells, j, self._rows_to_draw(cells, j), rng)
        return cells.Z, ess

    def _sample_within(self, known, proposals, rng):
        Z, log_evidence, ess = self._fill(known, proposals, rng)
        # no known cell comes after an unknown one any more
        return self._sample_particles(Z, rng)[0], ess, log_evidence

    def _fill(self, known, proposals, rng):
        """Rows with a known column after an unknown one, filled by particles."""
        model, n_particles = self._factorization(), self.n_particles

        def fill(known, proposals, n_particles=n_particles):
            return fill_by_particles(known, model, proposals, n_particles, rng)

        filled = fill(known, proposals)
        if self._plan is not None:
            # no particle obeys the rules
            lost = np.flatnonzero(~np.isfinite(filled.log_evidence))
            filled.replace(lost, fill(known[lost], proposals, _MORE * n_particles))
            lost = np.flatnonzero(~np.isfinite(filled.log_evidence))
            filled.replace(lost, self._fill_broken(known[lost], proposals, fill))
        refuse_impossible(filled.log_evidence)
        return filled

    def _fill_broken(self, known, proposals, fill):
        """Fill rows without known cells that break rules; these are left broken."""
        freed = self._without_impossible(known, lambda Z: fill(Z, {}).log_evidence)
        filled = Filled(freed, np.zeros(len(freed)), np.full(len(freed), np.inf))
        some = np.flatnonzero(~np.isnan(freed).all(axis=1))
        filled.replace(some, fill(freed[some], proposals))
        lost = np.flatnonzero(~np.isfinite(filled.log_evidence))
        if len(lost):
            # chance found cells before
            freed = self._without_connected(known[lost])
            some = ~np.isnan(freed).all(axis=1)
            filled.Z[lost], filled.log_evidence[lost] = freed, 0.0
            filled.replace(lost[some], fill(freed[some], proposals))
        return filled

    def _impute(self, Z, rng):
        return self._sample_particles(Z, rng, self._value_order())[0]

    def _score_samples(self, Z, rng):
        weighted = self._needs_particles(Z)
        log_prob = np.zeros(len(Z))
        model, n_particles = self._factorization(), self.n_particles
        alone = weighted & self._unexplained(Z).any(axis=1)
        if alone.any():
            log_prob[alone] = fill_by_particles(
                Z[alone], model, {}, n_particles, rng
            ).log_evidence
        shared = weighted & ~alone
        if shared.any():
            log_prob[shared] = log_evidence_by_particles(
                Z[shared], model, n_particles, rng
            )
        rows = np.flatnonzero(~weighted)
        cells = self._table(Z[rows])
        for j in self._value_order():
            known = np.flatnonzero(~np.isnan(cells.Z[:, j]))
            log_prob[rows[known]] += self._column_log_prob(cells, j, known)
        return log_prob

    def _table(self, Z):
        """Rows as predictors of conditionals."""
        return TableWithDifferences(Z, self._ranks, self._differences)

    def _value_order(self):
        return [j for j in self.order_ if self.columns_[j].indicator_of is None]

    def _rows_to_draw(self, cells, j):
        """Rows with an unknown cell of a column; cells drawn as missing are emptied."""
        unknown = np.isnan(cells.Z[:, j])
        if j in self._indicator:
            hidden = cells.Z[:, self._indicator[j]] == 1.0
            cells.put(j, np.flatnonzero(hidden), np.nan)
            unknown &= ~hidden
        for i in self._needed(j):
            # what serves a column has no meaning without the cells that it needs
            unknown &= ~np.isnan(cells.Z[:, i])
        unknown &= self._has_meaning(cells, j, np.arange(len(unknown)))
        served = self._served(j)
        if served in self._indicator:
            unknown &= cells.Z[:, self._indicator[served]] != 1.0
        return np.flatnonzero(unknown)

    def _predictors(self, cells, j, rows):
        ranked = self.conditionals_[j].ranked_predictors
        return cells.take(rows, self.predictors_[j], ranked=ranked)

    def _needs_particles(self, Z):
        """Rows in which a known column comes after an unknown one."""
        known = ~np.isnan(Z[:, self._value_order()])
        return (known & np.maximum.accumulate(~known, axis=1)).any(axis=1)

    def _factorization(self):
        return Factorization(
            self._value_order(),
            self._table,
            self._draw_column,
            self._column_log_prob,
            self._deduce,
        )


def _listed_positions(columns, positions, parameter):
    """Positions of columns from their names or positions."""
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


def _has_rare_value(z, weights):
    """Whether a column has two values, of which one is rare."""
    known = ~np.isnan(z)
    values, place = np.unique(z[known], return_inverse=True)
    if len(values) != 2:
        return False
    mass = np.bincount(place, weights[known])
    return mass.min() < _RARE * mass.sum()
