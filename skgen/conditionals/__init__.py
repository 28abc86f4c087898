"""Conditional distributions of one column given other columns.

A conditional is a small estimator that learns p(z | X) for one encoded column z. It
has the methods ``fit``, ``sample`` and ``log_prob`` of `TreeConditional`;
`AutoregressiveGenerator` takes any such object as its ``conditional``.
"""

from skgen.conditionals._boosted import BoostedConditional
from skgen.conditionals._estimator import EstimatorConditional
from skgen.conditionals._tree import TreeConditional

__all__ = ["BoostedConditional", "EstimatorConditional", "TreeConditional"]
