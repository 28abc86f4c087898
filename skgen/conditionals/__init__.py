"""Conditional distributions of one column given other columns.

A conditional is a small estimator that learns p(z | X) for one encoded column z. It
derives from `BaseConditional`, and is the ``conditional`` of `AutoregressiveGenerator`
and `ChainedGenerator`.
"""

from skgen.conditionals._base import BaseConditional as BaseConditional
from skgen.conditionals._boosted import BoostedConditional as BoostedConditional
from skgen.conditionals._estimator import EstimatorConditional as EstimatorConditional
from skgen.conditionals._stacked import StackedConditional as StackedConditional
from skgen.conditionals._tree import TreeConditional as TreeConditional

__all__ = [name for name in globals() if not name.startswith("_")]
