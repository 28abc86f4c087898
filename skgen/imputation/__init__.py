"""Imputation: missing cells filled by draws of a generator, once or several times."""

from skgen.imputation._imputer import GenerativeImputer
from skgen.imputation._pooling import PooledEstimate, pool

__all__ = ["GenerativeImputer", "PooledEstimate", "pool"]
