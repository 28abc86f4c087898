from sklearn.base import BaseEstimator, clone

from skgen import IndependentGenerator, TreeConditional
from skgen._components import DefaultComponentsMixin


class Holder(DefaultComponentsMixin, BaseEstimator):
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
