"""Conditional distributions of one column given other columns.

A conditional is a small estimator that learns p(z | X) for one encoded column z. It
derives from `BaseConditional`, and is the ``conditional`` of `AutoregressiveGenerator`
and `ChainedGenerator`.
"""

from skgen.conditionals._base import BaseConditional
from skgen.conditionals._boosted import BoostedConditional
from skgen.conditionals._estimator import EstimatorConditional
from skgen.conditionals._tree import TreeConditional

__all__ = [
    "BaseConditional",
    "BoostedConditional",
    "EstimatorConditional",
    "TreeConditional",
]
