"""Parallel execution through joblib: of independent calls, and of blocks of rows."""

import warnings
from contextlib import contextmanager
from functools import cache, partial

import numpy as np
from joblib import cpu_count, effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils import parallel as sklearn_parallel
from sklearn.utils.parallel import delayed
from threadpoolctl import ThreadpoolController

#: rows of a block; large, because systematic sampling is even within a block only
BLOCK_ROWS = 100_000


class Parallel(sklearn_parallel.Parallel):
    """scikit-learn's `Parallel` without the warning about abandoned jobs."""

    def _warn_exit_early(self):
        # a callback may stop a fit, which joblib takes for a mistake. A warning filter
        # does not help: threads restore their own filters when a job ends
        pass


def in_parallel(function, arguments, n_jobs):
    """Call a function with each tuple of arguments, and yield the results in order.

    The backend, and `n_jobs` if None, come from ``joblib.parallel_config``. With a
    threading backend, the OpenMP threads of each job are limited to its share of the
    cores; joblib itself does so for processes only.

    Parameters
    ----------
    function : callable
        Takes its random numbers from its arguments, so that no result depends on
        `n_jobs`.
    arguments : iterable of tuple
    n_jobs : int or None

    Returns
    -------
    results : iterator
        Yields each result as soon as it and all before it are ready.
    """
    n_workers = effective_n_jobs(n_jobs)
    shared = getattr(get_active_backend()[0], "supports_sharedmem", False)
    if n_workers > 1 and shared:
        n_threads = max(1, cpu_count() // n_workers)
        function = partial(_with_openmp_limited, function, n_threads)
    in_processes = n_workers > 1 and not shared
    if in_processes:
        function = partial(_with_warnings_kept, function)
    jobs = (delayed(function)(*parts) for parts in arguments)
    results = Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    return _warn_again(results) if in_processes else results


def _with_warnings_kept(function, *parts):
    """Result of a function, and the warnings that its filters let through."""
    with warnings.catch_warnings(record=True) as caught:
        result = function(*parts)
    return result, [(w.message, w.category, w.filename, w.lineno) for w in caught]


def _warn_again(results):
    """Issue the warnings of worker processes in this one, and yield their results."""
    for result, caught in results:
        for warning in caught:
            warnings.warn_explicit(*warning)
        yield result


def _with_openmp_limited(function, n_threads, *parts):
    with limited_openmp(n_threads):
        return function(*parts)


@contextmanager
def limited_openmp(n_threads):
    """Limit the OpenMP threads of the calling thread; a lower limit is kept."""
    libraries = _openmp()
    most = max((each["num_threads"] for each in libraries.info()), default=1)
    if most <= n_threads:
        yield
    else:
        with libraries.limit(limits=n_threads):
            yield


@cache
def _openmp():
    # cached: scikit-learn has loaded its OpenMP before anything here can be called
    return ThreadpoolController().select(user_api="openmp")


def in_blocks(function, rows, rng, n_jobs, size=None):
    """Call ``function(rows, rng)`` for blocks of rows; the results are in order.

    If there are several blocks, each has its own random stream. So results do not
    depend on `n_jobs`, and memory does not grow with the number of rows.

    Parameters
    ----------
    function : callable
    rows : ndarray of shape (n_rows, ...)
    rng : numpy.random.Generator
    n_jobs : int or None
    size : int, default=None
        Number of rows of a block. If None, ``BLOCK_ROWS``.

    Returns
    -------
    results : iterable
        One for each block, at least one.
    """
    size = BLOCK_ROWS if size is None else size
    if len(rows) <= size:
        return [function(rows, rng)]
    blocks = np.split(rows, np.arange(size, len(rows), size))
    rngs = rng.spawn(len(blocks))
    return in_parallel(function, zip(blocks, rngs, strict=True), n_jobs)
