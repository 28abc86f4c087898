"""Generative models for tables as scikit-learn estimators: sample, impute, mask."""

from skgen._version import __version__
from skgen.base import BaseGenerator
from skgen.compose import (
    GenerativeClassifier,
    GenerativeRegressor,
    ResampledClassifier,
    ResampledRegressor,
)
from skgen.conditionals import (
    BaseConditional,
    BoostedConditional,
    EstimatorConditional,
    TreeConditional,
)
from skgen.displays import (
    DetectionDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    PairwiseDisplay,
    PrivacyDisplay,
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
from skgen.report import ComparisonReport, compare
from skgen.resampling import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
)
from skgen.table import TableCodec

__all__ = [
    "AutoregressiveGenerator",
    "BaseConditional",
    "BaseGenerator",
    "BoostedConditional",
    "ChainedGenerator",
    "ComparisonReport",
    "DetectionDisplay",
    "EmbeddingDisplay",
    "EstimatorConditional",
    "FlowMatchingGenerator",
    "GaussianMixtureGenerator",
    "GenerativeAugmenter",
    "GenerativeClassifier",
    "GenerativeImputer",
    "GenerativeMasker",
    "GenerativeOverSampler",
    "GenerativeRegressor",
    "GenerativeReplacer",
    "IndependentGenerator",
    "LatentFactorGenerator",
    "MarginalsDisplay",
    "PairwiseDisplay",
    "PrivacyDisplay",
    "RefinedGenerator",
    "ResampledClassifier",
    "ResampledRegressor",
    "TableCodec",
    "TreeConditional",
    "__version__",
    "compare",
]
