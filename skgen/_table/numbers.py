"""Kinds of columns of numbers: decimals and whole numbers."""

import numpy as np

from skgen._math.columns.marginals import find_atoms
from skgen._table.cells import Cells, Kind, column_error, too_wide

EXACT = 2**53  # float64 holds every whole number up to here
MAX_DECIMALS = 10


class NumberCells(Cells):
    """Whole numbers or floats."""


class BooleanCells(Cells):
    """True and False."""

    plural = "booleans"


class ScaleKind(Kind):
    """Base class of kinds whose encoded values have a range and point masses."""

    @staticmethod
    def observed_range(z):
        """What a `Column` says of its encoded values."""
        if len(z) == 0:
            return {}
        lower, upper = float(z.min()), float(z.max())
        return {"lower": lower, "upper": upper, "atoms": find_atoms(z)}

    def clip(self, z, extrapolate):
        """Numbers within the observed range."""
        if extrapolate or np.isnan(self.column.lower):
            return z
        return z.clip(self.column.lower, self.column.upper)


class Continuous(ScaleKind):
    """Column of floats.

    Parameters
    ----------
    column : Column
    dtype : numpy.dtype
        Dtype of the decoded numbers.
    decimals : int or None
        Decimal places of the decoded numbers; None if they are not rounded.
    """

    name = "continuous"
    accepts = NumberCells | BooleanCells

    def __init__(self, column, dtype, decimals):
        super().__init__(column)
        self.dtype = dtype
        self.decimals = decimals

    @classmethod
    def recognises(cls, cells, listed):
        return isinstance(cells, NumberCells)

    @classmethod
    def fit(cls, cells, name, listed=False):
        refuse_infinity(cells, name)
        values = cells.values[~cells.missing]
        z = values.astype(np.float64)
        column = cls.describe(cells, name, **cls.observed_range(z))
        return cls(column, values.dtype, count_decimals(values))

    def _encode(self, cells):
        refuse_infinity(cells, self.column.name)
        return cells.values.astype(np.float64)

    def _decode(self, z, missing, extrapolate):
        if self.decimals is not None:
            z = np.round(z, self.decimals)
        z = self.clip(z, extrapolate)
        return NumberCells(_as_floats(z, self.dtype), missing)


class Integer(ScaleKind):
    """Column of whole numbers, of an integer or float dtype.

    Parameters
    ----------
    column : Column
    dtype : numpy.dtype
        Dtype of the decoded numbers.
    offset : int
        Subtracted from the numbers, so that huge ones stay exact.
    """

    name = "integer"
    accepts = NumberCells | BooleanCells
    integer_valued = True
    grid = "whole numbers"

    def __init__(self, column, dtype, offset):
        super().__init__(column)
        self.dtype = dtype
        self.offset = offset

    @classmethod
    def recognises(cls, cells, listed):
        if not isinstance(cells, NumberCells):
            return False
        if cells.values.dtype.kind != "f":
            return True
        z = cells.values[~cells.missing].astype(np.float64)
        whole = (np.abs(z) < EXACT) & (z == np.rint(z))
        return len(z) > 0 and whole.all()

    @classmethod
    def fit(cls, cells, name, listed=False):
        values, offset = cells.values[~cells.missing], 0
        if values.dtype.kind != "f" and len(values):
            offset = _offset(int(values.min()), int(values.max()), name)
        z = _subtract(values, offset)
        column = cls.describe(cells, name, **cls.observed_range(z))
        return cls(column, values.dtype, offset)

    def _encode(self, cells):
        refuse_infinity(cells, self.column.name)
        return _subtract(cells.values, self.offset)

    def _decode(self, z, missing, extrapolate):
        z = self.clip(np.rint(z), extrapolate)
        if self.dtype.kind == "f":
            return NumberCells(_as_floats(z, self.dtype), missing)
        limits = np.iinfo(self.dtype)
        z = z.clip(
            max(limits.min - self.offset, -EXACT), min(limits.max - self.offset, EXACT)
        )
        values = z.astype(np.int64)
        if self.offset:
            values = values.astype(object) + self.offset
        values[missing] = self.offset
        return NumberCells(values.astype(self.dtype), missing)


def _as_floats(z, dtype):
    limit = np.finfo(dtype).max
    return z.clip(-limit, limit).astype(dtype)


def _offset(lowest, highest, name):
    if max(-lowest, highest) <= EXACT:
        return 0
    if highest - lowest > EXACT:
        raise too_wide(name)
    return lowest


def _subtract(values, offset):
    if offset == 0:
        return values.astype(np.float64)
    # Python integers, because the difference may leave the dtype of the values
    return (values.astype(object) - offset).astype(np.float64)


def refuse_infinity(cells, name):
    """Raise where an observed cell is infinite."""
    values = cells.values
    if values.dtype.kind == "f" and np.isinf(values[~cells.missing]).any():
        raise column_error(
            name,
            "holds infinity (inf). Set such cells to missing (NaN) or clip them to a "
            "finite value.",
        )


def count_decimals(values):
    """Number of decimal places of an array of floats, None if it is on no such grid.

    A grid is recognised only if it is at least twice as coarse as the spacing of the
    floats, which lie on every finer one.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite numbers. Their float dtype decides which numbers count as equal.
    """
    if len(values) == 0:
        return None
    with np.errstate(over="ignore"):  # at the largest float, in older numpy
        spacing = np.spacing(np.abs(values).max()).astype(np.float64)
    some = values[:: max(1, len(values) // 1000)]
    for decimals in range(MAX_DECIMALS + 1):
        if spacing * 2 > 10.0**-decimals:
            return None
        if _on_grid(some, decimals) and _on_grid(values, decimals):
            return decimals
    return None


def _on_grid(values, decimals):
    rounded = np.round(values.astype(np.float64), decimals).astype(values.dtype)
    return np.array_equal(rounded, values)


def float_array(values, name):
    """Array of float64; an error if the parameter `name` holds no real numbers."""
    refused = TypeError(
        f"{name}: expected an array of real numbers, got a {type(values).__name__} "
        "that cannot be converted to one."
    )
    try:
        array = np.asarray(values)
        if array.dtype.kind == "c":
            raise refused
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise refused from None
