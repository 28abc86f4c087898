import csv
import io
import random

import pytest

from skgen._cli.csv_cells import quote, split_records, unquote
from skgen._cli.messages import Misuse

PIECES = ["a", "1", "", '"', '""', " ", ",", ";", "é", "\n", "x\r"]


def random_cells(rng, n_cells):
    return ["".join(rng.choices(PIECES, k=rng.randrange(4))) for _ in range(n_cells)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_cells_are_those_of_the_standard_library(newline, separator, quoting):
    rng = random.Random(0)
    for _ in range(100):
        rows = [random_cells(rng, 3) for _ in range(4)]
        # which the standard library writes without quotes
        other = {"\r": "\n", "\n": "\r"}.get(newline, "")
        rows = [[cell.replace(other, "") for cell in row] for row in rows]
        file = io.StringIO(newline="")
        csv.writer(
            file, delimiter=separator, lineterminator=newline, quoting=quoting
        ).writerows(rows)
        text = file.getvalue()
        records = [cells for _, cells in split_records(text, separator)]
        assert [list(map(unquote, cells)) for cells in records] == rows
        assert newline.join(map(separator.join, records)) + newline == text


def test_records_know_their_lines():
    text = 'a,b\n"1\n2\n3",x\n4,5'
    assert split_records(text, ",") == [
        (1, ["a", "b"]),
        (2, ['"1\n2\n3"', "x"]),
        (5, ["4", "5"]),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [('a,b\n"1,2\n3,4\n', 2), ('a\n"x""y\n', 2), ('"a\nb",c\nd,"e\n', 3)],
)
def test_open_quotes_are_named_by_their_line(text, line):
    with pytest.raises(Misuse, match=f"opens a cell in line {line} is never"):
        split_records(text, ",")
    assert split_records(text, ",", strict=False)[0][0] == 1 or line == 1


@pytest.mark.parametrize("cell", ['5" nail', '"quoted" and not', "'", ' "x"'])
def test_odd_quotes_stay(cell):
    assert split_records(f"a,b\n{cell},1\n", ",")[1] == (2, [cell, "1"])
    assert unquote(cell) == next(csv.reader([cell]))[0]


def test_long_files_take_no_longer_per_row():
    # quadratic time in an open quote would take minutes
    text = "a,b\n" + '"x, ""y""",1\n' * 100_000
    assert len(split_records(text, ",")) == 100_001
    with pytest.raises(Misuse):
        split_records(text + '"', ",")


@pytest.mark.parametrize("cell", ["a", "a,b", 'a"b', "a\nb", "a\rb", "", '"'])
def test_quotes_come_off_again(cell):
    assert unquote(quote(cell, ",")) == unquote(quote(cell, ",", always=True)) == cell
    assert quote(cell, ",", always=True).startswith('"')
