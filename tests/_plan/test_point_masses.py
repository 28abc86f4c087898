"""Point masses of sums, drawn before the numbers that are added."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen import AutoregressiveGenerator
from skgen._plan.fit import fit_plan
from skgen._plan.point_masses import PointMassCheck, PointMassStep
from skgen.rules import Linear
from skgen.table import TableCodec

from .examples import loans

RULES = [Linear("loan", {"paid": 1, "balance": 1})]


def _plan(X, **options):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    plan = fit_plan(RULES, codec, Z, **options)
    wide = np.full((len(Z), plan.n_columns), np.nan)
    wide[:, :3] = Z
    plan.measure(wide)
    return plan, wide


def test_an_input_follows_from_the_point_mass_of_a_sum():
    X = loans()
    plan, wide = _plan(X, in_order=True)
    assert isinstance(plan.steps[0], PointMassStep)
    [check] = [c for c in plan.checks if isinstance(c, PointMassCheck)]
    level = wide[:, 3]
    assert_array_equal(level, X["balance"] == 0)
    drawn = wide.copy()
    drawn[:, 1] = np.nan
    drawn[:, 1] = plan.compute(drawn, 1)
    assert_allclose(drawn[level == 1, 1], wide[level == 1, 1])
    assert np.isnan(drawn[level == 0, 1]).all()
    # elsewhere, the input must not make the point mass
    excluded = check.excluded(wide, 1, plan.units)[:, 0]
    loan = plan.units.numbers(excluded, 1)
    assert_allclose(loan[level == 0], X["loan"][level == 0])
    assert np.isnan(excluded[level == 1]).all()
    assert check.holds(wide, plan.units).all()
    wide[:, 3] = 1 - level
    assert not check.holds(wide, plan.units).any()


def test_models_that_do_not_draw_in_order_have_none():
    plan, _ = _plan(loans())
    assert not any(isinstance(step, PointMassStep) for step in plan.steps)


def test_the_share_of_a_point_mass_is_kept():
    X = loans()
    generator = AutoregressiveGenerator(rules=RULES, random_state=0).fit(X)
    rows = generator.sample(2_000)
    share = (X["balance"] == 0).mean()
    # draws are even: five standard errors of independent ones
    error = 5 * np.sqrt(share * (1 - share) / 2_000)
    assert (rows["balance"] == 0).mean() == pytest.approx(share, abs=error)
    assert_allclose(rows["loan"], rows["paid"] + rows["balance"], atol=0.006)
    given = generator.sample(50, given={"balance": 0.0})
    assert_allclose(given["paid"], given["loan"])
