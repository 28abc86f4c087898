"""All measures of synthetic tables at once, as figures, words and a page."""

from ._compare import compare
from ._report import ComparisonReport

__all__ = ["ComparisonReport", "compare"]
