"""Tables with values that a plot must not show, and figures that are closed."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

plt.switch_backend("Agg")

EXTREME = 987_654.0
RARE = "the only one"


def make_table(n, seed, extreme=EXTREME):
    """Numbers, dates, booleans and categories; one row is unlike all others."""
    rng = np.random.default_rng(seed)
    income = rng.normal(50, 10, n)
    income[rng.random(n) < 0.1] = np.nan
    town = rng.choice(["Bonn", "Köln"], n, p=[0.7, 0.3]).astype(object)
    if extreme is not None:
        income[0], town[0] = extreme, RARE
    return pd.DataFrame(
        {
            "income": income,
            "town": town,
            "visits": rng.integers(0, 4, n),
            "member": rng.random(n) < 0.4,
            "since": np.datetime64("2024-01-01") + rng.integers(0, 300, n),
        }
    )


class OnlySamples:
    """A generator of any origin: all that it has is `sample`."""

    def __init__(self, rows):
        self.rows = rows

    def sample(self, n_samples=1):
        return self.rows.iloc[np.arange(n_samples) % len(self.rows)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="package")
def real():
    return make_table(150, 0)


@pytest.fixture(scope="package")
def synthetic():
    return make_table(120, 1, extreme=None)


@pytest.fixture(scope="package")
def holdout():
    return make_table(100, 2)


def texts(figure):
    """All words of a figure that are seen, as they are drawn."""
    figure.canvas.draw()
    found = figure.findobj(Text)
    return [text.get_text() for text in found if text.get_visible()]
