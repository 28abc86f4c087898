"""Parts of written numbers: digits, units and signs."""

from dataclasses import dataclass

import numpy as np

# what a negative number has before the prefix, between prefix and number, behind the
# number and behind the unit
NEGATIVES = {
    "-$1": ("-", "", "", ""),
    "$-1": ("", "-", "", ""),
    "($1)": ("(", "", "", ")"),
    "$(1)": ("", "(", ")", ""),
    "$1-": ("", "", "-", ""),
}
MINUSES = "-−"  # noqa: RUF001
APOSTROPHES = "'’"  # noqa: RUF001
BLANKS = " \u00a0\u202f\u2009"
MOST_DECIMALS = 10  # of a grid; longer fractions are those of floats


@dataclass(frozen=True)
class Decimals:
    """Digits of numbers written out.

    Parameters
    ----------
    fewest, most : int
        Zeros at the end are written up to `fewest` decimals.
    significant : int or None
        With it, decimals only fill up to this number of digits: 9.2, but 19.
    """

    fewest: int = 0
    most: int = 0
    significant: int | None = None

    def write(self, number):
        """Text of a number that is not negative."""
        most = self.most
        if self.significant is not None:
            digits = len(f"{number:.{most}f}".partition(".")[0])
            most = min(most, max(0, self.significant - digits))
        if most > MOST_DECIMALS:
            text = np.format_float_positional(number, precision=most, trim="-")
        else:
            text = f"{number:.{most}f}"
        whole, _, decimals = text.partition(".")
        decimals = decimals.rstrip("0").ljust(min(most, self.fewest), "0")
        return f"{whole}.{decimals}" if decimals else whole

    @property
    def step(self):
        """Of what the numbers are multiples; None if of nothing."""
        return 10.0**-self.most if self.most <= MOST_DECIMALS else None


@dataclass(frozen=True)
class Exponent:
    """Digits of numbers such as 3.10E+11.

    Parameters
    ----------
    decimals : int
        Decimals before the exponent.
    mark : {"E", "e"}
    plus : bool
        Whether exponents of 0 and above have a sign.
    width : int
        Fewest digits of the exponent.
    """

    decimals: int
    mark: str = "E"
    plus: bool = True
    width: int = 2

    step = None

    def write(self, number):
        """Text of a number that is not negative."""
        text, exponent = f"{number:.{self.decimals}e}".split("e")
        sign = "-" if exponent[0] == "-" else "+" * self.plus
        exponent = exponent[1:].lstrip("0").zfill(self.width)
        return f"{text}{self.mark}{sign}{exponent}"


@dataclass(frozen=True)
class Unit:
    """A unit, empty for bare numbers.

    Parameters
    ----------
    text : str
        What stands behind the number, blanks included.
    size : float
        Value of the number 1.
    digits : Decimals or Exponent
    start : float
        Smallest value that is written in this unit, not in a smaller one.
    singular : str or None
        The unit of the number 1, where it has one of its own.
    aliases : tuple of str
        Other spellings of the unit, which are read only.
    """

    text: str = ""
    size: float = 1.0
    digits: Decimals | Exponent = Decimals()
    start: float = 0.0
    singular: str | None = None
    aliases: tuple = ()


def group_digits(whole, group, indian=False):
    """Whole number with a separator after thousands, or as in 1,00,000."""
    head, tail = whole[:-3], whole[-3:]
    size = 2 if indian else 3
    first = len(head) % size
    groups = [head[:first]] if first else []
    groups += [head[at : at + size] for at in range(first, len(head), size)]
    return group.join([*groups, tail])


def place_signs(prefix, digits, unit, signs):
    """Text of a number with signs at the four places of `NEGATIVES`.

    Blanks at the ends stay there; a bracket takes the place of the first one behind.
    """
    core, end = prefix.lstrip(), unit.rstrip()
    before, behind = prefix[: len(prefix) - len(core)], unit[len(end) :]
    a, b, c, d = signs
    if ")" in c + d:
        behind = behind[1:]
    return f"{before}{a}{core}{b}{digits}{c}{end}{d}{behind}"
