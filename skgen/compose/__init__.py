"""Estimators that are composed of samplers and generators."""

from skgen.compose._generative import GenerativeClassifier
from skgen.compose._generative_regressor import GenerativeRegressor
from skgen.compose._resampled import ResampledClassifier
from skgen.compose._resampled_regressor import ResampledRegressor

__all__ = [
    "GenerativeClassifier",
    "GenerativeRegressor",
    "ResampledClassifier",
    "ResampledRegressor",
]
