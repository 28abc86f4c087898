"""Simulated tables whose columns have to do with each other."""

import numpy as np
import pandas as pd

N_ORDERS, N_ZIPS, N_STATES = 5_000, 600, 49
REGIONS = ("Central", "East", "South", "West")
SUB_CATEGORIES = {
    "Furniture": ("Bookcases", "Chairs", "Furnishings", "Tables"),
    "Office Supplies": (
        *("Appliances", "Art", "Binders", "Envelopes", "Fasteners"),
        *("Labels", "Paper", "Storage", "Supplies"),
    ),
    "Technology": ("Accessories", "Copiers", "Machines", "Phones"),
}
SHIP_DAYS = {
    "Same Day": (0, 1),
    "First Class": (1, 4),
    "Second Class": (1, 6),
    "Standard Class": (3, 8),
}
N_PLACES, N_CITIES = 900, 60


def shop_orders(seed=0):
    """Orders of a shop.

    A zip lies in one state and a state in one region; a sub-category belongs to one
    category; nothing is shipped before it is ordered.
    """
    rng = np.random.default_rng(seed)
    n = N_ORDERS
    state_of_zip = rng.permuted(np.arange(N_ZIPS) % N_STATES)
    region_of_state = rng.permuted(np.arange(N_STATES) % len(REGIONS))
    zips = rng.choice(10_000, N_ZIPS, replace=False) + 10_000
    place = rng.choice(N_ZIPS, n, p=_decreasing(N_ZIPS))
    pairs = [(c, s) for c, subs in SUB_CATEGORIES.items() for s in subs]
    product = rng.choice(len(pairs), n, p=rng.permuted(_decreasing(len(pairs))))
    modes = list(SHIP_DAYS)
    mode = rng.choice(len(modes), n, p=[0.05, 0.15, 0.2, 0.6])
    low, high = np.array(list(SHIP_DAYS.values())).T
    ordered = pd.Timestamp("2021-01-01") + pd.to_timedelta(
        rng.integers(0, 1461, n), "D"
    )
    days = rng.integers(low[mode], high[mode])
    quantity = rng.poisson(2.5, n) + 1
    price = np.exp(rng.normal(3 + product % 5 / 2, 0.8))
    discount = rng.choice([0, 0.2, 0.3, 0.5], n, p=[0.5, 0.3, 0.1, 0.1])
    state = state_of_zip[place]
    return pd.DataFrame(
        {
            "order date": ordered,
            "ship date": ordered + pd.to_timedelta(days, "D"),
            "ship mode": pd.Categorical.from_codes(mode, modes),
            "segment": rng.choice(["Consumer", "Corporate", "Home"], n),
            "zip": pd.Categorical(zips[place].astype(str)),
            "state": pd.Categorical(np.char.add("state ", state.astype(str))),
            "region": pd.Categorical(np.array(REGIONS)[region_of_state[state]]),
            "category": pd.Categorical([pairs[k][0] for k in product]),
            "sub-category": pd.Categorical([pairs[k][1] for k in product]),
            "quantity": quantity,
            "discount": discount,
            "sales": (price * quantity * (1 - discount) + 0.01).round(2),
        }
    )


def cities(seed=0):
    """Cities and the states that they lie in, nothing else."""
    rng = np.random.default_rng(seed)
    city = rng.choice(N_CITIES, N_PLACES, p=_decreasing(N_CITIES))
    state = (np.arange(N_CITIES) % 20)[city]
    return pd.DataFrame(
        {
            "city": pd.Categorical(np.char.add("city ", city.astype(str))),
            "state": pd.Categorical(np.char.add("state ", state.astype(str))),
        }
    )


def _decreasing(size):
    """Shares of which few are large."""
    shares = 1 / (np.arange(size) + 5.0)
    return shares / shares.sum()
