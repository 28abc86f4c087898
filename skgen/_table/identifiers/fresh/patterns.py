"""Patterns of identifiers, from which fresh ones are drawn."""

from dataclasses import dataclass, field

import numpy as np

from skgen._table.identifiers.fresh.addresses import fit_addresses
from skgen._table.identifiers.fresh.forms import (
    FormMixture,
    form_from_plain,
    form_to_plain,
)
from skgen._table.identifiers.fresh.seen import SeenValues, draw_fresh
from skgen._table.identifiers.recognition import n_fillers, whole_steps

#: share of possible numbers that are taken, from which fresh ones continue above
DENSE = 0.5
#: possible numbers for each that is taken or drawn
ROOM = 4
#: numbers of more digits are texts
MAX_DIGITS = 18


def fit_pattern(values):
    """Pattern of identifiers, which knows how they are spelled but none of them.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Texts, of dtype object or str, or whole numbers of any dtype; none missing.

    Returns
    -------
    pattern : NumberPattern, DigitPattern or TextPattern

    Examples
    --------
    >>> import numpy as np
    >>> from skgen._table.identifiers.fresh.patterns import fit_pattern
    >>> pattern = fit_pattern(np.arange(1, 5001))
    >>> pattern
    <whole numbers from 1 to 5,000, continued above>
    >>> pattern.draw(3, np.random.default_rng(0)).tolist()
    [5001, 5002, 5003]
    >>> pattern = fit_pattern(np.array([f"C-{i:05}" for i in range(7, 9000, 3)]))
    >>> pattern
    <C-#####>
    """
    values = np.asarray(values)
    if values.dtype.kind in "iuf":
        return NumberPattern.fit(values)
    texts = values.tolist()
    return DigitPattern.fit(texts) or TextPattern.fit(texts)


def pattern_from_dict(known):
    """Undo ``pattern.to_dict()``."""
    kinds = {"numbers": NumberPattern, "digits": DigitPattern, "texts": TextPattern}
    return kinds[known["pattern"]].from_dict(known)


# --- whole numbers ------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class NumberPattern:
    """Whole numbers within a range, or a sequence that is continued.

    Parameters
    ----------
    lower, upper : int
        The range: that of a sequence, else of numbers of the same digits.
    step : int
        Distance of neighbours.
    dense : bool
        Whether fresh numbers continue above.
    largest : int
        Limit of the dtype.
    seen : SeenValues
        Of the numbers modulo 2**64.
    """

    lower: int
    upper: int
    step: int
    dense: bool
    largest: int
    seen: SeenValues

    @classmethod
    def fit(cls, values):
        """Fit to an array of whole numbers."""
        values = np.unique(values)
        steps, lower, step = whole_steps(values)
        upper, largest = int(values[-1]), _largest(values.dtype)
        dense = len(values) >= DENSE * (int(steps.max()) + 1)
        if not dense:
            wide = _of_same_digits(lower, upper, step)
            lower, upper = max(wide[0], -largest - 1), min(wide[1], largest)
        keys = [int(value) % 2**64 for value in values.tolist()]
        seen = SeenValues.of(np.array(keys, dtype=np.uint64))
        return cls(lower, upper, step, dense, largest, seen)

    def __repr__(self):
        ends = f"{self.lower:,} {'to' if self.dense else 'and'} {self.upper:,}"
        steps = f" in steps of {self.step:,}" if self.step > 1 else ""
        if self.dense:
            return f"<whole numbers from {ends}{steps}, continued above>"
        return f"<whole numbers between {ends}{steps}>"

    def draw(self, n, rng):
        """Array of `n` fresh numbers: of dtype int64, object if they are too large."""
        n_above = (self.largest - self.upper) // self.step
        if self.dense and n <= n_above:
            drawn = [self.upper + self.step * k for k in range(1, n + 1)]
        else:
            drawn = draw_fresh(self._drawer(n, rng), n, self._may_hold)
        return np.array(drawn, dtype=np.int64 if self.largest < 2**63 else object)

    def _drawer(self, n, rng):
        n_taken = len(self.seen.marks)
        last = max((self.upper - self.lower) // self.step, ROOM * (n + n_taken))

        def draw(size, extra):
            # the range grows where it is exhausted
            most = min(last << extra, (self.largest - self.lower) // self.step)
            ks = rng.integers(most, size=size, dtype=np.uint64, endpoint=True)
            return [self.lower + self.step * k for k in ks.tolist()]

        return draw

    def _may_hold(self, numbers):
        keys = [number % 2**64 for number in numbers]
        return self.seen.may_hold(np.array(keys, dtype=np.uint64))

    def to_dict(self):
        names = ("lower", "upper", "step", "dense", "largest")
        known = {name: getattr(self, name) for name in names}
        return {"pattern": "numbers"} | known | {"seen": self.seen.to_dict()}

    @classmethod
    def from_dict(cls, known):
        known = {key: value for key, value in known.items() if key != "pattern"}
        return cls(**known | {"seen": SeenValues.from_dict(known["seen"])})


def _largest(dtype):
    return 2**53 if dtype.kind == "f" else int(np.iinfo(dtype).max)


def _of_same_digits(lower, upper, step):
    """A range on the same grid, so wide that its ends are no real numbers.

    Its ends have two digits that are not zero, and the number of digits of the real
    ones.
    """
    if lower < 0:
        return lower, upper
    unit = 10 ** max(len(str(upper)) - 2, 0)
    low = max(lower // unit * unit, 10 ** (len(str(lower)) - 1) if lower else 0)
    high = min(-(-upper // unit) * unit, 10 ** len(str(upper)) - 1)
    return lower - (lower - low) // step * step, upper + (high - upper) // step * step


@dataclass(frozen=True, repr=False)
class DigitPattern:
    """Whole numbers written as text.

    Parameters
    ----------
    numbers : NumberPattern
    width : int
        Number of digits of numbers that begin with zeros; 0 if none does.
    """

    numbers: NumberPattern
    width: int

    @classmethod
    def fit(cls, texts):
        """Fit to a list of texts; None if they are not all numbers of one spelling."""
        if not all(text.isdecimal() and text.isascii() for text in texts):
            return None
        lengths = set(map(len, texts))
        zeros = any(text[0] == "0" and len(text) > 1 for text in texts)
        if max(lengths) > MAX_DIGITS or (zeros and len(lengths) > 1):
            return None
        numbers = NumberPattern.fit(np.array(texts).astype(np.int64))
        return cls(numbers, max(lengths) if zeros else 0)

    def __repr__(self):
        of = f" of {self.width} digits" if self.width else ""
        return f"<{repr(self.numbers)[1:-1]}, as text{of}>"

    def draw(self, n, rng):
        """Array of `n` fresh texts, of dtype object."""
        drawn = [f"{k:0{self.width}}" for k in self.numbers.draw(n, rng).tolist()]
        return np.array([*drawn, None], dtype=object)[:-1]

    def to_dict(self):
        numbers = self.numbers.to_dict()
        return {"pattern": "digits", "numbers": numbers, "width": self.width}

    @classmethod
    def from_dict(cls, known):
        return cls(NumberPattern.from_dict(known["numbers"]), known["width"])


# --- texts --------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class TextPattern:
    """Texts of some forms.

    Parameters
    ----------
    form : FormMixture, or other form
    seen : SeenValues
    fillers : dict of {str: float}, default={}
        Texts that many cells hold, such as "none", and their shares. They are drawn
        as often.
    """

    form: object
    seen: SeenValues
    fillers: dict = field(default_factory=dict)

    @classmethod
    def fit(cls, texts):
        """Fit to a list of texts."""
        labels, counts = np.unique(np.array(texts, dtype=object), return_counts=True)
        order = np.argsort(-counts, kind="stable")
        labels, counts = labels[order].tolist(), counts[order]
        n = n_fillers(counts)
        fillers = zip(labels[:n], (counts[:n] / counts.sum()).round(4), strict=True)
        labels = labels[n:] or labels
        form = fit_addresses(labels) or FormMixture.fit(labels)
        return cls(form, SeenValues.of(labels), {t: float(s) for t, s in fillers})

    def __repr__(self):
        fillers = "".join(f" or {text!r}" for text in self.fillers)
        return f"<{self.form.mask}{fillers}>"

    def draw(self, n, rng):
        """Array of `n` fresh texts, of dtype object."""
        shares = [*self.fillers.values()]
        shares.append(max(0.0, 1 - sum(shares)))
        sizes = rng.multinomial(n, np.array(shares) / sum(shares))
        drawn = [
            text
            for text, size in zip(self.fillers, sizes, strict=False)
            for _ in range(size)
        ]
        drawn += draw_fresh(
            lambda size, extra: self.form.draw(size, extra, rng),
            int(sizes[-1]),
            self.seen.may_hold,
        )
        texts = np.array([*drawn, None], dtype=object)[:-1]
        return rng.permutation(texts) if self.fillers else texts

    def to_dict(self):
        return {
            "pattern": "texts",
            "form": form_to_plain(self.form),
            "seen": self.seen.to_dict(),
            "fillers": dict(self.fillers),
        }

    @classmethod
    def from_dict(cls, known):
        seen = SeenValues.from_dict(known["seen"])
        return cls(form_from_plain(known["form"]), seen, known["fillers"])
