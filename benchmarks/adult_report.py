"""A page that puts synthetic tables of Adult side by side: `skgen.compare`.

Protocol. The official split: generators learn the 32,561 training rows and draw the
same number, and the 16,281 test rows are held out. Beside independent columns and other
real rows, which every report has, there are

- AutoregressiveGenerator with its defaults;
- SMOTE-like rows, each between a training row and one of its nearest (`frontier`);
- scikit-learn's GaussianMixture of 10 components on scaled numbers and indicators of
  categories, the largest indicator of each category taken back to it, numbers rounded
  and kept in their range;
- copies: training rows drawn with replacement.

Checked is what a report must get right: held-out rows pass for real ones and disclose
nothing, copies are called copies. All metrics have their defaults, on one core.
"""

from time import perf_counter

import numpy as np
import pandas as pd
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import MinMaxScaler

from benchmarks._protocol import encode, prepare, published_split
from benchmarks._report import RESULTS, format_table, write_result
from benchmarks.frontier import smote_like
from skgen import AutoregressiveGenerator
from skgen.report import compare

MODEL, SMOTE_LIKE, MIXTURE, COPIES = (
    "AutoregressiveGenerator",
    "SMOTE-like rows",
    "GaussianMixture",
    "copies",
)
TABLE = "adult"
N_COMPONENTS = 10


def gaussian_mixture(train, categorical, seed=0):
    """Return rows from a mixture of Gaussians, the number of rows of `train`."""
    (rows,) = encode([train], categorical)
    scaler = MinMaxScaler().fit(rows.numeric)
    sizes = [len(levels) for levels in rows.levels]
    indicators = [np.eye(n)[z] for n, z in zip(sizes, rows.codes.T, strict=True)]
    X = np.hstack([scaler.transform(rows.numeric), *indicators])
    model = GaussianMixture(N_COMPONENTS, reg_covar=1e-4, random_state=seed).fit(X)
    drawn = np.random.default_rng(seed).permutation(model.sample(len(train))[0])
    parts = np.split(drawn, np.cumsum([rows.numeric.shape[1], *sizes])[:-1], axis=1)
    columns = dict(
        zip(
            train.columns.drop(categorical),
            scaler.inverse_transform(parts[0].clip(0, 1)).round().T,
            strict=True,
        )
    )
    for name, levels, part in zip(categorical, rows.levels, parts[1:], strict=True):
        cells = pd.Series(np.asarray(levels, dtype=object)[part.argmax(axis=1)])
        columns[name] = cells.mask(cells == "nan")
    return pd.DataFrame(columns)[train.columns].astype(train.dtypes)


def make_tables(train, categorical, seed=0):
    """Return the synthetic tables by name, and the seconds that each took."""
    rng = np.random.RandomState(seed)
    makers = {
        MODEL: lambda: (
            AutoregressiveGenerator(random_state=seed).fit(train).sample(len(train))
        ),
        SMOTE_LIKE: lambda: smote_like(train, categorical, seed),
        MIXTURE: lambda: gaussian_mixture(train, categorical, seed),
        COPIES: lambda: train.sample(len(train), replace=True, random_state=rng),
    }
    tables, seconds = {}, {}
    for name, make in makers.items():
        start = perf_counter()
        tables[name] = make().reset_index(drop=True)
        seconds[name] = perf_counter() - start
    return tables, seconds


def checks(report):
    """Return {what must hold: whether it does}."""
    row = {row.key: row for row in report.summary}
    real = {key: row[key].ceiling.value for key in row}
    copies = {key: row[key].synthetic[COPIES].value for key in row}
    return {
        "held-out rows: detection .5 ± .01": abs(real["detection"] - 0.5) <= 0.01,
        "held-out rows: nearest rows .5 ± .01": (
            abs(real["nearest_record_share"] - 0.5) <= 0.01
        ),
        "held-out rows: membership .5 ± .01": abs(real["membership"] - 0.5) <= 0.01,
        "copies: copy rate 1": copies["copy_rate"] == 1.0,
        "copies: membership over .8": copies["membership"] > 0.8,
        "copies: verdict says so": "copies" in report.verdicts[COPIES].privacy.words,
    }


def run(seed=0, max_rows=10_000):
    """Return the report and the seconds that each table took to make."""
    task = prepare(TABLE)
    train, unseen = published_split(task)
    tables, seconds = make_tables(train, task.categorical, seed)
    report = compare(
        train,
        tables,
        holdout=unseen,
        target=task.target,
        max_rows=max_rows,
        random_state=seed,
        progress=lambda step, n_done, n_steps: print(
            f"{n_done}/{n_steps} {step}", flush=True
        ),
    )
    return report, seconds


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--max-rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)


def main(arguments):
    """Run, print and check the figures, write the page and the record."""
    report, seconds = run(arguments.seed, arguments.max_rows)
    print(report)
    start = perf_counter()
    path = report.to_html(
        RESULTS / "adult.html", title="Synthetic rows of Adult", overwrite=True
    )
    page_seconds = perf_counter() - start
    held = checks(report)
    print(
        format_table([{"must hold": name, "": bool(ok)} for name, ok in held.items()])
    )
    print(
        f"compare {report.seconds:.0f} s, page {page_seconds:.0f} s, "
        f"{path.stat().st_size / 1e6:.2f} MB: {path}"
    )
    frame = report.to_frame().astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    protocol = {"data": TABLE, "seed": arguments.seed, "max_rows": arguments.max_rows}
    costs = {
        "seconds to make": seconds,
        "seconds to compare": report.seconds,
        "must hold": {name: bool(ok) for name, ok in held.items()},
    }
    write_result("adult_report", protocol | costs, rows)
    failed = [name for name, ok in held.items() if not ok]
    if failed:
        raise SystemExit(f"does not hold: {failed}")
