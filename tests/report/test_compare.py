import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import parallel_config

from skgen.datasets import make_customers
from skgen.metrics._registry import reported
from skgen.report import compare


def by_key(report):
    return {row.key: row for row in report.summary}


def normal(n, seed, n_columns=3):
    return np.random.default_rng(seed).normal(size=(n, n_columns))


@pytest.fixture(scope="module")
def large():
    """Rows of a table that chance moves little, with a part for each purpose."""
    X, y = make_customers(1200, random_state=0)
    X = X[["income", "plan", "monthly_fee", "months", "refunds"]].assign(churned=y)
    return [X[:400], X[400:800], X[800:]]


@pytest.fixture(scope="module")
def compared(large):
    """Unseen rows, copies and shuffled columns side by side."""
    real, holdout, other = large
    rng = np.random.RandomState(0)
    tables = {
        "other": other,
        "copies": real.sample(len(real), replace=True, random_state=rng),
        "shuffled": pd.DataFrame(
            {name: rng.permutation(real[name].array) for name in real}
        ),
    }
    return compare(real, tables, holdout=holdout, target="churned", random_state=0)


@pytest.mark.slow
def test_every_metric_has_all_figures(compared):
    assert {row.key for row in compared.summary} == set(reported())
    for row in compared.summary:
        assert row.measure == reported()[row.key].title
        estimates = [row.floor, row.ceiling, *row.synthetic.values()]
        assert all(np.isfinite(e.value) and e.standard_error >= 0 for e in estimates)
        assert row.synthetic.keys() == row.verdicts.keys() == compared.verdicts.keys()


@pytest.mark.slow
def test_unseen_rows_are_not_poor(compared):
    # 3.5 standard errors in either direction: 1 in 2000 by chance
    rows = by_key(compared)
    for key in ("detection", "nearest_record_share", "membership"):
        for estimate in (rows[key].ceiling, rows[key].synthetic["other"]):
            assert abs(estimate.value - 0.5) < 3.5 * estimate.standard_error
    # some rows of so few columns are equal by chance
    assert rows["copy_rate"].synthetic["other"].value < 0.05
    for verdict in compared.verdicts["other"].groups().values():
        assert verdict.level in ("good", "not known")


@pytest.mark.slow
def test_copies_are_called_copies(compared):
    rows, verdicts = by_key(compared), compared.verdicts["copies"]
    assert rows["copy_rate"].synthetic["copies"].value == 1
    assert rows["membership"].synthetic["copies"].value > 0.75
    assert rows["nearest_record_share"].synthetic["copies"].value > 0.95
    for verdict in verdicts.groups().values():
        assert verdict.level == "poor"
        assert "copies" in verdict.words
    assert verdicts.overall.level == "poor"
    assert "copies" in rows["copy_rate"].verdicts["copies"].words


@pytest.mark.slow
def test_shuffled_columns_are_the_floor(compared):
    rows = by_key(compared)
    for key in ("detection", "pairwise_error", "coverage"):
        floor, same = rows[key].floor, rows[key].synthetic["shuffled"]
        error = np.hypot(floor.standard_error, same.standard_error)
        assert abs(floor.value - same.value) < 4 * error
        assert rows[key].verdicts["shuffled"].level in ("fair", "poor")
    words = rows["detection"].verdicts["shuffled"].words
    assert words.endswith("no better than independent columns")
    assert compared.verdicts["shuffled"].fidelity.level == "poor"
    assert compared.verdicts["shuffled"].utility.level == "poor"


@pytest.mark.slow
def test_columns_show_which_one_is_broken(large):
    real, holdout, other = large
    broken = other.assign(months=other["months"] // 2)
    report = compare(real, broken, holdout=holdout, random_state=0, max_rows=200)
    first = report.columns[0]
    assert first.name == "months"
    assert first.error["synthetic"] > 3 * first.ceiling
    importance = {row.name: row.importance["synthetic"] for row in report.columns}
    assert max(importance, key=importance.get) == "months"
    assert all(row.partner["synthetic"] != row.name for row in report.columns)
    errors = [row.error["synthetic"] for row in report.columns]
    assert errors == sorted(errors, reverse=True)
    # without a target there is no metric of utility, and a notice says so
    assert "utility" not in {row.group for row in report.summary}
    assert any("target" in notice for notice in report.notices)
    assert report.verdicts["synthetic"].utility.level == "not known"


def test_without_holdout_nothing_is_said_of_privacy(report_of_two):
    assert {row.key for row in report_of_two.summary if row.group == "privacy"} == {
        "copy_rate"
    }
    assert report_of_two.verdicts["new & fine"].privacy.level == "not known"
    assert report_of_two.verdicts["new & fine"].overall.level != "good"
    assert report_of_two.verdicts["copies"].privacy.level == "poor"
    assert "copies" in report_of_two.verdicts["copies"].fidelity.words
    assert "holdout" in report_of_two.notices[0]
    assert "one random half" in report_of_two.notices[0]


@pytest.mark.slow
def test_a_random_state_repeats_the_report_and_inputs_stay(tables):
    real, holdout, other = (table.iloc[:40, :4] for table in tables)
    before = [table.copy() for table in (real, holdout, other)]
    one, two = (
        compare(real, {"a": other}, holdout=holdout, random_state=3) for _ in range(2)
    )
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    for table, copy in zip((real, holdout, other), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    # what stands beside a table does not change its figures
    both = compare(
        pl.from_pandas(real),
        {"b": other[::-1], "a": pl.from_pandas(other)},
        holdout=holdout,
        random_state=3,
    )
    frame = both.to_frame()
    frame = frame[frame["table"] == "a"].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, one.to_frame())


@pytest.mark.slow
@pytest.mark.parametrize(
    "columns",
    [
        lambda n, seed: normal(n, seed, 1),
        lambda n, seed: normal(n, seed, 2).round().astype(str).astype(object),
        lambda n, seed: np.c_[normal(n, seed, 1), np.full(n, np.nan), np.ones(n)],
        lambda n, seed: pd.DataFrame({"b": normal(n, seed, 1)[:, 0] > 0}),
    ],
    ids=["one number", "categories", "missing and constant", "one boolean"],
)
@pytest.mark.parametrize("held", [True, False])
def test_odd_tables(columns, held):
    parts = [columns(30, seed) for seed in range(3)]
    report = compare(
        parts[0], parts[1], holdout=parts[2] if held else None, random_state=0
    )
    assert len(report.columns) == parts[0].shape[1]
    assert "synthetic" in str(report)


def test_columns_are_compared_by_their_schema():
    rng = np.random.default_rng(0)
    real, other = (
        pd.DataFrame({"zip": rng.integers(9, size=40), "x": rng.normal(size=40)})
        for _ in range(2)
    )
    declared = {"zip": "categorical", "x": {"lower": -9.0}}
    report, listed = (
        compare(real, other, random_state=0, **options)
        for options in ({"schema": declared}, {"categorical_features": ["zip"]})
    )
    kinds = {row.name: row.kind for row in report.columns}
    assert kinds == {"zip": "categorical", "x": "continuous"}
    pd.testing.assert_frame_equal(report.to_frame(), listed.to_frame())


@pytest.mark.slow
def test_target_and_sensitive_columns_by_position():
    parts = [normal(60, seed) for seed in range(3)]
    for part in parts:
        part[:, 2] = part[:, 0] > 0
    report = compare(
        parts[0],
        parts[1],
        holdout=parts[2],
        target=2,
        sensitive=[1],
        random_state=0,
    )
    training = by_key(report)["utility"]
    assert training.ceiling.value > 0.9 > 0.8 > training.floor.value
    assert "attribute_inference" in by_key(report)


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "held"), [("threading", False), ("loky", True)])
def test_jobs_and_backend_change_no_figure(tables, backend, held):
    real, holdout, other = (table.iloc[:, -4:] for table in tables)
    parts = {"holdout": holdout, "target": "churned"} if held else {}
    found = []
    for n_jobs in (1, 2):
        # workers get what is large as a file that they cannot write to
        with parallel_config(backend=backend, max_nbytes=1):
            report = compare(real, other, **parts, n_jobs=n_jobs, random_state=0)
        # the shortest texts of numbers show every bit
        found.append((repr(report.summary), repr(report.columns), report.verdicts))
    assert found[0] == found[1]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_progress_is_reported(n_jobs):
    calls = []
    parts = [normal(30, seed, 2) for seed in range(2)]
    with parallel_config("threading"):
        compare(
            *parts,
            n_jobs=n_jobs,
            random_state=0,
            progress=lambda *call: calls.append(call),
        )
    steps, done, total = zip(*calls, strict=True)
    assert list(done) == list(range(total[0] + 1))
    assert set(total) == {len(calls) - 1}
    assert steps[-1] == "done"
    assert "detection: synthetic" in steps


@pytest.mark.slow
def test_an_interruption_ends_the_work_without_a_warning():
    def interrupt(step, n_done, n_steps):
        if n_done == 1:
            raise KeyboardInterrupt

    parts = [normal(200, seed, 2) for seed in range(2)]
    with parallel_config("threading"), pytest.raises(KeyboardInterrupt):
        compare(*parts, n_jobs=2, random_state=0, progress=interrupt)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"real": normal(19, 0)}, "real has 19 rows: pass at least 20"),
        ({"holdout": normal(5, 0)}, "holdout has 5 rows"),
        ({"synthetic": normal(5, 0)}, "synthetic has 5 rows"),
        ({"synthetic": {"a": normal(5, 0)}}, r"synthetic\['a'\] has 5 rows"),
        ({"synthetic": {}}, "got an empty dict"),
        ({"synthetic": {1: normal(30, 0)}}, "got the name 1"),
        ({"synthetic": {"floor": normal(30, 0)}}, "the name 'floor' is that of rows"),
        ({"target": 7}, "target names the column 7"),
        ({"sensitive": [0, 0]}, "sensitive must name at least one column"),
        ({"synthetic": normal(30, 0, 2)}, "synthetic has 2 columns"),
        ({"max_rows": 3}, "'max_rows' parameter"),
        ({"n_jobs": "all"}, "'n_jobs' parameter"),
        (
            {"target": 0, "holdout": np.ones((30, 3))},
            "column 0 of holdout holds fewer than two values",
        ),
    ],
)
def test_refusals(arguments, message):
    valid = {"real": normal(30, 0), "synthetic": normal(30, 1)}
    with pytest.raises(ValueError, match=message):
        compare(**valid | arguments)
