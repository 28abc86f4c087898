"""Regions of a continuous target, which are to it what classes are to labels."""

from collections.abc import Mapping
from itertools import pairwise
from numbers import Real

import numpy as np
from imblearn.utils import check_sampling_strategy

from skgen.resampling._targets import check_count

#: Regions of equal width between the robust ends of y.
_N_REGIONS = 6
#: The ends are quantiles, so that a few far values do not take up all of the width.
_END_SHARE = 0.01


def read_regions(y, strategy, min_rows):
    """Regions of y, and how many rows each is to get.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    strategy : str, float, dict or array-like
        The parameter `sampling_strategy` of the over-sampler, a callable called.
    min_rows : int
        Smaller regions are joined to their neighbours, where the user names none.

    Returns
    -------
    codes : ndarray of shape (n_samples,)
        Region of each row; -1 where it is in none.
    wanted : dict
        Bounds ``(low, high)`` of each region mapped to the number of rows to generate.
    """
    if isinstance(strategy, Mapping):
        return _read_ranges(y, strategy)
    if not isinstance(strategy, str | Real):
        codes, bounds = _read_bins(y, strategy)
        strategy = "not majority"
    else:
        codes, bounds = cut_regions(y, min_rows)
        if len(bounds) == 1:
            raise ValueError(
                "sampling_strategy: there are no two regions of y of at least "
                f"{min_rows} rows each, of which one were rarer. Pass a dict {{(low, "
                "high): number of rows}, or the edges of bins."
            )
    inside = codes[codes >= 0]
    counts = np.bincount(inside)
    if isinstance(strategy, Real):
        wanted = np.maximum(np.round(strategy * counts.max()).astype(int) - counts, 0)
    else:
        asked = check_sampling_strategy(strategy, inside, "over-sampling")
        wanted = [asked.get(code, 0) for code in range(len(counts))]
    return codes, {key: int(n) for key, n in zip(bounds, wanted, strict=True)}


def cut_regions(y, min_rows):
    """Codes and bounds of regions of equal width, small ones joined inwards."""
    ends = np.quantile(y, [_END_SHARE, 1 - _END_SHARE])
    inner = np.linspace(*ends, _N_REGIONS + 1)[1:-1]
    codes = np.searchsorted(inner, y, side="right")
    counts = np.bincount(codes, minlength=_N_REGIONS)
    largest = counts.argmax()
    steps = [(k, k + 1) for k in range(largest)]
    steps += [(k, k - 1) for k in range(_N_REGIONS - 1, largest, -1)]
    for region, inwards in steps:
        if counts[region] < min_rows:
            counts[inwards] += counts[region]
            codes[codes == region] = inwards
    codes = np.unique(codes, return_inverse=True)[1]
    regions = [y[codes == code] for code in range(codes.max() + 1)]
    return codes, [(region.min().item(), region.max().item()) for region in regions]


def _read_bins(y, edges):
    """Codes of bins, each without its upper edge but for the last, and their bounds."""
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
    codes = np.searchsorted(edges, y, side="right") - 1
    codes[y == edges[-1]] = len(edges) - 2
    codes[y > edges[-1]] = -1
    bounds = list(pairwise(edges.tolist()))
    for code, bin_ in enumerate(bounds):
        if not (codes == code).any():
            raise ValueError(
                f"sampling_strategy: y has no value in the bin from {bin_[0]} to "
                f"{bin_[1]}, to draw more like it. Move its edges."
            )
    return codes, bounds


def within(y, bounds):
    """Which numbers lie in a range that a key of `sampling_strategy` tells."""
    numbers = [isinstance(end, Real) and not isinstance(end, bool) for end in bounds]
    if len(bounds) != 2 or not all(numbers):
        raise ValueError(
            "sampling_strategy: expected two numbers, or minus or plus infinity, as a "
            f"range (low, high); got {bounds!r}."
        )
    low, high = bounds
    return (low <= y) & (y <= high)


def _read_ranges(y, asked):
    codes, wanted = np.full(len(y), -1), {}
    for code, (bounds, n) in enumerate(asked.items()):
        if not isinstance(bounds, tuple) or len(bounds) != 2:
            raise ValueError(
                "sampling_strategy: y holds numbers, of which a dict maps ranges "
                f"(low, high) to their numbers of rows; got the key {bounds!r}."
            )
        here = within(y, bounds)
        if not here.any():
            raise ValueError(f"sampling_strategy: y has no value in {bounds}.")
        if (codes[here] >= 0).any():
            raise ValueError(
                f"sampling_strategy: the range {bounds} shares values of y with "
                "another one. Move its bounds."
            )
        check_count(n, repr(bounds), here.sum())
        codes[here] = code
        wanted[bounds] = int(n - here.sum())
    return codes, wanted
