"""Tables with and without rules."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def shop(rng):
    """Orders with many rules; 1,200 rows."""
    n = 1200
    cities = [f"city {i}" for i in range(60)]
    state_of = {city: f"state {i % 11}" for i, city in enumerate(cities)}
    region_of = {f"state {i}": "west" if i < 5 else "east" for i in range(11)}
    city = rng.choice(cities, n)
    state = np.array([state_of[c] for c in city])
    net = rng.integers(100, 90_000, n) / 100
    tax = rng.integers(0, 9_000, n) / 100
    quantity = rng.integers(1, 40, n)
    ordered = np.datetime64("2023-01-01") + rng.integers(0, 300, n)
    card = rng.random(n) < 0.3
    channel = rng.integers(0, 3, n)
    weight = rng.normal(50, 9, n).round(1)
    return pd.DataFrame(
        {
            "city": city,
            "state": state,
            "region": [region_of[s] for s in state],
            "net": net,
            "tax": tax,
            "total": (net + tax).round(2),
            "quantity": quantity,
            "per_piece": (net / quantity).round(2),
            "weight": weight,
            "pounds": (weight * 2.2).round(2),
            "ordered": ordered,
            "shipped": ordered + rng.integers(0, 9, n),
            "payment": np.where(card, "card", "cash"),
            "card_kind": np.where(card, rng.choice(["V", "M"], n), "none"),
            "web": (channel == 0).astype(int),
            "phone": (channel == 1).astype(int),
            "store": (channel == 2).astype(int),
            "delivery": np.where(
                channel == 0, "mail", rng.choice(["mail", *"abcdefgh"], n)
            ),
        }
    )
