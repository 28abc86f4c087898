"""Imbalanced tables: read, thinned, and turned into the numbers of classifiers."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from benchmarks._data import load, record, suite
from benchmarks._imbalance_tables import TABLES

BINARY_SUITES = ("imbalanced_zenodo", "imbalanced_keel", "imbalanced_mixed")
SEED = 0
# Below this a class of a multi-class table is left out: two halvings leave two rows.
MIN_CLASS_ROWS = 8
# A binary table needs both classes in every part of the inner cross-validation.
MIN_RARE_ROWS = 4
# The fewest rows of a class that thinning leaves, if there are more.
MIN_KEPT = 10


class Case(NamedTuple):
    """A table as it is scored."""

    X: pd.DataFrame
    y: np.ndarray  # codes of classes; of two classes, 1 is the rarer
    n_classes: int
    n_rows: int  # before rows were left out


def table_names(suite_name):
    """Return the tables of a suite of the catalog, or of "binary", their union."""
    if suite_name == "regimes":
        return list(TABLES)
    if suite_name != "binary":
        return suite(suite_name)
    names = dict.fromkeys(name for part in BINARY_SUITES for name in suite(part))
    return [name for name in names if not is_multiclass(name)]


def is_multiclass(name):
    """Return whether a table of the catalog has more than two classes."""
    return record(name)["n_classes"] > 2


def is_numeric(name):
    """Return whether all columns but the target are surely numbers."""
    entry = record(name)
    return entry["numeric"] == entry["columns"] - 1 and entry["categorical"] == 1


def cost(name, max_rows):
    """Return a rough relative cost of a table, to order and to predict work."""
    entry = record(name)
    rows = min(entry["rows"], max_rows or entry["rows"])
    return rows * (10 + entry["columns"]) * (entry["n_classes"] or 2)


def make_case(name, max_rows):
    """Read a table, leave out tiny classes and thin it.

    Parameters
    ----------
    name : str
        A name of the catalog.
    max_rows : int or None
        About how many rows to keep, at random with a fixed seed and stratified; of
        each class at least 10, or all it has. None keeps all.

    Returns
    -------
    case : Case
    """
    table, target = load(name)
    table = table[table[target].notna()].reset_index(drop=True)
    counts = table[target].value_counts()
    counts = counts[counts > 0]
    if len(counts) > 2:
        counts = counts[counts >= MIN_CLASS_ROWS]
    if len(counts) < 2 or counts.min() < MIN_RARE_ROWS:
        raise ValueError(
            f"Table {name!r} needs two classes or more of {MIN_RARE_ROWS} rows or more "
            f"(of {MIN_CLASS_ROWS} where there are more than two)."
        )
    # From frequent to rare, so that 1 is the rarer of two classes.
    y = pd.Index(counts.index.astype(str)).get_indexer(table[target].astype(str))
    rows = np.flatnonzero(y >= 0)
    rows = rows[_thinned(y[rows], max_rows)]
    X = table.drop(columns=target).iloc[rows].reset_index(drop=True)
    return Case(X, y[rows], len(counts), len(table))


def _thinned(y, max_rows):
    """Return the sorted positions of a stratified random subset."""
    if max_rows is None or len(y) <= max_rows:
        return np.arange(len(y))
    rng = np.random.default_rng(SEED)
    kept = []
    for label in range(y.max() + 1):
        rows = np.flatnonzero(y == label)
        size = max(round(max_rows * len(rows) / len(y)), min(MIN_KEPT, len(rows)))
        kept.append(rng.choice(rows, size, replace=False))
    return np.sort(np.concatenate(kept))


def plain(table):
    """Return a table of float64 (dates in days) and object columns; NaN is missing."""
    return pd.DataFrame({name: _plain(column) for name, column in table.items()})


def _plain(column):
    if pd.api.types.is_datetime64_any_dtype(column):
        return (column - pd.Timestamp(0)) / pd.Timedelta(days=1)
    kind = column.dtype
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return column.astype("float64")
    return column.astype(object).where(column.notna(), np.nan)


def make_encoder():
    """Return the transformer from a table to the numbers of the classifiers.

    A category that it has not seen, and a column that it has seen empty, are zeros.
    """
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=SimpleImputer(strategy="median", keep_empty_features=True),
    )
    return make_pipeline(FunctionTransformer(plain), columns)
