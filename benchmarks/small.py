"""Compare generators on small tables: fidelity, privacy, utility and seconds.

Protocol. A few random rows of a table train a generator; up to 2,000 other rows are
unseen. The generator draws 20 times the number of training rows. Figures:

- gain: log-density of the unseen rows, in nats a row, above that of independent
  columns. Rows with a category that the training rows lack are left out, and of tables
  with missing cells, whose densities need particles, all but 300.
- boosting, logistic: ROC AUC of gradient boosting, and of logistic regression of
  standardised numbers and indicators, that distinguish drawn from unseen rows; equal
  numbers, at most 1,000. 0.5 is best.
- attack: ROC AUC of telling training from unseen rows by the distance to the nearest
  drawn row over that to the fifth nearest row of a third sample
  (`_privacy.relative_membership`). 0.5 is best.
- nearest: share of drawn rows nearer to training than to as many unseen rows.
- utility: ROC AUC (one class against the rest) or R2 of a random forest that predicts
  the target, trained on as many drawn rows as there are training rows, tested on unseen
  rows. The line "training rows" holds that of the real ones.
- seconds of processor time, on one core: to fit, and to draw.

Simulated tables. "mixed" has eight columns of all kinds that depend on each other. The
rare levels stand last in tables of independent columns; the figures are the smallest
and the largest ratio of the drawn to the training share of a level that at least one in
100 rows hold.

Figures are means over seeds, which differ in rows and in the seeds of generators.
"""

import warnings

import matplotlib
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn import datasets
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler

from benchmarks._data import load
from benchmarks._fidelity import indicator_matrix
from benchmarks._likelihood import known_categories
from benchmarks._measure import detection_auc, processor_seconds
from benchmarks._models import CHAMPION, chosen
from benchmarks._privacy import dcr_shares, relative_membership
from benchmarks._protocol import encode, is_number
from benchmarks._report import RESULTS, format_table, write_result
from benchmarks._small_tables import many_levels, mixed, rare_boolean
from benchmarks.generators import FLOOR

TABLES = {
    100: ("wine", "hepatitis", "breast_cancer", "insurance", "keel_pima"),
    200: (
        *("insurance", "german_credit", "concrete", "abalone", "wine_quality"),
        *("keel_pima", "diabetes", "titanic", "forestfires", "heloc"),
    ),
    600: (
        *("insurance", "german_credit", "concrete", "abalone"),
        *("wine_quality", "magic", "titanic", "keel_yeast3"),
    ),
    1000: (
        *("abalone", "magic", "wine_quality"),
        *("california", "keel_yeast3", "insurance"),
    ),
    2500: ("abalone", "magic", "california", "heloc"),
}
SKLEARN = ("wine", "breast_cancer", "diabetes")
MODELS = (
    FLOOR,
    f"{CHAMPION}/TreeConditional",
    f"{CHAMPION}/BoostedConditional",
    "GaussianMixtureGenerator",
    "LatentFactorGenerator",
    CHAMPION,
)
SIMULATED, SIMULATED_SIZES, N_REFERENCE = "mixed", (200, 600), 3_000
RARE = {"boolean of 1 %": rare_boolean, "50 levels": many_levels}
RARE_SIZES = (1_000, 3_000)
MAX_UNSEEN, MAX_JUDGED, MAX_INCOMPLETE, TIMES = 2_000, 1_000, 300, 20
REAL = "training rows"


def read(name):
    """Return a table and the name of its target."""
    if name in SKLEARN:
        options = {"scaled": False} if name == "diabetes" else {}
        loaded = getattr(datasets, f"load_{name}")(as_frame=True, **options)
        return loaded.frame, "target"
    return load(name)


def split(name, n_rows, seed):
    """Return training rows, unseen rows, and the name of the target."""
    if name == SIMULATED:
        table, target = mixed(n_rows + N_REFERENCE + n_rows, seed), "ill"
    else:
        table, target = read(name)
    order = np.random.default_rng(seed).permutation(len(table))
    limit = len(order) if name == SIMULATED else n_rows + MAX_UNSEEN
    parts = order[:n_rows], order[n_rows:limit]
    train, unseen = (table.iloc[part].reset_index(drop=True) for part in parts)
    return train, unseen, target


def fill(tables, train):
    """Return tables without missing numbers, for measures that take none."""
    categorical = [name for name in train if not is_number(train[name])]
    middle = train.drop(columns=categorical).median().fillna(0).to_dict()
    return [table.fillna(middle) for table in tables], categorical


def logistic_auc(real, other, train, seed):
    """Return the AUC of a logistic regression that distinguishes two samples."""
    size = min(len(real), len(other))
    both, categorical = fill([real[:size], other[:size]], train)
    matrices = [
        np.asarray(indicator_matrix(rows).todense())
        for rows in encode(both, categorical)
    ]
    X, label = np.concatenate(matrices), np.repeat([0, 1], size)
    X = StandardScaler().fit_transform(X)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    judge = LogisticRegression(max_iter=500)
    return cross_val_score(judge, X, label, cv=folds, scoring="roc_auc").mean()


def utility(rows, unseen, target, seed):
    """Return how well a forest that is trained on `rows` predicts unseen targets."""
    known = known_categories(unseen, rows)
    parts, categorical = fill([rows, unseen[known]], rows)
    parts = [part.dropna(subset=target) for part in parts]
    labels = [part[target] for part in parts]
    features = [part.drop(columns=target) for part in parts]
    coded = encode(features, [name for name in categorical if name != target])
    X, X_test = (indicator_matrix(part).toarray() for part in coded)
    if is_number(labels[0]) and labels[0].nunique() > 10:
        model = RandomForestRegressor(100, random_state=seed).fit(X, labels[0])
        return r2_score(labels[1], model.predict(X_test))
    y, y_test = (label.astype(str) for label in labels)
    if y.nunique() < 2:
        return 0.5
    model = RandomForestClassifier(100, random_state=seed).fit(X, y)
    aucs = [
        roc_auc_score(y_test == level, p)
        for level, p in zip(model.classes_, model.predict_proba(X_test).T, strict=True)
        if 0 < (y_test == level).sum() < len(y_test)
    ]
    return float(np.mean(aucs))


def score_rows(rows, train, unseen, target, seed):
    """Return the figures of drawn rows that need no model."""
    rng = np.random.default_rng(seed)
    thin = rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)
    judged, against = thin[:MAX_JUDGED], unseen[:MAX_JUDGED]
    filled, categorical = fill([rows, train, unseen], train)
    encoded = encode(filled, categorical)
    return {
        "boosting": float(detection_auc(against, judged, seed=seed)),
        "logistic": float(logistic_auc(against, judged, train, seed)),
        "attack": relative_membership(*encoded, seed=seed),
        "nearest": dcr_shares(*encoded, seed=seed)[1],
        "utility": utility(thin[: len(train)], unseen, target, seed),
    }


def score_model(generator, train, unseen, target, seed):
    """Return the figures of one generator, its log-density among them."""
    generator = clone(generator).set_params(random_state=seed)
    _, fit_seconds = processor_seconds(generator.fit, train)
    rows, draw_seconds = processor_seconds(generator.sample, TIMES * len(train))
    held_out = unseen[known_categories(unseen, train)]
    if held_out.isna().any(axis=None):
        held_out = held_out[:MAX_INCOMPLETE]
    gain = float(generator.score(held_out)) if hasattr(generator, "score") else None
    return {
        "gain": gain,
        **score_rows(rows, train, unseen, target, seed),
        "fit s": fit_seconds,
        "draw s": draw_seconds,
    }


def run(name, n_rows, models, *, repeats=2):
    """Score generators on some rows of one table.

    Parameters
    ----------
    name : str
        A name of the catalog or of scikit-learn, or "mixed".
    n_rows : int
        The number of training rows.
    models : dict of {str: generator}
        Unfitted generators; independent columns are added if they are missing.
    repeats : int, default=2
        The number of seeds.

    Returns
    -------
    lines : list of dict
        One for the training rows, then one per generator; means over seeds.
    """
    models = {**chosen(FLOOR), **models}
    runs = {label: [] for label in (REAL, *models)}
    for seed in range(repeats):
        train, unseen, target = split(name, n_rows, seed)
        runs[REAL].append({"utility": utility(train, unseen, target, seed)})
        for label, generator in models.items():
            figures = score_model(generator, train, unseen, target, seed)
            if label == FLOOR:
                floor = figures["gain"]
            if figures["gain"] is not None:
                figures["gain"] -= floor
            runs[label].append(figures)
    return [
        {"table": name, "n": n_rows, "rows": label, **pd.DataFrame(found).mean()}
        for label, found in runs.items()
    ]


def run_rare(models, *, repeats=2, sizes=RARE_SIZES):
    """Return the smallest and largest ratio of drawn to training shares of levels."""
    lines = []
    for (name, make), n_rows in ((item, n) for item in RARE.items() for n in sizes):
        for label, generator in models.items():
            ratios = []
            for seed in range(repeats):
                train = make(n_rows, seed)
                fitted = clone(generator).set_params(random_state=seed).fit(train)
                rows, last = fitted.sample(TIMES * n_rows), train.columns[-1]
                share = train[last].value_counts(normalize=True)
                drawn = rows[last].value_counts(normalize=True)
                ratio = (drawn.reindex(share.index).fillna(0) / share)[share >= 0.01]
                ratios.append((ratio.min(), ratio.max()))
            low, high = np.array(ratios).T
            lines.append(
                {"table": name, "n": n_rows, "rows": label}
                | {"least": float(low.min()), "largest": float(high.max())}
            )
    return lines


def means(lines):
    """Return the mean over the real tables of each size, and the least gain."""
    table = pd.DataFrame(lines)
    table = table[table["table"] != SIMULATED]
    out = []
    for (n_rows, label), part in table.groupby(["n", "rows"], sort=False):
        figures = part.drop(columns=["table", "n", "rows"]).mean()
        least = {"least gain": part["gain"].min()}
        out.append({"n": n_rows, "rows": label, **figures, **least})
    return [{k: None if pd.isna(v) else v for k, v in line.items()} for line in out]


def draw(lines, path):
    """Draw detection against attack: a panel for each size, a dot for each model."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    found = [line for line in means(lines) if line["rows"] != REAL]
    sizes = list(dict.fromkeys(line["n"] for line in found))
    labels = list(dict.fromkeys(line["rows"] for line in found))
    colors = dict(zip(labels, pyplot.get_cmap("tab10").colors, strict=False))
    figure, axes = pyplot.subplots(
        1, len(sizes), figsize=(1 + 3.6 * len(sizes), 4.4), squeeze=False, sharey=True
    )
    for axis, size in zip(axes[0], sizes, strict=True):
        for line in (line for line in found if line["n"] == size):
            label = line["rows"].removeprefix(f"{CHAMPION}/")
            place = line["boosting"], line["attack"]
            axis.scatter(*place, s=70, color=[colors[line["rows"]]], label=label)
        axis.set(title=f"{size:,} rows", xlabel="AUC, drawn against unseen rows")
        axis.axvline(0.5, color="0.8", zorder=0)
        axis.axhline(0.5, color="0.8", zorder=0)
    axes[0, 0].set_ylabel("AUC, training against unseen rows")
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncols=3, frameon=False)
    figure.suptitle("Best is .5, .5")
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--sizes", default="100,200,600,1000", help="rows, by commas")
    parser.add_argument("--data", help="names, by commas; default: all of each size")
    parser.add_argument("--models", default=",".join(MODELS), help="names, by commas")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--n-jobs", type=int, default=1, help="tables at once")
    parser.add_argument(
        "--rare", action="store_true", help="only the shares of rare levels"
    )
    parser.add_argument("--quick", action="store_true", help="write no record")


def main(arguments):
    """Run size by size; print and write the records, and draw the picture."""
    warnings.simplefilter("ignore")
    models, lines = chosen(arguments.models), []
    protocol = {"models": arguments.models, "repeats": arguments.repeats}
    if arguments.rare:
        lines = run_rare(models, repeats=arguments.repeats)
        print(format_table(lines), flush=True)
        if not arguments.quick:
            write_result("small-rare", protocol, lines)
        return
    jobs = []
    for size in map(int, arguments.sizes.split(",")):
        names = TABLES[size] if arguments.data is None else arguments.data.split(",")
        if arguments.data is None and size in SIMULATED_SIZES:
            names = (*names, SIMULATED)
        jobs += [
            delayed(run)(n, size, models, repeats=arguments.repeats) for n in names
        ]
    parallel = Parallel(arguments.n_jobs, return_as="generator")
    for found in parallel(jobs):
        print(format_table(found), flush=True)
        lines += found
    print("\n" + format_table(means(lines)))
    if not arguments.quick:
        write_result("small", protocol, lines + means(lines))
        draw(lines, RESULTS / "small.png")
