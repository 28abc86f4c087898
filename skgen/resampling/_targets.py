"""Targets: their labels, and y as one more column of a table and back."""

from functools import reduce
from itertools import pairwise
from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from skgen._table.columns import beside, select_columns
from skgen._table.containers import as_table
from skgen._table.inputs import target_array
from skgen._table.objects import missing_objects
from skgen._table.rows import concat_rows, take_rows
from skgen._table.target_columns import are_classes


def read_labels(y, name="y"):
    """The target, or other labels of the rows, as an array without missing cells."""
    labels = target_array(y, name)
    cells = labels.ravel()  # y may be a column
    missing = missing_objects(cells) if cells.dtype.kind == "O" else cells != cells
    if missing.any():
        raise ValueError(
            f"Input {name} contains NaN: {missing.sum()} of its {len(labels)} labels "
            "are missing. Drop these rows, or make missing a class of its own."
        )
    plain = _as_plain(cells)
    if plain.dtype.kind == "f" and np.isinf(plain).any():
        raise ValueError(f"Input {name} contains infinity. Drop these rows.")
    return labels


def flat(y):
    """A column vector as the labels that it holds; any other target as it is."""
    column = isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] == 1
    return y.ravel() if column else y


class Target(NamedTuple):
    """Classes or numbers as one column; build it with `read_target`."""

    labels: np.ndarray  # (n_samples,)
    levels: np.ndarray  # sorted distinct labels
    codes: np.ndarray  # (n_samples,) positions of the labels among the levels
    is_class: bool
    is_whole: bool = True  # false for numbers that need not be observed ones

    @property
    def names(self):
        """Texts that stand for the classes, so that no generator counts with them."""
        width = len(str(len(self.levels)))
        return np.array([f"class {k:0{width}d}" for k in range(len(self.levels))])

    @property
    def n_outputs(self):
        return 1

    @property
    def columns(self):
        """The one column: a list of texts or floats, one for each row."""
        if self.is_class:
            return [self.names[self.codes].tolist()]
        return [self.labels.astype(np.float64).tolist()]

    def decode(self, cells):
        """Codes of the labels, or numbers, of drawn cells of the column."""
        if self.is_class:
            return np.searchsorted(self.names, cells.astype(str))
        numbers = cells.astype(np.float64)
        if not self.is_whole:
            return numbers
        # whole numbers may be many classes after all: none that nobody has seen
        return np.searchsorted((self.levels[1:] + self.levels[:-1]) / 2, numbers)

    def read(self, rows, position):
        """What `decode` makes of a column of drawn rows."""
        return self.decode(np.asarray(select_columns(rows, [position])).ravel())

    def restore(self, y, drawn):
        """What is decoded in the container and dtype of y."""
        nothing = take_rows(y, [])
        if self.is_whole:
            first = np.unique(self.codes, return_index=True)[1]
            return concat_rows(nothing, take_rows(y, first[drawn.astype(np.intp)]))
        return concat_rows(nothing, drawn.reshape(-1, *np.shape(y)[1:]))


class Outputs(NamedTuple):
    """Several targets, each a column; build it with `read_y`."""

    targets: list
    names: list  # of the columns of y, or their positions
    is_multilabel: bool  # whether each target tells by 0 and 1 if a row has a label

    # no class of rows is all that y tells, and not all of it comes from y
    is_class = is_whole = False

    @property
    def n_outputs(self):
        return len(self.targets)

    @property
    def labels(self):
        """Number of the combination of cells in each row of y."""
        codes = np.column_stack([target.codes for target in self.targets])
        return np.unique(codes, axis=0, return_inverse=True)[1].ravel()

    @property
    def columns(self):
        """Lists of texts or floats, one for each target."""
        return [column for target in self.targets for column in target.columns]

    def read(self, rows, position):
        """Codes or numbers of drawn rows, whose columns of y begin at a position."""
        places = enumerate(self.targets, position)
        return np.column_stack([target.read(rows, at) for at, target in places])

    def restore(self, y, drawn):
        """What is decoded in the container and dtypes of y."""
        table = _as_objects(y)
        columns = [
            target.restore(select_columns(table, [j]), drawn[:, j])
            for j, target in enumerate(self.targets)
        ]
        return concat_rows(take_rows(y, []), reduce(beside, columns))


def read_y(y, *, as_classes=None):
    """One target or several.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes or numbers; indicators with a single 1 in each row are one target.
    as_classes : bool or None, default=None
        Whether the numbers of a single target are classes, however many they are. None:
        whole ones are, where they are few.

    Returns
    -------
    target : Target or Outputs
    """
    target_array(y)  # refuses what is none
    if len(np.shape(y)) != 2 or np.shape(y)[1] < 2:
        return read_target(y, as_classes=as_classes)
    container, table = as_table(_as_objects(y))
    cells = _as_plain(np.asarray(table))
    values = set(np.unique(cells).tolist()) if cells.dtype.kind in "biuf" else {None}
    if values in ({0, 1}, {-1, 1}) and ((cells == 1).sum(axis=1) == 1).all():
        return read_target(cells.argmax(axis=1), as_classes=True)
    names = container.names(table)
    targets = [
        read_target(np.asarray(select_columns(table, [j])).ravel(), name=f"y[{name!r}]")
        for j, name in enumerate(names)
    ]
    return Outputs(targets, names, values <= {0, 1})


def _as_objects(y):
    """Rows of a list as an array in which numbers do not become texts."""
    return np.array(y, dtype=object) if isinstance(y, list | tuple) else y


def _as_plain(cells):
    """Objects as booleans or numbers, where all are."""
    if cells.dtype.kind != "O":
        return cells
    plain = np.asarray(cells.tolist())
    return plain if plain.dtype.kind in "biuf" else cells


def read_target(y, *, as_classes=None, name="y"):
    """Classes or numbers of the rows.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, 1)
    as_classes : bool or None, default=None
        As for `read_y`.
    name : str, default="y"
        What errors call it.

    Returns
    -------
    target : Target
    """
    labels = _as_plain(read_labels(y, name))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels.ravel()
    if labels.ndim != 1:
        raise ValueError(
            f"{name} should be a 1d or 2d array, got one of shape {labels.shape}."
        )
    if labels.dtype.kind in "iuf":
        levels, codes = np.unique(labels, return_inverse=True)
        is_whole = np.array_equal(levels, np.rint(levels))
        if as_classes and not is_whole:
            raise ValueError(
                "sampling_strategy: expected classes in y, got numbers that are "
                "not whole. Leave it at None to keep the distribution of y."
            )
        if as_classes is None:
            as_classes = are_classes(levels, len(labels))
        if not as_classes:
            return Target(labels, levels, codes, False, is_whole)
    check_classification_targets(labels)
    levels, codes = np.unique(labels, return_inverse=True)
    return Target(labels, levels, codes, True)


def read_groups(groups):
    """Groups of the rows as a target of classes."""
    labels = read_labels(groups, "groups")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels.ravel()
    if labels.ndim != 1:
        raise ValueError(
            f"groups should be a 1d array, got one of shape {labels.shape}."
        )
    levels, codes = np.unique(labels, return_inverse=True)
    return Target(labels, levels, codes, True)


def check_count(n, of, present=0):
    """Raise an error if so many rows of something cannot be asked for.

    Parameters
    ----------
    n : object
        What `sampling_strategy` asks for.
    of : str
        What the rows are of.
    present : int, default=0
        How many of them there are already.
    """
    if isinstance(n, bool) or not isinstance(n, Integral) or n < present:
        least = f"at least the {present} that are there" if present else "0 or more"
        raise ValueError(
            f"sampling_strategy: expected a whole number of rows of {of}, {least}; got "
            f"{n!r}."
        )


def split_rows(codes, n_levels):
    """Positions of the rows of each level, in their order."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(n_levels + 1))
    return [order[start:end] for start, end in pairwise(ends)]
