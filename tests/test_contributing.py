"""The examples of CONTRIBUTING do what it says."""

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.datasets import load_iris

from skgen import AutoregressiveGenerator, TableCodec, compare
from skgen._table import kinds
from skgen.datasets import make_customers
from skgen.estimator_checks import check_generator
from skgen.metrics._registry import METRICS

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE)


def module_of(defines):
    """The example that defines a name, as a module."""
    [example] = [e for e in EXAMPLES if re.search(rf"(class|def) {defines}\b", e)]
    module = ModuleType(f"contributing_{defines}")
    sys.modules[module.__name__] = module  # pickle looks classes up
    exec(compile(example, "CONTRIBUTING.md", "exec"), vars(module))
    return module


def test_no_example_is_left_out():
    assert len(EXAMPLES) == 5


@pytest.mark.slow
def test_the_generator_fulfils_the_contract():
    generator = module_of("BinGenerator").BinGenerator()
    results = check_generator(generator, on_skip=None)
    failed = [r["check_name"] for r in results if r["status"] != "passed"]
    # it has none of the parameters
    assert sorted(failed) == [
        "check_declared_rules_are_kept",
        "check_n_jobs_changes_nothing",
        "check_unseen_category_is_refused_if_asked_for",
    ]


def test_the_generator_draws_missing_cells():
    X, _ = make_customers(400, random_state=0)
    X["visits"] = X["visits"].mask(X["plan"] == X["plan"].iloc[0])
    generator = module_of("BinGenerator").BinGenerator(random_state=0).fit(X)
    drawn = generator.sample(400)
    first = drawn["plan"] == X["plan"].iloc[0]
    assert drawn["visits"].isna()[first].all()
    assert np.isfinite(generator.score_samples(X)).all()


def test_the_conditional_follows_its_predictors():
    conditional = module_of("NearestConditional").NearestConditional()
    X = load_iris().data
    generator = AutoregressiveGenerator(conditional, random_state=0).fit(X)
    assert np.isfinite(generator.score_samples(X)).all()
    drawn = generator.sample(500)
    # petals of length and width are correlated by .96; independent ones by .05 or less
    assert np.corrcoef(drawn[:, 2:].T)[0, 1] > 0.8


def test_the_metric_is_part_of_compare():
    known = dict(METRICS)
    try:
        metric = module_of("nearest_energy").nearest_energy
        rows = np.random.default_rng(0).normal(size=(240, 2))
        real, other, holdout = np.split(rows, 3)
        frame = compare(real, other, holdout=holdout, random_state=0).to_frame()
        assert "Energy" in frame["measure"].tolist()
        assert metric(real, other, random_state=0).value >= 0
        assert callable(metric.core)
    finally:
        METRICS.clear()
        METRICS.update(known)


def test_the_sampler_adds_rows():
    sampler = module_of("GenerativeAdder").GenerativeAdder(n_rows=7, random_state=0)
    X, y = load_iris(return_X_y=True)
    X_new, y_new = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_new[:150], X)
    assert np.bincount(y_new).tolist() == [57, 57, 57]


def test_the_kind_is_recognised(monkeypatch):
    percent = module_of("Percent").Percent
    missing, *others = kinds.KINDS
    monkeypatch.setattr(kinds, "KINDS", (missing, percent, *others))
    X = np.array([["91%"], ["7%"], [None]], dtype=object)
    codec = TableCodec().fit(X)
    assert codec.columns_[0].kind == "percent"
    np.testing.assert_array_equal(codec.encode(X).ravel(), [91, 7, np.nan])
    assert codec.decode(codec.encode(X)).tolist() == X.tolist()
    assert codec.decode([[12.4]]).tolist() == [["12%"]]
