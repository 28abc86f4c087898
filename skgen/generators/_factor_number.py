"""How many factors a latent factor model has, by the likelihood of held-out rows."""

import numpy as np

from skgen._math.factor_analysis.posterior import gather_evidence, log_row_density

#: draws of the factors of each held-out row
HELD_OUT_DRAWS = 64
#: rows used to compare numbers of factors, and rows held out in all
_COMPARE_ROWS, _HELD_OUT_ROWS = 5000, 1000


def numbers_to_try(largest):
    """0, 1, 2, 4, 8, ..., and the largest."""
    powers = 2 ** np.arange(int(largest).bit_length())
    return sorted({0, largest, *(int(power) for power in powers)})


def names_while_better(numbers, scores):
    """Yield the names of steps, until a number scores worse than a smaller one."""
    for number in numbers:
        if scores and scores[max(scores)] < max(scores.values()):
            return
        yield f"{number} components"


def hold_out(
    n_rows, fraction, rng, *, n_compared=_COMPARE_ROWS, n_held_out=_HELD_OUT_ROWS
):
    """Choose rows to compare with, and folds of them to hold out.

    Parameters
    ----------
    n_rows : int
    fraction : float
        Share of the chosen rows in a fold.
    rng : numpy.random.Generator
    n_compared : int
        Largest number of rows to choose.
    n_held_out : int
        Number of rows in all folds, about.

    Returns
    -------
    rows : ndarray of int
    folds : list of ndarray of int
    """
    rows = rng.permutation(n_rows)[:n_compared]
    size = max(1, round(fraction * len(rows)))
    n_folds = min(-(-n_held_out // size), len(rows) // size)
    return rows, [rows[i * size : (i + 1) * size] for i in range(n_folds)]


def held_out_log_likelihood(fit, table, rows, fold, number, seed):
    """Total weight and log-likelihood of a fold, under a fit to the other rows.

    Parameters
    ----------
    fit : callable
        Takes a table, the number of factors, a random generator and a seed; returns the
        fitted model first.
    table : tuple of (scores, labels, weights)
    rows, fold : ndarray of int
    number : int
    seed : int
    """
    kept, rng = np.setdiff1d(rows, fold), np.random.default_rng(seed)
    model, *_ = fit([part[kept] for part in table], number, rng, seed)
    u, label, weights = (part[fold] for part in table)
    evidence = gather_evidence(model, u, u, u, label)
    return weights.sum(), weights @ log_row_density(model, evidence, HELD_OUT_DRAWS)
