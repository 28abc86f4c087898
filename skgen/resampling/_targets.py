"""Targets: their labels, and y as one more column of a table and back."""

from typing import NamedTuple

import numpy as np
from imblearn.utils import check_target_type
from sklearn.utils.multiclass import check_classification_targets

from skgen._table.arrays import missing_objects
from skgen._table.columns import are_classes, select_columns
from skgen.table import concat_rows, take_rows


def read_labels(y, name="y"):
    """The target, or other labels of the rows, as an array without missing cells."""
    labels = np.asarray(y)
    if labels.ndim == 0:
        raise ValueError(
            f"{name} should be a 1d array with the class of each row, got "
            f"{type(y).__name__}."
        )
    cells = labels.ravel()  # y may be a column
    missing = missing_objects(cells) if cells.dtype.kind == "O" else cells != cells
    if missing.any():
        raise ValueError(
            f"Input {name} contains NaN: {missing.sum()} of its {len(labels)} labels "
            "are missing. Drop these rows, or make missing a class of its own."
        )
    if cells.dtype.kind == "f" and np.isinf(cells).any():
        raise ValueError(f"Input {name} contains infinity. Drop these rows.")
    return labels


def check_labels(y):
    """Labels of the rows as an array, and whether they came as indicators."""
    labels = read_labels(y)
    check_classification_targets(y)
    classes, one_vs_all = check_target_type(labels, indicate_one_vs_all=True)
    if one_vs_all and not labels.any(axis=1).all():
        raise ValueError("y: some rows of the indicators tell no class. Drop them.")
    return classes, one_vs_all


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
    def column(self):
        """List of texts or floats, one for each row."""
        if self.is_class:
            return self.names[self.codes].tolist()
        return self.labels.astype(np.float64).tolist()

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
            return concat_rows(nothing, take_rows(y, first[drawn]))
        return concat_rows(nothing, drawn.reshape(-1, *np.shape(y)[1:]))


def read_target(y, *, as_classes=None):
    """Classes or numbers of the rows.

    Parameters
    ----------
    y : array-like of shape (n_samples,), or indicators of shape (n_samples, n_classes)
    as_classes : bool or None, default=None
        Whether numbers are classes, however many they are. None: whole ones are, where
        they are few.

    Returns
    -------
    target : Target
    """
    labels = read_labels(y)
    if labels.ndim == 1 or labels.shape[1:] == (1,):
        numbers = labels.ravel()
        if numbers.dtype.kind == "O":
            numbers = np.asarray(numbers.tolist())
        if numbers.dtype.kind in "iuf":
            levels, codes = np.unique(numbers, return_inverse=True)
            is_whole = _are_whole(levels)
            if as_classes and not is_whole:
                raise ValueError(
                    "sampling_strategy: expected classes in y, got numbers that are "
                    "not whole. Leave it at None to keep the distribution of y."
                )
            if as_classes is None:
                as_classes = are_classes(levels, len(numbers))
            if not as_classes:
                return Target(numbers, levels, codes, False, is_whole)
    labels, _ = check_labels(y)
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


def _are_whole(levels):
    if not np.isfinite(levels).all():
        raise ValueError("Input y contains infinity. Drop these rows.")
    return np.array_equal(levels, np.rint(levels))
