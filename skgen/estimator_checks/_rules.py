"""Checks of generators with the parameter `rules`: drawn rows keep declared ones."""

from unittest import SkipTest

import numpy as np
from sklearn.base import clone

from skgen.estimator_checks._tools import (
    cells,
    fitted,
    frame,
    missing,
    names_of_checks,
    same_cells,
)
from skgen.rules import Dependency, Implication, Linear, OneHot, Order

#: rules of `_ruled`
_RULES = [
    Dependency("state", "city"),
    Linear("total", {"net": 1, "tax": 1}),
    Order(("start", "end")),
    OneHot(("bus", "car", "bike")),
    Implication("phone", "no", "lines", "none"),
]


def check_declared_rules_are_kept(name, generator):
    """`sample` and `impute` keep declared rules, whatever cells are known.

    Generators without the parameter `rules` are not asked.
    """
    if "rules" not in generator.get_params():
        raise SkipTest(f"{type(generator).__name__} has no parameter rules.")
    X = _ruled(300)
    generator = fitted(clone(generator).set_params(rules=_RULES), X)
    _assert_kept(name, "sample", generator.sample(300))
    if not hasattr(generator, "impute"):
        return
    for given in (
        {"state": "west"},
        {"city": "c3", "total": 30.25},
        {"end": cells(X, list(X.columns).index("end"))[0]},
        {"bus": 0, "lines": "none"},
    ):
        drawn = generator.sample(50, given=given)
        _assert_kept(name, f"sample given {list(given)}", drawn)
    rng = np.random.default_rng(1)
    part = X.mask(rng.random(X.shape) < 0.3)
    filled = generator.impute(part)
    _assert_kept(name, "impute", filled)
    for j, column in enumerate(X.columns):
        known = ~missing(cells(part, j))
        assert same_cells(cells(filled, j)[known], cells(X, j)[known]), (
            f"{name}: impute changes known cells of {column!r} to keep rules. Draw the "
            "others so that they hold."
        )


def _assert_kept(name, method, X):
    for rule in _RULES:
        n_broken = int((~rule.holds(X)).sum())
        assert not n_broken, (
            f"{name}: {n_broken} of {len(X)} rows of {method} break the declared rule "
            f"{str(rule)!r}. Draw rows that keep it."
        )


def _ruled(n_samples):
    """A dataframe that keeps `_RULES`."""
    rng = np.random.default_rng(0)
    city = rng.integers(0, 8, n_samples)
    net, tax = rng.integers(100, 5000, n_samples), rng.integers(0, 900, n_samples)
    start = np.datetime64("2024-01-01", "ns") + rng.integers(0, 90, n_samples) * (
        np.timedelta64(1, "D")
    )
    days = rng.integers(0, 20, n_samples) * np.timedelta64(1, "D")
    kind = rng.integers(0, 3, n_samples)
    phone = rng.random(n_samples) < 0.7
    lines = np.where(rng.random(n_samples) < 0.5, "one", "two")
    return frame(
        city=np.array([f"c{i}" for i in city], dtype=object),
        state=np.array(["west", "east", "north"], dtype=object)[city // 3],
        net=net / 100,
        tax=tax / 100,
        total=np.round((net + tax) / 100, 2),
        start=start,
        end=start + days,
        bus=(kind == 0).astype(int),
        car=(kind == 1).astype(int),
        bike=(kind == 2).astype(int),
        phone=np.where(phone, "yes", "no").astype(object),
        lines=np.where(phone, lines, "none").astype(object),
    )


__all__ = names_of_checks(globals())
