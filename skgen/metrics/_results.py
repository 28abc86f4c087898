"""What measures return."""

from typing import NamedTuple


class Estimate(NamedTuple):
    """A figure with its standard error."""

    value: float
    standard_error: float
