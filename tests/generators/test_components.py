import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from skgen import GaussianMixtureGenerator
from skgen.generators import _components

TYPES = ["full", "tied", "diag", "spherical"]


def _clusters(n=300, seed=0):
    rng = np.random.default_rng(seed)
    cluster = rng.integers(3, size=n)
    return rng.normal(size=(n, 2)) + 9 * np.eye(3)[cluster][:, :2], cluster


def _fit(X, covariance_type="full"):
    return GaussianMixtureGenerator(
        3,
        covariance_type=covariance_type,
        marginals="linear",
        shrinkage=0.0,
        tol=1e-12,
        max_iter=1000,
        random_state=0,
    ).fit(X)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_components_and_criteria_are_those_of_scikit_learn(covariance_type):
    X, _ = _clusters()
    ours = _fit(X, covariance_type)
    scaler = StandardScaler().fit(X)
    theirs = GaussianMixture(
        3, covariance_type=covariance_type, tol=1e-12, max_iter=1000, random_state=0
    ).fit(scaler.transform(X))
    a, b = np.argsort(ours.means_[:, 0]), np.argsort(theirs.means_[:, 0])
    expected = theirs.predict_proba(scaler.transform(X))
    assert_allclose(ours.predict_proba(X)[:, a], expected[:, b], atol=1e-6)
    assert_array_equal(
        np.argsort(a)[ours.predict(X)],
        np.argsort(b)[theirs.predict(scaler.transform(X))],
    )
    # their densities are those of standardised columns
    change = 2 * len(X) * np.log(scaler.scale_).sum()
    for name in ("aic", "bic"):
        criterion = getattr(theirs, name)(scaler.transform(X)) + change
        assert_allclose(getattr(ours, name)(X), criterion, rtol=1e-6)


def test_missing_cells_are_summed_out():
    X, cluster = _clusters()
    generator = _fit(X)
    nothing = np.full((1, 2), np.nan)
    assert_allclose(generator.predict_proba(nothing)[0], generator.weights_, atol=1e-9)
    half = X.copy()
    half[:, 1] = np.nan
    found = generator.predict_proba(half)
    assert_allclose(found.sum(axis=1), 1.0)
    # the first column shows which rows are of the first cluster, and no more
    first = generator.predict(np.array([[9.0, 0.0]]))[0]
    assert_array_equal(found[:, first] > 0.5, cluster == 0)
    assert 0.2 < found[cluster == 1].max(axis=1).min() < 0.8


def test_categories_and_unseen_ones_are_evidence_of_components():
    X, cluster = _clusters()
    table = pd.DataFrame({"x": X[:, 0], "c": np.array(list("xyz"))[cluster]})
    generator = GaussianMixtureGenerator(3, random_state=0).fit(table)
    found = generator.predict(table)
    assert len(np.unique(found)) == 3
    for c in "xyz":
        assert (found[table["c"] == c] == found[table["c"] == c][0]).mean() > 0.95
    unseen = pd.DataFrame({"x": [np.nan], "c": ["w"]})
    assert_allclose(generator.predict_proba(unseen)[0], generator.weights_, atol=1e-9)
    generator.set_params(handle_unknown="error")
    with pytest.raises(ValueError, match="w"):
        generator.predict(unseen)


def test_blocks_change_nothing(monkeypatch):
    X, _ = _clusters(50)
    generator = _fit(X)
    whole = generator.predict_proba(X)
    monkeypatch.setattr(_components, "_BLOCK", 7)
    assert_allclose(generator.predict_proba(X), whole, atol=1e-12)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "aic", "bic"])
def test_methods_need_a_fit(method):
    with pytest.raises(NotFittedError):
        getattr(GaussianMixtureGenerator(), method)(_clusters(10)[0])
