import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose

from skgen.datasets import make_customers
from skgen.metrics._linkability import linkability

CHANCE = 4  # standard errors: a false alarm in 30,000
HALVES = (["a", "b"], ["c", "d"])


def numbers(n, seed):
    """Independent numbers, so that each pair of cells is of one person alone."""
    return pd.DataFrame(
        np.random.default_rng(seed).normal(size=(n, 4)), columns=list("abcd")
    )


def mixed(n, seed):
    return make_customers(n, random_state=seed)[0]


def excess(risk):
    """The risk with its sign."""
    return (risk.attack_rate - risk.control_rate) / (1 - risk.control_rate)


def test_copies_are_linked():
    real, holdout = numbers(500, 0), numbers(500, 1)
    risk = linkability(real, real, holdout=holdout, random_state=0)
    assert risk.value > 0.99
    assert risk.informative
    assert risk.n_attacks == 500
    assert_allclose(risk.baseline_rate, 1 / 500)


@pytest.mark.parametrize("make", [numbers, mixed])
@pytest.mark.parametrize("n_neighbors", [1, 5])
def test_fresh_rows_link_nobody(make, n_neighbors):
    real, synthetic, holdout = (make(1000, seed) for seed in range(3))
    risk = linkability(
        real, synthetic, holdout=holdout, n_neighbors=n_neighbors, random_state=0
    )
    assert abs(excess(risk)) < CHANCE * risk.standard_error


def test_columns_drawn_independently_link_nobody_of_independent_numbers():
    real, holdout = numbers(1000, 0), numbers(1000, 1)
    synthetic = real.apply(lambda z: np.random.default_rng(0).permutation(z))
    synthetic["a"] = synthetic["a"].to_numpy()[::-1]
    synthetic["c"] = np.roll(synthetic["c"], 100)
    risk = linkability(
        real, synthetic, holdout=holdout, columns=(["a"], ["c"]), random_state=0
    )
    assert risk.value < CHANCE * risk.standard_error
    assert risk.attack_rate < 0.01


def test_the_risk_is_the_share_of_copies():
    real, holdout, fresh = (numbers(1000, seed) for seed in range(3))
    values = []
    for n_copies in (0, 250, 500, 1000):
        synthetic = pd.concat([real[:n_copies], fresh[n_copies:]])
        risk = linkability(real, synthetic, holdout=holdout, random_state=0)
        # whoever is not copied is linked by chance alone
        share = n_copies / 1000
        assert abs(excess(risk) - share) < CHANCE * risk.standard_error
        values.append(risk.value)
    assert values == sorted(values)


def test_one_column_is_enough_to_break_the_link():
    real, holdout = numbers(500, 0), numbers(500, 1)
    synthetic = real.assign(a=real["a"].to_numpy()[::-1])
    broken, whole = (
        linkability(real, synthetic, holdout=holdout, columns=pair, random_state=0)
        for pair in ((["a"], ["b", "c"]), (["b"], ["c", "d"]))
    )
    assert broken.value < CHANCE * broken.standard_error
    assert whole.value > 0.99


def slow_links(targets, rows, scale, halves, n_neighbors):
    """Targets whose nearest rows by both halves have one in common, one by one."""
    count = 0
    for _, target in targets.iterrows():
        found = []
        for half in halves:
            distance = sum(
                (rows[c] != target[c]).astype(float)
                if isinstance(target[c], str)
                else (rows[c] - target[c]).abs() / scale[c]
                for c in half
            )
            found.append(set(np.argsort(distance.to_numpy())[:n_neighbors]))
        count += bool(found[0] & found[1])
    return count


@pytest.mark.parametrize("n_neighbors", [1, 3])
def test_links_are_those_found_one_by_one(n_neighbors):
    real, synthetic, holdout = (
        numbers(60, seed).assign(
            e=np.random.default_rng(seed).choice(list("xyz"), size=60)
        )
        for seed in range(3)
    )
    scale = real[list("abcd")].max() - real[list("abcd")].min()
    halves = (["a", "e", "b"], ["c", "d"])
    risk = linkability(
        real, synthetic, holdout=holdout, columns=halves, n_neighbors=n_neighbors
    )
    z2 = 1.959963984540054**2
    for table, rate in ((real, risk.attack_rate), (holdout, risk.control_rate)):
        n_links = slow_links(table, synthetic, scale, halves, n_neighbors)
        assert_allclose(rate, (n_links + z2 / 2) / (60 + z2))
    assert risk.columns == (["a", "e", "b"], ["c", "d"])


def test_containers_row_order_and_units_make_no_difference():
    real, holdout, fresh = (numbers(300, seed) for seed in range(3))
    synthetic = pd.concat([real[:100], fresh[:200]])
    given = {"columns": HALVES, "random_state": 0}
    risk = linkability(real, synthetic, holdout=holdout, **given)
    assert risk.value > 0.2
    polars = linkability(
        pl.from_pandas(real), pl.from_pandas(synthetic), holdout=holdout, **given
    )
    arrays = linkability(
        real.to_numpy(),
        synthetic.to_numpy(),
        holdout=holdout.to_numpy(),
        columns=([0, 1], [2, 3]),
        random_state=0,
    )
    units = [
        part.assign(a=1000 * part["a"] + 7, c=-part["c"])
        for part in (real, synthetic, holdout)
    ]
    scaled = linkability(*units[:2], holdout=units[2], **given)
    shuffled = [
        part.sample(frac=1, random_state=0) for part in (real, synthetic, holdout)
    ]
    ordered = linkability(*shuffled[:2], holdout=shuffled[2], **given)
    for other in (polars, scaled, ordered):
        assert other == risk
    assert arrays[:-1] == risk[:-1]


def test_equally_near_rows_are_not_found_by_how_the_table_is_sorted():
    # each person is one of ten, by the one half and by the other
    rng = np.random.default_rng(0)
    real, holdout = (
        pd.DataFrame(rng.integers(0, 10, (2000, 2)).astype(str), columns=["a", "b"])
        for _ in range(2)
    )
    rates = {
        linkability(
            real.sort_values(["a", "b"]),
            real.sort_values(["a", "b"]),
            holdout=holdout,
            columns=(["a"], ["b"]),
            random_state=seed,
        ).attack_rate
        for seed in range(5)
    }
    # all people are attacked: only the rows that are found can differ
    assert len(rates) > 1
    assert_allclose(np.mean(list(rates)), 20 / 380, atol=0.04)


def test_halves_cover_all_columns_and_depend_on_the_seed():
    real = mixed(50, 0)
    halves = {
        tuple(map(tuple, linkability(real, real, holdout=real, random_state=i).columns))
        for i in range(5)
    }
    assert len(halves) > 1
    for first, second in halves:
        assert sorted([*first, *second]) == sorted(real.columns)
        assert len(first) - len(second) == 1


def test_the_same_seed_gives_the_same_and_inputs_are_left_alone():
    real, synthetic, holdout = (mixed(200, seed) for seed in range(3))
    before = real.copy(), synthetic.copy(), holdout.copy()
    given = {"holdout": holdout, "n_attacks": 50, "random_state": 3}
    risk = linkability(real, synthetic, **given)
    assert linkability(real, synthetic, **given) == risk
    assert risk.n_attacks == 50
    for table, old in zip((real, synthetic, holdout), before, strict=True):
        pd.testing.assert_frame_equal(table, old)


def test_all_rows_looked_up_link_everybody_and_disclose_nothing():
    real, holdout = numbers(20, 0), numbers(20, 1)
    risk = linkability(real, real, holdout=holdout, n_neighbors=20, random_state=0)
    assert (risk.value, risk.baseline_rate, risk.informative) == (0, 1, False)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1.0], "b": ["x"]}),
        pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [None, None, None]}),
        pd.DataFrame({"a": list("xyz"), "b": [True, False, None]}),
    ],
)
def test_small_and_degenerate_tables_have_a_risk(table):
    risk = linkability(table, table, holdout=table, random_state=0)
    assert 0 <= risk.value <= 1
    # equal rows of few people hardly reveal anything
    assert risk.standard_error > 0.5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"columns": (["a"],)}, "two lists"),
        ({"columns": (["a"], ["x"])}, "columns names the column 'x'"),
        ({"columns": (["a", "b"], ["b"])}, "'b' in both"),
        ({"columns": (["a"], [])}, "at least one column"),
        ({"n_neighbors": 11}, "n_neighbors=11 is more than the 10 rows"),
        ({"n_neighbors": 0}, "n_neighbors"),
        ({"n_attacks": 0}, "n_attacks"),
    ],
)
def test_what_cannot_be_attacked_is_refused(given, message):
    table = numbers(10, 0)
    with pytest.raises(ValueError, match=message):
        linkability(table, table, holdout=table, **given)


def test_a_single_column_is_refused():
    table = numbers(10, 0)[["a"]]
    with pytest.raises(ValueError, match="at least two columns"):
        linkability(table, table, holdout=table)
