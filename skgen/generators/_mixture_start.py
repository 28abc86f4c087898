"""Where the fit of a mixture starts, and which numbers of components are tried."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

#: number of codes up to which the start sees them in a dense array
_DENSE_CODES = 300


def search_sizes(bics, largest):
    """Numbers of components: doubled until worse, then between the best ones."""
    size = 1
    while size <= largest:
        yield size
        if size > 1 and bics[size] > bics[size // 2]:
            break
        size *= 2
    while True:
        best = min(bics, key=bics.get)
        below = max((size for size in bics if size < best), default=best)
        above = min((size for size in bics if size > best), default=best)
        middles = {(best + near) // 2 for near in (below, above)} - bics.keys()
        # a quarter more or fewer components is as near as the criterion can tell
        middles = [m for m in sorted(middles) if 4 * abs(m - best) >= best]
        if not middles:
            return
        yield from middles


def start_features(parts):
    """What rows are clustered by: coordinates, their mean if unknown, and codes."""
    x, observed = (np.vstack(arrays) for arrays in list(zip(*parts, strict=True))[:2])
    codes = sparse.vstack([rows.codes for rows in parts], format="csr")
    x = np.where(observed, x, x.sum(axis=0) / np.maximum(observed.sum(axis=0), 1))
    if codes.shape[1] > _DENSE_CODES:
        return sparse.hstack([sparse.csr_array(x), codes], format="csr")
    return np.hstack([x, codes.toarray()])


def cluster_rows(features, weights, size, rng):
    """Indicators of the clusters of a k-means clustering."""
    if not features.shape[1]:
        # every cell is constant, so that all rows are equal
        return np.full((len(weights), size), 1 / size)
    k_means = KMeans(size, n_init=1, random_state=int(rng.integers(2**31)))
    with warnings.catch_warnings():
        # fewer distinct rows than components: the other components stay empty
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = k_means.fit(features, sample_weight=weights).labels_
    return labels[:, None] == np.arange(size)
