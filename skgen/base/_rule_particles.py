"""Cells from which known ones are computed, drawn by sequential importance sampling.

Each unknown cell that a known one is computed from is drawn by the model, or from those
that are possible with equal chance, except for the last one, which follows from the
rule. After each, the particles are weighted by the density of the model over that of
the proposal, and resampled where they have grown uneven.
"""

from typing import NamedTuple

import numpy as np

from skgen._math.sampling import (
    effective_sample_size,
    log_mean_weight,
    resample,
    uniform_between,
)

#: particles for each row, and for rows of which none obeys the rules
_FEW, _MANY = 32, 512
#: particles that are held in memory at once
_BLOCK = 50_000


class Explained(NamedTuple):
    """Rows with cells from which their known ones are computed."""

    Z: np.ndarray  # (n_rows, n_wide)
    log_evidence: np.ndarray  # (n_rows,), log-density of known cells; -inf if none fit
    ess: np.ndarray  # (n_rows,), effective sample size of the particles


def explain_by_particles(model, wide, rng):
    """Fill cells from which known ones are computed.

    Parameters
    ----------
    model : BaseGenerator
    wide : ndarray of shape (n_rows, n_wide)
        With a known cell whose inputs are unknown in each row.
    rng : numpy.random.Generator

    Returns
    -------
    explained : Explained
        Rows for which no cells are found that obey the rules stay as they are.
    """
    found = _explain(model, wide, rng)
    left = np.flatnonzero(np.isneginf(found.log_evidence))
    if len(left):

        def log_evidence(some):
            return _explain(model, some, rng, [_FEW]).log_evidence

        freed = model._plan.without_impossible(wide[left], log_evidence)
        again = _explain(model, freed, rng)
        found.Z[left], found.ess[left] = again.Z, again.ess
    return found


def _explain(model, wide, rng, sizes=(_FEW, _MANY)):
    n_rows = len(wide)
    found = Explained(wide.copy(), np.full(n_rows, -np.inf), np.zeros(n_rows))
    left = np.arange(n_rows)
    for n_particles in sizes:
        size = max(1, _BLOCK // n_particles)
        for some in (left[at : at + size] for at in range(0, len(left), size)):
            Z, evidence, ess = _explain_block(model, wide[some], n_particles, rng)
            fits = np.isfinite(evidence)
            for whole, part in zip(found, (Z, evidence, ess), strict=True):
                whole[some[fits]] = part[fits]
        left = np.flatnonzero(np.isneginf(found.log_evidence))
    return found


def _explain_block(model, wide, n_particles, rng):
    particles = _Particles(model, wide, n_particles, rng)
    while particles.draw_next():
        particles.resample_uneven()
    log_weight, starts = particles.log_weight, particles.starts
    plan, Z = model._plan, particles.Z
    wrong = plan.unexplained(Z).any(axis=1) | plan.broken(Z).any(axis=1)
    log_weight[wrong] = -np.inf
    evidence = log_mean_weight(log_weight, starts)
    ess = np.minimum(particles.ess, effective_sample_size(log_weight, starts))
    log_weight[~np.repeat(np.isfinite(evidence), n_particles)] = 0.0
    chosen = resample(log_weight, starts, np.ones(len(wide), dtype=np.intp), rng)
    return Z[chosen], evidence, ess


class _Particles:
    """Copies of rows, whose unknown cells are drawn one by one."""

    def __init__(self, model, wide, n_particles, rng):
        self.model, self.plan, self.rng = model, model._plan, rng
        self.has_density = getattr(model, "_score_samples", None) is not None
        self.n_particles = n_particles
        self.starts = np.arange(len(wide)) * n_particles
        self.Z = np.repeat(wide, n_particles, axis=0)
        self.log_density = np.repeat(self._density(wide), n_particles)
        self.log_weight = self.log_density.copy()
        self.ess = np.full(len(wide), float(n_particles))
        self._place = {position: at for at, position in enumerate(model._seen_columns)}

    def _density(self, Z):
        if not self.has_density or not len(Z):
            return np.zeros(len(Z))
        free = self.plan.without_computed(Z)[:, self.model._seen_columns]
        return self.model._log_density_of_seen(free, self.rng)

    def draw_next(self):
        """Draw the cells that known ones of one column need; whether any did."""
        for step in self.plan.steps:
            if self._draw_inputs(step):
                # until all that rules connect is known, weights cannot be compared
                group = self.plan.connected_steps(step.target)
                while any(self._draw_inputs(other) for other in group):
                    pass
                return True
        return False

    def _draw_inputs(self, step):
        """Draw the cells that known targets of a step need; whether there are any."""
        has_drawn = False
        while True:
            rows = np.flatnonzero(self._needs(step))
            blank = [j for j in step.inputs if np.isnan(self.Z[rows, j]).any()]
            if not blank:
                return has_drawn
            position = min(blank, key=self._rank)
            rows = rows[np.isnan(self.Z[rows, position])]
            self._draw(*self._of_few_values(rows, blank) or (rows, position))
            has_drawn = True

    def _of_few_values(self, rows, blank):
        """Rows, and a column with few values that makes a blank one, or None.

        Such as a number of pieces, or the rounding error of a number, which is drawn
        last.
        """
        n_features = self.model.n_features_in_
        for target in blank:
            for step in self.plan.by_target.get(target, ()):
                is_blank = np.isnan(self.Z[np.ix_(rows, step.inputs)])
                for j, own in zip(step.inputs, is_blank.T, strict=True):
                    is_last = is_blank.sum(axis=1) == 1
                    some = rows[own & (is_last | (j < n_features))]
                    if len(some) and self.plan.has_few_values(j):
                        return some, j
        return None

    def _needs(self, step):
        """Rows with a target that is known, but not explained."""
        unexplained = self.plan.is_unexplained(self.Z, step.target)
        return unexplained & ~np.isneginf(self.log_weight)

    def _rank(self, position):
        """Sort key: columns with few values are drawn first, auxiliary ones last."""
        is_auxiliary = position >= self.model.n_features_in_
        few = self.plan.has_few_values(position)
        return is_auxiliary, not few, position not in self._place, position

    def _draw(self, rows, position):
        self.log_weight[rows] += self._draw_cells(rows, position)
        self.Z[rows] = self.plan.deduce(self.Z[rows])
        density = self._density(self.Z[rows])
        self.log_weight[rows] += density - self.log_density[rows]
        self.log_density[rows] = density
        broken = self.plan.broken(self.Z[rows]).any(axis=1)
        self.log_weight[rows[broken]] = -np.inf

    def _draw_cells(self, rows, position):
        """Write cells of a column; minus the logarithms of their densities."""
        if self.model._wide_columns[position].discrete:
            return self._draw_levels(rows, position)
        guesses = self.plan.guesses(self.Z[rows], position)
        if guesses is None:
            return self._draw_numbers(rows, position)
        possible = ~np.isnan(guesses)
        some = possible.any(axis=1)
        log_size = np.zeros(len(rows))
        log_size[some], at = _choose(possible[some], self.rng)
        self.Z[rows[some], position] = guesses[some, at]
        # the same cell may be among the guesses several times
        equal = (guesses[some] == guesses[some, at][:, None]).sum(axis=1)
        log_size[some] -= np.log(equal)
        if not some.all():
            log_size[~some] = self._draw_numbers(rows[~some], position)
        return log_size

    def _draw_levels(self, rows, position):
        n_levels = self.model._wide_columns[position].n_categories
        allowed = self.plan.allowed(self.Z[rows], position)
        if allowed is None:
            allowed = np.ones((len(rows), n_levels), dtype=bool)
        log_size, level = _choose(allowed, self.rng)
        if not self.has_density and position in self._place:
            drawn = self._draw_by_model(rows, position).astype(np.intp)
            level = np.where(allowed[np.arange(len(rows)), drawn], drawn, level)
        self.Z[rows, position] = level
        return log_size if self.has_density else np.zeros(len(rows))

    def _draw_numbers(self, rows, position):
        """Half of the numbers by the model, half in the range that is possible."""
        column = self.model._wide_columns[position]
        ends = self.plan.limits(self.Z[rows], position)
        low, high = np.full((2, len(rows)), np.nan) if ends is None else ends
        if position not in self._place:
            low = np.where(np.isnan(low), column.lower, low)
            high = np.where(np.isnan(high), column.upper, high)
        whole = bool(column.integer_valued)
        uniform, width = uniform_between(low, high, whole, self.rng)
        if position not in self._place:
            self.Z[rows, position] = uniform
            return np.log(np.maximum(width, 1e-300))
        z, limited = self._draw_by_model(rows, position), width > 0
        if not self.has_density:
            outside = limited & ((z < low) | (z > high))
            self.Z[rows, position] = np.where(outside, uniform, z)
            return np.zeros(len(rows))
        by_range = limited & (self.rng.random(len(rows)) < 0.5)
        self.Z[rows, position] = z = np.where(by_range, uniform, z)
        log_prob = self._density(self.Z[rows]) - self.log_density[rows]
        log_uniform = np.full(len(rows), -np.inf)
        inside = limited & (z >= low) & (z <= high)
        log_uniform[inside] = -np.log(width[inside])
        mixture = np.logaddexp(log_prob, log_uniform) - np.log(2)
        return -np.where(limited, mixture, log_prob)

    def _draw_by_model(self, rows, position):
        seen = self.Z[np.ix_(rows, self.model._seen_columns)]
        return self.model._impute(seen, self.rng)[:, self._place[position]]

    def resample_uneven(self):
        """Resample the particles of rows of which few have weight."""
        ess = effective_sample_size(self.log_weight, self.starts)
        self.ess = np.minimum(self.ess, np.where(ess > 0, ess, np.inf))
        uneven = np.flatnonzero((ess > 0) & (ess < self.n_particles / 2))
        if not len(uneven):
            return
        at = uneven[:, None] * self.n_particles + np.arange(self.n_particles)
        log_weight, starts = self.log_weight[at].ravel(), self.starts[: len(uneven)]
        mean = log_mean_weight(log_weight, starts)
        sizes = np.full(len(uneven), self.n_particles)
        source = at.ravel()[resample(log_weight, starts, sizes, self.rng)]
        self.Z[at.ravel()] = self.Z[source]
        self.log_density[at.ravel()] = self.log_density[source]
        self.log_weight[at.ravel()] = np.repeat(mean, self.n_particles)


def _choose(possible, rng):
    """One of those that are possible in each row, by chance; log of their number."""
    at = np.where(possible, rng.random(possible.shape), -1.0).argmax(axis=1)
    return np.log(possible.sum(axis=1)), at
