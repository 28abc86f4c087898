"""Filled cells keep rules, also where averages are filled in."""

import numpy as np
import pandas as pd
import pytest

from skgen import (
    AutoregressiveGenerator,
    ChainedGenerator,
    GaussianMixtureGenerator,
    GenerativeImputer,
    TreeConditional,
    describe,
)
from skgen.rules import Dependency, Linear

from .._plan.examples import RULES, broken, orders, with_missing

X = orders(200)
PART = with_missing(X, 0.25, seed=2)
OF_FILLED = RULES[:-1]
GENERATORS = {
    "chained": ChainedGenerator(TreeConditional(2), rules=RULES),
    "trees": AutoregressiveGenerator(TreeConditional(2), rules=RULES),
    "mixture": GaussianMixtureGenerator(1, rules=RULES),
}


@pytest.mark.parametrize("strategy", ["draw", "mean", "median"])
@pytest.mark.parametrize(
    "name",
    [
        "trees",
        pytest.param("mixture", marks=pytest.mark.slow),
        pytest.param("chained", marks=pytest.mark.slow),
    ],
)
def test_filled_cells_keep_rules(name, strategy):
    imputer = GenerativeImputer(
        GENERATORS[name], strategy=strategy, n_draws=3, random_state=0
    ).fit(PART)
    filled = imputer.transform(PART[:40])
    assert broken(filled, OF_FILLED) == {}
    assert not filled.isna().any(axis=None)
    known = PART[:40].notna()
    assert (filled == X[:40]).to_numpy()[known.to_numpy()].all()


def test_averages_of_inputs_make_computed_ones():
    part = X[["net", "tax", "total"]].copy()
    part.loc[:30, ["net", "total"]] = np.nan
    part.loc[20:40, "tax"] = np.nan
    rules = [Linear("total", {"net": 1, "tax": 1})]
    generator = GaussianMixtureGenerator(1, rules=rules)
    imputer = GenerativeImputer(generator, strategy="mean", n_draws=200, random_state=0)
    filled = imputer.fit_transform(part)
    assert broken(filled, rules) == {}
    # the mean of a column is near that of its observed cells
    assert filled["net"][20:30].std() < 0.3 * X["net"].std()
    assert abs(filled["net"][20:30].mean() - X["net"].mean()) < 5


def test_levels_are_looked_up_from_the_most_frequent_draw():
    part = X[["city", "state"]].copy()
    part.loc[:50, ["city", "state"]] = None
    rules = [Dependency("state", "city")]
    generator = AutoregressiveGenerator(TreeConditional(2), rules=rules)
    imputer = GenerativeImputer(generator, strategy="mean", n_draws=9, random_state=0)
    filled = imputer.fit_transform(part)
    assert broken(filled, rules) == {}


def test_rules_of_a_schema_are_kept():
    rules = [Linear("total", {"net": 1, "tax": 1})]
    few = X[["net", "tax", "total"]][:25]
    schema = describe(few).with_rules(rules)
    part = few.mask(np.random.default_rng(0).random(few.shape) < 0.2)
    generator = GaussianMixtureGenerator(1)
    for strategy in ("draw", "mean"):
        imputer = GenerativeImputer(
            generator, strategy=strategy, schema=schema, random_state=0
        )
        filled = imputer.fit_transform(part)
        assert broken(filled, rules) == {}
        assert isinstance(filled, pd.DataFrame)
