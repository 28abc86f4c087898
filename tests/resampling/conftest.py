"""What the tests of several samplers use."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

N_SAMPLES = 120


@pytest.fixture
def pandas_table():
    """A table of every dtype of pandas, with missing cells where they can be."""
    n_samples, rng = N_SAMPLES, np.random.default_rng(0)
    whole = rng.integers(-3, 40, size=n_samples)
    towns = rng.choice(["Oslo", "Rome", "Bern"], size=n_samples)
    days = np.datetime64("2020-01-01") + rng.integers(0, 900, size=n_samples)
    hidden = rng.random(n_samples) < 0.2
    table = pd.DataFrame(
        {
            "float": np.where(hidden, np.nan, rng.normal(size=n_samples)),
            "float32": rng.normal(size=n_samples).astype("float32"),
            "int": whole,
            "int8": whole.astype("int8"),
            "bool": rng.random(n_samples) < 0.3,
            "text": pd.Series(towns, dtype="str").mask(hidden),
            "object": pd.Series(towns, dtype=object).mask(hidden, None),
            "category": pd.Categorical(towns, ["Rome", "Paris", "Oslo", "Bern"]),
            "ordered": pd.Categorical(towns, ["Rome", "Oslo", "Bern"], ordered=True),
            "Int64": pd.Series(whole, dtype="Int64").mask(hidden),
            "Float64": pd.Series(rng.normal(size=n_samples), dtype="Float64"),
            "boolean": pd.Series(rng.random(n_samples) < 0.5, dtype="boolean"),
            "arrow": pd.Series(whole, dtype="int32[pyarrow]").mask(hidden),
            "date": pd.Series(days).mask(hidden),
            "zoned": pd.Series(days).dt.tz_localize("Europe/Oslo"),
            "span": pd.to_timedelta(whole, unit="h"),
        }
    )
    table.index = rng.integers(0, 5, size=n_samples)
    return table


@pytest.fixture
def polars_table(pandas_table):
    """The same for polars."""
    plain = ["float", "float32", "int", "int8", "bool", "text", "date", "span"]
    out = pl.from_pandas(pandas_table[plain].reset_index(drop=True))
    towns = pl.Enum(["Bern", "Oslo", "Paris", "Rome"])
    return out.with_columns(
        pl.col("text").cast(towns).alias("enum"),
        pl.col("text").cast(pl.Categorical).alias("category"),
        pl.col("date").cast(pl.Date).alias("day"),
        pl.col("int").cast(pl.Int16).alias("int16"),
    )
