import numpy as np
import pytest

from skgen.metrics._registry import reported
from skgen.report._verdicts import (
    FAIR,
    GOOD,
    LEVELS,
    POOR,
    QUESTIONS,
    UNSURE,
    Figures,
    Verdict,
    conclusion,
    overall,
    percent,
    verdict_on,
    worst,
)

BY_KEY = reported()
METRICS = list(BY_KEY.values())
PRIVACY = [m for m in METRICS if m.group == "privacy"]
OTHERS = [m for m in METRICS if m.group != "privacy"]


def figures(metric, excess, error=0.0, floor=np.nan):
    """Figures that are worse than those of other real rows by a difference."""
    sign = 1 if metric.better == "lower" else -1
    ceiling = metric.ideal + sign * (0.0 if metric.calibrated else 0.01)
    return Figures(ceiling + sign * excess, error, floor, ceiling, 0.0)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.key)
def test_levels_fall_as_the_excess_grows(metric):
    assert metric.group in QUESTIONS
    assert 0 < metric.fair < metric.poor
    excesses = (0.0, 0.99 * metric.fair, 1.01 * metric.fair, 1.01 * metric.poor)
    levels = [verdict_on(metric, figures(metric, e)).level for e in excesses]
    assert levels == [GOOD, GOOD, FAIR, POOR]


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.key)
def test_better_than_other_real_rows_is_good(metric):
    assert verdict_on(metric, figures(metric, -0.01)).level == GOOD


@pytest.mark.parametrize("metric", OTHERS, ids=lambda m: m.key)
def test_doubt_is_not_held_against_fidelity(metric):
    excess = 1.5 * metric.fair
    assert verdict_on(metric, figures(metric, excess, excess / 3.1)).level == FAIR
    assert verdict_on(metric, figures(metric, excess, excess / 2.9)).level == GOOD
    unsure = verdict_on(metric, figures(metric, excess, metric.poor))
    assert unsure.level == UNSURE


@pytest.mark.parametrize("metric", PRIVACY, ids=lambda m: m.key)
def test_doubt_is_held_against_privacy(metric):
    # the same figure, and less and less that is known of it
    for excess in (0.0, 1.01 * metric.fair):
        errors = (0.49 * (metric.poor - excess), 0.51 * (metric.poor - excess))
        known, unknown = (
            verdict_on(metric, figures(metric, excess, e)) for e in errors
        )
        assert known.level == GOOD
        assert unknown.level == UNSURE
    # no doubt takes back what was seen
    assert verdict_on(metric, figures(metric, 1.01 * metric.poor, 9.0)).level == POOR


def test_a_ceiling_on_the_good_side_of_the_ideal_is_the_ideal():
    detection = BY_KEY["detection"]
    assert verdict_on(detection, Figures(0.56, 0.0, 1.0, 0.44, 0.0)).level == FAIR


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.key)
def test_nothing_measured_is_not_known(metric):
    assert verdict_on(metric, Figures(np.nan)) == Verdict(
        UNSURE, "could not be measured"
    )


def test_without_a_ceiling_the_ideal_is_compared_with():
    detection = BY_KEY["detection"]
    assert verdict_on(detection, Figures(0.54, 0.0)).level == GOOD
    assert verdict_on(detection, Figures(0.56, 0.0)).level == FAIR


def test_words_of_detection():
    detection = BY_KEY["detection"]
    detected = verdict_on(detection, Figures(0.9, 0.01, 0.95, 0.5, 0.01))
    assert detected == Verdict(POOR, "distinguished from unseen rows")
    lost = verdict_on(detection, Figures(0.96, 0.01, 0.95, 0.5, 0.01))
    assert lost.words.endswith(", no better than independent columns")
    same = verdict_on(detection, Figures(0.51, 0.01, 0.95, 0.5, 0.01), "real rows")
    assert same == Verdict(GOOD, "not distinguished from real rows")


def test_a_floor_that_is_good_is_not_held_against_a_table():
    columns = BY_KEY["marginal_error"]
    verdict = verdict_on(columns, Figures(0.09, 0.001, 0.01, 0.01, 0.001))
    assert verdict == Verdict(POOR, "columns are far off")


def test_words_of_copies():
    copies = BY_KEY["copy_rate"]
    verdict = verdict_on(copies, Figures(0.123, 0.002, 0.0, 0.0042, 0.001))
    words = "12 % of rows are copies of training rows (unseen rows: 0.42 %)"
    assert verdict == Verdict(POOR, words)
    # the share among unseen rows: few distinct rows, and no sign of memory
    assert verdict_on(copies, Figures(0.3, 0.002, 0.1, 0.3, 0.002)).level == GOOD
    assert verdict_on(copies, Figures(0.0, 0.0, 0.0, 0.0, 0.0)).level == GOOD


def test_percent():
    shares = (0, 0.00042, 0.0123, 0.5, 1)
    assert [percent(share) for share in shares] == [
        "0 %",
        "0.04 %",
        "1.2 %",
        "50 %",
        "100 %",
    ]


def group_verdicts(level, group):
    return {m: Verdict(level, "said") for m in METRICS if m.group == group}


@pytest.mark.parametrize("group", QUESTIONS)
def test_a_group_is_as_good_as_its_worst_metric(group):
    for level in LEVELS:
        verdicts = group_verdicts(GOOD, group)
        last = list(verdicts)[-1]
        verdicts[last] = Verdict(level, "the last")
        verdict = overall(group, verdicts)
        assert verdict.level == level
        assert level == GOOD or verdict.words.endswith(": the last.")
    assert overall(group, {}).level == UNSURE


def test_copies_cannot_be_good():
    copies = Verdict(POOR, "100 % of rows are copies of training rows")
    groups = {
        group: overall(group, group_verdicts(GOOD, group), copies)
        for group in ("fidelity", "utility")
    }
    for verdict in groups.values():
        assert verdict.level == POOR
        assert "copies" in verdict.words
    privacy = group_verdicts(GOOD, "privacy") | {BY_KEY["copy_rate"]: copies}
    groups["privacy"] = overall("privacy", privacy, copies)
    assert "copies" in groups["privacy"].words
    assert conclusion(groups).level == POOR


@pytest.mark.parametrize("fidelity", LEVELS)
@pytest.mark.parametrize("utility", LEVELS)
@pytest.mark.parametrize("privacy", LEVELS)
def test_conclusion(fidelity, utility, privacy):
    levels = {"fidelity": fidelity, "utility": utility, "privacy": privacy}
    verdict = conclusion({group: Verdict(level, "") for group, level in levels.items()})
    assert (verdict.level == POOR) == (POOR in levels.values())
    if verdict.level == GOOD:
        assert fidelity == privacy == GOOD
        assert utility in (GOOD, UNSURE)
    if privacy == POOR:
        assert "Do not hand" in verdict.words


def test_worst_of_nothing_is_not_known():
    assert worst([]) == UNSURE
