"""Resampled rows keep rules, whichever part of a sampler draws them."""

import warnings

import numpy as np
import pytest

from skgen import (
    AutoregressiveGenerator,
    GaussianMixtureGenerator,
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
    TreeConditional,
)
from skgen.rules import Linear

from .._plan.examples import RULES, broken, orders, with_missing

pytestmark = pytest.mark.slow
X = orders(160)
Y = (np.random.default_rng(0).random(len(X)) < 0.2).astype(int)
MISSING = with_missing(X, 0.1)


def trees():
    return AutoregressiveGenerator(TreeConditional(2), rules=RULES)


@pytest.mark.parametrize("table", [X, MISSING], ids=["complete", "missing"])
@pytest.mark.parametrize("pooling", ["none", "partial", "full"])
@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_rows_of_the_over_sampler_keep_rules(gaussian_share, pooling, table):
    sampler = GenerativeOverSampler(
        trees(), gaussian_share=gaussian_share, pooling=pooling, random_state=0
    )
    drawn, y = sampler.fit_resample(table, Y)
    assert (y == 1).sum() == (y == 0).sum() > len(table) / 2
    assert broken(drawn) == {}


@pytest.mark.parametrize("accept", [None, "likely"])
def test_rows_that_are_accepted_keep_rules(accept):
    sampler = GenerativeOverSampler(trees(), random_state=0)
    if accept is None:
        sampler.set_params(accept=None)
    assert broken(sampler.fit_resample(X, Y)[0]) == {}


@pytest.mark.parametrize(
    "sampler",
    [GenerativeAugmenter(trees()), GenerativeReplacer(trees())],
    ids=lambda sampler: type(sampler).__name__,
)
@pytest.mark.parametrize("table", [X, MISSING], ids=["complete", "missing"])
def test_rows_of_other_samplers_keep_rules(sampler, table):
    drawn, _ = sampler.set_params(random_state=0).fit_resample(table, Y)
    assert broken(drawn) == {}
    drawn, _ = sampler.fit_resample(table, X["net"] + X["price"])
    assert broken(drawn) == {}


def test_rules_are_found_in_all_rows_not_in_each_class():
    # ten rows of a class would not show a rule
    y = np.arange(len(X)) >= 10
    sampler = GenerativeOverSampler(
        GaussianMixtureGenerator(1), pooling="none", random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few rows
        drawn, _ = sampler.fit_resample(X[["net", "tax", "total"]], y)
    assert broken(drawn, [Linear("total", {"net": 1, "tax": 1})]) == {}


def test_declared_rules_that_cannot_be_kept_are_named_once():
    rules = [
        Linear("total", {"net": 1, "tax": 1}),
        Linear("total", {"net": 1, "gap": 1}),
    ]
    sampler = GenerativeOverSampler(GaussianMixtureGenerator(1, rules=rules))
    with pytest.warns(UserWarning, match="'total = net \\+ gap'") as caught:
        sampler.fit_resample(X, Y)
    assert sum("cannot be kept" in str(w.message) for w in caught) == 1
