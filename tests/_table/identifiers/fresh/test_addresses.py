from ipaddress import ip_address

import numpy as np
import pytest

from skgen._table.identifiers.fresh.addresses import fit_addresses

rng = np.random.default_rng(0)
FIRST = ["anna", "bruno", "clara", "dmitri", "ella", "farid", "grace", "hugo"]
LAST = ["meyer", "rossi", "smith", "okafor", "garcia", "lindqvist"]
PEOPLE = [f"{first}.{last}" for first in FIRST for last in LAST]


def drawn_from(texts):
    return fit_addresses(texts).draw(200, 0, np.random.default_rng(0))


def test_mail_reaches_nobody():
    texts = [f"{name}{i}@gmail.com" for name in PEOPLE for i in range(20)]
    drawn = drawn_from(texts)
    domains = {text.partition("@")[2] for text in drawn}
    assert domains == {"example.com", "example.org", "example.net"}
    assert not any(name in text for name in FIRST + LAST for text in drawn)
    assert fit_addresses(texts).mask.endswith("@example.com")


def test_pages_that_are_told_by_their_path():
    texts = [f"https://news.site.com/2024/{n}-{i}/" for n in PEOPLE for i in range(30)]
    drawn = drawn_from(texts)
    assert all(text.startswith("https://www.example.com/2024/") for text in drawn)
    assert len(set(drawn)) > 150


def test_pages_that_are_told_by_their_host():
    drawn = drawn_from(
        [f"http://www.{n.replace('.', '')}{i}.de" for i in range(9) for n in PEOPLE]
    )
    assert all(text.startswith("http://www.") for text in drawn)
    assert all(".example." in text for text in drawn)


@pytest.mark.parametrize(
    "texts",
    [
        [".".join(map(str, rng.integers(1, 255, 4))) for _ in range(50)],
        [":".join(f"{n:x}" for n in rng.integers(1, 65_000, 8)) for _ in range(50)],
    ],
    ids=["IPv4", "IPv6"],
)
def test_numbers_are_valid_and_lead_nowhere(texts):
    assert all(not ip_address(text).is_global for text in drawn_from(texts))


def test_other_texts():
    assert fit_addresses(["anna", "a@b"]) is None
    assert fit_addresses(["12:30:15", "aa:bb:cc:dd:ee:ff"]) is None
