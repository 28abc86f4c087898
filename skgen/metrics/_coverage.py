"""Do synthetic rows lie where real rows lie, and everywhere they do?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.statistics.gower import TOLERANCE, count_within, fit_gower, nearest
from skgen._math.statistics.jackknife import jackknife, mean_with_error, thin
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._results import Estimate

#: shares at which precision and recall are compared with what they should be
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


@validate_params(
    {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "max_rows": _ROWS,
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def coverage(
    real,
    synthetic,
    *,
    n_neighbors=5,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """Share of real rows that have a synthetic row in their neighbourhood.

    The neighbourhood of a real row reaches to its `n_neighbors`-th nearest other real
    row, in Gower's distance: the mean over columns of the share of the range between
    two numbers, of 0 or 1 for equal or other categories, and of 1 for a missing cell
    beside a known one. Coverage finds modes that are left out; density finds rows that
    lie where no real ones do.

    Parameters
    ----------
    real, synthetic : table of shape (n_samples_i, n_features)
        Of any two containers, with the same columns. Missing cells are a value of
        their own.
    n_neighbors : int, default=5
        Fewer than there are real rows.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Both tables are thinned at random to the rows of the smaller, and to this many.
        Time grows with the square of rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : Coverage
        `value`, in [0, 1]: the coverage, with its `standard_error`. Rows of the same
        distribution get about ``1 - 2 ** -n_neighbors``: 0.97 by default. `density`,
        an estimate from 0 upwards: synthetic rows in a neighbourhood over real rows in
        it, 1 for rows of the same distribution; above where synthetic rows are where
        real ones are densest.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns, or too few rows for `n_neighbors`.

    Notes
    -----
    Density as published counts the real rows in a neighbourhood as `n_neighbors`. Among
    rows of few distinct values there are more, at the same distance: they are counted
    here, and so are synthetic rows at that distance. Standard errors allow for rows
    that share their nearest synthetic row; of few rows they are still too small, by up
    to a third.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic},
        categorical_features=categorical_features,
    )
    return _coverage(
        tables.columns,
        *tables.matrices,
        make_rng(random_state),
        n_neighbors=n_neighbors,
        max_rows=max_rows,
    )


def _coverage(columns, Z_real, Z_synthetic, rng, *, n_neighbors=5, max_rows=10_000):
    """Coverage of encoded rows."""
    gower = fit_gower(columns, Z_real)
    real, synthetic = _equally_many(Z_real, Z_synthetic, max_rows, rng)
    if len(real) <= n_neighbors:
        raise ValueError(
            f"n_neighbors={n_neighbors} must be less than the {len(real)} rows that "
            "real and synthetic both have: pass more rows, or fewer neighbors."
        )
    radius, among_real = _neighborhoods(gower, real, n_neighbors)
    distance, found = nearest(gower, real, synthetic)
    # rows that lean on the same synthetic row are covered together or not at all
    value, error = mean_with_error(distance[:, 0] <= radius, found[:, 0])
    among_synthetic = count_within(gower, real, synthetic, radius)
    usual = among_real * len(real) / (len(real) - 1)
    density = among_synthetic.sum() / usual.sum()
    # what each row moves the ratio by
    moves = (among_synthetic - density * usual) / usual.mean()
    _, density_error = mean_with_error(moves, found[:, 0])
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


@validate_params(
    {"max_rows": _ROWS, "random_state": ["random_state"]},
    prefer_skip_nested_validation=True,
)
def precision_recall(
    real,
    synthetic,
    *,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """Alpha-precision, beta-recall and authenticity of synthetic rows.

    Precision: does the ball around the mean of the real rows that holds a share alpha
    of them hold the same share of synthetic rows? Recall: does the ball around the
    mean of the synthetic rows that holds a share beta of those nearest to real rows
    hold that share of real rows, each nearer to a synthetic row than to any other real
    one? Both are one minus the mean difference of the two shares over 30 values,
    relative to the mean value: published tables call this the naive form. Distances
    are Euclidean, of numbers divided by the range of the real ones and of indicators
    of categories.

    Parameters
    ----------
    real, synthetic : table of shape (n_samples_i, n_features)
        Of any two containers, with the same columns. A missing cell is a whole range
        from any known number, and a category of its own.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Both tables are thinned at random to the rows of the smaller, and to this many;
        None for figures to set beside published ones. Time grows with the square of
        rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : PrecisionRecall
        Three pairs of `value` and `standard_error`. `precision`: at most 1, which rows
        of the same distribution get. `recall`: at most 1, about 0.5 for rows of the
        same distribution. More than that is no better: it is a sign of copied rows,
        which get up to 1. `authenticity`: the share of synthetic rows that are farther
        from their nearest real row than that one is from its nearest other real row;
        in [0, 1], 0.4 to 0.6 for rows of the same distribution, 0 for copies, and 1
        for rows that are far from all real ones.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns, or one has a single row.

    Notes
    -----
    Standard errors take the nearest rows as given. Authenticity follows the paper; the
    implementation most used compares other rows and its figure is another one.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic},
        categorical_features=categorical_features,
    )
    return _precision_recall(
        tables.columns, *tables.matrices, make_rng(random_state), max_rows=max_rows
    )


def _precision_recall(columns, Z_real, Z_synthetic, rng, *, max_rows=10_000):
    """Precision, recall and authenticity of encoded rows."""
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
    # of the synthetic row that is nearest to each real row
    radius = _distance_to_mean(gower, synthetic, synthetic)[found[:, 0]]
    nearer = np.column_stack([to_synthetic[:, 0] <= to_other, radius])
    recall = jackknife(_recall, [nearer], rng)
    source = source[:, 0]
    authentic = mean_with_error(to_real[:, 0] > to_other[source], source)
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
        # missing cells as two indicators that are half as long
        squared += _distance_to_shares(known, ~np.isnan(q)) / 2
        step = (q - z[known].mean()) / scale
        squared += np.where(np.isnan(step), 0, np.square(step))
    return np.sqrt(squared)


def _distance_to_shares(z, queries):
    """Squared distance of indicator vectors to the vector of shares."""
    _, code = np.unique(np.concatenate([z, queries]), return_inverse=True)
    share = np.bincount(code[: len(z)], minlength=code.max() + 1) / len(z)
    return 1 - 2 * share[code[len(z) :]] + np.square(share).sum()


def _equally_many(Z_real, Z_synthetic, max_rows, rng):
    size = min(len(Z_real), len(Z_synthetic), max_rows or len(Z_real))
    return thin(Z_real, size, rng), thin(Z_synthetic, size, rng)
