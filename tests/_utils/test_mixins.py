"""Mixins of estimators: components, fitted state, stored version, wrappers."""

import copy
import inspect
import pickle
import warnings

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods

from skgen import (
    AutoregressiveGenerator,
    EstimatorConditional,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    IndependentGenerator,
    ResampledClassifier,
    TreeConditional,
)
from skgen._utils import mixins
from skgen._utils.mixins import (
    DefaultComponentsMixin,
    GenerativeWrapper,
    keeps_state_on_error,
)

# --- state ---


class Fitted:
    def __init__(self):
        self.seen_, self.kept_ = [1], True

    @keeps_state_on_error
    def fit(self, X, y=None):
        """Learn."""
        del self.kept_
        self.seen_, self.new_ = X, y
        if y == "bad":
            raise ValueError("y is bad")
        return self


def test_a_failed_method_leaves_the_attributes_as_they_were():
    estimator = Fitted()
    with pytest.raises(ValueError, match="y is bad"):
        estimator.fit([2], y="bad")
    assert vars(estimator) == {"seen_": [1], "kept_": True}


def test_a_method_that_works_keeps_what_it_has_set():
    estimator = Fitted()
    assert estimator.fit([2], y="good") is estimator
    assert vars(estimator) == {"seen_": [2], "new_": "good"}


def test_signature_and_docstring_are_those_of_the_method():
    assert list(inspect.signature(Fitted.fit).parameters) == ["self", "X", "y"]
    assert Fitted.fit.__doc__ == "Learn."


# --- version ---


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
def test_another_version_warns(estimator, monkeypatch):
    stored = pickle.dumps(estimator)
    monkeypatch.setattr(mixins, "__version__", "9.9")
    message = f"This {names(estimator)} was stored by skgen 0.*loaded by 9.9"
    with pytest.warns(UserWarning, match=message):
        pickle.loads(stored)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=names)
def test_the_same_version_is_silent_and_leaves_no_trace(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = pickle.loads(pickle.dumps(estimator))
        copied = copy.copy(estimator)
    assert vars(loaded).keys() == vars(copied).keys() == vars(estimator).keys()


def test_a_state_without_version_warns():
    estimator = IndependentGenerator()
    with pytest.warns(UserWarning, match="stored by skgen an unknown version"):
        estimator.__setstate__({"random_state": 3})
    assert estimator.random_state == 3


# --- components ---


class Holder(DefaultComponentsMixin, BaseEstimator):
    _parameter_constraints = {"generator": [HasMethods(["fit"]), None]}

    def __init__(self, generator=None):
        self.generator = generator

    @staticmethod
    def _default_components():
        return {"generator": IndependentGenerator}


def test_parameters_of_a_default_component():
    holder = Holder()
    assert holder.get_params(deep=False) == {"generator": None}
    assert holder.get_params()["generator__max_bins"] == "auto"
    assert holder.generator is None
    holder.set_params(generator__max_bins=8)
    assert clone(holder).generator.max_bins == 8
    holder.set_params(generator__max_bins=9)
    assert holder.generator.max_bins == 9
    holder.set_params(generator=TreeConditional(), generator__n_trees=2)
    assert holder.generator.n_trees == 2


def test_a_class_is_no_component():
    with pytest.raises(
        TypeError, match=r"^generator: .* the class Ridge\. Pass Ridge\(\) instead\.$"
    ):
        Holder(Ridge)._validate_params()
    Holder(Ridge())._validate_params()


@pytest.mark.parametrize(
    ("conditional", "message"),
    [
        (TreeConditional("few"), "'n_trees' parameter of TreeConditional"),
        (EstimatorConditional(Ridge), "^estimator: .* class Ridge"),
        (TreeConditional, "^conditional: .* class TreeConditional"),
    ],
)
def test_components_of_components_are_checked_before_all_else(conditional, message):
    holder = Holder(AutoregressiveGenerator(conditional))
    with pytest.raises((TypeError, ValueError), match=message):
        holder._validate_params()


def test_components_of_others_check_themselves():
    Holder(Ridge(alpha="strong"))._validate_params()


# --- wrappers ---


class Wrapper(GenerativeWrapper, BaseEstimator):
    def __init__(self, generator=None):
        self.generator = generator

    @staticmethod
    def _default_components():
        return {"generator": IndependentGenerator}


def test_a_wrapper_takes_the_tables_that_its_generator_takes():
    for generator, with_tables in [(None, True), (Ridge(), False)]:
        tags = get_tags(Wrapper(generator)).input_tags
        assert tags.allow_nan == tags.categorical == tags.string == with_tables


def test_a_wrapper_refuses_tables_without_rows():
    wrapper = Wrapper()
    wrapper.n_features_in_ = 3
    wrapper._refuse_no_rows(1)
    with pytest.raises(ValueError, match=r"^Found array with 0 sample\(s\).*Wrapper"):
        wrapper._refuse_no_rows(0)
