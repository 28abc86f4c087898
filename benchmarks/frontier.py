"""Plot fidelity, privacy and time of generators against each other.

Protocol. The table is cut into random halves. Every public generator, and
AutoregressiveGenerator with every conditional, is fitted with its defaults to one half
and draws the same number of rows, in a fresh process on one core. The horizontal axis
is the ROC AUC of histogram boosting (5 folds, `_measure`) that distinguishes these rows
from the unseen half. The vertical axis is the ROC AUC of an attack (`_privacy`) that
distinguishes training from unseen rows by the distance to the nearest synthetic row.
Both are best at 0.5, in the lower left corner; the area of a dot grows with the seconds
that fit and sample take.

Two points need no generator. "fresh rows" are real: one part of the unseen half,
against the other. "SMOTE-like" rows lie on the line from a training row to one of its
five nearest training rows, a category taken from either end.

Figures are medians over repeats, which differ in the seeds of generators and metrics.
"""

from statistics import median

import matplotlib
import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from benchmarks._fidelity import indicator_matrix
from benchmarks._measure import detection_auc, in_fresh_process
from benchmarks._models import CHAMPION, candidates, chosen
from benchmarks._neighbors import scaled
from benchmarks._privacy import membership
from benchmarks._protocol import encode, half_split, is_number, prepare
from benchmarks._report import RESULTS, format_table, write_result
from benchmarks.generators import fit_and_sample

TABLES = "adult,magic,shoppers"
FRESH, SMOTE_LIKE = "fresh rows", "SMOTE-like"
REFERENCES = (FRESH, SMOTE_LIKE)
N_NEIGHBORS = 5
DETECTION, ATTACK, SECONDS = "unseen AUC", "membership AUC", "seconds"
# Square points of the area of a dot: the least, and for each factor of ten in seconds.
LEAST_AREA, AREA = 25.0, 70.0
# Scales are linear up to about this distance from 0.5, then logarithmic.
LINEAR = 0.02
TICKS = (0.48, 0.5, 0.52, 0.55, 0.6, 0.7, 0.8, 1.0)
N_LEGEND_COLUMNS = 5


def smote_like(train, categorical, seed=0):
    """Return one row for each of `train`, between it and one of its neighbours.

    Distances are Euclidean, of numbers over their range and indicators of categories.
    """
    rng = np.random.default_rng(seed)
    (rows,) = encode([train], categorical)
    numeric = scaled(rows.numeric, np.ptp(rows.numeric, axis=0))
    X = indicator_matrix(rows._replace(numeric=numeric)).toarray()
    neighbors = NearestNeighbors(n_neighbors=N_NEIGHBORS + 1, algorithm="brute").fit(X)
    found = neighbors.kneighbors(X, return_distance=False)[:, 1:]
    other = found[np.arange(len(X)), rng.integers(N_NEIGHBORS, size=len(X))]
    step = rng.random(len(X))
    ends = train, train.iloc[other].reset_index(drop=True)
    between = {c: _between(ends[0][c], ends[1][c], step) for c in train}
    return pd.DataFrame(between).astype(train.dtypes)


def _between(a, b, step):
    if not is_number(a):
        return a.where(step < 0.5, b)
    values = a + step * (b - a)
    return values.round() if pd.api.types.is_integer_dtype(a) else values


def score(rows, train, unseen, task, seed):
    """Return the position of a dot: detection AUC and attack AUC."""
    encoded = encode([rows, train, unseen], task.categorical)
    return {
        DETECTION: float(detection_auc(unseen, rows, seed=seed)),
        ATTACK: membership(*encoded, seed=seed)[0],
    }


def score_model(generator, task, train, unseen, seed):
    """Return the position and the seconds of one generator."""
    answer, _, _ = in_fresh_process(fit_and_sample, generator, train, seed)
    rows, *costs = answer
    return {**score(rows, train, unseen, task, seed), SECONDS: sum(costs)}


def run(models, table, *, repeats=1):
    """Score generators on the halves of one table.

    Parameters
    ----------
    models : dict of {str: generator}
        Unfitted generators that can be pickled.
    table : str
        One of the seven tables of `_protocol`.
    repeats : int, default=1
        The number of seeds.

    Returns
    -------
    rows : list of dict
        One for each of the references, then one per generator.
    """
    task = prepare(table)
    train, unseen = half_split(task)
    parts = unseen.iloc[::2], unseen.iloc[1::2]
    lines = {
        FRESH: [score(parts[0], train, parts[1], task, 0)],
        SMOTE_LIKE: [
            score(smote_like(train, task.categorical), train, unseen, task, 0)
        ],
    }
    for name, generator in models.items():
        lines[name] = [
            score_model(generator, task, train, unseen, seed) for seed in range(repeats)
        ]
    return [
        {"table": table, "rows": name}
        | {key: median(run[key] for run in runs) for key in runs[0]}
        for name, runs in lines.items()
    ]


def draw(rows, path):
    """Draw one panel per table, and one key to all of them."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    tables = list(dict.fromkeys(row["table"] for row in rows))
    names = list(dict.fromkeys(row["rows"] for row in rows))
    colors = dict(zip(names, pyplot.get_cmap("tab20").colors, strict=False))
    figure, axes = pyplot.subplots(
        1, len(tables), figsize=(1 + 4.4 * len(tables), 5.4), squeeze=False
    )
    for axis, table in zip(axes[0], tables, strict=True):
        for row in rows:
            if row["table"] == table:
                _dot(axis, row, colors[row["rows"]])
        _dress(axis, table)
    axes[0, 0].set_ylabel("AUC, training against unseen rows by distance")
    figure.suptitle("Best is .5, .5; the numbers are seconds of fit and sample")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    columns = min(N_LEGEND_COLUMNS, len(labels))
    legend = figure.legend(
        handles, labels, loc="lower center", ncols=columns, frameon=False, fontsize=9
    )
    for handle in legend.legend_handles:
        handle.set_sizes([LEAST_AREA + AREA / 2])
    n_lines = -(-len(labels) // columns)
    figure.tight_layout(rect=(0, 0.02 + 0.04 * n_lines, 1, 1))
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _dot(axis, row, color):
    place, cost = (row[DETECTION], row[ATTACK]), row.get(SECONDS)
    axis.scatter(
        *place,
        s=LEAST_AREA + AREA * np.log10(1 + (cost or 0.0)),
        marker="D" if cost is None else "o",
        color=[color],
        edgecolor="black",
        linewidth=0.6,
        alpha=0.85,
        label=row["rows"].removeprefix(f"{CHAMPION}/").removesuffix("Generator"),
    )
    if cost is not None:
        text = f"{cost:.1f}" if cost < 10 else f"{cost:.0f}"
        axis.annotate(
            text, place, xytext=(6, 6), textcoords="offset points", fontsize=8
        )


def _dress(axis, title):
    axis.set_title(title)
    axis.set_xlabel("AUC, synthetic against unseen rows")
    for set_scale, set_ticks, line in (
        (axis.set_xscale, axis.set_xticks, axis.axvline),
        (axis.set_yscale, axis.set_yticks, axis.axhline),
    ):
        set_scale("function", functions=(_stretch, _shrink))
        set_ticks(TICKS, [f"{tick:g}" for tick in TICKS])
        line(0.5, color="0.8", linewidth=0.8, zorder=0)
    axis.set(xlim=(0.47, 1.3), ylim=(0.47, 1.1))


def _stretch(auc):
    return np.arcsinh((np.asarray(auc) - 0.5) / LINEAR)


def _shrink(u):
    return 0.5 + LINEAR * np.sinh(np.asarray(u))


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--data", default=TABLES, help="names, by commas")
    parser.add_argument("--models", help="names, by commas; default: all")
    parser.add_argument("--repeats", type=int, default=1)


def main(arguments):
    """Run, print the table, write the record and draw the picture."""
    if arguments.models is None:
        # With its default conditional it is among the others.
        models = {n: g for n, g in candidates().items() if n != CHAMPION}
    else:
        models = chosen(arguments.models)
    rows = []
    for table in arguments.data.split(","):
        rows += run(models, table, repeats=arguments.repeats)
    rows.sort(key=len, reverse=True)
    print(format_table(rows))
    protocol = {"data": arguments.data, "repeats": arguments.repeats}
    write_result("frontier", protocol, rows)
    draw(rows, RESULTS / "frontier.png")
