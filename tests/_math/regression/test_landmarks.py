import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.regression.landmarks import choose_landmarks, kernel_features


def test_products_of_features_are_the_kernel_at_the_landmarks():
    F = np.random.default_rng(0).normal(size=(80, 3))
    landmarks = choose_landmarks(F, 20, np.random.default_rng(1))
    features = kernel_features(landmarks, landmarks.points)
    distance = np.linalg.norm(landmarks.points[:, None] - landmarks.points, axis=2)
    kernel = np.exp(-(distance**2) / (2 * landmarks.width**2))
    # eigenvalues below a millionth of the largest are left out
    assert_allclose(features @ features.T, kernel, atol=1e-4)


def test_all_rows_as_landmarks_give_the_whole_kernel():
    F = np.random.default_rng(0).normal(size=(30, 2))
    landmarks = choose_landmarks(F, 100, np.random.default_rng(1))
    assert_array_equal(np.sort(landmarks.points, axis=0), np.sort(F, axis=0))
    pairs = np.linalg.norm(F[:, None] - F, axis=2)
    assert landmarks.width == pytest.approx(np.median(pairs[pairs > 0]), rel=0.1)


def test_equal_rows_have_one_feature():
    landmarks = choose_landmarks(np.ones((9, 2)), 5, np.random.default_rng(0))
    features = kernel_features(landmarks, np.ones((4, 2)))
    assert_allclose(features, np.ones((4, 1)))
