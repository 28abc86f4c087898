"""Generative models for tables as scikit-learn estimators: sample, impute, mask."""

# ruff: noqa: F403, F405

from skgen._description import describe as describe
from skgen._version import __version__
from skgen.base import *
from skgen.compose import *
from skgen.conditionals import *
from skgen.displays import *
from skgen.generators import *
from skgen.imputation import GenerativeImputer as GenerativeImputer
from skgen.masking import *
from skgen.report import *
from skgen.resampling import *
from skgen.table import ColumnSchema as ColumnSchema
from skgen.table import Schema as Schema
from skgen.table import TableCodec as TableCodec

__all__ = ["__version__", "compare", "describe"]
__all__ += [name for name in globals() if name[0].isupper()]
