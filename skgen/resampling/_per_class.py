"""Draw rows of one class: copies with redrawn columns, Gaussian rows, the best kept."""

from functools import reduce
from typing import NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skgen._discriminators import DensityRatio, FastTrees
from skgen._math.columns.score_scale import fit_score_scale, narrow
from skgen._math.gaussian_resampling import draw_normal, fit_normal
from skgen._math.sampling import choose_in_proportion
from skgen._plan.free import FreeColumns
from skgen._table.rows import concat_rows, take_rows
from skgen._utils.estimators import draw_rows
from skgen.table import TableCodec

#: Share of the columns of a row that are redrawn. Less gives more copies; more drags
#: the new rows towards the other classes.
_REDRAWN_SHARE = 0.4
#: largest number of random choices of these columns; each costs a call of `sample`
_N_CHOICES = 16
#: with partial pooling, the other classes count like this number of rows of a class
_PRIOR_ROWS = 30
#: rows of a class from which on its own distribution is all that is drawn by default
MANY_ROWS = 500
#: default share of normal candidates in classes of fewer rows
_GAUSSIAN_SHARE = 0.5
#: candidates per row that is kept, if a classifier selects
N_CANDIDATES = 3
#: of the default classifier
_N_TREES = 6
_MIN_LEAF = 3
#: smallest number of rows inside and outside of a class to fit a classifier to
MIN_ROWS = 6
_N_FOLDS = 3
#: largest number of rows per side that a classifier is fitted to, which bounds the time
_MAX_ROWS = 1_000
#: attempts to draw normal rows that keep the orders of two columns
_ATTEMPTS = 200


class EncodedRows(NamedTuple):
    """Training rows as a table and as numbers, with columns for y and groups."""

    X: object  # table of shape (n_samples, n_features + n_extra)
    Z: np.ndarray  # encoded X
    codec: TableCodec
    weights: np.ndarray | None  # (n_samples,)
    n_features: int
    free: FreeColumns | None = None  # for normal rows
    scales: list | None = None  # of the free columns; see `fit_scales`


class ClassPlan(NamedTuple):
    """How many rows to draw for a class, and from what."""

    name: object
    rows: np.ndarray  # positions of its rows
    n_wanted: int
    n_own: int  # candidates from a generator fitted to this class
    n_redrawn: int  # candidates made by redrawing columns
    n_gaussian: int  # candidates from a normal distribution
    pooled: float  # share of the other rows in its covariance
    accept: object  # how candidates are selected; None if all are kept


def plan_class(
    name, rows, n_wanted, weighted, *, redrawn, pooled, gaussian_share, accept
):
    """Divide the candidates for the new rows of a class among their sources.

    Parameters
    ----------
    name : object
    rows : ndarray of int
        Positions of the rows of the class.
    n_wanted : int
        Number of new rows.
    weighted : ndarray of bool of shape (n_samples,)
        Which rows of the table have a positive weight.
    redrawn : float
        Share of the candidates of generators whose columns are redrawn.
    pooled : float
        Share of the other rows in the covariance of normal candidates.
    gaussian_share : float
    accept : object
        The parameters of the over-sampler.

    Returns
    -------
    plan : ClassPlan
    """
    n_inside = weighted[rows].sum()
    gaussian_share, accept = resolve_auto(gaussian_share, accept, n_inside)
    if min(n_inside, weighted.sum() - n_inside) < MIN_ROWS:
        accept = None
    n_drawn = n_wanted if accept is None else N_CANDIDATES * n_wanted
    n_gaussian = round(gaussian_share * n_drawn) if n_inside > 1 else 0
    n_redrawn = round(redrawn * (n_drawn - n_gaussian))
    n_own = n_drawn - n_gaussian - n_redrawn
    n_each = n_own, n_redrawn, n_gaussian
    return ClassPlan(name, rows, n_wanted, *n_each, pooled, accept)


def resolve_auto(gaussian_share, accept, n_rows):
    """Put what "auto" stands for, in a class of `n_rows` rows, in its place."""
    has_many = n_rows >= MANY_ROWS
    if gaussian_share == "auto":
        gaussian_share = 0.0 if has_many else _GAUSSIAN_SHARE
    if isinstance(accept, str) and accept == "auto":
        accept = None if has_many else "plausible"
    return gaussian_share, accept


def draw_class(encoded, plan, own, whole, rng):
    """Draw the new rows of a class.

    Parameters
    ----------
    encoded : EncodedRows
    plan : ClassPlan
    own : list of tables
        Candidates from the generator of this class.
    whole : object or None
        Generator fitted to all rows, needed to redraw columns.
    rng : numpy.random.Generator

    Returns
    -------
    new : table of shape (plan.n_wanted, n_columns)
    """
    parts = [take_rows(encoded.X, []), *own]
    if plan.n_redrawn:
        weights = None if encoded.weights is None else encoded.weights[plan.rows]
        parents = _choose_parents(plan.rows, weights, plan.n_redrawn, rng)
        parts.append(_redraw_columns(encoded, whole, parents, rng))
    if plan.n_gaussian:
        parts.append(_draw_gaussian(encoded, plan, rng))
    drawn = reduce(concat_rows, parts)
    if plan.accept is None:
        return drawn
    return take_rows(drawn, _select_candidates(encoded, plan, drawn, rng))


def pooled_share(pooling, n_rows):
    """Share of information that a class of `n_rows` takes from the others."""
    partial = _PRIOR_ROWS / (_PRIOR_ROWS + n_rows)
    return {"none": 0.0, "partial": partial, "full": 1.0}[pooling]


def _choose_parents(rows, weights, n_samples, rng):
    """Draw rows systematically, in proportion to their weights."""
    order = rng.permutation(n_samples)
    # equal weights are no weights
    if weights is None or np.ptp(weights) == 0:
        return rows[order % len(rows)]
    ends = np.cumsum(weights)
    ends /= ends[-1]
    return rows[np.searchsorted(ends, (order + rng.random()) / n_samples, "right")]


def _redraw_columns(encoded, generator, parents, rng):
    """Copy rows, with a random part of the columns of X redrawn given the others."""
    codec, n_features = encoded.codec, encoded.n_features
    X, n_columns = take_rows(encoded.X, parents), codec.n_features_in_
    n_samples = len(parents)
    n_redrawn = min(max(1, round(_REDRAWN_SHARE * n_features)), n_features - 1)
    parts = []
    for rows in np.array_split(np.arange(n_samples), min(n_samples, _N_CHOICES)):
        redrawn = np.isin(np.arange(n_columns), rng.permutation(n_features)[:n_redrawn])
        copied = take_rows(X, rows)
        given = _select_given(copied, np.flatnonzero(~redrawn))
        drawn = codec.encode(draw_rows(generator, len(rows), rng, given=given))
        # cells that are kept stay as they are, missing ones included
        cells = np.tile(redrawn, (len(rows), 1))
        # within their range as drawn, unless a rule says otherwise
        unclipped = range(n_columns)
        parts.append(codec.replace(copied, drawn, cells, unclipped=unclipped))
    return reduce(concat_rows, parts)


def _select_given(X, columns):
    """Some columns of a table, in a form that `sample` takes as `given`."""
    if hasattr(X, "columns"):
        return _safe_indexing(X, columns, axis=1)
    cells = X if isinstance(X, np.ndarray) else np.array(X, dtype=object)
    return {int(j): cells[:, j] for j in columns}


def _draw_gaussian(encoded, plan, rng):
    """Draw random linear combinations of the rows of a class."""
    free, rows = encoded.free, plan.rows
    Z = free.select(encoded.Z)
    weights = np.ones(len(Z)) if encoded.weights is None else encoded.weights
    others = np.delete(np.arange(len(Z)), rows)
    pooled = plan.pooled if weights[others].any() else 0.0
    # numbers of y stay within the range of this class
    of_y = free.positions >= encoded.n_features
    of_y &= free.positions < encoded.codec.n_features_in_
    scales = [
        _within_range(scale, z) if is_of_y else scale
        for scale, z, is_of_y in zip(encoded.scales, Z[rows].T, of_y, strict=True)
    ]
    normal = fit_normal(
        Z[rows],
        scales,
        weights[rows],
        draws_missing=free.draws_missing,
        others=Z[others] if pooled else None,
        other_weights=weights[others],
        pooled=pooled,
    )
    drawn = free.join(draw_normal(normal, plan.n_gaussian, rng))
    columns = encoded.codec.columns_
    complete = [c.modelled and not c.has_missing for c in columns]
    for _ in range(_ATTEMPTS):
        incomplete = np.isnan(drawn[:, complete]).any(axis=1)
        left = np.flatnonzero(incomplete | ~free.passes(drawn))
        if not len(left):
            break
        drawn[left] = free.join(draw_normal(normal, len(left), rng))
    return encoded.codec.decode(drawn, unclipped=free.unclipped)


def _within_range(scale, z):
    if scale is None:
        return None
    return narrow(scale, (z.min() <= scale.values) & (scale.values <= z.max()))


def fit_scales(Z, columns, weights):
    """Scales of the columns of numbers, from all rows with a weight.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_columns)
        Encoded rows; NaN is a missing cell.
    columns : sequence of Column
    weights : ndarray of shape (n_samples,) or None

    Returns
    -------
    scales : list of ScoreScale or None
        None for categories, and without an observed cell.
    """
    scales = []
    for z, column in zip(Z.T, columns, strict=True):
        used = ~np.isnan(z)
        if weights is not None:
            used &= weights > 0
        if column.discrete or not used.any():
            scales.append(None)
            continue
        of_rows = None if weights is None else weights[used]
        scales.append(fit_score_scale(z[used], of_rows, column))
    return scales


def _select_candidates(encoded, plan, drawn, rng):
    """Positions of the drawn rows that are kept."""
    accept, n_features = plan.accept, encoded.n_features
    log_odds = class_log_odds(
        acceptance_classifier() if isinstance(accept, str) else accept,
        encoded.codec.columns_[:n_features],
        encoded.Z[:, :n_features],
        plan.rows,
        encoded.weights,
        encoded.codec.encode(drawn)[:, :n_features],
        rng,
    )
    if accept == "border":
        weights = expit(log_odds) * expit(-log_odds)
    else:
        weights = np.exp(log_odds)
    return choose_in_proportion(weights, plan.n_wanted, rng)


def acceptance_classifier():
    """Classifier that selects by default: fast, and not overconfident."""
    return FastTrees(_N_TREES, min_samples_leaf=_MIN_LEAF)


def class_log_odds(classifier, columns, Z, inside, weights, drawn, rng):
    """Log-odds that each drawn row belongs to a class, with both sides equally likely.

    The classifier separates the rows of the class from all others, both sides with the
    same total weight. The log-odds are averaged over the classifiers of a
    cross-fitting, and multiplied by the slope between 0 and 1 that calibrates their
    out-of-fold predictions. If the class cannot be separated, all rows get log-odds
    near 0.

    Parameters
    ----------
    classifier : object
        With ``predict_proba``; left unchanged.
    columns : sequence of Column
    Z : ndarray of shape (n_samples, n_columns)
        Encoded rows; NaN is a missing cell.
    inside : ndarray of shape (n_inside,)
        Positions of the rows of the class.
    weights : ndarray of shape (n_samples,) or None
    drawn : ndarray of shape (n_drawn, n_columns)
    rng : numpy.random.Generator

    Returns
    -------
    log_odds : ndarray of shape (n_drawn,)
    """
    weights = np.ones(len(Z)) if weights is None else weights
    # rows without weight count as absent
    outside = np.setdiff1d(np.flatnonzero(weights), inside)
    sides = [_subsample(outside, rng), _subsample(inside[weights[inside] > 0], rng)]
    rows, label = np.concatenate(sides), np.repeat([0, 1], [*map(len, sides)])
    parts = [weights[side] / weights[side].mean() / len(side) for side in sides]
    balanced = np.concatenate(parts) * len(rows) / 2
    used = np.flatnonzero(~np.isnan(Z[rows]).all(axis=0))
    if not len(used):
        return np.zeros(len(drawn))
    ratio = DensityRatio(clone(classifier), [columns[j] for j in used], _N_FOLDS)
    ratio.fit(Z[rows].take(used, axis=1), label, balanced, rng)
    if len(used) < len(columns):
        drawn = drawn.take(used, axis=1)
    return ratio.log_ratio(drawn)


def _subsample(rows, rng):
    if len(rows) <= _MAX_ROWS:
        return rows
    return rng.choice(rows, _MAX_ROWS, replace=False)
