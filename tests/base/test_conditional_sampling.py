"""Rows within ranges and sets, and what cannot be given."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, truncnorm

from skgen import (
    AutoregressiveGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    TreeConditional,
)

ALPHA = 1e-6


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    age = rng.integers(18, 90, size=2000)
    return pd.DataFrame(
        {
            "age": age,
            "country": rng.choice(["FR", "DE", "IT"], size=2000, p=[0.6, 0.3, 0.1]),
            "income": np.round(age / 10 + rng.normal(size=2000), 2),
            "sex": np.where(rng.random(2000) < 0.5, "f", "m"),
        }
    )


@pytest.fixture(scope="module")
def trees(people):
    return AutoregressiveGenerator(TreeConditional(), random_state=0).fit(people)


def test_ranges_and_sets_together(trees):
    given = {"age": (18, 30), "country": {"FR", "DE"}, "sex": "f"}
    drawn = trees.sample(200, given=given)
    assert len(drawn) == 200
    assert drawn["age"].between(18, 30).all()
    assert set(drawn["country"]) == {"FR", "DE"}
    assert set(drawn["sex"]) == {"f"}


def test_each_row_has_its_own_values_beside_a_range(trees):
    age = np.repeat([20, 80], 300)
    drawn, ess = trees.sample(
        600, given={"age": age, "income": (4.0, 6.0)}, return_ess=True
    )
    assert (drawn["age"] == age).all()
    assert drawn["income"].between(4, 6).all()
    assert (ess > 0).all()
    # what the young have at least is what the old have at most
    assert drawn["income"][:300].mean() < 5 < drawn["income"][300:].mean()


def test_decoded_numbers_are_within_the_range(people):
    # 4.004 is within, but 4.00, which it would be rounded to, is not
    generator = IndependentGenerator(random_state=0).fit(people)
    drawn = generator.sample(2000, given={"income": (4.003, 4.5)})
    assert drawn["income"].min() >= 4.01


def test_a_rare_range_of_a_normal_column_is_truncated_normal():
    X = np.random.default_rng(0).normal(size=(4000, 2))
    X[:, 1] += X[:, 0]
    generator = GaussianMixtureGenerator(1, marginals="linear", random_state=0).fit(X)
    drawn, ess = generator.sample(1000, given={0: (2.5, None)}, return_ess=True)
    assert np.isfinite(ess).any()
    mean, deviation = X[:, 0].mean(), X[:, 0].std()
    ends = (np.array([2.5, X[:, 0].max()]) - mean) / deviation
    law = truncnorm(*ends, loc=mean, scale=deviation)
    # rows that share their proposals are not independent: a quarter of them counts
    assert kstest(drawn[::4, 0], law.cdf).pvalue > ALPHA
    slope = np.cov(drawn.T)[0, 1] / drawn[:, 0].var()
    assert abs((drawn[:, 1] - drawn[:, 0]).mean()) < 5 / np.sqrt(250)
    assert 0 < slope < 2


def test_one_value_of_a_range_is_as_if_given(trees):
    drawn = trees.sample(300, given={"age": (40, 40)})
    assert (drawn["age"] == 40).all()


def test_seeded_calls_within_ranges_repeat(trees):
    given = {"income": (8.9, None), "age": (18, 50)}
    draws = [trees.sample(50, given=given, random_state=s) for s in (0, 0, 1)]
    pd.testing.assert_frame_equal(draws[0], draws[1])
    assert not draws[0].equals(draws[2])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"age": 150}, "'age' is given a value outside the range"),
        ({"age": (100, 120)}, "range or set of 'age' cannot be drawn"),
    ],
)
def test_what_has_almost_no_probability_is_refused(trees, given, message):
    with pytest.raises(ValueError, match=message):
        trees.sample(20, given=given)


def test_cells_that_exclude_each_other_are_refused_together():
    rng = np.random.default_rng(0)
    sex = rng.choice(["f", "m"], size=30_000)
    X = pd.DataFrame({"sex": sex, "weight": rng.normal(size=30_000), "again": sex})
    generator = GaussianMixtureGenerator(
        2, level_smoothing=1e-3, rules=None, random_state=0
    ).fit(X)
    with pytest.raises(ValueError, match="'sex', 'again' almost no probability tog"):
        generator.sample(5, given={"sex": "f", "again": "m"})
    # what single rows hold is not judged
    given = {"sex": ["f", "m"] * 3, "again": ["m", "f"] * 3}
    assert list(generator.sample(6, given=given)["again"]) == given["again"]


def test_ranges_that_exclude_each_other_are_refused():
    X = np.random.default_rng(0).normal(size=(2000, 2))
    X[:, 1] = X[:, 0] + 0.1 * X[:, 1]
    generator = GaussianMixtureGenerator(1, marginals="linear", random_state=0).fit(X)
    with pytest.raises(ValueError, match="of 0, 1 cannot be drawn"):
        generator.sample(5, given={0: (2, None), 1: (None, -2)})


def test_repeated_rows_are_warned_of(people):
    generator = AutoregressiveGenerator(
        TreeConditional(), n_particles=1, random_state=0
    ).fit(people)
    with pytest.warns(UserWarning, match="median effective sample size"):
        generator.sample(500, given={"country": "IT", "income": 8.9})


def test_without_a_density_rare_rows_are_an_error(people):
    class Blind(IndependentGenerator):
        _score_samples = None

    generator = Blind(random_state=0).fit(people)
    assert len(generator.sample(50, given={"age": (40, 50)})) == 50
    with pytest.raises(ValueError, match="fewer than one such row in 200"):
        generator.sample(50, given={"age": (40, 40), "country": {"IT"}})
