import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm
from sklearn.datasets import load_breast_cancer, load_wine

from skgen.datasets import make_customers
from skgen.metrics._fidelity import marginal_error, wasserstein_error

METRICS = [marginal_error, wasserstein_error]


def customers(n, seed):
    return make_customers(n, random_state=seed)[0]


def table_with_categories(load):
    """Halves of a bundled table, the second with damage; the record is of these."""
    bunch = load(as_frame=True)
    X = bunch.data.iloc[:, :5].copy()
    X.columns = [f"x{j}" for j in range(5)]
    large = np.where(X.x0 > X.x0.median(), "large", "small")
    X["size"] = np.where(X.x0 > X.x0.quantile(0.8), "huge", large)
    X["flag"] = X.x1 + X.x2 > (X.x1 + X.x2).median()
    X["y"] = bunch.target.astype(str)
    rows = np.random.RandomState(0).permutation(len(X))
    half = len(X) // 2
    real = X.iloc[rows[:half]].reset_index(drop=True)
    other = X.iloc[rows[half:]].reset_index(drop=True)
    other["x3"] *= 1.1
    for name in ("size", "x1"):
        other[name] = other[name].to_numpy()[::-1]
    return real, other


# One minus the scores of columns of the quality report of SDMetrics 0.32.0.
SDMETRICS = {
    load_wine: [
        0.101123596, 0.078651685, 0.179775281, 0.269662921,
        0.168539326, 0.078651685, 0.011235955, 0.101123596,
    ],
    load_breast_cancer: [
        0.082826785, 0.063775636, 0.07923153, 0.163627378,
        0.06092167, 0.068544601, 0.054484804, 0.033839881,
    ],
}  # fmt: skip


@pytest.mark.parametrize("load", SDMETRICS)
def test_marginal_error_is_the_published_one(load):
    error = marginal_error(*table_with_categories(load))
    assert_allclose(list(error.columns.values()), SDMETRICS[load], atol=1e-8)
    assert_allclose(error.value, np.mean(SDMETRICS[load]), atol=1e-8)


@pytest.mark.parametrize("metric", METRICS)
def test_a_table_is_at_no_distance_from_itself(metric):
    X = customers(200, 0)
    error = metric(X, X.sample(frac=1, random_state=0))
    assert error.value == pytest.approx(0, abs=1e-12)


def test_rows_of_the_same_distribution_are_near():
    error = marginal_error(customers(4000, 0), customers(4000, 1), random_state=0)
    # Kolmogorov: 0.04 = 1.79 sqrt(2 / 4000) has a probability of 0.3 % a column; the
    # expected distance is 0.87 sqrt(2 / 4000) = 0.019, smaller for categories
    assert max(error.columns.values()) < 0.04
    assert error.value < 0.019


@pytest.mark.parametrize("shift", [0.1, 1.0])
def test_shifts_of_normal_cells_have_the_known_distances(shift):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(20_000, 1)), rng.normal(shift, size=(20_000, 1))
    # 0.02 = 2 sqrt(2 / 20,000) has a probability of 0.1 %
    expected = 2 * norm.cdf(shift / 2) - 1
    assert marginal_error(a, b).value == pytest.approx(expected, abs=0.02)
    # the error of the difference of means is 0.01, the deviation sqrt(2 / pi)
    expected = shift / np.sqrt(2 / np.pi)
    assert wasserstein_error(a, b).value == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("metric", METRICS)
def test_categories_have_the_known_distance(metric):
    real = pd.DataFrame({"c": ["a"] * 60 + ["b"] * 40})
    other = pd.DataFrame({"c": ["a"] * 3 + ["b"] * 4 + ["new"] * 3})
    assert metric(real, other).value == pytest.approx(0.3)


@pytest.mark.parametrize("metric", METRICS)
def test_missing_cells_count(metric):
    real = pd.DataFrame({"c": list("ab") * 50, "x": np.arange(100.0)})
    other = real.copy()
    other.loc[np.random.default_rng(0).permutation(100) < 20] = None
    error = metric(real, other)
    assert error.columns["c"] == pytest.approx(0.2)
    assert error.columns["x"] >= 0.2
    assert error.columns["x"] < 0.3


@pytest.mark.parametrize("metric", METRICS)
def test_only_the_broken_column_shows(metric):
    real, other = customers(1000, 0), customers(1000, 1)
    before = metric(real, other).columns
    other["income"] *= 3
    after = metric(real, other).columns
    assert after["income"] > before["income"] + 0.3
    assert {k: v for k, v in after.items() if k != "income"} == {
        k: v for k, v in before.items() if k != "income"
    }


@pytest.mark.parametrize("metric", METRICS)
def test_more_damage_is_more_error(metric):
    real = customers(1000, 0)
    rng = np.random.default_rng(0)
    order, errors = rng.permutation(1000), []
    for share in (0.0, 0.2, 0.5, 1.0):
        other = real.copy()
        other.loc[order < 1000 * share, "income"] *= 2
        other.loc[order < 1000 * share, "country"] = "PT"
        errors.append(metric(real, other).value)
    assert np.all(np.diff(errors) > 0.01)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("factor", [1e-3, -7.0])
def test_units_and_order_of_rows_do_not_matter(metric, factor):
    real, other = customers(300, 0), customers(200, 1)
    expected = metric(real, other).columns
    for table in (real, other):
        table["income"] = table["income"] * factor + 5
    found = metric(real.sample(frac=1, random_state=0), other[::-1]).columns
    assert found.keys() == expected.keys()
    assert_allclose(list(found.values()), list(expected.values()))


def test_an_outlier_shows_in_the_distance_and_not_in_the_share():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(1000, 1)), rng.normal(size=(1000, 1))
    before, far = (m(a, b).value for m in METRICS)
    b[0] = 1e6
    assert marginal_error(a, b).value < before + 0.002
    assert wasserstein_error(a, b).value > far + 1000


@pytest.mark.parametrize("metric", METRICS)
def test_containers_agree_and_are_left_alone(metric):
    real, other = customers(200, 0), customers(150, 1)
    names = ["income", "monthly_fee", "months", "visits", "refunds"]
    real, other = real[names], other[names]
    copies = real.copy(), other.copy()
    expected = metric(real, other, random_state=0)
    found = metric(pl.from_pandas(real), other, random_state=0)
    assert found == expected
    found = metric(real.to_numpy(float), other.to_numpy(float), random_state=0)
    assert found[:2] == expected[:2]
    pd.testing.assert_frame_equal(real, copies[0])
    pd.testing.assert_frame_equal(other, copies[1])


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
def test_the_standard_error_is_that_of_repeated_draws(metric):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(150):
        a, b = rng.normal(size=(300, 2)), rng.normal(0.8, size=(300, 2))
        found.append(metric(a, b, random_state=0)[:2])
    value, error = np.transpose(found)
    # the mean square of 150 errors of 9 degrees of freedom, and the variance of 150
    # values, are within 15 % each; the jackknife is too large for a maximum
    assert 0.8 < np.sqrt(np.mean(error**2)) / value.std() < 1.5


@pytest.mark.parametrize("metric", METRICS)
def test_edge_cases(metric):
    one = pd.DataFrame({"x": [1.5]})
    error = metric(one, one)
    assert error.value == 0
    assert np.isnan(error.standard_error)
    nothing = pd.DataFrame({"x": [np.nan, np.nan]})
    assert metric(nothing, nothing).value == 0
    assert metric(nothing, pd.DataFrame({"x": [1.0, 2.0]})).value == 1
    constant = pd.DataFrame({"x": [2.0, 2.0]})
    assert metric(constant, constant).value == 0
    assert metric(constant, pd.DataFrame({"x": [2.0, 3.0]})).value == 0.5


@pytest.mark.parametrize("metric", METRICS)
def test_errors_name_the_table(metric):
    with pytest.raises(ValueError, match=r"synthetic must have the columns.*'x'"):
        metric(pd.DataFrame({"x": [1.0]}), pd.DataFrame({"y": [1.0]}))
    with pytest.raises(ValueError, match="random_state"):
        metric(np.ones((2, 1)), np.ones((2, 1)), random_state="no")
