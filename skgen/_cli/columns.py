"""One column of a CSV file: its cells as written, its values, and how to write them."""

from collections import Counter

import numpy as np

from skgen._cli.csv_cells import QUOTE, quote, unquote
from skgen._cli.files import import_pandas
from skgen._cli.typed_texts import parse_texts, texts_among_numbers


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
        self.texts = [unquote(cell) for cell in self.written]
        self.counts = np.bincount(self.rows, minlength=len(self.written))
        self.named_missing = missing
        self.typed = None

    def parse(self, decimal, kind):
        """Recognise numbers, booleans and dates, or texts of the declared `kind`."""
        texts, first = np.unique(np.array(self.texts, object), return_inverse=True)
        counts = np.bincount(first, weights=self.counts).astype(np.int64)
        self.typed = parse_texts(
            texts.tolist(), counts, self.named_missing, decimal=decimal, kind=kind
        )
        self.distinct = first

    @property
    def missing(self):
        """Which of the distinct written cells are missing."""
        if self.typed is not None:
            return self.typed.missing[self.distinct]
        gone = self.named_missing | {""}
        return np.array([text in gone for text in self.texts], dtype=bool)

    @property
    def marks(self):
        """Texts of missing cells that were found, not named."""
        return () if self.typed is None else self.typed.marks

    def values(self):
        """The column as a series of pandas."""
        pd = import_pandas()
        if self.typed is None:
            texts = np.array(self.texts, dtype=object)
            texts[self.missing] = np.nan
            return pd.Series(texts[self.rows].tolist(), dtype=_text_dtype(texts))
        known = ~self.typed.missing
        places = np.full(len(known), -1)
        places[known] = np.arange(known.sum())
        values = pd.Series(self.typed.values)
        if not known[self.distinct].all():
            nullable = {"int64": "Int64", "bool": "boolean"}
            values = values.astype(nullable.get(str(values.dtype), values.dtype))
        places = places[self.distinct][self.rows]
        return values.reindex(places).reset_index(drop=True)

    def as_text(self):
        """The column as a series of texts, whatever they hold."""
        typed, self.typed = self.typed, None
        values = self.values()
        self.typed = typed
        return values

    def write(self, values, separator):
        """Cells of a series as the column writes them, missing ones by its mark."""
        pd = import_pandas()
        rows, distinct = pd.factorize(values)
        if self.typed is None:
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

    def odd_texts(self):
        """Texts that are no numbers in a column of text that seems to hold numbers."""
        if self.typed is not None:
            return []
        texts, first = np.unique(np.array(self.texts, object), return_inverse=True)
        counts = np.bincount(first, weights=self.counts).astype(np.int64)
        return texts_among_numbers(texts, counts, self.named_missing)

    def _always_quoted(self):
        quoted = [cell.startswith(QUOTE) for cell in self.written if cell]
        return bool(quoted) and all(quoted)

    def _mark(self):
        """How most missing cells are written."""
        marks = Counter()
        for at in np.flatnonzero(self.missing):
            marks[self.written[at]] += self.counts[at]
        return marks.most_common(1)[0][0] if marks else ""


def _text_dtype(texts):
    """Dtype of a series of texts; None to let pandas choose it."""
    return None if any(isinstance(text, str) for text in texts) else object
