"""What the figures of samplers say: means, ranks, tests, differences, demands."""

import numpy as np
import pandas as pd

from benchmarks._imbalance_models import METRICS
from benchmarks._ranks import block_ranks, critical_difference, friedman

BASELINES = ("none", "class_weight")
OWN, SMOTE, RIVAL = "skgen", "smote", "polynom_fit"
RANKED = ("roc_auc", "average_precision", "balanced_accuracy")
GAIN = 0.010
SLACK = 1.02
BLOCKS = ["table", "classifier"]


def ranks_of(scores, metric):
    """Return ranks of all samplers, one row per table and classifier."""
    values = scores.pivot(index=BLOCKS, columns="sampler", values=metric)
    values = values[list(scores["sampler"].unique())]
    return block_ranks(values, descending=METRICS[metric])


def known_metrics(scores):
    """Return the metrics that were measured at all."""
    return [metric for metric in METRICS if scores[metric].notna().any()]


def summarise(scores):
    """Return mean metrics, failures and seconds, one dict per sampler."""
    rows = []
    for name in scores["sampler"].unique():
        own = scores[scores["sampler"] == name]
        entries = own.drop_duplicates("table")
        rows.append(
            {
                "sampler": name,
                **own[known_metrics(scores)].mean(),
                "failures": int(entries["failures"].sum()),
                "of": int(entries["resamplings"].sum()),
                "sampler s": float(entries["sampler_seconds"].mean()),
                "classifiers s": float(
                    own.groupby("table")["classifier_seconds"].sum().mean()
                ),
            }
        )
    return rows


def mean_ranks(scores):
    """Return mean ranks over tables and classifiers, one dict per sampler."""
    ranks = {metric: ranks_of(scores, metric) for metric in known_metrics(scores)}
    means = pd.DataFrame({m: r.mean() for m, r in ranks.items() if len(r)})
    return means.rename_axis("mean rank").reset_index().to_dict("records")


def tests(scores):
    """Return Friedman's test and the critical difference, one dict per metric.

    Once with tables x classifiers as blocks, and, more strictly, with tables, over
    whose classifiers ranks are averaged first.
    """
    rows = []
    for metric in known_metrics(scores):
        ranks = ranks_of(scores, metric)
        row = {"metric": metric, "samplers": ranks.shape[1]}
        for name, part in (
            ("blocks", ranks),
            ("tables", ranks.groupby("table").mean()),
        ):
            row[name] = len(part)
            row[f"Friedman p, {name}"] = friedman(part)
            row[f"CD, {name}"] = critical_difference(ranks.shape[1], len(part))
        rows.append(row)
    return rows


def differences(scores, sampler, baseline):
    """Return mean differences `sampler` - `baseline` with paired standard errors.

    One dict per classifier and one for their mean. A standard error is that of the
    mean over tables of the per-table difference.
    """
    metrics = known_metrics(scores)
    wide = scores.pivot(index=BLOCKS, columns="sampler")
    gaps = pd.DataFrame({m: wide[m][sampler] - wide[m][baseline] for m in metrics})
    parts = {"all": gaps.groupby("table").mean()}
    for name in scores["classifier"].unique():
        parts[name] = gaps.xs(name, level="classifier")
    rows = []
    for name, part in parts.items():
        row = {f"{sampler} -": baseline, "classifier": name}
        for metric in metrics:
            row[metric] = _with_error(part[metric].dropna())
        rows.append(row)
    return rows


def _with_error(values):
    """Return the mean and its standard error as text; None without values."""
    if not len(values):
        return None
    if len(values) == 1:
        return f"{values.iloc[0]:+.4f}"
    return f"{values.mean():+.4f} ± {values.std() / np.sqrt(len(values)):.4f}"


def by_classifier(scores):
    """Return mean metrics, one dict per classifier and sampler."""
    keys = ["classifier", "sampler"]
    means = scores.groupby(keys, sort=False)[known_metrics(scores)].mean()
    rows = means.reset_index().to_dict("records")
    return [{k: None if v != v else v for k, v in row.items()} for row in rows]


def demands(scores):
    """Return what must hold: asked, measured and whether it does, one dict each.

    Ranks are among all samplers, baselines included, but baselines may be better.
    A demand is left out if a sampler that it needs was not run.
    """
    names = set(scores["sampler"])
    if OWN not in names:
        return []
    means = scores.groupby("sampler")[known_metrics(scores)].mean()
    rows = [*_rank_demands(scores, names), *_mean_demands(means, names)]
    return [row | {"holds": bool(row.pop("holds"))} for row in rows]


def _rank_demands(scores, names):
    others = [name for name in names if name not in (*BASELINES, OWN)]
    critical = {row["metric"]: row for row in tests(scores)}
    for metric in RANKED:
        ranks = ranks_of(scores, metric).mean()
        if others:
            best = ranks[others].idxmin()
            yield {
                "must hold": f"best mean rank of samplers, {metric}",
                "asked": f"<= {ranks[best]:.3f} ({best})",
                "measured": f"{ranks[OWN]:.3f}",
                "holds": ranks[OWN] <= ranks[best],
            }
        if SMOTE not in names or metric == "average_precision":
            continue
        for kind in ("blocks", "tables"):
            asked = critical[metric][f"CD, {kind}"]
            gap = ranks[SMOTE] - ranks[OWN]
            yield {
                "must hold": f"rank before SMOTE, {metric}, CD of {kind}",
                "asked": f"> {asked:.3f}",
                "measured": f"{gap:.3f}",
                "holds": gap > asked,
            }


def _mean_demands(means, names):
    bars = []
    if SMOTE in names:
        least = means.loc[SMOTE, "roc_auc"] + GAIN
        bars.append(("mean ROC AUC, that of SMOTE + .010", "roc_auc", least, True))
    if {"none", RIVAL} <= names:
        least = means.loc[["none", RIVAL], "average_precision"].max()
        text = f"mean average precision, of none and {RIVAL}"
        bars.append((text, "average_precision", least, True))
    for metric in ("log_loss", "brier"):
        if "none" in names:
            most = SLACK * means.loc["none", metric]
            text = f"mean corrected {metric}, of none + 2 %"
            bars.append((text, f"{metric}_corrected", most, False))
    for text, metric, bar, more in bars:
        value = means.loc[OWN, metric]
        yield {
            "must hold": text,
            "asked": f"{'>=' if more else '<='} {bar:.4f}",
            "measured": f"{value:.4f}",
            "holds": value >= bar if more else value <= bar,
        }
