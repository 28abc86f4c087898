"""Fields of written dates, read to arrays and written from them."""

import numpy as np

from skgen._table.written.dates.names import names_of, positions_of

CALENDAR = frozenset("YymdoBbAa")

_TWO = [f"{number:02d}" for number in range(100)]
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


# --- reading ------------------------------------------------------------------------


def read_fields(parts, form):
    """Values of the texts of fields, NaT where they are no date.

    Parameters
    ----------
    parts : dict of str to sequence of str
        Texts by the names of fields.
    form : DateForm
    """
    time, valid = _read_time(parts, form.kind == "duration")
    if form.kind == "duration":
        values = time.astype(form.dtype)
    else:
        days, dated = _read_days(parts, form)
        valid &= dated
        values = days.astype(form.dtype)
        if form.dtype != days.dtype:
            values = values + time.astype(form.dtype.str.replace("M8", "m8"))
    if "z" in parts:
        values = values - _minutes(parts["z"])
    values[~valid] = "NaT"
    return values


def _read_days(parts, form):
    """Days, and which of them exist."""
    if "Y" in parts:
        year = _integers(parts["Y"])
    else:
        year = (_integers(parts["y"]) - form.first_year) % 100 + form.first_year
    month = np.ones(len(year), dtype=np.int64)
    day = month
    for field in "Bb":
        if field in parts:
            position = positions_of(field, form.language)
            month = np.array([position[word.casefold()] + 1 for word in parts[field]])
    if "m" in parts:
        month = _integers(parts["m"])
    if "d" in parts:
        day = _integers(parts["d"])
    if "o" in parts:
        day = _integers([text[:-2] for text in parts["o"]])
    valid = (month > 0) & (month <= 12) & (day > 0) & (day <= 31)
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (day - 1)
    return days, valid & (days.astype("M8[M]") == months)


def _read_time(parts, duration):
    """Time since midnight, and which of them exist."""
    n = len(next(iter(parts.values())))
    zeros = np.zeros(n, dtype=np.int64)
    hour = _integers(parts["H"]) if "H" in parts else zeros
    valid = (hour < 24) | duration
    if "I" in parts:
        hour = _integers(parts["I"])
        valid = (hour > 0) & (hour <= 12)
        half = parts.get("p") or parts.get("P") or ["a"] * n
        hour = hour % 12 + 12 * np.array([text[0] in "Pp" for text in half])
    minute = _integers(parts["M"]) if "M" in parts else zeros
    second = _integers(parts["S"]) if "S" in parts else zeros
    valid &= (minute < 60) & (second < 60)
    time = ((hour * 60 + minute) * 60 + second).astype("m8[s]")
    if "f" in parts:
        parts_of_second = _integers([text.ljust(9, "0") for text in parts["f"]])
        time = time + parts_of_second.astype("m8[ns]")
    return time, valid


def _integers(texts):
    return np.fromiter(map(int, texts), np.int64, len(texts))


def _minutes(offsets):
    minutes = {text: _minutes_of(text) for text in set(offsets)}
    return np.array([minutes[text] for text in offsets]).astype("m8[m]")


def _minutes_of(offset):
    if offset in "Zz":
        return 0
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return -minutes if offset[0] == "-" else minutes


# --- writing ------------------------------------------------------------------------


def write_fields(values, form):
    """Texts of sorted values."""
    offsets = None
    if form.offsets:
        offsets = _offsets_at(values, form.offsets)
        values = values + _minutes(offsets)
    if form.kind == "date":
        days = values.astype("M8[D]")
        time = values - days
    else:
        days, time = None, values
    columns = [
        [field.text] * len(values)
        if not field.name
        else offsets
        if field.name == "z"
        else _texts_of_field(field, days, time, form)
        for field in form.fields
    ]
    return map("".join, zip(*columns, strict=True))


def _offsets_at(values, offsets):
    """Offset that held at each time."""
    starts = np.array([start for start, _ in offsets[1:]], dtype="M8[s]")
    held = np.searchsorted(starts, values, side="right")
    return [offsets[at][1] for at in held.tolist()]


def _texts_of_field(field, days, time, form):
    name = field.name
    numbers = _calendar(name, days) if name in CALENDAR else _clock(name, time)
    numbers = numbers.tolist()
    if name in "BbAa":
        names = names_of(name, form.language, form.case)
        return [names[number] for number in numbers]
    if name in "pP":
        names = ("AM", "PM") if name == "p" else ("am", "pm")
        return [names[number] for number in numbers]
    if name == "o":
        return [f"{number}{_ORDINALS.get(number, 'th')}" for number in numbers]
    if name == "f":
        return [f"{number:09d}"[: field.width] for number in numbers]
    if name == "Y":
        return [f"{number:04d}" for number in numbers]
    if field.flag == "-":
        return list(map(str, numbers))
    return [_TWO[number] if number < 100 else str(number) for number in numbers]


def _calendar(name, days):
    months = days.astype("M8[M]")
    if name in "Yy":
        year = days.astype("M8[Y]").astype(np.int64) + 1970
        return year if name == "Y" else year % 100
    if name in "mBb":
        month = months.astype(np.int64) % 12
        return month + 1 if name == "m" else month
    if name in "do":
        return (days - months.astype("M8[D]")).astype(np.int64) + 1
    return (days.astype(np.int64) + 3) % 7  # 1970 began on a Thursday


def _clock(name, time):
    if name == "f":
        return (time % np.timedelta64(1, "s")).astype("m8[ns]").astype(np.int64)
    seconds = time.astype("m8[s]").astype(np.int64)
    hour = seconds // 3600
    return {
        "H": hour,
        "I": (hour - 1) % 12 + 1,
        "M": seconds // 60 % 60,
        "S": seconds % 60,
        "p": hour // 12 % 2,
        "P": hour // 12 % 2,
    }[name]
