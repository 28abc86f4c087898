"""Numbers in a written form, such as "$84,835.00", "91 %", "998 CC" or "19M"."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from skgen._table.cells import object_array
from skgen._table.written.numbers.digits import (
    APOSTROPHES,
    BLANKS,
    MINUSES,
    Unit,
    group_digits,
    place_signs,
)
from skgen._table.written.numbers.patterns import (
    describe_numbers,
    minus_signs,
    parse_numbers,
    plus_signs,
)

EXAMPLE = 1234.5


@dataclass(frozen=True, repr=False)
class NumberForm:
    """A written form of numbers.

    Parameters
    ----------
    prefix : str
        What stands before the number, blanks included.
    units : tuple of Unit
        In the order of their sizes.
    point, group : str
        Decimal point, and what groups the thousands; empty if they are not grouped.
    indian : bool
        Whether digits are grouped as in 1,00,000.
    negative : str
        Where negative numbers have their sign: key of `NEGATIVES`.
    minus : str
        The minus sign.
    plus : bool
        Whether numbers above 0 have a sign.
    bare_point : bool
        Whether numbers below 1 are written without the zero: .25.
    zero : str or None
        The text of 0, where it has one of its own.
    width : int
        Fewest characters: shorter texts have blanks before them.

    Examples
    --------
    >>> form = NumberForm.from_dict({"number": "$#,##0.00"})
    >>> form
    "$1,234.50"-like
    >>> form.write([84835, 0.5])
    array(['$84,835.00', '$0.50'], dtype=object)
    >>> form.read(["$1,400.00", "none"])
    (array([1400., nan]), array([ True, False]))
    """

    prefix: str = ""
    units: tuple = (Unit(),)
    point: str = "."
    group: str = ""
    indian: bool = False
    negative: str = "-$1"
    minus: str = "-"
    plus: bool = False
    bare_point: bool = False
    zero: str | None = None
    width: int = 0

    kind = "number"
    dtype = np.dtype(np.float64)

    @property
    def step(self):
        """Of what all written values are multiples; None if of nothing."""
        steps = [unit.digits.step for unit in self.units]
        if None in steps:
            return None
        steps = np.array(steps) * [unit.size for unit in self.units]
        multiples = steps / steps.min()
        on_grid = np.allclose(multiples, np.rint(multiples), rtol=1e-9, atol=0)
        return float(steps.min()) if on_grid else None

    @property
    def decimals(self):
        """Decimals of the values; None if they are on no such grid."""
        if len(self.units) > 1 or self.step is None:
            return None
        return self.units[0].digits.most

    def __repr__(self):
        several = len(self.units) > 1
        example = 9.2 * self.units[-1].size if several else EXAMPLE
        return f'"{self.write([example])[0]}"-like'

    def read(self, texts):
        """Values of texts as float64, and a mask of those that have the form.

        Texts that have not are NaN.
        """
        values = np.fromiter(map(_Reader(self), texts), np.float64, len(texts))
        return values, ~np.isnan(values)

    def write(self, values):
        """Texts of finite values, rounded to the digits of the form."""
        values = np.asarray(values, dtype=np.float64)
        distinct, positions = np.unique(values, return_inverse=True)
        starts = [unit.start for unit in self.units[1:]]
        units = np.searchsorted(starts, np.abs(distinct), side="right")
        texts = map(self._write, distinct.tolist(), units.tolist())
        return object_array(list(texts))[positions]

    def _write(self, value, unit):
        if value == 0 and self.zero is not None:
            return self.zero
        unit = self.units[unit]
        digits = unit.digits.write(abs(value) / unit.size)
        number, signs = float(digits), ("", "", "", "")
        if number and (value < 0 or self.plus):
            signs = minus_signs(self) if value < 0 else plus_signs(self)
        one = number == 1 and unit.singular is not None
        text = unit.singular if one else unit.text
        digits = self._punctuate(digits)
        return place_signs(self.prefix, digits, text, signs).rjust(self.width)

    def _punctuate(self, digits):
        whole, point, decimals = digits.partition(".")
        if self.bare_point and point and whole == "0":
            whole = ""
        if self.group:
            whole = group_digits(whole, self.group, self.indian)
        return whole + self.point + decimals if point else whole

    def to_dict(self):
        """The form as JSON, readable by people."""
        return describe_numbers(self)

    @classmethod
    def from_dict(cls, described):
        """The form that `to_dict`, or a person, describes."""
        return cls(**parse_numbers(described))


class _Reader:
    """Value of a text, NaN if it has not the form."""

    def __init__(self, form):
        self.form = form
        self.plain = _plain_pattern(form).fullmatch
        self.plain_shift = _power_of_ten(form.units[0].size)
        self.match = _pattern(form).fullmatch
        self.sizes = {}
        for unit in form.units:
            for text in (unit.text, unit.singular or unit.text, *unit.aliases):
                self.sizes[text.strip()] = unit.size
        groups = APOSTROPHES if form.group in APOSTROPHES else form.group
        self.punctuation = str.maketrans(form.point, ".", groups + BLANKS)
        self.simple = form.point == "." and not form.group

    def __call__(self, text):
        found = self.plain(text)
        if found is not None and self.plain_shift is not None:
            return self._value(found[1], "", self.plain_shift)
        if text == self.form.zero:
            return 0.0
        found = self.match(text)
        if found is None:
            return np.nan
        a, b, number, exponent, c, unit, d = found.groups()
        opened = "(" in a + b
        if d and not opened:
            unit, d = unit + d, ""
        size = self.sizes.get(unit.strip())
        if size is None or opened != (")" in c + d):
            return np.nan
        minuses = opened + sum(sign in MINUSES for sign in (a, b, c) if sign)
        if minuses > 1:
            return np.nan
        shift = _power_of_ten(size)
        if shift is None or exponent:
            value = self._value(number, exponent, 0) * size
        else:
            value = self._value(number, "", shift)
        return -value if minuses else value

    def _value(self, number, exponent, shift):
        if not self.simple:
            number = number.translate(self.punctuation)
        if shift:  # the nearest float, which a product is not always
            exponent = f"e{shift}"
        return float(number + exponent)


def _plain_pattern(form):
    """Texts without signs, in the smallest unit."""
    digits = number_pattern(form.point, form.group, form.indian)
    prefix, unit = re.escape(form.prefix), re.escape(form.units[0].text)
    return re.compile(f"{prefix}({digits}){unit}")


def _pattern(form):
    minus = "".join(map(re.escape, MINUSES))
    sign = rf"([+(]|[{minus}]|)\s*"
    return re.compile(
        rf"\s*{sign}{re.escape(form.prefix.strip())}\s*{sign}"
        rf"({number_pattern(form.point, form.group, form.indian)})"
        rf"((?:[eE][-+]?[0-9]{{1,3}})?)\s*([){minus}]?)(.*?)([)]?)\s*",
        re.DOTALL,
    )


def number_pattern(point, group, indian=False):
    """Regular expression of digits with these separators and no leading zeros."""
    whole = "0|[1-9][0-9]*"
    if group:
        alike = next((s for s in (BLANKS, APOSTROPHES) if group in s), None)
        group = f"[{alike}]" if alike else rf"\{group}"
        groups = rf"[1-9][0-9]?(?:{group}[0-9]{{2}})*" if indian else "[1-9][0-9]{0,2}"
        more = "" if indian else f"(?:{group}[0-9]{{3}})*"
        whole = rf"{groups}{more}{group}[0-9]{{3}}|{whole}"
    return rf"(?:{whole})(?:\{point}[0-9]+)?|\{point}[0-9]+"


@cache
def _power_of_ten(size):
    exponent = round(np.log10(size))
    return exponent if float(f"1e{exponent}") == size else None
