"""What synthetic rows give away of the rows they were learned from.

Rows come from `_protocol.encode`. Of more than 5,000 rows, a random 5,000 are asked,
about all rows of the other samples.
"""

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

from benchmarks._neighbors import kth_nearest, nearest
from benchmarks._protocol import sample_rows

MAX_QUERIES = 5_000
# The neighbour to which distances are relative.
N_RELATIVE = 5


def dcr_shares(synthetic, train, unseen, *, seed=0):
    """Return the share of synthetic rows nearer to training than to unseen rows.

    "DCR" is the distance to the closest record: absolute differences of numbers over
    the range of the training rows, plus 2 per category that differs. Training and
    unseen rows are thinned to the same number. 0.5 is ideal.

    Returns
    -------
    strict : float
        As published, ties counted as not nearer.
    share : float
        Ties counted by half.
    """
    rng = np.random.default_rng(seed)
    size = min(len(train.codes), len(unseen.codes))
    scale = np.ptp(train.numeric, axis=0)
    queries = sample_rows(synthetic, MAX_QUERIES, rng)
    to_train, to_unseen = (
        nearest(queries, sample_rows(rows, size, rng), scale)[0]
        for rows in (train, unseen)
    )
    strict = float(np.mean(to_train < to_unseen))
    return strict, strict + float(np.mean(to_train == to_unseen)) / 2


def membership(synthetic, train, unseen, *, seed=0):
    """Attack membership by the distance to the nearest synthetic row.

    The nearer a row's nearest synthetic row, the likelier it is said to have been a
    training row; distances are those of `dcr_shares`.

    Returns
    -------
    auc : float
        Of training rows against unseen ones; 0.5 is ideal.
    rate : float
        Share of training rows found where 1 % of the unseen ones are accused.
    """
    rng = np.random.default_rng(seed)
    scale = np.ptp(train.numeric, axis=0)
    scores = [
        -nearest(sample_rows(rows, MAX_QUERIES, rng), synthetic, scale)[0]
        for rows in (train, unseen)
    ]
    label = np.repeat([1, 0], [len(score) for score in scores])
    score = np.concatenate(scores)
    false_positive, true_positive, _ = roc_curve(label, score)
    rate = np.interp(0.01, false_positive, true_positive)
    return float(roc_auc_score(label, score)), float(rate)


def dcr_below(synthetic, train, test, *, share=0.02, seed=0):
    """Return how many synthetic rows are as near as the nearest test rows, in percent.

    Nearer to their closest training row than a `share` of the test rows are to
    theirs: "dcr002", ideally 2. Numbers are divided by their standard deviation.
    """
    rng = np.random.default_rng(seed)
    scale = train.numeric.std(axis=0)
    distances = [
        nearest(sample_rows(rows, MAX_QUERIES, rng), train, scale)[0]
        for rows in (synthetic, test)
    ]
    return 100 * float(np.mean(distances[0] < np.quantile(distances[1], share)))


def relative_membership(synthetic, train, unseen, *, seed=0):
    """Attack membership by a distance that is relative to that of other real rows.

    A row's distance to its nearest synthetic row is divided by that to the fifth
    nearest row of a third real sample, so that rows in sparse regions do not look like
    unseen ones. Distances are those of `dcr_shares`, of the ranks of numbers.

    Returns
    -------
    auc : float
        Of training rows against half of the unseen ones; the other half is the third
        sample. 0.5 is ideal.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(unseen.codes))
    asked, reference = np.split(order, [min(len(train.codes), len(order) // 2)])
    samples = [train, unseen.take(asked), unseen.take(reference), synthetic]
    ranked = _ranked(samples, samples[2])
    scale = np.ones(ranked[0].numeric.shape[1])
    ratios = []
    for rows in ranked[:2]:
        far = kth_nearest(rows, ranked[2], scale, N_RELATIVE)
        ratios.append(nearest(rows, ranked[3], scale)[0] / np.maximum(far, 1e-9))
    label = np.repeat([1, 0], [len(ratio) for ratio in ratios])
    return float(roc_auc_score(label, -np.concatenate(ratios)))


def _ranked(samples, reference):
    """Replace numbers by their share of the reference rows that are smaller."""
    columns = np.sort(reference.numeric, axis=0).T
    out = []
    for rows in samples:
        ranks = [
            (np.searchsorted(c, x) + np.searchsorted(c, x, side="right")) / 2 / len(c)
            for c, x in zip(columns, rows.numeric.T, strict=True)
        ]
        ranks = np.stack(ranks, axis=1) if ranks else rows.numeric
        out.append(rows._replace(numeric=ranks))
    return out
