"""Simulated tables: mixed columns that depend on each other, and rare levels."""

import numpy as np
import pandas as pd

N_NOISE = 11
N_LEVELS = 50


def mixed(n_rows, seed):
    """Return eight columns that depend on each other: numbers, amounts, categories."""
    rng = np.random.default_rng(seed)
    # the same law of the table for all rows of one seed
    loads = rng.normal(size=(2, 8))
    factors = rng.standard_t(6, size=(n_rows, 2))
    noise = rng.normal(size=(n_rows, 8))
    score = factors @ loads / 1.4 + 0.8 * noise
    plan = np.digitize(score[:, 4], [-1.0, 0.2, 1.1])
    region = (np.digitize(score[:, 5], [-0.7, 0.7]) + rng.integers(2, size=n_rows)) % 3
    paid = score[:, 2] > 0.3
    return pd.DataFrame(
        {
            "age": np.clip(np.round(45 + 14 * score[:, 0]), 18, 90).astype(int),
            "income": np.exp(10 + 0.6 * score[:, 1]),
            "paid": np.where(paid, np.round(np.exp(5 + 0.8 * score[:, 2]), 2), 0.0),
            "visits": rng.poisson(np.exp(0.6 + 0.5 * np.tanh(score[:, 3]))),
            "plan": pd.Categorical(np.array(["free", "basic", "plus", "pro"])[plan]),
            "region": pd.Categorical(np.array(["north", "south", "west"])[region]),
            "pressure": 120 + 15 * score[:, 6] + 3 * score[:, 0] ** 2,
            "ill": score[:, 7] + 0.5 * score[:, 0] > 0.9,
        }
    )


def rare_boolean(n_rows, seed):
    """Return independent columns, the last of them true in one of 100 rows."""
    table, rng = _independent(n_rows, seed)
    order = rng.permutation(n_rows)
    return table.assign(rare=np.isin(np.arange(n_rows), order[: n_rows // 100]))


def many_levels(n_rows, seed):
    """Return independent columns, the last with 50 levels, of which many are rare."""
    table, rng = _independent(n_rows, seed)
    share = 1 / (1 + np.arange(N_LEVELS))
    codes = rng.choice(N_LEVELS, n_rows, p=share / share.sum())
    return table.assign(level=pd.Categorical([f"level {code}" for code in codes]))


def _independent(n_rows, seed):
    rng = np.random.default_rng(seed)
    columns = {f"x{j}": rng.normal(size=n_rows) for j in range(N_NOISE)}
    return pd.DataFrame(columns), rng
