"""What metrics return."""

from typing import NamedTuple


class Estimate(NamedTuple):
    """A value with its standard error."""

    value: float
    standard_error: float
