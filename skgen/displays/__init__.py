"""Plots that show where synthetic rows differ from real ones. They need matplotlib."""

from ._detection import DetectionDisplay
from ._embedding import EmbeddingDisplay
from ._marginals import MarginalsDisplay
from ._pairwise import PairwiseDisplay
from ._privacy import PrivacyDisplay

__all__ = [
    "DetectionDisplay",
    "EmbeddingDisplay",
    "MarginalsDisplay",
    "PairwiseDisplay",
    "PrivacyDisplay",
]
