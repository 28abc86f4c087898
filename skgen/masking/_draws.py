"""What the generators of a masker learn, and how cells are drawn from them."""

from typing import NamedTuple

import numpy as np

from skgen._table.columns import add_columns, select_columns
from skgen._table.containers import as_table
from skgen._table.edits import known_cells
from skgen._table.rows import n_rows, take_rows
from skgen._utils.callbacks import fit_part
from skgen._utils.generators import change_parameter, draw_rows, draws_given
from skgen.masking._parts import Part


class Sample(NamedTuple):
    """What the generator of a part is fitted to."""

    part: Part
    table: object  # the columns of the part, then those of y
    Z: np.ndarray  # its encoded cells
    telling: np.ndarray  # which of them may be given
    kinds: list  # of its columns
    given: list  # names of those that are given in every row


def sample_of(part, codec, coarse, targets=None):
    """The columns of a part, and targets, as a table of their own.

    Parameters
    ----------
    part : Part
    codec : TableCodec
    coarse : Coarse
    targets : Targets or None, default=None

    Returns
    -------
    sample : Sample
    """
    table = select_columns(coarse.table, part.columns)
    Z, telling = coarse.Z[:, part.columns], coarse.telling[:, part.columns]
    kinds = [codec.columns_[j].kind_class for j in part.columns]
    if targets is not None:
        table = add_columns(table, targets.columns)
        Z = np.hstack([Z, targets.Z])
        telling = np.hstack([telling, np.ones(targets.Z.shape, dtype=bool)])
        kinds += targets.kinds
    container, table = as_table(table)
    is_given = np.ones(len(kinds), dtype=bool)
    is_given[: len(part.columns)] = np.isin(part.columns, part.kept)
    names = container.names(table)
    given = [names[at] for at in np.flatnonzero(is_given)]
    return Sample(part, table, Z, telling, kinds, given)


def given_cells(part, masked):
    """Which cells of a table are given when others of the part are drawn."""
    given = np.zeros(masked.shape, dtype=bool)
    given[:, part.kept] = True
    given[:, part.evidence] = ~masked[:, part.evidence]
    return given


def known_in(sample, rest, here, masked):
    """Which cells of the rows `here` a generator fitted to the `rest` can be given."""
    known = sample.telling[here]
    columns = sample.part.columns
    known[:, : len(columns)] &= given_cells(sample.part, masked[here])[:, columns]
    for at, kind in enumerate(sample.kinds):
        learnt = sample.Z[rest, at]
        if kind.discrete:
            known[:, at] &= np.isin(sample.Z[here, at], learnt)
        elif np.isnan(learnt).all():
            known[:, at] = False
    return known


def tell_columns(generator, sample):
    """Set the parameters of a generator that are about the columns of its table."""
    categorical = [at for at, k in enumerate(sample.kinds) if k.listable]
    change_parameter(generator, "categorical_features", lambda _: categorical)
    if sample.given:
        # columns that are always given come first, which makes draws exact
        first = sample.given
        change_parameter(generator, "given", lambda v: first if v is None else v)


def draw(generator, table, known, rng, names=None):
    """Rows drawn given the known cells of a table.

    Parameters
    ----------
    generator : object
        Fitted to tables of the same columns.
    table : table of shape (n_samples, n_columns)
    known : ndarray of bool of shape (n_samples, n_columns)
    rng : numpy.random.Generator
    names : list, default=None
        What the generator calls the columns, if not as in the table.

    Returns
    -------
    drawn : table of shape (n_samples, n_columns)
    """
    given = {"given": known_cells(table, known, names)} if known.any() else {}
    return draw_rows(generator, n_rows(table), rng, **given)


class Job(NamedTuple):
    """A generator to fit to rows of a sample, and rows to draw cells of, if any."""

    name: str  # as callbacks are told
    sample: Sample
    rows: np.ndarray
    drawn: np.ndarray | None = None

    def tables(self, masked):
        """The rows to fit to; those to draw, and which of their cells are known."""
        table, here = self.sample.table, self.drawn
        if here is None:
            return take_rows(table, self.rows), None
        known = known_in(self.sample, self.rows, here, masked)
        return take_rows(table, self.rows), (take_rows(table, here), known)


def jobs_of_folds(samples, masked, fold):
    """Draw the cells of each fold from the others, one part at a time.

    Parameters
    ----------
    samples : list of Sample
        Parts of one table.
    masked : ndarray of bool of shape (n_samples, n_features)
    fold : ndarray of int of shape (n_samples,)

    Returns
    -------
    jobs : list of Job
    """
    jobs = []
    for k in range(fold.max() + 1):
        rest = np.flatnonzero(fold != k)
        for sample in samples:
            of_part = masked[:, sample.part.drawn].any(axis=1)
            here = np.flatnonzero((fold == k) & of_part)
            if len(here):
                jobs.append(Job(f"fold {k}", sample, rest, here))
    return jobs


def fit_and_draw(generator, task, whole, table, to_draw, rng):
    """Fit a generator, and draw from it, where and when it is its turn.

    Parameters
    ----------
    generator : object
        Fitted in place.
    task : object
        Context of callbacks.
    whole : estimator or None
        What callbacks are told is fitted.
    table : table of shape (n_samples, n_columns)
    to_draw : (table of shape (n_drawn, n_columns), ndarray of bool) or None
        Rows, and which of their cells are known.
    rng : numpy.random.Generator

    Returns
    -------
    result : table of shape (n_drawn, n_columns) or object
        The rows, or the generator if there are none to draw.
    """
    fit_part(generator, task, whole, table)
    return generator if to_draw is None else draw(generator, *to_draw, rng)


def encode_drawn(codec, part, drawn):
    """Numbers of the cells to be masked, of the columns ``part.drawn``."""
    container, drawn = as_table(drawn)
    places = np.searchsorted(part.columns, part.drawn)
    cells = {
        codec.columns_[j].name: container.column(drawn, at)
        for j, at in zip(part.drawn, places, strict=True)
    }
    return codec.encode_given(cells, len(drawn))[:, part.drawn]


def check_draws_given(generator):
    """Refuse a generator that cannot draw cells given others."""
    if not draws_given(generator):
        raise TypeError(
            f"generator: {type(generator).__name__} cannot draw cells given others. "
            "Use one that has `impute` and `sample(given=...)`, or "
            "condition_on='none'."
        )
