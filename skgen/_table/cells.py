"""What a column is (`Column`, `Kind`) and what it holds (`Cells`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

_KINDS = {}  # classes by the names of their kinds
_NO_NUMBERS = {"default_factory": lambda: np.empty(0), "repr": False, "compare": False}


# --- columns ------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """Description of one column of the encoded matrix, as models get it.

    Parameters
    ----------
    name : hashable
        Name as the user wrote it, or the position in arrays.
    kind : {"continuous", "integer", "categorical", "boolean", "datetime", \
            "timedelta", "missing"}
        Name of the kind; ``"missing"`` is a column without an observed cell.
    n_categories : int, default=0
        Number of categories, which are the numbers ``0, ..., n_categories - 1``. 0
        unless the column is categorical or boolean.
    ordered : bool, default=False
        Whether the user declared an order of the categories.
    lower, upper : float, default=nan
        Observed range of a column of numbers or times, in encoded units.
    integer_valued : bool, default=None
        Whether the column is on a grid, so that its encoded numbers are whole. By
        default what holds for the kind.
    atoms : ndarray, default=empty
        Sorted point masses: encoded values that a column of numbers or times repeats.
    atom_shares : ndarray, default=empty
        Share of the observed cells that hold each point mass.
    atom_widths : ndarray, default=empty
        Length over which `score_samples` spreads each, 1 where it is counted.
    absent_atoms : ndarray, default=empty
        Point masses of the whole table that no row held at fit.
    steps : str or None, default=None
        In words, the distance between neighbours of a grid other than whole numbers.
    n_other_texts : int, default=0
        Number of the first point masses that stand for texts which are no numbers.
    has_missing : bool, default=False
        Whether a cell was missing at fit.
    missing_share : float, default=0.0
        Share of the cells that were.
    indicator_of : int or None, default=None
        For missing indicators, the position of the column whose missing cells they
        indicate. `TableCodec` makes none.

    Attributes
    ----------
    discrete : bool
        Whether the column is one of categories or booleans.
    modelled : bool
        Whether models see the column: not if it identifies the rows, or if no cell was
        observed at fit.

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
    integer_valued: bool | None = None
    atoms: np.ndarray = field(**_NO_NUMBERS)
    atom_shares: np.ndarray = field(**_NO_NUMBERS)
    atom_widths: np.ndarray = field(**_NO_NUMBERS)
    absent_atoms: np.ndarray = field(**_NO_NUMBERS)
    steps: str | None = field(default=None, repr=False, compare=False)
    n_other_texts: int = 0
    has_missing: bool = False
    missing_share: float = field(default=0.0, repr=False, compare=False)
    indicator_of: int | None = None

    # of the kind: fields, because models read them in their inner loops
    discrete: bool = field(init=False, repr=False, compare=False)
    modelled: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        for name in ("discrete", "modelled"):
            object.__setattr__(self, name, getattr(self.kind_class, name))
        if self.integer_valued is None:
            of_kind = self.kind_class.integer_valued
            object.__setattr__(self, "integer_valued", of_kind)

    @property
    def kind_class(self):
        """The subclass of `Kind`, whose attributes hold for all columns of the kind."""
        return _KINDS[self.kind]

    @property
    def texts_to(self):
        """Greatest number that stands for a text, -inf if there is none."""
        return self.atoms[self.n_other_texts - 1] if self.n_other_texts else -np.inf

    @property
    def has_order(self):
        """Whether values can be compared, so that a range of them can be given."""
        return self.ordered or not self.discrete


class RowCopies(NamedTuple):
    """Which rows of a table to count; see `find_copies`."""

    first: np.ndarray | None = None  # whether a row is the first of its copies
    certain: bool = True  # False if equal rows may be copies or not

    def take(self, rows):
        """The same of some rows."""
        first = None if self.first is None else self.first[rows]
        return self._replace(first=first)

    def count(self, positions, n_values):
        """Number of rows that hold each of `n_values`, of copies only one.

        `positions` of the values that the rows hold.
        """
        if self.first is not None:
            positions = positions[self.first]
        return np.bincount(positions, minlength=n_values)


@dataclass(frozen=True)
class Facts:
    """What is known of a column before its cells are read.

    Parameters
    ----------
    name : hashable
    listed : bool, default=False
        Whether the user lists the column in `categorical_features`.
    declared : dict, default={}
        What the user declares in `schema`: some of the attributes of `ColumnSchema`.
    rows : RowCopies
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns that identify the rows.
    """

    name: object
    listed: bool = False
    declared: Mapping = field(default_factory=dict)
    rows: RowCopies = field(default_factory=RowCopies)
    identifiers: str = "fresh"

    def take(self, observed):
        """The same where only some rows have an observed cell."""
        return replace(self, rows=self.rows.take(observed))


class Kind:
    """Base class of the kinds of columns. Fitted to one column, it is its codec.

    A subclass sets `name` and `accepts`, overrides other attributes where they differ,
    and implements `recognises`, `fit`, `_encode` and `_decode`. To be found by
    `TableCodec`, it stands in `skgen._table.kinds.KINDS`.

    Parameters
    ----------
    column : Column
        Description of the column.
    """

    name = None  # `Column.kind`
    accepts = ()  # classes of cells that are encoded
    discrete = False  # encoded as 0, ..., n_categories - 1
    integer_valued = False  # numbers or times that are whole once encoded
    temporal = False  # dates or durations
    modelled = True  # whether models see the column
    natural_order = False  # categories whose order need not be declared
    listable = False  # stays what it is if listed in `categorical_features`
    holds = None  # in errors: what a column with whole encoded numbers holds

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if "name" in vars(cls):
            _KINDS[cls.name] = cls

    def __init__(self, column):
        self.column = column

    @classmethod
    def recognises(cls, cells, facts):
        """Whether cells are of this kind, if of none before it in `KINDS`."""
        return isinstance(cells, cls.accepts)

    @classmethod
    def fit(cls, cells, facts):
        """Codec of a column whose cells this kind recognises."""

    @classmethod
    def describe(cls, cells, facts, **seen):
        """Description of a column; `seen` are further parameters of `Column`."""
        return Column(
            facts.name,
            cls.name,
            has_missing=bool(cells.missing.any()),
            missing_share=float(cells.missing.mean()) if len(cells.missing) else 0.0,
            **seen,
        )

    def encode(self, cells):
        """Numbers of cells as float64, NaN where a cell is missing or unknown.

        A cell is unknown if it holds a category that was not seen at fit.
        """
        z = np.full(len(cells.missing), np.nan)
        observed = ~cells.missing
        if not observed.any():
            return z
        if not isinstance(cells, self.accepts):
            raise self.other_sort(cells)
        z[observed] = self._encode(cells.take(observed))
        return z

    def unknown_error(self, cells, remedy):
        """Exception that names the first of some unknown cells."""

    def is_same_sort(self, cells):
        """Whether cells of an accepted class are of the same sort as those at fit."""
        return True

    def other_sort(self, cells):
        """Exception for cells of another sort than at fit."""
        return column_error(
            self.column.name,
            f"is {self.column.kind} in the fitted table but holds {cells.plural} "
            "here. Cast it to the type it had at fit.",
            TypeError,
        )

    def decode(self, z, extrapolate):
        """Cells of finite numbers, or of NaN for missing cells.

        Unless `extrapolate`, numbers are clipped to the range observed at fit.
        """
        missing = np.isnan(z)
        return self._decode(np.where(missing, 0.0, z), missing, extrapolate)

    def schema(self):
        """Facts of `ColumnSchema` that are known of the column."""
        return {"missing": self.column.missing_share}

    def in_units(self, z):
        """Encoded numbers, on the grid or not, in the user's units.

        Huge integers are less their offset, and times steps since the earliest.
        """
        return z

    def _encode(self, cells):
        """Numbers of cells, none of which is missing; NaN where one is unknown."""

    def _decode(self, z, missing, extrapolate):
        """Cells of numbers, which are 0 where `missing`."""


# --- cells --------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """Cells of one column, whatever container held them; one subclass for each sort.

    Where a cell is `missing`, its entry of `values` means nothing.
    """

    values: np.ndarray
    missing: np.ndarray

    plural = "numbers"  # in errors
    sort = "numbers"  # what cells of a column must share in several tables
    dtypes = "biuf"  # kinds of numpy dtypes, beside object, that hold the cells
    ordered = False
    free_text = False

    def take(self, rows):
        """Cells of some rows."""
        return replace(self, values=self.values[rows], missing=self.missing[rows])

    def distinct(self):
        """Distinct observed values, and which of them each observed cell holds."""
        return np.unique(self.values[~self.missing], return_inverse=True)

    def to_array(self):
        """Array of a numpy dtype other than object."""
        return self.values

    def to_objects(self):
        """Array of Python objects."""
        return self.to_array().astype(object)


def object_array(values):
    """1-D object array of any Python objects, sequences included."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


# --- nothing ------------------------------------------------------------------------


class MissingCells(Cells):
    """Cells that are all missing, in a column that does not show what it could hold."""

    plural = "missing cells"


def missing_cells(n_samples):
    """Cells that are all missing."""
    return MissingCells(np.zeros(n_samples), np.ones(n_samples, dtype=bool))


class Missing(Kind):
    """Column without an observed cell."""

    name = "missing"
    modelled = False

    @classmethod
    def recognises(cls, cells, facts):
        rows = len(cells.missing) > 0
        return isinstance(cells, MissingCells) or (rows and cells.missing.all())

    @classmethod
    def fit(cls, cells, facts):
        return cls(cls.describe(cells, facts))

    def encode(self, cells):
        return np.full(len(cells.missing), np.nan)

    def unknown_error(self, cells, remedy):
        return column_error(
            self.column.name,
            "had no observed cell at fit, so nothing is known of its values. Drop it, "
            f"fit on rows where it is observed, or {remedy}.",
        )

    def decode(self, z, extrapolate):
        return missing_cells(len(z))


# --- errors -------------------------------------------------------------------------


def column_error(name, problem, error=ValueError):
    """Exception that says what is wrong with the column `name`."""
    return error(f"Column {name!r} {problem}")


def too_wide(name):
    """Exception for integers that float64 cannot hold exactly."""
    return column_error(
        name,
        "spans more than 2**53 whole numbers, which cannot be held exactly. Cast it to "
        "float if its last digits do not matter; to str if it is a code.",
    )
