"""What known cells leave possible for the other cells of a row."""

import numpy as np

#: values of a column up to which each is tried
_FEW = 64
#: steps over which cells are guessed from a known one
_STEPS = 3
#: how often ranges of columns are narrowed by those of others
_ROUNDS = 20
#: by what these must shrink in a round to go on
_SLOW = 0.95


class PossibleCells:
    """The part of a `Plan` that narrows unknown cells by known ones."""

    def allowed(self, Z, position, *, backward_only=False):
        """Levels of a column that known cells which depend on it do not rule out.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        position : int
        backward_only : bool, default=False
            Whether to ask only steps whose target is drawn before the column.

        Returns
        -------
        allowed : ndarray of bool of shape (n_rows, n_levels) or None
            None if all are allowed.
        """
        n_levels, allowed = self.n_levels(position), None
        if not n_levels:
            return None
        for step in self.by_input.get(position, ()):
            if backward_only and not step.backward:
                continue
            by_step = step.allows(Z, position, n_levels, self.units, self.ends)
            if by_step is not None:
                by_step |= np.isnan(Z[:, [step.target]])
                # where nothing is possible, nothing is ruled out
                by_step |= ~by_step.any(axis=1, keepdims=True)
                both = by_step if allowed is None else allowed & by_step
                allowed = np.where(both.any(axis=1, keepdims=True), both, by_step)
        if allowed is None or allowed.all():
            return None
        return allowed

    def limits(self, Z, position, *, checks=False):
        """Range of a column of numbers outside which known cells could not be.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        position : int
        checks : bool, default=False
            Whether to consider orders of known cells, too, whatever keeps them.

        Returns
        -------
        ends : ndarray of shape (2, n_rows) or None
            Least and greatest cells, within the observed range; NaN where nothing is
            known. None if that is so in all rows.
        """
        found = self._limits_by_steps(Z, position, self.ends, known_only=True)
        steps = self.connected_steps(position)
        open_rows = np.zeros(len(Z), dtype=bool)
        for target in {step.target for step in steps}:
            open_rows |= self.is_unexplained(Z, target)
        rows = np.flatnonzero(open_rows & np.isnan(Z[:, position]))
        if len(rows) and len(steps) > 1:
            ends = self._tight_ends(Z[rows], steps)
            found[:, rows] = self._limits_by_steps(Z[rows], position, ends)
        for step in self.by_target.get(position, ()) if checks else ():
            own = step.own_limits(Z, self.units)
            if own is not None:
                found = np.array([np.fmax(found[0], own[0]), np.fmin(found[1], own[1])])
        for check in self.checks if checks else ():
            low, high = check.limits(Z, position, self.units)
            found = np.array([np.fmax(found[0], low), np.fmin(found[1], high)])
        unlimited = np.isinf(found).all(axis=0)
        if unlimited.all():
            return None
        low, high = self.ends[position]
        found = np.array([np.fmax(found[0], low), np.fmin(found[1], high)])
        found[:, unlimited] = np.nan
        return found

    def _limits_by_steps(self, Z, position, ends, *, known_only=False):
        found = np.array([[-np.inf], [np.inf]]) * np.ones(len(Z))
        for step in self.by_input.get(position, ()):
            by_step = step.limits(Z, position, self.units, ends)
            if by_step is None:
                continue
            low, high = by_step
            if known_only:
                # of parts of a constant, another target may limit one, too
                targets = step.columns if hasattr(step, "columns") else [step.target]
                free = np.isnan(Z[:, targets]).all(axis=1)
                low, high = np.where(free, np.nan, by_step)
            found[0], found[1] = np.fmax(found[0], low), np.fmin(found[1], high)
        return found

    def _tight_ends(self, Z, steps):
        """Ranges of columns in each row, as far as known targets of steps limit them.

        What limits one input limits those that it is computed from, and so on.
        """
        ends, before = list(self.ends), np.inf
        inputs = sorted({j for step in steps for j in step.inputs})
        for _ in range(_ROUNDS):
            for step in reversed(steps):
                for j in step.inputs:
                    found = step.limits(Z, j, self.units, ends)
                    ends[j] = _narrowed(ends[j], found)
            for step in steps:
                found = step.reach(Z, self.units, ends)
                ends[step.target] = _narrowed(ends[step.target], found)
            width = sum(self._relative_width(j, ends[j]) for j in inputs)
            if width >= _SLOW * before:
                break
            before = width
        return ends

    def _relative_width(self, position, ends):
        low, high = self.ends[position]
        return np.mean(ends[1] - ends[0]) / max(high - low, 1e-300)

    def guesses(self, Z, position):
        """All cells of a column of numbers that known cells leave possible.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_columns)
        position : int

        Returns
        -------
        guesses : ndarray of shape (n_rows, n_guesses) or None
            Padded with NaN; only NaN where the possible cells are not known, or many.
            None if that is so in all rows.
        """
        if self.n_levels(position):
            return None
        guesses = self._guesses(Z, position, _STEPS)
        low, high = self.ends[position]
        guesses[(guesses < low) | (guesses > high)] = np.nan
        return None if np.isnan(guesses).all() else guesses

    def _guesses(self, Z, position, n_steps):
        """Guesses from known targets, or from those that are guessed themselves."""
        guesses = np.full((len(Z), 0), np.nan)
        for step in self.by_input.get(position, ()):
            left = np.isnan(guesses).all(axis=1)
            is_known = ~np.isnan(Z[:, step.target])
            blank = np.isnan(Z[:, step.inputs])
            rows = np.flatnonzero(is_known)
            patterns, of_row = np.unique(blank[rows], axis=0, return_inverse=True)
            for i in range(len(patterns)):
                some = rows[of_row.reshape(-1) == i]
                found = step.guesses(
                    Z[some], position, self.units, self._few_values, self.ends
                )
                if found is not None:
                    guesses = _with_guesses(guesses, some, found)
            if n_steps > 1:
                rows = np.flatnonzero(left & ~is_known & (blank.sum(axis=1) == 1))
                found = self._guesses_of_target(Z[rows], step, position, n_steps - 1)
                guesses = _with_guesses(guesses, rows, found)
        return guesses

    def _guesses_of_target(self, Z, step, position, n_steps):
        """Guesses of an input from those of the target."""
        if not len(Z) or step.target not in self.by_input:
            return np.full((len(Z), 0), np.nan)
        targets = self._guesses(Z, step.target, n_steps)
        found = np.full(targets.shape, np.nan)
        for at, z in enumerate(targets.T):
            tried = Z.copy()
            tried[:, step.target] = z
            found[:, at] = step.solve_any(tried, position, self.units)
        return found

    def has_levels(self, position):
        """Whether a column has levels."""
        return self.n_levels(position) > 0

    def is_whole(self, position):
        """Whether a column holds whole numbers."""
        n = len(self.units.columns)
        if position >= n:
            return bool(self.auxiliary[position - n].column.integer_valued)
        return bool(self.units.codec.columns_[position].integer_valued)

    def has_few_values(self, position):
        """Whether a column has levels, or few numbers."""
        return self._few_values[position] is not None

    def n_levels(self, position):
        n = len(self.units.columns)
        if position >= n:
            return self.auxiliary[position - n].column.n_categories
        return self.units.codec.columns_[position].n_categories


def observed_ends(column):
    """Least and greatest observed cell of a column."""
    if column.n_categories:
        return 0.0, column.n_categories - 1.0
    return column.lower, column.upper


def _narrowed(ends, found):
    """Ranges within others; None is no range."""
    if found is None:
        return ends
    return np.fmax(ends[0], found[0]), np.fmin(ends[1], found[1])


def few_values(column, ends):
    """Cells that a column can have, if they are few."""
    whole = column.n_categories or column.integer_valued
    if not whole or ends[1] - ends[0] >= _FEW:
        return None
    return np.arange(ends[0], ends[1] + 1)


def _with_guesses(guesses, rows, found):
    """Guesses with those of some rows, padded with NaN; those in both, if any."""
    missing = found.shape[1] - guesses.shape[1]
    if missing > 0:
        padding = np.full((len(guesses), missing), np.nan)
        guesses = np.hstack([guesses, padding])
    old = guesses[rows]
    both = np.zeros(old.shape, dtype=bool)
    for column in found.T:
        both |= old == column[:, None]
    some = both.any(axis=1)
    new = np.full(old.shape, np.nan)
    new[:, : found.shape[1]] = found
    new = np.where(np.isnan(found).all(axis=1, keepdims=True), old, new)
    guesses[rows] = np.where(some[:, None], np.where(both, old, np.nan), new)
    return guesses
