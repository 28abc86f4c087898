"""Displays of rows that a generator draws."""

from skgen._table.rows import n_rows
from skgen._utils.generators import draw_rows
from skgen._utils.random import make_rng


class FromGeneratorMixin:
    """Adds `from_generator` to displays with `from_tables`."""

    _random = True  # whether `from_tables` takes a random_state

    @classmethod
    def from_generator(
        cls, generator, real, *, n_samples=None, random_state=None, **kwargs
    ):
        """Draw rows from a generator and compare them with a table.

        Parameters
        ----------
        generator : object
            Fitted generator with ``sample(n_samples)``.
        real : table of shape (n_samples, n_features)
        n_samples : int or None, default=None
            Number of synthetic rows; None for the number of real rows.
        random_state : int, RandomState instance or None, default=None
            Determines the rows, if ``sample`` has a parameter ``random_state``, and the
            random numbers of `from_tables`, if it has one.
        **kwargs
            Further parameters of `from_tables`.

        Returns
        -------
        display : object
            Of this class, plotted.
        """
        rng = make_rng(random_state)
        n_samples = n_rows(real) if n_samples is None else n_samples
        synthetic = draw_rows(generator, n_samples, rng)
        if cls._random:
            kwargs["random_state"] = int(rng.integers(2**31))
        return cls.from_tables(real, synthetic, **kwargs)
