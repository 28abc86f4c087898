"""Tables larger than one machine: rows drawn as, and learned from, dask dataframes.

The columns of a table are learned in parallel wherever joblib's backend runs: with
``joblib.parallel_config("dask")`` on the workers of a ``dask.distributed`` cluster, and
with the same result as on one core. This module is for what does not fit into the
memory of one process: the rows.

What it costs
-------------
A plan on paper for n rows of c columns, with constants measured on Adult (15 columns,
`AutoregressiveGenerator` with its defaults, a core of 2026 that others used, too), for
m rows to learn from, W cores and partitions of b rows:

======== ================================ ============================================
part     seconds                          bytes
======== ================================ ============================================
choose   2 n r / (W d)                    2 n r read; m rows of the table and b rows on
                                          a core in memory
learn    30 us m c / min(W, c / 2)        250 MB and 2 kB for each of the m rows
pass     n (r / d + e) / W                n r read; b rows of the table and 120 MB on a
                                          core; t sent of each partition
send     W s / network                    s = 13 MB, the model
draw     5 us n c / W                     350 MB and 500 b on a core; 8 c n if held,
                                          12 n as Parquet
======== ================================ ============================================

where r are the bytes of a row on disk and d the bytes a second that a core reads. Rows
that are drawn do not depend on each other: seconds fall as one over W until each core
has one partition. Learning does not: no more than c columns are learned at once, and
the last ones take longest.

Passes over all rows (`n_passes`) do scale. A row takes e = 5 us and t = 11 kB with a
`GaussianMixtureGenerator` of 8 components, 10 us and 44 kB with 32; 50 us and 36 kB
with a `LatentFactorGenerator` of 4 factors, 70 us and 0.1 MB with 8; 3 us of these are
to encode the row. On the 32,561 rows for training of Adult, samples of 1,000, 3,000
and 10,000 rows gave 16 components 30.56, 29.92 and 29.64 nats of surprise a row on the
others; one pass made that 29.81, 29.62 and 29.54, ten passes 29.69, 29.57 and 29.52.
All rows in memory: 29.24, since the marginals are then of all rows, too.

For n = 10**9, c = 15, m = 100,000, b = 10**6 and W = 64, with r = 30 and d = 100 MB:
choose 9 s, learn 45 s / 7.5 = 6 s, send 64 times 13 MB, draw 75,000 s / 64 = 20
minutes; 0.9 GB on a core, and 12 GB of Parquet in 1,000 files. A pass takes 83 s with
8 components and 18 minutes with 8 factors. On two cores, drawing takes 10 hours. More
rows to learn from cost 0.5 ms of a core and 2 kB each, and gain what the ``scale``
benchmark tells: on `make_customers`, 1.23 nats a row from 3,000 rows to 10,000, .46 to
30,000, .17 to 100,000 and .06 to 300,000.
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

#: statistics that a worker adds up at once
_BRANCHES = 8


def sample_dask(generator, n_samples, npartitions, *, random_state=None):
    """Rows of a fitted generator as a lazy dask dataframe.

    Parameters
    ----------
    generator : object
        Fitted to a pandas dataframe; each worker gets it once.
    n_samples : int
        Number of all rows.
    npartitions : int
        Number of partitions, of equal size but for one row.
    random_state : int, RandomState instance or None, default=None
        Seed. Each partition has one of its own, drawn from it at this call: its rows
        depend neither on the worker, nor on which other ones are computed.

    Returns
    -------
    X : dask.dataframe.DataFrame of shape (n_samples, n_features)
        With the columns and dtypes of the fitted dataframe, an index from 0 and known
        divisions. Nothing is drawn before it is computed or stored.

    Raises
    ------
    ImportError
        If dask is not installed: it comes with ``skgen-tabular[dask]``.
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
            "generator: expected one that was fitted to a pandas dataframe, which the "
            f"partitions of a dask dataframe are; its rows are a {type(meta)}. Fit it "
            "to a pandas dataframe."
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

    First, to rows chosen at random: every set of `max_samples` rows is equally likely.
    Only these are brought together. Then, if wanted, to all rows, by passes over them:
    the sums over rows that the model's next step needs are made of one partition at a
    time, on each thread of a worker, and added up.

    Which rows are chosen does not depend on the partitions; nor does, up to rounding,
    what is learned from all.

    Parameters
    ----------
    generator : object
        With ``fit``; it is fitted in place.
    data : dask.dataframe.DataFrame, str or path
        The table, or a folder or file of Parquet.
    max_samples : int, default=100_000
        Number of rows to learn from; all of a table that has no more. What is lost by
        more rows being there is measured in the ``scale`` benchmark.
    n_passes : int, default=0
        Largest number of passes over all rows. They end when one gains less than the
        generator's `tol`. For `GaussianMixtureGenerator` and `LatentFactorGenerator`,
        whose ``lower_bounds_`` show the gain.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice. The generator has its own.

    Returns
    -------
    generator : object
        The same one, fitted.

    Raises
    ------
    ImportError
        If dask is not installed: it comes with ``skgen-tabular[dask]``.
    TypeError
        If `data` is none of these, `generator` is a class, or passes are asked of one
        that does not learn from sums over rows.
    ValueError
        If the table has no rows.

    Notes
    -----
    Passes change the parameters. The number of components or factors, the prior, and
    what the cells of a column are and how they become coordinates stay those of the
    sample. In the passes, a category that the sample did not hold counts as a missing
    cell, a number outside its range as the end of the range, and a column of which it
    held no cell is left out. None of these can be drawn later; a larger `max_samples`
    makes them rarer.

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
            f"n_passes: {type(generator).__name__} does not learn from sums over rows, "
            f"so that no passes over all of them can be made; got {n_passes}. Leave "
            "n_passes at 0 and let max_samples be larger, or use "
            "GaussianMixtureGenerator or LatentFactorGenerator."
        )
    if not hasattr(data, "to_delayed"):
        if not isinstance(data, str | PathLike):
            raise TypeError(
                "data: expected a dask dataframe, or the path of a table in Parquet; "
                f"got a {type(data).__name__}. What is in memory already can be passed "
                "to the generator's own fit."
            )
        data = frames.read_parquet(data)
    lengths = np.array(dask.compute(*data.map_partitions(len).to_delayed())).ravel()
    if lengths.sum() == 0:
        raise ValueError("data: expected rows to learn from, got a table without any.")
    chosen = _choose_rows(dask, data, lengths, max_samples, make_rng(random_state))
    rows = frames.from_delayed(chosen, meta=data._meta).compute()
    generator.fit(rows.reset_index(drop=True))
    for _ in range(n_passes):
        generator._em_iteration(_sum_statistics(dask, generator, data, lengths))
        if generator.converged_:
            break
    return generator


def _choose_rows(dask, data, lengths, max_samples, rng):
    """Parts of those partitions of which some rows are chosen."""
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
    """What the generator collects of each partition, added up on the workers."""
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
    """Dask and its dataframes, or the advice to install them."""
    try:
        import dask
        import dask.dataframe
    except ImportError as error:
        raise ImportError(
            "skgen.distributed needs dask: python -m pip install 'skgen-tabular[dask]'"
        ) from error
    return dask, dask.dataframe
