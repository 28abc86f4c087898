"""Which column a rule computes."""

import numpy as np
import pandas as pd
from numpy.testing import assert_array_equal

from skgen import AutoregressiveGenerator, TreeConditional
from skgen._plan.fit import fit_plan
from skgen.rules import Dependency, Linear, OneHot
from skgen.table import TableCodec


def plan_of(X, rules):
    codec = TableCodec().fit(X)
    return fit_plan(rules, codec, codec.encode(X))


def _paid(share_fine, n_rows=400):
    """Totals of which a share has more decimals than their parts."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(100, 9_000, (n_rows, 2)) / 100, columns=["a", "b"])
    rest = np.where(rng.random(n_rows) < share_fine, rng.uniform(-4, 4, n_rows), 0)
    return X.assign(total=(X["a"] + X["b"] + rest / 1_000).round(8))


def test_a_total_that_is_seldom_finer_than_its_parts_is_computed():
    X = _paid(0.05)
    rule = Linear("total", {"a": 1, "b": 1}, tolerance=0.005)
    plan = plan_of(X, [rule])
    [step] = plan.steps
    assert step.target == 2
    assert step.residual == 3
    model = AutoregressiveGenerator(TreeConditional(), rules=[rule], random_state=0)
    drawn = model.fit(X).sample(400)
    assert rule.holds(drawn).all()
    # 95 % of the rows; the standard error is about 1 %
    exact = np.abs(drawn["total"] - drawn["total"].round(2)) < 1e-9
    assert exact.mean() > 0.9


def test_a_total_that_is_finer_than_a_part_makes_this_part_by_rounding():
    X = _paid(1.0)
    [step] = plan_of(X, [Linear("total", {"a": 1, "b": 1}, tolerance=0.005)]).steps
    assert step.target in (0, 1)
    assert step.residual is None


def test_a_group_is_looked_up():
    level = np.random.default_rng(0).integers(0, 3, 200)
    X = pd.DataFrame({f"d{i}": (level == i).astype(int) for i in range(3)})
    X["color"] = np.array(["red", "green", "blue"])[level]
    rules = [OneHot(("d0", "d1", "d2")), Dependency("d0", "color")]
    plan = plan_of(X, rules)
    assert plan.kept == rules
    assert plan.determined == {0, 1, 2, 4}
    model = AutoregressiveGenerator(TreeConditional(), rules=rules, random_state=0)
    drawn = model.fit(X).sample(50)
    assert_array_equal(drawn["d0"] == 1, drawn["color"] == "red")


def test_what_follows_is_drawn_before_the_columns_beside_it():
    rng = np.random.default_rng(0)
    hour, minute, late = rng.integers(0, 60, (3, 100))
    X = pd.DataFrame({"h": hour, "m": minute, "x": late, "time": 100 * hour + minute})
    rules = [Linear("time", {"h": 100, "m": 1})]
    model = AutoregressiveGenerator(TreeConditional(), rules=rules).fit(X)
    assert_array_equal(model.order_, [0, 1, 3, 2])
    assert_array_equal(model.predictors_[2], [0, 1, 3])
