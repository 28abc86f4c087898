"""Ranks of methods over blocks: Friedman's test and Nemenyi's critical difference.

After Demšar (2006), "Statistical comparisons of classifiers over multiple data sets",
Journal of Machine Learning Research 7.
"""

import numpy as np
from scipy.stats import friedmanchisquare, studentized_range


def block_ranks(values, *, descending):
    """Return the ranks within each row, 1 the best, ties shared.

    Parameters
    ----------
    values : DataFrame
        One row per block, one column per method. Rows that lack one are left out.
    descending : bool
        Whether more is better.

    Returns
    -------
    ranks : DataFrame
    """
    return values.dropna().rank(axis=1, ascending=not descending)


def friedman(ranks):
    """Return the p-value of Friedman's test that all methods rank alike.

    None where the test is not defined: fewer than three methods or two blocks, or
    nothing but ties.
    """
    if ranks.shape[1] < 3 or len(ranks) < 2 or (ranks.std(axis=1) == 0).all():
        return None
    return float(friedmanchisquare(*ranks.to_numpy().T).pvalue)


def critical_difference(n_methods, n_blocks, *, alpha=0.05):
    """Return the difference of mean ranks that Nemenyi's test finds significant."""
    if n_methods < 2 or n_blocks < 1:
        return None
    quantile = studentized_range.ppf(1 - alpha, n_methods, np.inf) / np.sqrt(2)
    return float(quantile * np.sqrt(n_methods * (n_methods + 1) / (6 * n_blocks)))


def cliques(ranks, difference):
    """Return the largest groups of methods without a significant difference.

    Parameters
    ----------
    ranks : dict of {str: float}
        Mean ranks.
    difference : float
        The critical difference.

    Returns
    -------
    groups : list of list of str
        Names in the order of their ranks; groups of two or more, none within another.
    """
    names = sorted(ranks, key=ranks.get)
    groups, last_end = [], 0
    for start, name in enumerate(names):
        reach = [other for other in names if ranks[other] - ranks[name] < difference]
        end = len(reach)
        if end > last_end and end - start > 1:
            groups.append(names[start:end])
            last_end = end
    return groups
