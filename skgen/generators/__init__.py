"""The models."""

from skgen.generators._autoregressive import (
    AutoregressiveGenerator as AutoregressiveGenerator,
)
from skgen.generators._chained import ChainedGenerator as ChainedGenerator
from skgen.generators._flow_matching import (
    FlowMatchingGenerator as FlowMatchingGenerator,
)
from skgen.generators._gaussian_mixture import (
    GaussianMixtureGenerator as GaussianMixtureGenerator,
)
from skgen.generators._independent import IndependentGenerator as IndependentGenerator
from skgen.generators._latent_factor import (
    LatentFactorGenerator as LatentFactorGenerator,
)
from skgen.generators._refined import RefinedGenerator as RefinedGenerator

__all__ = [name for name in globals() if not name.startswith("_")]
