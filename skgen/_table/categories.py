"""Kinds of columns of categories: text and other labels, and booleans."""

from dataclasses import dataclass
from itertools import repeat

import numpy as np

from skgen._table.cells import Cells, Kind, column_error, missing_cells, object_array
from skgen._table.numbers import BooleanCells, NumberCells, refuse_infinity
from skgen._table.values import ValueColumn

# --- cells --------------------------------------------------------------------------


@dataclass(frozen=True)
class LabelCells(Cells):
    """Text and other labels: `values` are positions in `categories`."""

    categories: np.ndarray
    ordered: bool = False
    free_text: bool = False  # no list of categories was declared

    plural = "text or categories"
    dtypes = "U"

    @property
    def sort(self):
        return _sort_of(self.categories)

    def distinct(self):
        positions = self.values[~self.missing]
        held = np.flatnonzero(np.bincount(positions, minlength=len(self.categories)))
        place = np.zeros(len(self.categories), dtype=np.intp)
        place[held] = np.arange(len(held))
        return self.categories[held], place[positions]

    def to_array(self):
        return self.categories.astype(str)[self.values]

    def to_objects(self):
        return np.append(self.categories, None)[self.values]


def _sort_of(labels):
    texts = any(isinstance(label, str) for label in labels.tolist())
    return "text" if texts else "numbers"


def label_cells(values, missing, *, free_text=True, sort=True):
    """Cells of an object array of labels; the distinct ones become the categories."""
    observed = values[~missing]
    labels = object_array(sorted(set(observed)) if sort else list(set(observed)))
    position = {label: at for at, label in enumerate(labels)}
    positions = np.full(len(values), -1)
    positions[~missing] = np.fromiter(
        map(position.get, observed), np.intp, len(observed)
    )
    return LabelCells(positions, missing, labels, free_text=free_text)


def wider_categories(declared, ordered, of_fit, cells):
    """Categories to declare in place of others that lack some of those of the cells.

    Parameters
    ----------
    declared : list
        Those that the column declares now.
    ordered : bool
        Whether they have an order.
    of_fit : list or None
        Those that it declared at fit, if it did.
    cells : LabelCells
        Cells to be written.

    Returns
    -------
    categories : list or None
        `of_fit` itself if it holds all that are declared now. None if none is lacking,
        or if no order of all of them is known.
    """
    if set(cells.categories.tolist()) <= set(declared):
        return None
    if of_fit is not None and set(declared) <= set(of_fit):
        return of_fit
    if ordered:
        return None
    return list(dict.fromkeys([*declared, *cells.categories.tolist()]))


# --- kinds --------------------------------------------------------------------------


class Categorical(Kind):
    """Column of text or other categories, or of numbers that the user lists.

    Parameters
    ----------
    column : Column
    sort : type
        Class of the decoded cells.
    categories : ndarray
        Declared categories, or those observed at fit.
    seen : ndarray of int
        Positions in `categories` of those observed at fit, which are the categories
        0, 1, ... of the encoded column.
    shares : ndarray of shape (n_seen,)
        Share of the observed cells that hold each of them.
    """

    name = "categorical"
    accepts = LabelCells | BooleanCells | NumberCells
    discrete = True
    listable = True
    value_kind = "level"  # `ValueColumn.kind`

    def __init__(self, column, sort, categories, seen, shares):
        super().__init__(column)
        self.sort = sort
        self.categories = categories
        self.seen = seen
        self.shares = shares

    @classmethod
    def recognises(cls, cells, facts):
        return isinstance(cells, cls.accepts if facts.listed else LabelCells)

    @classmethod
    def fit(cls, cells, facts):
        refuse_infinity(cells, facts.name)
        observed = cells.values[~cells.missing]
        if isinstance(cells, LabelCells):
            categories, counts = cells.categories, np.bincount(observed)
            seen = np.flatnonzero(counts)
        else:
            categories, counts = np.unique(observed, return_counts=True)
            seen = np.arange(len(categories))
        shares = counts[seen] / max(1, len(observed))
        column = cls.describe(
            cells, facts, n_categories=len(seen), ordered=cells.ordered
        )
        return cls(column, type(cells), categories, seen, shares)

    def schema(self):
        labels = self.categories[self.seen].tolist()
        return super().schema() | {
            "categories": dict(zip(labels, self.shares.tolist(), strict=True)),
            "ordered": self.column.ordered,
        }

    def value_column(self):
        labels = tuple(self.categories[self.seen].tolist())
        return ValueColumn(self.column.name, self.value_kind, categories=labels)

    def values(self, z):
        return z.copy()

    def from_values(self, values):
        return np.rint(values)

    def _encode(self, cells):
        labels, positions = cells.distinct()
        known = self.categories[self.seen].tolist()
        number = {label: float(at) for at, label in enumerate(known)}
        numbers = map(number.get, labels.tolist(), repeat(np.nan))
        return np.fromiter(numbers, np.float64, len(labels))[positions]

    def is_same_sort(self, cells):
        return cells.sort == _sort_of(self.categories)

    def unknown_error(self, cells, remedy):
        value = cells.distinct()[0][0]
        value = value.item() if isinstance(value, np.generic) else value
        return column_error(
            self.column.name,
            f"holds the category {value!r}, which was not seen at fit. Use a category "
            f"seen at fit, fit on rows that hold it, or {remedy}.",
        )

    def _decode(self, z, missing, extrapolate):
        if missing.all() or len(self.seen) == 0:
            return missing_cells(len(z))
        numbers = np.clip(np.rint(z), 0, len(self.seen) - 1).astype(np.intp)
        if self.sort is not LabelCells:
            return self.sort(self.categories[numbers], missing)
        values = np.where(missing, -1, self.seen[numbers])
        return LabelCells(values, missing, self.categories, self.column.ordered)


class Boolean(Categorical):
    """Column of True and False."""

    name = "boolean"
    value_kind = "boolean"
    natural_order = True
    listable = False

    @classmethod
    def recognises(cls, cells, facts):
        return isinstance(cells, BooleanCells) and not facts.listed


# --- columns that the user lists ----------------------------------------------------


def listed_columns(categorical_features, names):
    """Mask of the columns that the user lists as categorical."""
    mask = np.zeros(len(names), dtype=bool)
    if categorical_features is None or isinstance(categorical_features, str):
        return mask
    try:
        listed = np.asarray(categorical_features)
    except ValueError:  # lists of different lengths
        listed = np.empty((0, 0))
    if listed.ndim != 1:
        raise ValueError(
            "categorical_features must be one-dimensional: a list of names or "
            f"positions, or a mask; got {categorical_features!r}."
        )
    if listed.size == 0:
        return mask
    if listed.dtype.kind == "b":
        if len(listed) != len(names):
            raise ValueError(
                "categorical_features set as a boolean mask must have shape "
                f"({len(names)},), one for each column; got {listed.shape}."
            )
        return listed
    if listed.dtype.kind in "iu":
        if listed.min() < 0 or listed.max() >= len(names):
            raise ValueError(
                "categorical_features set as integer positions must be in "
                f"[0, {len(names) - 1}]; got {listed.min()} to {listed.max()}."
            )
        mask[listed] = True
        return mask
    unknown = [name for name in listed.tolist() if name not in names]
    if unknown:
        raise ValueError(
            f"categorical_features names the column {unknown[0]!r}, which X does not "
            f"have. Its columns are {names[:10]}."
        )
    mask[[names.index(name) for name in listed.tolist()]] = True
    return mask
