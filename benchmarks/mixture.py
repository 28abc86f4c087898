"""GaussianMixtureGenerator beside scikit-learn's GaussianMixture.

Protocol. The numeric columns of a table, each with noise as wide as its usual step
added, so that no value is repeated and both have the same base measure; 80 % of the
rows are fitted, the others scored. scikit-learn sees standardised columns, and its
score is put into the tables' units. Both start from k-means with the same seed, on one
core. Then 100,000 rows of 20 columns are fitted and a million rows drawn.
"""

from time import perf_counter

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from benchmarks._data import load
from benchmarks._report import format_table, write_result
from skgen import GaussianMixtureGenerator

TABLES = ("power_sub", "magic")
N_COMPONENTS = (10, 20)
SHAPE_LARGE = (100_000, 20)
N_DRAWN = 1_000_000


def numeric_part(name, seed=0):
    """Return the numeric columns of a table as an array without repeated values."""
    table, _ = load(name)
    X = table.select_dtypes("number").dropna().to_numpy(dtype=np.float64)
    rng = np.random.default_rng(seed)
    steps = [np.median(np.diff(np.unique(x))) for x in X.T]
    X = X + (rng.random(X.shape) - 0.5) * steps
    return X[rng.permutation(len(X))]


def make_large(shape=SHAPE_LARGE, seed=0):
    """Return rows of ten overlapping clusters."""
    rng = np.random.default_rng(seed)
    centers = 2 * rng.standard_normal((10, shape[1]))
    mixing = rng.standard_normal((10, shape[1], shape[1])) / np.sqrt(shape[1])
    cluster = rng.integers(10, size=shape[0])
    X = rng.standard_normal(shape)
    for k in range(10):
        rows = cluster == k
        X[rows] = centers[k] + X[rows] @ mixing[k]
    return X


def run_table(name, n_components, seed=0):
    """Return one row for each of the models, from the same split and seed."""
    X = numeric_part(name)
    n_fitted = len(X) * 4 // 5
    train, test = X[:n_fitted], X[n_fitted:]
    common = {"table": name, "components": n_components}
    scaler = StandardScaler().fit(train)
    model = GaussianMixture(n_components, random_state=seed)
    seconds = _seconds(model.fit, scaler.transform(train))
    score = model.score(scaler.transform(test)) - np.log(scaler.scale_).sum()
    rows = [common | _row("scikit-learn", score, seconds, model.n_iter_)]
    settings = {
        "skgen linear": {"marginals": "linear"},
        "skgen linear, no shrinkage": {"marginals": "linear", "shrinkage": 0.0},
        "skgen": {},
    }
    for label, parameters in settings.items():
        model = GaussianMixtureGenerator(n_components, random_state=seed, **parameters)
        seconds = _seconds(model.fit, train)
        rows.append(common | _row(label, model.score(test), seconds, model.n_iter_))
    return rows


def run_large(seed=0):
    """Return the seconds that a large table takes."""
    X = make_large()
    common = {"table": f"{SHAPE_LARGE[0]:,} x {SHAPE_LARGE[1]}", "components": 10}
    model = GaussianMixture(10, random_state=seed)
    seconds = _seconds(model.fit, X)
    rows = [common | _row("scikit-learn", model.score(X), seconds, model.n_iter_)]
    rows[0]["sample s"] = _seconds(model.sample, N_DRAWN)
    for marginals in ("linear", "quantile"):
        model = GaussianMixtureGenerator(10, marginals=marginals, random_state=seed)
        seconds = _seconds(model.fit, X)
        row = _row(f"skgen {marginals}", model.score(X), seconds, model.n_iter_)
        row["sample s"] = _seconds(model.sample, N_DRAWN)
        rows.append(common | row)
    return rows


def _row(model, score, seconds, n_iterations):
    return {
        "model": model,
        "nats per row": float(score),
        "fit s": seconds,
        "iterations": n_iterations,
    }


def _seconds(function, argument):
    start = perf_counter()
    function(argument)
    return perf_counter() - start


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--tables", default=",".join(TABLES), help="comma-separated")
    parser.add_argument("--seed", type=int, default=0, help="of both models' starts")


def main(arguments):
    """Run, print the table and write the record."""
    rows = [
        row
        for name in arguments.tables.split(",")
        for n_components in N_COMPONENTS
        for row in run_table(name, n_components, arguments.seed)
    ]
    rows += run_large(arguments.seed)
    print(format_table(rows))
    protocol = {"tables": arguments.tables, "seed": arguments.seed, "drawn": N_DRAWN}
    write_result("mixture", protocol, rows)
