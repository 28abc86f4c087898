"""Aligned tables for the terminal and JSON records for the repository."""

import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks._measure import REPOSITORY

RESULTS = REPOSITORY / "benchmarks" / "results"
PACKAGES = ("scikit-learn", "imbalanced-learn", "numpy", "pandas")


def format_table(rows):
    """Lay out rows of cells, one dict per row, with aligned columns.

    A column is as wide as its widest cell; a cell that a row lacks or whose
    value is None prints as "-".
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns] + [[_cell(row.get(c)) for c in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if position == 0 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cell(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.1f}" if abs(value) >= 100 else f"{value:.4f}"
    return str(value)


def source_fingerprint():
    """Return a digest of skgen's source: the code that a figure belongs to."""
    digest = hashlib.sha256()
    for path in sorted((REPOSITORY / "skgen").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def write_result(name, protocol, rows):
    """Write what was asked and what came out to ``results/<name>.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = {
        "python": platform.python_version(),
        "skgen source": source_fingerprint(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        # Well above one, seconds are those of a machine that others used, too.
        "load": os.getloadavg()[0],
        **{package: version(package) for package in PACKAGES},
    }
    result = {"protocol": protocol, "machine": machine, "rows": rows}
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return path


def read_entries(path, keys):
    """Return the entries of earlier runs in a file of JSON lines, by their keys."""
    if path is None or not Path(path).exists():
        return {}
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return {tuple(entry[key] for key in keys): entry for entry in entries}


def append_entry(path, entry):
    """Add an entry to a file of JSON lines, for a run to be resumed."""
    if path is not None:
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(entry) + "\n")
