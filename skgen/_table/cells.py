"""What a column is, and its cells as plain numpy, whatever container held them."""

from dataclasses import dataclass, field

import numpy as np

# units of dates and durations, coarsest first
NANOSECONDS = {
    "D": 86_400 * 10**9,
    "h": 3_600 * 10**9,
    "m": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}
TIMES = ("datetime", "timedelta")


@dataclass(frozen=True)
class Column:
    """What a model knows of one column of the encoded matrix.

    Parameters
    ----------
    name : hashable
        Name as the user wrote it, or the position in arrays.
    kind : {"continuous", "integer", "categorical", "boolean", "datetime", \
            "timedelta", "missing"}
        ``"missing"`` is a column without an observed cell.
    n_categories : int, default=0
        Number of codes of a categorical or boolean column: its numbers are
        ``0, ..., n_categories - 1``. 0 for the other kinds.
    ordered : bool, default=False
        Whether the codes follow an order that the user declared.
    lower, upper : float, default=nan
        Observed range of a numeric column, in encoded units.
    atoms : ndarray, default=empty
        Sorted encoded values that a numeric column repeats.
    has_missing : bool, default=False
        Whether a cell was missing at fit.
    indicator_of : int or None, default=None
        Position of the column whose missingness this column tells; the codec never
        sets it.

    Notes
    -----
    ``repr`` leaves out the values, which are facts about the user's rows.
    """

    name: object
    kind: str
    n_categories: int = 0
    ordered: bool = False
    lower: float = field(default=np.nan, repr=False, compare=False)
    upper: float = field(default=np.nan, repr=False, compare=False)
    atoms: np.ndarray = field(
        default_factory=lambda: np.empty(0), repr=False, compare=False
    )
    has_missing: bool = False
    indicator_of: int | None = None

    @property
    def discrete(self):
        """Whether the column holds codes of categories."""
        return self.kind in ("categorical", "boolean")

    @property
    def integer_valued(self):
        """Whether the column is numeric with whole encoded numbers."""
        return self.kind in ("integer", *TIMES)


@dataclass(frozen=True)
class Cells:
    """The cells of one column, whatever container they came from.

    `values` holds numbers, bools, codes into `levels` (labels) or int64 ticks of `unit`
    (datetimes in UTC, timedeltas); what it holds where `missing` is not read.
    """

    type: str  # "number", "boolean", "label", "datetime", "timedelta" or "missing"
    values: np.ndarray
    missing: np.ndarray
    levels: np.ndarray | None = None
    ordered: bool = False
    free_text: bool = False  # labels of which no list was declared
    unit: str | None = None
    zoned: bool = False
    cell_type: type | None = None  # of Python dates; object if there is no single one

    @property
    def plural(self):
        """What the cells are, in words."""
        return "text or categories" if self.type == "label" else f"{self.type}s"


def column_error(name, problem, error=ValueError):
    """The exception that tells what is wrong with the column `name`."""
    return error(f"Column {name!r} {problem}")


def wrong_type(column, cells):
    """The exception for cells of another type than those of the fitted column."""
    return column_error(
        column.name,
        f"is {column.kind} in the fitted table but holds {cells.plural} here. Cast it "
        "to the type it had at fit.",
        TypeError,
    )


def too_wide(name):
    """The exception for integers that float64 cannot hold exactly."""
    return column_error(
        name,
        "spans more than 2**53 whole numbers, which cannot be held exactly. Cast it to "
        "float if its last digits do not matter; to str if it is a code.",
    )


def label_cells(values, missing, *, free_text=True, sort=True):
    """Cells of an object array of labels; the distinct ones become the levels."""
    observed = values[~missing]
    levels = object_array(sorted(set(observed)) if sort else list(set(observed)))
    code = {level: position for position, level in enumerate(levels)}
    codes = np.full(len(values), -1)
    codes[~missing] = np.fromiter(map(code.get, observed), np.intp, len(observed))
    return Cells("label", codes, missing, levels, free_text=free_text)


def object_array(values):
    """1-D object array of any Python objects, sequences included."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def times_array(cells):
    """datetime64 or timedelta64 array of the cells."""
    ticks = cells.values.copy()
    ticks[cells.missing] = np.iinfo(np.int64).min
    return ticks.view(f"{'M' if cells.type == 'datetime' else 'm'}8[{cells.unit}]")
