import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen._table.cells import Column
from skgen.metrics._attacks import (
    AttackRisk,
    attack_risk,
    column_positions,
    draw_targets,
    surest,
)

COLUMNS = [Column(name, "continuous") for name in ("a", "b", ("c", 1))]


def test_the_risk_follows_from_the_rates_that_are_given():
    risk = attack_risk(70, 40, 100, n_baseline=20)
    expected = (risk.attack_rate - risk.control_rate) / (1 - risk.control_rate)
    assert_allclose(risk.value, expected)
    assert_allclose(risk.value, (0.7 - 0.4) / 0.6, atol=0.02)
    assert_allclose([risk.control_rate, risk.baseline_rate], [0.4, 0.2], atol=0.02)
    assert risk.n_attacks == 100
    assert risk.informative


def test_an_attack_that_control_attacks_surpass_has_no_risk():
    risk = attack_risk(40, 70, 100, chance=0.01)
    assert risk.value == 0
    assert risk.standard_error > 0


@pytest.mark.parametrize(("chance", "informative"), [(0.59, True), (0.65, False)])
def test_an_attack_must_surely_beat_naive_guesses(chance, informative):
    # the interval of 70 successes of 100 begins at .604
    assert attack_risk(70, 40, 100, chance=chance).informative == informative


def test_attacks_that_always_succeed_or_were_never_made_show_nothing():
    certain = attack_risk(100, 100, 100, chance=0.5)
    assert certain.value == 0
    assert certain.standard_error > 0.3
    none = attack_risk(0, 0, 0, n_baseline=0)
    assert (none.value, none.n_attacks, none.informative) == (0, 0, False)
    assert none.standard_error > 0.3


def test_the_surest_risk_is_not_the_one_known_worst():
    def risk(value, error):
        return AttackRisk(value, error, 0.5, 0.5, 0.5, 10, True)

    assert surest({"x": risk(0.5, 0.4), "y": risk(0.3, 0.01), "z": risk(0, 0)}) == "y"


@pytest.mark.parametrize(("asked", "n"), [(3, 3), (100, 5), (None, 5)])
def test_targets_are_equally_many_different_rows(asked, n):
    A, B = np.arange(8.0)[:, None], np.arange(5.0)[:, None] + 100
    rng = np.random.default_rng(0)
    first, second = draw_targets(A, B, asked, rng)
    assert first.shape == second.shape == (n, 1)
    assert len(np.unique(first)) == len(np.unique(second)) == n
    assert np.isin(first, A).all()
    assert np.isin(second, B).all()
    assert (
        draw_targets(A, B, 5, rng)[0].tolist() != draw_targets(A, B, 5, rng)[0].tolist()
    )


def test_columns_are_found_by_name():
    assert column_positions(COLUMNS, "b", "x") == [1]
    assert column_positions(COLUMNS, ["b", "a"], "x") == [1, 0]
    assert column_positions(COLUMNS, np.array(["b"]), "x") == [1]
    assert column_positions(COLUMNS, [("c", 1)], "x") == [2]
    numbered = [Column(0, "continuous"), Column(1, "continuous")]
    assert column_positions(numbered, np.int64(1), "x") == [1]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("d", "names the column 'd'"),
        ([], "at least one"),
        (["a", "a"], "each one once"),
    ],
)
def test_columns_that_do_not_exist_or_repeat_are_refused(names, message):
    with pytest.raises(ValueError, match=f"known .*{message}"):
        column_positions(COLUMNS, names, "known")
