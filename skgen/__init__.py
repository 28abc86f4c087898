"""Generators of tabular data: draw the unknown cells of a row given the known ones."""

from skgen.base import BaseGenerator
from skgen.conditionals import BoostedConditional, TreeConditional
from skgen.generators import AutoregressiveGenerator, IndependentGenerator
from skgen.resampling import GenerativeOverSampler
from skgen.table import TableCodec

__version__ = "0.1.0"

__all__ = [
    "AutoregressiveGenerator",
    "BaseGenerator",
    "BoostedConditional",
    "GenerativeOverSampler",
    "IndependentGenerator",
    "TableCodec",
    "TreeConditional",
    "__version__",
]
