"""Generators of tabular data: draw the unknown cells of a row given the known ones."""

from skgen.base import BaseGenerator
from skgen.conditionals import (
    BoostedConditional,
    EstimatorConditional,
    TreeConditional,
)
from skgen.generators import (
    AutoregressiveGenerator,
    ChainedGenerator,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
)
from skgen.imputation import GenerativeImputer
from skgen.masking import GenerativeMasker
from skgen.resampling import GenerativeOverSampler, GenerativeReplacer
from skgen.table import TableCodec

__version__ = "0.1.0"

__all__ = [
    "AutoregressiveGenerator",
    "BaseGenerator",
    "BoostedConditional",
    "ChainedGenerator",
    "EstimatorConditional",
    "FlowMatchingGenerator",
    "GaussianMixtureGenerator",
    "GenerativeImputer",
    "GenerativeMasker",
    "GenerativeOverSampler",
    "GenerativeReplacer",
    "IndependentGenerator",
    "LatentFactorGenerator",
    "RefinedGenerator",
    "TableCodec",
    "TreeConditional",
    "__version__",
]
