"""The generators that a benchmark can be asked for by name."""

import inspect

import skgen
from benchmarks.generators import public_generators

CHAMPION = "AutoregressiveGenerator"


def candidates():
    """Return {name: generator}: the public ones and the champion's conditionals.

    ``AutoregressiveGenerator/C`` has the conditional C with its defaults; conditionals
    that need an argument are left out.
    """
    conditionals = {
        f"{CHAMPION}/{name}": skgen.AutoregressiveGenerator(getattr(skgen, name)())
        for name in skgen.__all__
        if name.endswith("Conditional") and _needs_nothing(getattr(skgen, name))
    }
    return public_generators() | conditionals


def _needs_nothing(cls):
    parameters = inspect.signature(cls).parameters.values()
    needs_nothing = all(p.default is not p.empty for p in parameters)
    return needs_nothing and not inspect.isabstract(cls)


def chosen(names):
    """Return the candidates of a comma-separated list of names."""
    known = candidates()
    unknown = set(names.split(",")) - set(known)
    if unknown:
        raise ValueError(f"Unknown models {sorted(unknown)}; known: {list(known)}.")
    return {name: known[name] for name in names.split(",")}
