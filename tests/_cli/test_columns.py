import numpy as np
import pandas as pd
import pytest

from skgen._cli.columns import CsvColumn


def column(*cells, missing=(), decimal=".", kind=None):
    made = CsvColumn(cells, set(missing))
    made.parse(decimal, kind)
    return made


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "-20", "0"], "int64"),
        (["1", "", "0"], "Int64"),
        (["1", "NA", "0"], "Int64"),
        (["1.50", "12.00"], "float64"),
        (["TRUE", "FALSE"], "bool"),
        (["true", "", "false"], "boolean"),
        (["2024-02-29", ""], "datetime64"),
        (["007", "12"], None),
        (["", ""], "object"),
    ],
)
def test_dtypes(cells, dtype):
    values = column(*cells).values()
    if dtype is None:
        assert pd.api.types.is_string_dtype(values.dtype)
    else:
        assert str(values.dtype).startswith(dtype)
    assert values.isna().tolist() == [cell in ("", "NA") for cell in cells]


def test_cells_are_kept_as_written():
    cells = ["1.10", '"2"', "", " 3.0 ", "NA", '""', "1.10"]
    made = column(*cells)
    assert made.original().tolist() == cells
    np.testing.assert_array_equal(
        made.values(), [1.1, 2, np.nan, 3, np.nan, np.nan, 1.1]
    )
    # another separator needs other quotes, and no fewer
    made = column("a;b", '"x"', "c")
    assert made.original(";").tolist() == ['"a;b"', '"x"', "c"]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1", "2"], ""),
        (["1", "", "2"], ""),
        (["1", "NA", "NA", ""], "NA"),
        (["1", "NaN", "", ""], ""),
        (["a", "b", '""'], '""'),
    ],
)
def test_missing_cells_are_written_by_the_commonest_mark(cells, mark):
    made = column(*cells)
    new = made.values().iloc[:1].reindex([7, 0])
    assert made.write(new, ",").tolist() == [mark, cells[0]]


def test_new_texts_are_quoted_as_the_column_is():
    assert column("a", "b").write(pd.Series(["c", "d,e"]), ",").tolist() == [
        "c",
        '"d,e"',
    ]
    assert column('"a"', '"b"', "").write(pd.Series(["c", None]), ",").tolist() == [
        '"c"',
        "",
    ]
    assert column('"1"', '"2"').write(pd.Series([7]), ",").tolist() == ['"7"']


def test_where_all_texts_are_quoted_a_bare_mark_is_missing():
    # as R writes texts and missing cells
    made = column('"a"', "NA", '"NA"')
    assert made.values().isna().tolist() == [False, True, False]
    assert made.write(pd.Series(["NA", None]), ",").tolist() == ['"NA"', "NA"]
    assert made.original().tolist() == ['"a"', "NA", '"NA"']
    assert not column("a", "NA", '"b"').values().isna().any()
    assert not column("NA", '"b,c"').values().isna().any()


def test_texts_of_numbers():
    made = column("1", "02", "NA", "", missing=["none"])
    assert made.as_text().tolist()[:3] == ["1", "02", "NA"]
    made = column("1", "2.0", "")
    assert made.as_text().tolist()[:2] == ["1", "2.0"]
    assert made.as_text().isna().tolist() == [False, False, True]


def test_numbers_of_texts():
    cells = [f'"${1000 + 7 * at:,}.50"' for at in range(20)]
    made = column(*cells)
    assert made.typed.values is None
    numbers = made.as_numbers()
    assert numbers.tolist() == [1000.5 + 7 * at for at in range(20)]
    assert made.write(numbers, ",").tolist() == cells
    assert column("a", "b").as_numbers() is None
    assert column("1", "2").as_numbers() is None
