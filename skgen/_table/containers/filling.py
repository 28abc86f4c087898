"""Cells written into a copy of a table, in dtypes that hold them.

The dtype of a column without an observed cell says nothing: libraries make it up. Nor
does that to which pandas casts integers and booleans in order to hold missing cells.
Both give way to the dtype at fit. Where categories are declared, those of the fitted
column are added to them. All other dtypes stay.
"""

from dataclasses import replace

import numpy as np

from skgen._table.cells import object_array


def fill(container, X, Z, cells, codecs, fitted):
    """Copy of a table with some cells replaced.

    Parameters
    ----------
    container : class
        Container of `X`.
    X : table of shape (n_samples, n_features)
    Z : ndarray of shape (n_samples, n_features)
        Encoded cells; only those at `cells` are used.
    cells : ndarray of bool of shape (n_samples, n_features)
        Which cells to replace.
    codecs : list of (callable, hashable)
        For each column what decodes its numbers, and its name.
    fitted : list of Native or None
        Dtype of each column at fit; None if it was in another container.

    Returns
    -------
    X_new : table of shape (n_samples, n_features)
    """
    changes, cast = {}, []
    for j in np.flatnonzero(cells.any(axis=0)).tolist():
        z, mask, (decode, name) = Z[:, j], cells[:, j], codecs[j]
        column = container.column(X, j)
        native = container.native(column)
        if fitted[j] is not None and native.dtype == fitted[j].dtype:
            changes[j] = mask, container.write(decode(z[mask]), native, name)
            continue
        known = container.read(column, name)
        if known.missing.all():
            new = decode(np.where(mask, z, np.nan))
            native = container.native_for(new, fitted[j], native)
            changes[j] = None, container.write(new, native, name)
            continue
        new = decode(z[mask])
        wider = container.with_categories(native, fitted[j], new)
        if wider is not None:
            new = _join_labels(known, new, mask)
            changes[j] = None, container.write(new, wider, name)
            continue
        changes[j] = mask, container.write(new, native, name)
        if known.missing.any():
            cast.append(j)
    filled = container.put(X, changes)
    restored = {
        j: (None, column)
        for j in cast
        for column in _without_cast(container, filled, j, fitted[j], codecs[j][1])
    }
    return container.put(filled, restored) if restored else filled


def _join_labels(known, new, mask):
    """Labels of a column, with others where the mask is true."""
    number = {label: at for at, label in enumerate(known.categories.tolist())}
    places = [number.setdefault(label, len(number)) for label in new.categories]
    values, missing = known.values.copy(), known.missing.copy()
    values[mask] = np.append(places, -1).astype(np.intp)[new.values]
    missing[mask] = new.missing
    categories = object_array(list(number))
    return replace(known, values=values, missing=missing, categories=categories)


def _without_cast(container, X, j, fitted, name):
    """Yield the column at position j in its fitted dtype, if this holds its cells.

    It does nothing unless missing cells alone explain the dtype that the column has.
    """
    column = container.column(X, j)
    native = container.native(column)
    if fitted is None or native.dtype != container.widened(fitted.dtype):
        return
    cells = container.read(column, name)
    with np.errstate(invalid="ignore"):
        values = cells.values.astype(fitted.dtype)
    if not cells.missing.any() and np.array_equal(values, cells.values):
        yield container.write(replace(cells, values=values), fitted, name)
