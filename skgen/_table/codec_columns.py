"""Single columns of a fitted codec: what is known of them, and given for them."""

from collections.abc import Mapping

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.given import (
    Given,
    encode_given,
    encode_limit,
    given_cells,
    given_items,
    is_scalar,
)
from skgen._table.identifiers.columns import Identifier
from skgen._table.numbers import Continuous, Integer
from skgen._table.schema.description import ColumnSchema, Schema, read_declared


class ColumnsMixin:
    """Part of `TableCodec` that looks at single columns."""

    @property
    def schema_(self):
        """What is known of the columns, as a `Schema`."""
        check_is_fitted(self)
        return Schema(
            ColumnSchema(codec.column.name, codec.column.kind, **codec.schema())
            for codec in self._codecs
        )

    def structure(self, positions):
        """Kinds and steps of some columns, without any value of the fitted table.

        Parameters
        ----------
        positions : sequence of int

        Returns
        -------
        schema : dict
            What is declared of them, and these facts, by the names of the columns in a
            table that holds no others.
        """
        names = [column.name for column in self.columns_]
        declared, found = read_declared(self.schema, names), self.schema_
        structure = {}
        for position, name in zip(
            positions, self.names_in_part(positions), strict=True
        ):
            column = found[names[position]]
            facts = {} if column.kind == "missing" else {"kind": column.kind}
            if column.kind in (Continuous.name, Integer.name) or column.step:
                facts["step"] = column.step
            if column.written:
                facts["written"] = column.written
            structure[name] = facts | declared[position]
        return structure

    def renew_identifiers(self, X, rng):
        """Copy of a table with fresh values in the columns that identify rows.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
        rng : numpy.random.Generator
        """
        cells = np.zeros((len(X), len(self.columns_)), dtype=bool)
        cells[:, [isinstance(codec, Identifier) for codec in self._codecs]] = True
        if not cells.any():
            return X
        return self.replace(X, np.full(cells.shape, np.nan), cells, rng=rng)

    def put(self, X, cells):
        """Copy of a decoded table with the observed ones of some cells in their place.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
        cells : dict
            Cells of whole columns, by the position of the column.
        """
        changes = {}
        for position, of_column in cells.items():
            mask = ~of_column.missing
            native, name = self._natives[position], self.columns_[position].name
            new = self._container.write(of_column.take(mask), native, name)
            changes[position] = mask, new
        return self._container.put(X, changes)

    def read_given(self, given, n_samples):
        """Known cells and limits of rows, in encoded units.

        Parameters
        ----------
        given : dict or dataframe
            ``{column: value}``, each value a scalar, an array or list of shape
            (n_samples,), a range ``(lowest, highest)``, or a set; or a dataframe of
            `n_samples` rows with some of the columns. Columns of arrays are named by
            their position. Dates may be text of ISO 8601: ``"2024-01-31"``,
            ``"2024-01-31T09:30"``, or for columns with a time zone
            ``"2024-01-31T09:30+01:00"``.
        n_samples : int
            Number of rows.

        Returns
        -------
        given : Given
            Its ``matrix()`` has the known cells, NaN where nothing is given; a cell
            given as missing is not given. Its ``limits`` is a dict from the positions
            of columns to their limits: `low` and `high` of a range, the `values` of a
            set, and ``allows(z)``, which is true for the numbers within.

        Raises
        ------
        ValueError
            If a column is unknown, a category was not seen at fit, a text is no date, a
            length differs, a range has no lowest and highest value or a set is empty.

        Examples
        --------
        >>> from skgen.table import TableCodec
        >>> codec = TableCodec().fit([[1.5, "a"], [2.5, "b"]])
        >>> given = codec.read_given({0: (2, None), 1: "b"}, n_samples=2)
        >>> given.matrix()
        array([[nan,  1.],
               [nan,  1.]])
        >>> given.limits[0].low, given.limits[0].high
        (20.0, inf)
        """
        check_is_fitted(self)
        out, limits = Given(n_samples, len(self.columns_), {}, {}, {}, {}), {}
        in_dict = isinstance(given, Mapping)
        for name, values in given_items(given):
            position = self._position(name)
            codec = self._codecs[position]
            if in_dict and isinstance(values, tuple | set | frozenset):
                limits[position] = values
                continue
            if isinstance(codec, Identifier):
                cells = given_cells(values, codec, n_samples)
                rows = np.zeros(n_samples, dtype=np.intp)
                out.kept[position] = cells.take(rows if is_scalar(values) else ...)
                continue
            z = encode_given(values, codec, n_samples)
            if is_scalar(values):
                out.shared[position] = z[0]
            else:
                out.each[position] = z
        for position, limit in limits.items():
            out.limits[position] = encode_limit(limit, self._codecs[position], position)
        return out

    def settle(self, z, position):
        """Numbers of a column as they are once decoded: rounded, within its range.

        Parameters
        ----------
        z : ndarray of shape (n_samples,)
        position : int
            Position of the column.
        """
        codec = self._codecs[position]
        return codec.encode(codec.decode(z, self.extrapolate))

    def in_units(self, z, position):
        """Encoded numbers of a column, on its grid or not, in the user's units.

        Huge integers are less their offset, and times steps since the earliest.

        Parameters
        ----------
        z : ndarray of shape (n_samples,)
        position : int
            Position of the column.
        """
        return self._codecs[position].in_units(z)

    def names_in_part(self, positions):
        """Names of some columns in a table that holds no others.

        Parameters
        ----------
        positions : sequence of int
        """
        if self._container is NumpyTables:
            return list(range(len(positions)))
        return [self.columns_[position].name for position in positions]

    def _position(self, name):
        names = [column.name for column in self.columns_]
        if name not in names:
            known = ", ".join(map(repr, names[:10]))
            more = ", ..." if len(names) > 10 else ""
            raise ValueError(
                f"given holds the column {name!r}, which the fitted table does not "
                f"have. Its columns are {known}{more}."
            )
        return names.index(name)
