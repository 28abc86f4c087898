"""Rules in plain words."""

from fractions import Fraction


def name_of(name):
    """Name of a column; columns of arrays are ``[0]``, ``[1]``, ..."""
    return name if isinstance(name, str) else f"[{name!r}]"


def number(value):
    """A number, as a small fraction where it is one."""
    fraction = Fraction(value).limit_denominator(60)
    if fraction.denominator > 1 and abs(float(fraction) - value) <= 1e-12 * abs(value):
        decimal = f"{value:.10g}"
        return decimal if len(decimal) <= 6 else str(fraction)
    return f"{value:.10g}"


def linear(coefficients, constant):
    """``a + 2 b - c + 5``."""
    words = []
    ordered = sorted(coefficients.items(), key=lambda item: item[1] < 0)
    for name, value in ordered:
        size = "" if abs(value) == 1 else f"{number(abs(value))} "
        words.append(("-" if value < 0 else "+", f"{size}{name_of(name)}"))
    if constant or not words:
        # "1 - b" reads better than "- b + 1"
        at = 0 if words and words[0][0] == "-" and constant > 0 else len(words)
        words.insert(at, ("-" if constant < 0 else "+", number(abs(constant))))
    first = ("- " if words[0][0] == "-" else "") + words[0][1]
    return first + "".join(f" {sign} {word}" for sign, word in words[1:])


def within(tolerance):
    """How exactly a rule holds."""
    return f" (within {tolerance:.6g})" if tolerance else ""
