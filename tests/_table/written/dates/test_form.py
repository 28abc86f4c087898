"""Dates and times in a written form."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgen._table.written.dates.form import DateForm
from skgen._table.written.recognition import recognise

quick = settings(deadline=None, derandomize=True, max_examples=100)

DATES = ["%d/%m/%Y", "%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%a, %d %b %Y", "%Y%m%d"]
CLOCKS = ["", " %H:%M:%S", "T%H:%M:%S", " %I:%M:%S %p", ", %H:%M:%S.%f"]
times = st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31, 23, 59, 59))


@quick
@given(st.sampled_from(DATES), st.sampled_from(CLOCKS), st.lists(times, min_size=1))
def test_python_writes_and_reads_the_same(date, clock, moments):
    form = DateForm(date + clock)
    values = np.array(moments, dtype=form.dtype)
    texts = [
        moment.strftime(form.format) for moment in values.astype("M8[us]").tolist()
    ]
    assert form.write(values).tolist() == texts
    read, parsed = form.read(texts)
    assert parsed.all()
    np.testing.assert_array_equal(read, values)


@quick
@given(st.sampled_from(DATES), st.sampled_from(CLOCKS), st.integers(0, 2**32 - 1))
def test_forms_are_found_in_what_they_write(date, clock, seed):
    if date == "%Y%m%d" and clock and clock[0] != "T":
        return
    form = DateForm(date + clock)
    rng = np.random.default_rng(seed)
    start = np.datetime64("1950-01-01", "s") + rng.integers(0, 10**9)
    length = 10 ** rng.integers(7, 9)
    values = (start + rng.integers(0, length, 300)).astype(form.dtype)
    texts = np.unique(form.write(values).astype(str)).astype(object)
    found = recognise(texts)
    assert found.to_dict() == form.to_dict()


@quick
@given(st.lists(st.integers(0, 86_399), min_size=1))
def test_times_of_day_are_since_midnight(seconds):
    form = DateForm("%H:%M:%S")
    values = np.array(seconds, dtype="m8[s]")
    midnight = datetime(2000, 1, 1)
    texts = [(midnight + timedelta(seconds=s)).strftime("%H:%M:%S") for s in seconds]
    assert form.write(values).tolist() == texts
    np.testing.assert_array_equal(form.read(texts)[0], values)


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("7/1/2018", "%-d/%-m/%Y"),
        ("Jan 7, 2018", "%b %-d, %Y"),
        ("7th of January 2018", "%o of %B %Y"),
        ("07-JAN-18", "%d-%b-%y"),
        ("1st", "%o"),
    ],
)
def test_fields_beyond_those_of_python(text, format_):
    form = DateForm(format_, case="upper" if "JAN" in text else "title")
    if format_ != "%o":
        assert form.read([text])[0].tolist() == [datetime(2018, 1, 7).date()]
        assert form.write(np.array(["2018-01-07"], dtype="M8[D]"))[0] == text


def test_ordinals():
    days = np.array([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31])
    values = np.datetime64("2017-12-31") + days
    written = DateForm("%o of %B %Y").write(values)
    endings = [text.split()[0].lstrip("0123456789") for text in written]
    special = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
    assert endings == [special.get(day, "th") for day in days.tolist()]


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("%d/%m/%Y", "31/02/2018"),
        ("%d/%m/%Y", "00/02/2018"),
        ("%d/%m/%Y", "01/13/2018"),
        ("%d/%m/%Y", "1/2/18"),
        ("%d/%m/%Y", "01/02/2018 12:00"),
        ("%d/%m/%Y", "N/A"),
        ("%H:%M %d/%m/%Y", "24:00 01/02/2018"),
        ("%I:%M %p", "13:00 PM"),
        ("%I:%M %p", "0:30 AM"),
        ("%H:%M:%S", "12:60:00"),
        ("%B %d, %Y", "Smarch 1, 2018"),
        ("%Y%m%d", "2018131"),
    ],
)
def test_what_is_no_date(format_, text):
    values, parsed = DateForm(format_).read([text, text])
    assert not parsed.any()
    assert np.isnat(values).all()


def test_spellings_that_are_read():
    form = DateForm("%d/%m/%Y")
    assert form.read(["7/1/2018", "07/1/2018", " 07/01/2018 "])[1].all()
    assert DateForm("%B %-d, %Y").read(["JANUARY 07, 2018"])[1].all()
    assert DateForm("%I:%M %p").read(["7:00 p.m.", "7:00 Pm"])[1].all()


def test_durations_may_be_longer_than_a_day():
    form = DateForm("%H:%M:%S")
    values, parsed = form.read(["100:00:05", "9:00:00"])
    assert parsed.all()
    assert values[0] == np.timedelta64(360_005, "s")
    assert form.write(values).tolist() == ["100:00:05", "09:00:00"]


@pytest.mark.parametrize(
    ("format_", "kind", "dtype", "unit"),
    [
        ("%d/%m/%Y", "date", "M8[D]", "D"),
        ("%b-%y", "date", "M8[D]", "M"),
        ("%Y-%m-%d %H", "date", "M8[s]", "h"),
        ("%Y-%m-%d %H:%M", "date", "M8[s]", "m"),
        ("%Y-%m-%d %H:%M:%S", "date", "M8[s]", "s"),
        ("%Y-%m-%d %H:%M:%S.%3f", "date", "M8[ms]", "ms"),
        ("%Y-%m-%d %H:%M:%S.%f", "date", "M8[us]", "us"),
        ("%Y-%m-%d %H:%M:%S.%9f", "date", "M8[ns]", "ns"),
        ("%H:%M", "duration", "m8[s]", "m"),
    ],
)
def test_grid(format_, kind, dtype, unit):
    form = DateForm(format_)
    assert (form.kind, form.dtype, form.unit) == (kind, np.dtype(dtype), unit)
    assert DateForm.from_dict(form.to_dict()) == form
    assert list(form.to_dict()) == [kind]


def test_offsets_give_times_in_utc():
    form = DateForm("%Y-%m-%dT%H:%M:%S%z", offsets=(("", "-0530"),))
    values, parsed = form.read(["2018-01-01T00:00:00-0530", "2018-01-01T05:30:00Z"])
    assert parsed.all()
    assert values[0] == values[1] == np.datetime64("2018-01-01T05:30:00")
    assert form.write(values[:1]).tolist() == ["2018-01-01T00:00:00-0530"]


def test_first_of_a_hundred_years():
    form = DateForm("%d/%m/%y", first_year=1930)
    years = form.read(["01/01/30", "01/01/29"])[0].astype("M8[Y]").astype(str)
    assert years.tolist() == ["1930", "2029"]
    usual = DateForm("%d/%m/%y").read(["01/01/69", "01/01/68"])[0]
    assert usual.astype("M8[Y]").astype(str).tolist() == ["1969", "2068"]


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"date": "%Q"}, r"'%Q' is no format of dates\. Write one such as '%d/%m/%Y'"),
        ({"date": "2018"}, "is no format of dates"),
        ({"date": "%d/%d/%Y"}, "no field stands twice"),
        ({"date": 5}, "is no format of dates"),
        ({"date": "%d/%m/%Y", "language": "xx"}, r"language 'xx'.*Choose from \('en'"),
        ({"date": "%d/%m/%Y", "case": "odd"}, "case 'odd'"),
    ],
)
def test_descriptions_that_are_refused(described, message):
    with pytest.raises(ValueError, match=message):
        DateForm.from_dict(described)
