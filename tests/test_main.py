import io
import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LogisticRegression

from skgen.__main__ import main
from skgen._cli import demo, files
from skgen.datasets import make_customers


def run(*argv):
    """Exit status of the command, however it leaves."""
    try:
        return main([str(argument) for argument in argv])
    except SystemExit as exit:
        return exit.code


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a table of every kind of column, which is also where we are."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    n = 60
    count = rng.poisson(3, n)
    table = pd.DataFrame(
        {
            "answer": np.array(["NA", "None", "yes, or no"])[rng.integers(3, size=n)],
            "count": [str(value) for value in count],
            "gap": ["" if value == 3 else str(7 * value) for value in count],
            "price": [f"{value:.2f}" for value in rng.integers(5, 50, n) / 2],
            "score": [repr(value) for value in rng.normal(size=n).round(3).tolist()],
            "member": np.array(["true", "false"])[rng.integers(2, size=n)],
            "day": [f"2024-01-{day:02d}" for day in rng.integers(1, 32, n)],
            "moment": [
                f"2024-01-01T{hour:02d}:30:00" for hour in rng.integers(0, 24, n)
            ],
            "zip": np.array(["01067", "10115", "00042"])[rng.integers(3, size=n)],
            "target": np.repeat(["no", "yes"], [48, 12]),
        }
    )
    table.to_csv("in.csv", index=False)
    (tmp_path / "words.txt").write_text("a\n1\n")
    return tmp_path


def texts(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def assert_spelled_alike(new, old):
    """Cells of `new` look as those of `old` do, and discrete ones occur there."""
    assert list(new.columns) == list(old.columns)
    for name in ("answer", "member", "zip"):
        assert set(new[name]) <= set(old[name])
    assert new["count"].str.fullmatch(r"[0-9]+").all()
    assert new["gap"].str.fullmatch(r"[0-9]*").all()
    assert new["price"].str.fullmatch(r"[0-9]+\.[0-9]{2}").all()
    assert new["score"].str.fullmatch(r"-?[0-9]+\.[0-9]{1,3}").all()
    assert new["day"].str.fullmatch(r"2024-01-[0-9]{2}").all()
    assert new["moment"].str.fullmatch(r"2024-01-01T[0-9]{2}:30:00").all()


def test_sample_csv(folder, capsys):
    assert run("sample", "in.csv", "-n", 150, "-o", "out.csv") == 0
    old, new = texts("in.csv"), texts("out.csv")
    assert len(new) == 150
    assert_spelled_alike(new, old)
    assert set(new["answer"]) == set(old["answer"])
    assert "" in set(new["gap"])
    assert capsys.readouterr().err == "wrote 150 rows to out.csv\n"
    assert sorted(os.listdir()) == ["in.csv", "out.csv", "words.txt"]


@pytest.mark.parametrize("noted", [True, False])
def test_sample_parquet(folder, noted):
    table, _ = make_customers(100, random_state=0)
    gaps = table["months"] < 5
    table["visits"] = table["visits"].astype("Int64").mask(gaps)
    table["newsletter"] = table["newsletter"].astype("boolean").mask(gaps)
    old = pa.Table.from_pandas(table)
    if not noted:
        # Without the metadata of pandas, only the types of the file show integers.
        old = old.replace_schema_metadata(None)
    pq.write_table(old, "in.parquet")
    assert run("sample", "in.parquet", "-n", 70, "-o", "out.parquet") == 0
    old, new = pq.read_table("in.parquet"), pq.read_table("out.parquet")
    assert new.num_rows == 70
    assert new.schema.equals(old.schema)
    assert new["visits"].null_count > 0
    if noted:
        kinds = pd.read_parquet("in.parquet").dtypes
        assert pd.read_parquet("out.parquet").dtypes.equals(kinds)


def test_parquet_to_csv_and_back(folder):
    table, _ = make_customers(80, random_state=0)
    table.to_parquet("in.parquet")
    assert run("sample", "in.parquet", "-n", 70, "-o", "out.csv") == 0
    assert texts("out.csv")["signup"].str.fullmatch(r"20\d\d-\d\d-\d\d").all()
    assert run("sample", "out.csv", "-n", 40, "-o", "back.parquet") == 0
    back = pd.read_parquet("back.parquet")
    assert pd.api.types.is_datetime64_dtype(back["signup"])
    assert back["visits"].dtype == np.int64


def test_oversample_rare_values_of_a_number(folder, capsys):
    assert run("oversample", "in.csv", "--target", "score", "-o", "out.csv") == 0
    old, new = texts("in.csv"), texts("out.csv")
    pd.testing.assert_frame_equal(new[:60], old)
    assert len(new) > 60
    assert_spelled_alike(new[60:], old)


def test_mask_csv(folder, capsys):
    assert run("mask", "in.csv", "--columns", "answer,price", "-o", "out.csv") == 0
    old, new = texts("in.csv"), texts("out.csv")
    assert_spelled_alike(new, old)
    others = [name for name in old if name not in ("answer", "price")]
    pd.testing.assert_frame_equal(new[others], old[others])
    assert not (new["answer"] == old["answer"]).all()
    assert not (new["price"] == old["price"]).all()
    assert capsys.readouterr().err == "masked 120 cells of 60 rows: out.csv\n"


def test_mask_conditions_on_the_given_columns(folder):
    for kept in ("none", "target,member"):
        assert (
            run(
                *("mask", "in.csv", "--columns", "answer", "--condition-on", kept),
                *("--min-count", 1, "--random-state", 0, "-o", "out.csv", "--force"),
            )
            == 0
        )
        assert len(texts("out.csv")) == 60


@pytest.mark.parametrize("strategy", ["draw", "mean"])
def test_impute_csv(folder, capsys, strategy):
    argv = ("impute", "in.csv", "--strategy", strategy, "-o", "out.csv")
    assert run(*argv, "--random-state", 0) == 0
    old, new = texts("in.csv"), texts("out.csv")
    gaps = old["gap"] == ""
    assert new["gap"].str.fullmatch(r"[0-9]+").all()
    pd.testing.assert_frame_equal(new[~gaps], old[~gaps])
    pd.testing.assert_frame_equal(new.drop(columns="gap"), old.drop(columns="gap"))
    message = f"filled {gaps.sum()} cells of 60 rows: out.csv\n"
    assert capsys.readouterr().err == message


def test_unknown_columns_to_mask_are_named(folder, capsys):
    assert run("mask", "in.csv", "--columns", "answer,nope", "-o", "out.csv") == 2
    assert "no column 'nope'" in capsys.readouterr().err
    assert not os.path.exists("out.csv")


def test_oversample_csv(folder, capsys):
    assert run("oversample", "in.csv", "--target", "target", "-o", "out.csv") == 0
    old, new = texts("in.csv"), texts("out.csv")
    pd.testing.assert_frame_equal(new[:60], old)
    assert list(new["target"][60:]) == ["yes"] * 36
    assert_spelled_alike(new[60:], old)
    assert capsys.readouterr().err.endswith("wrote 60 + 36 rows to out.csv\n")


def test_oversample_by_ratio(folder):
    arguments = ["--target", "target", "--sampling-strategy", "0.5", "-o", "out.csv"]
    assert run("oversample", "in.csv", *arguments) == 0
    assert (texts("out.csv")["target"] == "yes").sum() == 24


@pytest.mark.parametrize("target", ["member", "count"])
def test_oversample_kinds_of_target(folder, target):
    rows = texts("in.csv")
    rows["count"] = np.repeat(["3", "-1"], [40, 20])
    rows["member"] = np.repeat(["true", "false"], [40, 20])
    rows.to_csv("in.csv", index=False)
    assert run("oversample", "in.csv", "--target", target, "-o", "out.csv") == 0
    new = texts("out.csv")
    assert list(new.columns) == list(rows.columns)
    assert list(new[target][60:]) == [rows[target][59]] * 20


def test_oversample_parquet_target(folder):
    table, churned = make_customers(150, random_state=0)
    for target in (churned, churned.astype(bool), churned.map({0: "no", 1: "yes"})):
        table.assign(churned=target).to_parquet("in.parquet")
        arguments = ["--target", "churned", "-o", "out.parquet", "--force"]
        assert run("oversample", "in.parquet", *arguments) == 0
        new = pd.read_parquet("out.parquet")
        assert new["churned"].dtype == target.dtype
        assert (new["churned"] == target[0]).sum() * 2 == len(new)


def test_random_state(folder):
    for name, seed in [("a", 5), ("b", 5), ("c", 6)]:
        arguments = ["-o", f"{name}.csv", "--random-state", seed]
        assert run("sample", "in.csv", "-n", 20, *arguments) == 0
    for name in ("d", "e"):
        assert run("sample", "in.csv", "-n", 20, "-o", f"{name}.csv") == 0
    a, b, c, d, e = ((folder / f"{name}.csv").read_text() for name in "abcde")
    assert a == b
    assert len({a, c, d, e}) == 4


def test_missing_words(folder):
    arguments = ["--missing", "NA", "--missing", "None"]
    assert run("sample", "in.csv", "-n", 90, "-o", "out.csv", *arguments) == 0
    old, new = texts("in.csv")["answer"], texts("out.csv")["answer"]
    # missing cells are written as most of them are in the file
    mark = old[old != "yes, or no"].mode()[0]
    assert set(new) == {mark, "yes, or no"}


def test_warnings_take_one_line(folder, capsys):
    (folder / "odd.csv").write_text("a,b\n" + "1,2\n2,1\n3,1\n" * 20 + "few,1\n")
    assert run("sample", "odd.csv", "-n", 5, "-o", "out.csv") == 0
    warning, done = capsys.readouterr().err.splitlines()
    assert warning.startswith("skgen sample: warning: odd.csv: columns that hold ")
    assert done == "wrote 5 rows to out.csv"


def test_drop(folder):
    arguments = ["--drop", "zip", "--drop", "day"]
    assert run("sample", "in.csv", "-n", 5, "-o", "out.csv", *arguments) == 0
    kept = [name for name in texts("in.csv") if name not in ("zip", "day")]
    assert list(texts("out.csv")) == kept


def test_force_replaces_even_the_input(folder):
    assert run("sample", "in.csv", "-n", 7, "-o", "in.csv", "--force") == 0
    assert len(texts("in.csv")) == 7


FILES = {
    "empty.csv": b"",
    "header.csv": b"a,b\n",
    "ragged.csv": b"a,b\n1,2\n3,4,5\n",
    "long.csv": b"a,b\n1,2,3\n3,4,5\n",
    "unnamed.csv": b"a,\n1,2\n",
    "twice.csv": b"a,a\n1,2\n",
    "faults.csv": b"a,,b,b\n1,2,3,4\n",
    "latin.csv": "a,b\nf\xe9e,2\n".encode("latin-1"),
    "quote.csv": b'a,b\n"1,2\n3,4\n',
    "broken.parquet": b"not parquet at all",
    "names.csv": b"id,a\n" + b"".join(b"n%d,1\n" % i for i in range(60)),
    "gap.csv": b"a,t\n1,x\n2,\n3,y\n",
    "one_class.csv": b"a,t\n1,x\n2,x\n3,x\n",
}
N = ["-n", "5", "-o", "out.csv"]
OVERSAMPLE = ["oversample", "in.csv", "-o", "out.csv"]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], ["COMMAND"]),
        (["destroy"], ["destroy"]),
        (["sample"], ["IN"]),
        (["sample", "in.csv", "-o", "out.csv"], ["-n"]),
        (["sample", "in.csv", "-n", "0", "-o", "out.csv"], ["-n", "'0'"]),
        (["sample", "in.csv", "-n", "1.5", "-o", "out.csv"], ["-n", "'1.5'"]),
        (["sample", "in.csv", "-n", "5"], ["-o"]),
        (["sample", "none.csv", "-n", "5", "-o", "out.csv"], ["none.csv", "no such"]),
        (["sample", "words.txt", "-n", "5", "-o", "out.csv"], ["suffix", "'.txt'"]),
        (["sample", "in.csv", "-n", "5", "-o", "out.json"], ["suffix", "'.json'"]),
        (["sample", "in.csv", "-n", "5", "-o", "kept.csv"], ["kept.csv", "--force"]),
        (["sample", "in.csv", "-n", "5", "-o", "no/out.csv"], ["no/out.csv", "no dir"]),
        (["sample", "in.csv", "-n", "5", "-o", "dir.csv", "--force"], ["a directory"]),
        (["sample", "in.csv", "-n", "5", "-o", "fifo.csv", "--force"], ["a pipe"]),
        (["sample", "in.csv", "-n", "9" * 11, "-o", "out.csv"], ["-n 999", "memory"]),
        (["sample", "in.csv", "-n", "9" * 40, "-o", "out.csv"], ["-n 999", "memory"]),
        (["sample", "dir.csv", "-n", "5", "-o", "out.csv"], ["dir.csv", "no such"]),
        (["sample", "in.csv", "-n", "5", "-o", "out.csv", "--drop", "q"], ["'q'"]),
        (
            ["sample", "in.csv", "-n", "5", "-o", "out.csv", "--random-state", "-1"],
            ["--random-state", "'-1'"],
        ),
        (["sample", "empty.csv", "-n", "5", "-o", "out.csv"], ["empty.csv"]),
        (["sample", "header.csv", "-n", "5", "-o", "out.csv"], ["header.csv", "0 row"]),
        (
            ["sample", "faults.csv", "-n", "5", "-o", "out.csv"],
            ["name: 2", "'b': 3, 4"],
        ),
        (
            ["sample", "ragged.csv", "-n", "5", "-o", "out.csv"],
            ["ragged.csv", "line 3 has 3"],
        ),
        (
            ["sample", "long.csv", "-n", "5", "-o", "out.csv"],
            ["long.csv", "line 2 has 3"],
        ),
        (["sample", "unnamed.csv", "-n", "5", "-o", "out.csv"], ["without a name: 2"]),
        (["sample", "twice.csv", "-n", "5", "-o", "out.csv"], ["same name", "1, 2"]),
        (
            ["sample", "latin.csv", "-n", "5", "-o", "out.csv", "--encoding", "utf-8"],
            ["latin.csv", "line 2", "--encoding"],
        ),
        (["sample", "quote.csv", "-n", "5", "-o", "out.csv"], ["quote.csv"]),
        (["sample", "broken.parquet", "-n", "5", "-o", "out.csv"], ["broken.parquet"]),
        (
            ["sample", "names.csv", *N, "--identifiers", "refuse"],
            ["names.csv", "'id'", "--identifiers fresh", "--drop"],
        ),
        (["sample", "in.csv", *N, "--sep", ";;"], ["--sep", "one character"]),
        (["sample", "in.csv", *N, "--encoding", "utf-9"], ["--encoding", "utf-9"]),
        (["sample", "in.csv", *N, "--decimal", "x"], ["--decimal", "'x'"]),
        (["sample", "in.csv", *N, "--schema", "no.json"], ["no.json", "No such file"]),
        (["sample", "in.csv", *N, "--categorical", "zap,q"], ["'zap' (did you", "'q'"]),
        (["describe", "in.csv", "-o", "out.csv"], ["suffix", "'.csv'", ".txt"]),
        (["describe", "in.csv", "--json", "-o", "out.txt"], ["suffix", ".json"]),
        (OVERSAMPLE, ["--target"]),
        ([*OVERSAMPLE, "--target", "q"], ["'q'", "answer, count"]),
        ([*OVERSAMPLE, "--target", "target", "--sampling-strategy", "most"], ["most"]),
        ([*OVERSAMPLE, "--target", "target", "--sampling-strategy", "1.5"], ["ratio"]),
        ([*OVERSAMPLE, "--target", "target", "--sampling-strategy", "nan"], ["nan"]),
        (
            ["oversample", "gap.csv", "--target", "t", "-o", "out.csv"],
            ["'t'", "missing"],
        ),
        (
            ["oversample", "one_class.csv", "--target", "t", "-o", "out.csv"],
            ["one_class.csv", "class"],
        ),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else None,
)
def test_misuse(folder, capsys, argv, words):
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "kept.csv").write_text("kept")
    (folder / "dir.csv").mkdir()
    os.mkfifo(folder / "fifo.csv")
    before = sorted(os.listdir())
    assert run(*argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("skgen")
    assert captured.err.count("\n") == 1
    for word in words:
        assert word in captured.err
    assert sorted(os.listdir()) == before
    assert (folder / "kept.csv").read_text() == "kept"


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
@pytest.mark.parametrize(
    ("error", "status"), [(OSError("disk full"), 2), (KeyboardInterrupt(), 130)]
)
def test_nothing_half_written(folder, monkeypatch, capsys, output, error, status):
    (folder / output).write_text("kept")

    def fail(source, target):
        assert os.path.getsize(source) > 0
        raise error

    monkeypatch.setattr(files.os, "replace", fail)
    arguments = ["-n", 5, "-o", output, "--force"]
    assert run("sample", "in.csv", *arguments) == status
    assert (folder / output).read_text() == "kept"
    assert sorted(os.listdir()) == sorted(["in.csv", "words.txt", output])
    assert capsys.readouterr().err.count("\n") == 1


def test_link_is_kept(folder):
    (folder / "real.csv").write_text("old")
    (folder / "link.csv").symlink_to("real.csv")
    assert run("sample", "in.csv", "-n", 5, "-o", "link.csv", "--force") == 0
    assert (folder / "link.csv").is_symlink()
    assert len(texts("real.csv")) == 5


def test_without_pandas(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert run("sample", "in.csv", "-n", 5, "-o", "out.csv") == 2
    assert "skgen-tabular[pandas]" in capsys.readouterr().err


KINDS = {
    "price": ["1.10", "4.3", "2.20", "3.30", "1.10"],
    "code": ["007", "12", "0042", "9", "12"],
    "padded": [" 160.00 ", " 1.25 ", "", " 7.5 ", " 2.00 "],
    "day": ["2024-01-05", "2024-02-01", "", "2023-12-31", "2024-01-05"],
    "gap": ["1", "NA", "", "2", "?"],
    "key": ["12345678901234567890", "1", "12345678901234567891", "2", "2"],
    "member": ["TRUE", "FALSE", "", "TRUE", "TRUE"],
    "tiny": ["1e-05", "3E+10", "2.5e3", "1e-05", "7"],
    "said": ['"a, ""b"""', "c", '"d"', "NA", ""],
    "cost": ['"$1,200.50"', "$3.00", "$17.25", "n/a", "$2.00"],
    "group": ["x", "y", "x", "x", "z"],
}


@pytest.fixture
def spelled(folder):
    """A file of every way to write cells, with 60 rows."""
    rows = [";".join(KINDS)] + [
        ";".join(row) for row in zip(*KINDS.values(), strict=True)
    ] * 12
    data = b"\xef\xbb\xbf" + "\r\n".join(rows).encode()
    (folder / "spelled.csv").write_bytes(data)
    return [row.split(";") for row in rows]


@pytest.mark.parametrize(
    ("argv", "written_anew"),
    [
        (["mask", "--columns", "group", "--min-count", "1"], "group"),
        (["impute"], None),
        (["oversample", "--target", "group"], None),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_cells_stay_byte_for_byte(folder, spelled, capsys, argv, written_anew):
    command, *options = argv
    arguments = ["--random-state", 0, "-o", "out.csv"]
    assert run(command, "spelled.csv", *options, *arguments) == 0
    data = (folder / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert not data.endswith(b"\n")
    assert data.count(b"\r\n") == data.count(b"\n") > 59
    new = [row.split(";") for row in data[3:].decode().split("\r\n")]
    assert new[0] == spelled[0]
    # of numbers, booleans and dates these are missing, of texts empty cells
    missing = dict.fromkeys(KINDS, ("", "NA", "?", "n/a")) | {"said": ("",)}
    for row, old in zip(new[1:61], spelled[1:], strict=True):
        for name, cell, was in zip(KINDS, row, old, strict=True):
            if name == written_anew or (command == "impute" and was in missing[name]):
                continue
            assert cell == was, name


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_new_cells_are_spelled_as_the_column_is(folder, spelled):
    arguments = ["-n", 200, "--random-state", 0, "-o", "out.csv"]
    assert run("sample", "spelled.csv", *arguments) == 0
    new = pd.read_csv("out.csv", sep=";", dtype=str, keep_default_na=False)
    assert new["price"].str.fullmatch(r"[0-9]\.[0-9]{2}").all()
    assert new["padded"].str.fullmatch(r" [0-9]+\.[0-9]{2} |").all()
    assert new["day"].str.fullmatch(r"202[34]-[0-9]{2}-[0-9]{2}|").all()
    assert set(new["gap"]) <= {"1", "2", "NA", "", "?"}
    for name in ("code", "member", "group"):
        assert set(new[name]) <= set(KINDS[name])


def test_describe(folder, capsys):
    assert run("describe", "in.csv") == 0
    lines = capsys.readouterr().out.splitlines()
    n_columns = len(texts("in.csv").columns)
    assert [line.split()[0] for line in lines[:n_columns]] == list(texts("in.csv"))
    assert "in steps of 0.5" in lines[3]
    assert lines[n_columns : n_columns + 2] == ["", "rules:"]
    assert lines[n_columns + 2].startswith("  gap = 7 count  holds in ")
    assert run("describe", "in.csv", "-o", "out.txt") == 0
    assert (folder / "out.txt").read_text(encoding="utf-8").splitlines() == lines
    assert run("describe", "in.csv", "-o", "out.txt") == 2


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "parquet"])
def test_describe_as_json_and_back(folder, capsys, kind):
    table = files_as(kind, folder)
    assert run("describe", table, "--json") == 0
    printed = capsys.readouterr().out
    assert run("describe", table, "--json", "-o", "s.json") == 0
    assert (folder / "s.json").read_text(encoding="utf-8") == printed
    schema = json.loads(printed)
    assert [column["name"] for column in schema["columns"]][:2] == ["answer", "count"]
    assert run("describe", table, "--json", "--schema", "s.json") == 0
    assert json.loads(capsys.readouterr().out) == schema
    arguments = ["-n", 40, "--random-state", 0]
    plain = run("sample", table, *arguments, "-o", "a.csv")
    known = run("sample", table, *arguments, "-o", "b.csv", "--schema", "s.json")
    assert plain == known == 0
    assert texts("a.csv").equals(texts("b.csv"))


def with_sum(folder):
    """The table of the folder with a total; rules of it and a wrong one as files."""
    table = texts("in.csv")
    total = table["price"].astype(float) + table["count"].astype(float)
    table["total"] = [f"{value:.2f}" for value in total]
    table.to_csv("in.csv", index=False)
    rule = {"kind": "linear", "column": "total"}
    right = [rule | {"coefficients": [["price", 1], ["count", 1]]}]
    (folder / "r.json").write_text(json.dumps(right))
    wrong = [rule | {"coefficients": [["prize", 1]]}]
    (folder / "wrong.json").write_text(json.dumps(wrong))


def test_describe_shows_rules(folder, capsys):
    with_sum(folder)
    assert run("describe", "in.csv", "--rules", "r.json") == 0
    out = capsys.readouterr().out
    assert out.endswith("\n\nrules:\n  total = price + count\n")
    assert run("describe", "in.csv", "--rules", "none") == 0
    assert "rules:" not in capsys.readouterr().out
    # the schema holds them, and so they are passed on
    options = ["--rules", "r.json", "--json", "-o", "s.json"]
    assert run("describe", "in.csv", *options) == 0
    assert run("describe", "in.csv", "--schema", "s.json") == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("wrong.json", "names the column 'prize', which the table does not have"),
        ("words.txt", "expected none, auto or a .json file, got 'words.txt'"),
        ("gone.json", "cannot read gone.json"),
    ],
)
def test_rules_that_cannot_be_taken(folder, capsys, rules, words):
    with_sum(folder)
    assert run("describe", "in.csv", "--rules", rules) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def files_as(kind, folder):
    """The table of the folder as a file of another kind."""
    table = texts("in.csv")
    path = folder / f"table.{kind}"
    if kind == "parquet":
        table = pd.read_csv("in.csv", parse_dates=["day", "moment"], na_filter=False)
        table = table.assign(gap=pd.to_numeric(table["gap"]).astype("Int64"))
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False, sep="\t" if kind == "tsv" else ",")
    return path


COMMANDS = [
    ["describe"],
    ["sample", "-n", 40],
    ["oversample", "--target", "target"],
    ["mask", "--columns", "member"],
    ["impute"],
]


@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_corrections_are_taken_by_each_command(folder, argv, capsys):
    (folder / "s.json").write_text('{"count": "categorical", "price": {"step": 0.05}}')
    command, *options = argv
    out = [] if command == "describe" else ["-o", "out.csv"]
    options += [*out, "--schema", "s.json", "--categorical", "gap"]
    assert run(command, "in.csv", *options) == 0
    if command == "describe":
        found = capsys.readouterr().out
        assert re.search("count +categorical", found)
        assert re.search("price .* in steps of 0.05", found)
        assert re.search("gap +categorical", found)
    # a schema of unknown columns or impossible facts is an error of the user
    for wrong in ({"cuont": "categorical"}, {"count": {"upper": 0}}):
        (folder / "s.json").write_text(json.dumps(wrong))
        force = [*options, "--force"]
        assert run(command, "in.csv", *force) == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert "did you mean 'count'" in last or "Correct --schema" in last


def test_all_columns_at_fault_are_in_one_message(folder, capsys):
    rows = texts("in.csv")
    rows.insert(0, "name", [f"name {at}" for at in range(60)])
    rows.insert(0, "id", [str(7 * at + 1000) for at in range(60)])
    rows.to_csv("in.csv", index=False)
    (folder / "s.json").write_text('{"price": {"step": 0.7}}')
    options = ["--identifiers", "refuse", "--schema", "s.json"]
    assert run("sample", "in.csv", "-n", 5, "-o", "out.csv", *options) == 2
    first, *faults = capsys.readouterr().err.splitlines()
    assert first.endswith("in.csv: 3 columns cannot be taken as they are")
    assert [fault.split("'")[1] for fault in faults] == ["id", "name", "price"]
    for remedy, fault in zip(["--drop", "--drop", "--schema"], faults, strict=True):
        assert remedy in fault
    assert not (folder / "out.csv").exists()


def test_treatment_of_identifiers(folder, capsys):
    rows = texts("in.csv").assign(id=[str(7 * at + 1000) for at in range(60)])
    rows.to_csv("in.csv", index=False)
    for command in (["sample", "-n", 30], ["oversample", "--target", "target"]):
        for identifiers in ("fresh", "learn"):
            options = ["-o", "out.csv", "--force", "--identifiers", identifiers]
            assert run(command[0], "in.csv", *command[1:], *options) == 0
            new = texts("out.csv")["id"].tail(30)
            assert set(new).isdisjoint(rows["id"]) == (identifiers == "fresh")
            assert ("identify" in capsys.readouterr().err) == (identifiers == "fresh")


def test_a_target_of_written_numbers_is_numbers(folder):
    rows = texts("in.csv")
    amounts = np.random.default_rng(0).lognormal(7, 1, 60)
    rows["target"] = [f"${amount:,.2f}" for amount in amounts]
    rows.to_csv("in.csv", index=False)
    assert run("oversample", "in.csv", "--target", "target", "-o", "out.csv") == 0
    new = texts("out.csv")
    assert len(new) > 60
    assert new["target"].str.fullmatch(r"\$[0-9]{1,3}(,[0-9]{3})*\.[0-9]{2}").all()


def test_names_may_lack_their_blanks(folder):
    rows = texts("in.csv").rename(columns={"target": " target ", "member": " member"})
    rows.to_csv("in.csv", index=False)
    options = ["--target", "target", "--drop", "member", "--categorical", "count"]
    assert run("oversample", "in.csv", *options, "-o", "out.csv") == 0
    expected = [name for name in rows if name != " member"]
    assert list(texts("out.csv")) == expected


def test_a_lack_of_memory_is_no_traceback(folder, monkeypatch, capsys):
    def sample(*_, **__):
        raise MemoryError

    monkeypatch.setattr("skgen.AutoregressiveGenerator.sample", sample)
    assert run("sample", "in.csv", "-n", 5, "-o", "out.csv") == 2
    assert "not enough memory; ask for fewer rows" in capsys.readouterr().err


@pytest.mark.slow
def test_demo(capsys, monkeypatch):
    monkeypatch.setattr(demo, "N_CUSTOMERS", 400)
    monkeypatch.setattr(demo, "CLASSIFIERS", (LogisticRegression(max_iter=1000),))
    assert run("demo", "--repeats", 1) == 0
    captured = capsys.readouterr()
    *blocks, how_to_read = captured.out.split("\n\n")
    assert len(blocks) == 2
    for block in blocks:
        _, header, *rows = block.splitlines()
        methods = [row[:14].rstrip() for row in rows]
        assert methods == ["nothing", "class weights", "SMOTE", "skgen"]
        assert {len(row) for row in rows} == {len(header)}
        # Four methods that did the same would be no comparison.
        assert len({row[14:] for row in rows}) == 4
    assert "log-loss" in how_to_read
    assert max(map(len, captured.out.splitlines())) <= 88
    assert len(captured.err.splitlines()) == 8


def test_demo_is_repeatable():
    problem = demo.make_churn(0)
    again, other = demo.make_churn(0), demo.make_churn(1)
    assert problem.X.equals(again.X)
    assert not problem.X.equals(other.X)
    tumours = demo.make_tumours(0)
    assert tumours.y.sum() == 30
    np.testing.assert_array_equal(tumours.X, demo.make_tumours(0).X)


@pytest.mark.parametrize("rich", [True, False])
def test_progress_on_a_terminal(monkeypatch, rich):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    if not rich:
        monkeypatch.setitem(sys.modules, "rich.progress", None)
    with demo.report_progress(2) as advance:
        advance("first")
        advance("second")
    shown = terminal.getvalue()
    assert ("[2/2] second\n" in shown) != rich
    # A bar redraws itself, which takes escape sequences.
    assert ("\x1b[" in shown) == rich


@pytest.mark.slow
def test_process(folder):
    command = [sys.executable, "-m", "skgen", "sample", "in.csv"]
    arguments = ["-n", "3", "-o", "out.csv", "--random-state", "0"]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert len(texts("out.csv")) == 3
    again = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False
    )
    assert again.returncode == 2
    assert again.stderr.count("\n") == 1


@pytest.fixture
def parts(folder):
    """Files of training, unseen and synthetic rows: real.csv, held.csv, new.csv."""
    table = pd.concat([texts("in.csv")] * 2, ignore_index=True)
    rng = np.random.default_rng(0)
    for at, name in enumerate(["real.csv", "held.csv", "new.csv"]):
        # rows of their own: each column is drawn anew
        part = table.apply(lambda column: rng.permutation(column.array)[:40])
        if at == 2:
            # a code that happens to look like a number throughout
            part["zip"] = "10115"
        part.to_csv(name, index=False)
    return folder


@pytest.mark.slow
def test_compare_writes_a_page_and_says_what_is_in_it(parts, capsys):
    options = ("--holdout", "held.csv", "--target", "target", "--random-state", 0)
    command = ("compare", "real.csv", "new.csv", *options, "--sensitive", "zip,member")
    assert run(*command, "-o", "out.html") == 0
    out, err = capsys.readouterr()
    assert "10 columns; rows: 40 real, 40 held out, 40 new" in out
    assert "Training" in out
    lines = err.splitlines()
    assert re.fullmatch("0/[0-9]+ training: new", lines[0])
    assert lines[-1] == "wrote out.html"
    page = (parts / "out.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "categorical" in page
    # an existing page is kept
    assert run(*command, "-o", "out.html") == 2
    assert "exists; pass --force" in capsys.readouterr().err
    assert run(*command, "-o", "out.html", "--force") == 0
    assert (parts / "out.html").read_text(encoding="utf-8") == page


@pytest.mark.slow
def test_compare_shows_broken_rules(folder, capsys):
    with_sum(folder)
    rows = texts("in.csv")
    rows.assign(price=rows["price"].sample(frac=1, random_state=0).array).to_csv(
        "new.csv", index=False
    )
    command = ("compare", "in.csv", "new.csv", "-o", "out.html", "--force")
    assert run(*command, "--rules", "r.json") == 0
    assert re.search("total = price [+] count +0 % +[0-9]+ %", capsys.readouterr().out)
    assert "total = price + count" in (folder / "out.html").read_text(encoding="utf-8")
    assert run(*command, "--rules", "none") == 0
    assert "Rules between" not in capsys.readouterr().out


@pytest.mark.slow
def test_compare_several_tables(parts, capsys):
    pd.read_csv("held.csv").drop(columns="zip").to_parquet("other.parquet")
    command = ("compare", "real.csv", "new.csv", "other.parquet", "--drop", "zip")
    assert run(*command, "-o", "out.html") == 0
    out = capsys.readouterr().out
    assert "9 columns; rows: 40 real, 40 new, 40 other" in out
    assert "No rows were held out" in " ".join(out.split())


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["gone.csv", "-o", "out.html"], "gone.csv: no such file"),
        (["new.csv", "-o", "out.csv"], "unsupported suffix '.csv'; use .html"),
        (["new.csv", "-o", "no/out.html"], "there is no directory no"),
        (["new.csv", "--target", "x", "-o", "out.html"], "has no column 'x'"),
        (["new.csv", "--drop", "x", "-o", "out.html"], "has no column 'x'"),
        (["words.txt", "-o", "out.html"], "unsupported suffix '.txt'"),
        (["new.csv", "new.csv", "-o", "out.html"], "names a file twice"),
        (["few.csv", "-o", "out.html"], "synthetic['few'] has 3 rows"),
        (["-o", "out.html"], "the following arguments are required: SYNTHETIC"),
        (["new.csv", "--n-jobs", "0", "-o", "out.html"], "number other than 0"),
    ],
)
def test_compare_refuses_in_one_line(parts, capsys, argv, message):
    texts("new.csv")[:3].to_csv("few.csv", index=False)
    assert run("compare", "real.csv", *argv) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not (parts / "out.html").exists()


def test_compare_passes_the_number_of_jobs_on(parts, monkeypatch):
    asked = []

    def compare(*tables, n_jobs, **parameters):
        asked.append(n_jobs)
        raise ValueError("enough")

    monkeypatch.setattr("skgen.report.compare", compare)
    command = ("compare", "real.csv", "new.csv", "-o", "out.html")
    assert run(*command) == run(*command, "--n-jobs", "-1") == 2
    assert asked == [None, -1]


def test_compare_needs_matplotlib(parts, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run("compare", "real.csv", "new.csv", "-o", "out.html") == 2
    assert "skgen-tabular[plot]" in capsys.readouterr().err
