"""How many components a mixture has, by the likelihood of held-out rows."""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from skgen._math.mixture.density import Prior, log_joint, sort_parts, sort_rows
from skgen._math.mixture.em import MixtureFit
from skgen.generators._factor_number import hold_out

#: rows used to compare numbers of components, and rows held out of them in all
_COMPARE_ROWS, _HELD_OUT_ROWS = 10_000, 300
#: least number of rows for each component
ROWS_PER_COMPONENT = 20


class Fold(NamedTuple):
    """Rows to fit, and rows held out to score the fit."""

    parts: list  # of MixtureRows
    weights: np.ndarray  # in the order of the rows of all parts
    features: np.ndarray  # to be clustered
    single: MixtureFit  # one component
    prior: Prior  # of several components
    held_out: tuple  # MixtureRows, weights in their order


def sizes_to_try(n_rows, largest):
    """1, 2, 4, ..., at most `largest`, each with twenty rows for a component."""
    largest = max(1, min(largest, n_rows // ROWS_PER_COMPONENT))
    return [2**i for i in range(int(largest).bit_length())]


def make_folds(split, weights, n_levels, fraction, rng, prepare):
    """Divide rows into those to fit and those held out.

    Parameters
    ----------
    split : Split
        Scores and levels of all rows.
    weights : ndarray of shape (n_rows,)
    n_levels : ndarray of shape (n_level_columns,)
    fraction : float
        Share of the rows in a fold.
    rng : numpy.random.Generator
    prepare : callable
        Takes parts and weights; returns the features to be clustered, the fit of one
        component and the prior of several.

    Yields
    ------
    fold : Fold
    """
    rows, folds = hold_out(
        len(split.u),
        fraction,
        rng,
        n_compared=_COMPARE_ROWS,
        n_held_out=_HELD_OUT_ROWS,
    )
    for fold in folds:
        kept = np.setdiff1d(rows, fold)
        parts, order = sort_parts(split.take(kept), n_levels)
        fitted = weights[kept][order]
        held = sort_rows(split.take(fold), n_levels, scored=True)
        yield Fold(
            parts,
            fitted,
            *prepare(parts, fitted),
            (held, weights[fold][held.patterns.order]),
        )


def held_out_log_likelihood(folds, fit):
    """Mean log-likelihood of the held-out rows of all folds.

    Parameters
    ----------
    folds : list of Fold
    fit : callable
        Takes a fold; returns the Mixture of the rows to fit, and its covariance type.
    """
    total, size = 0.0, 0.0
    for fold in folds:
        rows, weights = fold.held_out
        total += weights @ logsumexp(log_joint(rows, *fit(fold)), axis=1)
        size += weights.sum()
    return float(total / size)
