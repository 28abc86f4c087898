import numpy as np
import pandas as pd
import pytest

from skgen._table.joint_tables import read_tables
from skgen.metrics._registry import reported
from skgen.report import compare
from skgen.report._evaluator import Evaluator
from skgen.report._leaks import Leak, advice_on, find_leak, suspects

POOR_BOTH = {"nearest_record_share": "poor", "membership": "poor"}


def people(n, seed):
    """Rows whose codes of wages are texts, and nearly all distinct."""
    rng = np.random.default_rng(seed)
    wage = 40 * (np.exp(rng.normal(10.5, 0.5, n)) // 40).astype(int)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "wage": [f"W{number:x}" for number in wage],
            "amount": rng.normal(size=n).round(2),
        }
    )


@pytest.fixture(scope="module")
def tables():
    """Training rows, unseen rows, and rows that copy wages, but nothing else."""
    real, holdout, other = (people(300, seed) for seed in range(3))
    rng = np.random.default_rng(3)
    return real, holdout, other.assign(wage=rng.permutation(real["wage"]))


def leak_of(real, holdout, synthetic, levels=POOR_BOTH):
    read = read_tables({"real": real, "holdout": holdout, "synthetic": synthetic})
    evaluator = Evaluator(
        read,
        holdout=read.matrices[1],
        target=None,
        sensitive=None,
        rules=None,
        max_rows=None,
        rng=np.random.default_rng(0),
    )
    return find_leak(evaluator, read.matrices[2], levels)


@pytest.mark.parametrize("measure", ["nearest_record_share", "membership"])
def test_the_column_is_named(tables, measure):
    leak = leak_of(*tables, levels={measure: "poor"})
    assert leak.columns == ("wage",)
    assert leak.measure == measure
    assert leak.value > 0.75
    # chance: three standard errors
    assert abs(leak.without - 0.5) < 0.1
    assert leak.words.startswith("Most of it comes from 'wage': without that column")
    assert leak.advice.startswith("Begin with 'wage'")


def test_two_columns_are_named_if_either_is_enough(tables):
    two = [table.assign(code="C" + table["wage"] + "x") for table in tables]
    leak = leak_of(*two)
    assert leak.columns == ("wage", "code")
    assert "'wage' and 'code'" in leak.words


def test_other_columns_of_many_values_are_not_named(tables):
    rng = np.random.default_rng(4)
    words = np.array([f"word {i}" for i in range(90)])
    more = [table.assign(word=rng.choice(words, len(table))) for table in tables]
    assert leak_of(*more).columns == ("wage",)


def test_nothing_is_named_where_rows_are_copied_or_nothing_is_wrong(tables):
    real, holdout, _ = tables
    assert leak_of(real, holdout, real) is None
    assert leak_of(*tables, levels=dict.fromkeys(POOR_BOTH, "good")) is None
    assert leak_of(*tables, levels={}) is None
    columns = ["age", "amount"]
    assert leak_of(*(table[columns] for table in (real, holdout, real))) is None
    assert leak_of(*(table[["wage"]] for table in tables)) is None


def test_suspects_are_keys_and_many_texts_but_no_quantities(tables):
    real = tables[0].assign(score=np.arange(300), customer_id=np.arange(300) * 977)
    # identifiers are compared where they are those of real rows
    read = read_tables({"real": real, "synthetic": real})
    found = suspects(read.columns, read.matrices[0])
    assert [read.columns[j].name for j in found] == ["customer_id", "wage"]
    assert found[1] == real["wage"].nunique() / 300


def test_advice():
    metric = reported()["membership"]
    leak = Leak(("a",), "membership", 0.8, 0.5, 0.9)
    assert "the ROC AUC is 0.50, not 0.80" in leak.words
    assert advice_on(metric, "good", leak) == ""
    assert "more" in advice_on(metric, "not known", leak)
    assert advice_on(metric, "poor", leak) == leak.advice
    assert advice_on(metric, "poor") == metric.advice
    assert advice_on(reported()["detection"], "poor", leak) != leak.advice


@pytest.mark.slow
def test_the_report_names_the_column_wherever_it_is_shown(tables, tmp_path):
    real, holdout, synthetic = tables
    several = {"copied": synthetic, "other": people(300, 7)}
    report = compare(real, several, holdout=holdout, max_rows=150, random_state=0)
    assert report.leaks.keys() == {"copied"}
    assert report.leaks["copied"].columns == ("wage",)
    assert "from 'wage'" in report.verdicts["copied"].privacy.words
    assert "wage" not in report.verdicts["other"].privacy.words
    page = report.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    # the text is wrapped
    for text in (" ".join(str(report).split()), page, report._repr_html_()):
        assert "Begin with" in text.replace("&#x27;", "'")
    assert "copied: poor by 'wage'" in repr(report)
    frame = report.to_frame()
    advice = frame.set_index(["table", "measure"])["advice"]
    assert advice["copied", "Nearest rows"].startswith("Begin with 'wage'")
    assert advice["copied", "Membership"].startswith("Begin with 'wage'")
    assert "wage" not in advice["other", "Nearest rows"]
