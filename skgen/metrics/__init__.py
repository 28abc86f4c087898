"""Metrics of synthetic tables: fidelity, utility and privacy.

Each metric compares tables of any container, with mixed columns and missing cells, and
returns a value with its standard error. Metrics register themselves when their module
is imported.
"""

# ruff: noqa: F401

from skgen.metrics._attribute import attribute_inference
from skgen.metrics._coverage import coverage, precision_recall
from skgen.metrics._detection import detection_auc
from skgen.metrics._fidelity import marginal_error, wasserstein_error
from skgen.metrics._likelihood import log_likelihood
from skgen.metrics._linkability import linkability
from skgen.metrics._membership import membership_inference
from skgen.metrics._pairwise import pairwise_error
from skgen.metrics._records import (
    copy_rate,
    nearest_record_ratio,
    nearest_record_share,
)
from skgen.metrics._registry import METRICS
from skgen.metrics._rule_violations import rule_violations
from skgen.metrics._scorers import (
    detection_scorer,
    fidelity_scorer,
    make_generation_scorer,
    privacy_scorer,
)
from skgen.metrics._singling_out import singling_out
from skgen.metrics._utility import augmentation_gain, train_synthetic_test_real

__all__ = [
    *METRICS,
    "detection_scorer",
    "fidelity_scorer",
    "log_likelihood",
    "make_generation_scorer",
    "privacy_scorer",
]
