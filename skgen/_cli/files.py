"""Files of the command line: names, libraries, and writing that is all or nothing."""

import gzip
import os
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from skgen._cli.messages import Misuse, one_line

TEXTS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
TABLES = (*TEXTS, ".parquet")


def import_pandas():
    """Import pandas, or raise an error that says how to install it."""
    return _import_optional("pandas", extra="pandas")


def import_matplotlib():
    """Import matplotlib, or raise an error that says how to install it."""
    return _import_optional("matplotlib", extra="plot")


def _import_optional(name, extra):
    try:
        return import_module(name)
    except ImportError as error:
        install = f"python -m pip install 'skgen-tabular[{extra}]'"
        raise Misuse(f"this command needs {name}; run {install}") from error


def suffix_of(path):
    """Suffix of a file in lower case, with the one before .gz."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return "".join(suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:])


def check_suffix(path, suffixes=TABLES):
    """Return the suffix of a path in lower case, if it is one of `suffixes`."""
    suffix = suffix_of(path)
    if suffix not in suffixes:
        known = " or ".join(suffixes)
        raise Misuse(f"{path}: unsupported suffix {suffix!r}; use {known}")
    return suffix


def check_input(path):
    """Check that an input is a file of a supported kind; return its suffix."""
    suffix = check_suffix(path)
    if path.is_dir():
        raise Misuse(f"{path} is a directory, no such file; name a file")
    if path.exists() and not path.is_file():
        raise Misuse(f"{path} is a pipe or device; copy it to a file first")
    if not path.is_file():
        raise Misuse(f"{path}: no such file; check the name")
    return suffix


def check_output(path, *, force, suffixes=TABLES):
    """Check that an output can be written, before any work is done."""
    check_suffix(path, suffixes)
    if path.is_dir():
        raise Misuse(f"{path} is a directory; name a file")
    if path.exists() and not path.is_file():
        raise Misuse(f"{path} is a pipe or device, which is not replaced; name a file")
    if path.exists() and not force:
        raise Misuse(f"{path} exists; pass --force to overwrite it")
    if not path.absolute().parent.is_dir():
        raise Misuse(f"{path}: there is no directory {path.parent}; make it first")


@contextmanager
def replaced(path):
    """Path to write to, which takes the place of another one if all goes well."""
    # A link is kept and its target replaced.
    path = Path(os.path.realpath(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except (OSError, ImportError, UnicodeError) as error:
        raise Misuse(f"cannot write {path}: {one_line(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def read_bytes(path):
    """Content of a file, decompressed if its name ends in .gz."""
    data = path.read_bytes()
    return gzip.decompress(data) if suffix_of(path).endswith(".gz") else data


def compressed(data, path):
    """Bytes to write to a path: compressed, the same at any time, if it ends in .gz."""
    return gzip.compress(data, mtime=0) if suffix_of(path).endswith(".gz") else data
