"""One column of a CSV file: its cells as written, its values, and how to write them."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from skgen._cli.csv_cells import QUOTE, quote, unquote
from skgen._cli.files import import_pandas
from skgen._cli.typed_texts import MARKS, parse_texts
from skgen._table.written.recognition import NumberForm

_NEEDLESS = re.compile(r'"[^",;|\t\r\n]*"')


class CsvColumn:
    """A column of a CSV file.

    Parameters
    ----------
    cells : sequence of str
        As they are written, quotes included.
    missing : set of str
        Texts that the user names as those of missing cells.
    """

    def __init__(self, cells, missing):
        pd = import_pandas()
        cells = np.array(cells, dtype=object)
        self.rows, self.written = pd.factorize(cells)
        self.texts = _texts_of(self.written.tolist())
        self.counts = np.bincount(self.rows, minlength=len(self.written))
        self.named_missing = missing
        self.typed = None

    def parse(self, decimal, kind):
        """Recognise numbers, booleans and dates, or texts of the declared `kind`."""
        texts = np.array(self.texts, dtype=object)
        self.distinct, texts = import_pandas().factorize(texts)
        self.distinct_texts = texts
        counts = np.bincount(self.distinct, weights=self.counts).astype(np.int64)
        self.typed = parse_texts(
            texts, counts, self.named_missing, decimal=decimal, kind=kind
        )

    @property
    def missing(self):
        """Which of the distinct written cells are missing."""
        return self.typed.missing[self.distinct]

    def values(self):
        """The column as a series of pandas."""
        pd = import_pandas()
        if self.typed.values is None:
            return self._texts(self.missing)
        known = ~self.typed.missing
        places = np.full(len(known), -1)
        places[known] = np.arange(known.sum())
        values = pd.Series(self.typed.values)
        if not known[self.distinct].all():
            nullable = {"int64": "Int64", "bool": "boolean"}
            values = values.astype(nullable.get(str(values.dtype), values.dtype))
        places = places[self.distinct][self.rows]
        return values.reindex(places).reset_index(drop=True)

    def as_numbers(self):
        """The column as a series of numbers if its texts hold some, else None."""
        form, known = self.typed.form, ~self.typed.missing
        if not isinstance(form, NumberForm):
            return None
        values, parsed = form.read(self.distinct_texts[known])
        if not parsed.all():
            return None
        if np.array_equal(values, np.rint(values)):
            values = values.astype(np.int64)
        self.typed = replace(self.typed, values=values, write=form.write)
        return self.values()

    def as_text(self):
        """The column as a series of texts, whatever they hold."""
        gone = self.named_missing | {""}
        return self._texts(np.array([text in gone for text in self.texts], dtype=bool))

    def write(self, values, separator):
        """Cells of a series as the column writes them, missing ones by its mark."""
        rows, distinct = import_pandas().factorize(values)
        if self.typed.values is None:
            texts = [str(value) for value in distinct]
        else:
            texts = self.typed.write(distinct).tolist()
        always = self._always_quoted()
        cells = [quote(text, separator, always=always) for text in texts]
        return np.array([*cells, self._mark()], dtype=object)[rows]

    def original(self, separator=None):
        """Cells as they are written; in quotes if another separator makes it needed."""
        written = self.written
        if separator is not None:
            cells = zip(written, self.texts, strict=True)
            cells = [w if w[:1] == QUOTE else quote(t, separator) for w, t in cells]
            written = np.array(cells, dtype=object)
        return written[self.rows]

    def _texts(self, missing):
        texts = np.array(self.texts, dtype=object)
        texts[missing] = np.nan
        # pandas finds its own dtype of text, but for missing cells alone one of numbers
        dtype = object if missing.all() else None
        return import_pandas().Series(texts[self.rows].tolist(), dtype=dtype)

    def _always_quoted(self):
        known = self.written[~self.missing]
        return len(known) > 0 and all(cell.startswith(QUOTE) for cell in known)

    def _mark(self):
        """How most missing cells are written."""
        marks = Counter()
        for at in np.flatnonzero(self.missing):
            marks[self.written[at]] += self.counts[at]
        return marks.most_common(1)[0][0] if marks else ""


def _texts_of(written):
    """Texts of cells; those of missing ones are empty where all others are quoted."""
    texts = [unquote(cell) for cell in written]
    bare = [at for at, cell in enumerate(written) if not cell.startswith(QUOTE)]
    quoted = [cell for cell in written if cell.startswith(QUOTE)]
    # as R writes them; quotes that a cell needs say nothing
    if any(map(_NEEDLESS.fullmatch, quoted)) and all(
        texts[at].casefold() in MARKS or not texts[at] for at in bare
    ):
        for at in bare:
            texts[at] = ""
    return texts
