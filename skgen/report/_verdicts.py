"""Verdicts: figures in words.

Verdicts depend on figures alone; metrics declare their thresholds. A difference in
fidelity that may be chance counts as none, but privacy is not called good where a leak
cannot be ruled out.
"""

from typing import NamedTuple

import numpy as np

from skgen.metrics._results import percent

#: groups of metrics, and the question that each of them answers
QUESTIONS = {
    "fidelity": "Do synthetic rows look like real ones?",
    "utility": "Is a model trained on them as good as one trained on real rows?",
    "privacy": "Do synthetic rows give training rows away?",
}
GOOD, FAIR, POOR, UNSURE = "good", "fair", "poor", "not known"
#: from best to worst
LEVELS = (GOOD, UNSURE, FAIR, POOR)
#: standard errors below which a difference from real rows may be chance
SURE = 3.0
#: standard errors by which the true figure may be worse than the estimate
LIKELY = 2.0


class Verdict(NamedTuple):
    """Level and words for a figure or a group of figures."""

    level: str  # of LEVELS
    words: str


class Figures(NamedTuple):
    """Figures behind the verdict on one metric of one table; NaN if not known."""

    value: float
    standard_error: float = np.nan
    floor: float = np.nan  # of independent columns
    ceiling: float = np.nan  # of other real rows in the place of synthetic ones
    ceiling_error: float = np.nan


class Excess(NamedTuple):
    """By how much a table is worse than other real rows, or than the ideal."""

    value: float
    error: float

    @property
    def real(self):
        """Whether it is more than chance."""
        return self.value > SURE * self.error


def excess_of(metric, figures):
    """How much worse a figure is than that of other real rows."""
    by_ideal = metric.calibrated or np.isnan(figures.ceiling)
    reference = metric.ideal if by_ideal else figures.ceiling
    value = metric.loss(figures.value) - metric.loss(reference)
    errors = np.nan_to_num([figures.standard_error, figures.ceiling_error])
    if by_ideal or metric.group == "utility":
        # scores of utility are of the same test rows, so their errors correlate
        errors = errors[:1]
    return Excess(float(value), float(np.linalg.norm(errors)))


def level_of(metric, figures):
    """One of `LEVELS` for a figure."""
    if np.isnan(figures.value):
        return UNSURE
    excess = excess_of(metric, figures)
    level = _graded(metric, excess.value)
    doubt = LIKELY * excess.error
    if metric.group == "privacy":
        if level == FAIR and not excess.real:
            level = GOOD
        return (
            UNSURE if level == GOOD and excess.value + doubt >= metric.poor else level
        )
    if excess.real:
        return level
    return UNSURE if doubt >= metric.poor else GOOD


def _graded(metric, value):
    if value < metric.fair:
        return GOOD
    return FAIR if value < metric.poor else POOR


def verdict_on(metric, figures, others="unseen rows"):
    """Verdict on a figure.

    Parameters
    ----------
    metric : Metric
    figures : Figures
    others : str, default="unseen rows"
        What the real rows behind `ceiling` are called.

    Returns
    -------
    verdict : Verdict
        Its words have no capital and no full stop.
    """
    level = level_of(metric, figures)
    if np.isnan(figures.value):
        return Verdict(level, "could not be measured")
    words = _words(metric, level, figures, others)
    if metric.group != "privacy" and _no_better_than_floor(metric, figures, level):
        words += ", no better than independent columns"
    return Verdict(level, words)


def _no_better_than_floor(metric, figures, level):
    if level not in (FAIR, POOR) or np.isnan(figures.floor):
        return False
    floor = figures._replace(value=figures.floor)
    if excess_of(metric, floor).value < metric.fair:
        # shuffled columns are good by this metric
        return False
    chance = LIKELY * np.nan_to_num(figures.standard_error)
    return metric.loss(figures.value) >= metric.loss(figures.floor) - chance


def overall(group, verdicts, copies=None):
    """Verdict on a group of metrics.

    Parameters
    ----------
    group : {"fidelity", "utility", "privacy"}
    verdicts : dict of {Metric: Verdict}
        Of the metrics of the group that were computed.
    copies : Verdict or None, default=None
        Verdict on copies. If it is poor, the group cannot be good.

    Returns
    -------
    verdict : Verdict
        Its words are one sentence.
    """
    if not verdicts:
        return Verdict(UNSURE, _NOT_JUDGED[group])
    if copies is not None and copies.level == POOR and group != "privacy":
        return Verdict(POOR, f"It means nothing here, as {copies.words}.")
    level = worst(verdict.level for verdict in verdicts.values())
    heads = [v for v in verdicts.values() if v.level == level]
    if level == GOOD:
        heads = list(verdicts.values())[:1] if group != "privacy" else []
    said = "; ".join(dict.fromkeys(verdict.words for verdict in heads))
    opening = _OPENINGS[group][level]
    return Verdict(level, f"{opening}: {said}." if said else f"{opening}.")


def worst(levels):
    """The worst of some levels; not known if there are none."""
    return max(levels, key=LEVELS.index, default=UNSURE)


def conclusion(verdicts):
    """One verdict from those on the three groups, by their names."""
    level = worst(
        v.level
        for group, v in verdicts.items()
        # a table can be good without a target
        if group != "utility" or v.level != UNSURE
    )
    privacy, fidelity = verdicts["privacy"].level, verdicts["fidelity"].level
    if privacy == POOR:
        return Verdict(
            POOR, "Do not hand these rows out: they give training rows away."
        )
    if level != POOR and UNSURE in (privacy, fidelity):
        unknown = "privacy" if privacy == UNSURE else "fidelity"
        return Verdict(UNSURE, f"Not to be relied on yet: {unknown} is not known.")
    return Verdict(level, _CONCLUSIONS[level])


_CONCLUSIONS = {
    GOOD: "As good as other real rows by all that was measured; no sign of a leak.",
    FAIR: "Usable with care: see below what is not as good as in real rows.",
    POOR: "Not good enough to stand in for real rows: see below where it fails.",
}
_NOT_JUDGED = {
    "fidelity": "Not judged.",
    "utility": "Not judged: name a target column, and pass rows that were held out.",
    "privacy": "Not judged: pass real rows that the generator has not seen.",
}
_OPENINGS = {
    "fidelity": {
        GOOD: "Looks like real rows",
        FAIR: "Looks like real rows by and large, not in all",
        POOR: "Does not look like real rows",
        UNSURE: "Too few rows to be sure",
    },
    "utility": {
        GOOD: "As good for training as real rows",
        FAIR: "Somewhat worse for training than real rows",
        POOR: "Much worse for training than real rows",
        UNSURE: "Too few rows to be sure",
    },
    "privacy": {
        GOOD: "No attack tried here finds anything; this is a test, not a guarantee",
        FAIR: "Training rows shine through a little",
        POOR: "Gives training rows away",
        UNSURE: "Too few rows to be sure",
    },
}


# --- words --------------------------------------------------------------------------


def _words(metric, level, figures, others):
    """The words that a metric declares for a level, its fields filled in."""
    known = not np.isnan(figures.ceiling)
    fields = {
        "title": metric.title,
        "figures": figures,
        "others": others,
        "value": percent(figures.value),
        "beside": f" ({others}: {percent(figures.ceiling)})" if known else "",
    }
    words = metric.words
    if callable(words):
        return words(level, figures, fields)
    if not isinstance(words, str):
        words = words[GOOD if level == UNSURE else level]
    return words.format(**fields)
