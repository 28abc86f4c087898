import time
import warnings

import numpy as np
import pytest
from joblib import cpu_count, parallel_config
from numpy.testing import assert_array_equal
from threadpoolctl import ThreadpoolController

from skgen._utils import parallel
from skgen._utils.parallel import in_blocks, in_parallel, limited_openmp

LOKY = pytest.param("loky", marks=pytest.mark.slow)


def _openmp_threads(_=None):
    # others get a chance to interfere
    time.sleep(0.01)
    libraries = ThreadpoolController().select(user_api="openmp").info()
    return max(library["num_threads"] for library in libraries)


def _double():
    # by value: processes do not find the modules of tests
    return lambda rows, rng: (2 * rows, rng.random(len(rows)))


@pytest.mark.parametrize("backend", ["threading", LOKY])
def test_results_come_in_order(backend):
    with parallel_config(backend=backend):
        found = list(in_parallel(pow, [(i, 2) for i in range(9)], 2))
    assert found == [i**2 for i in range(9)]


@pytest.mark.parametrize("n_jobs", [2, 3])
def test_jobs_in_threads_share_the_cores(n_jobs):
    with limited_openmp(10**6), ThreadpoolController().limit(limits=8):
        before = _openmp_threads()
        with parallel_config(backend="threading"):
            found = list(in_parallel(_openmp_threads, [(i,) for i in range(6)], n_jobs))
        assert _openmp_threads() == before
    assert max(found) <= max(1, cpu_count() // n_jobs)


def test_jobs_count_of_the_context_is_taken():
    with parallel_config(backend="threading", n_jobs=max(2, cpu_count())):
        assert set(in_parallel(_openmp_threads, [(0,), (1,)], None)) == {1}


def test_one_job_has_all_threads():
    assert list(in_parallel(_openmp_threads, [(0,)], 1)) == [_openmp_threads()]


def _warn_of():
    def warn(i, category):
        warnings.warn(f"of {i}", category, stacklevel=1)
        return i

    return warn


@pytest.mark.parametrize("backend", ["sequential", LOKY])
def test_warnings_of_jobs_reach_the_caller(backend):
    jobs = [(0, FutureWarning), (1, UserWarning), (1, UserWarning)]
    with parallel_config(backend=backend), warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("default", UserWarning)
        assert list(in_parallel(_warn_of(), jobs, 2)) == [0, 1, 1]
    assert [str(warning.message) for warning in seen] == ["of 1", "of 1"]


@pytest.mark.parametrize("backend", ["threading", LOKY])
def test_warnings_of_jobs_can_be_errors(backend):
    with parallel_config(backend=backend), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        with pytest.raises(UserWarning, match="of 1"):
            list(in_parallel(_warn_of(), [(1, UserWarning)], 2))


def test_limit_lowers_and_never_raises():
    with limited_openmp(1):
        assert _openmp_threads() == 1
        with limited_openmp(4):
            assert _openmp_threads() == 1


@pytest.mark.parametrize("backend", ["threading", LOKY])
def test_blocks_depend_neither_on_jobs_nor_backend(backend, monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK_ROWS", 4)
    rows = np.arange(10.0)
    results = []
    for n_jobs in (1, 2):
        with parallel_config(backend=backend):
            blocks = in_blocks(_double(), rows, np.random.default_rng(0), n_jobs)
            parts = list(blocks)
        assert [len(part) for part, _ in parts] == [4, 4, 2]
        results.append(np.hstack(parts))
    assert_array_equal(*results)
    assert_array_equal(results[0][0], 2 * rows)
    assert len(np.unique(results[0][1])) == 10


def test_blocks_are_of_the_size_that_is_asked_for():
    blocks = in_blocks(_double(), np.arange(7), np.random.default_rng(0), 1, 3)
    assert [len(part) for part, _ in blocks] == [3, 3, 1]


def test_few_rows_take_numbers_from_the_stream_itself():
    [(_, drawn)] = in_blocks(_double(), np.zeros(5), np.random.default_rng(3), None)
    assert_array_equal(drawn, np.random.default_rng(3).random(5))
