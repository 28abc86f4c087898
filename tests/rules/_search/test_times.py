import numpy as np
import pandas as pd

from skgen.rules._search.times import find_durations


def stays(rng):
    start = np.datetime64("2024-01-01", "s") + rng.integers(0, 8_000_000, 300)
    X = pd.DataFrame({"start": start, "seconds": rng.integers(0, 900_000, 300)})
    return X.assign(end=X["start"] + pd.to_timedelta(X["seconds"], unit="s"))


def test_seconds_between(search, rng):
    assert search(stays(rng), find_durations) == ["end = start + seconds"]


def test_duration_between(search, rng):
    X = stays(rng)
    X["seconds"] = X["end"] - X["start"]
    assert search(X, find_durations) == ["end = start + seconds"]


def test_nights_and_one_more_day(search, rng):
    start = np.datetime64("2024-01-01") + rng.integers(0, 90, 300)
    days = rng.integers(1, 30, 300)
    X = pd.DataFrame({"start": start, "days": days, "end": start + days - 1})
    assert search(X, find_durations) == ["end = start + 86400 days - 86400"]


def test_whole_days_that_were_rounded_down(search, rng):
    X = stays(rng)
    X["days"] = X.pop("seconds") // 86_400
    (found,) = search(X, find_durations)
    assert found.startswith("end = start + 86400 days + ")
    assert "within" in found
