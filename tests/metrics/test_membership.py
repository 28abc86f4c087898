import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import roc_auc_score

from skgen._table.joint_tables import read_tables
from skgen.datasets import make_customers
from skgen.metrics._membership import (
    ATTACKS,
    membership_inference,
    membership_scores,
)

MIXED = ["country", "income", "plan", "signup", "months", "refunds"]
FAST = ("distance", "density")


def customers(n, seed):
    X, _ = make_customers(n, random_state=seed)
    return X[MIXED]


@pytest.fixture(scope="module")
def thirds():
    """Training rows, held-out rows and others of the same distribution."""
    return [customers(600, seed) for seed in range(3)]


def with_copies(rows, train, share):
    n = int(share * len(rows))
    return pd.concat([train[:n], rows[n:]], ignore_index=True)


def attacked(train, rows, holdout, attacks=FAST, random_state=0, **settings):
    return membership_inference(
        train,
        rows,
        holdout=holdout,
        attacks=attacks,
        random_state=random_state,
        **settings,
    )


def test_rows_of_the_same_distribution_give_nothing_away(thirds):
    train, holdout, other = thirds
    result = attacked(train, other, holdout, ATTACKS)
    assert list(result.attacks) == list(ATTACKS)
    for attack in result.attacks.values():
        # one seed in 5,000 would fail
        assert abs(attack.auc - 0.5) < 4 * attack.standard_error < 0.1
        assert attack.tpr_1 < 0.06
        assert_allclose(attack.tpr_10, 0.1, atol=0.08)
    best = max(result.attacks.values())
    assert result[:2] == (best.auc, best.standard_error)


def test_copies_give_all_away(thirds):
    train, holdout, _ = thirds
    result = attacked(train, train, holdout, ATTACKS)
    for name in FAST:
        assert result.attacks[name].auc > 0.99
        assert result.attacks[name].tpr_1 > 0.95
    assert result.attacks["classifier"].auc > 0.55
    assert result.value > 0.99


def test_the_distance_reveals_the_share_of_copies(thirds):
    train, holdout, other = thirds
    shares = [0, 0.25, 0.5, 1]
    series = [
        attacked(train, with_copies(other, train, share), holdout) for share in shares
    ]
    values = [result.value for result in series]
    assert (np.diff(values) > 0).all()
    # copied members are found, of the others half
    assert_allclose(values, 0.5 + np.array(shares) / 2, atol=0.06)
    found = [result.attacks["distance"].tpr_1 for result in series]
    assert_allclose(found, shares, atol=0.06)


def test_density_finds_what_distance_does_not():
    # members in a wide region are copied with much noise, others lie in a narrow one
    rng = np.random.default_rng(0)
    train, holdout = (
        rng.normal(size=(800, 2)) * rng.choice([0.01, 1], size=(800, 1))
        for _ in range(2)
    )
    rows = train * (1 + 0.1 * rng.normal(size=train.shape))
    result = attacked(train, rows, holdout)
    density, distance = (result.attacks[name] for name in ("density", "distance"))
    assert density.auc > distance.auc + 0.05
    assert result.value == density.auc


def test_the_classifier_finds_regions_that_are_too_frequent():
    # the generator gives only what a part of the members have in common
    rng = np.random.default_rng(1)
    train, holdout = rng.normal(size=(2, 800, 2))
    train[:400, 0] += 3
    rows = train[rng.integers(0, 800, 800)] + 0.3 * rng.normal(size=(800, 2))
    found = attacked(train, rows, holdout, ATTACKS).attacks["classifier"]
    # half the members are of another region than any other row
    assert found.auc > 0.6
    assert found.tpr_10 > 0.3


def test_scores_are_of_members_and_the_unused_half_of_the_others():
    tables = read_tables({name: customers(300, name) for name in range(3)})
    synthetic, members, others = tables.matrices
    found = membership_scores(
        tables.columns, synthetic, members, others, np.random.default_rng(0)
    )
    for name, (label, score) in found.items():
        assert name in ATTACKS
        assert label.sum() == 300
        assert len(label) == len(score) == 450
        assert np.isfinite(score).all()


def test_the_reference_is_never_judged():
    # all others have a twin in the synthetic rows, and each lies by itself
    rng = np.random.default_rng(0)
    train, holdout = rng.normal(size=(2, 200, 2))
    result = attacked(train, holdout, holdout)
    # the attacked half is recognised as synthetic, the reference would add nothing
    assert result.attacks["distance"].auc < 0.02
    # if attacked, reference rows were at no distance from themselves: a ratio of one
    assert result.attacks["density"].auc < 0.02


def test_auc_is_that_of_the_scores(thirds):
    tables = read_tables(dict(enumerate(thirds)))
    members, others, synthetic = tables.matrices
    args = tables.columns, synthetic, members, others
    scores = membership_scores(*args, np.random.default_rng(3), attacks=FAST)
    result = membership_inference.core(
        tables.columns,
        members,
        synthetic,
        others,
        np.random.default_rng(3),
        attacks=FAST,
    )
    for name, (label, score) in scores.items():
        assert_allclose(result.attacks[name].auc, roc_auc_score(label, score))
        threshold = np.quantile(score[label == 0], 0.9)
        found = np.mean(score[label == 1] > threshold)
        assert_allclose(result.attacks[name].tpr_10, found, atol=0.02)


def test_max_rows_are_judged(thirds):
    tables = read_tables(dict(enumerate(thirds)))
    members, others, synthetic = tables.matrices
    scores = membership_scores(
        tables.columns,
        synthetic,
        members,
        others,
        np.random.default_rng(0),
        attacks=["distance"],
        max_rows=100,
    )
    label, _ = scores["distance"]
    assert np.bincount(label).tolist() == [100, 100]
    # copies are found all the same: no synthetic row is left out
    train, holdout, _ = thirds
    assert attacked(train, train, holdout, max_rows=100).value > 0.99


def test_order_and_units_do_not_matter(thirds):
    train, holdout, other = thirds
    rows = with_copies(other, train, 0.3)
    expected = attacked(train, rows, holdout)
    # the order of held-out rows chooses the reference
    changed = [
        T.assign(income=T["income"] * -4 + 7, months=T["months"] * 12)
        for T in (
            train.sample(frac=1, random_state=1),
            rows.sample(frac=1, random_state=2),
            holdout,
        )
    ]
    assert_allclose(attacked(*changed).value, expected.value, atol=1e-6)


@pytest.mark.slow
def test_the_seed_decides_all(thirds):
    train, holdout, other = thirds
    first, again, other_seed = (
        attacked(train, other, holdout, ATTACKS, random_state=seed)
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other_seed


def test_containers_do_not_matter_and_inputs_are_unchanged(thirds):
    pl = pytest.importorskip("polars")
    train, holdout, other = thirds
    copies = [X.copy() for X in thirds]
    expected = attacked(train, other, holdout)
    changed = [pl.from_pandas(X) for X in (train, other, holdout)]
    assert_allclose(attacked(*changed).value, expected.value)
    frames = [X.drop(columns="signup") for X in (train, other, holdout)]
    arrays = [X.to_numpy(object, na_value=np.nan) for X in frames]
    assert_allclose(attacked(*arrays).value, attacked(*frames).value)
    for X, copy in zip(thirds, copies, strict=True):
        pd.testing.assert_frame_equal(X, copy)


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: rng.normal(size=(80, 1)),
        lambda rng: np.zeros((80, 2)),
        lambda rng: np.full((80, 2), np.nan),
        lambda rng: rng.choice(["a", "b"], size=(80, 2)).astype(object),
        lambda rng: np.column_stack([rng.normal(size=80), np.full(80, np.nan)]),
        lambda rng: rng.normal(size=(4, 2)),
    ],
)
def test_odd_tables(make):
    rng = np.random.default_rng(0)
    result = attacked(make(rng), make(rng), make(rng), ATTACKS)
    for attack in result.attacks.values():
        assert 0 <= attack.auc <= 1
        assert 0 <= attack.tpr_1 <= attack.tpr_10 <= 1


def test_equal_scores_disclose_nothing():
    X = np.zeros((50, 2))
    for attack in attacked(X, X, X, ATTACKS).attacks.values():
        assert attack.auc == 0.5
        assert_allclose([attack.tpr_1, attack.tpr_10], [0.01, 0.1])


def test_many_categories():
    rng = np.random.default_rng(0)
    train, holdout, other = (
        pd.DataFrame({"a": rng.integers(0, 400, 900).astype(str), "b": rng.random(900)})
        for _ in range(3)
    )
    result = attacked(train, other, holdout, ATTACKS)
    assert abs(result.value - 0.5) < 0.09


def test_errors(thirds):
    train, holdout, other = thirds
    with pytest.raises(ValueError, match="holdout has 3 rows: pass at least four"):
        attacked(train, other, holdout[:3])
    for wrong in ["distance", ("shadow",), ()]:
        with pytest.raises(ValueError, match="must be a sequence of some of"):
            attacked(train, other, holdout, wrong)
    with pytest.raises(ValueError, match="synthetic must have the columns"):
        attacked(train, other[["country"]], holdout)
