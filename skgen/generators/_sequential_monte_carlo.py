"""Sequential Monte Carlo for evidence after unknown columns.

A particle is a row whose unknown cells are drawn column by column, each given the cells
before it. Its weight is the product of the probabilities of the known cells on the way,
and pools with uneven weights are resampled: this is the bootstrap filter of Gordon,
Salmond & Smith (1993), "Novel approach to nonlinear/non-Gaussian Bayesian state
estimation", IEE Proceedings F 140(2), with resampling at half the effective sample
size. Rows with the same known cells share a pool of particles. Cells within limits are
proposed by the model or from the limits with equal chance, and weighted accordingly.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.sampling import (
    effective_sample_size,
    log_mean_weight,
    pool_sizes,
    resample,
)

#: particles that are held in memory at once
_BLOCK = 200_000
#: first number of particles per row of a large pool
_FIRST = 4
#: effective particles per row that are enough; with fewer, rows repeat each other
_ENOUGH = 2.0


#: factor by which known cells that share particles get more of them, if they are few
_MORE_FOR_FEW = 8


class Factorization(NamedTuple):
    """The factors p(x_j | x_<j) of a model."""

    order: list  # columns as they are drawn
    make_cells: object  # (Z) -> predictor table of these rows
    # (cells, j, rows, rng) -> log-weights: write unknown cells of column j
    draw: object
    log_prob: object  # (cells, j, rows) -> log-densities of known cells of column j
    # (cells, j, rows) -> mask: write cells that follow from column j and known cells
    deduce: object


class Filled(NamedTuple):
    """Rows filled by particles, and what their weights estimate."""

    Z: np.ndarray  # (n_rows, n_columns), filled up to the last known column
    log_evidence: np.ndarray  # (n_rows,), log-density of the known cells
    ess: np.ndarray  # (n_rows,), effective number of particles for each row of the pool

    def replace(self, rows, other):
        """Write, in place, rows that were filled anew."""
        for whole, part in zip(self, other, strict=True):
            whole[rows] = part


def fill_by_particles(Z, model, proposals, n_particles, rng):
    """Fill the unknown cells before the last known one of each row.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN marks unknown cells; every row has one that is known or proposed.
    model : Factorization
    proposals : dict of int to Proposal
        For the unknown cells of columns with a limit.
    n_particles : int
        Largest number of particles per row. Pools of many rows start with fewer.
    rng : numpy.random.Generator

    Returns
    -------
    filled : Filled
        Rows whose known cells have no density at all have a log-evidence of -inf.
    """
    filled = Filled(Z.copy(), np.zeros(len(Z)), np.zeros(len(Z)))
    for rows, sizes in _blocks_of_pools(Z, max(1, _BLOCK // n_particles)):
        starts = np.cumsum(sizes) - sizes
        known = Z[rows[starts]]
        pool, particles, log_weight, ess = _fill_pools(
            known, sizes, model, proposals, n_particles * sizes, rng
        )
        starts = np.searchsorted(pool, np.arange(len(sizes)))
        evidence = log_mean_weight(log_weight, starts)
        log_weight[~np.isfinite(evidence)[pool]] = 0.0
        chosen = resample(log_weight, starts, sizes, rng)
        # the order of the particles of a pool depends on their cells
        chosen = chosen[np.lexsort((rng.random(len(chosen)), pool[chosen]))]
        filled.Z[rows] = particles[chosen]
        filled.log_evidence[rows] = np.repeat(evidence, sizes)
        filled.ess[rows] = np.repeat(ess / sizes, sizes)
    return filled


def refuse_impossible(log_evidence):
    """Raise a ValueError if the known cells of a row have no density at all."""
    if not np.isfinite(log_evidence).all():
        raise ValueError(
            "The known cells of a row have no probability under the model, given "
            "each other. Leave some of them unknown."
        )


def log_evidence_by_particles(Z, model, n_particles, rng):
    """Log-density of the known cells of each row, a normalised estimate.

    Rows with the same cells up to some column share their particles up to there: what
    is drawn depends on no cell that comes later. The evidence is then a product of
    means, over the same particles for all values of a cell, of densities that integrate
    to one. So the estimates of all rows with known cells in the same columns integrate
    to one, too.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN marks unknown cells; every row has a known one.
    model : Factorization
    n_particles : int
        Number of particles; where few rows differ in their known cells, more.
    rng : numpy.random.Generator

    Returns
    -------
    log_evidence : ndarray of shape (n_rows,)
    """
    # all NaN alike, and so are both zeros
    cells, of_row = np.unique(
        np.where(np.isnan(Z), np.inf, Z + 0.0), axis=0, return_inverse=True
    )
    cells[np.isinf(cells)] = np.nan
    known = ~np.isnan(cells[:, model.order])
    # equal beginnings of rows that know the same columns are neighbours
    order = np.lexsort((*cells[:, model.order].T[::-1], *known.T[::-1]))
    few = _MORE_FOR_FEW**2 * n_particles * len(cells) <= _BLOCK
    size = n_particles * _MORE_FOR_FEW if few else n_particles
    out, seed = np.empty(len(cells)), int(rng.integers(2**63))
    for part in np.array_split(order, -(-len(cells) * size // _BLOCK)):
        # the same random numbers for all parts
        shared = np.random.default_rng(seed)
        out[part] = _shared_evidence(cells[part], model, size, shared)
    return out[of_row.reshape(-1)]


def _shared_evidence(Z, model, n_particles, rng):
    """Log-evidence of distinct rows that share their particles while they are equal."""
    known = ~np.isnan(Z[:, model.order])
    last = known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    # each pool holds the particles of all rows that are equal so far
    _, first, pool = np.unique(known, axis=0, return_index=True, return_inverse=True)
    pool, sizes = pool.reshape(-1), np.ones(len(first), dtype=np.intp)
    cells = model.make_cells(np.full((len(first), Z.shape[1]), np.nan))
    log_weight = np.zeros(len(first))
    for position, j in enumerate(model.order):
        # where values differ, pools are divided; particles become many when first drawn
        _, first, new = np.unique(
            [pool, np.unique(Z[:, j], return_inverse=True)[1].reshape(-1)],
            axis=1,
            return_index=True,
            return_inverse=True,
        )
        is_known = known[first, position]
        moving = ~is_known & (last[first] > position)
        source, sizes = _divide(sizes, pool[first], moving, n_particles)
        pool = new.reshape(-1)
        cells, log_weight = cells.repeated(source), log_weight[source]
        starts = np.cumsum(sizes) - sizes
        if moving.any():
            least = np.full(len(sizes), np.inf)
            alike = np.zeros((len(log_weight), 0), dtype=bool)
            _resample_uneven(cells, alike, log_weight, starts, moving, least, rng)
            rows = np.flatnonzero(np.repeat(moving, sizes))
            log_weight[rows] += model.draw(cells, j, rows, rng)
        rows = np.flatnonzero(np.repeat(is_known, sizes))
        cells.put(j, rows, np.repeat(Z[first, j], sizes)[rows])
        log_weight[rows] += model.log_prob(cells, j, rows)
    return log_mean_weight(log_weight, starts)[pool]


def _divide(sizes, origin, moving, n_particles):
    """Positions of the particles of new pools, and their sizes.

    A pool takes those of its origin; the only one of a pool that moves becomes many.
    """
    starts, size = (np.cumsum(sizes) - sizes)[origin], sizes[origin]
    many = np.where(moving, n_particles, size)
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(starts, many) + place % np.repeat(size, many), many


def _blocks_of_pools(Z, max_rows):
    """Rows that know the same cells stand together: positions, and sizes of pools."""
    # all NaN alike, and so are both zeros
    cells = np.where(np.isnan(Z), np.nan, Z + 0.0)
    keys = np.ascontiguousarray(cells).view(np.dtype((np.void, cells[:1].nbytes)))
    _, group = np.unique(keys.ravel(), return_inverse=True)
    order = np.argsort(group, kind="stable")
    place = np.arange(len(Z)) - np.searchsorted(group[order], group[order])
    first = np.flatnonzero(place % max_rows == 0)
    sizes = np.diff(first, append=len(Z))
    block = np.cumsum(sizes) // max_rows
    for pools in np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(block)) + 1):
        if len(pools):
            start = first[pools[0]]
            yield order[start : start + sizes[pools].sum()], sizes[pools]


def _fill_pools(known, sizes, model, proposals, most, rng):
    """Particles of each pool, sorted by pool, their log-weights, and the pools' ESS."""
    wanted = np.minimum(most, np.maximum(most // sizes, _FIRST * sizes))
    total, least = np.zeros_like(sizes), np.zeros(len(sizes))
    pool, particles, log_weight = np.empty(0, np.intp), known[:0], np.empty(0)
    todo = np.arange(len(sizes))
    while len(todo):
        new = np.repeat(todo, wanted[todo])
        moved, weight, ess = _propagate(known[new], wanted[todo], model, proposals, rng)
        pool = np.append(pool, new)
        order = np.argsort(pool, kind="stable")
        pool = pool[order]
        particles = np.concatenate([particles, moved])[order]
        log_weight = np.append(log_weight, weight)[order]
        total[todo] += wanted[todo]
        least[todo] += ess
        ess = effective_sample_size(log_weight, np.cumsum(total) - total)
        ess = np.minimum(ess, least)
        todo = np.flatnonzero((ess < _ENOUGH * sizes) & (total < most))
        wanted = np.minimum(most - total, total)
    return pool, particles, log_weight, ess


def _propagate(known, sizes, model, proposals, rng):
    """Draw unknown cells up to the last known one, weighted by the known ones.

    Returns
    -------
    Z : ndarray of shape (n_particles, n_columns)
    log_weight : ndarray of shape (n_particles,)
    ess : ndarray of shape (n_pools,)
        Least effective sample size that each pool had before it was resampled; later
        ones ignore that particles have ancestors in common.
    """
    starts = np.cumsum(sizes) - sizes
    is_known = ~np.isnan(known)
    some = is_known.copy()
    some[:, list(proposals)] = True
    # position in the order of the last known cell of each particle
    last = len(model.order) - 1 - np.argmax(some[:, model.order[::-1]], axis=1)
    cells = model.make_cells(known.copy())
    log_weight, least = np.zeros(len(known)), sizes.astype(np.float64)
    for position, j in enumerate(model.order):
        moving = (last >= position) & ~is_known[:, j]
        if moving.any():
            # only now: nothing is gained where no cell is drawn any more
            pools = moving[starts]
            _resample_uneven(cells, is_known, log_weight, starts, pools, least, rng)
            moving = (last >= position) & ~is_known[:, j]
        rows = np.flatnonzero(is_known[:, j])
        drawn = np.flatnonzero(moving)
        if j in proposals:
            proposal = proposals[j]
            log_weight[drawn] += _draw_proposed(cells, j, drawn, model, proposal, rng)
        else:
            log_weight[drawn] += model.draw(cells, j, drawn, rng)
        log_weight[rows] += model.log_prob(cells, j, rows)
        is_known[drawn] |= model.deduce(cells, j, drawn)
    return cells.Z, log_weight, least


def _draw_proposed(cells, j, rows, model, proposal, rng):
    """Draw cells of a column within its limit; their log-weights."""
    by_model = rng.random(len(rows)) < 0.5
    model.draw(cells, j, rows[by_model], rng)
    cells.put(j, rows[~by_model], proposal.draw((~by_model).sum(), rng))
    z, log_prob = cells.Z[rows, j], model.log_prob(cells, j, rows)
    # the density of the mixture of both proposals: no weight exceeds two
    log_mixture = np.logaddexp(log_prob, proposal.log_density(z)) - np.log(2)
    return np.where(proposal.allows(z), log_prob - log_mixture, -np.inf)


def _resample_uneven(cells, is_known, log_weight, starts, moving, least, rng):
    """Resample the moving pools that have grown uneven, keeping their mean weight."""
    sizes = pool_sizes(log_weight, starts)
    ess = effective_sample_size(log_weight, starts)
    # a pool of which no particle has weight is left to the caller
    weak = moving & (ess < sizes / 2) & (ess > 0)
    if not weak.any():
        return
    least[weak] = np.minimum(least, ess)[weak]
    kept = np.where(weak, sizes, 0)
    rows = np.flatnonzero(np.repeat(weak, sizes))
    mean = log_mean_weight(log_weight, starts)
    source = resample(log_weight, starts, kept, rng)
    cells.copy_rows(rows, source)
    is_known[rows] = is_known[source]
    log_weight[rows] = np.repeat(mean, kept)
