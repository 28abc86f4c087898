"""Densities under rules sum to one, and rows given some cells follow them."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from sklearn.base import clone

from skgen import (
    AutoregressiveGenerator,
    BaseConditional,
    BoostedConditional,
    GaussianMixtureGenerator,
    IndependentGenerator,
    LatentFactorGenerator,
    TreeConditional,
)
from skgen._math.columns.supports import LevelSet, Range
from skgen.generators._restricted_draws import draw_between, draw_guess, draw_level
from skgen.rules import (
    Absolute,
    Dependency,
    Implication,
    Linear,
    OneHot,
    Order,
    Product,
)

MODELS = {
    "trees": AutoregressiveGenerator(TreeConditional()),
    "boosted": AutoregressiveGenerator(BoostedConditional(max_iter=10)),
    "independent": IndependentGenerator(),
    "mixture": GaussianMixtureGenerator(2),
    "factors": LatentFactorGenerator(1),
}


def _levels(rng, n):
    city = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    state = np.array(["x", "y"])[city // 2]
    size = np.where(rng.random(n) < 0.3 + 0.1 * city, "big", "small")
    return pd.DataFrame(
        {"city": np.array(list("abcd"))[city], "state": state, "s": size}
    )


def _one_hot(rng, n):
    level = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    X = pd.DataFrame({f"d{i}": (level == i).astype(int) for i in range(3)})
    return X.assign(s=np.where(rng.random(n) < 0.2 + 0.2 * level, "big", "small"))


def _implied(rng, n):
    phone = np.where(rng.random(n) < 0.3, "no", "yes")
    lines = np.where(phone == "no", "none", rng.choice(["one", "two"], n))
    return pd.DataFrame(
        {"lines": lines, "phone": phone, "s": rng.choice(["big", "small"], n)}
    )


def _sums(rng, n):
    a, b = rng.integers(0, 4, n), rng.integers(0, 3, n)
    return pd.DataFrame({"sum": a + b, "a": a, "b": b})


def _gaps(rng, n):
    a, b = rng.integers(0, 4, n), rng.integers(0, 4, n)
    return pd.DataFrame({"a": a, "gap": np.abs(a - b), "b": b})


def _products(rng, n):
    a, b = rng.integers(1, 4, n), rng.integers(1, 4, n)
    return pd.DataFrame({"cost": a * b, "a": a, "b": b})


def _ordered(rng, n):
    a = rng.integers(0, 4, n)
    return pd.DataFrame({"a": a, "b": a + rng.integers(0, 3, n)})


def _ranges(rng, n):
    # the distance would lose the few values that are used
    most = rng.choice([3, 7], n)
    return pd.DataFrame({"most": most, "used": np.minimum(rng.choice([1, 5], n), most)})


def _between(rng, n):
    low, high = rng.choice([2, 3], n), rng.choice([4, 5], n)
    middle = np.clip(rng.choice([1, 4, 5], n), low, high)
    return pd.DataFrame({"low": low, "high": high, "middle": middle})


def _balances(rng, n):
    loan = rng.choice([4, 6, 8], n)
    paid = np.where(rng.random(n) < 0.3, loan, rng.integers(0, 2, n))
    return pd.DataFrame({"loan": loan, "paid": paid, "balance": loan - paid})


def _parts(rng, n):
    parts = rng.multinomial(5, [0.5, 0.3, 0.2], n)
    return pd.DataFrame(parts, columns=list("abc"))


def _pairs(rng, n):
    a, b = rng.integers(0, 2, n), rng.integers(0, 3, n)
    X = pd.DataFrame({"a": np.array(list("xy"))[a], "b": np.array(list("pqr"))[b]})
    return X.assign(c=np.array(list("uvw"))[(a + b) % 3])


TABLES = {
    "dependency": (_levels, [Dependency("state", "city")]),
    "two determinants": (_pairs, [Dependency("c", ("a", "b"))]),
    "one hot": (_one_hot, [OneHot(("d0", "d1", "d2"))]),
    "implications": (
        _implied,
        [
            Implication("phone", "no", "lines", "none"),
            Implication("lines", "none", "phone", "no"),
        ],
    ),
    "sum": (_sums, [Linear("sum", {"a": 1, "b": 1})]),
    "absolute": (_gaps, [Absolute("gap", {"a": 1, "b": -1})]),
    "product": (_products, [Product("cost", ("a", "b"))]),
    "parts": (_parts, [Linear("a", {"b": -1, "c": -1}, constant=5)]),
    "order": (_ordered, [Order(("a", "b"))]),
    "range": (_ranges, [Order(("used", "most"))]),
    "between": (_between, [Order(("low", "middle", "high"))]),
    "point mass": (_balances, [Linear("loan", {"paid": 1, "balance": 1})]),
}


def _fitted(model, kind, missing=0.0, n=400):
    make, rules = TABLES[kind]
    X = make(np.random.default_rng(0), n)
    observed = X
    if missing:
        observed = X.mask(np.random.default_rng(1).random(X.shape) < missing)
    model = clone(MODELS[model]).set_params(rules=rules, random_state=0)
    return model.fit(observed), X, rules


def _all_rows(X, columns=None):
    """All combinations of the values of some columns; others are missing."""
    columns = list(X) if columns is None else list(columns)
    # numbers within their range and beyond, to which models give density
    values = [
        sorted(set(X[c]))
        if X[c].dtype.kind not in "if"
        else np.arange(X[c].min() - 12, X[c].max() + 13)
        for c in columns
    ]
    rows = pd.DataFrame(list(product(*values)), columns=columns)
    return rows.reindex(columns=list(X))


def _keeps(rules, rows, X):
    """Rows that keep rules, with what a dependency says in the table."""
    keeps = np.ones(len(rows), dtype=bool)
    for rule in rules:
        if isinstance(rule, Dependency):
            of = [*rule.determinants, rule.column]
            seen = X[of].drop_duplicates().assign(seen=True)
            keeps &= rows.merge(seen, on=of, how="left")["seen"].notna().to_numpy()
        else:
            keeps &= rule.holds(pd.concat([rows, X]))[: len(rows)]
    return keeps


@pytest.mark.parametrize("missing", [0.0, pytest.param(0.2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name == "factors" else ())
        for name in MODELS
    ],
)
def test_the_density_of_rows_that_keep_rules_sums_to_one(name, kind, missing):
    model, X, rules = _fitted(name, kind, missing)
    rows = _all_rows(X)
    density = np.exp(model.score_samples(rows))
    keeps = _keeps(rules, rows, X)
    # numbers are cut off; the share of rows that are drawn again is an estimate
    assert density[keeps].sum() == pytest.approx(1.0, abs=0.04)
    # one row in two of a table is the floor for cells that are impossible
    assert density[~keeps].max() < 1 / len(X)


# which part is the largest is checked only where all are known
@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "parts"])
@pytest.mark.parametrize(
    "name",
    [
        "trees",
        "mixture",
        pytest.param("independent", marks=pytest.mark.slow),
        pytest.param("factors", marks=pytest.mark.slow),
    ],
)
def test_the_density_of_some_columns_is_that_of_all_summed_up(name, kind):
    if name != "trees" and kind in ("between", "point mass"):
        pytest.skip("checks rows as a whole, which some columns do not tell of")
    model, X, rules = _fitted(name, kind)
    if name == "trees" and kind in ("range", "between", "point mass"):
        # most guesses of their few far values are in vain
        model.n_particles = 5_000
    everything = _all_rows(X)
    everything = everything[_keeps(rules, everything, X)]
    density = np.exp(model.score_samples(everything))
    for size in (1, 2):
        for some in combinations(X, size):
            rows = X[list(some)].drop_duplicates().reindex(columns=list(X))
            expected = everything.assign(p=density).groupby(list(some))["p"].sum()
            expected = rows.merge(
                expected.reset_index(), on=list(some), how="left", suffixes=("_", "")
            )["p"].to_numpy()
            # particles estimate some of them: four standard errors
            many = rows.loc[rows.index.repeat(20)]
            found = np.exp(model.score_samples(many)).reshape(-1, 20).mean(axis=1)
            assert found == pytest.approx(expected, rel=0.1, abs=0.012)


GIVEN = {
    "dependency": {"state": "y"},
    "two determinants": {"c": "v"},
    "one hot": {"d1": 0},
    "implications": {"phone": "yes"},
    "sum": {"sum": 3},
    "absolute": {"gap": 1},
    "product": {"cost": 6},
    "parts": {"b": 2},
    "order": {"b": 3},
    "range": {"used": 3},
    "between": {"middle": 4},
    "point mass": {"balance": 0},
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    "name",
    [
        "trees",
        pytest.param("independent", marks=pytest.mark.slow),
        pytest.param("mixture", marks=pytest.mark.slow),
        pytest.param("factors", marks=pytest.mark.slow),
    ],
)
def test_rows_given_a_cell_are_those_drawn_freely_that_have_it(name, kind):
    # chi-square tests; the false-alarm rate of all is below 1e-3, were draws
    # independent: resampled particles repeat each other, which halves the size
    model, _, _ = _fitted(name, kind)
    [(column, value)] = GIVEN[kind].items()
    free = model.sample(20_000, random_state=0)
    free = free[free[column] == value]
    given = model.sample(1_500, given=GIVEN[kind], random_state=1)
    both = pd.concat([free, given]).astype(str).agg(" ".join, axis=1)
    first, second = both[: len(free)], both[len(free) :]
    counts = pd.DataFrame({"a": first.value_counts(), "b": second.value_counts()})
    counts = counts.fillna(0.0)
    n, m = counts.sum()
    total = counts.sum(axis=1)
    terms = (counts["a"] * np.sqrt(m / n) - counts["b"] * np.sqrt(n / m)) ** 2 / total
    frequent = total >= 20
    degrees = max(1, frequent.sum() - 1)
    assert terms[frequent].sum() / 2 < chi2.isf(1e-5, degrees)
    assert total[~frequent].sum() < 0.1 * (n + m)


# --- proposals ----------------------------------------------------------------------


class Halves(BaseConditional):
    """Six levels, each of which but the last is half as probable as the one before."""

    probability = np.array([32, 16, 8, 4, 2, 2]) / 64

    def _fit(self, X, z, **kwargs):
        pass

    def _sample(self, X, rng):
        return rng.choice(6, len(X), p=self.probability).astype(float)

    def _log_prob(self, X, z):
        return np.log(self.probability[z.astype(int)])

    def log_prob(self, X, z):
        return self._log_prob(X, z)


@pytest.mark.parametrize("allowed", [[1, 3], [0, 1, 2], [4]])
def test_allowed_levels_are_drawn_in_proportion(allowed):
    rng, n = np.random.default_rng(0), 4000
    mask = np.zeros((n, 6), dtype=bool)
    mask[:, allowed] = True
    z, log_mass = draw_level(Halves(), np.empty((n, 0)), None, mask, rng)
    probability = Halves.probability[allowed]
    expected = n * probability / probability.sum()
    counts = (z[:, None] == allowed).sum(axis=0)
    assert counts.sum() == n
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert statistic < chi2.isf(1e-6, max(1, len(allowed) - 1))
    assert np.exp(log_mass) == pytest.approx(probability.sum())
    own = LevelSet(np.tile([True] * 5 + [False], (n, 1)))
    _, log_share = draw_level(Halves(), np.empty((n, 0)), own, mask, rng)
    assert np.exp(log_share) == pytest.approx(probability.sum() * 64 / 62)


class Column:
    integer_valued = True


def test_weights_of_proposals_estimate_probabilities():
    # five standard errors
    rng, n = np.random.default_rng(0), 20_000
    known = Range(np.full(n, 2.0), np.full(n, 4.0), np.empty((n, 0)))
    X = np.empty((n, 0))
    z, log_weight = draw_between(Halves(), X, None, known, Column(), rng)
    weight = np.exp(log_weight)
    inside = (z >= 2) & (z <= 4)
    assert (weight[~inside] == 0).all()
    for value in (2, 3, 4):
        expected = Halves.probability[value]
        found = weight * (z == value)
        assert abs(found.mean() - expected) < 5 * found.std() / np.sqrt(n)
    guesses = np.array([[1.0, np.nan, 1.0, 5.0]]) * np.ones((n, 1))
    z, log_weight = draw_guess(Halves(), X, guesses, None, rng)
    for value in (1, 5):
        found = np.exp(log_weight) * (z == value)
        error = 5 * found.std() / np.sqrt(n)
        assert abs(found.mean() - Halves.probability[value]) < error
