"""The contract of generators, as checks that any model can run.

A generator that passes them works with every wrapper of this package. It needs no base
class: ``fit`` and ``sample`` are enough. Checks of ``impute``, ``score_samples``,
``sample_weight`` or a dataframe library are skipped if a generator lacks the method or
the library is not installed.
"""

# ruff: noqa: F403 (each module lists its checks)
from skgen.estimator_checks._data import *
from skgen.estimator_checks._density import *
from skgen.estimator_checks._given import *
from skgen.estimator_checks._interface import *
from skgen.estimator_checks._rules import *
from skgen.estimator_checks._runner import (
    CHECKS,
    check_generator,
    parametrize_with_checks,
)
from skgen.estimator_checks._state import *

__all__ = [
    "CHECKS",
    "check_generator",
    "parametrize_with_checks",
    *(check.__name__ for check in CHECKS),
]
