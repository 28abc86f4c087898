"""Bins of a continuous target, which take the place of classes."""

from collections.abc import Mapping
from itertools import pairwise
from numbers import Real

import numpy as np
from imblearn.utils import check_sampling_strategy

from skgen.resampling._targets import check_count

#: number of bins of equal width between the robust ends of y
_N_BINS = 6
#: number of groups of equal size
_N_GROUPS = 3
#: The ends are quantiles, so that a few outliers do not take up all of the width.
_END_SHARE = 0.01


def read_target_bins(y, strategy, min_rows):
    """Assign numbers to bins, and count the rows to draw for each bin.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    strategy : str, float, dict or array-like
        The parameter `sampling_strategy` of the over-sampler; for a callable, what it
        returned.
    min_rows : int
        Smaller bins are merged with their neighbours, unless the user sets the bins.

    Returns
    -------
    bins : ndarray of shape (n_samples,)
        Bin of each row; -1 if it is in none.
    wanted : dict
        Bounds ``(low, high)`` of each bin mapped to the number of rows to draw.
    """
    if isinstance(strategy, Mapping):
        return _read_ranges(y, strategy)
    if not isinstance(strategy, str | Real):
        bins, bounds = _read_edges(y, strategy)
        strategy = "not majority"
    else:
        bins, bounds = cut_bins(y, min_rows)
        if len(bounds) == 1:
            raise ValueError(
                "sampling_strategy: y does not split into two bins of at least "
                f"{min_rows} rows each, one rarer than the other. Pass a dict {{(low, "
                "high): number of rows}, or the edges of bins."
            )
    inside = bins[bins >= 0]
    counts = np.bincount(inside)
    if isinstance(strategy, Real):
        wanted = np.maximum(np.round(strategy * counts.max()).astype(int) - counts, 0)
    else:
        asked = check_sampling_strategy(strategy, inside, "over-sampling")
        wanted = [asked.get(k, 0) for k in range(len(counts))]
    return bins, {key: int(n) for key, n in zip(bounds, wanted, strict=True)}


def cut_groups(y, min_rows):
    """Divide numbers into groups of about the same number of rows.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    min_rows : int
        There are three groups, or fewer if one would have fewer rows than this.

    Returns
    -------
    groups : ndarray of shape (n_samples,)
    bounds : list of tuple
        Smallest and largest number in each group.
    """
    for n_groups in range(_N_GROUPS, 0, -1):
        edges = np.quantile(y, np.arange(1, n_groups) / n_groups)
        groups = np.unique(np.searchsorted(edges, y, side="right"), return_inverse=True)
        groups = groups[1]
        if n_groups == 1 or np.bincount(groups).min() >= min_rows:
            return groups, _bounds(y, groups)


def cut_bins(y, min_rows):
    """Assign numbers to bins of equal width, merging small ones inwards.

    Returns
    -------
    bins : ndarray of shape (n_samples,)
    bounds : list of tuple
        Smallest and largest number in each bin.
    """
    ends = np.quantile(y, [_END_SHARE, 1 - _END_SHARE])
    inner = np.linspace(*ends, _N_BINS + 1)[1:-1]
    bins = np.searchsorted(inner, y, side="right")
    counts = np.bincount(bins, minlength=_N_BINS)
    largest = counts.argmax()
    steps = [(k, k + 1) for k in range(largest)]
    steps += [(k, k - 1) for k in range(_N_BINS - 1, largest, -1)]
    for k, inwards in steps:
        if counts[k] < min_rows:
            counts[inwards] += counts[k]
            bins[bins == k] = inwards
    bins = np.unique(bins, return_inverse=True)[1]
    return bins, _bounds(y, bins)


def _bounds(y, bins):
    """Smallest and largest number in each bin."""
    members = [y[bins == k] for k in range(bins.max() + 1)]
    return [(inside.min().item(), inside.max().item()) for inside in members]


def _read_edges(y, edges):
    """Bins between edges, each but the last without its upper edge; their bounds."""
    wrong = ValueError(
        "sampling_strategy: expected at least three increasing numbers, the edges of "
        f"bins of y; got {edges!r}."
    )
    try:
        edges = np.asarray(edges)
    except ValueError:  # lists of different lengths
        raise wrong from None
    numbers = edges.ndim == 1 and edges.dtype.kind in "iuf"
    if not numbers or len(edges) < 3 or not (np.diff(edges) > 0).all():
        raise wrong
    bins = np.searchsorted(edges, y, side="right") - 1
    bins[y == edges[-1]] = len(edges) - 2
    bins[y > edges[-1]] = -1
    bounds = list(pairwise(edges.tolist()))
    for k, (low, high) in enumerate(bounds):
        if not (bins == k).any():
            raise ValueError(
                f"sampling_strategy: y has no value in the bin from {low} to {high}, "
                "so no rows like it can be drawn. Move its edges."
            )
    return bins, bounds


def within(y, bounds):
    """Whether each number lies in a range, given as a key of `sampling_strategy`."""
    numbers = [isinstance(end, Real) and not isinstance(end, bool) for end in bounds]
    if len(bounds) != 2 or not all(numbers):
        raise ValueError(
            "sampling_strategy: expected two numbers, or minus or plus infinity, as a "
            f"range (low, high); got {bounds!r}."
        )
    low, high = bounds
    return (low <= y) & (y <= high)


def _read_ranges(y, asked):
    bins, wanted = np.full(len(y), -1), {}
    for k, (bounds, n) in enumerate(asked.items()):
        if not isinstance(bounds, tuple) or len(bounds) != 2:
            raise ValueError(
                "sampling_strategy: y holds numbers, for which a dict maps ranges "
                f"(low, high) to their numbers of rows; got the key {bounds!r}."
            )
        here = within(y, bounds)
        if not here.any():
            raise ValueError(f"sampling_strategy: y has no value in {bounds}.")
        if (bins[here] >= 0).any():
            raise ValueError(
                f"sampling_strategy: the range {bounds} shares values of y with "
                "another one. Move its bounds."
            )
        check_count(n, repr(bounds), here.sum())
        bins[here] = k
        wanted[bounds] = int(n - here.sum())
    return bins, wanted
