"""Classes of several targets, which share rows, and the rows to draw for each."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from imblearn.utils import check_sampling_strategy

from skgen.resampling._target_bins import cut_bins, within
from skgen.resampling._targets import check_count


def read_overlapping(outputs, strategy, min_rows):
    """Find the rows of each class of several targets, and count the rows to draw.

    Parameters
    ----------
    outputs : Outputs
    strategy : str, float or dict
        The parameter `sampling_strategy` of the over-sampler; for a callable, what it
        returned.
    min_rows : int
        Smaller bins of numbers are merged with their neighbours.

    Returns
    -------
    classes : dict
        Labels, or pairs of an output and its class or bin, mapped to the positions of
        their rows.
    wanted : dict
        The same keys mapped to the number of rows to draw.
    """
    if isinstance(strategy, Mapping):
        holds = {key: _rows_with(outputs, key) for key in strategy}
        _check_totals(strategy, holds)
        totals = np.array(list(strategy.values()))
    elif isinstance(strategy, str | Real):
        compared = _compared_classes(outputs, min_rows)
        holds = {key: here for classes in compared for key, here in classes.items()}
        totals = [_count_totals(classes, strategy) for classes in compared]
        totals = np.concatenate(totals)
    else:
        raise ValueError(
            "sampling_strategy: edges of bins are for a single target, but y holds "
            f"{outputs.n_outputs}. Pass a dict {{(output, (low, high)): number of "
            "rows}."
        )
    each = np.array(list(holds.values()), dtype=bool)
    new = count_new(each.reshape(len(holds), len(outputs.labels)), totals)
    classes = {key: np.flatnonzero(here) for key, here in holds.items()}
    return classes, dict(zip(classes, new.tolist(), strict=True))


def count_new(holds, totals):
    """Count the rows to draw for classes that share rows.

    The rarest classes come first. Rows drawn for one class are expected to belong to
    others at the rate of its training rows, and these others then need fewer rows.

    Parameters
    ----------
    holds : ndarray of bool of shape (n_classes, n_samples)
        Which rows each class has; at least one.
    totals : ndarray of shape (n_classes,)
        Smallest number of rows of each class in the result.

    Returns
    -------
    new : ndarray of int of shape (n_classes,)
    """
    counts = holds.sum(axis=1)
    lacking, new = totals - counts.astype(np.float64), np.zeros(len(counts), np.intp)
    for k in np.argsort(counts, kind="stable"):
        # sums of shares are not exact
        new[k] = max(0, np.ceil(lacking[k] - 1e-9))
        lacking -= new[k] * holds[:, holds[k]].mean(axis=1)
    return new


def _compared_classes(outputs, min_rows):
    """Sets of classes whose sizes are compared: all labels, or those of an output."""
    if outputs.is_multilabel:
        labels = zip(outputs.names, outputs.targets, strict=True)
        holds = {name: target.labels == 1 for name, target in labels}
        return [{name: here for name, here in holds.items() if here.any()}]
    compared = []
    for name, target in zip(outputs.names, outputs.targets, strict=True):
        levels, classes = target.levels, target.values.tolist()
        if not target.is_class:
            levels, classes = cut_bins(target.labels, min_rows)
        compared.append(
            {(name, class_): levels == level for level, class_ in enumerate(classes)}
        )
    return compared


def _count_totals(classes, strategy):
    """Smallest number of rows of each class in the result."""
    counts = np.array([here.sum() for here in classes.values()])
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
        total = counts + [asked.get(k, 0) for k in range(len(counts))]
    return np.maximum(total, counts)


def _rows_with(outputs, key):
    """Mask of the rows that have a label, or a class or range of an output."""
    if outputs.is_multilabel:
        name, class_, form = key, 1, "a label"
    else:
        is_pair = isinstance(key, tuple) and len(key) == 2
        name, class_ = key if is_pair else (None, None)
        form = "a pair of an output and its class or range (low, high)"
    if name not in outputs.names:
        raise ValueError(
            f"sampling_strategy: expected {form} as a key, got {key!r}. The columns of "
            f"y are {outputs.names[:10]}."
        )
    labels = outputs.targets[outputs.names.index(name)].labels
    if not isinstance(class_, tuple):
        return labels == class_
    if labels.dtype.kind not in "biuf":
        raise ValueError(
            f"sampling_strategy: the key {key!r} is a range, but the column {name!r} "
            "of y holds no numbers. Use one of its classes."
        )
    return within(labels, class_)


def _check_totals(asked, holds):
    for key, here in holds.items():
        if not here.any():
            raise ValueError(f"sampling_strategy: y has no row of {key!r}.")
        check_count(asked[key], repr(key), here.sum())
