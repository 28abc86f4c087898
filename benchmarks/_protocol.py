"""The seven tables as the published figures have them: columns, kinds, splits."""

from itertools import count, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from benchmarks._data import load, record
from benchmarks.generators import OFFICIAL

FIRST_SEED = 1234
NEWS_CHANNELS = (
    "data_channel_is_lifestyle",
    "data_channel_is_entertainment",
    "data_channel_is_bus",
    "data_channel_is_socmed",
    "data_channel_is_tech",
    "data_channel_is_world",
)
NEWS_DAYS = (
    "weekday_is_monday",
    "weekday_is_tuesday",
    "weekday_is_wednesday",
    "weekday_is_thursday",
    "weekday_is_friday",
    "weekday_is_saturday",
    "weekday_is_sunday",
    "is_weekend",
)
DIABETES_LEFT_OUT = (
    "weight",
    "payer_code",
    "medical_specialty",
    "acetohexamide",
    "troglitazone",
    "examide",
    "citoglipton",
    "glipizide-metformin",
    "glimepiride-pioglitazone",
    "metformin-rosiglitazone",
    "metformin-pioglitazone",
)
# Whole numbers that the published metrics take for categories.
NUMBERS_AS_CATEGORIES = {
    "default_credit": ["PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"],
    "beijing_pm25": ["year", "month", "day", "hour"],
}
# Some of its categories occur once, so no split has all of them in both parts.
WITH_RARE_CATEGORIES = ("diabetes130_sub",)


class Task(NamedTuple):
    """One table and what the metrics need to know about it."""

    name: str
    table: pd.DataFrame
    target: str
    categorical: list  # names of the columns that are judged as categories
    regression: bool


class Rows(NamedTuple):
    """Rows of a table as matrices; tables that were encoded together agree."""

    numeric: np.ndarray  # (n_rows, n_numeric)
    codes: np.ndarray  # (n_rows, n_categorical), whole numbers
    levels: list  # the categories that the codes stand for, by column

    def take(self, rows):
        """Some of the rows."""
        return self._replace(numeric=self.numeric[rows], codes=self.codes[rows])


def prepare(name):
    """Read one of the seven tables as it was published.

    Generators get numbers as numbers, though the metrics take some of them for
    categories (`Task.categorical`).
    """
    table, target = load(name)
    change = _CHANGES.get(name)
    table = table if change is None else change(table)
    table = table.reset_index(drop=True)
    categorical = [c for c in table if not is_number(table[c])]
    categorical += NUMBERS_AS_CATEGORIES.get(name, [])
    regression = record(name)["task"] == "regression"
    return Task(name, table, target, categorical, regression)


def is_number(column):
    """Whether a column holds numbers, not categories or truth values."""
    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _without_first_row(table):
    # Read with a header that the published file does not have.
    return table.iloc[1:]


def _with_known_target(table):
    table = table.dropna(subset="pm2.5")
    return table.astype({"pm2.5": "int64"})


def _with_joined_indicators(table):
    table = table.copy()
    for name, columns in (("data_channel", NEWS_CHANNELS), ("weekday", NEWS_DAYS)):
        place = table[list(columns)].astype(float).to_numpy().argmax(axis=1)
        table[name] = pd.Categorical(place.astype(str))
        table = table.drop(columns=list(columns))
    return table


def _with_binary_target(table):
    table = table.drop(columns=list(DIABETES_LEFT_OUT))
    target = np.where(table["readmitted"] == "NO", "NO", "rest")
    # Ages are the decades "[0-10)" to "[90-100)", in this order.
    return table.assign(age=table["age"].cat.codes, readmitted=pd.Categorical(target))


_CHANGES = {
    "magic": _without_first_row,
    "beijing_pm25": _with_known_target,
    "news_subset": _with_joined_indicators,
    "diabetes130_sub": _with_binary_target,
}


def published_split(task):
    """Return training and test rows: the official split, else 90 and 10 per cent."""
    n_train = OFFICIAL.get(task.name)
    if n_train is None:
        return _shuffled_split(task, int(0.9 * len(task.table)))
    return _cut(task.table, np.arange(len(task.table)), n_train)


def half_split(task):
    """Return two random halves of the table."""
    return _shuffled_split(task, len(task.table) // 2)


def _shuffled_split(task, n_train):
    """Shuffle as published: until the training rows have every category."""
    order = np.arange(len(task.table))
    columns = [] if task.name in WITH_RARE_CATEGORIES else task.categorical
    n_levels = task.table[columns].nunique()
    for seed in count(FIRST_SEED):
        np.random.RandomState(seed).shuffle(order)
        train = task.table.iloc[order[:n_train]]
        if (train[columns].nunique() == n_levels).all():
            return _cut(task.table, order, n_train)


def _cut(table, order, n_train):
    parts = order[:n_train], order[n_train:]
    return tuple(table.iloc[part].reset_index(drop=True) for part in parts)


def sample_rows(rows, size, rng):
    """Return at most `size` rows, drawn at random; a DataFrame or `Rows`."""
    n_rows = len(rows if isinstance(rows, pd.DataFrame) else rows.codes)
    if n_rows <= size:
        return rows
    kept = rng.choice(n_rows, size, replace=False)
    return rows.take(kept)


def encode(tables, categorical):
    """Encode tables of the same columns alike.

    Parameters
    ----------
    tables : sequence of DataFrame
    categorical : list of str
        The columns that hold categories, in which a missing cell is one more.

    Returns
    -------
    encoded : list of Rows
    """
    whole = pd.concat(tables, ignore_index=True)
    coded = [
        pd.factorize(whole[c].astype(object).where(whole[c].notna(), "nan"), sort=False)
        for c in categorical
    ]
    numeric = whole.drop(columns=categorical).to_numpy(dtype=np.float64)
    codes = np.empty((len(whole), len(categorical)), dtype=np.int64)
    for j, (column, _) in enumerate(coded):
        codes[:, j] = column
    ends = np.cumsum([0, *map(len, tables)])
    return [
        Rows(numeric[a:b], codes[a:b], [levels for _, levels in coded])
        for a, b in pairwise(ends)
    ]
