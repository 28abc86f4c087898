"""All metrics of synthetic tables at once, as figures, verdicts and a page."""

from skgen.report._compare import compare
from skgen.report._report import ComparisonReport

__all__ = ["ComparisonReport", "compare"]
