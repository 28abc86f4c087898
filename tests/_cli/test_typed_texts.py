import numpy as np
import pandas as pd
import pytest

from skgen._cli.typed_texts import decimal_of, parse_texts


def parse(cells, *, missing=(), **options):
    texts, counts = np.unique(np.array(cells, dtype=object), return_counts=True)
    return parse_texts(texts, counts, set(missing), **options), texts


def written_again(cells, **options):
    """What is written for the values of cells, missing ones left out."""
    typed, texts = parse(cells, **options)
    written = typed.write(typed.values)
    return dict(zip(texts[~typed.missing].tolist(), written.tolist(), strict=True))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20", "0"], "i"),
        (["1.50", "-0.25", "12.00"], "f"),
        (["1.5", "", "0.25"], "f"),
        (["1.5", "2", "3.25"], "f"),
        (["0.1", "0.30000000000000004"], "f"),
        (["1e-07", "3e+22", "1.5e-300"], "f"),
        (["1.23E+05", "2.50E-11"], "f"),
        ([".5", ".25", "1.75"], "f"),
        ([" 160.00 ", " 1.25 "], "f"),
        (["  1.5", " 10.5", "100.5"], "f"),
        ([" 7", "12"], "i"),
        (["TRUE", "FALSE"], "b"),
        (["true", "", "false"], "b"),
        ([" True ", " False "], "b"),
        (["2024-02-29", "1999-12-31"], "M"),
        (["2024-02-29 10:00", "1999-12-31 23:59"], "M"),
        (["2024-02-29T10:00:00Z", "1999-12-31T23:59:59Z"], "M"),
        (["2024-02-29 10:00:00.125", "1999-12-31 23:59:59.000"], "M"),
        ([" 2024-02-29", " 1999-12-31"], "M"),
        (["2024-02-29", "9999-12-31"], "M"),
    ],
    ids=repr,
)
def test_values_are_written_as_they_were_read(cells, kind):
    typed, texts = parse(cells)
    assert np.asarray(typed.values).dtype.kind == kind
    written = typed.write(typed.values).tolist()
    assert written == texts[~typed.missing].tolist()
    assert typed.missing.tolist() == [text == "" for text in texts]


@pytest.mark.parametrize(
    "cells",
    [
        # Not numbers, dates or booleans to their writer: left as they are.
        ["007", "12"],
        ["+4912345", "+4967890"],
        ["1234567890123456789", "2"],
        ["2024-02-30", "2024-02-01"],
        ["2024-2-3", "2024-02-01"],
        ["True", "false"],
        ["NA", "nan", "None", "inf"],
        ["1e999", "1"],
        ["1,000", "2,500"],
        ["", ""],
    ],
    ids=repr,
)
def test_other_texts_stay_texts(cells):
    typed, texts = parse(cells)
    assert typed.values is None
    assert typed.missing.tolist() == [text == "" for text in texts]


def test_new_numbers_have_the_decimals_of_the_column():
    typed, _ = parse(["1.50", "0.25"])
    assert typed.write([7, 0.125, 1e6]).tolist() == ["7.00", "0.12", "1000000.00"]
    typed, _ = parse(["1.5", "2", "0.25"])
    assert typed.write([7, 0.1, -3.75]).tolist() == ["7", "0.1", "-3.75"]
    typed, _ = parse(["1.5", "2.125", "0.25"])
    assert typed.write([7, 0.5]).tolist() == ["7.0", "0.5"]
    typed, _ = parse([" 1.50 ", " 0.25 "])
    assert typed.write([7]).tolist() == [" 7.00 "]


def test_most_rows_decide_how_a_column_is_written():
    cells = ["1.10", "2.20", "3.30"] * 20 + ["4.3", "5"]
    written = written_again(cells)
    assert written["4.3"] == "4.30"
    assert written["1.10"] == "1.10"


@pytest.mark.parametrize("mark", ["NA", "N/A", "NaN", "null", "?", "-", " ", "#N/A"])
@pytest.mark.parametrize("cells", [["1", "2"], ["1.5", "2"], ["true", "false"]])
def test_marks_beside_values_are_missing_cells(mark, cells):
    typed, texts = parse([*cells, mark, ""])
    assert typed.values is not None
    assert set(texts[typed.missing]) == {mark, ""}
    assert typed.marks == ((mark,) if mark.strip() else ())


def test_marks_beside_texts_are_texts():
    typed, texts = parse(["NA", "None", "yes", ""])
    assert (typed.values, typed.marks) == (None, ())
    assert set(texts[typed.missing]) == {""}
    typed, texts = parse(["NA", "None", "yes", ""], missing=["NA"])
    assert set(texts[typed.missing]) == {"", "NA"}


def test_marks_beside_written_forms_are_missing_cells():
    typed, texts = parse([*(f"{share}%" for share in range(30)), "N/A"])
    assert typed.values is None
    assert (set(texts[typed.missing]), typed.marks) == ({"N/A"}, ("N/A",))
    assert typed.form is not None


@pytest.mark.parametrize(
    ("pattern", "marks"),
    [
        ("{}.5 bhp", ["null bhp", " bhp", "N/A bhp", "- bhp", "bhp"]),
        ("{} %", ["%", "n/a%"]),
        ("${},000.00", ["$", "$NaN", "$ n/a"]),
        ("{}.0 km/h", ["? km/h"]),
    ],
)
def test_units_without_a_number_are_missing_cells(pattern, marks):
    cells = [pattern.format(number) for number in range(1, 60)]
    typed, texts = parse([*cells, *marks])
    assert set(texts[typed.missing]) == set(marks)
    assert set(typed.marks) == {mark.strip() for mark in marks}


def test_words_and_zeros_with_a_unit_are_no_marks():
    cells = [f"${number},000.00" for number in range(1, 60)]
    typed, _ = parse([*cells, "$ -", "few $", "gratis"])
    assert not typed.missing.any()


@pytest.mark.parametrize(
    ("cells", "odd"),
    [
        (["1", "2.5", "3", "few"], ("few",)),
        (["1", "2", "3", "4", "5", "3x", "3x", "few"], ("3x", "few")),
        (["1", "2.5", "3", ""], ()),
        (["01067", "10115", "10117", "10119"], ()),
        (["none", "few", "1"], ()),
        (["a", "b"], ()),
    ],
)
def test_texts_among_numbers_are_found(cells, odd):
    assert parse(cells)[0].odd == odd


@pytest.mark.parametrize(
    ("cells", "decimal", "values"),
    [
        (["1,5", "2", "0,25"], ",", [1.5, 2, 0.25]),
        (["1,5", "2", "0,25"], ".", [1.5, 2, 0.25]),
        (["1,234", "2,345"], ",", [1.234, 2.345]),
        (["0,125", "0,500"], ".", [0.125, 0.5]),
        (["1.5", "2.25"], ",", [1.5, 2.25]),
    ],
    ids=repr,
)
def test_decimal_commas(cells, decimal, values):
    typed, texts = parse(cells, decimal=decimal)
    order = np.argsort(np.array(cells, object))
    np.testing.assert_array_equal(typed.values, np.array(values)[order])
    assert typed.write(typed.values).tolist() == texts.tolist()


@pytest.mark.parametrize("decimal", [".", ","])
def test_thousands_are_no_decimals(decimal):
    other = {".": ",", ",": "."}[decimal]
    assert parse([f"1{other}234", f"2{other}345"], decimal=decimal)[0].values is None


@pytest.mark.parametrize(
    ("columns", "decimal"),
    [
        ([["a", "b"], ["1,5", "2"]], ","),
        ([["1,5", "2", "NaN", ""]], ","),
        ([["1,5", "2"], ["1.5", "2"]], "."),
        ([["1,234", "2,345"]], "."),
        ([["1,234", "2,345"], ["0,5"]], ","),
        ([["1", "2"], []], "."),
    ],
)
def test_decimal_point_of_a_file(columns, decimal):
    assert decimal_of(columns) == decimal


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "2"], "categorical", None),
        (["1", "2"], "identifier", [1, 2]),
        (["2024-01-31"], "identifier", None),
        (["0", "1"], "boolean", [False, True]),
        (["no", "yes"], "boolean", [False, True]),
        (["0", "1"], "integer", [0, 1]),
        (["true", "false"], "integer", None),
        (["20240131", "20240229"], "datetime", None),
        (["2024-01-31"], "datetime", pd.to_datetime(["2024-01-31"])),
        (["1", "NA"], "missing", [1]),
    ],
)
def test_declared_kinds_hold(cells, kind, values):
    typed, texts = parse(cells, kind=kind)
    if values is None:
        assert typed.values is None
        return
    np.testing.assert_array_equal(typed.values, values)
    assert typed.write(typed.values).tolist() == texts[~typed.missing].tolist()


def test_new_dates_have_the_decimals_of_the_column():
    typed, _ = parse(["2024-02-29 10:00:00.125", "2024-02-29 10:00:00.000"])
    written = typed.write(pd.to_datetime(["2024-01-01 01:02:03.456789"]))
    assert written.tolist() == ["2024-01-01 01:02:03.456"]


def test_no_new_number_is_minus_zero():
    for cells in (["1.5", "-0.0", "2.25"], ["0.1", "-0.0", "0.30000000000000004"]):
        assert "-" not in "".join(parse(cells)[0].write([-0.0, 0.0, 1.5]))


def test_long_columns_are_written_as_their_longest_number():
    cells = [str(at / 4) for at in range(40_000)] + ["0.12345"]
    typed, _ = parse(cells)
    assert typed.write([0.12345, 0.123456]).tolist()[0] == "0.12345"
