"""Masking: chosen cells of the training rows replaced by draws of a generator."""

from skgen.masking._masker import GenerativeMasker

__all__ = ["GenerativeMasker"]
