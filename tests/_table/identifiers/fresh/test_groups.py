import numpy as np

from skgen._table.identifiers.fresh.groups import draw_keys, group_texts, shares_of


def test_groups_of_too_few_texts_are_left_out():
    texts = ["a"] * 90 + ["b"] * 60 + ["c"] * 4
    groups = group_texts(texts, texts)
    assert [group[0] for _, group in groups] == ["a", "b"]
    assert [share for share, _ in groups] == [90 / 154, 60 / 154]
    assert len(group_texts("abc", list("abc"))) == 3


def test_keys_are_drawn_by_their_shares():
    shares = shares_of({3: 30, 1: 10})
    assert shares == {"1": 0.25, "3": 0.75}
    drawn = draw_keys(shares, 4000, np.random.default_rng(0))
    # three standard errors
    assert abs((drawn == "3").mean() - 0.75) < 0.021
