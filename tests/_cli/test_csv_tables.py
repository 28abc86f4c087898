import gzip

import numpy as np
import pandas as pd
import pytest

from skgen._cli.tables import Reading, read_table, same_cells

FILES = {
    "plain": b"a,b\n1.10,x\n2,y\n007.5,z\n",
    "crlf": b"a,b\r\n1,x\r\n2,y\r\n",
    "no end": b"a,b\n1,x\n2,y",
    "semicolons": "größe;b\r\n1,50;x\r\n2,25;y\r\n".encode("cp1252"),
    "mark": b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
    "utf-16": "a\tb\n1\tx\n2\ty\n".encode("utf-16"),
    "quotes": b'"a","b"\n"1","x, y"\n"2","""z"""\n',
    "lines": b'a,b\n"one\ntwo",1\n"three\n",2\n',
    "r": b'"","a","b"\n"1",1.5,"x"\n"2",NA,NA\n"3",2.5,"NA"\n',
    "pandas": b",a,b\n0,1,x\n1,2,y\n",
    "subset": b"Unnamed: 0,a,b\n17,1,x\n4,2,y\n",
    "empty columns": b"a;b;;\n1;x;;\n2;y;;\n",
    "marks": b"a,b\nNA,x\n,y\n?,z\n5,NA\n 6 ,\n",
    "blanks": b"  a  , b\n 160.00 , x\n 2.50 ,y \n",
    "kinds": b"a,b,c\nTRUE,2024-01-05,1e-05\nFALSE,2024-02-05,3E+10\n,,2\n",
    "codes": b"a,b\n12345678901234567890,+49\n00012,+1\n",
    "one column": b'a\n1\n""\n2\n',
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", FILES)
def test_kept_cells_come_back_byte_for_byte(tmp_path, name):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_bytes(FILES[name])
    table = read_table(path)
    table.write(table.frame, out, kept=np.ones(table.frame.shape, dtype=bool))
    assert out.read_bytes() == FILES[name]


def read(folder, content, **options):
    (folder / "in.csv").write_bytes(content)
    return read_table(folder / "in.csv", Reading(**options))


def test_only_new_cells_are_written_anew(tmp_path):
    table = read(tmp_path, b'a,b\n1.10,"x"\n4.3,y\n2.20,z\n')
    rows = table.frame.assign(a=[5.0, 6.5, 7.25], b=["u", "v", "w"])
    kept = np.array([[True, False], [False, True], [False, False]])
    table.write(rows, tmp_path / "out.csv", kept=kept)
    assert (tmp_path / "out.csv").read_bytes() == b"a,b\n1.10,u\n6.50,y\n7.25,w\n"


def test_further_rows_are_written_anew(tmp_path):
    with pytest.warns(UserWarning, match="column 1 .'Unnamed: 0'. numbers the rows"):
        table = read(tmp_path, b"Unnamed: 0;a;;b\n3;1,5;;x\n9;2,5;;\n")
    rows = pd.concat([table.frame, table.frame[::-1]], ignore_index=True)
    kept = np.ones(table.frame.shape, dtype=bool)
    table.write(rows, tmp_path / "out.csv", kept=kept)
    assert (tmp_path / "out.csv").read_text() == (
        "Unnamed: 0;a;;b\n3;1,5;;x\n9;2,5;;\n10;2,5;;\n11;1,5;;x\n"
    )
    table.write(rows, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "0;1,5;;x"


def test_numbers_of_rows_are_quoted_where_they_were(tmp_path):
    with pytest.warns(UserWarning, match="numbers the rows"):
        table = read(tmp_path, b'"","a"\n"1","x"\n"2","y"\n')
    table.write(table.frame, tmp_path / "out.csv")
    written = b'"","a"\n"1","x"\n"2","y"\n'
    assert (tmp_path / "out.csv").read_bytes() == written


def test_dropped_columns_are_left_out(tmp_path):
    table = read(tmp_path, b"a,b,c\n1,x,2\n2,y,3\n", drop=["b"])
    table.write(table.frame, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"a,c\n1,2\n2,3\n"


@pytest.mark.parametrize("suffix", [".csv.gz", ".tsv", ".tsv.gz", ".csv"])
def test_other_suffixes(tmp_path, suffix):
    table = read(tmp_path, b'a,b\n"1","x,y"\n2,z\tz\n')
    out = tmp_path / f"out{suffix}"
    table.write(table.frame, out, kept=np.ones((2, 2), dtype=bool))
    data = out.read_bytes()
    data = gzip.decompress(data) if suffix.endswith("gz") else data
    tabs = b'a\tb\n"1"\t"x,y"\n2\t"z\tz"\n'
    assert data == (tabs if "tsv" in suffix else b'a,b\n"1","x,y"\n2,z\tz\n')
    again = read_table(out)
    pd.testing.assert_frame_equal(again.frame, table.frame)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"a,b\n1,x\n?,y\n", {}, r"'\?' is read as a missing cell .* 'a'\. "),
        (b"a,b\n1,x\n2,y\n3,z\nfew,u\n", {}, r"'a' \('few'\)\. Correct .*--missing"),
        (b",b\n0,x\n1,y\n", {}, r"column 1 \(''\) numbers the rows"),
        (b"a,b\n1,x\n,\n,\n", {}, "2 rows hold nothing but missing cells"),
        (b"a,b\n\xe9,1\n", {}, "not UTF-8 and is read as cp1252; pass --encoding"),
    ],
)
def test_doubts_are_warned_of(tmp_path, content, options, words):
    with pytest.warns(UserWarning, match=words):
        read(tmp_path, content, **options)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"a,b\n1,x\n?,y\n", {"missing": ["?"]}),
        (b"a,b\n1,x\n?,y\n", {"kinds": {"a": "categorical"}}),
        (b"a,b\n1,x\n?,y\n", {"drop": ["a"]}),
        (b" a,b\n1,x\n2,y\n3,z\nfew,u\n", {"kinds": {"a": "categorical"}}),
        (b"a,b\n\xe9,1\n", {"encoding": "latin-1"}),
    ],
)
def test_what_the_user_says_is_not_doubted(tmp_path, content, options):
    read(tmp_path, content, **options)


def test_cells_that_are_the_same():
    one = pd.DataFrame({"a": [1.0, np.nan, 2.0], "b": ["x", None, "y"]})
    other = pd.DataFrame({"a": [1.0, 3.0, 2.5], "b": ["x", None, "z"]})
    assert same_cells(one, other).tolist() == [
        [True, True],
        [False, True],
        [False, False],
    ]
    whole = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    assert same_cells(whole, whole.fillna(7)).tolist() == [[True], [False]]
