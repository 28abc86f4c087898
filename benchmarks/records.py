"""Measure generators beside the published figures on seven tables.

Protocol. Adult has its official split; of the other tables 90 % of the rows train and
the rest are the test rows, shuffled as published (`_protocol`). Each generator is
fitted with its defaults and draws the number of rows it was trained on, in a fresh
process on one core, from which come seconds and peak memory. Fidelity is measured by
the published formulas (`_fidelity`), against the *training* rows as published: C2ST
score is twice one minus the ROC AUC of XGBoost. Beside it stands the same against
unseen rows, which copies cannot please: "unseen AUC" of histogram boosting (HGB) and
of XGBoost, of synthetic and test rows in equal numbers.

Utility is that of XGBoost trained on synthetic rows and tested on test rows: ROC AUC,
or for the tables that end in numbers (beijing_pm25, news_subset) the root mean squared
error of log targets. By default four points of the published grid are searched, with
``--grid`` all 36 (`_utility`).

Privacy is measured on a second fit, to a random half of the rows, the other half being
unseen (`_privacy`); only dcr002 belongs to the first split, as published. Held-out
log-likelihood is in nats a row (`_likelihood`).

Three lines need no model. "fresh rows" are real ones that nothing was trained on: the
second half of the table beside the first as training rows, half of the second half
where unseen rows are needed, too. This is what a perfect generator gets. "training
rows" are those themselves: what memory gets. The floor is the model of independent
columns.

Figures are medians over repeats, which differ in the seeds of generator and metrics;
these three lines have one. Published figures stand beside (`_published`), from graphics
processors and, for news_subset and diabetes130_sub, from larger tables.
"""

import sys
from importlib.metadata import version
from statistics import median

import numpy as np
from sklearn.base import clone

from benchmarks._fidelity import beta_recall, c2st_auc, shape_error, trend_error
from benchmarks._likelihood import binned_log_likelihood, log_likelihood
from benchmarks._measure import (
    copy_rate,
    detection_auc,
    in_fresh_process,
    peak_megabytes,
    seconds,
)
from benchmarks._models import CHAMPION, chosen
from benchmarks._privacy import dcr_below, dcr_shares, membership
from benchmarks._protocol import (
    encode,
    half_split,
    prepare,
    published_split,
    sample_rows,
)
from benchmarks._published import BEST, CITATION, TABLES, published
from benchmarks._report import format_table, write_result
from benchmarks._utility import utility
from benchmarks.generators import FLOOR, fit_and_sample

FRESH, TRAINING = "fresh rows", "training rows"
# TabPC's code leaves the categories of this table out of its dcr002.
NUMERIC_DCR = ("beijing_pm25",)
QUICK_ROWS = 4_000


def fit_sample_score(generator, train, held_out, seed):
    """Return synthetic rows and the costs; meant for a fresh process."""
    generator = clone(generator).set_params(random_state=seed)
    _, fit_seconds = seconds(generator.fit, train)
    synthetic, sample_seconds = seconds(generator.sample, len(train))
    # before the density, which fit and sample do without
    peak = peak_megabytes()
    return synthetic, {
        "fit s": fit_seconds,
        "sample s": sample_seconds,
        "peak MB": peak,
        "log-likelihood": log_likelihood(generator, train, held_out),
    }


def against_training(rows, train, task, seed):
    """Return the published measures of fidelity to the training rows."""
    rows, train = encode([rows, train], task.categorical)
    return {
        "shape error %": shape_error(train, rows),
        "trend error %": trend_error(train, rows),
        "C2ST score": 2 * (1 - c2st_auc(train, rows, seed=seed)),
        "beta-recall": beta_recall(train, rows, seed=seed),
    }


def against_unseen(rows, unseen, task, seed):
    """Return the AUCs of two classifiers of rows against unseen ones."""
    rng = np.random.default_rng(seed)
    size = min(len(rows), len(unseen))
    rows, unseen = sample_rows(rows, size, rng), sample_rows(unseen, size, rng)
    encoded = encode([unseen, rows], task.categorical)
    return {
        "unseen AUC, HGB": float(detection_auc(unseen, rows, seed=seed)),
        "unseen AUC, XGB": c2st_auc(*encoded, seed=seed),
    }


def usefulness(rows, test, task, seed, grid):
    """Return the score on test rows of XGBoost trained on `rows`."""
    features = [c for c in task.categorical if c != task.target]
    tables = [table.drop(columns=task.target) for table in (rows, test)]
    targets = [table[task.target] for table in (rows, test)]
    if task.regression:
        labels = [y.to_numpy(dtype=np.float64) for y in targets]
    else:
        levels = sorted(test[task.target].unique())
        labels = [(y == levels[1]).to_numpy(dtype=np.int64) for y in targets]
    encoded = encode(tables, features)
    return {
        "utility": utility(
            *encoded, labels, regression=task.regression, grid=grid, seed=seed
        )
    }


def nearness(rows, train, test, task, seed):
    """Return dcr002 as published."""
    tables, categorical = [rows, train, test], task.categorical
    if task.name in NUMERIC_DCR:
        tables = [table.drop(columns=categorical) for table in tables]
        categorical = []
    encoded = encode(tables, categorical)
    return {"dcr002 %": dcr_below(*encoded, seed=seed)}


def privacy(rows, train, unseen, task, seed):
    """Return what `rows` give away of a half of the table, and their detection."""
    encoded = encode([rows, train, unseen], task.categorical)
    strict, share = dcr_shares(*encoded, seed=seed)
    auc, rate = membership(*encoded, seed=seed)
    return {
        "DCR share, strict": strict,
        "DCR share": share,
        "membership AUC": auc,
        "TPR at 1 % FPR": rate,
        "copies %": 100 * float(copy_rate(rows, train)),
        "copies in unseen rows %": 100 * float(copy_rate(unseen, train)),
        "half split: unseen AUC, HGB": float(detection_auc(unseen, rows, seed=seed)),
    }


def score_model(generator, task, splits, seed, grid):
    """Return all figures of one fit of a generator to each split."""
    (train, test), (half, unseen) = splits
    (rows, costs), _, _ = in_fresh_process(
        fit_sample_score, generator, train, test, seed
    )
    half_rows, _, _ = fit_and_sample(generator, half, seed)
    return {
        **against_training(rows, train, task, seed),
        **against_unseen(rows, test, task, seed),
        **usefulness(rows, test, task, seed, grid),
        **nearness(rows, train, test, task, seed),
        **privacy(half_rows, half, unseen, task, seed),
        "log-likelihood": costs.pop("log-likelihood"),
        "log-likelihood, 64 bins": binned_log_likelihood(
            generator, task.table, seed=seed
        ),
        **costs,
    }


def score_fresh_rows(task, splits, seed):
    """Return what rows get that are as real as the training rows."""
    half, other = splits[1]
    rows, unseen = other.iloc[::2], other.iloc[1::2]
    return {
        **against_training(other, half, task, seed),
        **against_unseen(rows, unseen, task, seed),
        **nearness(rows, half, unseen, task, seed),
        **privacy(rows, half, unseen, task, seed),
    }


def score_training_rows(task, splits, seed, grid):
    """Return what the training rows themselves get."""
    (train, test), (half, unseen) = splits
    return {
        **against_training(train, train, task, seed),
        **against_unseen(train, test, task, seed),
        **usefulness(train, test, task, seed, grid),
        **nearness(train, train, test, task, seed),
        **privacy(half, half, unseen, task, seed),
    }


def run(models, table, *, repeats=3, grid=False, quick=False):
    """Score generators on one table.

    Parameters
    ----------
    models : dict of {str: generator}
        Unfitted generators that can be pickled.
    table : str
        One of the seven tables.
    repeats : int, default=3
        The number of seeds.
    grid : bool, default=False
        Whether utility searches the published grid.
    quick : bool, default=False
        Whether to use 4,000 rows only.

    Returns
    -------
    figures : dict of {str: dict of {str: float}}
        By line, then by metric: the fresh and training rows, then the models.
    """
    task = prepare(table)
    splits = published_split(task), half_split(task)
    if quick:
        rng = np.random.default_rng(0)
        splits = [
            [sample_rows(part, QUICK_ROWS, rng) for part in split] for split in splits
        ]
        task = task._replace(table=sample_rows(task.table, QUICK_ROWS, rng))
    figures = {
        FRESH: score_fresh_rows(task, splits, 0),
        TRAINING: score_training_rows(task, splits, 0, grid),
    }
    for name, generator in models.items():
        seeds = range(1 if name == FLOOR else repeats)
        runs = [score_model(generator, task, splits, seed, grid) for seed in seeds]
        figures[name] = _medians(runs)
    return figures


def _medians(runs):
    return {
        key: None if runs[0][key] is None else median(run[key] for run in runs)
        for key in runs[0]
    }


def lay_out(figures, table):
    """Return one row per metric, with the published figures beside the measured."""
    sources, holders = published(table)
    measured = list(figures)[-1]
    rows = []
    for metric in figures[measured]:
        row = {table: metric}
        row |= {name: line.get(metric) for name, line in figures.items()}
        row |= {source: line.get(metric) for source, line in sources.items()}
        if row[BEST] is not None:
            row[BEST] = f"{row[BEST]} {holders[metric]}"
        rows.append(row)
    return rows


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--data", default=",".join(TABLES), help="names, by commas")
    parser.add_argument("--models", default=CHAMPION, help="names, by commas")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--grid", action="store_true", help="the published XGB grid")
    parser.add_argument(
        "--quick", action="store_true", help="4,000 rows, once; writes no record"
    )


def main(arguments):
    """Run table by table; print and write the records."""
    names = f"{FLOOR},{arguments.models}"
    options = {
        "repeats": 1 if arguments.quick else arguments.repeats,
        "grid": arguments.grid,
        "quick": arguments.quick,
    }
    for table in arguments.data.split(","):
        figures, elapsed = seconds(lambda t=table: run(chosen(names), t, **options))
        print(format_table(lay_out(figures, table)), end="\n\n", flush=True)
        print(f"{table}: {elapsed:.0f} s", file=sys.stderr)
        if not arguments.quick:
            write_record(table, figures, options)


def write_record(table, figures, options):
    """Write the figures of one table, the published ones among them."""
    sources, holders = published(table)
    lines = [{"rows": name, **line} for name, line in figures.items()]
    lines += [{"rows": name, "published": True, **f} for name, f in sources.items()]
    protocol = {
        "data": table,
        **options,
        "xgboost": version("xgboost"),
        "published figures": CITATION,
        "holders of the best": holders,
        "log-likelihood, 64 bins": "the columns before are bins, too; those of the "
        "prototype were not",
    }
    write_result(f"records-{table}", protocol, lines)
