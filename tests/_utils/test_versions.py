import copy
import pickle
import warnings

import pytest

from skgen import (
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    IndependentGenerator,
    ResampledClassifier,
)
from skgen._utils import mixins

ESTIMATORS = [
    GenerativeImputer(),
    GenerativeMasker([0]),
    GenerativeOverSampler(),
    IndependentGenerator().fit([[1.0], [2.0]]),
    ResampledClassifier(),
]


def names(estimator):
    return type(estimator).__name__


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=names)
def test_another_version_is_told(estimator, monkeypatch):
    stored = pickle.dumps(estimator)
    monkeypatch.setattr(mixins, "__version__", "9.9")
    told = f"This {names(estimator)} was stored by skgen 0.*loaded by 9.9"
    with pytest.warns(UserWarning, match=told):
        pickle.loads(stored)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=names)
def test_the_same_version_is_silent_and_leaves_no_trace(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = pickle.loads(pickle.dumps(estimator))
        copied = copy.copy(estimator)
    assert vars(loaded).keys() == vars(copied).keys() == vars(estimator).keys()


def test_a_state_without_version_is_told():
    estimator = IndependentGenerator()
    with pytest.warns(UserWarning, match="stored by skgen an unknown version"):
        estimator.__setstate__({"random_state": 3})
    assert estimator.random_state == 3
