"""A normal distribution of which each row shows some coordinates.

Rows that show the same coordinates share their formulas, so they are brought together.
A covariance matrix restricted to the coordinates that a row shows stays a matrix of
full size here, with zeros (in its inverse) elsewhere: so rows of any patterns go
through one matrix product.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.columns.mixed import log_cell_probability

#: numbers that one array of a block may hold
BLOCK = 2**20
#: rows from which on a pattern has a matrix product of its own
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
    """Patterns whose matrices are held in memory at once."""

    masks: np.ndarray  # (n_patterns, n_coordinates), True where observed
    batches: tuple


class Patterns(NamedTuple):
    """Rows by the coordinates they show; build it with `group_rows`."""

    order: np.ndarray  # (n_rows,) that sorts the rows
    blocks: tuple


def group_rows(observed):
    """Bring rows together that show the same coordinates.

    Parameters
    ----------
    observed : ndarray of bool of shape (n_rows, n_coordinates)
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
    """Sizes of parts of at most that many rows."""
    n_parts = -(-n_rows // most)
    return np.diff(np.arange(n_parts + 1) * n_rows // n_parts)


def whitening(covariance, masks):
    """Matrices that turn deviations of observed coordinates into innovations.

    Parameters
    ----------
    covariance : ndarray of shape (n_coordinates, n_coordinates)
        Positive definite.
    masks : ndarray of bool of shape (n_patterns, n_coordinates)

    Returns
    -------
    W : ndarray of shape (n_patterns, n_coordinates, n_coordinates)
        Upper triangular, zero where a coordinate is not observed. ``(x - mean) @ W``
        is standard normal; its i-th number is what x_i deviates from its mean given
        the coordinates before it, in units of the standard deviation
        ``1 / W[i, i]`` left. ``W @ W.T`` is the inverse covariance of the observed.

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
    """For each coordinate, the sorted rows that hold a cell, and its ends less u."""
    is_cell = low < high
    found = []
    for j in np.flatnonzero(is_cell.any(axis=0)):
        rows = np.flatnonzero(is_cell[order, j])
        source = order[rows]
        found.append(
            (j, rows, low[source, j] - u[source, j], high[source, j] - u[source, j])
        )
    return found


def log_density(x, mean, covariance, patterns, cells=None, spread=None):
    """Log-density of the observed coordinates of each row.

    Parameters
    ----------
    x : ndarray of shape (n_rows, n_coordinates)
        In the order of the patterns, zero where not observed.
    mean : ndarray of shape (n_coordinates,)
    covariance : ndarray of shape (n_coordinates, n_coordinates)
    patterns : Patterns
    cells : list, default=None
        As `find_cells` gives them: there the probability of the cell counts in place of
        the density, given the coordinates before it, so that all cells sum to one.
    spread : ndarray of shape (n_rows, n_coordinates), default=None
        Variances: the mean over coordinates that vary around x independently of each
        other is taken.
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
    """Log-probability of cells around normal coordinates, less the log-density there.

    Parameters
    ----------
    y : ndarray
        Standardised coordinates.
    rate : ndarray
        Their standard deviations' inverses.
    below, above : ndarray
        Ends of the cells less the coordinates, standardised.
    """
    log_density = np.log(rate) - 0.5 * y**2 - 0.5 * np.log(2 * np.pi)
    return log_cell_probability(y + below, y + above) - log_density


def expected_rows(x, observed, weights, mean, covariance, patterns, spread=None):
    """First and second moments of rows given what is observed of them.

    Parameters
    ----------
    x : ndarray of shape (n_rows, n_coordinates)
        In the order of the patterns, anything where not observed.
    observed : ndarray of bool of shape (n_rows, n_coordinates)
    weights : ndarray of shape (n_rows,)
    mean : ndarray of shape (n_coordinates,)
    covariance : ndarray of shape (n_coordinates, n_coordinates)
    patterns : Patterns
    spread : ndarray of shape (n_rows, n_coordinates), default=None
        Variances of the observed coordinates around x, zero elsewhere.

    Returns
    -------
    expected : ndarray of shape (n_rows, n_coordinates)
    scatter : ndarray of shape (n_coordinates, n_coordinates)
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
            told = batch.rows(deviation) @ part @ part.transpose(0, 2, 1)
            batch.rows(expected)[:] = told
    scatter = total * covariance + covariance @ (spreading - precision) @ covariance
    expected = mean + np.where(observed, deviation, expected @ covariance)
    return expected, scatter


def _sums(block, weights, spread):
    """Sums over the rows of each pattern: of their weights, and weighted spreads."""
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
    """Rows with the mean of what is not observed given what is.

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_coordinates)
        NaN where not observed.
    mean : ndarray of shape (n_coordinates,), or (n_rows, n_coordinates)
    covariance : ndarray of shape (n_coordinates, n_coordinates)
    patterns : Patterns
        ``group_rows(~np.isnan(u))``.
    """
    deviation = np.nan_to_num(u - mean)[patterns.order]
    for block in patterns.blocks:
        W = whitening(covariance, block.masks)
        for batch in block.batches:
            part = W[batch.which]
            told = part @ (part.transpose(0, 2, 1) @ covariance)
            batch.rows(deviation)[:] = batch.rows(deviation) @ told
    expected = np.empty(u.shape)
    expected[patterns.order] = deviation
    # observed cells stay as they are, to the last bit
    return np.where(np.isnan(u), mean + expected, u)


def conditional_draw(u, mean, covariance, patterns, rng):
    """Rows with draws of what is not observed given what is.

    A row is drawn as a whole, then moved by what its observed coordinates differ from
    those of u, and by what this difference tells of the others.

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_coordinates)
        NaN where not observed.
    mean : ndarray of shape (n_coordinates,)
    covariance : ndarray of shape (n_coordinates, n_coordinates)
    patterns : Patterns
    rng : numpy.random.Generator
    """
    factor = np.linalg.cholesky(covariance)
    drawn = mean + rng.standard_normal(u.shape) @ factor.T
    if any(block.masks.any() for block in patterns.blocks):
        drawn = conditional_mean(u, drawn, covariance, patterns)
    return drawn
