import numpy as np
import pytest

from skgen._table.identifiers.recognition import is_identifier_text, is_key, whole_steps

SEEDS = range(5)


def counts_of(values):
    return np.unique(values, return_counts=True)[1]


def long_tail(n, n_values, seed, power=1.0):
    """Values whose frequencies fall with their rank, as those of surnames do."""
    p = (1 + np.arange(n_values)) ** -power
    return np.random.default_rng(seed).choice(n_values, n, p=p / p.sum())


def with_repeats(n, share, seed):
    """Names, and some of them a second time."""
    n_twice = int(share * n)
    values = np.append(np.arange(n - n_twice), np.arange(n_twice))
    return np.random.default_rng(seed).permutation(values)


def parts(values):
    """The whole, halves and thirds."""
    return [values, *np.array_split(values, 2), *np.array_split(values, 3)]


# --- text ---------------------------------------------------------------------------

IDENTIFIERS = {
    "all distinct": lambda seed: np.arange(300),
    "one repeat": lambda seed: with_repeats(310, 0.004, seed),
    "a tenth repeated": lambda seed: with_repeats(3000, 0.1, seed),
    "apps": lambda seed: np.random.default_rng(seed).integers(0, 12_000, 10_000),
    "patients": lambda seed: np.random.default_rng(seed).integers(0, 6000, 15_000),
    "comments or none": lambda seed: np.random.default_rng(seed).permutation(
        np.append(np.arange(2000), np.zeros(1500))
    ),
}
CATEGORIES = {
    "zips": lambda seed: np.random.default_rng(seed).integers(0, 70, 20_000),
    "car models": lambda seed: long_tail(7000, 2500, seed, 0.7),
    "surnames": lambda seed: long_tail(10_000, 4000, seed, 0.75),
    "jobs": lambda seed: long_tail(9000, 20_000, seed),
    "places": lambda seed: np.random.default_rng(seed).integers(0, 250, 1000),
    "booleans": lambda seed: np.random.default_rng(seed).integers(0, 2, 500),
    "one value": lambda seed: np.zeros(500),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("draw", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_text_that_identifies_and_parts_of_it(draw, seed):
    for part in parts(draw(seed)):
        assert is_identifier_text(counts_of(part))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("draw", CATEGORIES.values(), ids=CATEGORIES)
def test_text_of_categories_and_parts_of_it(draw, seed):
    for part in parts(draw(seed)):
        assert not is_identifier_text(counts_of(part))


def test_small_tables():
    assert not is_identifier_text(np.ones(9))
    assert is_identifier_text(np.ones(10))
    assert not is_identifier_text(np.array([2, 2, 2, 1, 1, 1, 1, 1, 1]))  # 12 rows
    assert not is_identifier_text(np.array([]))


def test_free_text_is_told_by_its_length():
    counts = np.append(np.ones(600), np.full(40, 10))  # a tenth says "fine"
    lengths = np.append(np.full(600, 80), np.full(40, 5))
    assert not is_identifier_text(counts)
    assert is_identifier_text(counts, lengths=lengths)
    assert not is_identifier_text(counts, lengths=lengths // 8)


def test_names_of_places_ask_for_more():
    counts = counts_of(np.random.default_rng(0).integers(0, 9000, 20_000))
    assert is_identifier_text(counts, name="app")
    assert not is_identifier_text(counts, name="zip_code")
    # nothing can be learned of places each of which is seen once
    assert is_identifier_text(np.ones(50), name="city")


# --- keys ---------------------------------------------------------------------------


def thinned(n, n_possible, seed):
    return np.random.default_rng(seed).choice(n_possible, n, replace=False)


KEYS = {
    "row numbers": (lambda seed: thinned(1000, 1000, seed), None),
    "ids in a wide range": (lambda seed: thinned(2200, 11_192, seed), None),
    "in steps": (lambda seed: 75 * thinned(3000, 9000, seed) + 7, None),
    "missing cells": (lambda seed: thinned(900, 1000, seed).astype(float), None),
    "large": (lambda seed: 10**15 + thinned(2000, 9000, seed), None),
    "by name": (lambda seed: thinned(60, 10**8, seed), "CLIENTNUM"),
    "short, by name": (lambda seed: np.arange(30), "S.No."),
    "visits of patients": (
        lambda seed: np.random.default_rng(seed).integers(0, 6000, 9000),
        "patient_nbr",
    ),
}
QUANTITIES = {
    "incomes": (
        lambda rng: np.rint(np.exp(rng.normal(10.8, 0.5, 1500))).astype(int),
        "income",
    ),
    "prices in hundreds": (
        lambda rng: 100 * rng.integers(500, 90_000, 3000),
        "price",
    ),
    "populations": (lambda rng: np.rint(np.exp(rng.normal(9, 2, 800))), "population"),
    "census weights": (lambda rng: rng.integers(12_000, 1_400_000, 5000), "fnlwgt"),
    "rates": (lambda rng: rng.integers(2000, 27_000, 1470), "MonthlyRate"),
    "an index": (lambda rng: rng.integers(0, 10**6, 400), "price index"),
    "evenly spaced": (lambda rng: np.arange(20), None),
    "years": (lambda rng: rng.permutation(np.arange(1700, 2020)), None),
    "time": (lambda rng: np.arange(5000), "time"),
    "rank": (lambda rng: rng.permutation(5000), "Rank"),
    "group of rows": (lambda rng: np.repeat(np.arange(90), 20), "id"),
    "a year of days": (
        lambda rng: (
            (20200000 + 100 * np.arange(1, 13)[:, None] + np.arange(1, 32))
            .ravel()
            .repeat(2)[::2]
        ),
        "ymd",
    ),
    "one value": (lambda rng: np.ones(50, dtype=int), "id"),
    "too few": (lambda rng: np.arange(9), "id"),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("draw", "name"), KEYS.values(), ids=KEYS)
def test_keys_and_parts_of_them(draw, name, seed):
    values = draw(seed)
    for part in parts(np.random.default_rng(seed).permutation(values)):
        assert is_key(part, name=name)


# Ties of a measured quantity are about Poisson: with 20 expected, fewer than 2 have a
# probability of 4e-8.
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("draw", "name"), QUANTITIES.values(), ids=QUANTITIES)
def test_quantities_and_parts_of_them(draw, name, seed):
    rng = np.random.default_rng(seed)
    values = draw(rng)
    for part in parts(rng.permutation(values)):
        assert not is_key(part, name=name)


def test_a_few_repeats_do_not_hide_a_key():
    values = np.append(np.arange(3000), [5, 17, 99])
    assert is_key(values)
    distinct, counts = np.unique(values, return_counts=True)
    assert is_key(distinct, counts=counts)
    assert not is_key(np.random.default_rng(0).integers(0, 3000, 3000))


@pytest.mark.parametrize(
    ("values", "steps", "start", "step"),
    [
        (np.array([-5, 10, 25], np.int8), [0, 1, 2], -5, 15),
        (np.array([2**64 - 1, 2**64 - 4], np.uint64), [1, 0], 2**64 - 4, 3),
        (np.array([-(2**63), 2**63 - 1]), [0, 1], -(2**63), 2**64 - 1),
        (np.array([1.0, 3.0, 7.0], np.float32), [0, 1, 3], 1, 2),
        (np.array([4, 4]), [0, 0], 4, 1),
    ],
)
def test_whole_steps(values, steps, start, step):
    found = whole_steps(values)
    assert found[0].tolist() == steps
    assert found[1:] == (start, step)
