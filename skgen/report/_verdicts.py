"""Figures in words.

Verdicts depend on figures alone; their thresholds are those of `MEASURES`. A doubt is
held against privacy and not against fidelity: a difference that may be chance is none,
but a leak that cannot be ruled out is not called safe.
"""

from typing import NamedTuple

import numpy as np

GOOD, FAIR, POOR, UNSURE = "good", "fair", "poor", "not known"
#: from best to worst
LEVELS = (GOOD, UNSURE, FAIR, POOR)
#: standard errors below which a difference from real rows may be chance
SURE = 3.0
#: standard errors by which a figure may well be worse than it was measured
LIKELY = 2.0


class Verdict(NamedTuple):
    """What a figure, or a group of them, comes to."""

    level: str  # of LEVELS
    words: str


class Figures(NamedTuple):
    """What the verdict on one measure of one table is made of; NaN is not known."""

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


def excess_of(measure, figures):
    """How much worse a figure is than that of other real rows."""
    by_ideal = measure.calibrated or np.isnan(figures.ceiling)
    reference = measure.ideal if by_ideal else figures.ceiling
    value = measure.loss(figures.value) - measure.loss(reference)
    errors = np.nan_to_num([figures.standard_error, figures.ceiling_error])
    if by_ideal or measure.group == "utility":
        # the scores of utility are of the same test rows: chance moves both together
        errors = errors[:1]
    return Excess(float(value), float(np.linalg.norm(errors)))


def level_of(measure, figures):
    """One of `LEVELS` for a figure."""
    if np.isnan(figures.value):
        return UNSURE
    excess = excess_of(measure, figures)
    level = _graded(measure, excess.value)
    doubt = LIKELY * excess.error
    if measure.group == "privacy":
        if level == FAIR and not excess.real:
            level = GOOD
        return (
            UNSURE if level == GOOD and excess.value + doubt >= measure.poor else level
        )
    if excess.real:
        return level
    return UNSURE if doubt >= measure.poor else GOOD


def _graded(measure, value):
    if value < measure.fair:
        return GOOD
    return FAIR if value < measure.poor else POOR


def judge(measure, figures, others="unseen rows"):
    """Verdict on a figure.

    Parameters
    ----------
    measure : Measure
    figures : Figures
    others : str, default="unseen rows"
        What the real rows are called that `ceiling` is of.

    Returns
    -------
    verdict : Verdict
        Words without a capital or a full stop.
    """
    level = level_of(measure, figures)
    if np.isnan(figures.value):
        return Verdict(level, "could not be measured")
    words = _WORDS[measure.key](level, figures, others)
    if measure.group != "privacy" and _no_better_than_floor(measure, figures, level):
        words += ", no better than independent columns"
    return Verdict(level, words)


def _no_better_than_floor(measure, figures, level):
    if level not in (FAIR, POOR) or np.isnan(figures.floor):
        return False
    floor = figures._replace(value=figures.floor)
    if excess_of(measure, floor).value < measure.fair:
        # shuffled columns are not bad by this measure
        return False
    chance = LIKELY * np.nan_to_num(figures.standard_error)
    return measure.loss(figures.value) >= measure.loss(figures.floor) - chance


def overall(group, verdicts, copies=None):
    """Verdict on a group of measures.

    Parameters
    ----------
    group : {"fidelity", "utility", "privacy"}
    verdicts : dict of {Measure: Verdict}
        Of the measures of the group that were computed.
    copies : Verdict or None, default=None
        That on copies. Where it is poor, the group cannot be good.

    Returns
    -------
    verdict : Verdict
        Words as one sentence.
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
        # a table without a target can be good all the same
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


# --- words on each measure ----------------------------------------------------------


def percent(share):
    """A share in per cent, with more places where it is small."""
    value = 100 * share
    places = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{places}f} %"


def _beside(figures, others, write=percent):
    """In brackets what other real rows get."""
    if np.isnan(figures.ceiling):
        return ""
    return f" ({others}: {write(figures.ceiling)})"


def _figure(value):
    return f"{value:.3f}"


def _detection(level, figures, others):
    return {
        GOOD: f"not told apart from {others}",
        UNSURE: f"not told apart from {others}",
        FAIR: f"told apart from {others} a little better than by guessing",
        POOR: f"told apart from {others}",
    }[level]


def _columns(level, figures, others):
    return {
        GOOD: "columns look as in real rows",
        UNSURE: "columns look as in real rows",
        FAIR: "some columns are off",
        POOR: "columns are far off",
    }[level]


def _pairs(level, figures, others):
    return {
        GOOD: "pairs of columns are related as in real rows",
        UNSURE: "pairs of columns are related as in real rows",
        FAIR: "some relations of columns are weaker or stronger",
        POOR: "relations between columns are lost",
    }[level]


def _precision(level, figures, others):
    beside = _beside(figures, others)
    return f"{percent(figures.value)} of rows lie where real rows are{beside}"


def _coverage(level, figures, others):
    beside = _beside(figures, others)
    return f"{percent(figures.value)} of real rows have a row near them{beside}"


def _utility(level, figures, others):
    return (
        f"a model trained on these rows scores {_figure(figures.value)}, on real rows "
        f"{_figure(figures.ceiling)}"
    )


def _copies(level, figures, others):
    if figures.value == 0:
        return f"no row is a copy of a training row{_beside(figures, others)}"
    beside = _beside(figures, others)
    return f"{percent(figures.value)} of rows are copies of training rows{beside}"


def _nearest(level, figures, others):
    if level in (FAIR, POOR):
        beside = _beside(figures, others)
        return (
            f"{percent(figures.value)} of rows are nearer to training rows than to "
            f"unseen ones{beside}"
        )
    return "no nearer to training rows than to unseen ones"


def _membership(level, figures, others):
    return {
        GOOD: "training rows are not told from unseen ones",
        UNSURE: "training rows are not told from unseen ones",
        FAIR: "training rows are told from unseen ones, a little",
        POOR: "training rows are told from unseen ones",
    }[level]


def _risk(told):
    def words(level, figures, others):
        if level in (FAIR, POOR):
            return f"{told}: {percent(figures.value)} beyond chance"
        return f"{told} hardly better than by chance"

    return words


_WORDS = {
    "detection": _detection,
    "marginal_error": _columns,
    "pairwise_error": _pairs,
    "precision": _precision,
    "coverage": _coverage,
    "utility": _utility,
    "copy_rate": _copies,
    "nearest_record_share": _nearest,
    "membership": _membership,
    "attribute_inference": _risk("cells of training rows are guessed"),
    "singling_out": _risk("training rows are singled out"),
    "linkability": _risk("cells of training rows are linked"),
}
