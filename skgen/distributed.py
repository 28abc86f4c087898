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
learn    40 us m c / min(W, c / 2)        250 MB and 2 kB for each of the m rows
send     W s / network                    s = 13 MB, the model
draw     2.5 us n c / W                   350 MB and 500 b on a core; 8 c n if held,
                                          12 n as Parquet
======== ================================ ============================================

where r are the bytes of a row on disk and d the bytes a second that a core reads. Rows
that are drawn do not depend on each other: seconds fall as one over W until each core
has one partition. Learning does not: no more than c columns are learned at once, and
the last ones take longest.

For n = 10**9, c = 15, m = 100,000, b = 10**6 and W = 64, with r = 30 and d = 100 MB:
choose 9 s, learn 60 s / 7.5 = 8 s, send 64 times 13 MB, draw 37,500 s / 64 = 10
minutes; 0.9 GB on a core, and 12 GB of Parquet in 1,000 files. On two cores, drawing
takes 5 hours and 15 minutes. More rows to learn from cost 0.6 ms of a core and 2 kB
each, and gain what the ``scale`` benchmark tells.
"""

from numbers import Integral

import numpy as np
from sklearn.utils import check_scalar
from sklearn.utils.validation import check_is_fitted

from skgen.base import make_rng
from skgen.table import take_rows

__all__ = ["fit_dask", "sample_dask"]


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


def fit_dask(generator, data, *, max_samples=100_000, random_state=None):
    """Fit a generator to rows chosen at random from a table that exceeds memory.

    Every set of `max_samples` rows is equally likely, whatever the partitions are. The
    choice is made from their lengths; then only the chosen rows are brought together.

    Parameters
    ----------
    generator : object
        With ``fit``; it is fitted in place.
    data : dask.dataframe.DataFrame, str or path
        The table, or a folder or file of Parquet.
    max_samples : int, default=100_000
        Number of rows to learn from; all of a table that has no more. What is lost by
        more rows being there is measured in the ``scale`` benchmark.
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
    ValueError
        If the table has no rows.

    Examples
    --------
    >>> from skgen import AutoregressiveGenerator
    >>> from skgen.distributed import fit_dask
    >>> generator = AutoregressiveGenerator(random_state=0)
    >>> fit_dask(generator, "customers.parquet", random_state=0)  # doctest: +SKIP
    """
    dask, frames = _import_dask()
    check_scalar(max_samples, "max_samples", Integral, min_val=1)
    if not hasattr(data, "to_delayed"):
        data = frames.read_parquet(data)
    lengths = np.array(dask.compute(*data.map_partitions(len).to_delayed())).ravel()
    if lengths.sum() == 0:
        raise ValueError("data: expected rows to learn from, got a table without any.")
    rng = make_rng(random_state)
    counts = rng.multivariate_hypergeometric(
        lengths, min(max_samples, int(lengths.sum())), method="marginals"
    )
    take = dask.delayed(take_rows, pure=False)
    chosen = [
        take(part, np.sort(rng.choice(length, count, replace=False)))
        for part, length, count in zip(data.to_delayed(), lengths, counts, strict=True)
        if count
    ]
    rows = frames.from_delayed(chosen, meta=data._meta).compute()
    return generator.fit(rows.reset_index(drop=True))


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
