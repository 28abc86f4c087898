"""Dtypes of native columns: which cells each holds, and errors where it cannot."""

from typing import NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from skgen._table.cells import column_error


class Native(NamedTuple):
    """What a container needs to know to write a column back."""

    dtype: object
    missing: object = None  # fills missing cells of object columns


def check_fits(cells, dtype, native, name):
    """Raise unless a column of a narwhals dtype can hold cells of their sort."""
    held = "U"
    if dtype == nw.Boolean or dtype.is_numeric():
        held = "biuf"
    # narwhals does not know every time zone of pandas
    elif dtype in (nw.Date, nw.Datetime) or getattr(native.dtype, "kind", "") == "M":
        held = "M"
    elif dtype == nw.Duration:
        held = "m"
    elif str(native.dtype) in ("Null", "null[pyarrow]"):
        held = ""
    if cells.dtypes != held:
        raise cannot_hold(cells, native.dtype, name)


def cast_exactly(values, missing, dtype, name):
    """Array cast to a dtype; an error unless all but floats stay what they are."""
    with np.errstate(invalid="ignore"):
        out = values.astype(dtype)
    if dtype.kind == "f" or dtype == values.dtype:
        return out
    if not np.array_equal(out[~missing], values[~missing]):
        raise column_error(
            name,
            f"is of dtype {dtype} here, which cannot hold the values of the fitted "
            f"column of dtype {values.dtype}. Cast it to {values.dtype}.",
        )
    return out


def cannot_hold(cells, dtype, name):
    """Exception for a dtype that cannot hold cells of their sort."""
    return column_error(
        name,
        f"is of dtype {dtype} here, which cannot hold the {cells.plural} of the fitted "
        "column. Cast it to the dtype it had at fit.",
    )


def unsupported(dtype, name):
    """Exception for a dtype of dataframes that cannot be read."""
    return column_error(
        name,
        f"has the unsupported dtype {dtype}. Cast it to numbers, text, a category, a "
        "datetime or a timedelta (dense, not nested), or drop it.",
        TypeError,
    )
