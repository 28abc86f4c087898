"""Tables whose columns have to do with each other, and such that break it."""

import numpy as np
import pandas as pd

from skgen.rules import Copy, Dependency, Implication, Linear, OneHot, Order, Product

STATES = dict(zip("abcdef", "xxyyzz", strict=True))
RULES = [
    Linear("total", {"net": 1, "tax": 1}),
    Dependency("state", "city"),
    Order(("start", "end")),
    Product("cost", ("hours", "wage")),
    Implication("paid", False, "tip", 0.0),
    OneHot(("bus", "car")),
    Copy("cents", "total", factor=100.0),
]


def ruled(n, seed):
    """Rows that keep all `RULES`."""
    rng = np.random.default_rng(seed)
    net, tax = rng.normal(100, 20, n).round(2), rng.exponential(5, n).round(2)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    hours, wage = rng.integers(1, 9, n), rng.integers(10, 40, n)
    paid, bus = rng.random(n) < 0.7, rng.random(n) < 0.5
    city = pd.Series(rng.choice(list(STATES), n))
    total = (net + tax).round(2)
    return pd.DataFrame(
        {
            "net": net,
            "tax": tax,
            "total": total,
            "city": city,
            "state": city.map(STATES),
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(0, 9, n), "D"),
            "hours": hours,
            "wage": wage,
            "cost": hours * wage,
            "paid": paid,
            "tip": np.where(paid, rng.integers(1, 5, n), 0),
            "bus": bus.astype(int),
            "car": (~bus).astype(int),
            "cents": (100 * total).round().astype(int),
        }
    )


def break_rule(X, k, share, seed):
    """Copy of rows in which a share break the k-th rule, and no other one."""
    X, rng = X.copy(), np.random.default_rng(seed)
    rows = rng.permutation(len(X))[: int(share * len(X))]
    at = X.index[rows]
    if k == 0:
        X.loc[at, "net"] += 7
    elif k == 1:
        X.loc[at, "state"] = X.loc[at, "state"].map({"x": "y", "y": "z", "z": "x"})
    elif k == 2:
        X.loc[at, "end"] = X.loc[at, "start"] - pd.Timedelta(days=1)
    elif k == 3:
        X.loc[at, "cost"] += 1
    elif k == 4:
        X.loc[at, ["paid", "tip"]] = [False, 3]
    elif k == 5:
        X.loc[at, ["bus", "car"]] = 1
    else:
        X.loc[at, "cents"] += 1
    return X
