"""Plots of how synthetic rows differ from real rows. They need matplotlib."""

from skgen.displays._detection import DetectionDisplay
from skgen.displays._embedding import EmbeddingDisplay
from skgen.displays._marginals import MarginalsDisplay
from skgen.displays._pairwise import PairwiseDisplay
from skgen.displays._privacy import PrivacyDisplay

__all__ = [
    "DetectionDisplay",
    "EmbeddingDisplay",
    "MarginalsDisplay",
    "PairwiseDisplay",
    "PrivacyDisplay",
]
