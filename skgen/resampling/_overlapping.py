"""Strata of several targets, which share rows, and how many rows to draw for each."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from imblearn.utils import check_sampling_strategy

from skgen.resampling._target_bins import cut_regions, within
from skgen.resampling._targets import check_count


def read_overlapping(outputs, strategy, min_rows):
    """Strata of several targets, and how many rows to draw for each.

    Parameters
    ----------
    outputs : Outputs
    strategy : str, float or dict
        The parameter `sampling_strategy` of the over-sampler, a callable called.
    min_rows : int
        Smaller regions of numbers are joined to their neighbours.

    Returns
    -------
    strata : dict
        Labels, or pairs of an output and its class or region, mapped to the positions
        of the rows that have them.
    wanted : dict
        And mapped to the number of rows to generate for them.
    """
    if isinstance(strategy, Mapping):
        holds = {key: _rows_with(outputs, key) for key in strategy}
        _check_counts(strategy, holds)
        totals = np.array(list(strategy.values()))
    elif isinstance(strategy, str | Real):
        families = _families(outputs, min_rows)
        holds = {key: here for family in families for key, here in family.items()}
        totals = [_count_totals(family, strategy) for family in families]
        totals = np.concatenate(totals)
    else:
        raise ValueError(
            "sampling_strategy: edges of bins are for a single target, but y holds "
            f"{outputs.n_outputs}. Pass a dict {{(output, (low, high)): number of "
            "rows}."
        )
    each = np.array(list(holds.values()), dtype=bool)
    new = count_new(each.reshape(len(holds), len(outputs.labels)), totals)
    strata = {key: np.flatnonzero(here) for key, here in holds.items()}
    return strata, dict(zip(strata, new.tolist(), strict=True))


def count_new(holds, totals):
    """Numbers of rows to draw for strata that share rows.

    Rarest strata come first. What is drawn for one is expected to bring others as often
    as its rows do, which leaves less to be drawn for these.

    Parameters
    ----------
    holds : ndarray of bool of shape (n_strata, n_samples)
        Which rows each stratum has; at least one.
    totals : ndarray of shape (n_strata,)
        How many rows each is to have at least.

    Returns
    -------
    new : ndarray of int of shape (n_strata,)
    """
    counts = holds.sum(axis=1)
    lacking, new = totals - counts.astype(np.float64), np.zeros(len(counts), np.intp)
    for stratum in np.argsort(counts, kind="stable"):
        # sums of shares are not exact
        new[stratum] = max(0, np.ceil(lacking[stratum] - 1e-9))
        lacking -= new[stratum] * holds[:, holds[stratum]].mean(axis=1)
    return new


def _families(outputs, min_rows):
    """Strata whose sizes are compared: all labels, or the classes of each output."""
    if outputs.is_multilabel:
        labels = zip(outputs.names, outputs.targets, strict=True)
        holds = {name: target.labels == 1 for name, target in labels}
        return [{name: here for name, here in holds.items() if here.any()}]
    families = []
    for name, target in zip(outputs.names, outputs.targets, strict=True):
        codes, levels = target.codes, target.levels.tolist()
        if not target.is_class:
            codes, levels = cut_regions(target.labels, min_rows)
        family = {(name, level): codes == code for code, level in enumerate(levels)}
        families.append(family)
    return families


def _count_totals(family, strategy):
    """How many rows each stratum of a family is to have at least."""
    counts = np.array([here.sum() for here in family.values()])
    if strategy == "auto":
        # the largest count over the mean imbalance ratio
        total = np.rint(len(counts) / np.sum(1 / counts))
    elif isinstance(strategy, Real):
        total = np.rint(strategy * counts.max())
    elif len(counts) == 1:
        total = counts
    else:
        each = np.repeat(np.arange(len(counts)), counts)
        asked = check_sampling_strategy(strategy, each, "over-sampling")
        total = counts + [asked.get(code, 0) for code in range(len(counts))]
    return np.maximum(total, counts)


def _rows_with(outputs, key):
    """Mask of the rows that have a label, or a class or region of an output."""
    if outputs.is_multilabel:
        name, level, form = key, 1, "a label"
    else:
        is_pair = isinstance(key, tuple) and len(key) == 2
        name, level = key if is_pair else (None, None)
        form = "a pair of an output and its class or range (low, high)"
    if name not in outputs.names:
        raise ValueError(
            f"sampling_strategy: expected {form} as a key, got {key!r}. The columns of "
            f"y are {outputs.names[:10]}."
        )
    labels = outputs.targets[outputs.names.index(name)].labels
    if not isinstance(level, tuple):
        return labels == level
    if labels.dtype.kind not in "biuf":
        raise ValueError(
            f"sampling_strategy: the key {key!r} asks for a range, but the column "
            f"{name!r} of y holds no numbers. Name one of its classes."
        )
    return within(labels, level)


def _check_counts(asked, holds):
    for key, here in holds.items():
        if not here.any():
            raise ValueError(f"sampling_strategy: y has no row of {key!r}.")
        check_count(asked[key], repr(key), here.sum())
