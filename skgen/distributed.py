"""Tables that exceed the memory of one machine, as dask dataframes.

Columns are learned in parallel by joblib: with ``joblib.parallel_config("dask")``, on
the workers of a ``dask.distributed`` cluster, with the same result as on one core. This
module is for rows that do not fit into the memory of one process: `sample_dask` draws
them, `fit_dask` learns from them.

What it costs
-------------
For n rows in total, m of them to fit, c columns, W cores, and partitions of b rows:

======== ===================== =================================================
step     time                  memory
======== ===================== =================================================
choose   n / W                 m rows, and b rows on each core
fit      m c / min(W, c)       proportional to m
pass     n / W                 b rows and the sums of a partition on each core
send     W                     the model on each worker
draw     n c / W               b rows on each core
======== ===================== =================================================

Rows are drawn independently of each other: time falls as one over W until each core has
one partition. A fit does not scale like this: at most c columns are learned at the same
time. EM iterations over all rows (`n_passes`) do scale; the sums of a partition grow
with the number of components times the square of the number of columns, or with the
square of the number of factors. The marginals of columns stay those of the sample, so
that a larger `max_samples` helps as well.
"""

from functools import reduce
from numbers import Integral
from operator import add
from os import PathLike

import numpy as np
from sklearn.utils import check_scalar
from sklearn.utils.validation import check_is_fitted

from skgen._table.rows import take_rows
from skgen._utils.mixins import refuse_class
from skgen._utils.random import make_rng

__all__ = ["fit_dask", "sample_dask"]

#: number of statistics that a worker adds up in one task
_BRANCHES = 8


def sample_dask(generator, n_samples, npartitions, *, random_state=None):
    """Draw rows from a fitted generator, as a lazy dask dataframe.

    Parameters
    ----------
    generator : object
        Generator fitted to a pandas dataframe; each worker gets it once.
    n_samples : int
        Total number of rows.
    npartitions : int
        Number of partitions, whose sizes differ by at most one row.
    random_state : int, RandomState instance or None, default=None
        Seed. Each partition gets its own seed from it in this call: its rows depend
        neither on the worker nor on which other partitions are computed.

    Returns
    -------
    X : dask.dataframe.DataFrame of shape (n_samples, n_features)
        The columns and dtypes of the fitted dataframe, an index from 0 and known
        divisions. Rows are drawn when the dataframe is computed or stored.

    Raises
    ------
    ImportError
        If dask is not installed; it comes with ``skgen-tabular[dask]``.
    TypeError
        If the generator was not fitted to a pandas dataframe.

    Examples
    --------
    >>> from skgen import AutoregressiveGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.distributed import sample_dask
    >>> X, y = make_customers(200, random_state=0)
    >>> generator = AutoregressiveGenerator(random_state=0).fit(X)
    >>> rows = sample_dask(generator, 1000, 4, random_state=0)  # doctest: +SKIP
    >>> rows.to_parquet("synthetic")  # doctest: +SKIP
    """
    dask, frames = _import_dask()
    check_is_fitted(generator)
    check_scalar(n_samples, "n_samples", Integral, min_val=1)
    check_scalar(npartitions, "npartitions", Integral, min_val=1, max_val=n_samples)
    meta = generator.sample(0)
    if not type(meta).__module__.startswith("pandas"):
        raise TypeError(
            "generator: expected one fitted to a pandas dataframe, like the partitions "
            f"of a dask dataframe; its rows are a {type(meta)}. Fit it to a pandas "
            "dataframe."
        )
    starts = np.arange(npartitions + 1) * n_samples // npartitions
    seeds = make_rng(random_state).integers(2**32, size=npartitions)
    shared = dask.delayed(generator, pure=False, traverse=False)
    draw = dask.delayed(_draw_partition, pure=False)
    parts = [
        draw(shared, int(start), int(end), int(seed))
        for start, end, seed in zip(starts[:-1], starts[1:], seeds, strict=True)
    ]
    divisions = (*starts[:-1].tolist(), n_samples - 1)
    return frames.from_delayed(parts, meta=meta, divisions=divisions)


def _draw_partition(generator, start, end, seed):
    rows = generator.sample(end - start, random_state=seed)
    rows.index += start
    return rows


def fit_dask(generator, data, *, max_samples=100_000, n_passes=0, random_state=None):
    """Fit a generator to a table that exceeds memory.

    The generator is fitted to a uniform random sample of at most `max_samples` rows,
    the only rows that are brought together. With `n_passes`, EM then continues over all
    rows: each iteration adds up sums over rows that the workers compute, one partition
    at a time.

    The chosen rows do not depend on the partitions; neither does, up to rounding, what
    is learned from all rows.

    Parameters
    ----------
    generator : object
        An estimator with ``fit``; it is fitted in place.
    data : dask.dataframe.DataFrame, str or path
        The table, or the path of a Parquet file or folder.
    max_samples : int, default=100_000
        Largest number of rows in the sample.
    n_passes : int, default=0
        Largest number of EM iterations over all rows. They end when one gains less than
        the generator's `tol`. Only for `GaussianMixtureGenerator` and
        `LatentFactorGenerator`, whose ``lower_bounds_`` show the gain.
    random_state : int, RandomState instance or None, default=None
        Seed of the sample. The generator has its own seed.

    Returns
    -------
    generator : object
        The generator passed, fitted.

    Raises
    ------
    ImportError
        If dask is not installed; it comes with ``skgen-tabular[dask]``.
    TypeError
        If `data` is none of these, if `generator` is a class, or if `n_passes` is
        positive for a generator without EM.
    ValueError
        If the table has no rows.

    Notes
    -----
    Passes update the parameters. The number of components or factors, the prior, and
    the transformation of each column stay those of the sample. In the passes, a
    category that is not in the sample counts as a missing cell, a number outside its
    range as the end of the range, and a column without cells in it is left out. None of
    these can be drawn later; a larger `max_samples` makes them rarer.

    Examples
    --------
    >>> from skgen import AutoregressiveGenerator
    >>> from skgen.distributed import fit_dask
    >>> generator = AutoregressiveGenerator(random_state=0)
    >>> fit_dask(generator, "customers.parquet", random_state=0)  # doctest: +SKIP
    """
    dask, frames = _import_dask()
    check_scalar(max_samples, "max_samples", Integral, min_val=1)
    refuse_class("generator", generator)
    check_scalar(n_passes, "n_passes", Integral, min_val=0)
    if n_passes and not hasattr(generator, "_collect_statistics"):
        raise TypeError(
            f"n_passes: {type(generator).__name__} has no EM iterations to continue "
            f"over all rows; expected 0, got {n_passes}. Set n_passes=0 and a larger "
            "max_samples, or use GaussianMixtureGenerator or LatentFactorGenerator."
        )
    if not hasattr(data, "to_delayed"):
        if not isinstance(data, str | PathLike):
            raise TypeError(
                "data: expected a dask dataframe, or the path of a Parquet table; got "
                f"a {type(data).__name__}. Pass tables in memory to the generator's "
                "own fit."
            )
        data = frames.read_parquet(data)
    lengths = np.array(dask.compute(*data.map_partitions(len).to_delayed())).ravel()
    if lengths.sum() == 0:
        raise ValueError("data: expected at least one row, got an empty table.")
    chosen = _choose_rows(dask, data, lengths, max_samples, make_rng(random_state))
    rows = frames.from_delayed(chosen, meta=data._meta).compute()
    generator.fit(rows.reset_index(drop=True))
    for _ in range(n_passes):
        generator._em_iteration(_sum_statistics(dask, generator, data, lengths))
        if generator.converged_:
            break
    return generator


def _choose_rows(dask, data, lengths, max_samples, rng):
    """Chosen rows of each partition that has some."""
    ends = np.cumsum(lengths)
    n_chosen = min(max_samples, int(ends[-1]))
    numbers = np.sort(rng.choice(ends[-1], n_chosen, replace=False, shuffle=False))
    take = dask.delayed(take_rows, pure=False)
    bounds = np.searchsorted(numbers, np.append(0, ends))
    return [
        take(part, numbers[start:stop] - (end - length))
        for part, length, end, start, stop in zip(
            data.to_delayed(), lengths, ends, bounds[:-1], bounds[1:], strict=True
        )
        if start < stop
    ]


def _sum_statistics(dask, generator, data, lengths):
    """Sum of the generator's statistics of all partitions, added up on the workers."""
    shared = dask.delayed(generator, pure=False, traverse=False)
    collect = dask.delayed(_collect_statistics, pure=False)
    sums = dask.delayed(_add_up, pure=False)
    firsts = np.cumsum(lengths) - lengths
    parts = [
        collect(shared, part, int(first))
        for part, first, length in zip(data.to_delayed(), firsts, lengths, strict=True)
        if length
    ]
    while len(parts) > 1:
        starts = range(0, len(parts), _BRANCHES)
        parts = [sums(parts[i : i + _BRANCHES]) for i in starts]
    return parts[0].compute()


def _collect_statistics(generator, rows, first):
    return generator._collect_statistics(rows, first)


def _add_up(statistics):
    return reduce(add, statistics)


def _import_dask():
    """Import dask and its dataframes, or advise how to install them."""
    try:
        import dask
        import dask.dataframe
    except ImportError as error:
        raise ImportError(
            "skgen.distributed needs dask: python -m pip install 'skgen-tabular[dask]'"
        ) from error
    return dask, dask.dataframe
