import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose

from skgen.datasets import make_customers
from skgen.metrics._singling_out import singling_out

CHANCE = 4  # standard errors: a false alarm in 30,000


def numbers(n, seed, n_columns=6):
    Z = np.random.default_rng(seed).normal(size=(n, n_columns))
    return pd.DataFrame(Z, columns=[f"x{j}" for j in range(n_columns)])


def mixed(n, seed):
    return make_customers(n, random_state=seed)[0]


def excess(risk):
    """The risk with its sign."""
    return (risk.attack_rate - risk.control_rate) / (1 - risk.control_rate)


@pytest.mark.parametrize("make", [numbers, mixed])
def test_copies_single_out(make):
    real, holdout = make(500, 0), make(500, 1)
    risk = singling_out(real, real, holdout=holdout, random_state=0)
    assert list(risk.attacks) == [1, 3]
    for attack in risk.attacks.values():
        assert attack.value > 0.97
        assert attack.informative
        assert attack.n_attacks == 500
    assert risk.n_rows == 500
    assert risk[:7] == tuple(risk.attacks[risk.n_columns])


@pytest.mark.parametrize("make", [numbers, mixed])
def test_fresh_rows_single_out_no_more_real_people_than_others(make):
    real, synthetic, holdout = (make(1000, seed) for seed in range(3))
    risk = singling_out(real, synthetic, holdout=holdout, random_state=0)
    for attack in risk.attacks.values():
        assert abs(excess(attack)) < CHANCE * attack.standard_error


def test_extremes_of_fresh_rows_single_out_one_table_in_four():
    # of the two largest of 2n numbers the first is then of the other table and the
    # second is not; two ends of each of 150 independent columns
    real, synthetic, holdout = (numbers(200, seed, 150) for seed in range(3))
    risk = singling_out(
        real, synthetic, holdout=holdout, n_columns=1, n_attacks=300, random_state=0
    )
    expected = 0.5 * 200 / 399
    error = np.sqrt(expected * (1 - expected) / 300)
    assert_allclose(risk.attack_rate, expected, atol=CHANCE * error)
    assert_allclose(risk.control_rate, expected, atol=CHANCE * error)


def test_the_risk_is_the_share_of_copies():
    real, holdout, fresh = (numbers(1000, seed) for seed in range(3))
    values = []
    for n_copies in (0, 250, 500, 1000):
        synthetic = pd.concat([real[:n_copies], fresh[n_copies:]])
        risk = singling_out(
            real, synthetic, holdout=holdout, n_columns=1, random_state=0
        )
        # a value is that of a copied row as often as there are copies
        share = n_copies / 1000
        assert abs(excess(risk) - share) < CHANCE * risk.standard_error
        values.append(risk.value)
    assert values == sorted(values)


def test_columns_drawn_independently_leak_single_cells_alone():
    real, holdout = numbers(1000, 0), numbers(1000, 1)
    rng = np.random.default_rng(0)
    synthetic = real.apply(rng.permutation)
    risk = singling_out(real, synthetic, holdout=holdout, random_state=0)
    assert risk.n_columns == 1
    assert risk.value > 0.97
    rows = risk.attacks[3]
    assert abs(excess(rows)) < CHANCE * rows.standard_error


def test_the_one_column_that_is_copied_leaks():
    real, holdout, fresh = (numbers(500, seed) for seed in range(3))
    synthetic = fresh.assign(x0=real["x0"])
    given = {"holdout": holdout, "n_columns": 1, "random_state": 0}
    risk = singling_out(real, synthetic, **given)
    assert abs(excess(risk) - 1 / 6) < CHANCE * risk.standard_error
    rest = singling_out(
        real.drop(columns="x0"),
        synthetic.drop(columns="x0"),
        **given | {"holdout": holdout.drop(columns="x0")},
    )
    assert rest.value < CHANCE * rest.standard_error


@pytest.mark.parametrize("n_holdout", [250, 4000])
def test_as_many_real_people_as_others_are_asked_about(n_holdout):
    real, synthetic = mixed(1000, 0), mixed(1000, 1)
    holdout = mixed(n_holdout, 2)
    risk = singling_out(real, synthetic, holdout=holdout, random_state=0)
    assert risk.n_rows == min(1000, n_holdout)
    for attack in risk.attacks.values():
        assert abs(excess(attack)) < CHANCE * attack.standard_error


@pytest.mark.slow
def test_containers_row_order_and_units_make_no_difference():
    real, holdout, fresh = (numbers(300, seed) for seed in range(3))
    synthetic = pd.concat([real[:100], fresh[:200]])
    # all rare cells that there are, so that none is left to chance
    given = {"n_columns": 1, "n_attacks": 10_000, "random_state": 0}
    risk = singling_out(real, synthetic, holdout=holdout, **given)
    assert risk.n_attacks == 6 * (300 + 2)
    assert risk.value > 0.2
    polars = singling_out(
        pl.from_pandas(real), pl.from_pandas(synthetic), holdout=holdout, **given
    )
    arrays = singling_out(
        real.to_numpy(), synthetic.to_numpy(), holdout=holdout.to_numpy(), **given
    )
    assert polars == arrays == risk
    units = [8 * part + 16 for part in (real, synthetic, holdout)]
    shuffled = [
        part.sample(frac=1, random_state=0) for part in (real, synthetic, holdout)
    ]
    for tables in (units, shuffled):
        other = singling_out(*tables[:2], holdout=tables[2], **given)
        # but for the naive guesses, which are drawn
        assert other[:4] == risk[:4]


def test_the_same_seed_gives_the_same_and_inputs_are_left_alone():
    real, synthetic, holdout = (mixed(200, seed) for seed in range(3))
    before = real.copy(), synthetic.copy(), holdout.copy()
    given = {"holdout": holdout, "n_attacks": 50, "random_state": 3}
    risk = singling_out(real, synthetic, **given)
    assert singling_out(real, synthetic, **given) == risk
    assert risk.n_attacks == 50
    for table, old in zip((real, synthetic, holdout), before, strict=True):
        pd.testing.assert_frame_equal(table, old)


def test_where_nobody_is_alone_nothing_is_known():
    table = pd.DataFrame({"a": ["x", "y"] * 50, "b": [True, False] * 50})
    risk = singling_out(table, table, holdout=table, n_attacks=20, random_state=0)
    assert list(risk.attacks) == [1, 2]
    for attack in risk.attacks.values():
        assert (attack.value, attack.n_attacks, attack.informative) == (0, 0, False)
        assert attack.standard_error > 0.5


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1.0]}),
        pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [None, None, None]}),
        pd.DataFrame({"a": list("xyz"), "b": [True, False, None]}),
        pd.DataFrame({"a": pd.to_datetime(["2020-01-01", None]), "b": [1, 2]}),
    ],
)
def test_small_and_degenerate_tables_have_a_risk(table):
    risk = singling_out(table, table, holdout=table, n_attacks=10, random_state=0)
    assert risk.value == 0
    assert risk.standard_error > 0.2


@pytest.mark.parametrize("n_columns", [0, 7, [1, 9], [], 1.5, ["x"], [[1]]])
def test_numbers_of_columns_that_there_are_not_are_refused(n_columns):
    table = numbers(10, 0)
    with pytest.raises(ValueError, match="n_columns"):
        singling_out(table, table, holdout=table, n_columns=n_columns)


def test_numbers_of_columns_are_attacks_of_their_own():
    real, holdout = numbers(100, 0), numbers(100, 1)
    risk = singling_out(real, real, holdout=holdout, n_columns=[4, 2, 2], n_attacks=20)
    assert list(risk.attacks) == [2, 4]
