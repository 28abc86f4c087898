import json

import numpy as np
import pytest

from skgen._table.identifiers.fresh.addresses import fit_addresses
from skgen._table.identifiers.fresh.forms import (
    FormMixture,
    form_from_plain,
    form_to_plain,
)

TEXTS = {
    "code": [f"C-{i:04}" for i in range(900)],
    "names": [f"{a} {b}" for a in ("Anna", "Bob", "Eve") for b in ("Lee", "Rossi")] * 5,
    "free text": [" ".join(["word"] * (i // 4) + ["end."]) for i in range(300)],
    "two codes": [f"A{i}" for i in range(10, 99)] + [f"B-{i}" for i in range(10, 60)],
    "mail": [f"a.b{i}@x.org" for i in range(50)],
    "network": [f"8.8.{i}.{i}" for i in range(50)],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_forms_are_stored_as_json(texts):
    form = fit_addresses(texts) or FormMixture.fit(texts)
    again = form_from_plain(json.loads(json.dumps(form_to_plain(form))))
    assert again == form
    assert again.mask == form.mask
    drawn = [f.draw(40, 0, np.random.default_rng(0)) for f in (form, again)]
    assert drawn[0] == drawn[1]


def test_forms_are_drawn_by_their_shares():
    form = FormMixture.fit(TEXTS["two codes"])
    assert form.mask == "A## or B-##"
    drawn = form.draw(4000, 0, np.random.default_rng(0))
    share = np.mean([text[0] == "A" for text in drawn])
    # three standard errors
    assert abs(share - 89 / 139) < 0.023


def test_rare_orders_of_words_become_free_text():
    assert FormMixture.fit(TEXTS["free text"]).mask == "free text"
