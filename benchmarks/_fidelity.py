"""The published measures of fidelity, each as its repository computes it.

They were read in TabSyn (amazon-science/tabsyn), TabDiff (MinkaiXu/TabDiff) and TabPC
(april-tools/tabpc), whose figures `_published` holds. Rows come from
`_protocol.encode`.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from xgboost import XGBClassifier

from benchmarks._neighbors import nearest, scaled
from benchmarks._protocol import Rows, sample_rows

N_BINS = 10
N_RADII = 30
MAX_QUERIES = 5_000


def shape_error(real, synthetic):
    """Return the mean distance of the columns' distributions, in percent.

    Kolmogorov-Smirnov's for numbers, total variation for categories.
    """
    distances = [
        ks_2samp(*pair, method="asymp").statistic
        for pair in zip(real.numeric.T, synthetic.numeric.T, strict=True)
    ]
    distances += [
        _total_variation(*pair)
        for pair in zip(real.codes.T, synthetic.codes.T, strict=True)
    ]
    return 100 * float(np.mean(distances))


def trend_error(real, synthetic):
    """Return the mean distance of the pairs of columns, in percent.

    Of two numeric columns half the difference of Pearson's correlations; of other
    pairs the total variation distance of the contingency tables, in which a numeric
    column is cut into ten bins of equal width between the least and the largest value
    of the sample at hand, the real or the synthetic one. Pairs without a correlation
    (a constant column) are left out.
    """
    n_numeric = real.numeric.shape[1]
    first, second = np.triu_indices(n_numeric, k=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = [
            np.atleast_2d(np.corrcoef(rows.numeric, rowvar=False))
            if n_numeric
            else np.empty((0, 0))
            for rows in (real, synthetic)
        ]
    errors = list(np.abs(rho[0] - rho[1])[first, second] / 2)
    cells = [np.hstack([_cut(rows.numeric), rows.codes]) for rows in (real, synthetic)]
    n_cells = np.maximum(cells[0].max(axis=0), cells[1].max(axis=0)) + 1
    for j in range(n_numeric, len(n_cells)):
        for i in range(j):
            errors.append(
                _total_variation(*(Z[:, i] * n_cells[j] + Z[:, j] for Z in cells))
            )
    return 100 * float(np.nanmean(errors))


def _cut(numeric):
    """Number the bin of every value among ten of equal width, by column."""
    cells = np.empty(numeric.shape, dtype=np.int64)
    for j, column in enumerate(numeric.T):
        edges = np.histogram_bin_edges(column, bins=N_BINS)
        cells[:, j] = np.searchsorted(edges[1:-1], column, side="right")
    return cells


def _total_variation(a, b):
    size = max(a.max(), b.max()) + 1
    shares = [np.bincount(x, minlength=size) / len(x) for x in (a, b)]
    return np.abs(shares[0] - shares[1]).sum() / 2


def c2st_auc(real, other, *, seed=0):
    """Return the AUC of XGBoost that distinguishes two samples: "XGB-C2ST".

    Categories are indicator columns, unless all of them are numbers, which are taken
    as such. The published pipeline also imputes and scales robustly: there is nothing
    to impute in these tables, and trees do not see scales. ROC AUC over three
    stratified, shuffled folds, each no less than 0.5. The published score is
    ``2 * (1 - AUC)``: 1 for samples that cannot be distinguished.
    """
    both = [_numbers_as_numbers(rows) for rows in (real, other)]
    X = indicator_matrix(
        Rows(
            np.concatenate([rows.numeric for rows in both]),
            np.concatenate([rows.codes for rows in both]),
            both[0].levels,
        )
    )
    label = np.repeat([1, 0], [len(rows.codes) for rows in both])
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    aucs = []
    for train, test in folds.split(X, label):
        judge = XGBClassifier(eval_metric="logloss", random_state=seed, n_jobs=1)
        judge.fit(X[train], label[train])
        auc = roc_auc_score(label[test], judge.predict_proba(X[test])[:, 1])
        aucs.append(max(0.5, auc))
    return float(np.mean(aucs))


def _numbers_as_numbers(rows):
    """Turn columns whose categories are all numbers into numeric columns."""
    values = [
        pd.to_numeric(pd.Series(levels, dtype=object), errors="coerce").to_numpy(float)
        for levels in rows.levels
    ]
    number = np.array([not np.isnan(v).any() for v in values], dtype=bool)
    numbers = [values[j][rows.codes[:, j]] for j in np.flatnonzero(number)]
    return Rows(
        np.column_stack([rows.numeric, *numbers]),
        rows.codes[:, ~number],
        [
            levels
            for levels, is_number in zip(rows.levels, number, strict=True)
            if not is_number
        ],
    )


def indicator_matrix(rows):
    """Return a sparse matrix of the numbers, then one column per category.

    Every number is stored, a zero too: a cell that is not stored is missing to
    XGBoost, which splits indicators the same way.
    """
    n_rows, n_numeric = rows.numeric.shape
    first = np.cumsum([n_numeric, *(len(levels) for levels in rows.levels)])
    columns = np.hstack(
        [np.tile(np.arange(n_numeric), (n_rows, 1)), rows.codes + first[:-1]]
    )
    values = np.hstack([rows.numeric, np.ones(rows.codes.shape)])
    ends = np.arange(n_rows + 1) * columns.shape[1]
    return csr_matrix(
        (values.ravel(), columns.ravel(), ends), shape=(n_rows, first[-1])
    )


def beta_recall(real, synthetic, *, seed=0):
    """Return the share of real rows that synthetic rows cover: "beta-recall".

    A real row is covered if its nearest synthetic row is no farther than its nearest
    other real row and lies in the ball, around the mean of the synthetic rows, that
    holds a share beta of these nearest rows. The figure is one minus the mean
    distance of the covered share from beta over 30 values of beta, relative to the
    mean beta. Rows of a perfect generator get about 0.5, copies up to 1. Euclidean
    distances of numbers scaled to the real rows' range and of indicators of categories.

    Both samples are thinned to the size of the smaller. Of more than 5,000 real rows a
    random 5,000 are asked, still about all others.
    """
    rng = np.random.default_rng(seed)
    size = min(len(real.codes), len(synthetic.codes))
    real, synthetic = sample_rows(real, size, rng), sample_rows(synthetic, size, rng)
    asked = rng.permutation(size)[:MAX_QUERIES]
    scale = np.ptp(real.numeric, axis=0)
    queries = real.take(asked)
    to_real, _ = nearest(queries, real, scale, euclidean=True, skip=asked)
    to_synthetic, found = nearest(queries, synthetic, scale, euclidean=True)
    radius = _distance_to_mean(synthetic, scale)[found]
    betas = np.linspace(0, 1, N_RADII)
    covered = [
        np.mean((to_synthetic <= to_real) & (radius <= ball))
        for ball in np.quantile(radius, betas)
    ]
    return float(1 - np.abs(betas - covered).sum() / betas.sum())


def _distance_to_mean(rows, scale):
    numeric = scaled(rows.numeric, scale)
    squared = np.square(numeric - numeric.mean(axis=0)).sum(axis=1)
    for codes, levels in zip(rows.codes.T, rows.levels, strict=True):
        # of an indicator vector to the vector of shares
        share = np.bincount(codes, minlength=len(levels)) / len(codes)
        squared += 1 - 2 * share[codes] + np.square(share).sum()
    return np.sqrt(squared)
