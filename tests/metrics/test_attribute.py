import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose

from skgen.datasets import make_customers
from skgen.metrics._attribute import attribute_inference

CHANCE = 4  # standard errors: a false alarm in 30,000
LEVELS = list("pqrst")


def people(n, seed):
    """Known columns that are independent of the sensitive ones."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": rng.normal(size=n),
            "word": rng.choice(LEVELS, size=n),
            "amount": rng.random(n),
        }
    )


def mixed(n, seed):
    return make_customers(n, random_state=seed)[0]


def infer(real, synthetic, holdout, **given):
    given = {"sensitive": ["word", "amount"], "random_state": 0} | given
    if given["sensitive"] == ["word", "amount"]:
        given.setdefault("known", ["a", "b"])
    return attribute_inference(real, synthetic, holdout=holdout, **given)


def excess(risk):
    """The risk with its sign."""
    return (risk.attack_rate - risk.control_rate) / (1 - risk.control_rate)


def test_copies_reveal_every_cell():
    real, holdout = people(1000, 0), people(1000, 1)
    risk = infer(real, real, holdout)
    for part in risk.columns.values():
        assert part.value > 0.99
        assert part.informative
        assert part.n_attacks == 1000


def test_guesses_about_others_are_right_as_often_as_chance_has_it():
    real, holdout = people(2000, 0), people(2000, 1)
    word, amount = infer(real, real, holdout).columns.values()
    error = np.sqrt(0.25 / 2000)
    assert_allclose(word.control_rate, 1 / 5, atol=CHANCE * error)
    assert_allclose(word.baseline_rate, 1 / 5, atol=CHANCE * error)
    # two uniform numbers no farther apart than t, and a number and the middle
    t = 0.05 * 0.98
    assert_allclose(amount.control_rate, 2 * t - t**2, atol=CHANCE * error)
    assert_allclose(amount.baseline_rate, 2 * t, atol=CHANCE * error)


@pytest.mark.parametrize("make", [people, mixed])
def test_fresh_rows_disclose_no_more_of_real_people_than_of_others(make):
    real, synthetic, holdout = (make(1000, seed) for seed in range(3))
    risk = attribute_inference(real, synthetic, holdout=holdout, random_state=0)
    assert list(risk.columns) == list(real.columns)
    for part in risk.columns.values():
        assert abs(excess(part)) < CHANCE * part.standard_error


def test_related_columns_are_no_leak():
    real, synthetic, holdout = (
        part.assign(amount=part["a"]) for part in (people(1000, s) for s in range(3))
    )
    risk = infer(real, synthetic, holdout, sensitive="amount", known="a")
    assert risk.attack_rate > 0.9
    assert risk.informative
    assert abs(excess(risk)) < CHANCE * risk.standard_error


def test_columns_drawn_independently_disclose_nothing():
    real, holdout = mixed(1000, 0), mixed(1000, 1)
    synthetic = real.copy()
    for seed, name in enumerate(real.columns):
        order = np.random.default_rng(seed).permutation(1000)
        synthetic[name] = real[name].to_numpy()[order]
    risk = attribute_inference(real, synthetic, holdout=holdout, random_state=0)
    for part in risk.columns.values():
        assert abs(excess(part)) < CHANCE * part.standard_error
        assert not part.informative


def test_the_risk_is_the_share_of_copies():
    real, holdout, fresh = (people(1000, seed) for seed in range(3))
    values = []
    for n_copies in (0, 250, 500, 1000):
        synthetic = pd.concat([real[:n_copies], fresh[n_copies:]])
        risk = infer(real, synthetic, holdout)
        for part in risk.columns.values():
            # of whoever is not copied the cell is guessed by chance
            share = n_copies / 1000
            assert abs(excess(part) - share) < CHANCE * part.standard_error
        values.append(risk.value)
    assert values == sorted(values)


def test_the_worst_column_is_the_one_that_leaks():
    real, holdout = people(1000, 0), people(1000, 1)
    synthetic = real.assign(amount=real["amount"].to_numpy()[::-1])
    risk = infer(real, synthetic, holdout)
    assert risk.column == "word"
    assert risk[:7] == tuple(risk.columns["word"])
    assert risk.value > 0.99
    other = risk.columns["amount"]
    assert other.value < CHANCE * other.standard_error


def test_what_is_known_is_used_and_nothing_else():
    real, holdout = people(500, 0), people(500, 1)
    synthetic = real.assign(b=real["b"].to_numpy()[::-1])
    by_a = infer(real, synthetic, holdout, sensitive="word", known="a")
    by_b = infer(real, synthetic, holdout, sensitive="word", known=["b"])
    assert by_a.value > 0.99
    assert by_b.value < CHANCE * by_b.standard_error
    # the sensitive column itself is never evidence
    listed = infer(real, synthetic, holdout, sensitive="word", known=["b", "word"])
    assert listed == by_b
    rest = attribute_inference(real, real, holdout=holdout, known=["a", "b"])
    assert list(rest.columns) == ["word", "amount"]


@pytest.mark.parametrize(
    ("tolerance", "off", "right"),
    [(0.05, 0.04, True), (0.05, 0.06, False), (0, 0, True), (0, 0.001, False)],
)
def test_a_number_is_guessed_within_a_share_of_its_range(tolerance, off, right):
    real, holdout = people(500, 0), people(500, 1)
    # an outlier does not stretch the range
    real.loc[0, "amount"] = 1e6
    synthetic = real.assign(amount=real["amount"] + off)
    given = {"sensitive": "amount", "known": ["a", "b"], "tolerance": tolerance}
    risk = infer(real, synthetic, holdout, **given)
    assert (risk.attack_rate > 0.95) == right


def test_a_category_is_guessed_only_by_itself_however_many_there_are():
    rng = np.random.default_rng(2)
    real, holdout = (
        people(1000, seed).assign(word=rng.integers(0, 100, 1000).astype(str))
        for seed in range(2)
    )
    risk = infer(real, real, holdout, sensitive="word", known=["a", "b"])
    # by chance one in a hundred, and neighbouring codes are other categories
    assert_allclose(risk.control_rate, 0.01, atol=CHANCE * np.sqrt(0.01 / 1000) + 0.002)


def test_a_missing_cell_is_guessed_by_a_missing_one():
    real, holdout = people(1000, 0), people(1000, 1)
    rng = np.random.default_rng(2)
    for table in (real, holdout):
        for name in ("word", "amount"):
            table.loc[rng.random(1000) < 0.6, name] = None
    risk = infer(real, real, holdout)
    for part in risk.columns.values():
        assert part.attack_rate > 0.99
        # the best single guess is that the cell is missing
        assert_allclose(part.baseline_rate, 0.6, atol=CHANCE * np.sqrt(0.24 / 1000))
        assert_allclose(part.control_rate, 0.37, atol=0.08)


def test_containers_row_order_and_units_make_no_difference():
    real, holdout, fresh = (people(300, seed) for seed in range(3))
    synthetic = pd.concat([real[:100], fresh[:200]])
    risk = infer(real, synthetic, holdout)
    assert risk.value > 0.2
    polars = infer(pl.from_pandas(real), pl.from_pandas(synthetic), holdout)
    units = [
        part.assign(a=7 - 1000 * part["a"], amount=100 * part["amount"])
        for part in (real, synthetic, holdout)
    ]
    shuffled = [
        part.sample(frac=1, random_state=0) for part in (real, synthetic, holdout)
    ]
    for other in (polars, infer(*units), infer(*shuffled)):
        assert other == risk
    arrays = attribute_inference(
        real.to_numpy(),
        synthetic.to_numpy(),
        holdout=holdout.to_numpy(),
        sensitive=[2, 3],
        known=[0, 1],
        random_state=0,
    )
    assert list(arrays.columns.values()) == list(risk.columns.values())


def test_equally_near_rows_are_not_found_by_how_the_table_is_sorted():
    rng = np.random.default_rng(0)
    real, holdout = (
        pd.DataFrame(
            {"known": rng.choice(["x", "y"], 2000), "word": rng.choice(LEVELS, 2000)}
        )
        for _ in range(2)
    )
    given = {"sensitive": "word", "known": "known"}
    found = {
        infer(real, real.sort_values("word"), holdout, **given, random_state=seed)[2]
        for seed in range(8)
    }
    # were it by the order, the word that is first would be guessed of everybody
    assert len(found) > 2


def test_the_same_seed_gives_the_same_and_inputs_are_left_alone():
    real, synthetic, holdout = (mixed(200, seed) for seed in range(3))
    before = real.copy(), synthetic.copy(), holdout.copy()
    given = {"holdout": holdout, "n_attacks": 50, "random_state": 3}
    risk = attribute_inference(real, synthetic, **given)
    assert attribute_inference(real, synthetic, **given) == risk
    assert risk.n_attacks == 50
    for table, old in zip((real, synthetic, holdout), before, strict=True):
        pd.testing.assert_frame_equal(table, old)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1.0], "b": ["x"]}),
        pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [None, None, None]}),
        pd.DataFrame({"a": list("xyz"), "b": [True, False, None]}),
        pd.DataFrame({"a": pd.to_datetime(["2020-01-01", None]), "b": [1, 2]}),
    ],
)
def test_small_and_degenerate_tables_have_a_risk(table):
    risk = attribute_inference(table, table, holdout=table, random_state=0)
    assert risk.value == 0
    assert risk.standard_error > 0.5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sensitive": "x"}, "sensitive names the column 'x'"),
        ({"sensitive": []}, "sensitive must name at least one"),
        ({"known": ["a", "a"]}, "known must name .* once"),
        ({"known": list(people(1, 0).columns)}, "No column is sensitive"),
        ({"sensitive": "a", "known": "a"}, "knows nothing but the column 'a'"),
        ({"tolerance": 1.5}, "tolerance"),
        ({"n_attacks": 0}, "n_attacks"),
    ],
)
def test_what_cannot_be_attacked_is_refused(given, message):
    table = people(10, 0)
    with pytest.raises(ValueError, match=message):
        attribute_inference(table, table, holdout=table, **given)


def test_a_single_column_is_refused():
    table = people(10, 0)[["a"]]
    with pytest.raises(ValueError, match="attribute_inference needs at least two"):
        attribute_inference(table, table, holdout=table)
