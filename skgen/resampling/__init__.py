"""Samplers for imbalanced-learn that draw rows from generators."""

from skgen.resampling._augmenter import GenerativeAugmenter
from skgen.resampling._over_sampler import GenerativeOverSampler
from skgen.resampling._replacer import GenerativeReplacer

__all__ = ["GenerativeAugmenter", "GenerativeOverSampler", "GenerativeReplacer"]
