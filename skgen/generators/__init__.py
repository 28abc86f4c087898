"""The models."""

from skgen.generators._autoregressive import AutoregressiveGenerator
from skgen.generators._chained import ChainedGenerator
from skgen.generators._flow_matching import FlowMatchingGenerator
from skgen.generators._gaussian_mixture import GaussianMixtureGenerator
from skgen.generators._independent import IndependentGenerator
from skgen.generators._latent_factor import LatentFactorGenerator
from skgen.generators._refined import RefinedGenerator

__all__ = [
    "AutoregressiveGenerator",
    "ChainedGenerator",
    "FlowMatchingGenerator",
    "GaussianMixtureGenerator",
    "IndependentGenerator",
    "LatentFactorGenerator",
    "RefinedGenerator",
]
