import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from skgen._math.mixture import em
from skgen._utils import parallel
from skgen.generators import _gaussian_mixture, _mixture_draws
from skgen.generators._gaussian_mixture import GaussianMixtureGenerator

TYPES = ["full", "tied", "diag", "spherical"]


def _clusters(n=600, seed=0):
    """Rows of three well separated clusters, far from unit scale."""
    rng = np.random.default_rng(seed)
    cluster = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    X = rng.normal(size=(n, 2))
    X[:, 1] += 0.7 * X[:, 0]
    return 50 * (X + 8 * np.array([[0, 0], [1, 0], [0, 1]])[cluster]) + 300, cluster


def _mixed_table(n=500, seed=0):
    """Two numbers, one of them with a point mass, and a category; none missing."""
    X, cluster = _clusters(n, seed)
    rng = np.random.default_rng([seed, 1])
    X[rng.random(n) < 0.3, 1] = 0.0
    noisy = np.where(rng.random(n) < 0.8, cluster, rng.integers(3, size=n))
    return pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": np.array(list("xyz"))[noisy]})


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("n_components", [1, 3])
def test_continuous_columns_give_the_mixture_of_scikit_learn(
    covariance_type, n_components
):
    X, _ = _clusters()
    options = {"covariance_type": covariance_type, "tol": 1e-12, "max_iter": 1000}
    ours = GaussianMixtureGenerator(
        n_components, marginals="linear", shrinkage=0.0, random_state=0, **options
    ).fit(X)
    scaler = StandardScaler().fit(X)
    theirs = GaussianMixture(n_components, random_state=0, **options)
    theirs.fit(scaler.transform(X))
    # separated clusters leave one optimum, up to the order of the components
    a, b = np.argsort(ours.weights_), np.argsort(theirs.weights_)
    assert_allclose(ours.weights_[a], theirs.weights_[b], atol=1e-6)
    assert_allclose(ours.means_[a], theirs.means_[b], atol=1e-6)
    found, expected = ours.covariances_, theirs.covariances_
    if covariance_type != "tied":
        found, expected = found[a], expected[b]
    assert_allclose(found, expected, atol=1e-6)
    expected = theirs.score_samples(scaler.transform(X)) - np.log(scaler.scale_).sum()
    assert_allclose(ours.score_samples(X), expected, atol=1e-6)
    assert_allclose(ours.lower_bound_, theirs.lower_bound_, atol=1e-6)
    bic = theirs.bic(scaler.transform(X))
    assert_allclose(ours.bics_[n_components], bic, rtol=1e-9)
    assert ours.converged_


@pytest.mark.parametrize("marginals", ["linear", "quantile"])
def test_bic_finds_well_separated_clusters(marginals):
    X, _ = _clusters()
    options = {"marginals": marginals, "random_state": 0}
    generator = GaussianMixtureGenerator("bic", **options).fit(X)
    expected = {"linear": 3, "quantile": generator.n_components_}[marginals]
    assert generator.n_components_ == expected
    assert min(generator.bics_, key=generator.bics_.get) == generator.n_components_
    assert 1 in generator.bics_
    assert generator.validation_scores_ == {}
    # every cluster keeps its share
    drawn = generator.sample(5000)
    for rows in (X, drawn):
        share = np.mean((rows[:, 0] > 500) & (rows[:, 1] < 700))
        assert abs(share - 0.3) < 0.1


@pytest.mark.parametrize("covariance_type", TYPES)
def test_auto_keeps_the_number_that_held_out_rows_are_likeliest_under(covariance_type):
    X, _ = _clusters()
    options = {"covariance_type": covariance_type, "marginals": "linear"}
    generator = GaussianMixtureGenerator(random_state=0, **options).fit(X)
    scores = generator.validation_scores_
    assert generator.n_components_ == max(scores, key=scores.get) >= 2
    # numbers are doubled until the first that scores worse
    assert list(scores) == [2**i for i in range(len(scores))]
    assert np.all(np.diff(list(scores.values())[:-1]) > 0)
    assert list(generator.bics_) == [generator.n_components_]


def test_auto_beats_bic_on_rows_of_no_clusters():
    # a ring has no number of components of its own
    angle, unseen = np.random.default_rng(0).uniform(0, 2 * np.pi, size=(2, 1500))
    ring = [np.column_stack([np.sin(a), np.cos(a), a]) for a in (angle, unseen)]
    rng = np.random.default_rng(1)
    ring = [X + rng.normal(scale=0.05, size=X.shape) for X in ring]
    scores = {}
    for n_components in ("auto", "bic"):
        generator = GaussianMixtureGenerator(n_components, random_state=0).fit(ring[0])
        scores[n_components] = generator.score(ring[1])
    assert scores["auto"] > scores["bic"]


def test_auto_finds_one_component_where_there_is_one():
    X = np.random.default_rng(0).normal(size=(400, 3))
    generator = GaussianMixtureGenerator(random_state=0).fit(X)
    assert generator.n_components_ == 1
    assert set(generator.validation_scores_) == {1, 2}


def test_auto_holds_out_the_only_rows_of_a_value():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=100), "b": 0.0, "c": "x"})
    X.loc[:1, "b"] = [1.5, 2.5]
    X.loc[0, "c"] = "y"
    generator = GaussianMixtureGenerator(rules=None, random_state=0).fit(X)
    assert np.isfinite(list(generator.validation_scores_.values())).all()
    assert np.isfinite(generator.score_samples(X)).all()


def test_auto_tries_no_more_than_max_components():
    X, _ = _clusters()
    generator = GaussianMixtureGenerator(max_components=1, random_state=0).fit(X)
    assert generator.n_components_ == 1
    assert generator.validation_scores_ == {}


def test_few_rows_in_many_columns_are_learned():
    X = np.random.default_rng(0).normal(size=(10, 20))
    unseen = np.random.default_rng(1).normal(size=(100, 20))
    generator = GaussianMixtureGenerator(random_state=0).fit(X)
    assert generator.n_components_ == 1
    assert generator.validation_scores_ == {}
    assert np.isfinite(generator.score_samples(unseen)).all()
    assert generator.sample(50).shape == (50, 20)
    unseen[:, ::2] = np.nan
    assert not np.isnan(generator.impute(unseen)).any()
    # the covariances of ten rows alone say nothing of unseen ones
    alone = GaussianMixtureGenerator(shrinkage=0.0, random_state=0).fit(X)
    assert alone.score(unseen) < generator.score(unseen) - 100


def test_more_components_than_rows_are_refused():
    with pytest.raises(ValueError, match=r"n_components.*5.*3"):
        GaussianMixtureGenerator(5).fit(np.arange(6.0).reshape(3, 2))


def test_singular_covariances_are_refused():
    x = np.random.default_rng(0).normal(size=(50, 1))
    options = {"shrinkage": 0.0, "reg_covar": 0.0, "marginals": "linear"}
    with pytest.raises(ValueError, match="reg_covar"):
        GaussianMixtureGenerator(1, rules=None, **options).fit(np.hstack([x, x]))


@pytest.mark.parametrize("covariance_type", TYPES)
def test_unknown_cells_are_integrated_out(covariance_type):
    X = _mixed_table()
    generator = GaussianMixtureGenerator(
        3, covariance_type=covariance_type, random_state=0
    ).fit(X)
    known = pd.DataFrame({"a": [310.0, 650.0, 310.0], "b": [0.0, 290.0, 330.0]})
    known["c"] = ["x", None, None]
    # zero, which has a probability of its own, is not on the grid
    grid = np.linspace(-400, 1400, 18_000)

    # the density of b and c, with a summed out
    rows = known.loc[[0]].assign(a=np.nan)
    table = pd.DataFrame({"a": grid, "b": 0.0, "c": "x"})
    density = np.exp(generator.score_samples(table))
    assert_allclose(
        np.exp(generator.score_samples(rows))[0],
        density.sum() * (grid[1] - grid[0]),
        rtol=5e-3,
    )
    # and of a alone: b is zero or a number, c is one of three
    total = 0.0
    for c in "xyz":
        table = pd.DataFrame({"a": 310.0, "b": grid, "c": c})
        total += np.exp(generator.score_samples(table)).sum() * (grid[1] - grid[0])
        table = pd.DataFrame({"a": [310.0], "b": [0.0], "c": [c]})
        total += np.exp(generator.score_samples(table))[0]
    rows = pd.DataFrame(
        {"a": [310.0], "b": [np.nan], "c": pd.Series([None], dtype=str)}
    )
    assert_allclose(np.exp(generator.score_samples(rows))[0], total, rtol=5e-3)


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("marginals", ["linear", "quantile"])
def test_draws_follow_the_density_given_known_cells(covariance_type, marginals):
    X = _mixed_table()
    generator = GaussianMixtureGenerator(
        3, covariance_type=covariance_type, marginals=marginals, random_state=0
    ).fit(X)
    n = 4000
    drawn = generator.sample(n, given={"a": 500.0}, random_state=1)
    assert (drawn["a"] == 500.0).all()
    low, high = X["b"][X["b"] != 0.0].min(), X["b"].max()
    ends = np.linspace(low, high, 2001)
    middles = (ends[:-1] + ends[1:]) / 2
    masses, numbers = {}, {}
    for c in "xyz":
        table = pd.DataFrame({"a": 500.0, "b": middles, "c": c})
        numbers[c] = np.exp(generator.score_samples(table)) * (ends[1] - ends[0])
        table = pd.DataFrame({"a": [500.0], "b": [0.0], "c": [c]})
        masses[c] = np.exp(generator.score_samples(table))[0]
    total = sum(masses.values()) + sum(part.sum() for part in numbers.values())
    # Hoeffding and Dvoretzky-Kiefer-Wolfowitz with false alarms of 1e-6; 0.01 more
    # for the grid and for what the range cuts off
    bound = np.sqrt(np.log(2 / 1e-6) / (2 * n)) + 0.01
    for c in "xyz":
        here = drawn["c"] == c
        at_mass = np.mean(here & (drawn["b"] == 0.0))
        assert abs(at_mass - masses[c] / total) < bound
        found = np.sort(drawn["b"][here & (drawn["b"] != 0.0)])
        found = np.searchsorted(found, ends[1:]) / n
        assert np.abs(found - np.cumsum(numbers[c]) / total).max() < bound


def test_draws_of_whole_numbers_follow_the_probabilities():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(2000, 2)) * [8.0, 6.0]
    z[:, 1] += 0.5 * z[:, 0]
    X = np.round(z).astype(int)
    generator = GaussianMixtureGenerator(1, random_state=0).fit(X)
    grid = np.stack(np.meshgrid(*[np.arange(-70, 71)] * 2), axis=-1).reshape(-1, 2)
    probability = np.exp(generator.score_samples(grid)).reshape(141, 141)
    assert_allclose(probability.sum(), 1.0, atol=2e-3)
    drawn = generator.sample(40_000)
    counts = np.zeros((141, 141))
    np.add.at(counts, (drawn[:, 1] + 70, drawn[:, 0] + 70), 1)
    # blocks of 10 x 10 values; five standard errors each, and 0.002 for the range
    found = counts[:140, :140].reshape(14, 10, 14, 10).sum(axis=(1, 3)) / 40_000
    expected = probability[:140, :140].reshape(14, 10, 14, 10).sum(axis=(1, 3))
    bound = 5 * np.sqrt(expected / 40_000) + 0.002
    assert np.all(np.abs(found - expected) < bound)


def test_missing_cells_hardly_bias_the_fit():
    X, _ = _clusters(2000)
    unseen, _ = _clusters(2000, seed=1)
    hidden = np.random.default_rng(2).random(X.shape) < 0.4
    options = {"marginals": "linear", "random_state": 0}
    complete = GaussianMixtureGenerator(3, **options).fit(X)
    partial = GaussianMixtureGenerator(3, **options).fit(np.where(hidden, np.nan, X))
    filled = np.where(hidden, X.mean(axis=0), X)
    filled = GaussianMixtureGenerator(3, **options).fit(filled)
    best = complete.score(unseen)
    assert partial.score(unseen) > best - 0.1
    assert filled.score(unseen) < best - 0.5


def test_whether_a_cell_is_missing_is_no_evidence_for_values():
    X = _mixed_table(800)
    rng = np.random.default_rng(5)
    # b is missing where a is large
    X.loc[(X["a"] > 500) & (rng.random(800) < 0.8), "b"] = np.nan
    generator = GaussianMixtureGenerator(8, random_state=0).fit(X)
    row = pd.DataFrame({"a": [np.nan], "b": [300.0], "c": ["x"]})
    grid = np.linspace(-400, 1400, 18_001)
    table = pd.DataFrame({"a": grid, "b": 300.0, "c": "x"})
    total = np.exp(generator.score_samples(table)).sum() * (grid[1] - grid[0])
    assert_allclose(np.exp(generator.score_samples(row))[0], total, rtol=5e-3)
    # yet rows are drawn with the missing cells where they were
    drawn = generator.sample(5000)
    for rows in (X, drawn):
        assert abs(np.mean(rows["b"].isna()[rows["a"] > 500]) - 0.8) < 0.08
        assert np.mean(rows["b"].isna()[rows["a"] < 500]) < 0.08


def test_codes_never_seen_are_never_drawn():
    c = pd.Categorical(list("xyxx") * 50, categories=["x", "never", "y"])
    X = pd.DataFrame({"a": np.random.default_rng(0).normal(size=200), "c": c})
    generator = GaussianMixtureGenerator(2, random_state=0).fit(X)
    assert set(generator.sample(3000)["c"]) == {"x", "y"}
    rows = pd.DataFrame({"a": np.nan, "c": c[:2]})
    assert_allclose(np.exp(generator.score_samples(rows)).sum(), 1.0)


@pytest.mark.parametrize("marginals", ["linear", "quantile"])
def test_numbers_stay_within_the_observed_range(marginals):
    X = np.random.default_rng(0).exponential(size=(300, 3))
    generator = GaussianMixtureGenerator(2, marginals=marginals, random_state=0).fit(X)
    for drawn in (
        generator.sample(3000),
        generator.sample(3000, given={0: 4.0})[:, 1:],
    ):
        low, high = X.min(axis=0)[-drawn.shape[1] :], X.max(axis=0)[-drawn.shape[1] :]
        assert np.all((drawn >= low) & (drawn <= high))
        # drawn again rather than moved to the ends
        assert np.mean((drawn == low) | (drawn == high)) < 0.01


def test_numbers_of_missing_cells_may_lie_anywhere():
    X, _ = _clusters(200)
    X[::3, 1] = np.nan
    # normal scores never leave the range
    generator = GaussianMixtureGenerator(2, marginals="linear", random_state=0).fit(X)
    unknown = np.ones((2, 2), dtype=bool)
    level = np.array([[0.0], [1.0]])  # of the missing indicator
    drawn = generator._is_drawn(unknown, level, blank=True)
    assert_array_equal(drawn, [[True, True], [True, False]])
    assert generator._is_drawn(unknown, level, blank=False).all()
    assert not generator._is_drawn(~unknown, level, blank=False).any()


def test_blocks_change_no_density(monkeypatch):
    X = _mixed_table(200)
    generator = GaussianMixtureGenerator(2, random_state=0).fit(X)
    whole = generator.score_samples(X)
    monkeypatch.setattr(_gaussian_mixture, "_BLOCK", 7)
    monkeypatch.setattr(_mixture_draws, "_BLOCK", 7)
    monkeypatch.setattr(_mixture_draws, "_FREE_BLOCK", 7)
    assert_allclose(generator.score_samples(X), whole)
    assert generator.sample(20).shape == (20, 3)
    X.loc[::2, "b"] = np.nan
    assert not generator.impute(X)["b"].isna().any()


def test_many_levels_are_clustered_in_a_sparse_matrix(monkeypatch):
    X = _mixed_table(300)
    dense = GaussianMixtureGenerator(3, random_state=0).fit(X)
    monkeypatch.setattr(em, "DENSE_LEVELS", 1)
    thin = GaussianMixtureGenerator(3, random_state=0).fit(X)
    assert_allclose(thin.score(X), dense.score(X), atol=0.1)


def test_more_starts_are_no_worse():
    X = _mixed_table(300)
    bounds = [
        GaussianMixtureGenerator(6, n_init=n, random_state=0).fit(X).lower_bound_
        for n in (1, 5)
    ]
    assert bounds[1] >= bounds[0]


def test_draws_follow_what_was_fitted_whatever_the_parameters_have_become():
    X, _ = _clusters(300)
    generator = GaussianMixtureGenerator(2, random_state=0).fit(X)
    score = generator.score(X)
    generator.set_params(covariance_type="diag", marginals="linear", n_components=9)
    assert generator.score(X) == score
    assert generator.sample(10).shape == (10, 2)


def test_numeric_columns_are_those_of_the_means():
    X = _mixed_table(300)[["c", "a", "b"]]
    generator = GaussianMixtureGenerator(2, random_state=0).fit(X)
    assert_array_equal(generator.numeric_columns_, [1, 2])
    assert generator.means_.shape == (2, 2)
    assert generator.covariances_.shape == (2, 2, 2)
    assert_allclose(generator.weights_.sum(), 1.0)


@pytest.mark.parametrize(
    "backend", [pytest.param("loky", marks=pytest.mark.slow), "threading"]
)
def test_starts_and_blocks_do_not_depend_on_the_number_of_jobs(backend, monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK_ROWS", 100)
    X = _mixed_table(300)
    found = []
    for n_jobs in (None, 2):
        generator = GaussianMixtureGenerator(4, n_init=3, n_jobs=n_jobs, random_state=0)
        with joblib.parallel_config(backend):
            drawn = generator.fit(X).sample(250)
            found.append((*generator._mixture, generator.score_samples(drawn)))
    for one, several in zip(*found, strict=True):
        assert_array_equal(several, one)
