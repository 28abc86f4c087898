"""A metric is one decorated function, which everything else finds in the registry."""

import pickle
from inspect import getdoc, signature
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.utils._param_validation import StrOptions

import skgen.metrics
from skgen import IndependentGenerator, compare
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics import make_generation_scorer
from skgen.metrics._registry import GROUPS, METRICS, metric, report_also, reported

SEED = {"random_state": 0}


class Distance(NamedTuple):
    value: float
    standard_error: float
    draw: float


def mean_distance(columns, Z_real, Z_synthetic, rng, *, power="1", max_rows=100):
    """Distance of the mean of all cells."""
    distance = abs(np.nanmean(Z_real[:max_rows]) - np.nanmean(Z_synthetic[:max_rows]))
    return Distance(float(distance), 0.01, float(rng.random()))


def missing_rate(columns, Z_real, Z_synthetic, Z_holdout, *, target):
    """A number, of rows whose target is known."""
    at = [column.name for column in columns].index(target)
    return float(np.isnan(Z_synthetic[:, at]).mean())


@pytest.fixture
def register():
    """`metric`, whose metrics are forgotten after the test."""
    before = dict(METRICS)
    yield metric
    METRICS.clear()
    METRICS.update(before)


@pytest.fixture
def tables():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(40, 3)) for _ in range(3)]


def one_of(report, key):
    (row,) = [row for row in report.summary if row.key == key]
    return row


@pytest.mark.parametrize("name", METRICS)
def test_metrics_are_public(name):
    public = METRICS[name]
    assert getattr(skgen.metrics, name) is public
    assert name in skgen.metrics.__all__
    assert pickle.loads(pickle.dumps(public)) is public
    parameters = signature(public).parameters
    assert list(parameters)[:2] == ["real", "synthetic"]
    assert all(parameter in getdoc(public) for parameter in parameters)
    assert callable(public.core)


def test_reported_metrics_are_declared_in_full():
    for key, found in reported().items():
        assert key == found.key
        assert found.group in GROUPS
        assert found.title
        assert found.sentence.endswith(".")
        assert found.advice.endswith(".")
        assert 0 < found.fair < found.poor


def test_signature_and_docstring_are_those_of_a_function_of_tables(register):
    public = register({"power": [StrOptions({"1", "2"})]})(mean_distance)
    assert str(signature(public)) == (
        "(real, synthetic, *, power='1', categorical_features='from_dtype', "
        "max_rows=100, random_state=None)"
    )
    assert public.__doc__ == "Distance of the mean of all cells."
    unseeded = register()(missing_rate)
    assert str(signature(unseeded)) == (
        "(real, synthetic, *, holdout, target, categorical_features='from_dtype')"
    )


def test_the_public_function_reads_tables_and_seeds_the_core(register, tables):
    public = register()(mean_distance)
    real, synthetic, _ = tables
    found = public(real, synthetic, **SEED)
    read = read_tables({"real": real, "synthetic": synthetic})
    assert found == public.core(read.columns, *read.matrices, make_rng(0))
    assert found == public(real=real, synthetic=synthetic, **SEED)
    assert public(real[:, 0:1], real[:, 0:1]).value == 0


def test_a_core_that_asks_for_tables_gets_them(register, tables):
    def n_matrices(columns, Z_real, Z_synthetic, tables, *, target=0):
        """A number."""
        return len(tables.matrices) + len(tables.columns)

    public = register()(n_matrices)
    assert public(*tables[:2]) == 5
    assert "tables" not in signature(public).parameters


@pytest.mark.slow
def test_a_metric_can_be_reported_twice(register, tables):
    real, synthetic, _ = tables
    public = register(group="fidelity")(mean_distance)

    def tenfold(inputs, rng):
        found = public.core(inputs.columns, inputs.real, inputs.synthetic, rng)
        return 10 * found.value

    report_also(public, key="tenfold", title="Ten times", in_report=tenfold)
    report = compare(real, synthetic, **SEED)
    once, tenfold_row = (one_of(report, key) for key in ("mean_distance", "tenfold"))
    assert tenfold_row.measure == "Ten times"
    value = once.synthetic["synthetic"].value
    assert_allclose(tenfold_row.synthetic["synthetic"].value, 10 * value)


def test_arguments_are_checked(register, tables):
    public = register({"power": [StrOptions({"1", "2"})]}, min_columns=2)(mean_distance)
    with pytest.raises(ValueError, match="'power' parameter of mean_distance"):
        public(*tables[:2], power="3")
    with pytest.raises(ValueError, match="'random_state' parameter of mean_distance"):
        public(*tables[:2], random_state="x")
    with pytest.raises(TypeError, match="missing a required argument: 'synthetic'"):
        public(tables[0])
    with pytest.raises(ValueError, match="mean_distance needs at least two columns"):
        public(*(X[:, :1] for X in tables[:2]))
    with pytest.raises(ValueError, match="group must be one of"):
        register(group="speed")(mean_distance)


@pytest.mark.slow
def test_a_new_metric_is_in_scorers_and_reports(register, tables, tmp_path):
    real, synthetic, holdout = tables
    before = compare(real, synthetic, holdout=holdout, **SEED)
    public = register(
        group="fidelity",
        title="Mean & distance",
        sentence="How far the means are apart: 0 < 1.",
        fair=0.5,
        poor=1.0,
        words={"good": "means agree", "fair": "means differ", "poor": "{value} off"},
        advice="Fit the means.",
    )(mean_distance)

    scorer = make_generation_scorer(public, greater_is_better=False)
    generator = IndependentGenerator(random_state=0).fit(real)
    assert scorer(generator, holdout) <= 0

    report = compare(
        real, {"a": synthetic, "b": synthetic + 2}, holdout=holdout, **SEED
    )
    row = one_of(report, "mean_distance")
    assert row.synthetic["b"].standard_error == 0.01
    # fidelity is that to rows that the generator has not seen
    expected = abs(holdout.mean() - synthetic.mean())
    assert_allclose(row.synthetic["a"].value, expected)
    assert [verdict.level for verdict in row.verdicts.values()] == ["good", "poor"]
    assert row.verdicts["a"].words == "means agree"
    frame = report.to_frame()
    assert (frame["measure"] == "Mean & distance").sum() == 2
    assert "Mean & distance" in str(report)
    pytest.importorskip("matplotlib")
    for html in (
        report._repr_html_(),
        report.to_html(tmp_path / "report.html").read_text(encoding="utf-8"),
    ):
        assert "Mean &amp; distance" in html
        assert "0 &lt; 1" in html

    # and it has changed no figure of the others
    after = compare(real, synthetic, holdout=holdout, **SEED)
    assert [
        row for row in after.summary if row.key != "mean_distance"
    ] == before.summary


@pytest.mark.slow
def test_a_new_metric_gets_what_its_core_asks_for(register, tables):
    register(group="privacy")(missing_rate)
    real, synthetic, holdout = tables
    synthetic = np.where(np.arange(120).reshape(40, 3) % 4, synthetic, np.nan)
    report = compare(real, synthetic, holdout=holdout, target=1, **SEED)
    row = one_of(report, "missing_rate")
    assert row.measure == "Missing rate"
    assert row.synthetic["synthetic"].value == np.isnan(synthetic[:, 1]).mean()
    assert np.isnan(row.synthetic["synthetic"].standard_error)
    assert row.verdicts["synthetic"].words == "Missing rate: 0.250"
    # it is left out where that is not given
    for given in ({"holdout": holdout}, {"target": 1}):
        keys = {row.key for row in compare(real, synthetic, **given, **SEED).summary}
        assert "missing_rate" not in keys
