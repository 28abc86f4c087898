"""Numbers in a written form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgen._table.written.numbers.digits import NEGATIVES, Decimals, Unit
from skgen._table.written.numbers.form import NumberForm
from skgen._table.written.recognition import recognise

quick = settings(deadline=None, derandomize=True, max_examples=150)

SEPARATORS = [(".", ""), (".", ","), (",", ""), (",", "."), (".", "'"), (",", "\u00a0")]


@st.composite
def forms(draw):
    """Forms with one unit, of all prefixes, separators, signs and decimals."""
    most = draw(st.integers(0, 4))
    fewest = draw(st.integers(0, most))
    point, group = draw(st.sampled_from(SEPARATORS))
    unit = draw(st.sampled_from(["", "%", " %", " kmpl", "kg", " €", "+", " out of 5"]))
    styles = [style for style in NEGATIVES if style != "$1-" or not unit[:1].isalpha()]
    prefix = draw(st.sampled_from(["", "$", "€ ", "USD ", "Rs. ", "~", "R$ "]))
    return NumberForm(
        prefix=prefix,
        units=(Unit(unit, 1.0, Decimals(fewest, most)),),
        point=point,
        group=group,
        indian=draw(st.booleans()) and group == ",",
        negative=draw(st.sampled_from(styles)),
        plus=draw(st.booleans()),
    )


@quick
@given(forms(), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30))
def test_what_is_written_is_read_as_it_was(form, numbers):
    values = np.array(numbers) / 10.0**form.decimals
    texts = form.write(values)
    read, parsed = form.read(texts)
    assert parsed.all()
    np.testing.assert_array_equal(read, values)
    np.testing.assert_array_equal(form.write(read), texts)
    again = NumberForm.from_dict(form.to_dict())
    np.testing.assert_array_equal(again.write(values), texts)


@quick
@given(forms(), st.integers(0, 2**32 - 1))
def test_forms_are_found_in_what_they_write(form, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 10.0 ** rng.uniform(1, 6, 300))
    values = np.round(values, form.decimals)
    texts = form.write(values)
    distinct, counts = np.unique(texts.astype(str), return_counts=True)
    found = recognise(distinct.astype(object), counts)
    read, parsed = found.read(texts)
    assert parsed.all()
    np.testing.assert_array_equal(read, values)
    np.testing.assert_array_equal(found.write(values), texts)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("$#,##0.00", ["$1,400.00", "$1400", "$ 1400.0", " $1,400.00 ", "$1.4e3"]),
        ("0 km", ["1400 km", "1400km", "1400.0 km", "+1400 km", "1400 km "]),
        ("# ##0,0", ["1\u00a0400,0", "1 400", "1400", "1\u202f400,00"]),
        ("#'##0", ["1'400", "1’400", "1400"]),  # noqa: RUF001
    ],
)
def test_other_spellings_are_read(pattern, texts):
    form = NumberForm.from_dict({"number": pattern})
    assert form.read(texts)[0].tolist() == [1400.0] * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$",
        "1,400.00",
        "$1,40.00",
        "$01",
        "$1.0.19",
        "$1-2",
        "$(5",
        "$5)",
        "-($5)",
        "--$5",
        "$5 USD",
        "€5",
        "$nan",
        "$inf",
        "$1_000",
        "$٣",
    ],
)
def test_other_texts_have_not_the_form(text):
    form = NumberForm.from_dict({"number": "$#,##0.00"})
    values, parsed = form.read([text])
    assert np.isnan(values[0])
    assert not parsed[0]


def test_rounding_never_writes_a_negative_zero():
    form = NumberForm.from_dict({"number": "+0.0;-0.0"})
    assert form.write([-0.01, -0.0, 0.01, -0.06]).tolist() == [
        "0.0",
        "0.0",
        "0.0",
        "-0.1",
    ]


def test_sizes_do_not_lose_the_last_digit():
    form = NumberForm.from_dict({"number": "0.## Lakh", "size": 1e5})
    hundredths = np.arange(1, 5000)
    texts = [f"{number / 100:g} Lakh" for number in hundredths]
    np.testing.assert_array_equal(form.read(texts)[0], hundredths * 1000.0)
    assert form.write(hundredths * 1000.0).tolist() == texts


@pytest.mark.parametrize(
    ("described", "decimals", "step"),
    [
        ("0.00", 2, 0.01),
        ("0", 0, 1.0),
        ("0.0E+00", None, None),
        ("0.################", None, None),
        ([{"pattern": "0k", "size": 1e3}, {"pattern": "0.0M", "size": 1e6}], None, 1e3),
        ([{"pattern": "0 d"}, {"pattern": "0 mo", "size": 30.4375}], None, None),
    ],
)
def test_grid(described, decimals, step):
    form = NumberForm.from_dict({"number": described})
    assert form.decimals == decimals
    assert form.step == step
