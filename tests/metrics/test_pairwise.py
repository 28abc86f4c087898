import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_wine

from skgen._math.statistics.jackknife import jackknife
from skgen._utils.random import make_rng
from skgen.datasets import make_customers
from skgen.metrics._pairwise import pairwise_error
from skgen.table import Column

from .test_fidelity import customers, table_with_categories

# One minus the scores of pairs of the quality report of SDMetrics 0.32.0, with its
# thresholds of correlation and association at 0.
SDMETRICS = {
    load_wine: [
        0.023417589, 0.020515039, 0.132330163, 0.021722616, 0.617977528, 0.258426966,
        0.258426966, 0.031754969, 0.140811845, 0.047513103, 0.224719101, 0.393258427,
        0.348314607, 0.082397062, 0.13929088, 0.359550562, 0.258426966, 0.348314607,
        0.168702139, 0.325842697, 0.235955056, 0.359550562, 0.314606742, 0.179775281,
        0.337078652, 0.112359551, 0.382022472, 0.101123596,
    ],
    load_breast_cancer: [
        0.180628887, 0.000281805, 0.002555506, 0.003816953, 0.529713368, 0.363244379,
        0.310773412, 0.183186489, 0.176281517, 0.024076476, 0.307746479, 0.317840376,
        0.332332592, 0.002122524, 0.007873469, 0.550790709, 0.283086237, 0.257659995,
        0.008568936, 0.522807018, 0.31386212, 0.324400791, 0.448233259, 0.448233259,
        0.479305659, 0.427798369, 0.392401779, 0.054484804,
    ],
}  # fmt: skip


def permuted(X, seed):
    rng = np.random.default_rng(seed)
    return X.apply(lambda column: column.iloc[rng.permutation(len(X))].to_numpy())


@pytest.mark.parametrize("load", SDMETRICS)
def test_over_their_own_ranges_the_error_is_the_published_one(load):
    real, other = table_with_categories(load)
    error = pairwise_error(real, other, bins="own_range")
    upper = np.triu_indices(8, k=1)
    assert_allclose(error.pairs[upper], SDMETRICS[load], atol=1e-8)
    assert_allclose(error.value, np.mean(SDMETRICS[load]), atol=1e-8)


def test_pairs_are_a_symmetric_matrix_with_names():
    X = customers(200, 0)
    error = pairwise_error(X, customers(200, 1), random_state=0)
    assert error.names == tuple(X.columns)
    assert_array_equal(error.pairs, error.pairs.T)
    assert np.isnan(np.diag(error.pairs)).all()
    upper = error.pairs[np.triu_indices(11, k=1)]
    assert error.value == pytest.approx(upper.mean())


@pytest.mark.parametrize("bins", ["quantile", "own_range"])
def test_a_table_is_at_no_distance_from_itself(bins):
    X = customers(200, 0)
    error = pairwise_error(X, X.sample(frac=1, random_state=0), bins=bins)
    assert error.value == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.9])
def test_correlations_differ_by_what_they_should(correlation):
    rng = np.random.default_rng(0)
    a = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 20_000)
    c = [[1, correlation], [correlation, 1]]
    b = rng.multivariate_normal([5, 0], c, 20_000)
    # the error of a correlation is at most 1 / sqrt(20,000) = 0.007, of half the
    # difference of two 0.005
    found = pairwise_error(a, b).value
    assert found == pytest.approx(abs(correlation - 0.3) / 2, abs=0.02)


def test_contingency_tables_differ_by_what_they_should():
    real = pd.DataFrame({"a": list("xxyy") * 25, "b": list("uvuv") * 25})
    other = pd.DataFrame({"a": list("xxyy") * 25, "b": list("uuvv") * 25})
    assert pairwise_error(real, other).value == pytest.approx(0.5)
    missing = other.assign(b=None)
    assert pairwise_error(real, missing).value == pytest.approx(1)


def test_numbers_beside_categories_are_cut_at_the_deciles_of_real_ones():
    x = np.arange(100.0)
    real = pd.DataFrame({"x": x, "c": np.where(x < 50, "a", "b")})
    # the upper half of what had been one bin is exchanged with the lower half
    within = real.assign(x=x // 10 * 10 + 9 - x % 10)
    assert pairwise_error(real, within).value == 0
    other = real.assign(x=x[::-1])
    assert pairwise_error(real, other).value == pytest.approx(1)
    far = real.assign(x=np.where(x == 99, 1e9, x))
    assert pairwise_error(real, far).value == 0
    assert pairwise_error(real, far, bins="own_range").value > 0.8


def test_which_cells_are_missing_together_counts():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(1000, 2))
    other = real.copy()
    real[:400] = np.nan
    other[:400, 0] = np.nan
    other[400:800, 1] = np.nan
    # (60 % known, 40 % missing) against 40 %, 40 % and 20 %
    assert pairwise_error(real, other).value == pytest.approx(0.8)


def test_rows_of_the_same_distribution_are_near_and_independent_columns_far():
    real, other = customers(4000, 0), customers(4000, 1)
    near = pairwise_error(real, other, random_state=0)
    far = pairwise_error(real, permuted(other, 0), random_state=0)
    # k equal cells of n rows differ by about sqrt(k / (pi n)): 0.05 for 30 cells
    assert near.value < 0.05
    assert far.value > near.value + 10 * np.hypot(*[e[1] for e in (near, far)])


def test_more_damage_is_more_error():
    real = customers(2000, 0)
    names, errors = ["income", "plan", "visits"], []
    other = permuted(real, 1)
    for share in (0.0, 0.2, 0.5, 1.0):
        mixed = real.copy()
        rows = mixed.index < 2000 * share
        mixed.loc[rows, names] = other.loc[rows, names]
        errors.append(pairwise_error(real, mixed).value)
    assert np.all(np.diff(errors) > 0.005)


def test_only_pairs_of_the_broken_column_show():
    real, other = customers(1000, 0), customers(1000, 1)
    before = pairwise_error(real, other).pairs
    other["plan"] = other["plan"].iloc[::-1].to_numpy()
    change = pairwise_error(real, other).pairs - before
    at = list(real.columns).index("plan")
    assert np.nanmax(change[at]) > 0.3
    rest = np.delete(np.delete(change, at, 0), at, 1)
    assert np.nanmax(np.abs(rest)) < 1e-12


@pytest.mark.parametrize("bins", ["quantile", "own_range"])
def test_units_and_order_of_rows_do_not_matter(bins):
    real, other = customers(300, 0), customers(200, 1)
    expected = pairwise_error(real, other, bins=bins).pairs
    for table in (real, other):
        table["income"] = table["income"] * 1024 + 5
    found = pairwise_error(real[::-1], other.sample(frac=1), bins=bins).pairs
    assert_allclose(found, expected, atol=1e-9)


def test_containers_agree_and_are_left_alone():
    real, other = customers(200, 0), customers(150, 1)
    names = ["income", "monthly_fee", "months", "visits", "refunds"]
    real, other = real[names], other[names]
    copies = real.copy(), other.copy()
    expected = pairwise_error(real, other, random_state=0)
    polars = pairwise_error(pl.from_pandas(real), other, random_state=0)
    array = pairwise_error(real.to_numpy(float), other.to_numpy(float), random_state=0)
    assert polars[:2] == expected[:2] == array[:2]
    assert array.names == (0, 1, 2, 3, 4)
    pd.testing.assert_frame_equal(real, copies[0])
    pd.testing.assert_frame_equal(other, copies[1])


def test_the_standard_error_is_that_of_the_jackknife():
    # bins are fixed by codes here, so that leaving out rows changes nothing else
    rng = np.random.default_rng(0)
    columns = [
        Column(0, "categorical", n_categories=4),
        Column(1, "categorical", n_categories=3),
        Column(2, "continuous"),
        Column(3, "continuous"),
    ]
    Z = np.column_stack([rng.integers(0, 3, (300, 2)), rng.normal(size=(300, 2))])
    real, other = Z[:180], Z[180:]

    def statistic(a, b):
        return pairwise_error.core(columns[2:], a[:, 2:], b[:, 2:], make_rng(1)).value

    found = pairwise_error.core(columns[2:], real[:, 2:], other[:, 2:], make_rng(0))
    expected = jackknife(statistic, [real, other], make_rng(0))
    assert_allclose(found[:2], expected)

    def statistic(a, b):
        return pairwise_error.core(columns[:2], a[:, :2], b[:, :2], make_rng(1)).value

    found = pairwise_error.core(columns[:2], real[:, :2], other[:, :2], make_rng(0))
    expected = jackknife(statistic, [real, other], make_rng(0))
    assert_allclose(found[:2], expected)


def test_many_categories_and_columns_are_no_trouble():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 5000, (2000, 6)).astype(str))
    X[6] = rng.normal(size=2000)
    error = pairwise_error(X[:1000], X[1000:], categorical_features=list(range(6)))
    assert 0.9 < error.value <= 1


def test_edge_cases():
    one = pd.DataFrame({"x": [1.5], "c": ["a"]})
    error = pairwise_error(one, one)
    assert error.value == 0
    assert np.isnan(error.standard_error)
    for bins in ("quantile", "own_range"):
        nothing = pd.DataFrame({"x": [np.nan] * 3, "y": [1.0, 1, 1], "c": list("aba")})
        some = pd.DataFrame({"x": [0.5, 1, 2], "y": [1.0, 1, 1], "c": list("aba")})
        assert pairwise_error(nothing, nothing, bins=bins).value == 0
        assert pairwise_error(nothing, some, bins=bins).value == pytest.approx(2 / 3)
        assert pairwise_error(some, nothing, bins=bins).value == pytest.approx(2 / 3)
    X = make_customers(50, random_state=0)[0]
    with pytest.raises(ValueError, match="at least two columns"):
        pairwise_error(X[["income"]], X[["income"]])
    column = (Column(0, "continuous"),)
    Z = X[["income"]].to_numpy()
    assert np.isnan(pairwise_error.core(column, Z, np.ones((2, 1)), make_rng(0)).value)
