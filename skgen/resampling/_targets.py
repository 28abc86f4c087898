"""Targets: y as columns of a table, and drawn cells of these columns as y again."""

from functools import reduce
from itertools import pairwise
from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from skgen._math.columns.score_scale import has_few_values
from skgen._table.columns import beside, select_columns
from skgen._table.containers.objects import missing_objects
from skgen._table.containers.tables import as_table
from skgen._table.inputs import are_classes, target_array
from skgen._table.rows import concat_rows, take_rows

#: largest number of whole numbers in y that a list names, instead of edges between them
_MAX_CLASSES = 10


def read_labels(y, name="y"):
    """Read y, or other labels of the rows, as an array; missing labels are an error."""
    labels = target_array(y, name)
    cells = labels.ravel()  # y may be a column
    missing = missing_objects(cells) if cells.dtype.kind == "O" else cells != cells
    if missing.any():
        raise ValueError(
            f"Input {name} contains NaN: {missing.sum()} of its {len(labels)} labels "
            "are missing. Drop these rows, or label them as a class of their own."
        )
    plain = _as_plain(cells)
    if plain.dtype.kind == "f" and np.isinf(plain).any():
        raise ValueError(f"Input {name} contains infinity. Drop these rows.")
    return labels


def flat(y):
    """Flatten a column vector; any other target is returned unchanged."""
    column = isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] == 1
    return y.ravel() if column else y


class Target(NamedTuple):
    """Classes or numbers as one column; build it with `read_target`."""

    labels: np.ndarray  # (n_samples,)
    values: np.ndarray  # sorted distinct labels
    levels: np.ndarray  # (n_samples,) positions of the labels among the values
    is_class: bool
    is_whole: bool = True  # numbers may then be classes after all
    is_few: bool = False  # whether other numbers have few values

    @property
    def names(self):
        """Names of the classes: texts, so that generators treat them as categories."""
        width = len(str(len(self.values)))
        return np.array([f"class {k:0{width}d}" for k in range(len(self.values))])

    @property
    def n_outputs(self):
        return 1

    @property
    def only_observed(self):
        """Whether no number between the observed ones is drawn."""
        return self.is_whole or self.is_few

    @property
    def columns(self):
        """A list with the one column, a list of texts or floats."""
        if self.is_class:
            return [self.names[self.levels].tolist()]
        return [self.labels.astype(np.float64).tolist()]

    def decode(self, cells):
        """Levels of the labels, or numbers, from drawn cells of the column."""
        if self.is_class:
            return np.searchsorted(self.names, cells.astype(str))
        numbers = cells.astype(np.float64)
        if not self.only_observed:
            return numbers
        return np.searchsorted((self.values[1:] + self.values[:-1]) / 2, numbers)

    def read(self, rows, position):
        """Decode the column at a position of drawn rows."""
        return self.decode(np.asarray(select_columns(rows, [position])).ravel())

    def restore(self, y, decoded):
        """Turn decoded levels or numbers into the container and dtype of y."""
        nothing = take_rows(y, [])
        if self.only_observed:
            first = np.unique(self.levels, return_index=True)[1]
            return concat_rows(nothing, take_rows(y, first[decoded.astype(np.intp)]))
        return concat_rows(nothing, decoded.reshape(-1, *np.shape(y)[1:]))


class Outputs(NamedTuple):
    """Several targets, one column each; build it with `read_y`."""

    targets: list
    names: list  # of the columns of y, or their positions
    is_multilabel: bool  # whether each target is 1 where a row has a label, else 0

    # neither does a class determine y, nor are all numbers observed ones
    is_class = is_whole = False

    @property
    def n_outputs(self):
        return len(self.targets)

    @property
    def labels(self):
        """Number of the combination of cells in each row of y."""
        levels = np.column_stack([target.levels for target in self.targets])
        return np.unique(levels, axis=0, return_inverse=True)[1].ravel()

    @property
    def columns(self):
        """A list with one column per target, each a list of texts or floats."""
        return [column for target in self.targets for column in target.columns]

    def read(self, rows, position):
        """Decode the columns of y, which begin at a position of drawn rows."""
        places = enumerate(self.targets, position)
        return np.column_stack([target.read(rows, at) for at, target in places])

    def restore(self, y, decoded):
        """Turn decoded levels and numbers into the container and dtypes of y."""
        table = _as_objects(y)
        columns = [
            target.restore(select_columns(table, [j]), decoded[:, j])
            for j, target in enumerate(self.targets)
        ]
        return concat_rows(take_rows(y, []), reduce(beside, columns))


def read_y(y, *, as_classes=None):
    """Read y as one target or as several.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes or numbers; indicators with a single 1 in each row are one target.
    as_classes : bool or None, default=None
        Whether the numbers of a single target are classes. With None, whole numbers are
        classes if they have few distinct values.

    Returns
    -------
    target : Target or Outputs
    """
    target_array(y)  # raises an error for anything but a target
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
    """Turn lists into an array of objects, in which numbers stay numbers."""
    return np.array(y, dtype=object) if isinstance(y, list | tuple) else y


def _as_plain(cells):
    """Turn objects into booleans or numbers, if all are."""
    if cells.dtype.kind != "O":
        return cells
    plain = np.asarray(cells.tolist())
    return plain if plain.dtype.kind in "biuf" else cells


def read_target(y, *, as_classes=None, name="y"):
    """Read a single target.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, 1)
    as_classes : bool or None, default=None
        As for `read_y`.
    name : str, default="y"
        Name of the target in errors.

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
        values, levels, counts = np.unique(
            labels, return_inverse=True, return_counts=True
        )
        is_whole = np.array_equal(values, np.rint(values))
        if as_classes and not is_whole:
            raise ValueError(
                "sampling_strategy: expected classes in y, got numbers that are "
                "not whole. Leave it at None to keep the distribution of y."
            )
        if as_classes is None:
            as_classes = are_classes(values, len(labels))
        if not as_classes:
            is_few = has_few_values(counts)
            return Target(labels, values, levels, False, is_whole, is_few)
    check_classification_targets(labels)
    values, levels = np.unique(labels, return_inverse=True)
    return Target(labels, values, levels, True)


def read_groups(groups):
    """Read the groups of the rows as a target of classes."""
    labels = read_labels(groups, "groups")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels.ravel()
    if labels.ndim != 1:
        raise ValueError(
            f"groups should be a 1d array, got one of shape {labels.shape}."
        )
    values, levels = np.unique(labels, return_inverse=True)
    return Target(labels, values, levels, True)


def check_count(n, of, present=0):
    """Raise an error if `sampling_strategy` asks for an impossible number of rows.

    Parameters
    ----------
    n : object
        Value of a key of `sampling_strategy`.
    of : str
        Name of the key in the error.
    present : int, default=0
        Number of its rows in the training data.
    """
    if isinstance(n, bool) or not isinstance(n, Integral) or n < present:
        least = f"at least the {present} that are there" if present else "0 or more"
        raise ValueError(
            f"sampling_strategy: expected a whole number of rows of {of}, {least}; got "
            f"{n!r}."
        )


def lists_classes(target, listed):
    """Whether a list names classes of y, and not edges of bins.

    Whole numbers are classes if there are few of them; all other numbers have edges.
    """
    if target.n_outputs > 1 or not target.is_class:
        return False
    if target.labels.dtype.kind not in "iuf":
        return True
    few = len(target.values) <= _MAX_CLASSES
    values = target.values.tolist()
    return few and all(label in values for label in listed)


def raised_classes(target, listed):
    """Number of rows of each listed class: that of the largest class."""
    classes, listed = target.values.tolist(), np.asarray(listed).tolist()
    unknown = [label for label in listed if label not in classes]
    if unknown:
        raise ValueError(
            f"sampling_strategy: it lists {unknown[0]!r}, which is no class of y. Its "
            f"classes are {classes[:10]}."
        )
    return dict.fromkeys(listed, int(np.bincount(target.levels).max()))


def rows_of_classes(target):
    """Map classes to the positions of their rows; numbers of y are one class."""
    if not target.is_class:
        return {"all rows": np.arange(len(target.labels))}
    names = target.values.tolist()
    return dict(zip(names, split_rows(target.levels, len(names)), strict=True))


def split_rows(levels, n_levels):
    """Positions of the rows of each level, in order; negative levels are left out."""
    order = np.argsort(levels, kind="stable")
    ends = np.searchsorted(levels[order], np.arange(n_levels + 1))
    return [order[start:end] for start, end in pairwise(ends)]
