"""Dates and times in a written form, such as "31/01/2018" or "January 7, 2018"."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skgen._table.cells import object_array
from skgen._table.written.dates.fields import read_fields, write_fields
from skgen._table.written.dates.formats import parse_format, pattern_of, unit_of
from skgen._table.written.dates.names import CASES, LANGUAGES

FIRST_YEAR = 1969  # of two digits, as in POSIX
EXAMPLE = np.datetime64("2018-01-31T13:45:07", "s")


@dataclass(frozen=True, repr=False)
class DateForm:
    """A written form of dates, or of times of day.

    Parameters
    ----------
    format : str
        As `parse_format` reads it. Without a year it is one of times since midnight.
    language : str
        Of names of months and days.
    case : {"title", "upper", "lower"}
        Of these names.
    first_year : int
        First of the hundred years that two digits can mean.
    offsets : tuple of pairs of str
        For dates with offsets from UTC that change: the first date in UTC of each
        offset, and the offset. The first one also holds before.

    Examples
    --------
    >>> form = DateForm("%d/%m/%Y")
    >>> form
    "31/01/2018"-like
    >>> form.read(["03/04/2019", "unknown"])
    (array(['2019-04-03', 'NaT'], dtype='datetime64[D]'), array([ True, False]))
    >>> form.write(np.array(["2019-04-30"], dtype="M8[D]"))
    array(['30/04/2019'], dtype=object)
    """

    format: str
    language: str = "en"
    case: str = "title"
    first_year: int = FIRST_YEAR
    offsets: tuple = ()

    @cached_property
    def fields(self):
        """Fields of the format, and texts between them."""
        return parse_format(self.format)

    @property
    def kind(self):
        """Whether values are dates or durations since midnight."""
        dated = any(field.name in ("Y", "y") for field in self.fields)
        return "date" if dated else "duration"

    @property
    def unit(self):
        """Unit of the finest field: all values are whole numbers of it."""
        return unit_of(self.fields)

    @property
    def dtype(self):
        """Dtype of the values."""
        unit = self.unit
        unit = {"M": "D", "h": "s", "m": "s"}.get(unit, unit)
        return np.dtype(f"{'M8' if self.kind == 'date' else 'm8'}[{unit}]")

    def __repr__(self):
        example = EXAMPLE
        if self.kind == "duration":
            example = example - example.astype("M8[D]")
        return f'"{self.write(np.array([example]))[0]}"-like'

    def read(self, texts):
        """Values of texts, and a mask of those that have the form; others are NaT."""
        values = np.full(len(texts), "NaT", dtype=self.dtype)
        match = pattern_of(
            self.fields, self.language, self.kind == "duration"
        ).fullmatch
        found = list(map(match, texts))
        at = np.flatnonzero([one is not None for one in found])
        if len(at) == 0:
            return values, np.zeros(len(texts), dtype=bool)
        found = [one for one in found if one is not None]
        names = (field.name for field in self.fields if field.name)
        parts = {
            name: [one[group] for one in found]
            for group, name in enumerate(names, start=1)
        }
        values[at] = read_fields(parts, self)
        return values, ~np.isnat(values)

    def write(self, values):
        """Texts of values."""
        distinct, positions = np.unique(
            np.asarray(values).astype(self.dtype), return_inverse=True
        )
        return object_array(list(write_fields(distinct, self)))[positions]

    def to_dict(self):
        """The form as JSON, readable by people."""
        described = {self.kind: self.format}
        for name in ("language", "case", "first_year"):
            if getattr(self, name) != getattr(DateForm, name):
                described[name] = getattr(self, name)
        if self.offsets:
            described["offsets"] = [list(pair) for pair in self.offsets]
        return described

    @classmethod
    def from_dict(cls, described):
        """The form that `to_dict`, or a person, describes."""
        options = dict(described)
        text = options.pop("date", None) or options.pop("duration", None)
        options["offsets"] = tuple(map(tuple, options.get("offsets", ())))
        parse_format(text)
        form = cls(text, **options)
        if form.language not in LANGUAGES or form.case not in CASES:
            raise ValueError(
                f"A form of dates has the language {form.language!r} and the case "
                f"{form.case!r}. Choose from {LANGUAGES} and {tuple(CASES)}."
            )
        return form
