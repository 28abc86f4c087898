"""Steps that compute a number from others: sums, absolute values and products."""

from dataclasses import dataclass, field

import numpy as np

from skgen._plan.steps import ROUNDING, Step


@dataclass
class FormStep(Step):
    """target = constant + sum of coefficient x input, its absolute value if asked."""

    target: int
    terms: dict  # positions of columns -> coefficients
    constant: float = 0.0
    absolute: bool = False
    residual: int | None = None
    tolerance: float = np.inf  # how far the target may be off, in its units

    def is_total(self, units):
        return units.columns[self.target].kind != "boolean"

    @property
    def inputs(self):
        extra = () if self.residual is None else (self.residual,)
        return (*self.terms, *extra)

    def _compute(self, Z, units):
        return units.encode(self._exact(Z, units)[0], self.target)

    def _exact(self, Z, units):
        form, size = np.full((2, len(Z)), float(self.constant))
        for position, coefficient in self.terms.items():
            term = coefficient * units.numbers(Z[:, position], position)
            form, size = form + term, size + np.abs(term)
        form = np.abs(form) if self.absolute else form
        return form, self.tolerance + 1e-12 * size

    def _solve(self, Z, position, units):
        if self.absolute:
            return super()._solve(Z, position, units)
        return self._solve_for(Z, position, units, 1.0)

    def _solve_for(self, Z, position, units, sign):
        z = Z[:, self.target]
        z = z if self.residual is None else z - Z[:, self.residual]
        rest = sign * units.numbers(z, self.target) - self.constant
        for other, coefficient in self.terms.items():
            if other != position:
                rest -= coefficient * units.numbers(Z[:, other], other)
        return units.encode(rest / self.terms[position], position)

    def _rounds(self, position, units):
        step, own = units.step(self.target), units.step(position)
        if position == self.residual or not step:
            return False
        return abs(self.terms[position]) * own < step * (1 - ROUNDING)

    def guesses(self, Z, position, units, values, ends):
        if not self.absolute or position == self.residual:
            return super().guesses(Z, position, units, values, ends)
        rest = [at for at in self.inputs if at != position and np.isnan(Z[0, at])]
        if len(rest) > 1 or any(values[at] is None for at in rest):
            return None
        found = []
        for value in values[rest[0]] if rest else [np.nan]:
            tried = Z.copy()
            tried[:, rest] = value
            found += [self._solve_for(tried, position, units, s) for s in (-1.0, 1.0)]
        return np.column_stack(found)

    def limits(self, Z, position, units, ends):
        if position == self.residual:
            return None
        low, high = self._range(Z, position, units, ends)
        return units.encode(low, position), units.encode(high, position)

    def allows(self, Z, position, n_levels, units, ends):
        if units.columns[position].kind != "boolean" or position == self.residual:
            return None
        low, high = self._range(Z, position, units, ends)
        numbers = units.numbers(np.arange(float(n_levels)), position)
        slack = ROUNDING * np.fmax(1.0, np.abs(low) + np.abs(high))
        below = numbers < (low - slack)[:, None]
        return ~(below | (numbers > (high + slack)[:, None]))

    def reach(self, Z, units, ends):
        low, high = np.full((2, len(Z)), float(self.constant))
        for position, coefficient in self.terms.items():
            parts = [coefficient * x for x in _number_range(Z, position, units, ends)]
            low, high = low + np.minimum(*parts), high + np.maximum(*parts)
        if self.absolute:
            both = np.abs(low), np.abs(high)
            least = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(*both))
            low, high = least, np.maximum(*both)
        return _with_residual(self, Z, low, high, units, ends)

    def _range(self, Z, position, units, ends):
        """Least and greatest number of an input, given the target."""
        low, high = _target_range(self, Z, units, ends)
        if self._rounds(position, units):
            rounding = units.step(self.target) / 2
            low, high = low - rounding, high + rounding
        if self.absolute:
            low = -high
        low, high = low - self.constant, high - self.constant
        for other, coefficient in self.terms.items():
            if other != position:
                parts = [coefficient * x for x in _number_range(Z, other, units, ends)]
                low, high = low - np.maximum(*parts), high - np.minimum(*parts)
        coefficient = self.terms[position]
        found = low / coefficient, high / coefficient
        return found[:: int(np.sign(coefficient))]


@dataclass
class ProductStep(Step):
    """target = coefficient x product of factors / product of divisors."""

    target: int
    powers: dict  # positions of columns -> 1 or -1
    coefficient: float = 1.0
    residual: int | None = None
    tolerance: float = np.inf  # how far the target may be off, in its units
    rounding: dict = field(default_factory=dict)  # the same of inputs

    def is_total(self, units):
        return min(self.powers.values()) > 0

    @property
    def inputs(self):
        extra = () if self.residual is None else (self.residual,)
        return (*self.powers, *extra)

    def _compute(self, Z, units):
        return units.encode(self._product(Z, units), self.target)

    def _rounds(self, position, units):
        return position != self.residual and units.step(self.target) > 0

    def _exact(self, Z, units):
        product, relative = self._product(Z, units), np.zeros(len(Z))
        for position, error in self.rounding.items():
            numbers = units.numbers(Z[:, position], position)
            relative += np.abs(_quotient(error, numbers))
        return product, self.tolerance + relative * np.abs(product)

    def _product(self, Z, units, without=None):
        out = np.full(len(Z), float(self.coefficient))
        for position, power in self.powers.items():
            if position != without:
                values = units.numbers(Z[:, position], position)
                out = out * values if power > 0 else _quotient(out, values)
        return out

    def _solve(self, Z, position, units):
        z = Z[:, self.target]
        z = z if self.residual is None else z - Z[:, self.residual]
        target = units.numbers(z, self.target)
        rest = self._product(Z, units, without=position)
        if self.powers[position] > 0:
            values = _quotient(target, rest)
        else:
            values = _quotient(rest, target)
        return units.encode(values, position)

    def reach(self, Z, units, ends):
        low, high = np.full((2, len(Z)), float(self.coefficient))
        positive = self.coefficient > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            for position, power in self.powers.items():
                least, most = _number_range(Z, position, units, ends)
                positive &= least >= 0
                if power > 0:
                    low, high = low * least, high * most
                else:
                    low, high = low / most, high / least
        low, high = (np.where(positive, x, np.nan) for x in (low, high))
        return _with_residual(self, Z, low, high, units, ends)

    def limits(self, Z, position, units, ends):
        if position == self.residual or self.coefficient <= 0:
            return None
        low, high = _target_range(self, Z, units, ends)
        rounding = units.step(self.target) / 2
        low, high = np.maximum(low - rounding, np.minimum(low, 0.0)), high + rounding
        positive = low >= 0
        with np.errstate(divide="ignore", invalid="ignore"):
            for other, power in self.powers.items():
                if other == position:
                    continue
                least, most = _number_range(Z, other, units, ends)
                positive &= least >= 0
                if power < 0:
                    low, high = low * least, high * most
                else:
                    low, high = low / most, high / least
            scale = self.coefficient
            if self.powers[position] > 0:
                found = low / scale, high / scale
            else:
                found = scale / high, scale / low
        # NaN, of a division by zero, is no limit
        return tuple(
            units.encode(np.where(positive, x, np.nan), position) for x in found
        )


def _with_residual(step, Z, low, high, units, ends):
    """Cells of the target between two numbers, and what may be added to them."""
    low, high = (units.encode(x, step.target) for x in (low, high))
    if step.residual is not None:
        known = Z[:, step.residual]
        parts = [np.where(np.isnan(known), x, known) for x in ends[step.residual]]
        low, high = low + parts[0], high + parts[1]
    return low, high


def _target_range(step, Z, units, ends):
    """Least and greatest number of the target before it is rounded."""
    z, residual = Z[:, step.target], step.residual
    low, high = (np.where(np.isnan(z), end, z) for end in ends[step.target])
    if residual is not None:
        known = Z[:, residual]
        most, least = (np.where(np.isnan(known), end, known) for end in ends[residual])
        low, high = low - least, high - most
    return units.numbers(low, step.target), units.numbers(high, step.target)


def _number_range(Z, position, units, ends):
    """Least and greatest number of a column: that of its cell, where it is known."""
    z = Z[:, position]
    return [
        units.numbers(np.where(np.isnan(z), end, z), position) for end in ends[position]
    ]


def _quotient(values, divisors):
    safe = np.where(divisors == 0, np.nan, divisors)
    return values / safe
