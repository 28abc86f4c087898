"""Displays of a table beside rows that a generator draws."""

from skgen._table.rows import n_rows
from skgen._utils.generators import draw_rows
from skgen._utils.random import make_rng


class FromGeneratorMixin:
    """Lets a display that has `from_tables` draw the synthetic rows itself."""

    _random = True  # whether `from_tables` takes a random_state

    @classmethod
    def from_generator(
        cls, generator, real, *, n_samples=None, random_state=None, **kwargs
    ):
        """Compare a table with rows that a generator draws.

        Parameters
        ----------
        generator : object
            Fitted, with ``sample(n_samples)``.
        real : table of shape (n_samples, n_features)
        n_samples : int or None, default=None
            Number of synthetic rows; None for as many as there are real ones.
        random_state : int, RandomState instance or None, default=None
            Determines the rows, if ``sample`` takes a ``random_state``, and what
            `from_tables` draws, if it draws anything.
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
