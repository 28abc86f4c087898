"""What the template gives every conditional, and the predictors that it sees."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError

import skgen
from skgen import AutoregressiveGenerator, BaseConditional, ChainedGenerator
from skgen.conditionals._base import PredictorTable, fit_column_ranks
from skgen.table import Column


class Copies(BaseConditional):
    """Draws training values; has no density elsewhere."""

    _parameter_constraints: dict = {"shift": ["boolean"]}

    def __init__(self, shift=False):
        self.shift = shift

    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        self._X, self._values = X, np.unique(z)

    def _sample(self, X, rng):
        return rng.choice(self._values, len(X)) + self.shift

    def _log_prob(self, X, z):
        return np.where(np.isin(z, self._values), 0.0, -np.inf)


class Ranked(Copies):
    ranked_predictors = True


@pytest.fixture
def X():
    return np.random.default_rng(0).gamma(2.0, size=(40, 2)) * 100


def test_no_value_has_density_zero(X):
    conditional = Copies().fit(
        X,
        X[:, 0],
        predictors=[],
        target=Column("z", "continuous"),
        sample_weight=np.ones(40),
        rng=np.random.default_rng(0),
    )
    log_prob = conditional.log_prob(X, np.append(X[1:, 0], 1e9))
    assert np.isfinite(log_prob).all()
    # the floor has half a row's weight
    assert_allclose(np.exp(log_prob[:-1]), 1 - 0.5 / 41, rtol=1e-3)
    assert log_prob[-1] < log_prob[:-1].min()


@pytest.mark.parametrize("generator", [AutoregressiveGenerator, ChainedGenerator])
def test_three_hooks_make_a_conditional(generator, X):
    fitted = generator(Copies(), random_state=0).fit(X)
    assert set(fitted.sample(30)[:, 1]) <= set(X[:, 1])
    assert fitted.n_samples_needed == 1
    assert repr(clone(Copies(True))) == "Copies(shift=True)"


def test_parameters_are_checked(X):
    with pytest.raises(InvalidParameterError, match="'shift' parameter of Copies"):
        AutoregressiveGenerator(Copies("far")).fit(X)


@pytest.mark.parametrize("generator", [AutoregressiveGenerator, ChainedGenerator])
def test_other_objects_are_refused(generator, X):
    with pytest.raises(InvalidParameterError, match=r"instance of .*BaseConditional"):
        generator(skgen.IndependentGenerator()).fit(X)
    with pytest.raises(TypeError, match=r"Pass Copies\(\) instead"):
        generator(Copies).fit(X)


def test_a_conditional_needs_all_hooks():
    class Half(BaseConditional):
        def _fit(self, X, z, **parts):
            pass

    with pytest.raises(TypeError, match="_sample"):
        Half()


def test_predictors_are_cells_or_ranks(X):
    raw, ranked = (
        AutoregressiveGenerator(conditional, random_state=0).fit(X).conditionals_[1]
        for conditional in (Copies(), Ranked())
    )
    assert_array_equal(raw._X, X[:, :1])
    order = np.argsort(np.argsort(X[:, 0]))
    assert_allclose(ranked._X[:, 0], (order + 0.5) / 40, rtol=1e-6)


def test_cells_that_are_written_have_ranks():
    Z = np.array([[0.0, 10.0], [1.0, 20.0], [0.0, 40.0], [1.0, np.nan]])
    columns = [Column("c", "boolean", n_categories=2), Column("x", "continuous")]
    ranks = fit_column_ranks(Z, np.ones(4), columns)
    table = PredictorTable(Z.copy(), ranks)
    table.put(1, np.array([3]), np.array([30.0]))
    found = table.take(np.array([3, 0]), [1, 0], ranked=True)
    assert_allclose(found, [[2 / 3, 1.0], [1 / 6, 0.0]], rtol=1e-6)
    assert_array_equal(table.take(np.arange(4), [1], ranked=False)[3], [30.0])
    table.copy_rows(np.array([0]), np.array([3]))
    assert_array_equal(table.Z[0], [1.0, 30.0])
