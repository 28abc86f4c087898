import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from skgen import AutoregressiveGenerator, IndependentGenerator, RefinedGenerator
from skgen._utils.generators import (
    change_parameter,
    draw_rows,
    draws_given,
    takes_tables,
)

X = np.random.default_rng(0).normal(size=(60, 2))


def test_own_generators_draw_given_cells_and_foreign_ones_do_not():
    assert draws_given(AutoregressiveGenerator())
    assert not draws_given(KernelDensity())


@pytest.mark.parametrize(
    "generator", [IndependentGenerator(), KernelDensity(), GaussianMixture()]
)
def test_rows_of_any_generator(generator):
    generator.fit(X)
    assert draw_rows(generator, 5, np.random.default_rng(0)).shape == (5, 2)


def test_draws_are_seeded_and_given_cells_are_passed_on():
    generator = IndependentGenerator().fit(X)
    draws = [
        draw_rows(generator, 5, np.random.default_rng(seed), given={0: 0.5})
        for seed in (0, 0, 1)
    ]
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()
    assert (draws[0][:, 0] == 0.5).all()


def test_too_few_rows_are_an_error():
    class Lazy(IndependentGenerator):
        def sample(self, n_samples=1, *, given=None, random_state=None):
            return super().sample(n_samples - 1)

    with pytest.raises(ValueError, match="Lazy was asked for 5 rows and sampled 4"):
        draw_rows(Lazy().fit(X), 5, np.random.default_rng(0))


def test_parameters_are_changed_in_generators_within_generators_only():
    inner = AutoregressiveGenerator()
    outer = RefinedGenerator(inner)
    change_parameter(outer, "given", lambda value: ["y"] if value is None else value)
    assert inner.given == ["y"]
    change_parameter(outer, "given", lambda value: [*value, "z"])
    assert inner.given == ["y", "z"]
    change_parameter(outer, "nothing", lambda value: 1 / 0)


def test_foreign_generators_take_no_tables_unless_they_say_so():
    assert takes_tables(IndependentGenerator())
    assert not takes_tables(KernelDensity())
    assert not takes_tables(object())
