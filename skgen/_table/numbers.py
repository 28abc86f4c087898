"""Kinds of columns of numbers: decimals and whole numbers."""

from numbers import Real

import numpy as np

from skgen._math.columns.point_masses import find_point_masses
from skgen._table.cells import Cells, Kind, column_error, too_wide
from skgen._table.number_grids import EXACT, find_number_grid
from skgen._table.values import ValueColumn

# sums of numbers beyond, and densities on a range that is narrower, may be infinite
_LARGEST, _NARROWEST = 1e300, 1e-300


class NumberCells(Cells):
    """Whole numbers or floats."""


class BooleanCells(Cells):
    """True and False."""

    plural = "booleans"


class ScaleKind(Kind):
    """Base class of kinds whose encoded values have a range and point masses."""

    @staticmethod
    def summarise(z, facts, *, integer_valued, counted=None):
        """What a `Column` says of encoded numbers: their range and point masses.

        Parameters
        ----------
        z : ndarray of shape (n_observed,)
        facts : Facts
            Those of the rows with an observed cell.
        integer_valued : bool
            Whether they are whole because the column is on a grid.
        counted : tuple of ndarray, default=None
            ``np.unique(z, return_counts=True)``, where it is known.
        """
        seen = {"integer_valued": integer_valued}
        if len(z) == 0:
            return seen
        values, counts = counted or np.unique(z, return_counts=True)
        different = None
        if facts.rows.first is not None:
            held, n = np.unique(z[facts.rows.first], return_counts=True)
            different = np.zeros_like(counts)
            different[np.searchsorted(values, held)] = n
        found = find_point_masses(
            values,
            counts,
            integer_valued=integer_valued,
            different=different,
            certain=facts.rows.certain,
        )
        return {
            **seen,
            "lower": float(values[0]),
            "upper": float(values[-1]),
            **found._asdict(),
        }

    def schema(self):
        column = self.column
        ends = np.array([column.lower, column.upper])
        if np.isnan(ends).any():
            return super().schema()
        lower, upper = self._in_words(ends)
        values = self._in_words(column.atoms)
        return super().schema() | {
            "lower": lower,
            "upper": upper,
            "point_masses": dict(zip(values, column.atom_shares.tolist(), strict=True)),
            "widths": {
                value: width
                for value, width in zip(
                    values, column.atom_widths.tolist(), strict=True
                )
                if width != 1
            },
        }

    def _in_words(self, z):
        """Encoded numbers as Python objects in the user's units."""
        return self.decode(z, extrapolate=True).to_objects().tolist()

    def clip(self, z, extrapolate):
        """Numbers within the observed range."""
        if extrapolate or np.isnan(self.column.lower):
            return z
        return z.clip(self.column.lower, self.column.upper)


class Continuous(ScaleKind):
    """Column of numbers; its `fit` gives an `Integer` if they are all whole.

    Parameters
    ----------
    column : Column
    dtype : numpy.dtype
        Dtype of the decoded numbers.
    grid : NumberGrid or None
        The numbers that the column can hold, encoded as whole steps. None if it is on
        no grid: then it is encoded in the user's units.
    offset : int
        Subtracted from integers first, so that huge ones stay exact.
    """

    name = "continuous"
    accepts = NumberCells | BooleanCells
    holds = "numbers"

    def __init__(self, column, dtype, grid, offset=0):
        super().__init__(column)
        self.dtype = dtype
        self.grid = grid
        self.offset = offset

    @classmethod
    def recognises(cls, cells, facts):
        return isinstance(cells, NumberCells)

    @classmethod
    def fit(cls, cells, facts):
        refuse_infinity(cells, facts.name)
        observed = ~cells.missing
        values, offset = cells.values[observed], 0
        distinct, counts = np.unique(values, return_counts=True)
        if values.dtype.kind != "f" and len(values):
            offset = _offset(int(distinct[0]), int(distinct[-1]), facts.name)
        if values.dtype.kind != "f":
            distinct = _subtract(distinct, offset).astype(np.int64)
        grid = find_number_grid(distinct, counts, **_declared_step(facts))
        if "kind" not in facts.declared and grid and grid.per_one == 1:
            cls = Integer
        codec = cls(None, values.dtype, grid, offset)
        z, counted = codec._numbers(values), (distinct, counts)
        if grid is not None:
            z, k = np.rint(z), grid.index(distinct)
            # several odd numbers may be next to the same one of the grid
            odd = (k != np.rint(k)).any() or (np.diff(k) == 0).any()
            counted = None if odd else (k, counts)
        seen = codec.summarise(
            z,
            facts.take(observed),
            integer_valued=grid is not None,
            counted=counted,
        )
        if grid is not None and grid.size != 1:
            seen["steps"] = f"{grid.size:.10g}"
        codec.column = cls.describe(cells, facts, **seen)
        return codec

    def _numbers(self, values):
        if self.grid is not None and values.dtype.kind == "f":
            return self.grid.index(values)
        x = _subtract(values, self.offset)
        return x if self.grid is None else self.grid.index(x)

    def schema(self):
        step = None if self.grid is None else self.grid.size
        return super().schema() | {"step": step}

    def in_units(self, z):
        return z if self.grid is None else self.grid.between(z)

    def value_column(self):
        if self.offset:  # float64 cannot hold the sum
            return super().value_column()
        step = None if self.grid is None else float(self.grid.size)
        return ValueColumn(self.column.name, "number", step=step)

    def values(self, z):
        if self.offset:
            return super().values(z)
        if self.grid is None:
            return z.copy()
        whole = z == np.rint(z)
        return np.where(whole, self.grid.values(z), self.grid.between(z))

    def from_values(self, values):
        if self.offset:
            return super().from_values(values)
        return values.copy() if self.grid is None else np.rint(self.grid.index(values))

    def _encode(self, cells):
        refuse_infinity(cells, self.column.name)
        return self._numbers(cells.values)

    def _decode(self, z, missing, extrapolate):
        if self.grid is None:
            return NumberCells(
                _as_floats(self.clip(z, extrapolate), self.dtype), missing
            )
        k = self.clip(np.rint(z), extrapolate)
        if self.dtype.kind == "f":
            return NumberCells(_as_floats(self.grid.values(k), self.dtype), missing)
        limits = np.iinfo(self.dtype)
        x = self.grid.values(k).clip(
            max(limits.min - self.offset, -EXACT), min(limits.max - self.offset, EXACT)
        )
        values = x.astype(np.int64)
        if self.offset:
            values = values.astype(object) + self.offset
        values[missing] = self.offset
        return NumberCells(values.astype(self.dtype), missing)


class Integer(Continuous):
    """Column of whole numbers, of an integer or float dtype."""

    name = "integer"
    integer_valued = True
    holds = "whole numbers"

    @classmethod
    def recognises(cls, cells, facts):
        return isinstance(cells, NumberCells) and cells.values.dtype.kind != "f"


def _declared_step(facts):
    """The parameter `step` of `find_number_grid`, where it is declared."""
    whole = facts.declared.get("kind") == "integer"
    step = facts.declared.get("step", 1 if whole else "auto")
    if step == "auto":
        return {}
    if step is not None and not (isinstance(step, Real) and step > 0):
        raise column_error(
            facts.name,
            f"has the step {step!r} in its schema. Give a positive number, or None if "
            "it is on no grid.",
        )
    return {"step": step, "name": facts.name}


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


def refuse_extremes(columns):
    """Raise an error for numbers whose sums or densities float64 cannot hold."""
    for column in columns:
        if column.discrete or column.integer_valued:
            continue
        lower, upper = column.lower, column.upper
        if max(-lower, upper) > _LARGEST:
            raise column_error(
                column.name,
                f"holds numbers beyond {_LARGEST:g}, whose sums may be infinite. "
                "Divide it by a power of ten, or set such cells to missing (NaN).",
            )
        if 0 < upper - lower < _NARROWEST:
            raise column_error(
                column.name,
                f"spans less than {_NARROWEST:g}, where densities may be infinite. "
                "Multiply it by a power of ten.",
            )
