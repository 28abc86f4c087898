"""The public tables: ``NAME.csv.gz`` with ``NAME.schema.json`` and a catalog.

The folder is ``SKGEN_DATA`` or else ``../shared/data`` beside the repository. It
holds ``catalog.json`` (suites of names, one record per table) and ``tables/``.
"""

import json
import os
from functools import cache
from pathlib import Path

import pandas as pd

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
# Columns that identify rows rather than describe them.
IDENTIFYING_KINDS = ("id", "text")


def data_folder():
    """Return the folder of the tables, or raise if it is not one."""
    folder = Path(os.environ.get("SKGEN_DATA", DEFAULT_FOLDER))
    if not (folder / "catalog.json").is_file():
        raise FileNotFoundError(
            f"The benchmarks need a folder of tables, but {str(folder)!r} holds no "
            "catalog.json. Set the environment variable SKGEN_DATA to the folder "
            "that holds catalog.json and tables/."
        )
    return folder


@cache
def _catalog():
    return json.loads((data_folder() / "catalog.json").read_text(encoding="utf-8"))


def suite(name):
    """Return the names of the tables of one suite of the catalog."""
    suites = _catalog()["suites"]
    if name not in suites:
        raise ValueError(f"Unknown suite {name!r}; the catalog has {sorted(suites)}.")
    return list(suites[name])


def names():
    """Return the names of all tables of the catalog."""
    return [entry["name"] for entry in _catalog()["datasets"]]


def record(name):
    """Return the record of one table: rows, target, task and so on."""
    for entry in _catalog()["datasets"]:
        if entry["name"] == name:
            return entry
    raise ValueError(f"Unknown table {name!r}: the catalog has no such name.")


def load(name):
    """Read one table.

    An empty cell is missing; every other text, "NA" and "None" included, is a
    value. Columns that identify rows (identifiers, free text) are left out.

    Parameters
    ----------
    name : str
        A name of the catalog.

    Returns
    -------
    table : DataFrame
        Categorical columns have the dtype ``category``, booleans ``boolean``.
    target : str
        The name of the target column, a column of `table`.
    """
    base = data_folder() / "tables" / name
    schema = json.loads(
        base.with_suffix(".schema.json").read_text(encoding="utf-8"),
    )
    columns = [c for c in schema["columns"] if c["kind"] not in IDENTIFYING_KINDS]
    table = pd.read_csv(
        base.with_suffix(".csv.gz"),
        usecols=[c["name"] for c in columns],
        dtype={c["name"]: _dtype(c) for c in columns if c["kind"] != "datetime"},
        parse_dates=[c["name"] for c in columns if c["kind"] == "datetime"],
        keep_default_na=False,
        na_values=[""],
    )
    categorical = [c["name"] for c in columns if c["kind"] == "categorical"]
    return table.astype(dict.fromkeys(categorical, "category")), schema["target"]


def _dtype(column):
    if column["kind"] == "categorical":
        return str
    if column["kind"] == "boolean":
        return "boolean"
    return "float64" if column["dtype"] == "real" or column["n_missing"] else "int64"
