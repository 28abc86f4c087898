"""Features of a Gaussian kernel at a few landmarks: the Nystroem method.

With the kernel k(x, y) = exp(-|x - y|^2 / (2 s^2)), landmarks l_1, ..., l_m and their
kernel matrix K = Q E Q', the features k(x, l) Q E^(-1/2) have inner products that are
those of the kernel, exactly at the landmarks and approximately elsewhere [1]_.

References
----------
.. [1] Williams & Seeger (2001), "Using the Nystroem method to speed up kernel
   machines", NIPS 13, section 2.
"""

from typing import NamedTuple

import numpy as np

#: pairs of rows of which the median distance is taken, at most
_MAX_PAIRS = 2_000
#: eigenvalues below this share of the largest are left out
_NEGLIGIBLE = 1e-6


class Landmarks(NamedTuple):
    """Landmarks of a Gaussian kernel; build them with `choose_landmarks`."""

    points: np.ndarray  # (n_landmarks, n_features)
    width: float
    whitening: np.ndarray  # (n_landmarks, n_kernel_features)


def choose_landmarks(F, n_landmarks, rng):
    """Choose random rows as landmarks; the width is the median distance of two rows.

    Parameters
    ----------
    F : ndarray of shape (n_rows, n_features)
    n_landmarks : int
    rng : numpy.random.Generator

    Returns
    -------
    landmarks : Landmarks
    """
    rows = rng.choice(len(F), min(n_landmarks, len(F)), replace=False)
    points = F[np.sort(rows)]
    first, second = rng.integers(len(F), size=(2, _MAX_PAIRS))
    distance = np.sqrt(((F[first] - F[second]) ** 2).sum(axis=1))
    distance = distance[distance > 0]
    width = float(np.median(distance)) if len(distance) else 1.0
    values, vectors = np.linalg.eigh(_kernel(points, points, width))
    kept = values > _NEGLIGIBLE * values[-1]
    whitening = vectors[:, kept] / np.sqrt(values[kept])
    return Landmarks(points, width, whitening)


def kernel_features(landmarks, F):
    """Features of rows, of shape (n_rows, n_kernel_features)."""
    points, width, whitening = landmarks
    return _kernel(F, points, width) @ whitening


def _kernel(F, points, width):
    squares = (F**2).sum(axis=1)[:, None] + (points**2).sum(axis=1)
    squares -= 2 * F @ points.T
    return np.exp(-np.maximum(squares, 0.0) / (2 * width**2))
