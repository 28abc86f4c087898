"""Targets and names of columns that users pass, checked."""

from collections.abc import Hashable

import numpy as np
from scipy import sparse

# --- targets ------------------------------------------------------------------------


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
