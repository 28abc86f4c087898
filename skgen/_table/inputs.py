"""Targets and names of columns that users pass, checked and read."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from scipy import sparse

from skgen._table.categories import Categorical, LabelCells
from skgen._table.containers.numpy_tables import read_array
from skgen._table.numbers import BooleanCells, Continuous, refuse_infinity


def target_array(y, name="y"):
    """Convert a target to an array of any dtype; an error if it is none.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    name : str, default="y"
        Name of the parameter, for errors.
    """
    if sparse.issparse(y) or isinstance(y, np.ma.MaskedArray):
        kind = "sparse" if sparse.issparse(y) else "masked"
        raise TypeError(
            f"{name} is a {kind} array, which is not supported: pass a dense one, "
            "without the rows whose label is not known."
        )
    try:
        array = np.asarray(y)
    except ValueError:  # lists of different lengths
        raise _no_labels(name, "lists of different lengths") from None
    if array.ndim == 0:
        raise ValueError(
            f"{name} should be a 1d array with one label for each row, got a "
            f"{type(y).__name__}."
        )
    if array.dtype.names is not None:
        raise _no_labels(name, f"records with the fields {list(array.dtype.names)}")
    if array.dtype.kind == "O":
        nested = list | tuple | set | dict | np.ndarray
        type_ = next((type(x) for x in array.flat if isinstance(x, nested)), None)
        if type_ is not None:
            raise _no_labels(name, f"cells of type {type_.__name__}")
    return array


def _no_labels(name, found):
    return TypeError(
        f"{name} holds {found}: it must have one label, a number or a text, for each "
        "row."
    )


# --- columns ------------------------------------------------------------------------


def check_name(parameter, name):
    """Raise an error if `name` cannot be the name of a column."""
    if not isinstance(name, Hashable):
        raise TypeError(
            f"{parameter}: expected the name of a column, got a {type(name).__name__}. "
            "Pass names, not cells."
        )


_MAX_CLASSES = 10


class Targets(NamedTuple):
    """A target as columns of a table; build it with `read_targets`."""

    columns: list  # lists of numbers, or of texts that stand for classes
    Z: np.ndarray  # (n_samples, n_outputs): numbers; equal ones for equal classes
    kinds: list  # classes of the kinds of the columns


def read_targets(y):
    """Columns that hold what a target holds: numbers, or classes under other names.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Text, categories and booleans are classes. So are whole numbers with at most
        10 distinct values, or the square root of the number of rows if that is more.
        Other numbers are numbers.

    Returns
    -------
    targets : Targets
    """
    y = target_array(y)
    if y.ndim not in (1, 2):
        raise ValueError(f"y should be a 1d or 2d array, got {y.ndim} dimensions.")
    columns, numbers, kinds = [], [], []
    for values in y.reshape(len(y), -1).T:
        cells = read_array(values, "y")
        refuse_infinity(cells, "y")
        z = np.where(cells.missing, np.nan, cells.values.astype(np.float64))
        text = isinstance(cells, LabelCells | BooleanCells)
        if not text:
            text = are_classes(np.unique(z[~cells.missing]), len(z))
        if text:
            names = [
                None if number != number else f"class {number:.0f}" for number in z
            ]
        columns.append(names if text else z.tolist())
        numbers.append(z)
        kinds.append(Categorical if text else Continuous)
    return Targets(columns, np.array(numbers).reshape(-1, len(y)).T, kinds)


def are_classes(values, n_samples):
    """Whether the distinct numbers of a target stand for classes.

    They do if they are whole and at most ten, or the square root of the number of rows.
    A target of more values is predicted better as a number.
    """
    few = len(values) <= max(_MAX_CLASSES, np.sqrt(n_samples))
    return few and np.array_equal(values, np.rint(values))
