"""Steps that look a column up beside the columns that determine it."""

from dataclasses import dataclass, field

import numpy as np

from skgen._plan.steps import Step


@dataclass
class LookupStep(Step):
    """target = what stands beside the determinants in the table."""

    target: int
    inputs: tuple
    keys: list = field(repr=False)  # of each determinant, its sorted encoded values
    codes: np.ndarray = field(repr=False)  # sorted codes of the seen combinations
    found: np.ndarray = field(repr=False)  # the target of each
    between: bool = False  # whether targets of other numbers lie between these

    def is_total(self, units):
        return True

    def compute(self, Z, units):
        """What was seen; else what stands beside the nearest numbers that were."""
        code, known = self._code(Z, units)
        upper = np.minimum(np.searchsorted(self.codes, code), len(self.codes) - 1)
        lower = np.maximum(upper - 1, 0)
        nearer = code - self.codes[lower] < np.abs(self.codes[upper] - code)
        z = np.where(known, self.found[np.where(nearer, lower, upper)], np.nan)
        if self.between:
            x = Z[:, self.inputs[0]]
            new = (self.keys[0][0] < x) & (x < self.keys[0][-1])
            near = np.interp(x[new], self.keys[0], self.found)
            z[new] = units.encode(units.numbers(near, self.target), self.target)
        return z

    def is_sure(self, Z, units):
        code, known = self._code(Z, units)
        at = np.minimum(np.searchsorted(self.codes, code), len(self.codes) - 1)
        for j, keys in zip(self.inputs, self.keys, strict=True):
            known &= np.isin(Z[:, j], keys)
        return known & (self.codes[at] == code)

    def _code(self, Z, units):
        """A number for each combination of the nearest keys, and whether it has one."""
        code, known = np.zeros(len(Z), dtype=np.int64), np.ones(len(Z), dtype=bool)
        for j, keys in zip(self.inputs, self.keys, strict=True):
            z = Z[:, j]
            upper = np.minimum(np.searchsorted(keys, z), len(keys) - 1)
            lower = np.maximum(upper - 1, 0)
            with np.errstate(invalid="ignore"):
                nearer = z - keys[lower] < np.abs(keys[upper] - z)
            at = np.where(nearer, lower, upper)
            is_number = units.columns[j].kind not in ("level", "boolean")
            known &= ~np.isnan(z) & (is_number | (keys[at] == z))
            code = code * len(keys) + at
        return code, known

    def limits(self, Z, position, units, ends):
        if len(self.inputs) > 1 or units.columns[position].kind == "level":
            return None
        low, high = np.full(len(Z), np.nan), np.full(len(Z), np.nan)
        values, of_row = np.unique(Z[:, self.target], return_inverse=True)
        for i, value in enumerate(values):
            keys = self.keys[0][self.found == value]
            if len(keys):
                low[of_row == i], high[of_row == i] = keys[0], keys[-1]
        return low, high

    def allows(self, Z, position, n_levels, units, ends):
        place, known = self.inputs.index(position), Z[:, self.target]
        at = np.unravel_index(self.codes, [len(keys) for keys in self.keys])
        level = self.keys[place][at[place]].astype(np.intp)
        allowed = np.zeros((len(Z), n_levels), dtype=bool)
        values, of_row = np.unique(known, return_inverse=True)
        for i, value in enumerate(values):
            allowed[np.ix_(of_row == i, np.unique(level[self.found == value]))] = True
        allowed[np.isnan(known)] = True
        if len(self.inputs) == 2:
            other = 1 - place
            known = Z[:, self.inputs[other]]
            values, of_row = np.unique(known, return_inverse=True)
            for i, value in enumerate(values):
                rows = np.flatnonzero(of_row == i)
                if not np.isnan(value) and len(rows):
                    allowed[rows] &= self._levels_beside(
                        Z[rows], place, value, n_levels, units
                    )
        # what was never seen together rules nothing out
        allowed[~allowed.any(axis=1)] = True
        return allowed

    def _levels_beside(self, Z, place, other, n_levels, units):
        """Levels of one of two determinants that make the known targets of rows."""
        tried = np.full((n_levels, Z.shape[1]), np.nan)
        tried[:, self.inputs[place]] = np.arange(n_levels)
        tried[:, self.inputs[1 - place]] = other
        made = self.compute(tried, units)
        known = Z[:, [self.target]]
        return (made == known) | np.isnan(known)


def fit_lookup(Z, target, inputs, *, between=False, declared=None):
    """Step that looks the target up, from rows in which the dependency holds.

    With `between`, numbers that were not seen are looked up between the nearest seen
    ones, if the target rises or falls with them. Rows that are `declared` take
    precedence over those of Z with the same inputs.
    """
    columns = [*inputs, target]
    cells = Z[:, columns]
    if declared is not None:
        both = np.vstack([declared, cells])
        _, code = np.unique(both[:, :-1], axis=0, return_inverse=True)
        own = np.arange(len(both)) < len(declared)
        cells = both[own | ~np.isin(code.reshape(-1), code.reshape(-1)[own])]
    cells = cells[~np.isnan(cells).any(axis=1)]
    pairs, counts = np.unique(cells, axis=0, return_counts=True)
    # the most frequent one, where rows differ
    pairs = pairs[np.argsort(-counts, kind="stable")]
    _, first = np.unique(pairs[:, :-1], axis=0, return_index=True)
    pairs = pairs[first]
    keys = [np.unique(column) for column in pairs[:, :-1].T]
    at = [
        np.searchsorted(known, z) for known, z in zip(keys, pairs.T[:-1], strict=True)
    ]
    codes = np.ravel_multi_index(at, [len(known) for known in keys])
    found = pairs[np.argsort(codes), -1]
    rises = np.diff(found)
    between &= len(found) > 2 and bool((rises > 0).all() or (rises < 0).all())
    return LookupStep(target, tuple(inputs), keys, np.sort(codes), found, between)
