import numpy as np
from numpy.testing import assert_allclose

from skgen import IndependentGenerator


def test_columns_are_right_one_by_one_and_independent():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 5000)
    X = np.column_stack([a, a])
    drawn = IndependentGenerator(random_state=0).fit(X).sample(20_000)
    # five standard errors
    assert_allclose(drawn.mean(axis=0), X.mean(axis=0), atol=0.018)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / np.sqrt(20_000)


def test_density_of_a_row_is_the_product_over_its_columns():
    X = np.random.default_rng(1).normal(size=(300, 2))
    generator = IndependentGenerator().fit(X)
    rows = np.array([[0.1, -0.4], [0.1, np.nan], [np.nan, -0.4], [np.nan, np.nan]])
    both, first, second, none = generator.score_samples(rows)
    assert_allclose(both, first + second)
    assert none == 0.0
