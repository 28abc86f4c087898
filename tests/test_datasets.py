import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binomtest, kstest, norm, poisson
from sklearn.metrics import roc_auc_score

from skgen.datasets import make_customers

TODAY = pd.Timestamp("2026-01-01")
N = 200_000


@pytest.fixture(scope="module")
def customers():
    return make_customers(N, random_state=7)


def true_logit(X, log_income):
    """Log-odds of churn by the docstring, where nothing that it needs is missing."""
    r = X["refunds"]
    idle = (TODAY - X["last_visit"]).dt.days
    return (
        -3.8
        + 1.5 * (r > 0)
        + 0.5 * np.log1p(r)
        - 0.45 * X["visits"]
        + 1.3 * (X["months"] <= 3)
        + 0.5 * np.minimum(idle / 30, 6)
        + 0.8 * 1200 * X["monthly_fee"] / np.exp(log_income)
        - 0.7 * X["newsletter"]
    )


def assert_share(hits, share):
    """`share` is a plausible probability of the booleans `hits`."""
    assert binomtest(int(hits.sum()), len(hits), share).pvalue > 1e-4


def test_kinds_of_columns(customers):
    X, y = customers
    assert isinstance(X, pd.DataFrame)
    assert isinstance(y, pd.Series)
    assert len(X) == len(y) == N
    assert (y.name, y.dtype) == ("churned", np.int64)
    assert pd.api.types.is_string_dtype(X["country"])
    assert X["plan"].cat.ordered
    assert list(X["plan"].cat.categories) == ["basic", "plus", "pro"]
    assert X["newsletter"].dtype == bool
    for name in ("months", "visits"):
        assert X[name].dtype == np.int64
    for name in ("income", "monthly_fee", "total_paid", "refunds"):
        assert X[name].dtype == np.float64
    for name in ("signup", "last_visit"):
        assert pd.api.types.is_datetime64_dtype(X[name])
        assert (X[name].dropna() == X[name].dropna().dt.normalize()).all()


def test_identity_in_exact_cents(customers):
    X, _ = customers
    cents = (100 * X["monthly_fee"]).round().astype(int)
    assert (X["monthly_fee"] == cents / 100).all()
    assert set(cents) == {799, 999, 1599, 1999, 3999, 4999}
    assert (X["total_paid"] == cents * X["months"] / 100).all()
    assert ((X["monthly_fee"] * X["months"]).round(2) == X["total_paid"]).all()


def test_dates_are_in_order(customers):
    X, _ = customers
    seen = X.dropna(subset=["last_visit"])
    assert (seen["last_visit"] >= seen["signup"]).all()
    assert (seen["last_visit"] <= TODAY).all()
    never_back = (seen["last_visit"] == seen["signup"])[seen["visits"] == 0]
    assert_share(never_back, 0.4)
    assert ((TODAY - X["signup"]).dt.days // 30 == X["months"]).all()


def test_marginals(customers):
    X, y = customers
    for country, share in zip(
        ["DE", "ES", "FR", "IT", "NL", "PT"],
        [0.35, 0.15, 0.25, 0.15, 0.07, 0.03],
        strict=True,
    ):
        assert_share(X["country"] == country, share)
    assert_share(X["months"] == 60, np.exp(-59 / 18))
    assert_share(X["months"] == 1, 1 - np.exp(-1 / 18))
    assert_share(X["monthly_fee"].isin([7.99, 15.99, 39.99]), 0.3)
    assert 0.07 < y.mean() < 0.09
    assert X["refunds"].value_counts().idxmax() == 0
    assert X["refunds"].max() > 50 * X["refunds"].mean()


def test_conditionals(customers):
    X, _ = customers
    level = X["plan"].cat.codes
    for k in range(3):
        rows = X[level == k]
        assert_share(rows["newsletter"], expit(-0.6 + 0.5 * k))
        full = rows[rows["monthly_fee"].isin([9.99, 19.99, 49.99])]
        assert_share(full["refunds"] > 0, expit(-2 + 0.3 * k))
        visits = rows.loc[rows["newsletter"], "visits"]
        rate = np.exp(0.9 + 0.3 + 0.25 * k)
        for count in range(6):
            assert_share(visits == count, poisson.pmf(count, rate))
    amounts = np.log(X.loc[X["refunds"] > 0, "refunds"])
    assert kstest(amounts, norm(2.5, 0.9).cdf).pvalue > 1e-4


def test_plan_depends_on_income(customers):
    X, _ = customers
    known = X[X["income"].notna()]
    slope = 1.5 * (np.log(known["income"]) - 10.4)
    for plan, probability in {
        "basic": expit(0.2 - slope),
        "pro": expit(slope - 1.8),
    }.items():
        for tenth in np.array_split(np.argsort(slope.to_numpy()), 10):
            hits = known["plan"].iloc[tenth] == plan
            assert_share(hits, probability.iloc[tenth].mean())


def test_income_is_missing_by_its_own_value(customers):
    # Thinning the log-normal by the stated probabilities gives what is observed.
    X, _ = customers
    observed = np.log(X.loc[X["country"] == "DE", "income"].dropna().to_numpy())
    grid = np.linspace(7, 15, 20_001)
    density = np.exp(-((grid - 10.6) ** 2) / (2 * 0.6**2)) / (0.6 * np.sqrt(2 * np.pi))
    kept = density * expit(3 - 1.5 * (grid - 10.4))
    share = kept.sum() * (grid[1] - grid[0])
    cdf = np.cumsum(kept) / kept.sum()
    assert kstest(observed, lambda x: np.interp(x, grid, cdf)).pvalue > 1e-4
    assert_share(X.loc[X["country"] == "DE", "income"].notna(), share)


def test_last_visit_is_missing_by_visits(customers):
    X, _ = customers
    missing = X["last_visit"].isna()
    assert not missing[X["visits"] > 0].any()
    assert_share(missing[X["visits"] == 0], 0.5)
    others = X.columns.drop(["income", "last_visit"])
    assert X[others].notna().all(axis=None)


def test_target_follows_the_stated_probability(customers):
    X, y = customers
    known = X["income"].notna() & X["last_visit"].notna()
    probability = expit(true_logit(X[known], np.log(X.loc[known, "income"])))
    target = y[known]
    for tenth in np.array_split(np.argsort(probability.to_numpy()), 10):
        # Of independent but unequal coins, the count varies less than of equal ones.
        assert_share(target.iloc[tenth], probability.iloc[tenth].mean())
    assert 0.87 < roc_auc_score(target, probability) < 0.91


@pytest.mark.parametrize("share", [0, 0.013, 0.5, 1])
def test_weights(share):
    for weights in ([1 - share, share], [1 - share], np.array([1 - share, share])):
        X, y = make_customers(301, weights=weights, random_state=0)
        assert len(X) == len(y) == 301
        assert y.sum() == round(301 * share)


def test_weights_keep_each_class(customers):
    X, y = customers
    more, labels = make_customers(6000, weights=[0.5, 0.5], random_state=1)
    for label in (0, 1):
        usual = X.loc[y == label, "visits"]
        drawn = more.loc[labels == label, "visits"]
        spread = np.hypot(usual.sem(), drawn.sem())
        assert abs(usual.mean() - drawn.mean()) < 4 * spread
    # Classes come in random order, not one after the other.
    assert 0.4 < labels[:1000].mean() < 0.6


@pytest.mark.parametrize("weights", [[0.5, 0.6], [-0.1, 1.1], [0.2, 0.3, 0.5], 0.5, []])
def test_bad_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        make_customers(10, weights=weights)


def test_bad_n_samples():
    with pytest.raises(ValueError, match="n_samples"):
        make_customers(0)


def test_seed():
    X, y = make_customers(50, random_state=3)
    again, same = make_customers(50, random_state=3)
    other, _ = make_customers(50, random_state=4)
    pd.testing.assert_frame_equal(X, again)
    pd.testing.assert_series_equal(y, same)
    assert not X["total_paid"].equals(other["total_paid"])


def test_seeded_call_leaves_the_global_random_state_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_customers(10, random_state=0)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
