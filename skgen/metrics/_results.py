"""What metrics return, and shares in words."""

from typing import NamedTuple


class Estimate(NamedTuple):
    """A value with its standard error."""

    value: float
    standard_error: float


def percent(share):
    """A share in per cent, with more places where it is small."""
    value = 100 * share
    places = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{places}f} %"
