import builtins

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skgen import (
    AutoregressiveGenerator,
    ChainedGenerator,
    GaussianMixtureGenerator,
    GenerativeMasker,
    IndependentGenerator,
    LatentFactorGenerator,
    ResampledClassifier,
)
from skgen.datasets import make_customers
from skgen.distributed import fit_dask, sample_dask

from ._plan.examples import RULES, broken, orders, with_missing

dask = pytest.importorskip("dask")
frames = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

pytestmark = [
    # the cluster closes its own threads and sockets in its own time
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    # dask's own use of pandas
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
]


@pytest.fixture(scope="module")
def customers():
    return make_customers(300, random_state=0)[0]


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        AutoregressiveGenerator(random_state=0),
        ChainedGenerator(random_state=0),
        GaussianMixtureGenerator(random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_workers_learn_and_draw_the_same(model, customers, client):
    here = model.fit(customers).sample(50)
    parameters = {"n_jobs": 2} if hasattr(model, "n_jobs") else {}
    with joblib.parallel_config("dask"):
        there = model.set_params(**parameters).fit(customers).sample(50)
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.slow
@pytest.mark.parametrize("condition_on", ["all", "none"])
def test_workers_mask_the_same(condition_on, customers, client):
    masker = GenerativeMasker(
        ["income", "country"], condition_on=condition_on, random_state=0
    )
    here = masker.fit_transform(customers)
    with joblib.parallel_config("dask"):
        there = masker.set_params(n_jobs=2).fit_transform(customers)
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.slow
def test_workers_calibrate_the_same(customers, client):
    X = customers[["monthly_fee", "visits"]]
    y = (customers["country"] == "FR").astype(int)
    model = ResampledClassifier(random_state=0)
    here = model.fit(X, y).predict_proba(X)
    assert model.calibration_ is not None
    with joblib.parallel_config("dask"):
        there = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(here, there)


@pytest.mark.slow
def test_partitions_depend_on_neither_worker_nor_order(customers, client):
    generator = AutoregressiveGenerator(random_state=0).fit(customers)
    rows = sample_dask(generator, 103, 4, random_state=1)
    assert rows.npartitions == 4
    assert rows.known_divisions
    there = rows.compute()
    with dask.config.set(scheduler="synchronous"):
        again = sample_dask(generator, 103, 4, random_state=1)
        alone = again.partitions[2].compute()
        here = again.compute()
    pd.testing.assert_frame_equal(there, here)
    pd.testing.assert_frame_equal(alone, here.loc[alone.index])
    assert here.index.tolist() == list(range(103))
    assert here.dtypes.equals(customers.dtypes)


def test_partitions_differ_and_follow_the_model():
    X = pd.DataFrame({"a": np.repeat([0.0, 1.5], [30, 70])})
    generator = IndependentGenerator(random_state=0).fit(X)
    with dask.config.set(scheduler="synchronous"):
        rows = sample_dask(generator, 4000, 4, random_state=0)
        parts = [part.compute()["a"].to_numpy() for part in rows.partitions]
    assert not np.array_equal(parts[0], parts[1])
    # 4 standard errors; draws of one call are more even than independent ones
    share = np.mean(np.concatenate(parts) == 1.5)
    assert abs(share - generator.sample(4000)["a"].eq(1.5).mean()) < 4 * 0.5 / 60


@pytest.mark.slow
def test_the_sample_to_learn_from_is_uniform():
    n, k, repeats = 12, 4, 120
    table = frames.from_pandas(pd.DataFrame({"a": np.arange(n) + 0.25}), npartitions=3)

    class Recorder:
        def fit(self, X):
            self.rows = X["a"].to_numpy()
            return self

    counts = np.zeros(n)
    with dask.config.set(scheduler="synchronous"):
        for seed in range(repeats):
            rows = fit_dask(Recorder(), table, max_samples=k, random_state=seed).rows
            assert len(set(rows)) == k
            counts[(rows - 0.25).astype(int)] += 1
    # each count is binomial: 12 of them stay within 4 deviations but for 1 in 1,300
    p = k / n
    assert np.abs(counts - repeats * p).max() < 4 * np.sqrt(repeats * p * (1 - p))


def test_parquet_is_read_and_learned_whole_if_it_is_small(tmp_path, customers):
    frames.from_pandas(customers, npartitions=3).to_parquet(tmp_path / "customers")
    with dask.config.set(scheduler="synchronous"):
        fitted = fit_dask(
            IndependentGenerator(random_state=0), tmp_path / "customers", random_state=0
        )
    whole = IndependentGenerator(random_state=0).fit(customers)
    assert fitted.score(customers) == pytest.approx(whole.score(customers))


def test_the_sample_does_not_depend_on_the_partitions(customers):
    whole = frames.from_pandas(customers, npartitions=1)
    found = []
    with dask.config.set(scheduler="synchronous"):
        for table in (whole, whole.repartition(divisions=[0, 1, 40, 299])):
            generator = IndependentGenerator(random_state=0)
            fit_dask(generator, table, max_samples=90, random_state=0)
            found.append(generator.sample(50))
    pd.testing.assert_frame_equal(*found)


PASSING = [
    GaussianMixtureGenerator(4, tol=0.0, random_state=0),
    LatentFactorGenerator(2, tol=0.0, max_iter=15, random_state=0),
]


@pytest.mark.slow
@pytest.mark.parametrize("model", PASSING, ids=lambda model: type(model).__name__)
def test_passes_over_all_rows_depend_on_neither_worker_nor_partition(model, client):
    table, unseen = (make_customers(1200, random_state=seed)[0] for seed in (0, 1))
    options = {"max_samples": 150, "random_state": 0}
    alone = fit_dask(model, frames.from_pandas(table, npartitions=3), **options)
    before = alone.score(unseen)
    found = []
    for n_partitions in (1, 3, 7):
        rows = frames.from_pandas(table, npartitions=n_partitions)
        if n_partitions == 3:
            # a partition may have no rows
            rows = frames.concat(
                [rows.partitions[:1], rows.loc[:-1], rows.partitions[1:]]
            )
        fitted = fit_dask(clone(model), rows, n_passes=5, **options)
        bounds = np.array(fitted.lower_bounds_)
        # draws of factors leave an error that is nearly the same in each step
        assert np.diff(bounds).min() > -0.003
        found.append([*bounds, fitted.score(unseen)])
    # 1.5 and 0.7 nats; with five other seeds at least 0.6
    assert found[0][-1] > before + 0.3
    # probabilities of levels given factors are single precision
    rounding = 1e-5 if isinstance(model, LatentFactorGenerator) else 1e-10
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=rounding)


def test_passes_end_at_the_tolerance(customers):
    table = frames.from_pandas(customers, npartitions=2)
    model = GaussianMixtureGenerator(2, tol=0.05, random_state=0)
    with dask.config.set(scheduler="synchronous"):
        fit_dask(model, table, max_samples=100, n_passes=50, random_state=0)
    gains = np.diff(model.lower_bounds_)
    assert len(gains) < 49
    assert model.converged_
    assert (gains[:-1] >= 0.05).all()
    assert gains[-1] < 0.05


def test_passes_bear_what_the_sample_lacks(customers):
    table = customers.copy()
    table["country"] = table["country"].where(table.index > 2, "Atlantis")
    table.loc[2, "total_paid"] = 1e9
    model = GaussianMixtureGenerator(2, random_state=0)
    with dask.config.set(scheduler="synchronous"):
        # these three rows are not chosen
        rows = frames.from_pandas(table, npartitions=4)
        fit_dask(model, rows, max_samples=60, n_passes=3, random_state=2)
    drawn = model.sample(1000)
    assert "Atlantis" not in set(drawn["country"])
    assert drawn["total_paid"].max() < 1e9
    assert len(model.lower_bounds_) == 3


def test_passes_are_asked_of_models_that_can(customers):
    table = frames.from_pandas(customers, npartitions=2)
    message = "n_passes: AutoregressiveGenerator .*max_samples.*GaussianMixtureGen"
    with pytest.raises(TypeError, match=message):
        fit_dask(AutoregressiveGenerator(), table, n_passes=1)
    with pytest.raises(ValueError, match="n_passes"):
        fit_dask(GaussianMixtureGenerator(), table, n_passes=-1)


def test_impossible_requests_are_refused(customers):
    generator = IndependentGenerator(random_state=0).fit(customers)
    with pytest.raises(ValueError, match="npartitions"):
        sample_dask(generator, 3, 4)
    with pytest.raises(TypeError, match="fitted to a pandas dataframe"):
        sample_dask(IndependentGenerator().fit([[1.0], [2.0]]), 10, 2)
    empty = frames.from_pandas(customers.iloc[:0], npartitions=1)
    with pytest.raises(ValueError, match="at least one row"):
        fit_dask(IndependentGenerator(), empty)
    for data in (customers, customers.to_numpy(), None):
        with pytest.raises(TypeError, match="data: expected a dask dataframe, or"):
            fit_dask(IndependentGenerator(), data)
    with pytest.raises(TypeError, match=r"^generator: Expected an estimator"):
        fit_dask(IndependentGenerator, empty)


def test_a_missing_dask_is_reported(monkeypatch, customers):
    really_import = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("dask"):
            raise ImportError(name)
        return really_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"skgen-tabular\[dask\]"):
        fit_dask(IndependentGenerator(), "customers.parquet")


@pytest.mark.parametrize("n_passes", [0, 1])
def test_rules_are_kept(n_passes):
    X = with_missing(orders(400), 0.1)
    generator = GaussianMixtureGenerator(2, rules=RULES, random_state=0)
    fitted = fit_dask(
        generator, frames.from_pandas(X, npartitions=3), n_passes=n_passes
    )
    assert broken(sample_dask(fitted, 300, 2, random_state=0).compute()) == {}
