"""Columns to mask, tables to fit generators to, and draws of the masked cells."""

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.utils._indexing import _get_column_indices

from skgen._math.privacy.coarsening import (
    allowed_numbers,
    frequent_counts,
    nearest_allowed,
    rare_numbers,
    replace_rare_levels,
)
from skgen._table.cells import column_error
from skgen._table.columns import add_columns, known_cells, select_columns
from skgen._table.containers import as_table
from skgen._table.faults import Faults
from skgen._table.rows import take_rows
from skgen._utils.callbacks import estimator_for_workers, parallel_tasks, reporting
from skgen._utils.estimators import (
    change_parameter,
    clone_seeded,
    draw_rows,
    draws_given,
)
from skgen._utils.parallel import in_parallel


class ColumnGroup(NamedTuple):
    """Columns that one generator models jointly: sorted positions in X."""

    columns: np.ndarray  # all of them
    kept: np.ndarray  # those without masked cells
    drawn: np.ndarray  # the others
    evidence: np.ndarray  # those of `drawn` whose unmasked cells are given

    def given(self, masked):
        """Mask of the cells that are given when the masked cells are drawn."""
        given = np.zeros(masked.shape, dtype=bool)
        given[:, self.kept] = True
        given[:, self.evidence] = ~masked[:, self.evidence]
        return given


def make_groups(X, masked, condition_on, all_cells):
    """Split the columns into groups that are drawn independently of each other.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    masked : ndarray of int
        Positions of the columns to mask.
    condition_on : object
        Parameter of `GenerativeMasker`.
    all_cells : bool
        Whether all cells of these columns are masked.

    Returns
    -------
    groups : list of ColumnGroup
    """
    nothing = masked[:0]
    if is_word(condition_on, "none"):
        return [ColumnGroup(j[None], nothing, j[None], nothing) for j in masked]
    given, listed = np.arange(X.shape[1]), not is_word(condition_on, "all")
    if listed:
        given = positions_of(X, condition_on, "condition_on")
    kept, evidence = np.setdiff1d(given, masked), np.intersect1d(given, masked)
    if all_cells and listed and len(evidence):
        name = _column_names(X)[evidence[0]]
        raise ValueError(
            f"condition_on: the column {name!r} is masked itself, so it cannot be "
            "given. Remove it from `condition_on` or from `columns`. Masked columns "
            "are drawn jointly, so relations between them are kept anyway."
        )
    evidence = nothing if all_cells else evidence
    return [ColumnGroup(np.union1d(kept, masked), kept, masked, evidence)]


def positions_of(X, columns, parameter):
    """Sorted positions of the columns that a parameter selects."""
    columns = columns(X) if callable(columns) else columns
    try:
        found = _get_column_indices(X, columns)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{parameter}: {error}. The columns of X are {_column_names(X)[:10]}."
        ) from error
    return np.unique(np.array(found, dtype=np.intp))


def is_word(value, word):
    """Whether a parameter equals this word; an array never does."""
    return isinstance(value, str) and value == word


def _column_names(X):
    return as_table(X)[0].names(X)


def choose_cells(shape, columns, fraction, rng):
    """Mask of the cells to replace: a share of those of some columns."""
    chosen, n_cells = np.zeros(shape, dtype=bool), shape[0]
    if fraction not in (None, 1):
        n_cells = max(1, round(fraction * shape[0]))
    for j in columns:
        chosen[rng.permutation(shape[0])[:n_cells], j] = True
    return chosen


class CoarsenedTable(NamedTuple):
    """A table whose masked columns hold no rare category and no tails of numbers."""

    table: object
    Z: np.ndarray  # encoded cells
    original: np.ndarray  # encoded cells before coarsening
    usable_as_given: np.ndarray  # mask: False for categories replaced at random
    allowed: dict  # of each masked numeric column, the numbers that may be drawn
    rare: dict  # and those that must be replaced


def coarsen(codec, X, columns, min_count, rng):
    """Replace rare categories and clip the tails of numbers in some columns.

    Parameters
    ----------
    codec : TableCodec
        Fitted to X.
    X : table of shape (n_samples, n_features)
    columns : ndarray of int
    min_count : int
        A value held by fewer rows is rare.
    rng : numpy.random.Generator

    Returns
    -------
    coarse : CoarsenedTable

    Raises
    ------
    ValueError
        If no value of some columns may be drawn.
    """
    original = codec.encode(X)
    Z, usable = original.copy(), np.ones(original.shape, dtype=bool)
    allowed, rare = {}, {}
    faults = Faults()
    # with min_count=1 no value is rare
    for j in columns.tolist() if min_count > 1 else []:
        column, z = codec.columns_[j], original[:, j]
        with faults:
            if column.discrete:
                counts = frequent_counts(z, column.n_categories, min_count)
                if not counts.any():
                    raise _nothing_allowed(column, z, min_count)
                Z[:, j] = replace_rare_levels(z, counts, rng)
                usable[:, j] = Z[:, j] == z
            elif column.modelled:
                settle = partial(codec.settle, position=j)
                numbers = allowed_numbers(z, min_count, settle)
                if not len(numbers):
                    raise _nothing_allowed(column, z, min_count)
                allowed[j], rare[j] = numbers, rare_numbers(z, min_count)
                Z[:, j] = np.clip(z, numbers[0], numbers[-1])
    faults.raise_all()
    table = _replace_changed(codec, X, Z, original)
    return CoarsenedTable(table, Z, original, usable, allowed, rare)


def snap_training_numbers(codec, X, coarse):
    """The coarsened table with all masked numbers moved to the nearest allowed one."""
    Z = coarse.Z.copy()
    for j, numbers in coarse.allowed.items():
        Z[:, j] = nearest_allowed(Z[:, j], numbers)
    return coarse._replace(table=_replace_changed(codec, X, Z, coarse.original), Z=Z)


def snap_drawn_numbers(codec, Z, coarse):
    """Drawn cells, with rare numbers moved to the nearest allowed one."""
    Z = Z.copy()
    for j, numbers in coarse.allowed.items():
        z = np.clip(codec.settle(Z[:, j], j), numbers[0], numbers[-1])
        moved = np.isin(z, coarse.rare[j])
        z[moved] = nearest_allowed(z[moved], numbers)
        Z[:, j] = z
    return Z


def _replace_changed(codec, X, Z, original):
    return codec.replace(X, Z, (original != Z) & ~np.isnan(Z))


def _nothing_allowed(column, z, min_count):
    """Exception that says how to make values of a column less rare."""
    known = z[~np.isnan(z)]
    why = f"each is held by fewer than {min_count} rows"
    if len(known) < min_count:
        why, remedy = f"it has only {len(known)} known cells", ""
    elif column.discrete:
        remedy = "merge categories, "
    else:
        why += ", and neighbours are one step apart"
        what = "times" if column.kind_class.temporal else "numbers"
        longer = np.ceil(min_count * (np.ptp(known) + 1) / len(known))
        remedy = f"round its {what} to steps at least {longer:.0f} times as long"
        remedy += f" (now in steps of {column.steps}), " if column.steps else ", "
    return column_error(
        column.name,
        f"holds no value that min_count={min_count} allows to draw: {why}. Lower "
        f"min_count, {remedy}or drop the column.",
    )


class TrainingTable(NamedTuple):
    """What the generator of a group is fitted to: its columns, then those of y."""

    group: ColumnGroup
    table: object
    Z: np.ndarray  # encoded cells
    usable_as_given: np.ndarray  # mask of the cells that draws can be conditioned on
    kinds: list  # of the columns
    texts_to: list  # of columns of text that holds numbers, `Column.texts_to`
    schema: dict  # their kinds and steps, which are the same in each fold
    given: list  # names of the columns that are given in every row

    def known_cells(self, rest, rows, masked):
        """Mask of the cells of `rows` that a generator fitted to `rest` can be given.

        A category that it has not seen, or any cell of a column in which it has seen
        missing cells only, cannot be.
        """
        known, columns = self.usable_as_given[rows], self.group.columns
        known[:, : len(columns)] &= self.group.given(masked[rows])[:, columns]
        for at, kind in enumerate(self.kinds):
            seen = self.Z[rest, at]
            if kind.discrete:
                known[:, at] &= np.isin(self.Z[rows, at], seen)
            elif np.isnan(seen).all():
                known[:, at] = False
            else:
                texts = self.Z[rows, at] <= self.texts_to[at]
                known[texts, at] &= np.isin(self.Z[rows[texts], at], seen)
        return known

    def configure(self, generator):
        """Set the parameters of a generator that refer to columns."""
        categorical = [at for at, k in enumerate(self.kinds) if k.listable]
        change_parameter(generator, "categorical_features", lambda _: categorical)
        change_parameter(generator, "schema", lambda _: self.schema)
        if self.given:
            # draws are exact if columns that are always given come first
            first = self.given
            change_parameter(generator, "given", lambda v: first if v is None else v)


def make_training_table(group, codec, coarse, targets=None):
    """Select the columns of a group and append the targets.

    Parameters
    ----------
    group : ColumnGroup
    codec : TableCodec
    coarse : CoarsenedTable
    targets : Targets or None, default=None

    Returns
    -------
    training : TrainingTable
    """
    columns = group.columns
    table = select_columns(coarse.table, columns)
    Z, usable = coarse.Z[:, columns], coarse.usable_as_given[:, columns]
    kinds = [codec.columns_[j].kind_class for j in columns]
    texts_to = [codec.columns_[j].texts_to for j in columns]
    if targets is not None:
        table = add_columns(table, targets.columns)
        Z = np.hstack([Z, targets.Z])
        usable = np.hstack([usable, np.ones(targets.Z.shape, dtype=bool)])
        kinds += targets.kinds
        texts_to += [-np.inf] * len(targets.kinds)
    container, table = as_table(table)
    is_given = np.ones(len(kinds), dtype=bool)
    is_given[: len(columns)] = np.isin(columns, group.kept)
    names = container.names(table)
    given = [names[at] for at in np.flatnonzero(is_given)]
    schema = codec.structure(columns.tolist())
    return TrainingTable(group, table, Z, usable, kinds, texts_to, schema, given)


class FitJob(NamedTuple):
    """Fit a generator to `rest` and draw the masked cells of `rows`, if any."""

    name: str  # of the task that callbacks see
    training: TrainingTable
    rest: np.ndarray
    rows: np.ndarray | None = None

    def arguments(self, masked):
        """The table to fit to; the number of rows to draw and what is given."""
        table = self.training.table
        if self.rows is None:
            return take_rows(table, self.rest), None
        known = self.training.known_cells(self.rest, self.rows, masked)
        given = given_argument(take_rows(table, self.rows), known)
        return take_rows(table, self.rest), (len(self.rows), given)


def cross_fit_jobs(tables, masked, fold):
    """Jobs that draw the cells of each fold from a fit to the other folds.

    Parameters
    ----------
    tables : list of TrainingTable
    masked : ndarray of bool of shape (n_samples, n_features)
    fold : ndarray of int of shape (n_samples,)

    Returns
    -------
    jobs : list of FitJob
    """
    jobs = []
    for k in range(fold.max() + 1):
        rest = np.flatnonzero(fold != k)
        for training in tables:
            has_masked = masked[:, training.group.drawn].any(axis=1)
            rows = np.flatnonzero((fold == k) & has_masked)
            if len(rows):
                jobs.append(FitJob(f"fold {k}", training, rest, rows))
    return jobs


def given_argument(table, known, names=None):
    """The argument `given` of ``sample``, as a dict; empty if no cell is known.

    Parameters
    ----------
    table : table of shape (n_samples, n_columns)
    known : ndarray of bool of shape (n_samples, n_columns)
    names : list, default=None
        Names under which the generator knows the columns; None takes the table's.
    """
    return {"given": known_cells(table, known, names)} if known.any() else {}


def run_jobs(jobs, masked, generator, masker, context, rng):
    """Iterator over the results of the jobs, in their order.

    Parameters
    ----------
    jobs : list of FitJob
    masked : ndarray of bool of shape (n_samples, n_features) or None
    generator : object
        Cloned for each job.
    masker : GenerativeMasker
    context : object
        Callback context of its fit.
    rng : numpy.random.Generator
    """
    rngs = rng.spawn(len(jobs))
    generators = [clone_seeded(generator, rng_of_job) for rng_of_job in rngs]
    for each, job in zip(generators, jobs, strict=True):
        job.training.configure(each)
    tasks = parallel_tasks(context, [job.name for job in jobs])
    reported = estimator_for_workers(masker)
    arguments = (
        (each, task, reported, *job.arguments(masked), rng_of_job)
        for each, task, job, rng_of_job in zip(
            generators, tasks, jobs, rngs, strict=True
        )
    )
    return in_parallel(fit_and_draw, arguments, masker.n_jobs)


def fit_and_draw(generator, task, reported, table, to_draw, rng):
    """Fit a generator and draw rows from it; runs in a worker.

    Parameters
    ----------
    generator : object
        Fitted in place.
    task : object
        Callback context of this fit.
    reported : estimator or None
        From `estimator_for_workers`.
    table : table of shape (n_samples, n_columns)
    to_draw : (int, dict) or None
        Number of rows, and what is given.
    rng : numpy.random.Generator

    Returns
    -------
    result : table of shape (n_drawn, n_columns) or object
        The drawn rows, or the generator if there are none to draw.
    """
    with reporting(task, generator, estimator=reported, X=table):
        generator.fit(table)
    if to_draw is None:
        return generator
    n_drawn, given = to_draw
    return draw_rows(generator, n_drawn, rng, **given)


def encode_drawn(codec, group, drawn):
    """Encoded cells of drawn rows, of the columns ``group.drawn``."""
    container, drawn = as_table(drawn)
    places = np.searchsorted(group.columns, group.drawn)
    cells = {
        codec.columns_[j].name: container.column(drawn, at)
        for j, at in zip(group.drawn, places, strict=True)
    }
    return codec.read_given(cells, len(drawn)).matrix()[:, group.drawn]


def check_draws_given(generator):
    """Raise an error if a generator cannot draw cells given others."""
    if not draws_given(generator):
        raise TypeError(
            f"generator: {type(generator).__name__} cannot draw cells given others. "
            "Use one that has `impute` and `sample(given=...)`, or "
            "condition_on='none'."
        )
