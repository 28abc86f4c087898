"""Are synthetic rows near real rows, and real rows near synthetic ones?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from skgen._math.statistics.gower import TOLERANCE, count_within, fit_gower, nearest
from skgen._math.statistics.jackknife import clustered_mean, jackknife, subsample
from skgen.metrics._registry import metric
from skgen.metrics._results import Estimate

#: number of shares at which precision and recall are compared with their ideal
N_SHARES = 30

_ROWS = [Interval(Integral, 2, None, closed="left"), None]


class Coverage(NamedTuple):
    """What `coverage` returns."""

    value: float
    standard_error: float
    density: Estimate


class PrecisionRecall(NamedTuple):
    """What `precision_recall` returns: an `Estimate` each."""

    precision: Estimate
    recall: Estimate
    authenticity: Estimate


@metric(
    {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "max_rows": _ROWS,
    },
    group="fidelity",
    order=5,
    title="Variety",
    sentence="Share of real rows that have a synthetic row in their neighbourhood "
    "(coverage); about .97 if nothing is lost.",
    ideal=1.0,
    better="higher",
    fair=0.05,
    poor=0.15,
    words="{value} of real rows have a row near them{beside}",
    advice="Some kinds of real rows are lost: try more rows, or a model that varies "
    "more.",
)
def coverage(columns, Z_real, Z_synthetic, rng, *, n_neighbors=5, max_rows=10_000):
    """Share of real rows that have a synthetic row in their neighbourhood.

    The neighbourhood of a real row reaches to its `n_neighbors`-th nearest other real
    row [1]_. The distance is Gower's, a mean over columns: the difference of numbers as
    a share of the range, 0 for equal and 1 for different categories, and 1 for a
    missing and a known cell. A low coverage shows that kinds of rows are left out, a
    low density that synthetic rows are far from real ones.

    Parameters
    ----------
    real, synthetic : table of shape (n_samples_i, n_features)
        Tables of the same columns, in any container. Missing cells are equal to each
        other.
    n_neighbors : int, default=5
        Must be less than the number of rows that are compared.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Both tables are thinned at random to the size of the smaller one, and to at most
        `max_rows` rows. Time grows with the square of the rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : Coverage
        `value`, in [0, 1]: the coverage, with its `standard_error`. Rows of the same
        distribution have about ``1 - 2 ** -n_neighbors``: 0.97 by default. `density`,
        an estimate that is at least 0: the number of synthetic rows in a neighbourhood
        relative to that of real rows. It is 1 for rows of the same distribution, and
        larger if synthetic rows concentrate where real rows are dense.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns, or too few rows for `n_neighbors`.

    Notes
    -----
    The published density takes the number of real rows in a neighbourhood as
    `n_neighbors`. If columns have few distinct values, more rows are at the same
    distance; they are counted here, and so are synthetic rows at that distance.
    Standard errors allow for rows that share their nearest synthetic row, but are too
    small for few rows.

    References
    ----------
    .. [1] Naeem, Oh, Uh, Choi & Yoo (2020), "Reliable Fidelity and Diversity Metrics
       for Generative Models", ICML.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import coverage
    >>> X, _ = make_customers(1000, random_state=0)
    >>> other, _ = make_customers(1000, random_state=1)
    >>> round(coverage(X, other, random_state=0).value, 2)
    0.97
    >>> round(coverage(X, other[other["plan"] == "basic"], random_state=0).value, 1)
    0.5
    """
    gower = fit_gower(columns, Z_real)
    real, synthetic = _equally_many(Z_real, Z_synthetic, max_rows, rng)
    if len(real) <= n_neighbors:
        raise ValueError(
            f"n_neighbors={n_neighbors} must be less than the {len(real)} rows that "
            "real and synthetic both have: pass more rows, or fewer neighbors."
        )
    radius, among_real = _neighborhoods(gower, real, n_neighbors)
    distance, found = nearest(gower, real, synthetic)
    # rows with the same nearest synthetic row are not independent
    value, error = clustered_mean(distance[:, 0] <= radius, found[:, 0])
    among_synthetic = count_within(gower, real, synthetic, radius)
    usual = among_real * len(real) / (len(real) - 1)
    density = among_synthetic.sum() / usual.sum()
    # linearised: the influence of each row on the ratio
    influence = (among_synthetic - density * usual) / usual.mean()
    _, density_error = clustered_mean(influence, found[:, 0])
    return Coverage(value, error, Estimate(float(density), density_error))


def _neighborhoods(gower, real, n_neighbors):
    """Radius of the neighbourhood of each row, and how many other rows are in it."""
    own = np.arange(len(real))
    found = nearest(gower, real, real, n_neighbors=n_neighbors + 1, exclude=own)[0]
    radius, count = found[:, -2], np.full(len(real), n_neighbors)
    tied = np.flatnonzero(found[:, -1] - radius <= TOLERANCE)
    if len(tied):
        count[tied] = count_within(
            gower, real[tied], real, radius[tied], exclude=own[tied]
        )
    return radius, count


def _precision_only(inputs, rng):
    """For a report: recall and authenticity have no ideal."""
    found = precision_recall.core(
        inputs.columns, inputs.unseen, inputs.synthetic, rng, max_rows=inputs.max_rows
    )
    return found.precision


@metric(
    {"max_rows": _ROWS},
    group="fidelity",
    key="precision",
    order=4,
    title="Rows in place",
    sentence="Share of synthetic rows that lie where real rows are (precision).",
    ideal=1.0,
    better="higher",
    fair=0.05,
    poor=0.15,
    words="{value} of rows lie where real rows are{beside}",
    advice="Some rows are combinations that no real row comes near to: try a model "
    "that relates more columns.",
    in_report=_precision_only,
)
def precision_recall(columns, Z_real, Z_synthetic, rng, *, max_rows=10_000):
    """Alpha-precision, beta-recall and authenticity of synthetic rows.

    Precision [1]_ compares shares in balls around the mean of the real rows: a ball
    that holds a share alpha of the real rows should hold the same share of synthetic
    rows. Recall uses balls around the mean of the synthetic rows, and counts real rows
    that are nearer to a synthetic row than to any other real row. Both are one minus
    the mean absolute difference of the two shares over 30 values of alpha, relative to
    the mean alpha; published tables call this the naive form. Distances are Euclidean,
    of numbers divided by their range among real rows and of indicators of categories.

    Parameters
    ----------
    real, synthetic : table of shape (n_samples_i, n_features)
        Tables of the same columns, in any container. A missing number is a whole range
        away from any known number, and a missing category is a category of its own.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Both tables are thinned at random to the size of the smaller one, and to at most
        `max_rows` rows. Use None to compare with published figures. Time grows with the
        square of the rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : PrecisionRecall
        Three pairs of `value` and `standard_error`.

        - precision: at most 1, which rows of the same distribution have.
        - recall: at most 1, and about 0.5 for rows of the same distribution. A larger
          value is no better: it is a sign of copied rows.
        - authenticity: share of synthetic rows that are farther from their nearest real
          row than this one is from its nearest other real row. In [0, 1]: 0.4 to 0.6
          for rows of the same distribution, 0 for copies, and 1 for rows that are far
          from all real ones.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns, or one has a single row.

    Notes
    -----
    Standard errors take the nearest rows as given. Authenticity follows the paper; the
    most used implementation compares other rows and gives other values.

    References
    ----------
    .. [1] Alaa, van Breugel, Saveliev & van der Schaar (2022), "How Faithful is your
       Synthetic Data? Sample-level Metrics for Evaluating and Auditing Generative
       Models", ICML.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import precision_recall
    >>> X, _ = make_customers(1000, random_state=0)
    >>> other, _ = make_customers(1000, random_state=1)
    >>> precision, recall, authenticity = precision_recall(X, other, random_state=0)
    >>> round(precision.value, 2), round(recall.value, 1)
    (0.97, 0.5)
    >>> round(precision_recall(X, X).recall.value, 1)  # copies
    1.0
    """
    gower = fit_gower(columns, Z_real)
    real, synthetic = _equally_many(Z_real, Z_synthetic, max_rows, rng)
    if len(real) < 2:
        raise ValueError(
            "real and synthetic must have at least two rows each, got "
            f"{len(Z_real)} and {len(Z_synthetic)}."
        )
    own = np.arange(len(real))
    to_other = nearest(gower, real, real, exclude=own, euclidean=True)[0][:, 0]
    to_synthetic, found = nearest(gower, real, synthetic, euclidean=True)
    to_real, source = nearest(gower, synthetic, real, euclidean=True)
    radii = [_distance_to_mean(gower, real, Z) for Z in (real, synthetic)]
    precision = jackknife(_precision, radii, rng)
    # radius of the synthetic row that is nearest to each real row
    radius = _distance_to_mean(gower, synthetic, synthetic)[found[:, 0]]
    nearer = np.column_stack([to_synthetic[:, 0] <= to_other, radius])
    recall = jackknife(_recall, [nearer], rng)
    source = source[:, 0]
    authentic = clustered_mean(to_real[:, 0] > to_other[source], source)
    return PrecisionRecall(
        *(Estimate(*map(float, pair)) for pair in (precision, recall, authentic))
    )


def _precision(real_radius, synthetic_radius):
    shares = np.linspace(0, 1, N_SHARES)
    balls = np.quantile(real_radius, shares)
    inside = np.searchsorted(np.sort(synthetic_radius), balls, side="right")
    return _agreement(shares, inside / len(synthetic_radius))


def _recall(nearer):
    covered, radius = nearer.T
    shares = np.linspace(0, 1, N_SHARES)
    balls = np.quantile(radius, shares)
    inside = np.searchsorted(np.sort(radius[covered > 0]), balls, side="right")
    return _agreement(shares, inside / len(radius))


def _agreement(expected, found):
    return 1 - np.abs(expected - found).sum() / expected.sum()


def _distance_to_mean(gower, Z, queries):
    """Euclidean distance of queries to the mean of rows, categories as indicators."""
    squared = np.zeros(len(queries))
    for z, q, discrete, scale in zip(Z.T, queries.T, *gower, strict=True):
        if discrete:
            squared += _distance_to_shares(z, q)
            continue
        known = ~np.isnan(z)
        # two indicators of missing cells, half as long
        squared += _distance_to_shares(known, ~np.isnan(q)) / 2
        step = (q - z[known].mean()) / scale
        squared += np.where(np.isnan(step), 0, np.square(step))
    return np.sqrt(squared)


def _distance_to_shares(z, queries):
    """Squared distance of indicator vectors to the vector of shares."""
    _, level = np.unique(np.concatenate([z, queries]), return_inverse=True)
    share = np.bincount(level[: len(z)], minlength=level.max() + 1) / len(z)
    return 1 - 2 * share[level[len(z) :]] + np.square(share).sum()


def _equally_many(Z_real, Z_synthetic, max_rows, rng):
    size = min(len(Z_real), len(Z_synthetic), max_rows or len(Z_real))
    return subsample(Z_real, size, rng), subsample(Z_synthetic, size, rng)
