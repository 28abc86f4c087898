"""Measure how close synthetic rows come to unseen ones, and what they cost.

Protocol. A table is split into training and held-out rows: the official split of
the table, or a random one. Each generator is fitted on the training rows with its
defaults and draws the same number of rows, in a fresh process on one core, which
gives the seconds and the peak memory. Then, with histogram gradient boosting at
scikit-learn's defaults as judge and student throughout:

- detection AUC: synthetic against held-out rows, equal counts, stratified 5-fold,
  missing cells kept. 0.5 is indistinguishable. The floor is the model of
  independent columns, the ceiling the training rows themselves.
- copies: rows that occur cell for cell among the training rows, in percent; beside
  it (ceiling line) how often held-out rows do.
- missing: the largest difference of a column's rate of missing cells from that of
  the training rows, in percentage points.
- schema: whether columns, dtypes and categories equal those of the training rows.
- utility AUC: trained on synthetic rows, tested on held-out ones, for binary
  targets (ceiling line: trained on the training rows).

Figures are medians over repeats, which differ in seed and, if random, in split.
"""

from statistics import median

import numpy as np
from sklearn.base import clone

import skgen
from benchmarks._data import load, record
from benchmarks._measure import (
    copy_rate,
    detection_auc,
    in_fresh_process,
    seconds,
    utility_auc,
)
from benchmarks._report import format_table, write_result

# The first rows that are the published training part.
OFFICIAL = {"adult": 32_561}
FLOOR = "IndependentGenerator"


def public_generators():
    """Return {name: generator with its defaults} of all that skgen exports."""
    names = [
        n for n in skgen.__all__ if n.endswith("Generator") and n != "BaseGenerator"
    ]
    return {name: getattr(skgen, name)() for name in sorted(names, key=_floor_first)}


def _floor_first(name):
    return name != FLOOR, name


def split(table, name, train, seed):
    """Return training and held-out rows.

    Parameters
    ----------
    table : DataFrame
        All rows.
    name : str
        The name of the table, for the official split.
    train : {"official", "half"} or int
        The official split, or the number of random rows to train on.
    seed : int
        Decides the random rows.
    """
    if train == "official":
        if name not in OFFICIAL:
            raise ValueError(f"train='official' is known for {list(OFFICIAL)} only.")
        order, n_train = np.arange(len(table)), OFFICIAL[name]
    else:
        n_train = len(table) // 2 if train == "half" else int(train)
        order = np.random.default_rng(seed).permutation(len(table))
    if not 0 < n_train < len(table):
        raise ValueError(
            f"train={train} leaves no held-out rows of the {len(table)} of {name!r}."
        )
    parts = order[:n_train], order[n_train:]
    return tuple(table.iloc[part].reset_index(drop=True) for part in parts)


def fit_and_sample(generator, train, seed):
    """Return the synthetic rows, the seconds to fit and the seconds to sample."""
    generator = clone(generator).set_params(random_state=seed)
    _, fit_seconds = seconds(generator.fit, train)
    synthetic, sample_seconds = seconds(generator.sample, len(train))
    return synthetic, fit_seconds, sample_seconds


def score_rows(rows, train, held_out, target, seed):
    """Return the figures of `rows` that need no model: see the module."""
    missing = rows.isna().mean() - train.isna().mean()
    return {
        "detection AUC": float(detection_auc(held_out, rows, seed=seed)),
        "copies %": 100 * float(copy_rate(rows, train)),
        "missing": 100 * float(missing.abs().max()),
        "schema": _schema(rows) == _schema(train),
        "utility AUC": target and float(utility_auc(rows, held_out, target, seed=seed)),
    }


def _schema(table):
    """Return columns, dtypes and, in their order, categories."""
    return [
        (name, dtype, list(getattr(dtype, "categories", ())))
        for name, dtype in table.dtypes.items()
    ]


def score_ceiling(train, held_out, target, seed):
    """Return the figures of real rows: training ones, and copies in held-out ones."""
    figures = score_rows(train, train, held_out, target, seed)
    return figures | {"copies %": 100 * float(copy_rate(held_out, train))}


def score_generator(generator, train, held_out, target, seed):
    """Return the figures of one generator, time and memory included."""
    answer, before, peak = in_fresh_process(fit_and_sample, generator, train, seed)
    synthetic, fit_seconds, sample_seconds = answer
    return {
        "fit s": fit_seconds,
        "sample s": sample_seconds,
        "peak MB": peak,
        "over start MB": peak - before,
        **score_rows(synthetic, train, held_out, target, seed),
    }


def run(models, *, data="adult", train="half", repeats=1):
    """Score generators on one table.

    Parameters
    ----------
    models : dict of {str: generator}
        Unfitted generators that can be pickled.
    data : str, default="adult"
        A name of the catalog.
    train : {"official", "half"} or int, default="half"
        See `split`.
    repeats : int, default=1
        The number of seeds.

    Returns
    -------
    rows : list of dict
        One for the ceiling and one per generator; medians over the repeats.
    """
    table, target = load(data)
    target = target if record(data)["task"] == "binary" else None
    figures = {"real rows (ceiling)": [], **{name: [] for name in models}}
    for seed in range(repeats):
        parts = split(table, data, train, seed)
        ceiling = score_ceiling(*parts, target, seed)
        figures["real rows (ceiling)"].append(ceiling)
        for name, generator in models.items():
            figures[name].append(score_generator(generator, *parts, target, seed))
    return [{"rows": name, **_medians(runs)} for name, runs in figures.items()]


def _medians(runs):
    return {
        key: all(run[key] for run in runs)
        if key == "schema"
        else runs[0][key] and median(run[key] for run in runs)
        for key in runs[0]
    }


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--data", default="adult", help="a name of the catalog")
    parser.add_argument("--train", default="half", help="N, official or half")
    parser.add_argument("--models", help="names, comma-separated; default: all public")
    parser.add_argument("--repeats", type=int, default=1)


def main(arguments):
    """Run, print the table and write the record."""
    models = public_generators()
    if arguments.models is not None:
        models = {name: models[name] for name in arguments.models.split(",")}
    rows = run(
        models, data=arguments.data, train=arguments.train, repeats=arguments.repeats
    )
    # The ceiling has fewer figures; the columns follow the fullest line.
    rows.sort(key=len, reverse=True)
    print(format_table(rows))
    protocol = {k: getattr(arguments, k) for k in ("data", "train", "repeats")}
    write_result(f"generators-{arguments.data}-{arguments.train}", protocol, rows)
