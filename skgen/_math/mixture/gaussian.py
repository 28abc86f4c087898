"""A normal distribution of rows in which some scores are observed.

Rows with the same observed scores, a *pattern*, share their formulas, so they are
grouped. A covariance matrix restricted to observed scores keeps its full size here,
with zeros (in its inverse) elsewhere, so that rows of all patterns go through one
matrix product.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.normal_cells import log_cell_probability

#: size of the largest array of a block
BLOCK = 2**20
#: number of rows from which on a pattern has its own matrix product
OWN_BATCH = 64
#: rows of a pattern that share a product with those of other patterns
SMALL_BATCHES = (8, 1)


class Batch(NamedTuple):
    """Rows ``start`` to ``stop`` of the sorted rows, ``size`` of each pattern."""

    which: np.ndarray  # (n_patterns_in_batch,) positions in `Block.masks`
    start: int
    stop: int
    size: int

    def rows(self, x):
        """These rows of a sorted array, of shape (n_patterns_in_batch, size, ...)."""
        return x[self.start : self.stop].reshape(
            len(self.which), self.size, *x.shape[1:]
        )


class Block(NamedTuple):
    """Patterns whose matrices are in memory at the same time."""

    masks: np.ndarray  # (n_patterns, n_scores), True where observed
    batches: tuple


class Patterns(NamedTuple):
    """Rows grouped by observed scores; build it with `find_patterns`."""

    order: np.ndarray  # (n_rows,) that sorts the rows
    blocks: tuple


def find_patterns(observed):
    """Group rows by which scores are observed.

    Parameters
    ----------
    observed : ndarray of bool of shape (n_rows, n_scores)
    """
    n_rows, width = observed.shape
    first, inverse = np.zeros(min(n_rows, 1), dtype=np.intp), np.zeros(n_rows)
    if not observed.all():
        packed = np.packbits(observed, axis=1)
        packed = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    by_pattern = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[by_pattern], np.arange(len(first) + 1))
    step = max(1, BLOCK // max(1, width * width))
    order, blocks, start = [by_pattern[:0]], [], 0
    for begin in range(0, len(first), step):
        end = min(begin + step, len(first))
        places, batches = _batches(bounds[begin : end + 1], start, width)
        order.append(by_pattern[places])
        blocks.append(Block(observed[first[begin:end]], batches))
        start += len(places)
    return Patterns(np.concatenate(order), tuple(blocks))


def _batches(bounds, start, width):
    """Order of the rows of some patterns, and the batches in this order."""
    order, batches = [], []
    counts = np.diff(bounds)
    left = bounds[:-1].copy()
    for i in np.flatnonzero(counts >= OWN_BATCH):
        order.append(np.arange(bounds[i], bounds[i + 1]))
        left[i] = bounds[i + 1]
        for n in _cut(counts[i], max(OWN_BATCH, BLOCK // max(1, width))):
            batches.append(Batch(np.array([i]), start, start + n, n))
            start += n
    for size in SMALL_BATCHES:
        n_pieces = (bounds[1:] - left) // size
        which = np.repeat(np.arange(len(counts)), n_pieces)
        if len(which):
            before = np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
            begin = left[which] + size * (np.arange(len(which)) - before)
            order.append((begin[:, None] + np.arange(size)).ravel())
            batches.append(Batch(which, start, start + size * len(which), size))
            left += size * n_pieces
            start += size * len(which)
    return np.concatenate(order), tuple(batches)


def _cut(n_rows, most):
    """Sizes of equal parts of at most `most` rows."""
    n_parts = -(-n_rows // most)
    return np.diff(np.arange(n_parts + 1) * n_rows // n_parts)


def whitening(covariance, masks):
    """Matrices that standardise each observed score given those before it.

    Parameters
    ----------
    covariance : ndarray of shape (n_scores, n_scores)
        Positive definite.
    masks : ndarray of bool of shape (n_patterns, n_scores)

    Returns
    -------
    W : ndarray of shape (n_patterns, n_scores, n_scores)
        Upper triangular, zero where a score is not observed. ``(x - mean) @ W``
        is standard normal; its i-th number is x_i less its mean given the scores before
        it, divided by its standard deviation given these, ``1 / W[i, i]``. ``W @ W.T``
        is the inverse covariance of the observed scores.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite.
    """
    seen = masks[:, :, None] & masks[:, None, :]
    factor = np.linalg.cholesky(np.where(seen, covariance, np.eye(len(covariance))))
    _invert_triangular(factor)
    i = np.arange(len(covariance))
    factor[:, i, i] *= masks
    return factor.transpose(0, 2, 1)


def _invert_triangular(L):
    """Invert lower triangular matrices in place, by halves."""
    n = L.shape[1]
    if n <= 1:
        np.reciprocal(L, out=L)
        return
    half = n // 2
    first, last = L[:, :half, :half], L[:, half:, half:]
    _invert_triangular(first)
    _invert_triangular(last)
    L[:, half:, :half] = -(last @ L[:, half:, :half] @ first)


def find_cells(u, low, high, order):
    """For each score, the sorted rows that hold a cell, and its ends less u."""
    is_cell = low < high
    found = []
    for j in np.flatnonzero(is_cell.any(axis=0)):
        rows = np.flatnonzero(is_cell[order, j])
        source = order[rows]
        found.append(
            (j, rows, low[source, j] - u[source, j], high[source, j] - u[source, j])
        )
    return found


def log_normal_density(x, mean, covariance, patterns, cells=None, spread=None):
    """Log-density of the observed scores of each row.

    Parameters
    ----------
    x : ndarray of shape (n_rows, n_scores)
        In the order of the patterns, zero where not observed.
    mean : ndarray of shape (n_scores,)
    covariance : ndarray of shape (n_scores, n_scores)
    patterns : Patterns
    cells : list, default=None
        Result of `find_cells`. The probability of the cell, given the scores before it,
        replaces the density, so that all cells sum to one.
    spread : ndarray of shape (n_rows, n_scores), default=None
        Variances. The result is then the expected log-density of scores that vary
        around x independently of each other.
    """
    out = np.empty(len(x))
    for block in patterns.blocks:
        W = whitening(covariance, block.masks)
        rate = np.diagonal(W, axis1=1, axis2=2)
        log_rate = np.log(np.where(block.masks, rate, 1.0)).sum(axis=1)
        constant = log_rate - 0.5 * np.log(2 * np.pi) * block.masks.sum(axis=1)
        shift = mean @ W
        if spread is not None:
            precision = np.square(W).sum(axis=2)
        for batch in block.batches:
            y = batch.rows(x) @ W[batch.which]
            y -= shift[batch.which, None]
            batch.rows(out)[:] = constant[batch.which, None]
            batch.rows(out)[:] -= 0.5 * np.einsum("brd,brd->br", y, y)
            if spread is not None:
                lost = batch.rows(spread) @ precision[batch.which, :, None]
                batch.rows(out)[:] -= 0.5 * lost[:, :, 0]
            if cells:
                rates = np.repeat(rate[batch.which], batch.size, axis=0)
                _count_cells(out, np.concatenate(y), rates, batch, cells)
    return out


def _count_cells(out, y, rates, batch, cells):
    """Replace densities by probabilities where a batch holds cells."""
    for j, rows, below, above in cells:
        here = slice(*np.searchsorted(rows, [batch.start, batch.stop]))
        rows = rows[here] - batch.start
        rate, center = rates[rows, j], y[rows, j]
        out[batch.start + rows] += log_cell_gain(
            center, rate, rate * below[here], rate * above[here]
        )


def log_cell_gain(y, rate, below, above):
    """Log-probability of cells around normal scores, less the log-density there.

    Parameters
    ----------
    y : ndarray
        Standardised scores.
    rate : ndarray
        Inverses of their standard deviations.
    below, above : ndarray
        Ends of the cells less the scores, standardised.
    """
    at_score = np.log(rate) - 0.5 * y**2 - 0.5 * np.log(2 * np.pi)
    return log_cell_probability(y + below, y + above) - at_score


def expected_rows(x, observed, weights, mean, covariance, patterns, spread=None):
    """First and second moments of rows given their observed scores.

    Parameters
    ----------
    x : ndarray of shape (n_rows, n_scores)
        In the order of the patterns, any value where not observed.
    observed : ndarray of bool of shape (n_rows, n_scores)
    weights : ndarray of shape (n_rows,)
    mean : ndarray of shape (n_scores,)
    covariance : ndarray of shape (n_scores, n_scores)
    patterns : Patterns
    spread : ndarray of shape (n_rows, n_scores), default=None
        Variances of the observed scores around x, zero elsewhere.

    Returns
    -------
    expected : ndarray of shape (n_rows, n_scores)
    scatter : ndarray of shape (n_scores, n_scores)
        Weighted sum of the covariances of the rows.
    """
    deviation = x - mean
    expected, total = np.empty(x.shape), 0.0
    precision, spreading = np.zeros((2, *covariance.shape))
    for block in patterns.blocks:
        W = whitening(covariance, block.masks)
        size, spreads = _sums(block, weights, spread)
        total += size.sum()
        root = np.concatenate(np.sqrt(size)[:, None, None] * W.transpose(0, 2, 1))
        precision += root.T @ root
        if spread is not None:
            inverse = W @ W.transpose(0, 2, 1)
            root = np.concatenate(np.sqrt(spreads)[:, :, None] * inverse)
            spreading += root.T @ root
        for batch in block.batches:
            part = W[batch.which]
            batch.rows(expected)[:] = (
                batch.rows(deviation) @ part @ part.transpose(0, 2, 1)
            )
    scatter = total * covariance + covariance @ (spreading - precision) @ covariance
    expected = mean + np.where(observed, deviation, expected @ covariance)
    return expected, scatter


def _sums(block, weights, spread):
    """Sums of the weights and of the weighted spreads of the rows of each pattern."""
    size = np.zeros(len(block.masks))
    spreads = np.zeros(block.masks.shape)
    for batch in block.batches:
        part = batch.rows(weights)
        np.add.at(size, batch.which, part.sum(axis=1))
        if spread is not None:
            sums = (part[:, None] @ batch.rows(spread))[:, 0]
            np.add.at(spreads, batch.which, sums)
    return size, spreads


def conditional_mean(u, mean, covariance, patterns):
    """Replace missing scores by their mean given the observed ones.

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_scores)
        NaN where not observed.
    mean : ndarray of shape (n_scores,), or (n_rows, n_scores)
    covariance : ndarray of shape (n_scores, n_scores)
    patterns : Patterns
        ``find_patterns(~np.isnan(u))``.
    """
    deviation = np.nan_to_num(u - mean)[patterns.order]
    for block in patterns.blocks:
        W = whitening(covariance, block.masks)
        for batch in block.batches:
            part = W[batch.which]
            slopes = part @ (part.transpose(0, 2, 1) @ covariance)
            batch.rows(deviation)[:] = batch.rows(deviation) @ slopes
    expected = np.empty(u.shape)
    expected[patterns.order] = deviation
    # observed scores stay bit for bit
    return np.where(np.isnan(u), mean + expected, u)


def conditional_draw(u, mean, covariance, patterns, rng):
    """Replace missing scores by draws given the observed ones.

    A row is drawn as a whole, then corrected by the conditional mean of its deviation
    from the observed scores (Hoffman & Ribak, 1991, "Constrained realizations of
    Gaussian fields").

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_scores)
        NaN where not observed.
    mean : ndarray of shape (n_scores,)
    covariance : ndarray of shape (n_scores, n_scores)
    patterns : Patterns
    rng : numpy.random.Generator
    """
    factor = np.linalg.cholesky(covariance)
    drawn = mean + rng.standard_normal(u.shape) @ factor.T
    if any(block.masks.any() for block in patterns.blocks):
        drawn = conditional_mean(u, drawn, covariance, patterns)
    return drawn
