"""Rule: a column is a product or quotient of others."""

from dataclasses import dataclass, field

import numpy as np

from skgen.rules._base import ROUNDING, Rule
from skgen.rules._words import name_of, number, within


@dataclass(frozen=True, repr=False)
class Product(Rule):
    """A column is a product or quotient of others.

    Parameters
    ----------
    column : hashable
        Name of the column.
    factors : tuple of hashable
        Names of the columns that are multiplied.
    divisors : tuple of hashable, default=()
        Names of the columns that the product is divided by.
    coefficient : float, default=1.0
        Number that it is multiplied by.
    tolerance : float, default=0.0
        Largest difference that is no violation, in the units of `column`: half a cent
        if the product was rounded to cents.
    rounding : dict, default={}
        Factors and divisors that were rounded after `column` was computed, mapped to
        the largest rounding error of each. A difference that these explain is no
        violation.

    Examples
    --------
    >>> from skgen.rules import Product
    >>> rule = Product("price", ("area",), divisors=("rooms",), tolerance=0.005)
    >>> print(Product("cost", ("hours", "wage")))
    cost = hours * wage
    >>> print(rule)
    price = area / rooms (within 0.005)
    >>> rule.holds([[0.33, 1, 3]])
    Traceback (most recent call last):
        ...
    ValueError: The rule 'price = area / rooms (within 0.005)' names the column 'price', which the table does not have. Its columns are 0, 1, 2.
    """  # noqa: E501

    kind = "product"

    column: object
    factors: tuple
    divisors: tuple = ()
    coefficient: float = 1.0
    tolerance: float = 0.0
    rounding: dict = field(default_factory=dict, hash=False)

    def __post_init__(self):
        for part in ("factors", "divisors"):
            names = getattr(self, part)
            names = tuple(names) if isinstance(names, tuple | list) else (names,)
            object.__setattr__(self, part, names)

    @property
    def columns(self):
        return tuple(dict.fromkeys((self.column, *self.factors, *self.divisors)))

    def product(self, values):
        """The product in each row, and the largest difference that is no violation.

        Parameters
        ----------
        values : Values

        Returns
        -------
        product, allowed : ndarray of shape (n_samples,)
        """
        positions = self.validate(values.columns)
        product = np.full(len(values.numbers), float(self.coefficient))
        relative = np.full(len(product), ROUNDING)
        # relative rounding errors add up, to the first order
        for names, power in ((self.factors, 1), (self.divisors, -1)):
            for name in names:
                x = values.as_numbers(positions[name])
                error = self.rounding.get(name, 0.0)
                product = product * x if power == 1 else product / x
                relative = relative + (error / np.abs(x) if error else 0.0)
        return product, self.tolerance + relative * np.abs(product)

    def _check(self, values, positions):
        y = values.as_numbers(positions[self.column])
        product, allowed = self.product(values)
        return ~(np.abs(y - product) > allowed) | ~np.isfinite(product)

    def _words(self):
        words = " * ".join(map(name_of, self.factors))
        if self.coefficient != 1 or not words:
            words = " * ".join(filter(None, [number(self.coefficient), words]))
        words = " / ".join([words, *map(name_of, self.divisors)])
        return f"{name_of(self.column)} = {words}{within(self.tolerance)}"
