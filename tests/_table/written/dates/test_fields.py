"""Fields of written dates."""

import calendar

import numpy as np

from skgen._table.written.dates.form import DateForm


def test_all_days_of_leap_years_and_no_others_exist():
    form = DateForm("%Y-%m-%d")
    for year in (1900, 2000, 2023, 2024):
        pairs = [(month, day) for month in range(14) for day in range(33)]
        texts = [f"{year}-{month:02d}-{day:02d}" for month, day in pairs]
        expected = [
            0 < month < 13 and 0 < day <= calendar.monthrange(year, month)[1]
            for month, day in pairs
        ]
        np.testing.assert_array_equal(form.read(texts)[1], expected)


def test_hours_of_half_days():
    form = DateForm("%I:%M %p")
    texts = ["12:00 AM", "01:00 AM", "12:00 PM", "11:59 PM"]
    values, parsed = form.read(texts)
    assert parsed.all()
    assert (values / np.timedelta64(1, "m")).tolist() == [0, 60, 720, 1439]
    assert form.write(values).tolist() == texts


def test_parts_of_seconds():
    form = DateForm("%H:%M:%S.%3f")
    values, _ = form.read(["00:00:01.5", "00:00:01.005"])
    assert values.tolist() == [
        np.timedelta64(1500, "ms").item(),
        np.timedelta64(1005, "ms").item(),
    ]
    assert form.write(values).tolist() == ["00:00:01.500", "00:00:01.005"]


def test_days_of_the_week():
    form = DateForm("%A %d/%m/%Y")
    days = np.datetime64("1969-12-20") + np.arange(30)
    expected = [day.strftime("%A %d/%m/%Y") for day in days.tolist()]
    assert form.write(days).tolist() == expected
