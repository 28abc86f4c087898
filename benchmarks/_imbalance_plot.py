"""Critical-difference diagrams: samplers at their mean ranks, joined if alike."""

import matplotlib
import numpy as np

from benchmarks._imbalance_report import BASELINES, OWN, RANKED, ranks_of
from benchmarks._ranks import cliques, critical_difference

TITLES = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "balanced_accuracy": "balanced accuracy",
}
# Of a palette for the colour-blind.
HIGHLIGHT, PEER, BASELINE = "#D55E00", "#222222", "#0072B2"
BAR = "#888888"
# In units of the distance between two labels.
BAR_STEP, TICK, ROOM = 0.32, 0.18, 0.45
# Of the range of ranks: from the end of a line to its labels.
MARGIN = 0.06


def draw(scores, path):
    """Draw one diagram per metric into a picture.

    Samplers stand at their mean ranks over tables and classifiers. A bar joins those
    without a significant difference (Nemenyi's test at .05, with tables as blocks).

    Parameters
    ----------
    scores : DataFrame
        As of `imbalance.frame`.
    path : path
        Of the picture.
    """
    matplotlib.use("Agg")
    from matplotlib import pyplot

    n_samplers = scores["sampler"].nunique()
    height = 1.5 + 0.26 * (n_samplers + 3) / 2
    figure, axes = pyplot.subplots(
        len(RANKED), 1, figsize=(9, height * len(RANKED)), layout="constrained"
    )
    for axis, metric in zip(axes, RANKED, strict=True):
        ranks = ranks_of(scores, metric)
        n_tables = len(ranks.groupby("table").size())
        difference = critical_difference(n_samplers, n_tables)
        _diagram(axis, ranks.mean().to_dict(), difference)
        axis.set_title(TITLES[metric], loc="left", fontweight="bold", fontsize=11)
    figure.supxlabel(
        f"Mean rank, 1 is best; {n_tables} tables. Bars join what Nemenyi's test (.05, "
        "tables as blocks)\ndoes not distinguish. Orange: skgen; blue: no resampling.",
        fontsize=9,
    )
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def _diagram(axis, ranks, difference):
    """Draw the ranks downwards from a line at height 0."""
    names = sorted(ranks, key=ranks.get)
    low, high = 1, len(names)
    groups = cliques(ranks, difference)
    for level, group in enumerate(groups, 1):
        ends = ranks[group[0]], ranks[group[-1]]
        pad = 0.004 * (high - low)
        axis.plot(
            (ends[0] - pad, ends[1] + pad),
            (-BAR_STEP * level,) * 2,
            color=BAR,
            linewidth=4,
            solid_capstyle="butt",
            zorder=3,
        )
    top = -BAR_STEP * (len(groups) + 1) - ROOM
    half = (len(names) + 1) // 2
    margin = MARGIN * (high - low)
    for side, part, edge in (
        (-1, names[:half], low - margin),
        (1, names[half:][::-1], high + margin),
    ):
        for position, name in enumerate(part):
            _label(axis, name, ranks[name], top - position, edge, side)
    _scale(axis, low, high, difference)
    axis.set(xlim=(low - 5 * margin, high + 5 * margin), ylim=(top - half + 0.4, 1.9))
    axis.axis("off")


def _label(axis, name, rank, height, edge, side):
    color = PEER
    if name in BASELINES:
        color = BASELINE
    elif name == OWN:
        color = HIGHLIGHT
    own = name == OWN
    axis.plot(
        (rank, rank, edge),
        (0, height, height),
        color=color,
        linewidth=2.2 if own else 0.9,
        zorder=4 if own else 2,
    )
    axis.annotate(
        f"{rank:.2f}  {name}" if side > 0 else f"{name}  {rank:.2f}",
        (edge, height),
        xytext=(4 * side, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        color=color,
        fontsize=10,
        fontweight="bold" if own else "normal",
    )


def _scale(axis, low, high, difference):
    axis.plot((low, high), (0, 0), color="black", linewidth=1.2, zorder=5)
    for tick in np.arange(low, high + 1):
        axis.plot((tick, tick), (0, TICK), color="black", linewidth=1)
        axis.text(tick, 1.4 * TICK, str(tick), ha="center", va="bottom", fontsize=9)
    # The critical difference, as long as it is on the scale.
    height = 1.35
    axis.plot((low, low + difference), (height, height), color="black", linewidth=2)
    for end in (low, low + difference):
        axis.plot((end, end), (height - 0.12, height + 0.12), color="black")
    axis.text(
        low + difference + 0.1,
        height,
        f"critical difference {difference:.2f}",
        va="center",
        fontsize=9,
    )
