import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge
from sklearn.utils._param_validation import HasMethods

from skgen import (
    AutoregressiveGenerator,
    EstimatorConditional,
    IndependentGenerator,
    TreeConditional,
)
from skgen._utils.mixins import DefaultComponentsMixin


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
