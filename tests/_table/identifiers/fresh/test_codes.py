import re
from uuid import UUID

import numpy as np
import pytest

from skgen._table.identifiers.fresh.codes import Code

rng = np.random.default_rng(0)
UUIDS = [str(UUID(bytes=rng.bytes(16), version=4)) for _ in range(800)]
CODES = {
    "prefix": ([f"C-{i:05}" for i in range(1, 5000)], "C-#####", r"C-\d{5}"),
    "upper": (
        [f"{i:04}-{chr(65 + i % 26)}{chr(65 + i % 17)}" for i in range(9999)],
        "####-AA",
        r"\d{4}-[A-Z]{2}",
    ),
    "uuid": (
        UUIDS,
        "hhhhhhhh-hhhh-4hhh-[89ab]hhh-hhhhhhhhhhhh",
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    ),
    "suffix": (
        [f"{i * 7 % 1000:03}.txt" for i in range(200)],
        "###.txt",
        r"\d{3}\.txt",
    ),
    "grouped": (
        [f"+49 17{i % 4} {i * 7919 % 10**6:06}" for i in range(500)],
        "+49 17[0123] ######",
        r"\+49 17[0-3] \d{6}",
    ),
}


@pytest.mark.parametrize(("texts", "mask", "shape"), CODES.values(), ids=CODES)
def test_masks_and_what_is_drawn(texts, mask, shape):
    code = Code.fit(texts)
    assert code.mask == mask
    drawn = code.draw(300, 0, np.random.default_rng(0))
    assert all(re.fullmatch(shape, text) for text in drawn)
    assert {len(text) for text in code.draw(50, 2, rng)} == {len(texts[0]) + 2}


def test_a_few_texts_keep_no_character():
    assert Code.fit(["AB12", "AB34"]).mask == "AA##"
    assert Code.fit(["ж7"]).mask == "a#"


def test_places_are_widened_until_there_is_room():
    assert Code.fit([f"{i:04}" for i in range(20)]).mask == "00##"
    assert Code.fit([f"{i:04}" for i in range(1000)]).mask == "####"


def test_lengths_and_signs_make_different_codes():
    texts = [f"A{i}" for i in range(10, 90)] + [f"B-{i}" for i in range(10, 30)]
    found = Code.fit_all(texts)
    assert [round(share, 1) for share, _ in found] == [0.8, 0.2]
    assert [code.mask for _, code in found] == ["A##", "B-##"]


def test_a_code_that_is_always_the_same_grows():
    drawn = Code.fit(["--"] * 9).draw(20, 0, rng)
    assert all(re.fullmatch(r"---\d", text) for text in drawn)
