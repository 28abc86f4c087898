"""Tables that obey rules of every kind, and these rules."""

import numpy as np
import pandas as pd

from skgen.rules import (
    Absolute,
    Copy,
    Dependency,
    Implication,
    Linear,
    OneHot,
    Order,
    Product,
)

RULES = [
    Copy("fahrenheit", "celsius", factor=1.8, offset=32),
    Copy("code", "grade", values={"good": 1, "fair": 2, "poor": 3}),
    Dependency("state", "city"),
    Dependency("tariff", ("shop", "size")),
    Order(("start", "end")),
    Order(("low", "middle", "high"), strict=True),
    Linear("total", {"net": 1, "tax": 1}),
    Linear("half", {"net": 0.5}, tolerance=0.005),
    Linear("night", {"day": -1, "noon": -1, "eve": -1}, constant=1),
    Absolute("gap", {"first": 1, "second": -1}),
    Product("amount", ("pieces", "price")),
    Product("per_piece", ("tax",), divisors=("pieces",), tolerance=0.005),
    OneHot(("bus", "car", "bike")),
    Implication("phone", "no", "lines", "none"),
    Implication("lines", "none", "phone", "no"),
    Implication("member", "no", "since", None),
]


def orders(n_rows=300, seed=0):
    """Dataframe of which every row obeys `RULES`."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(index=range(n_rows))
    city = rng.integers(0, 15, n_rows)
    X["city"] = [f"city {i:02d}" for i in city]
    X["state"] = [f"state {i // 4}" for i in city]
    shop, size = rng.integers(0, 3, n_rows), rng.integers(0, 4, n_rows)
    X["shop"] = np.array(["north", "south", "west"])[shop]
    X["size"] = np.array(["S", "M", "L", "XL"])[size]
    X["tariff"] = (shop + 2 * size) // 3 + 5
    X["celsius"] = rng.integers(-50, 250, n_rows) / 10
    X["fahrenheit"] = (1.8 * X["celsius"] + 32).round(2)
    grade = rng.integers(0, 3, n_rows)
    X["grade"] = np.array(["good", "fair", "poor"])[grade]
    X["code"] = grade + 1
    X["net"] = rng.gamma(2, 10, n_rows).round(2)
    X["tax"] = rng.gamma(1, 2, n_rows).round(2)
    X["total"] = (X["net"] + X["tax"]).round(2)
    X["half"] = (X["net"] / 2 + rng.choice([-0.001, 0.001], n_rows)).round(2)
    parts = rng.multinomial(20, rng.dirichlet([1, 0.5, 1, 2], n_rows)) / 20
    X[["day", "noon", "eve", "night"]] = parts
    X["pieces"] = rng.integers(1, 9, n_rows)
    X["price"] = rng.integers(100, 900, n_rows) / 100
    X["amount"] = (X["pieces"] * X["price"]).round(2)
    X["per_piece"] = (X["tax"] / X["pieces"]).round(2)
    day = np.timedelta64(1, "D")
    X["start"] = np.datetime64("2024-01-01", "s") + rng.integers(0, 300, n_rows) * day
    X["end"] = X["start"] + rng.integers(0, 9, n_rows) ** 2 * day
    X["low"] = rng.normal(size=n_rows)
    X["middle"] = X["low"] + rng.gamma(2, 1, n_rows)
    X["high"] = X["middle"] + rng.gamma(1, 1, n_rows)
    X["first"], X["second"] = rng.integers(0, 30, (2, n_rows))
    X["gap"] = (X["first"] - X["second"]).abs()
    kind = rng.choice(3, n_rows, p=[0.5, 0.3, 0.2])
    for level, name in enumerate(("bus", "car", "bike")):
        X[name] = (kind == level).astype(int)
    phone = rng.random(n_rows) < 0.8
    X["phone"] = np.where(phone, "yes", "no")
    X["lines"] = np.where(phone, rng.choice(["one", "two"], n_rows), "none")
    member = rng.random(n_rows) < 0.6
    X["member"] = np.where(member, "yes", "no")
    X["since"] = np.where(member, rng.integers(1990, 2020, n_rows), np.nan)
    X["note"] = np.where(rng.random(n_rows) < 0.4, "a", "b")
    return X


def with_missing(X, share, seed=1):
    """Copy of a table with a share of its cells missing; every row still obeys."""
    rng = np.random.default_rng(seed)
    return X.mask(rng.random(X.shape) < share)


def broken(X, rules=None):
    """Rules that rows of a table break, with the number of these rows."""
    found = {}
    for rule in RULES if rules is None else rules:
        wrong = np.flatnonzero(~rule.holds(X))
        if len(wrong):
            found[str(rule)] = len(wrong)
    return found


def loans(n_rows=400):
    """Loans that are paid back in parts, a tenth of them fully."""
    rng = np.random.default_rng(0)
    loan = rng.choice(np.arange(1_000, 20_000, 500), n_rows) * 1.0
    paid = np.round(loan * rng.beta(1, 4, n_rows), 2)
    paid = np.where(rng.random(n_rows) < 0.1, loan, paid)
    return pd.DataFrame(
        {"loan": loan, "paid": paid, "balance": np.round(loan - paid, 2)}
    )
