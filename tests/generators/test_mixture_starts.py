import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen import GaussianMixtureGenerator
from skgen.generators import _mixture_starts
from skgen.generators._mixture_starts import _cluster_rows, explain_singularity


def test_the_best_start_is_kept(monkeypatch):
    bounds = []
    fit = _mixture_starts.fit_mixture

    def recorded(*arguments, **options):
        result = fit(*arguments, **options)
        bounds.append(result.lower_bounds[-1])
        return result

    monkeypatch.setattr(_mixture_starts, "fit_mixture", recorded)
    generator = GaussianMixtureGenerator(6, n_init=4, random_state=0)
    generator.fit(np.random.default_rng(0).normal(size=(300, 3)) ** 3)
    assert len(set(bounds)) > 1
    assert generator.lower_bound_ == max(bounds)


def test_clusters_become_indicators():
    features = np.repeat([[0.0], [10.0], [20.0]], 5, axis=0)
    found = _cluster_rows(features, np.ones(15), 3, np.random.default_rng(0))
    assert_array_equal(found.sum(axis=1), 1)
    assert_array_equal(found.sum(axis=0), 5)
    assert (found[:5] == found[0]).all()
    # no features to cluster by
    empty = _cluster_rows(np.empty((4, 0)), np.ones(4), 2, np.random.default_rng(0))
    assert_array_equal(empty, 0.5)


def test_a_singular_covariance_names_the_remedy():
    with (
        pytest.raises(ValueError, match=r"reg_covar: .* Increase reg_covar"),
        explain_singularity(),
    ):
        np.linalg.inv(np.zeros((2, 2)))
