from types import SimpleNamespace

import numpy as np
import pytest
from imblearn import FunctionSampler
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE, KMeansSMOTE
from numpy.testing import assert_array_equal

from skgen.compose._training_rows import follow_rows, take_params, weights_among

GROUPS = np.array([0, 0, 0, 1, 1])
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0, 8.0])


def sampler(**known):
    return SimpleNamespace(**known)


@pytest.mark.parametrize("name", ["sample_weight", "clf__sample_weight"])
@pytest.mark.parametrize(
    ("made_by", "new_groups", "expected"),
    [
        (sampler(sample_indices_=np.array([4, 0, 0])), [1, 0, 0], [8, 1, 1]),
        (SMOTE(), [0, 0, 0, 1, 1, 1, 0], [1, 2, 3, 4, 8, 6, 2]),
        (
            sampler(sample_indices_=np.arange(5), is_synthetic_=np.arange(7) >= 5),
            [0, 0, 0, 1, 1, 1, 0],
            [1, 2, 3, 4, 8, 6, 2],
        ),
        (sampler(is_synthetic_=np.ones(2, dtype=bool)), [1, 0], [6, 2]),
        (sampler(sample_weight_=np.array([5.0, 7.0])), [1, 0], [5, 7]),
    ],
    ids=["indices", "over-sampler", "both", "all synthetic", "its own"],
)
def test_weights_follow_the_rows(made_by, new_groups, expected, name):
    params = follow_rows({name: WEIGHTS}, made_by, GROUPS, np.array(new_groups))
    assert_array_equal(params[name], expected)
    assert_array_equal(weights_among(params), expected)


def test_other_arrays_follow_original_rows():
    params = {"names": list("abcde"), "flag": True, "pair": [1, 2]}
    made_by = sampler(sample_indices_=np.array([4, 0, 0]))
    new = follow_rows(params, made_by, GROUPS, np.array([1, 0, 0]))
    assert new == {"names": ["e", "a", "a"], "flag": True, "pair": [1, 2]}
    assert weights_among(new) is None


def test_other_arrays_have_no_values_for_synthetic_rows():
    with pytest.raises(ValueError, match=r"names: .* SMOTE, adds synthetic rows"):
        follow_rows({"names": list("abcde")}, SMOTE(), GROUPS, np.repeat([0, 1], 3))


@pytest.mark.parametrize("made_by", [FunctionSampler(), SMOTEENN()])
def test_samplers_must_record_the_origin_of_rows(made_by):
    with pytest.raises(ValueError, match="does not record which of its rows"):
        follow_rows({"sample_weight": WEIGHTS}, made_by, GROUPS, GROUPS)


@pytest.mark.parametrize(
    "over_sampler",
    [
        SMOTE(),
        ADASYN(),
        SVMSMOTE(),
        BorderlineSMOTE(),
        KMeansSMOTE(cluster_balance_threshold=0.01),
    ],
    ids=lambda made_by: type(made_by).__name__,
)
def test_over_samplers_append(over_sampler):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 2)), np.repeat([0, 1], [60, 30])
    X_new, y_new = over_sampler.set_params(random_state=0).fit_resample(X, y)
    assert len(y_new) > len(y)
    assert_array_equal(X_new[:90], X)
    assert_array_equal(y_new[:90], y)


def test_take_params():
    params = take_params({"groups": list("abc"), "flag": True}, 3, np.array([2, 0]))
    assert params == {"groups": ["c", "a"], "flag": True}
