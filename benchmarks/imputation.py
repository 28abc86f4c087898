"""Measure imputers on cells that were hidden from them.

Protocol. Twelve tables, named before any result was seen. Rows with missing cells are
dropped, so that the truth is known, and so are columns of more than 100 categories
(surnames); of more than 2,500 rows a random 2,500 are kept. Whole numbers are floats,
as pandas has them once cells are missing. 70 % of the rows train, the others test.
About 20 % of the cells are hidden from both parts:

- mcar: every cell with the same probability;
- mar: 30 % of the columns are never hidden; a cell of another column is hidden with a
  probability that is logistic in a random combination (of standard deviation one) of
  these columns' ranks and averages 20 %.

An imputer is fitted on the training part and completes the test part: the figures
are out of sample. A visible test cell whose category no visible training cell holds
is hidden, too, but not judged. Peers get numbers: categories are codes in sorted order,
all columns are scaled to [0, 1] by what is visible, and codes are rounded to the
nearest. SimpleImputer takes means of numbers and the most frequent category.
"MissForest-like" is IterativeImputer with RandomForestRegressor, ten rounds, all else
at its defaults, hence 100 trees. With ``--classes`` another one has forests of
classification trees for categories, as MissForest does: the harder bar. All run in one
process on one core.

Figures are of hidden test cells; numbers are divided by their range in the complete
training rows. They are means over cells, then over columns, repeats and tables:

- MAE of numbers, error rate of categories, and AvgMAE: the mean of both over all
  columns, so that a wrong category counts one.
- W1: Wasserstein-1 distance of the imputed cells of a column to their true values;
  of categories, total variation. That of whole columns is this times the share of
  hidden cells. "other real cells" are true values of hidden training cells: what is
  left of W1 by chance.
- rows W1: optimal transport of completed to true test rows by the sum of absolute
  differences, a category counting one. Energy: the energy distance of the same, with
  Euclidean distances in which two categories are one apart.
- coverage: how often the second least and second largest of 39 draws of a number hold
  the truth between them. Of an exact sampler it is 0.9 where values do not repeat, and
  higher where draws equal the truth; "ties by chance" breaks such ties at random and is
  0.9 of any exact sampler.
- processor seconds to fit and to complete the test part once.

Standard errors are over tables. Means over the 27 tables of a published comparison
stand beside; these are other tables and in-sample, no target being hidden, and means of
all cells: for orientation only.
"""

import sys
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq, linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import expit
from scipy.stats import rankdata, wasserstein_distance
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer

from benchmarks._data import load
from benchmarks._imputers import (
    CODES_FROM,
    Coded,
    KindForest,
    RealCells,
    simple_imputer,
)
from benchmarks._measure import ordinal_codes, processor_seconds
from benchmarks._models import chosen
from benchmarks._report import (
    append_entry,
    format_table,
    read_entries,
    source_fingerprint,
    write_result,
)
from skgen.imputation import GenerativeImputer

TABLES = (
    *("abalone", "concrete", "insurance", "wine_quality", "magic", "california"),
    *("wilt", "german_credit", "churn_modelling", "cpu_act", "forestfires", "heloc"),
)
MECHANISMS = ("mcar", "mar")
MAX_ROWS = 2_500
MAX_LEVELS = 100
TRAIN_SHARE = 0.7
HIDDEN_SHARE = 0.2
SEEN_SHARE = 0.3
# Between the 2nd least and the 2nd largest of 39 draws lie 36 of 40 equal shares.
N_DRAWS, TAIL = 39, 2

REAL, NEIGHBORS = "other real cells", "KNNImputer"
FOREST, CLASSES = "MissForest-like", "MissForest-like, classes"
DEFAULT = "GenerativeImputer"
PEERS = (REAL, "SimpleImputer", NEIGHBORS, "IterativeImputer", FOREST)
KEYS = ("table", "mechanism", "seed", "method")
QUALITY = ("MAE", "error rate", "AvgMAE", "W1", "rows W1", "energy")
COVERAGE = ("coverage", "ties by chance")
FIGURES = (*QUALITY, *COVERAGE, "fit s", "transform s")
# ForestDiffusion (arXiv 2309.09968), repository SamsungSAILMontreal/ForestDiffusion at
# commit 818ac3b: means over the 27 tables of its result files; five imputations of the
# training rows each. Nothing was run again here. Its W1 is that of whole rows.
CITATION = "arXiv 2309.09968, SamsungSAILMontreal/ForestDiffusion@818ac3b"
PUBLISHED = {
    "KNN, 1 neighbour": (0.155, 0.410, 0.7),
    "IterativeImputer": (0.209, 0.505, 6.0),
    "MissForest": (0.122, 0.311, 190.0),
    "miceforest": (0.131, 0.328, 155.0),
    "softImpute": (0.211, 0.511, 26.0),
    "optimal transport": (0.190, 0.540, 309.0),
    "GAIN": (0.164, 0.479, 18.0),
    "Forest-VP": (0.173, 0.554, 668.0),
}


class Case(NamedTuple):
    """One table, split, and what is hidden of it."""

    train: pd.DataFrame  # complete
    test: pd.DataFrame
    visible_train: pd.DataFrame
    visible_test: pd.DataFrame
    hidden_train: np.ndarray  # of shape (n_rows, n_columns)
    hidden_test: np.ndarray


def make_case(name, mechanism, seed):
    """Return the table `name`, thinned, split and with hidden cells."""
    rng = np.random.default_rng([seed, MECHANISMS.index(mechanism)])
    table, _ = load(name)
    table = table.dropna()
    levels = table.select_dtypes("category").nunique()
    table = table.drop(columns=levels.index[levels > MAX_LEVELS])
    order = np.random.default_rng(seed).permutation(len(table))[:MAX_ROWS]
    table = table.iloc[order].reset_index(drop=True)
    table = table.astype(dict.fromkeys(table.select_dtypes("number"), "float64"))
    hidden = _hide(table, mechanism, rng)
    n_train = round(TRAIN_SHARE * len(table))
    train, test = table.iloc[:n_train], table.iloc[n_train:]
    visible_train = train.mask(hidden[:n_train])
    visible_test = test.mask(hidden[n_train:])
    for column in table.select_dtypes("category"):
        seen = visible_train[column].cat.remove_unused_categories().dtype
        visible_test[column] = (
            visible_test[column].astype(seen).astype(table[column].dtype)
        )
    return Case(train, test, visible_train, visible_test, *np.split(hidden, [n_train]))


def _hide(table, mechanism, rng):
    """Return which cells to hide."""
    n_columns = table.shape[1]
    chance = np.full(table.shape, HIDDEN_SHARE)
    if mechanism == "mar":
        order = rng.permutation(n_columns)
        seen, others = np.split(order, [max(1, round(SEEN_SHARE * n_columns))])
        (Z,), _ = ordinal_codes(table)
        ranks = _standardised(rankdata(Z[:, seen], axis=0))
        weights = rng.standard_normal((len(seen), len(others)))
        logits = _standardised(ranks @ weights)
        chance[:, seen] = 0.0
        chance[:, others] = np.column_stack([_calibrated(x) for x in logits.T])
    return rng.random(table.shape) < chance


def _standardised(Z):
    scale = Z.std(axis=0)
    return (Z - Z.mean(axis=0)) / np.where(scale > 0, scale, 1.0)


def _calibrated(logits):
    """Return probabilities that average to the share of hidden cells."""
    excess = lambda shift: expit(logits + shift).mean() - HIDDEN_SHARE  # noqa: E731
    return expit(logits + brentq(excess, -50, 50))


def make_methods(case, seed, generators, classes=False):
    """Return {name: imputer that is not fitted yet}."""

    def iterative(**parameters):
        return lambda _: IterativeImputer(random_state=seed, **parameters)

    forest = RandomForestRegressor(random_state=seed)
    methods = {
        REAL: RealCells(case, seed),
        "SimpleImputer": Coded(simple_imputer),
        NEIGHBORS: Coded(lambda _: KNNImputer()),
        "IterativeImputer": Coded(iterative()),
        "IterativeImputer, draw": Coded(iterative(sample_posterior=True), draws=True),
        FOREST: Coded(iterative(estimator=forest, max_iter=10)),
    }
    if classes:
        forest = KindForest(random_state=seed)
        make = iterative(estimator=forest, max_iter=10)
        methods[CLASSES] = Coded(make, codes_from=CODES_FROM)
    for name, generator in {DEFAULT: None, **generators}.items():
        for strategy in ("mean", "median", "draw"):
            methods[f"{name}, {strategy}"] = GenerativeImputer(
                generator, strategy=strategy, random_state=seed
            )
    return methods


def score(method, case):
    """Return the figures of one imputer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        method, fit_seconds = processor_seconds(method.fit, case.visible_train)
        completed, transform_seconds = processor_seconds(
            method.transform, case.visible_test
        )
        draws = []
        if getattr(method, "draws", getattr(method, "strategy", None) == "draw"):
            draws = method.multiple(case.visible_test, N_DRAWS)
    coded, categorical = ordinal_codes(case.train, case.test, completed, *draws)
    scale = np.where(categorical, 1.0, np.ptp(coded[0], axis=0))
    coded = np.stack([Z / np.where(scale > 0, scale, 1.0) for Z in coded[1:]])
    truth, completed, draws = coded[0], coded[1], coded[2:]
    if np.isnan(completed).any():
        raise ValueError("An imputer left cells missing.")
    cells = [
        (truth[rows, j], completed[rows, j], draws[:, rows, j], categorical[j])
        for j, rows in enumerate(case.hidden_test.T)
        if rows.any()
    ]
    return {
        **_cell_figures(cells),
        **_row_figures(completed, truth, categorical),
        "fit s": fit_seconds,
        "transform s": transform_seconds,
    }


def _cell_figures(cells):
    errors, distances, closed, by_chance = {False: [], True: []}, [], [], []
    for truth, completed, draws, categorical in cells:
        if categorical:
            errors[True].append(np.mean(truth != completed))
            size = int(max(truth.max(), completed.max())) + 1
            shares = [
                np.bincount(x.astype(int), minlength=size) / len(x)
                for x in (truth, completed)
            ]
            distances.append(np.abs(shares[0] - shares[1]).sum() / 2)
            continue
        errors[False].append(np.abs(truth - completed).mean())
        distances.append(wasserstein_distance(truth, completed))
        if len(draws):
            below, ties = (draws < truth).sum(axis=0), (draws == truth).sum(axis=0)
            not_above, last = below + ties, N_DRAWS - TAIL
            closed.append(np.mean((not_above >= TAIL) & (below <= last)))
            inside = np.minimum(not_above, last) - np.maximum(below, TAIL) + 1
            by_chance.append(np.mean(np.maximum(inside, 0) / (ties + 1)))
    return {
        "MAE": _mean(errors[False]),
        "error rate": _mean(errors[True]),
        "AvgMAE": _mean(errors[False] + errors[True]),
        "W1": _mean(distances),
        "coverage": _mean(closed),
        "ties by chance": _mean(by_chance),
    }


def _row_figures(completed, truth, categorical):
    def distance(A, B, metric):
        mismatches = (A[:, None, categorical] != B[:, categorical]).sum(axis=2)
        return mismatches + cdist(A[:, ~categorical], B[:, ~categorical], metric)

    D = distance(completed, truth, "cityblock")
    pairs = [(completed, truth), (completed, completed), (truth, truth)]
    between, *within = (np.sqrt(distance(*p, "sqeuclidean")).mean() for p in pairs)
    return {
        "rows W1": float(D[linear_sum_assignment(D)].mean()),
        "energy": float(2 * between - sum(within)),
    }


def _mean(values):
    """Return the mean of the values that are known; None if none is."""
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else None


def run(
    tables,
    *,
    mechanisms=MECHANISMS,
    repeats=1,
    generators=(),
    classes=False,
    resume=None,
):
    """Score imputers.

    Parameters
    ----------
    tables : sequence of str
        Names of the catalog.
    mechanisms : sequence of {"mcar", "mar"}, default=("mcar", "mar")
        How cells are hidden.
    repeats : int, default=1
        The number of seeds.
    generators : dict of {str: generator}, default=()
        Other generators to impute with.
    classes : bool, default=False
        Whether to add forests that classify categories.
    resume : path, default=None
        A file of JSON lines, one per table, mechanism, seed and method: those in it are
        not run again and new ones are added. Methods are known by name alone: use
        another file, or delete their lines, once their code has changed.

    Returns
    -------
    entries : list of dict
        One per table, mechanism, seed and method, with the figures.
    """
    known = read_entries(resume, KEYS)
    entries = []
    for key in [
        (name, mechanism, seed)
        for seed in range(repeats)
        for mechanism in mechanisms
        for name in tables
    ]:
        case = make_case(*key)
        methods = make_methods(case, key[-1], dict(generators), classes)
        for method, imputer in methods.items():
            entry = known.get((*key, method))
            if entry is None:
                entry = dict(zip(KEYS, (*key, method), strict=True))
                entry |= {"skgen source": source_fingerprint(), **score(imputer, case)}
                _report(entry, resume)
            entries.append(entry)
    return entries


def _report(entry, resume):
    append_entry(resume, entry)
    print(
        f"{entry['table']} {entry['mechanism']} {entry['seed']} {entry['method']}: "
        f"AvgMAE {entry['AvgMAE']:.4f}, {entry['fit s'] + entry['transform s']:.1f} s",
        file=sys.stderr,
        flush=True,
    )


def per_table(entries):
    """Return means over seeds: a frame by mechanism, method and table."""
    frame = pd.DataFrame(entries)
    # a figure that no entry has would not be a column of numbers
    frame[list(FIGURES)] = frame[list(FIGURES)].astype("float64")
    keys = ["mechanism", "method", "table"]
    return frame.groupby(keys, sort=False)[list(FIGURES)].mean()


def summarise(means):
    """Return means over tables, with the standard errors of three figures."""
    rows = []
    for key, part in means.groupby(level=["mechanism", "method"], sort=False):
        row = dict(zip(("mechanism", "method"), key, strict=True))
        for figure in FIGURES:
            values = part[figure].dropna()
            row[figure] = float(values.mean()) if len(values) else None
            if figure in ("AvgMAE", "W1", "coverage"):
                error = values.std() / np.sqrt(len(values))
                row[f"± {figure}"] = float(error) if len(values) > 1 else None
        rows.append(row)
    return rows


def compare(means):
    """Return generators beside peers: differences, tables won, ratio of seconds."""
    rows = []
    for mechanism in means.index.unique("mechanism"):
        part = means.loc[mechanism]
        methods = part.index.unique("method")
        ours = [m for m in methods if m.split(", ")[0] not in PEERS]
        peers = [m for m in methods if m not in (REAL, *ours)]
        for own in ours:
            figure = "W1" if own.endswith("draw") else "AvgMAE"
            for peer in peers:
                gap = part.loc[own, figure] - part.loc[peer, figure]
                spent = part[["fit s", "transform s"]].sum(axis=1)
                rows.append(
                    {
                        "mechanism": mechanism,
                        "method": own,
                        "peer": peer,
                        "figure": figure,
                        "difference": float(gap.mean()),
                        "±": float(gap.std() / np.sqrt(len(gap))),
                        "at most": f"{(gap <= 0).sum()} of {len(gap)}",
                        "time": float(spent[own].sum() / spent[peer].sum()),
                    }
                )
    return rows


def by_table(means, figure):
    """Return one figure, one dict per mechanism and table."""
    wide = means[figure].unstack("method", sort=False).dropna(axis=1, how="all")
    return wide.reset_index().to_dict("records")


def published():
    """Return the published figures."""
    return [
        {"published": name, "AvgMAE": mae, "W1 of rows": distance, "seconds": spent}
        for name, (mae, distance, spent) in PUBLISHED.items()
    ]


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--tables", default=",".join(TABLES), help="comma-separated")
    parser.add_argument("--mechanisms", default=",".join(MECHANISMS))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--generators", help="others to impute with, comma-separated")
    parser.add_argument(
        "--classes", action="store_true", help="add forests that classify categories"
    )
    parser.add_argument("--resume", help="file of JSON lines to read and add to")


def main(arguments):
    """Run, print the tables and write the record."""
    generators = chosen(arguments.generators) if arguments.generators else {}
    entries = run(
        arguments.tables.split(","),
        mechanisms=arguments.mechanisms.split(","),
        repeats=arguments.repeats,
        generators=generators,
        classes=arguments.classes,
        resume=arguments.resume,
    )
    means = per_table(entries)
    for figure in ("AvgMAE", "W1", "ties by chance"):
        print(figure, format_table(by_table(means, figure)), sep="\n", end="\n\n")
    tables = summarise(means), compare(means), published()
    print(*map(format_table, tables), sep="\n\n")
    print(f"\nPublished, of other tables: {CITATION}")
    if arguments.tables == ",".join(TABLES):
        protocol = {k: getattr(arguments, k) for k in ("mechanisms", "repeats")}
        protocol |= {"tables": TABLES, "published": CITATION, "draws": N_DRAWS}
        rows = dict(zip(("means", "comparisons", "published"), tables, strict=True))
        write_result("imputation", protocol, rows | {"entries": entries})
