"""Tables to fit generators to, and draws of the masked cells."""

from typing import NamedTuple

import numpy as np

from skgen._plan.choose import as_found
from skgen._table.columns import add_columns, known_cells, select_columns
from skgen._table.containers.tables import as_table
from skgen._table.rows import take_rows
from skgen._utils.callbacks import estimator_for_workers, parallel_tasks, reporting
from skgen._utils.estimators import (
    change_parameter,
    clone_seeded,
    draw_rows,
    draws_given,
)
from skgen._utils.parallel import in_parallel
from skgen.masking._groups import ColumnGroup
from skgen.rules import RuleList


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
    rules: RuleList | None  # those between its columns

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
        change_parameter(generator, "rules", lambda _: self.rules)
        if self.given:
            # draws are exact if columns that are always given come first
            first = self.given
            change_parameter(generator, "given", lambda v: first if v is None else v)


def make_training_table(group, codec, coarse, plan, targets=None):
    """Select the columns of a group and append the targets.

    Parameters
    ----------
    group : ColumnGroup
    codec : TableCodec
    coarse : CoarsenedTable
    plan : Plan or None
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
    rules = _rules_within(plan, codec, columns, len(Z))
    return TrainingTable(group, table, Z, usable, kinds, texts_to, schema, given, rules)


def _rules_within(plan, codec, columns, n_rows):
    """Rules between some columns, by their names in a table that holds no others."""
    names = [codec.columns_[j].name for j in columns]
    new = dict(zip(names, codec.names_in_part(columns), strict=True))
    kept = [] if plan is None else plan.kept
    within = [rule.renamed(new) for rule in kept if set(rule.columns) <= set(names)]
    return as_found(within, n_rows) if within else None


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


def draw_new_rows(X, masked, seen, groups, generators, codec, rng):
    """Encoded cells of new rows, drawn by generators fitted to all training rows.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    masked, seen : ndarray of bool of shape (n_samples, n_features)
        Which cells are masked; which are no missing cell and of no unseen category.
    groups : list of ColumnGroup
    generators : list of object
        One for each group.
    codec : TableCodec
    rng : numpy.random.Generator

    Returns
    -------
    Z : ndarray of shape (n_samples, n_features)
        NaN in columns that are not drawn.
    """
    Z = np.full(X.shape, np.nan)
    for generator, group in zip(generators, groups, strict=True):
        known = (seen & group.given(masked))[:, group.columns]
        table = select_columns(X, group.columns)
        names = codec.names_in_part(group.columns)
        given = given_argument(table, known, names)
        drawn = draw_rows(generator, len(X), rng, **given)
        Z[:, group.drawn] = encode_drawn(codec, group, drawn)
    return Z


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
