import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose
from sklearn.mixture import GaussianMixture

from skgen import AutoregressiveGenerator, IndependentGenerator
from skgen.datasets import make_customers
from skgen.metrics._likelihood import log_likelihood

NAMES = ["monthly_fee", "country", "plan", "visits"]
INDEPENDENT = IndependentGenerator(random_state=0)


class Fixed:
    """A model that returns given densities."""

    def __init__(self, log_density):
        self.log_density = log_density

    def score_samples(self, X):
        return self.log_density


def customers(n, seed):
    return make_customers(n, random_state=seed)[0][NAMES]


def test_the_mean_and_its_error():
    found = log_likelihood(Fixed([-1.0, -2, -6]), np.ones((3, 1)))
    assert found.value == found.possible == -3
    assert found.standard_error == pytest.approx(np.std([1, 2, 6], ddof=1) / 3**0.5)
    assert found.n_impossible == 0


def test_a_normal_density_has_the_known_mean():
    rng = np.random.default_rng(0)
    model = GaussianMixture(random_state=0).fit(rng.normal(size=(20_000, 2)))
    found = log_likelihood(model, rng.normal(size=(20_000, 2)))
    # minus the entropy of two normal cells; the log-density has variance 1
    assert found.standard_error == pytest.approx(20_000**-0.5, rel=0.05)
    assert abs(found.value + np.log(2 * np.pi) + 1) < 4 * found.standard_error


def test_impossible_rows_are_counted():
    found = log_likelihood(Fixed([-1.0, -np.inf, -3]), np.ones((3, 1)))
    assert found.value == -np.inf
    assert np.isnan(found.standard_error)
    assert found[2:] == (1, -2)
    found = log_likelihood(Fixed([-np.inf]), np.ones((1, 1)))
    assert found[2] == 1
    assert np.isnan(found.possible)
    assert np.isnan(log_likelihood(Fixed([-1.0]), np.ones((1, 1))).standard_error)


def test_a_clone_is_fitted_to_synthetic_rows():
    real, drawn = customers(500, 0), customers(400, 1)
    drawn = drawn.mask(np.random.default_rng(0).random(drawn.shape) < 0.1)
    drawn["plan"] = customers(400, 1)["plan"]
    found = log_likelihood(INDEPENDENT, real, synthetic=drawn)
    expected = INDEPENDENT.__class__(random_state=0).fit(drawn).score_samples(real)
    assert found.value == pytest.approx(expected.mean())
    assert not hasattr(INDEPENDENT, "codec_")


def test_categories_that_synthetic_rows_lack_make_rows_impossible():
    real, drawn = customers(500, 0), customers(400, 1)
    drawn = drawn[drawn["country"] != "PT"]
    found = log_likelihood(INDEPENDENT, real, synthetic=drawn)
    assert found.value == -np.inf
    assert found.n_impossible == (real["country"] == "PT").sum() > 0
    rest = real[real["country"] != "PT"]
    expected = log_likelihood(INDEPENDENT, rest, synthetic=drawn).value
    assert found.possible == pytest.approx(expected)
    none = log_likelihood(
        INDEPENDENT, real.assign(country="XX"), synthetic=drawn.assign(country="YY")
    )
    assert none.n_impossible == 500


@pytest.mark.slow
def test_dependence_pays_and_damage_costs():
    train, test = customers(1000, 0), customers(1000, 1)
    model = AutoregressiveGenerator(random_state=0)
    rng, found = np.random.default_rng(0), []
    for share in (0.0, 0.5, 1.0):
        drawn = train.copy()
        rows = np.flatnonzero(rng.random(1000) < share)
        drawn.loc[rows, "plan"] = drawn.loc[rng.permutation(rows), "plan"].array
        found.append(log_likelihood(model, test, synthetic=drawn).value)
    assert np.all(np.diff(found) < -0.1)
    alone = log_likelihood(INDEPENDENT, test, synthetic=train)
    assert found[0] > alone.value + 3 * alone.standard_error


def test_containers_agree_and_are_left_alone():
    real, drawn = customers(100, 0), customers(80, 1)
    copy = real.copy()
    expected = log_likelihood(INDEPENDENT, real, synthetic=drawn)
    found = log_likelihood(
        INDEPENDENT, pl.from_pandas(real), synthetic=pl.from_pandas(drawn)
    )
    assert_allclose(found, expected)
    pd.testing.assert_frame_equal(real, copy)


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match="generator"):
        log_likelihood(object(), np.ones((3, 1)))
    with pytest.raises(
        ValueError, match=r"Fixed.score_samples .* 3 rows.*shape \(2,\)"
    ):
        log_likelihood(Fixed([0.0, 1.0]), np.ones((3, 1)))
    with pytest.raises(ValueError, match="1 values that are NaN"):
        log_likelihood(Fixed([0.0, np.nan, 1]), np.ones((3, 1)))
    with pytest.raises(ValueError, match="X must have the columns"):
        log_likelihood(
            INDEPENDENT,
            pd.DataFrame({"x": [1.0]}),
            synthetic=pd.DataFrame({"y": [1.0]}),
        )
