"""Regimes of rare rows: tables at full size beside small ones."""

from benchmarks._imbalance_models import METRICS

MAX_ROWS = 20_000
REPEATS = 2
#: rare training rows at which the next regime begins
BOUNDS = (60, 300, 500)


def regime(n_rare):
    """Return the name of the regime of a number of rare training rows."""
    below = [bound for bound in BOUNDS if n_rare < bound]
    return f"< {below[0]}" if below else f">= {BOUNDS[-1]}"


def by_regime(scores):
    """Return means by regime, classifier and sampler, and differences to none.

    One dict per regime, classifier ("all": their mean) and sampler.
    """
    metrics = [m for m in METRICS if scores[m].notna().any()]
    shown = [m for m in metrics if m not in ("brier", "ece", "log_loss")]
    scores = scores.assign(regime=scores["rare"].map(regime))
    rows = []
    for name, part in scores.groupby("regime", sort=False):
        each = [(c, own) for c, own in part.groupby("classifier", sort=False)]
        for classifier, own in [("all", part), *each]:
            rows += _rows_of(name, classifier, own, shown)
    return rows


def _rows_of(name, classifier, part, metrics):
    wide = part.pivot(index=["table", "classifier"], columns="sampler")
    for sampler in part["sampler"].unique():
        own = part[part["sampler"] == sampler]
        row = {"rare rows": name, "classifier": classifier, "sampler": sampler}
        row |= {"tables": own["table"].nunique(), **own[metrics].mean()}
        if "none" in set(part["sampler"]):
            gap = (wide["roc_auc"][sampler] - wide["roc_auc"]["none"]).groupby("table")
            row["worst ROC AUC - none"] = float(gap.mean().min())
        row |= {k: _mean(own[k]) for k in ("shift", "missing shift")}
        yield row


def _mean(values):
    return float(values.mean()) if values.notna().any() else None
