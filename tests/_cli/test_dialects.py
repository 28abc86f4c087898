import codecs

import pytest

from skgen._cli.dialects import Dialect, read_dialect
from skgen._cli.messages import Misuse

TEXT = "größe;preis\n1,5;2\n3,25;4\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
def test_bytes_come_back(newline, ends, encoding, bom):
    text = TEXT.replace("\n", newline)
    text = text if ends else text.removesuffix(newline)
    data = bom + text.encode(encoding)
    found, dialect = read_dialect(data)
    assert found == text
    guessed = not bom and encoding != "utf-8"
    assert dialect == Dialect(";", encoding, bom, newline, ends, guessed)
    lines = text.removesuffix(newline).split(newline)
    assert dialect.encode(lines) == data


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n1,5;3\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"x;y",b\n1,2\n', ","),
        ('a,"b;c;d"\n"1;2;3",5\n', ","),
        ("a;b;c\nx, y;1;2\nx, y, z;1;2\n", ";"),
        ("\na;b\n\n1;2\n", ";"),
        ("a\n1\n2\n", ","),
        ("a\none; two\n", ","),
        ("", ","),
    ],
)
def test_separators_are_found(text, separator):
    assert read_dialect(text.encode())[1].separator == separator


def test_what_the_user_names_holds():
    data = "a;b,c\né;1,2\n".encode("latin-1")
    text, dialect = read_dialect(data, encoding="iso8859-15", separator=",")
    assert text == "a;b,c\né;1,2\n"
    assert dialect.separator == ","
    assert not dialect.guessed
    # a byte order mark is no part of the first name
    text, dialect = read_dialect(codecs.BOM_UTF8 + b"a,b\n", encoding="utf-8")
    assert (text, dialect.bom) == ("a,b\n", codecs.BOM_UTF8)


def test_bytes_without_meaning_in_cp1252_are_latin_1():
    data = b"a,b\n\x81,1\n"
    text, dialect = read_dialect(data)
    assert dialect.encoding == "latin-1"
    assert text.encode("latin-1") == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04abc", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0abc", "Excel workbook"),
        (b"PAR1abc", "name it .parquet"),
        (b"\x1f\x8babc", "add .gz"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n1,\x00\x00\x002\n", "zero bytes"),
    ],
)
def test_files_of_other_kinds_are_named(data, words):
    with pytest.raises(Misuse, match=words):
        read_dialect(data)


def test_wrong_encoding_is_named_with_the_line():
    with pytest.raises(Misuse, match=r"line 3 holds a byte \(0xe9\) that is not utf-8"):
        read_dialect(b"a,b\n1,2\n\xe9,3\n", encoding="utf-8")
