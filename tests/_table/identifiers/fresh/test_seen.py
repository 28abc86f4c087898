import json

import numpy as np
import pytest

from skgen._table.identifiers.fresh.seen import SeenValues, draw_fresh, hashes

TEXTS = [f"name {number}" for number in range(1000)]
NUMBERS = np.arange(0, 3000, 3, dtype=np.uint64)


@pytest.mark.parametrize("values", [TEXTS, NUMBERS], ids=["texts", "numbers"])
def test_no_real_value_gets_through(values):
    seen = SeenValues.of(values)
    assert seen.may_hold(values).all()
    again = SeenValues.from_dict(json.loads(json.dumps(seen.to_dict())))
    assert again.may_hold(values).all()
    assert (again.marks == seen.marks).all()


def test_whoever_tries_all_values_finds_many_times_the_real_ones():
    seen = SeenValues.of(NUMBERS)
    others = np.arange(10**6, 2 * 10**6, dtype=np.uint64)
    share = seen.may_hold(others).mean()
    # 1 - exp(-n / cells), of which there are 2 to 4 for each value
    assert share == pytest.approx(1 - np.exp(-1000 / len(seen.marks)), abs=0.02)
    assert 0.22 <= share <= 0.4


def test_equal_columns_have_equal_sets_and_others_have_not():
    one, two = SeenValues.of(TEXTS), SeenValues.of(TEXTS[::-1])
    assert (one.marks == two.marks).all()
    assert one.salt == two.salt != SeenValues.of(TEXTS[1:]).salt


def test_no_values_and_odd_ones():
    assert not SeenValues.of([]).may_hold(["a"]).any()
    assert SeenValues.of(["\ud800", ""]).may_hold(["\ud800", ""]).all()
    assert len(set(hashes(TEXTS).tolist())) == 1000


def test_fresh_values_are_distinct_and_new():
    rng = np.random.default_rng(0)
    taken = set(range(500))

    def draw(n, extra):
        return rng.integers(0, 1000, n).tolist()

    found = draw_fresh(draw, 400, lambda new: np.isin(new, list(taken)))
    assert len(set(found)) == 400
    assert min(found) >= 500


def test_a_pattern_is_widened_where_there_is_no_room():
    rng = np.random.default_rng(0)

    def draw(n, extra):
        return rng.integers(0, 10 ** (1 + extra), n).tolist()

    found = draw_fresh(draw, 500, lambda new: np.zeros(len(new), dtype=bool))
    assert len(set(found)) == 500


def test_values_repeat_where_there_are_no_others():
    found = draw_fresh(
        lambda n, extra: [7] * n, 5, lambda new: np.zeros(len(new), bool)
    )
    assert found == [7] * 5
    found = draw_fresh(lambda n, extra: [7] * n, 5, lambda new: np.ones(len(new), bool))
    assert len(found) == 5
