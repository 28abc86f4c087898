"""The models."""

from skgen.generators._autoregressive import AutoregressiveGenerator
from skgen.generators._independent import IndependentGenerator

__all__ = ["AutoregressiveGenerator", "IndependentGenerator"]
