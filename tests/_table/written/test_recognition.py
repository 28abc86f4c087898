"""Texts that hold numbers or dates in a written form."""

import json
import time

import numpy as np
import pytest

from skgen._table.cells import object_array
from skgen._table.written.recognition import Ambiguous, form_from_dict, recognise

N = 300
DAYS = np.datetime64("2012-01-01") + np.arange(0, 3 * N, 3)
SECONDS = DAYS.astype("M8[s]") + np.arange(N) * 397


def column(texts):
    """Distinct texts and the rows that hold each."""
    distinct, counts = np.unique(np.array(texts, dtype=str), return_counts=True)
    return distinct.astype(object), counts


def found(texts):
    """Description of the recognised form, None if there is none."""
    form = recognise(*column(texts))
    return None if form is None else form.to_dict()


def amounts(rng, spread=1.0):
    return rng.lognormal(7, spread, N)


def comma(text):
    """Text with a decimal comma and dots between thousands."""
    return text.translate(str.maketrans(",.", ".,"))


# --- forms --------------------------------------------------------------------------

NUMBERS = {
    "$#,##0.00": lambda v: f"${v:,.2f}",
    "USD #,##0.00": lambda v: f"USD {v:,.2f}",
    "#,##0.00 EUR": lambda v: f"{v:,.2f} EUR",
    "#.##0,00 €": lambda v: comma(f"{v:,.2f} €"),
    "R$ #.##0,00": lambda v: comma(f"R$ {v:,.2f}"),
    "#\u202f##0 €": lambda v: f"{v:,.0f} €".replace(",", "\u202f"),
    "CHF #'##0.00": lambda v: f"CHF {v:,.2f}".replace(",", "'"),
    "#.##0": lambda v: comma(f"{v:,.0f}"),
    "0 kr": lambda v: f"{v:.0f} kr",
    "0.0%": lambda v: f"{v / 99:.1f}%",
    "0,0 %": lambda v: comma(f"{v / 99:.1f} %"),
    "0 CC": lambda v: f"{v:.0f} CC",
    "0.0# kmpl": lambda v: f"{v / 99:.2f}".removesuffix("0") + " kmpl",
    "0.0/5": lambda v: f"{v / 999:.1f}/5",
    "0.0 l/100km": lambda v: f"{v / 99:.1f} l/100km",
    "#,##0+": lambda v: f"{v:,.0f}+",
    "$#,##0 (estimated)": lambda v: f"${v:,.0f} (estimated)",
    " #,##0.00 ": lambda v: f" {v:,.2f} ",
    "0.0°C": lambda v: f"{v / 99:.1f}°C",
    "0.00": lambda v: f"{v:.2f}",
    "0.##": lambda v: f"{v:.2f}".rstrip("0").rstrip("."),
    ".000": lambda v: f"{v / 1e5:.3f}".replace("0.", "."),
    "0.00E+00": lambda v: f"{v:.2E}",
    "0.000e+00": lambda v: f"{v / 1e7:.3e}",
}


@pytest.mark.parametrize("pattern", NUMBERS)
def test_numbers_are_recognised(pattern):
    values = amounts(np.random.default_rng(0))
    texts = [NUMBERS[pattern](value) for value in values]
    assert found(texts) == {"number": pattern}


SIGNED = {
    "$#,##0.00": lambda v: f"${v:,.2f}".replace("$-", "-$"),
    "$#,##0.00;$-#,##0.00": lambda v: f"${v:,.2f}",
    "$0.0;($0.0)": lambda v: f"(${-v:.1f})" if v < 0 else f"${v:.1f}",
    "$ 0.0;$ (0.0)": lambda v: f"$ ({-v:.1f})" if v < 0 else f"$ {v:.1f}",
    "#,##0 ;(#,##0)": lambda v: f"({-v:,.0f})" if v < 0 else f"{v:,.0f} ",
    "0.00;0.00-": lambda v: f"{-v:.2f}-" if v < 0 else f"{v:.2f}",
    "+0.0%;-0.0%": lambda v: f"{v:+.1f}%",
    "0.0;−0.0": lambda v: f"{v:.1f}".replace("-", "−"),  # noqa: RUF001
    "0": lambda v: f"{v:.0f}",
}


@pytest.mark.parametrize("pattern", SIGNED)
def test_signs_are_recognised(pattern):
    values = np.random.default_rng(0).normal(0, 3000, N)
    form = recognise(*column([SIGNED[pattern](value) for value in values]))
    assert form.to_dict() == {"number": pattern}
    texts = object_array([SIGNED[pattern](value) for value in values])
    read, parsed = form.read(texts)
    assert parsed.all()
    np.testing.assert_array_equal(
        np.sign(read[np.abs(values) > 1]), np.sign(values[np.abs(values) > 1])
    )
    np.testing.assert_array_equal(form.write(read), texts)


UNITS = {
    "k and M": (
        lambda v: f"{v / 1e3:.0f}k" if v < 1e6 else f"{v / 1e6:.1f}M",
        [("0k", 1e3, 0.0), ("0.0M", 1e6, 1e6)],
    ),
    "followers": (
        lambda v: (
            f"{v:.0f}"
            if v < 1e3
            else f"{v / 1e3:.1f}K"
            if v < 1e6
            else f"{v / 1e6:.1f}M"
        ),
        [("0", 1, 0.0), ("0.0K", 1e3, 1e3), ("0.0M", 1e6, 1e6)],
    ),
    "lakh": (
        lambda v: f"{v / 1e5:.2f} Lakh" if v < 1e7 else f"{v / 1e7:.2f} Cr",
        [("0.00 Lakh", 1e5, 0.0), ("0.00 Cr", 1e7, 1e7)],
    ),
    "grams": (
        lambda v: f"{v / 1e3:.0f} g" if v < 1e6 else f"{v / 1e6:.2f} kg",
        [("0 g", 1, 0.0), ("0.00 kg", 1e3, 1e3)],
    ),
}


@pytest.mark.parametrize("name", UNITS)
def test_units_of_one_measure_are_one_scale(name):
    write, expected = UNITS[name]
    values = np.random.default_rng(0).lognormal(13, 3, 1000)
    texts = object_array([write(value) for value in values])
    form = recognise(*column(texts))
    units = form.to_dict()["number"]
    assert [
        (u["pattern"], u.get("size", 1), u.get("from", 0.0)) for u in units
    ] == expected
    read, parsed = form.read(texts)
    assert parsed.all()
    assert np.mean(form.write(read) == texts) > 0.98
    size = 1e3 if name == "grams" else 1.0
    large = values > 10 * expected[0][1] * size
    np.testing.assert_allclose(read[large] * size, values[large], rtol=0.1)


def test_rounded_abbreviations_keep_their_digits():
    values = np.random.default_rng(0).lognormal(16, 1, 2000)

    def write(v):
        if v < 1e6:
            return f"{v / 1e3:.0f}k"
        return f"{v / 1e6:.1f}M" if v < 9.95e6 else f"{v / 1e6:.0f}M"

    texts = object_array([write(value) for value in values])
    form = recognise(*column(texts))
    np.testing.assert_array_equal(form.write(form.read(texts)[0]), texts)
    assert form.write([19.4e6, 9.23e6, 9.97e6]).tolist() == ["19M", "9.2M", "10M"]


def test_single_unit_is_as_written():
    form = recognise(*column([f"{v / 10:.1f} Lakh" for v in range(50)]))
    assert form.read(["8.6 Lakh"])[0] == [8.6]
    assert form.decimals == 1
    assert form.step == 0.1


def test_a_unit_of_one_has_its_own_text():
    days = [1] * 20 + list(range(2, 40))
    form = recognise(*column([f"{d} day" if d == 1 else f"{d} days" for d in days]))
    assert form.write([1.0, 2.0]).tolist() == ["1 day", "2 days"]
    assert form.read(["1 day", "2 days"])[0].tolist() == [1.0, 2.0]


def test_bare_zero_beside_prices():
    texts = ["0"] * 500 + [f"${v / 100:.2f}" for v in range(99, 999, 10)]
    form = recognise(*column(texts))
    assert form.write([0.0, 0.99]).tolist() == ["0", "$0.99"]
    values, parsed = form.read(["0", "$0.99", "Free"])
    assert parsed.tolist() == [True, True, False]
    assert values[:2].tolist() == [0.0, 0.99]


def test_marks_are_odd_texts():
    texts = [f"{v / 10:.1f}M" for v in range(10, 200)] + ["Varies with device"] * 100
    form = recognise(*column(texts))
    assert form.read(["Varies with device", "1.5M"])[1].tolist() == [False, True]
    more = [f"{v}%" for v in range(5, 96)] + ["<5%"] * 30 + [">95%"] * 30 + ["N/A"]
    assert found(more) == {"number": "0%"}


def test_odd_texts_are_few():
    numbers = [f"{v} km" for v in range(95)]
    assert found(numbers + [f"{v} mi" for v in range(5)]) == {"number": "0 km"}
    assert found(numbers + [f"{v} mi" for v in range(9)]) is None
    rows = recognise(*column(numbers + ["3 mi"] * 9))
    assert rows is None


def test_majority_spells_decimals():
    fixed = [f"{v / 100:.2f}" for v in range(101, 161)]
    assert found([*fixed, "4.3"]) == {"number": "0.00"}
    assert recognise(*column([*fixed, "4.3"])).write([4.3]).tolist() == ["4.30"]


DATES = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%-m/%-d/%Y",
    "%-d/%m/%Y",
    "%d.%m.%y",
    "%y-%m-%d",
    "%B %-d, %Y",
    "%-d %b %Y",
    "%d-%b-%y",
    "%b-%y",
    "%Y-%m",
    "%m/%Y",
    "%Y%m%d",
    "%d%m%Y",
    "%A, %B %d, %Y",
    "%o of %B %Y",
]
TIMES = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+01:00",
    "%Y-%m-%d %H:%M:%S.%f",
    "%-m/%-d/%Y %-H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%b %-d, %Y, %-I:%M:%S %P",
    "%a %b %d %H:%M:%S +0000 %Y",
    "%H:%M:%S %d/%m/%Y",
    "%Y%m%dT%H%M%S",
    "%Y%m%d%H%M",
]


@pytest.mark.parametrize("text", DATES + TIMES)
def test_dates_are_recognised(text):
    values = SECONDS if text in TIMES else DAYS
    texts = form_from_dict({"date": text}).write(values)
    form = recognise(*column(texts))
    assert form.to_dict() == {"date": text}
    read, parsed = form.read(texts)
    assert parsed.all()
    np.testing.assert_array_equal(form.write(read), texts)
    if "%d" in text and "%y" not in text and text in DATES:
        np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl"])
@pytest.mark.parametrize("case", ["title", "upper", "lower"])
def test_names_of_months_in_other_languages(language, case):
    described = {"date": "%-d %B %Y", "language": language, "case": case}
    if case == "title":
        del described["case"]
    texts = form_from_dict(described).write(DAYS)
    form = recognise(*column(texts))
    np.testing.assert_array_equal(form.read(texts)[0], DAYS)
    np.testing.assert_array_equal(form.write(DAYS), texts)


@pytest.mark.parametrize("text", ["%H:%M:%S", "%-H:%M", "%I:%M %p", "%-M:%S.%3f"])
def test_times_of_day_are_durations(text):
    values = (np.arange(N) * 197_001).astype("m8[ms]") % np.timedelta64(3_600_000, "ms")
    texts = form_from_dict({"duration": text}).write(values)
    form = recognise(*column(texts))
    assert form.to_dict() == {"duration": text}
    assert form.dtype.kind == "m"
    assert form.read(texts)[1].all()
    noon = recognise(*column([f"{hour}:00:00" for hour in range(24)]))
    assert noon.read(["12:00:00"])[0][0] == np.timedelta64(12, "h")


def test_day_and_month_are_never_guessed():
    twelve = DAYS[(DAYS - DAYS.astype("M8[M]").astype("M8[D]")).astype(int) < 12]
    texts = form_from_dict({"date": "%d/%m/%Y"}).write(twelve)
    form = recognise(*column(texts))
    assert isinstance(form, Ambiguous)
    assert {c.to_dict()["date"] for c in form.candidates} == {"%d/%m/%Y", "%m/%d/%Y"}
    assert "{'date': '%d/%m/%Y'}" in form.message
    assert "Declare the form" in form.message
    one = recognise(*column([*texts, "13/01/2015"]))
    assert one.to_dict() == {"date": "%d/%m/%Y"}
    other = recognise(*column([*texts, "01/13/2015"]))
    assert other.to_dict() == {"date": "%m/%d/%Y"}


def test_offsets_that_change_with_the_season():
    offsets = [["", "+01:00"], ["2013-03-31T01:00:00", "+02:00"]]
    described = {"date": "%Y-%m-%d %H:%M:%S%:z", "offsets": offsets}
    texts = form_from_dict(described).write(SECONDS)
    form = recognise(*column(texts))
    np.testing.assert_array_equal(form.read(texts)[0], SECONDS)
    np.testing.assert_array_equal(form.write(SECONDS), texts)


def test_two_digits_of_years_that_were_before_1969():
    births = np.datetime64("1925-02-11") + np.arange(0, 27_000, 90)
    texts = form_from_dict({"date": "%d/%m/%y", "first_year": 1925}).write(births)
    form = recognise(*column(texts))
    np.testing.assert_array_equal(form.read(texts)[0], births)


# --- texts without a form -----------------------------------------------------------


def digits(rng, *widths, between="-"):
    draw = [str(rng.integers(10 ** (w - 1), 10**w)) for w in widths]
    return between.join(draw)


CODES = {
    "zip codes": lambda rng, at: digits(rng, 5),
    "zip codes with leading zeros": lambda rng, at: f"{rng.integers(501, 99999):05d}",
    "long zip codes": lambda rng, at: digits(rng, 5, 4),
    "codes with leading zeros": lambda rng, at: f"{at:04d}",
    "keys": lambda rng, at: str(at),
    "flights": lambda rng, at: str(rng.integers(1, 6000)),
    "few whole numbers": lambda rng, at: str(at % 12),
    "phones": lambda rng, at: digits(rng, 3, 3, 4),
    "phones with blanks": lambda rng, at: "+1 " + digits(rng, 3, 3, 4, between=" "),
    "phones with brackets": lambda rng, at: f"({digits(rng, 3)}) {digits(rng, 3, 4)}",
    "phones with plus": lambda rng, at: f"+{rng.integers(1, 99)}{digits(rng, 10)}",
    "french phones": lambda rng, at: "06 " + digits(rng, 2, 2, 2, 2, between=" "),
    "versions": lambda rng, at: ".".join(map(str, rng.integers(0, 20, 3))),
    "marked versions": lambda rng, at: f"v{at % 9}.{at}",
    "hashes": lambda rng, at: rng.bytes(8).hex(),
    "addresses": lambda rng, at: (
        f"{at} {rng.choice(['Main St', 'E 6th St', 'Elm Rd'])}"
    ),
    "IP addresses": lambda rng, at: ".".join(map(str, rng.integers(0, 255, 4))),
    "MAC addresses": lambda rng, at: rng.bytes(6).hex(":"),
    "ranges": lambda rng, at: f"{at}-{at + 10}",
    "ranges of money": lambda rng, at: f"${at:,} - ${at + 1000:,}",
    "scores": lambda rng, at: f"{at % 7}:{at % 5}",
    "fractions": lambda rng, at: f"{rng.integers(90, 180)}/{rng.integers(50, 99)}",
    "cabins": lambda rng, at: f"{rng.choice(list('ABCD'))}{at}",
    "one letter": lambda rng, at: f"A{at}",
    "articles": lambda rng, at: f"SKU-{at}",
    "positions": lambda rng, at: f"({at / 9:.3f}, {at / 7:.3f})",
    "sizes": lambda rng, at: f"{at}x{at + 5}",
    "heights": lambda rng, at: f"{at % 3 + 4}'{at % 12}\"",
    "names": lambda rng, at: f"Hyundai i{at} 1.2",
    "files": lambda rng, at: f"{at}.jpg",
    "mail": lambda rng, at: f"{at}@example.com",
    "several currencies": lambda rng, at: f"{'$€£'[at % 3]}{at}.50",
    "cards": lambda rng, at: digits(rng, 4, 4, 4, 4, between=" "),
    "social security": lambda rng, at: digits(rng, 3, 2, 4),
    "lists": lambda rng, at: ",".join(map(str, range(at % 5 + 1))),
    "ordinals": lambda rng, at: f"{at + 24}th",
    "school years": lambda rng, at: f"{1990 + at % 30}-{(1991 + at % 30) % 100:02d}",
    "years": lambda rng, at: str(1900 + at % 120),
    "quarters": lambda rng, at: f"{2000 + at % 20}Q{at % 4 + 1}",
    "weekdays": lambda rng, at: ["Mon", "Tue", "Wed", "Thu", "Fri"][at % 5],
    "diagnoses": lambda rng, at: f"V{at % 90}" if at % 30 == 0 else f"{250 + at / 100}",
}


@pytest.mark.parametrize("kind", CODES)
def test_codes_and_names_have_no_form(kind):
    rng = np.random.default_rng(0)
    assert found([CODES[kind](rng, at) for at in range(1, N)]) is None


def test_grades_and_other_few_levels_have_no_form():
    assert found(["PK", "0K", "01", "02", "03", "04", "05"] * 9) is None
    assert found(["0 km", "5 km", "10 km", "20 km"] * 50) is None
    assert found(["2020-01-01", "2021-01-01", "2022-01-01"] * 50) is None
    assert found(["yes", "no"] * 9) is None
    assert recognise(np.empty(0, dtype=object)) is None
    assert recognise(object_array([1, 2, 3, 4, 5, 6])) is None


# --- plain numbers ------------------------------------------------------------------


def test_plain_numbers_need_a_reason_to_be_numbers():
    rng = np.random.default_rng(0)
    ages = [str(age) for age in rng.integers(1, 90, N)]
    assert found(ages) is None
    assert found([*ages, "?", "?"]) == {"number": "0"}
    assert found([*ages, "-5", "-7", "-9", "-12", "-13", "-14"]) == {"number": "0"}
    counts = [f"{v:.0f}" for v in rng.lognormal(7, 3, N)]
    assert found(counts) == {"number": "0"}
    assert found([digits(rng, 5) for _ in range(N)] + ["?"] * 9) is None
    assert found([f"{v:.1f}" for v in rng.random(N) * 5]) == {"number": "0.0"}


# --- shares and time ----------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["$#,##0.00", "0.0%", "0.0# kmpl"])
def test_drawn_texts_look_like_the_column(pattern):
    import re

    texts = [NUMBERS[pattern](value) for value in amounts(np.random.default_rng(0))]
    form = recognise(*column(texts))
    drawn = form.write(np.random.default_rng(1).lognormal(7, 1, N) / 7)
    shape = {
        "$#,##0.00": r"\$\d{1,3}(,\d{3})*\.\d\d",
        "0.0%": r"\d+\.\d%",
        "0.0# kmpl": r"\d+\.(\d|\d[1-9]) kmpl",
    }[pattern]
    assert all(re.fullmatch(shape, text) for text in [*texts, *drawn])


def test_forms_survive_json():
    rng = np.random.default_rng(0)
    columns = [[write(v) for v in amounts(rng)] for write in NUMBERS.values()]
    columns += [[write(v * 50) for v in amounts(rng, 3)] for write, _ in UNITS.values()]
    columns += [form_from_dict({"date": text}).write(SECONDS) for text in TIMES]
    for texts in columns:
        form = recognise(*column(texts))
        again = form_from_dict(json.loads(json.dumps(form.to_dict())))
        assert again == form
        assert repr(form).endswith('"-like')


@pytest.mark.parametrize("described", [None, {}, {"numbers": "0"}, "0.00"])
def test_description_of_nothing(described):
    with pytest.raises(ValueError, match=r"describes no written form\. Use a dict"):
        form_from_dict(described)


def test_columns_of_categories_are_left_at_once():
    names = object_array(
        [f"level {'abcdefgh'[at % 8]}{'xyz' * at}" for at in range(60)]
    )
    counts = np.ones(60, dtype=int)
    recognise(names, counts)
    start = time.perf_counter()
    for _ in range(100):
        assert recognise(names, counts) is None
    assert time.perf_counter() - start < 0.1  # a millisecond each
