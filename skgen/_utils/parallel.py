"""Independent parts of some work, done at once by joblib's backend of the day."""

import warnings
from contextlib import contextmanager
from functools import cache, partial

import numpy as np
from joblib import cpu_count, effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils import parallel as sklearn_parallel
from sklearn.utils.parallel import delayed
from threadpoolctl import ThreadpoolController

#: rows that are worked on at once; those of a block are drawn evenly, and are many
BLOCK_ROWS = 100_000


class Parallel(sklearn_parallel.Parallel):
    """scikit-learn's, silent about jobs that nobody asks for any more."""

    def _warn_exit_early(self):
        # a callback has stopped the fit, say: joblib takes it for a mistake. Filters of
        # warnings are no remedy, as threads that end a job put back their own
        pass


def in_parallel(function, arguments, n_jobs):
    """Results of a function for each tuple of arguments, in their order.

    Backend, and `n_jobs` if None, are those of ``joblib.parallel_config``. Threads of a
    numerical library, of which each process has as many as there are cores, are left to
    as many as each of the jobs has cores: joblib sees to that in its processes, but not
    in its threads.

    Parameters
    ----------
    function : callable
        Its randomness comes with its arguments, so that no result depends on `n_jobs`.
    arguments : iterable of tuple
    n_jobs : int or None

    Returns
    -------
    results : iterator
        Each can be had as soon as it and those before it are there.
    """
    together = effective_n_jobs(n_jobs)
    shared = getattr(get_active_backend()[0], "supports_sharedmem", False)
    if together > 1 and shared:
        n_threads = max(1, cpu_count() // together)
        function = partial(_with_openmp_limited, function, n_threads)
    elsewhere = together > 1 and not shared
    if elsewhere:
        function = partial(_with_warnings_kept, function)
    jobs = (delayed(function)(*parts) for parts in arguments)
    results = Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    return _warn_again(results) if elsewhere else results


def _with_warnings_kept(function, *parts):
    """Result of a function, and what it warned of that is not filtered out."""
    with warnings.catch_warnings(record=True) as caught:
        result = function(*parts)
    return result, [(w.message, w.category, w.filename, w.lineno) for w in caught]


def _warn_again(results):
    """Yield results of processes once their warnings are issued in this one."""
    for result, caught in results:
        for warning in caught:
            warnings.warn_explicit(*warning)
        yield result


def _with_openmp_limited(function, n_threads, *parts):
    with limited_openmp(n_threads):
        return function(*parts)


@contextmanager
def limited_openmp(n_threads):
    """Let the calling thread, and no other one, have at most so many of OpenMP."""
    libraries = _openmp()
    most = max((each["num_threads"] for each in libraries.info()), default=1)
    if most <= n_threads:
        yield
    else:
        with libraries.limit(limits=n_threads):
            yield


@cache
def _openmp():
    # scikit-learn has loaded its own before anything here can be called
    return ThreadpoolController().select(user_api="openmp")


def in_blocks(function, rows, rng, n_jobs, size=None):
    """Results of ``function(rows, rng)`` for blocks of rows, in their order.

    Of many rows, each block has a stream of random numbers of its own, so that neither
    memory depends on their number, nor results on `n_jobs`.

    Parameters
    ----------
    function : callable
    rows : ndarray of shape (n_rows, ...)
    rng : numpy.random.Generator
    n_jobs : int or None
    size : int, default=None
        Number of rows of a block; None stands for ``BLOCK_ROWS``.

    Returns
    -------
    results : iterable
        At least one.
    """
    size = BLOCK_ROWS if size is None else size
    if len(rows) <= size:
        return [function(rows, rng)]
    blocks = np.split(rows, np.arange(size, len(rows), size))
    rngs = rng.spawn(len(blocks))
    return in_parallel(function, zip(blocks, rngs, strict=True), n_jobs)
