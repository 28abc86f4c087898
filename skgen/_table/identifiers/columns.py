"""Kind of columns whose texts or numbers identify the rows."""

import warnings

import numpy as np

from skgen._table.categories import LabelCells, label_cells
from skgen._table.cells import Kind, column_error, object_array
from skgen._table.identifiers.fresh.patterns import fit_pattern
from skgen._table.identifiers.recognition import is_identifier_text, is_key
from skgen._table.numbers import NumberCells


class Identifier(Kind):
    """Column of keys, names or free text: not modelled, fresh ones are drawn.

    Parameters
    ----------
    column : Column
    pattern : object
        Draws fresh values, see `fit_pattern`.
    dtype : numpy.dtype or None
        Dtype of numbers; None for texts.
    """

    name = "identifier"
    accepts = LabelCells | NumberCells
    modelled = False

    def __init__(self, column, pattern, dtype):
        super().__init__(column)
        self.pattern = pattern
        self.dtype = dtype

    @classmethod
    def recognises(cls, cells, facts):
        if facts.listed or facts.identifiers == "learn":
            return False
        texts = isinstance(cells, LabelCells) and cells.free_text
        found = (texts and _identifies_by_text(cells, facts)) or (
            isinstance(cells, NumberCells) and _identifies_by_number(cells, facts)
        )
        if found and facts.identifiers == "refuse":
            raise column_error(
                facts.name,
                "identifies the rows, as keys, names and free text do; learning it "
                "would only copy them. Drop the column, set identifiers='fresh' for "
                "new values of the same pattern, or declare its kind in schema.",
            )
        return found

    @classmethod
    def fit(cls, cells, facts):
        column = cls.describe(cells, facts)
        if isinstance(cells, LabelCells):
            texts = cells.distinct()[0]
            return cls(column, fit_pattern(texts), None)
        values = cells.values[~cells.missing]
        return cls(column, fit_pattern(values), values.dtype)

    def schema(self):
        return super().schema() | {"pattern": repr(self.pattern)[1:-1]}

    def encode(self, cells):
        return np.full(len(cells.missing), np.nan)

    def decode(self, z, extrapolate, rng=None):
        """Fresh values, missing as often as at fit; `rng` draws them."""
        rng = np.random.default_rng(0) if rng is None else rng
        missing = rng.random(len(z)) < self.column.missing_share
        drawn = self.pattern.draw(len(z), rng)
        if self.dtype is None:
            return label_cells(object_array(drawn.tolist()), missing)
        return NumberCells(np.asarray(drawn).astype(self.dtype), missing)


def warn_of_identifiers(codec):
    """Warn of the columns that a codec found to identify the rows."""
    schema = codec.schema_
    names = [name for name in codec.found_identifiers_ if name in schema]
    if names:
        listed = ", ".join(map(repr, names[:5])) + (", ..." if names[5:] else "")
        warnings.warn(
            f"Columns that identify the rows are not learned: {listed}. New rows get "
            "fresh values of the same pattern. Drop them, or declare their kind, such "
            f"as schema={{{names[0]!r}: 'categorical'}}, to learn them.",
            UserWarning,
            stacklevel=4,
        )


def _identifies_by_text(cells, facts):
    labels = cells.categories.tolist()
    if not labels or not all(isinstance(label, str) for label in labels):
        return False
    observed = ~cells.missing
    rows = facts.rows.take(observed)
    counts = rows.count(cells.values[observed], len(labels))
    lengths = np.fromiter(map(len, labels), np.intp, len(labels))
    held = counts > 0
    return is_identifier_text(counts[held], lengths=lengths[held], name=facts.name)


def _identifies_by_number(cells, facts):
    # columns of arrays have no names, and small arrays often count up
    if isinstance(facts.name, int):
        return False
    observed = ~cells.missing
    values = cells.values[observed]
    if values.dtype.kind == "f":
        if not np.isfinite(values).all() or (values != np.rint(values)).any():
            return False
        if len(values) and np.abs(values.astype(np.float64)).max() > 2**53:
            return False
    first = facts.rows.take(observed).first
    distinct, counts = np.unique(
        values if first is None else values[first], return_counts=True
    )
    return is_key(distinct, counts=counts, name=facts.name)
