"""The written form that the dates in a column of texts have."""

import numpy as np
import pytest

from skgen._table.cells import object_array
from skgen._table.written.dates.form import DateForm
from skgen._table.written.dates.recognition import Ambiguous, recognise_dates

DAYS = np.datetime64("2012-01-01") + np.arange(0, 900, 3)


def found(texts):
    texts = object_array(sorted(set(texts)))
    return recognise_dates(texts, np.ones(len(texts), dtype=int))


def test_two_digit_years_in_front_are_told_by_how_many_there_are():
    for text in ("%y-%m-%d", "%d-%m-%y"):
        assert found(DateForm(text).write(DAYS)).format == text
    early = np.datetime64("2001-01-01") + np.arange(0, 9000, 7)
    assert isinstance(found(DateForm("%d-%m-%y").write(early)), Ambiguous)
    assert found(DateForm("%d/%m/%y").write(early)).format == "%d/%m/%y"


def test_dates_far_away_are_marks():
    texts = list(DateForm("%Y-%m-%d").write(DAYS))
    form = found([*texts, "9999-12-31", "1900-01-01"])
    assert form.read(["9999-12-31"])[0][0] == np.datetime64("9999-12-31")


def test_dates_that_do_not_exist_are_odd():
    texts = list(DateForm("%Y-%m-%d").write(DAYS))
    form = found([*texts, "0000-00-00", "present"])
    assert form.read(["0000-00-00", "2012-02-29"])[1].tolist() == [False, True]


@pytest.mark.parametrize(
    "texts",
    [
        [f"{number:08d}" for number in range(10_000_000, 99_999_999, 300_007)],
        [f"{year}-{(year + 1) % 100:02d}" for year in range(1990, 2012)],
        [f"{at % 7}:{at % 5}" for at in range(35)],
        [f"{at}-Jan" for at in range(1, 32)],
        [f"1{at:03d}-{at % 12 + 1:02d}" for at in range(300)],  # years before 1600
    ],
)
def test_codes_that_look_like_dates(texts):
    assert found(texts) is None


def test_offsets_that_change_too_often_are_the_commonest():
    times = DAYS.astype("M8[s]")
    form = DateForm("%Y-%m-%d %H:%M:%S%:z", offsets=(("", "+01:00"),))
    texts = list(form.write(times))
    texts[::2] = DateForm(form.format, offsets=(("", "+05:00"),)).write(times[::2])
    assert found(texts) is None  # half of the texts would come back as others
