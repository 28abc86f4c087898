"""Kind of columns of text that hold numbers or dates in a written form."""

import warnings
from dataclasses import replace

import numpy as np

from skgen._table.categories import LabelCells, label_cells
from skgen._table.cells import Kind, column_error
from skgen._table.numbers import Continuous, Integer, NumberCells
from skgen._table.schema.declared import correct_values
from skgen._table.times import Datetime, TimeCells, Timedelta, read_times
from skgen._table.written.recognition import Ambiguous, form_from_dict, recognise

#: texts without the form that are values of their own, at most
MAX_OTHERS = 30
_KINDS = {"number": Continuous, "date": Datetime, "duration": Timedelta}


class Written(Kind):
    """Column of text that is learned as the numbers or dates that it holds.

    Parameters
    ----------
    inner : Kind
        Codec of the numbers or dates.
    form : object
        Reads and writes them, see `recognise`.
    others : ndarray of object
        Other texts, which are point masses below all numbers, one gap apart.
    shares : ndarray of shape (n_others,)
        Share of the observed cells that hold each.
    missing : ndarray of bool of shape (n_samples,)
        Cells at fit that are missing, or hold a text that is none of these.
    """

    accepts = LabelCells | NumberCells | TimeCells

    def __init__(self, inner, form, others, shares, missing):
        column = inner.column
        width = column.upper - column.lower
        self.gap = float(max(1.0, np.ceil(width / 10))) if width else 1.0
        at = column.lower - self.gap * np.arange(len(others), 0, -1)
        known = 1 - shares.sum()
        super().__init__(
            replace(
                column,
                lower=float(min([column.lower, *at])),
                atoms=np.concatenate([at, column.atoms]),
                atom_shares=np.concatenate([shares, known * column.atom_shares]),
                atom_widths=np.concatenate([np.ones(len(at)), column.atom_widths]),
                n_other_texts=len(others),
                has_missing=bool(missing.any()),
                missing_share=float(missing.mean()),
            )
        )
        self.inner, self.form, self.others = inner, form, others

    @classmethod
    def recognises(cls, cells, facts):
        if not isinstance(cells, LabelCells) or facts.listed or not cells.free_text:
            return False
        if facts.declared.get("written"):
            return True
        if "kind" in facts.declared:
            return False
        form = _find_form(cells)
        if isinstance(form, Ambiguous):
            warnings.warn(
                f"Column {facts.name!r} {form.message} Until then it is a category.",
                UserWarning,
                stacklevel=6,
            )
            return False
        return form is not None

    @classmethod
    def fit(cls, cells, facts):
        form = _declared_form(facts) or _find_form(cells)
        texts, positions = cells.distinct()
        values, parsed = form.read(texts)
        if not parsed.any():
            raise column_error(
                facts.name,
                f"has the written form {form!r} in its schema, which no cell has. "
                "Correct the schema.",
            )
        counts = np.bincount(positions, minlength=len(texts))
        order = np.argsort(np.where(parsed, 0, -counts), kind="stable")
        others = order[: min(MAX_OTHERS, (~parsed).sum())]
        is_number = np.zeros(len(cells.missing), dtype=bool)
        is_number[~cells.missing] = parsed[positions]
        known = np.zeros(len(cells.missing), dtype=values.dtype)
        known[~cells.missing] = values[positions]
        inner_cells = _cells_of(form, known, ~is_number, facts.name)
        kind = _KINDS[form.kind]
        if facts.declared.get("kind") == Integer.name:
            kind = Integer
        inner = kind.fit(inner_cells, facts)
        correct_values(inner, inner_cells, facts.declared)
        shares = counts[others] / len(positions)
        missing = cells.missing.copy()
        is_known = parsed | np.isin(np.arange(len(texts)), others)
        missing[~missing] = ~is_known[positions]
        return cls(inner, form, texts[others], shares, missing)

    def schema(self):
        shares = self.column.atom_shares[: len(self.others)]
        others = dict(zip(self.others.tolist(), shares.tolist(), strict=True))
        return self.inner.schema() | {
            "missing": self.column.missing_share,
            "written": self.form.to_dict(),
            "other_texts": others,
        }

    def is_same_sort(self, cells):
        return isinstance(cells, LabelCells)

    def unknown_error(self, cells, remedy):
        text = cells.distinct()[0][0]
        return column_error(
            self.column.name,
            f"holds the text {text!r}, which was not seen at fit and is not written "
            f"like {self.form!r}. Write it in that form, or {remedy}.",
        )

    def in_units(self, z):
        return self.inner.in_units(z)

    def _encode(self, cells):
        if not isinstance(cells, LabelCells):
            return self.inner.encode(cells)
        texts, positions = cells.distinct()
        values, parsed = self.form.read(texts)
        inner = _cells_of(self.form, values, ~parsed, self.column.name)
        z = self.inner.encode(inner)
        place = {text: at for at, text in enumerate(self.others.tolist())}
        for at in np.flatnonzero(~parsed):
            if texts[at] in place:
                z[at] = self.column.atoms[place[texts[at]]]
        return z[positions]

    def _decode(self, z, missing, extrapolate):
        n_others, lowest = len(self.others), self.inner.column.lower
        texts = np.empty(len(z), dtype=object)
        other = (z < lowest - self.gap / 2) & ~missing & (n_others > 0)
        if n_others:
            at = np.rint((z[other] - self.column.atoms[0]) / self.gap)
            texts[other] = self.others[np.clip(at, 0, n_others - 1).astype(np.intp)]
        rows = ~other & ~missing
        distinct, positions = np.unique(z[rows], return_inverse=True)
        cells = self.inner.decode(distinct, extrapolate)
        texts[rows] = self.form.write(_values_of(self.form, cells))[positions]
        return label_cells(texts, missing)


def _find_form(cells):
    texts, positions = cells.distinct()
    return recognise(texts, np.bincount(positions, minlength=len(texts)))


def _declared_form(facts):
    written = facts.declared.get("written")
    if not written:
        return None
    if isinstance(written, str):
        written = {"date" if "%" in written.strip("%") else "number": written}
    try:
        return form_from_dict(written)
    except ValueError as error:
        raise column_error(facts.name, f"has a schema that says: {error}") from None


def _cells_of(form, values, missing, name):
    if form.kind == "number":
        return NumberCells(np.where(missing, 0.0, values), missing)
    cells = read_times(values.astype(form.dtype), name)
    return replace(cells, missing=missing | cells.missing)


def _values_of(form, cells):
    if form.kind == "number":
        return cells.values
    return cells.to_array().astype(form.dtype)
