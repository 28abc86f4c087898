"""The rules between columns in a report."""

import numpy as np
import pytest

from skgen.report import compare
from skgen.rules import Order

from ..metrics.ruled_tables import RULES, break_rule, ruled
from .test_report import outline

NAMES = ["net", "tax", "total", "city", "state"]


@pytest.fixture(scope="module")
def reports():
    """Reports with and without rules and holdout, of rows that break two rules."""
    real, holdout, other = (ruled(60, seed)[NAMES] for seed in range(3))
    holdout = break_rule(holdout, 0, 0.1, 0)
    wrong = break_rule(break_rule(other, 0, 0.2, 0), 1, 0.4, 0)
    tables, options = {"kept": other, "bro<ken": wrong}, {"random_state": 0}
    return {
        "whole": compare(real, tables, holdout=holdout, rules=RULES[:2], **options),
        "single": compare(real, wrong, rules=RULES[:2], **options),
        "none": compare(real, wrong, rules=None, **options),
    }


def test_rules_are_listed_worst_first(reports):
    first, second = reports["whole"].rules
    assert (first.rule, second.rule) == ("city -> state", "total = net + tax")
    assert first.columns == ("state", "city")
    assert first.synthetic == {"kept": 0, "bro<ken": 0.4}
    assert second.synthetic["bro<ken"] == 0.2
    assert (first.real, first.ceiling) == (0, 0)
    assert (second.real, second.ceiling) == (0, 0.1)
    assert np.isnan(reports["single"].rules[0].ceiling)
    assert reports["none"].rules == []


def test_broken_rules_are_judged(reports):
    rows = {row.key: row for row in reports["whole"].summary}
    broken = rows["rule_violations"]
    assert broken.group == "fidelity"
    assert broken.synthetic["bro<ken"].value == 0.4
    # other real rows are those that the rules were not found in
    assert broken.ceiling.value == 0.1
    assert broken.floor.value > 0.9
    levels = {name: verdict.level for name, verdict in broken.verdicts.items()}
    # of 60 rows a few broken ones may be chance
    assert levels == {"kept": "not known", "bro<ken": "poor"}
    assert "40 % of rows break a rule" in broken.verdicts["bro<ken"].words
    assert "rules='auto'" not in broken.advice["kept"]
    assert "rules='auto'" in broken.advice["bro<ken"]
    seen = rows["detection_with_rules"].synthetic["bro<ken"].value
    assert seen > rows["detection"].synthetic["bro<ken"].value


def test_without_rules_nothing_else_changes(reports):
    keys = {"rule_violations", "detection_with_rules"}
    rest = [row for row in reports["single"].summary if row.key not in keys]
    assert len(rest) == len(reports["single"].summary) - 2
    assert rest == reports["none"].summary
    assert "Rules between" not in str(reports["none"])


def test_text(reports):
    lines = str(reports["whole"]).splitlines()
    at = lines.index("Rules between columns  real  kept  bro<ken  other real rows")
    shares = lines[at + 1].removeprefix("city -> state").split("%")
    assert [share.strip() for share in shares] == ["0", "0", "40", "0", ""]
    assert lines[at + 3].startswith("  Advice: Fit the generator with rules='auto'")
    assert max(map(len, lines)) <= 100


def test_page_and_fragment(reports, tmp_path):
    pytest.importorskip("matplotlib")
    path = reports["single"].to_html(tmp_path / "report.html")
    page = path.read_text(encoding="utf-8")
    assert '<h2 id="rules">' in page
    assert "city -&gt; state" in page
    assert 'data-value="0.4"' in page
    for text in (page, reports["whole"]._repr_html_()):
        found = outline(text)
        assert found.faults == found.open == []
        assert "total = net + tax" in text
        assert "rules=&#x27;auto&#x27;" in text
    assert "bro<ken" not in reports["whole"]._repr_html_()


@pytest.mark.slow
def test_only_the_worst_of_many_rules_are_in_the_text():
    rng = np.random.default_rng(0)
    real, other = np.sort(rng.normal(size=(2, 60, 16)), axis=2)
    long = Order(tuple(range(16)))
    rules = [*(Order((j, j + 1)) for j in range(15)), long]
    other[:5, 0] = 9
    report = compare(real, other, rules=rules, random_state=0)
    text = str(report)
    assert len(report.rules) == 16
    assert "(and 6 more, none of them broken)" in text
    assert "…" in text
    assert max(map(len, text.splitlines())) <= 100
    assert str(long) == report.rules[0].rule or str(long) == report.rules[1].rule
