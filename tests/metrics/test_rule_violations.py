"""Shares of rows that break rules."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skgen.metrics import rule_violations
from skgen.rules import Order

from .ruled_tables import RULES, break_rule, ruled


@pytest.mark.parametrize("k", range(len(RULES)))
def test_shares_are_those_of_the_rows_that_were_broken(k):
    real, holdout = ruled(200, 0), ruled(100, 1)
    wrong = break_rule(ruled(150, 2), k, 0.2, 0)
    found = rule_violations(real, wrong, holdout=holdout, rules=RULES)
    assert found.value == 0.2
    assert_allclose(found.standard_error, np.sqrt(0.2 * 0.8 / 149))
    assert found.real == found.holdout == (0, 0)
    first, *rest = found.rules
    assert (first.rule.columns, first.synthetic) == (RULES[k].columns, 0.2)
    assert [one.synthetic for one in rest] == [0] * (len(RULES) - 1)
    assert (first.real, first.holdout) == (0, 0)


def test_the_worst_rule_comes_first_and_a_row_counts_once():
    real = ruled(200, 0)
    wrong = real
    for k, share in ((0, 0.1), (3, 0.5), (4, 0.25)):
        wrong = break_rule(wrong, k, share, 0)
    found = rule_violations(real, wrong, rules=RULES)
    # the same rows, the first of a permutation
    assert found.value == 0.5
    assert found.holdout is None
    assert [one.synthetic for one in found.rules[:3]] == [0.5, 0.25, 0.1]
    assert found.rules[0].holdout is None


def test_equal_rows_are_one_observation():
    real = ruled(100, 0)
    wrong = break_rule(real, 0, 0.5, 0)
    copied = pd.concat([wrong] * 4, ignore_index=True)
    once, often = (rule_violations(real, X, rules=RULES) for X in (wrong, copied))
    assert once.value == often.value
    assert_allclose(once.standard_error, often.standard_error)


def test_missing_cells_break_nothing():
    real = ruled(100, 0)
    wrong = break_rule(real, 0, 1.0, 0)
    wrong["tax"] = wrong["tax"].mask(np.arange(100) < 50)
    assert rule_violations(real, wrong, rules=RULES).value == 0.5


def test_printed_as_a_table():
    real = ruled(200, 0)
    found = rule_violations(
        real, break_rule(real, 2, 0.3, 0), holdout=real, rules=RULES[1:3]
    )
    assert repr(found).splitlines() == [
        "rows that break a rule: real 0 %, synthetic 30 %, holdout 0 %",
        "real  synthetic  holdout",
        " 0 %       30 %      0 %  start <= end",
        " 0 %        0 %      0 %  city -> state",
    ]
    none = rule_violations(real, real, rules=[])
    assert (none.value, none.rules) == (0, ())
    assert repr(none).endswith("there are no rules")


def test_rules_are_checked():
    X = ruled(30, 0)
    with pytest.raises(ValueError, match="'rules' parameter of rule_violations"):
        rule_violations(X, X, rules="all")
    with pytest.raises(ValueError, match=r"'start <= net' needs .* 'net'"):
        rule_violations(X, X, rules=[Order(("start", "net"))])
