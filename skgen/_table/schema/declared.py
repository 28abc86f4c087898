"""What the user, or a table of more rows, declares of the values of a column."""

from dataclasses import replace
from datetime import timedelta
from numbers import Real

import numpy as np

from skgen._table.cells import column_error
from skgen._table.given import encode_given


def correct_values(codec, cells, declared):
    """Set the range and point masses of a fitted codec to declared ones.

    Parameters
    ----------
    codec : Kind
        Of a column with an order of numbers or times.
    cells : Cells
        To which the codec was fitted.
    declared : dict
        Facts, see `ColumnSchema`.
    """
    column = codec.column
    if column.discrete or np.isnan(column.lower):
        return
    changes = {}
    for end, other, allowed in (("lower", min, -1), ("upper", max, 1)):
        if declared.get(end) is None:
            continue
        z = float(_encode(codec, [declared[end]])[0])
        z = np.rint(z) if column.integer_valued else z
        observed = getattr(column, end)
        if (observed - z) * allowed > 0:
            raise column_error(
                column.name,
                f"holds numbers beyond {declared[end]!r}, its {end} end in schema. "
                "Correct the schema, or set such cells to missing.",
            )
        changes[end] = other(z, observed)
    codec.column = replace(column, **changes)
    if "point_masses" in declared:
        masses = _point_masses(codec, cells, declared)
        codec.column = replace(codec.column, **masses)


def _point_masses(codec, cells, declared):
    """Fields of `Column` for declared point masses."""
    values, widths = declared["point_masses"], declared.get("widths", {})
    atoms = _encode(codec, list(values)) if values else np.empty(0)
    order = np.argsort(atoms)
    atoms = atoms[order]
    z = codec.encode(cells)
    z = z[~np.isnan(z)]
    z = np.rint(z) if codec.column.integer_valued else z
    shares = np.array([np.mean(z == atom) for atom in atoms])
    width = np.array([widths.get(value) or 1.0 for value in values])[order]
    held = shares > 0
    return {
        "atoms": atoms[held],
        "atom_shares": shares[held],
        "atom_widths": width[held],
        "absent_atoms": atoms[~held & (width == 1)],
    } | _lone_value(codec, z, atoms[held], shares[held], width[held])


def _lone_value(codec, z, atoms, shares, widths):
    """The only other value as a point mass: it has no neighbour to interpolate to."""
    rest, column = np.setdiff1d(z, atoms), codec.column
    if len(rest) != 1 or column.integer_valued:
        return {}
    width = (column.upper - column.lower) / len(z) or 1.0
    at = np.searchsorted(atoms, rest[0])
    return {
        "atoms": np.insert(atoms, at, rest[0]),
        "atom_shares": np.insert(shares, at, np.mean(z == rest[0])),
        "atom_widths": np.insert(widths, at, width),
    }


def _encode(codec, values):
    if codec.column.kind == "timedelta":
        # as JSON holds them
        seconds = [isinstance(value, Real) for value in values]
        values = [
            timedelta(seconds=value) if is_number else value
            for value, is_number in zip(values, seconds, strict=True)
        ]
    return encode_given(values, codec, len(values))
