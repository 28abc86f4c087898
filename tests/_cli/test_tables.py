import gzip
import os

import numpy as np
import pandas as pd
import pytest

from skgen._cli import files
from skgen._cli.messages import Misuse
from skgen._cli.tables import Reading, Table, read_table, read_tables_alike


def test_files_are_read_alike(tmp_path):
    columns = {
        "code": [["01", "A"], ["10", "11"]],
        "late": [["1", "2"], ["1", "X"]],
        "size": [["1.5", "2.5"], ["1.5", "big"]],
        "member": [["yes", "no"], ["true", "false"]],
        "none": [["1", "2"], ["", ""]],
    }
    for at in range(2):
        table = pd.DataFrame({name: cells[at] for name, cells in columns.items()})
        table.to_csv(tmp_path / f"{at}.csv", index=False)
    tables = read_tables_alike([tmp_path / "0.csv", tmp_path / "1.csv"])
    one, two = (table.frame for table in tables)
    assert two["code"].tolist() == ["10", "11"]
    assert one["late"].tolist() == ["1", "2"]
    assert one["size"].dtype == np.float64
    assert two["member"].tolist() == ["true", "false"]
    assert one["none"].dtype == np.int64


def test_files_of_two_kinds_are_read_alike(tmp_path):
    (tmp_path / "a.csv").write_text("code,x\n01,5\nA,6\n")
    pd.DataFrame({"code": [10, 11]}).to_parquet(tmp_path / "b.parquet")
    paths = [tmp_path / "a.csv", tmp_path / "b.parquet"]
    one, two = read_tables_alike(paths, Reading(drop=("x",)))
    assert list(one.frame) == ["code"]
    assert two.frame["code"].tolist() == ["10", "11"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,b\n", "has 0 rows and 2 columns"),
        ("a.csv", b"a,a,\n1,2,3\n", "without a name: 3; .* 'a': 1, 2"),
        ("a.csv", b"a,b\n1,2\n3\n", "line 3 has 1"),
        ("a.csv", b'a,b\n"1,2\n3,4\n', "the quote that opens a cell in line 2"),
        ("a.csv", b"PK\x03\x04", "Excel"),
        ("a.csv.gz", b"a,b\n1,2\n", "cannot read"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-12], "cannot read"),
        ("a.parquet", b"not parquet", "cannot read"),
        (",b.csv", b",\n0,\n1,\n", "0 columns; pass some"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*numbers the rows")
def test_files_that_cannot_be_read(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Misuse, match=words):
        read_table(tmp_path / name)


def test_tables_of_other_origin_are_written_plainly(tmp_path):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x,y", None]})
    table = Table(frame, tmp_path / "in.parquet")
    table.write(frame, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b'a,b\n1,"x,y"\n2,\n'
    table.write(frame, tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_bytes() == b"a\tb\n1\tx,y\n2\t\n"
    table.write(frame, tmp_path / "out.parquet")
    assert pd.read_parquet(tmp_path / "out.parquet")["a"].tolist() == [1, 2]


def test_letters_that_an_encoding_lacks_are_no_half_written_file(tmp_path):
    (tmp_path / "in.csv").write_bytes(b"a,b\n\xe9,1\n")
    table = read_table(tmp_path / "in.csv", Reading(encoding="latin-1"))
    (tmp_path / "out.csv").write_text("kept")
    with pytest.raises(Misuse, match="cannot write"):
        table.write(table.frame.assign(a="\u20ac"), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "kept"
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("check", [files.check_input, files.check_output])
def test_pipes_are_left_alone(tmp_path, check):
    os.mkfifo(tmp_path / "a.csv")
    options = {"force": True} if check is files.check_output else {}
    with pytest.raises(Misuse, match="pipe or device"):
        check(tmp_path / "a.csv", **options)
