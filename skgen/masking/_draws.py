"""What the generators of a masker learn, and how cells are drawn from them."""

from typing import NamedTuple

import numpy as np

from skgen._adapters.generators import change_parameter, draw_rows, draws_given
from skgen._table.columns import add_columns, known_cells, select_columns
from skgen.masking._parts import Part
from skgen.table import as_table, n_rows


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
    kinds = [codec.columns_[j].kind for j in part.columns]
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
        if kind in ("categorical", "boolean"):
            known[:, at] &= np.isin(sample.Z[here, at], learnt)
        elif np.isnan(learnt).all():
            known[:, at] = False
    return known


def tell_columns(generator, sample):
    """Set the parameters of a generator that are about the columns of its table."""
    categorical = [at for at, k in enumerate(sample.kinds) if k == "categorical"]
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
            "keep_relations='none'."
        )
