"""Calls of any generator, built-in or third-party, by wrappers and metrics."""

import re
from inspect import signature

from sklearn.utils import get_tags

from skgen._table.rows import n_rows


def takes_tables(generator):
    """Whether a generator declares, by its tags, that it takes categories."""
    tagged = hasattr(generator, "__sklearn_tags__")
    return tagged and get_tags(generator).input_tags.categorical


def draws_given(generator):
    """Whether a generator can draw cells given other cells."""
    return (
        hasattr(generator, "impute")
        and "given" in signature(generator.sample).parameters
    )


def draw_rows(generator, n_samples, rng, **given):
    """Draw rows from a fitted generator, seeded if it takes a ``random_state``.

    Parameters
    ----------
    generator : object
        With ``sample(n_samples)``.
    n_samples : int
    rng : numpy.random.Generator
    **given
        Passed to ``sample``.

    Raises
    ------
    ValueError
        If the generator draws another number of rows.
    """
    if "random_state" in signature(generator.sample).parameters:
        given["random_state"] = int(rng.integers(2**31))
    rows = generator.sample(n_samples, **given)
    if isinstance(rows, tuple):
        # mixtures of scikit-learn also return the component of each row
        rows = rows[0]
    if n_rows(rows) != n_samples:
        raise ValueError(
            f"generator: {type(generator).__name__} was asked for {n_samples} rows and "
            f"sampled {n_rows(rows)}. Its `sample(n)` must return n rows."
        )
    return rows


def change_parameter(generator, parameter, change):
    """Change a parameter of a generator, and of nested ones, in place where it exists.

    Parameters
    ----------
    generator : object
    parameter : str
    change : callable
        Takes the value and returns the new one.
    """
    for name, value in generator.get_params().items():
        if re.sub(r"^(generator__)*", "", name) == parameter:
            generator.set_params(**{name: change(value)})
