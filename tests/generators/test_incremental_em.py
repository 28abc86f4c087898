from copy import deepcopy
from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from skgen import GaussianMixtureGenerator, LatentFactorGenerator
from skgen.datasets import make_customers
from skgen.generators import _incremental_em

MODELS = [
    *(
        GaussianMixtureGenerator(4, covariance_type=kind, tol=0.0, random_state=0)
        for kind in ("full", "tied", "diag", "spherical")
    ),
    GaussianMixtureGenerator(1, tol=0.0, random_state=0),
    LatentFactorGenerator(2, tol=0.0, max_iter=15, random_state=0),
]
IDS = ["full", "tied", "diag", "spherical", "single", "factors"]


@pytest.fixture(scope="module")
def customers():
    """Cells of all kinds; some numbers, dates and countries are missing."""
    return make_customers(900, random_state=0)[0]


def _pass(generator, table, ends=()):
    """One pass over parts of the rows that end at `ends`."""
    bounds = [0, *ends, len(table)]
    parts = [
        generator._collect_statistics(table.iloc[i:j], i) for i, j in pairwise(bounds)
    ]
    generator._em_iteration(reduce(add, parts))


def _parameters(generator):
    learned = getattr(generator, "_mixture", None) or generator._model
    return [np.asarray(part) for part in learned]


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_passes_go_the_way_of_the_fit(model):
    """EM in memory over all rows, stopped and gone on with, arrives where it would."""
    # missing numbers would let the prior depend on the number of steps
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(500, 3)), columns=list("xyz"))
    table["x"] += table["y"]
    table["c"] = np.where(table["x"] > rng.normal(size=500), "a", "b")
    table["d"] = rng.choice(["p", "q", "r"], size=500)
    table.loc[rng.random(500) < 0.2, "d"] = None
    whole = clone(model).set_params(max_iter=12).fit(table)
    early = clone(model).set_params(max_iter=5).fit(table)
    for _ in range(7):
        _pass(early, table, (300, 301))
    assert early.n_iter_ == whole.n_iter_ == 12
    if isinstance(model, LatentFactorGenerator):
        # what a step finds by draws depends on where their proposals were
        assert_allclose(early.score(table), whole.score(table), atol=0.02)
        return
    for ours, theirs in zip(_parameters(early), _parameters(whole), strict=True):
        assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9)
    assert_allclose(early.lower_bound_, whole.lower_bound_, rtol=1e-12)


def test_passes_over_continuous_columns_go_the_way_of_the_fit_of_factors():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(500, 2)) @ rng.normal(size=(2, 5))
    table += 0.5 * rng.normal(size=table.shape)
    table[:, 0][rng.random(500) < 0.2] = np.nan
    table = pd.DataFrame(table).rename(columns=str).drop(columns="0")
    model = LatentFactorGenerator(2, tol=0.0, random_state=0)
    whole = clone(model).set_params(max_iter=12).fit(table)
    early = clone(model).set_params(max_iter=5).fit(table)
    for _ in range(7):
        _pass(early, table, (100, 350))
    for ours, theirs in zip(_parameters(early), _parameters(whole), strict=True):
        assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_passes_depend_on_neither_parts_nor_blocks(model, customers, monkeypatch):
    found = []
    fitted = clone(model).fit(customers.iloc[:200].reset_index(drop=True))
    for ends, block in (((), 10**6), ((300, 600), 10**6), ((7, 450), 100)):
        monkeypatch.setattr(_incremental_em, "_BLOCK", block)
        generator = deepcopy(fitted)
        for _ in range(3):
            _pass(generator, customers, ends)
        found.append(generator)
    # probabilities of levels given factors are single precision
    rounding = 1e-4 if isinstance(model, LatentFactorGenerator) else 1e-9
    for other in found[1:]:
        for ours, theirs in zip(_parameters(other), _parameters(found[0]), strict=True):
            assert_allclose(ours, theirs, rtol=rounding, atol=rounding)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_passes_increase_the_objective_and_serve_unseen_rows(model, customers):
    unseen = make_customers(900, random_state=1)[0]
    generator = clone(model).fit(customers.iloc[:200].reset_index(drop=True))
    before = generator.score(unseen)
    for _ in range(8):
        _pass(generator, customers)
    bounds = generator.lower_bounds_
    assert len(bounds) == 8
    # draws of the factors leave an error that is nearly the same in each step
    slack = 0.003 if isinstance(model, LatentFactorGenerator) else 1e-12
    assert np.diff(bounds).min() > -slack
    assert bounds[-1] > bounds[0] + 0.1
    # the first fit gives the columns their own marginals, the passes do not
    assert generator.score(unseen) > before


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS[::5], ids=IDS[::5])
def test_what_the_sample_lacks_is_missing_or_at_the_end_of_the_range(model):
    rng = np.random.default_rng(0)
    seen = pd.DataFrame(
        {
            "a": rng.normal(size=300),
            "n": rng.integers(0, 50, size=300),
            "c": rng.choice(["x", "y"], size=300),
            "b": np.repeat(True, 300),
            "gone": np.full(300, np.nan),
        }
    )
    strange = seen.copy()
    strange.loc[:9, "a"], strange.loc[10:19, "n"] = 1e200, -7
    strange.loc[20:29, "c"], strange.loc[30:39, "b"] = "new", False
    strange["gone"] = 1.5
    plain = seen.copy()
    plain.loc[:9, "a"], plain.loc[10:19, "n"] = seen["a"].max(), seen["n"].min()
    plain.loc[20:29, "c"] = None
    found = []
    for table in (strange, plain):
        generator = clone(model).fit(seen)
        _pass(generator, table)
        found.append(generator)
    for ours, theirs in zip(*map(_parameters, found), strict=True):
        assert np.isfinite(ours).all()
        assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
    drawn = found[0].sample(500)
    assert set(drawn["c"]) == {"x", "y"}
    assert drawn["a"].between(seen["a"].min(), seen["a"].max()).all()


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS[::5], ids=IDS[::5])
def test_passes_end_when_they_gain_less_than_tol(model, customers):
    generator = clone(model).set_params(tol=0.05).fit(customers)
    assert not hasattr(generator, "lower_bounds_")
    n_iter, converged = generator.n_iter_, []
    for _ in range(6):
        _pass(generator, customers)
        converged.append(generator.converged_)
    gains = np.diff(generator.lower_bounds_)
    # the first has no gain to compare with
    assert converged == [False, *(gains < 0.05)]
    assert any(converged)
    assert generator.n_iter_ == n_iter + 6
    # a fit starts anew
    assert not hasattr(generator.fit(customers), "lower_bounds_")


@pytest.mark.slow
def test_a_pass_leaves_what_others_draw_from_as_it_was(customers, monkeypatch):
    generator = clone(MODELS[0]).fit(customers)
    frozen = generator._frozen()
    score = frozen.score(customers)
    drawn = generator.sample(5)
    take, before = GaussianMixtureGenerator._take_fitted_state, []

    def recorded(self, learned):
        before.append(self._mixture)
        take(self, learned)

    monkeypatch.setattr(GaussianMixtureGenerator, "_take_fitted_state", recorded)
    _pass(generator, customers)
    assert [each is frozen._mixture for each in before] == [True]
    assert generator._mixture is not frozen._mixture
    assert frozen.score(customers) == score
    # and calls go on differing from each other
    assert not generator.sample(5).equals(drawn)
    assert generator.means_ is generator._mixture.means
