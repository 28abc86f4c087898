"""Samplers for imbalanced-learn that draw rows from generators."""

from skgen.resampling._augmenter import GenerativeAugmenter as GenerativeAugmenter
from skgen.resampling._over_sampler import (
    GenerativeOverSampler as GenerativeOverSampler,
)
from skgen.resampling._replacer import GenerativeReplacer as GenerativeReplacer

__all__ = [name for name in globals() if not name.startswith("_")]
