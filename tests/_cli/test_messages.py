import re

import numpy as np
import pandas as pd
import pytest

import skgen
from skgen._cli.messages import Misuse, in_options, one_line

PYTHON = re.compile(
    r"categorical_features|condition_on|min_count|sampling_strategy|identifiers=|"
    r"schema=|in (its )?schema|cast|dtype\b",
    re.IGNORECASE,
)
NAMES = [f"name {at}" for at in range(60)]
DATES = [f"{day:02d}/{month:02d}/2024" for day in range(1, 9) for month in range(1, 9)]


@pytest.mark.parametrize(
    ("cells", "options", "words"),
    [
        (NAMES, {"identifiers": "refuse"}, "pass --identifiers fresh"),
        (NAMES, {"identifiers": "refuse"}, "Drop the column by --drop"),
        (NAMES, {"schema": {"a b": "integer"}}, "Correct --schema"),
        ([1.5, 2.0, 2.25], {"schema": {"a b": {"step": 0.4}}}, "in --schema"),
        ([1.5, 2.0, 2.25], {"schema": {"a b": {"step": -1}}}, "in --schema"),
        ([1, 5], {"schema": {"a b": {"upper": 3}}}, "Correct --schema"),
        ([1, 5], {"schema": {"a b": {"uper": 3}}}, "in --schema"),
        ([1, 5], {"schema": {"a b": "number"}}, "in --schema"),
        ([1, 5], {"schema": {"a b": 7}}, "in --schema"),
        ([1, 5], {"schema": {"c": "integer"}}, "--schema: names the column 'c'"),
        ([0, 2**62], {}, "list it in --categorical if it is a code"),
    ],
)
def test_errors_name_options(cells, options, words):
    table = pd.DataFrame({"a b": cells})
    with pytest.raises((TypeError, ValueError)) as raised:
        skgen.describe(table, **options)
    message = in_options(raised.value)
    assert words in message
    advice = message.replace("Cast it to float", "")
    assert not PYTHON.search(advice.replace("--schema", ""))


def test_warning_of_identifiers_names_options():
    table = pd.DataFrame({"a b": NAMES, "x": np.arange(60) % 7})
    generator = skgen.AutoregressiveGenerator(random_state=0)
    with pytest.warns(UserWarning, match="identify") as warned:
        generator.fit(table)
    message = in_options(warned[0].message)
    assert "by --drop" in message
    assert "--categorical 'a b'" in message


def test_warning_of_ambiguous_dates_shows_what_to_declare():
    with pytest.warns(UserWarning, match="no cell shows") as warned:
        skgen.describe(pd.DataFrame({"a b": DATES}))
    message = in_options(warned[0].message)
    assert '{"a b": {"written": {"date": "%d/%m/%Y"}}}' in message
    assert '{"a b": {"written": {"date": "%m/%d/%Y"}}}' in message
    assert not PYTHON.search(message)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("columns: none is chosen", "--columns: none is chosen"),
        ("sampling_strategy: got 3", "--sampling-strategy: got 3"),
        (
            "condition_on: remove it from `condition_on` or from `columns`.",
            "--condition-on: remove it from --condition-on or from --columns.",
        ),
        (
            "holds no value that min_count=5 allows",
            "holds no value that --min-count 5 ",
        ),
    ],
)
def test_parameters_are_options(message, said):
    assert in_options(message).startswith(said)


def test_several_faults_take_a_line_each():
    error = Misuse("in.csv:\n 2 columns", ["a\n is bad", "b  is bad"])
    assert str(error) == "in.csv: 2 columns\n  a is bad\n  b is bad"
    assert one_line("a\n b ") == "a b"
