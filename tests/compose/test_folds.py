from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit

from skgen.compose._folds import calibration_folds, noting_fold

X = np.arange(36.0)[:, None]
LABELS = np.array(["a"] * 8 + ["b"] * 4)


def folds(cv, labels=LABELS, seed=0, **params):
    return calibration_folds(cv, X[: len(labels)], labels, seed, params)


@pytest.mark.parametrize("cv", [2, 3])
def test_folds_of_a_number_are_stratified(cv):
    labels = np.array(["a"] * 3 + ["b"] * 9)
    found = folds(cv, np.repeat(labels, cv)[: 12 * cv])
    assert len(found) == cv
    for train, test in found:
        assert len(train) == 12 * (cv - 1)
        counts = Counter(np.repeat(labels, cv)[test])
        assert counts == {"a": 3, "b": 9}


def test_no_folds():
    assert folds(None) == []
    assert folds(2, np.array(["a"] * 7 + ["b"] * 5)) == []
    assert len(folds(2, np.array(["a"] * 6 + ["b"] * 6))) == 2


def test_a_number_shuffles_by_the_seed():
    labels = np.array(["a", "b"] * 6)
    first, again, other = (folds(2, labels, seed)[0][1] for seed in (0, 0, 1))
    assert_array_equal(first, again)
    assert set(first) != set(other)


def test_splitters_and_iterables_are_taken_as_they_are():
    own = list(ShuffleSplit(3, random_state=0).split(LABELS))
    for cv in (ShuffleSplit(3, random_state=0), own):
        for found, expected in zip(folds(cv), own, strict=True):
            assert_array_equal(found[0], expected[0])
            assert_array_equal(found[1], expected[1])
    groups = np.arange(12) % 3
    for train, test in folds(GroupKFold(3), groups=groups):
        assert not set(groups[train]) & set(groups[test])


def test_every_class_needs_a_training_row():
    with pytest.raises(ValueError, match=r"calibration_cv: fold 3 .*\['b'\]"):
        folds(KFold(3))


def test_an_error_names_the_fold():
    with pytest.raises(ValueError, match="too few") as caught, noting_fold(2):
        raise ValueError("too few")
    assert "fold 2 of calibration_cv" in caught.value.__notes__[0]
    assert "calibration_cv=None" in caught.value.__notes__[0]
