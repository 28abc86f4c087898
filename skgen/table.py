"""Tables of any container as float64 matrices and back: `TableCodec`.

`KINDS` lists the kinds of columns. Containers and kinds are in `skgen._table`.
"""

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._table.categories import Boolean, Categorical, listed_columns
from skgen._table.cells import Column, Missing, Native, column_error
from skgen._table.containers import NumpyTables, as_table
from skgen._table.given import (
    Given,
    encode_limit,
    given_cells,
    given_items,
    is_scalar,
)
from skgen._table.numbers import Continuous, Integer, float_array
from skgen._table.storage import from_plain, to_plain
from skgen._table.times import Datetime, Timedelta

__all__ = ["Column", "TableCodec"]

# a column is of the first kind that recognises its cells
KINDS = (Missing, Boolean, Categorical, Integer, Continuous, Datetime, Timedelta)


def fit_kind(cells, name, listed=False):
    """Codec of a column; `listed` if `categorical_features` lists it."""
    kind = next(kind for kind in KINDS if kind.recognises(cells, listed))
    return kind.fit(cells, name, listed)


class TableCodec(BaseEstimator):
    """Encode tables as float64 matrices, and decode matrices to tables of that schema.

    ``decode(encode(X))`` equals ``X``, including the container, column order, names,
    dtypes, categories and their order, and missing cells. Tables are pandas or polars
    dataframes, 2-D numpy arrays or lists of rows (which come back as arrays). Columns
    may hold numbers, booleans, text, categories, dates and durations.

    Parameters
    ----------
    categorical_features : "from_dtype", None, or array-like, default="from_dtype"
        Columns of numbers or booleans to treat as categories.

        - ``"from_dtype"`` or ``None``: none. Text and category dtypes are always
          categories.
        - array-like of str: names of columns.
        - array-like of int: positions of columns.
        - array-like of bool: a mask of shape (n_features,).

        A text column with a distinct value in each row is refused as an identifier,
        unless it is listed here.
    extrapolate : bool, default=False
        Whether `decode` returns numbers and dates outside the range observed at fit.
        If False, it clips them to that range.

    Attributes
    ----------
    columns_ : tuple of Column
        Descriptions of the columns, in the order of the fitted table.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    Notes
    -----
    In the matrix, NaN is a missing cell. The kinds of columns are encoded as follows:

    - *continuous*: in the user's units.
    - *integer*: in the user's units, less the smallest number if numbers exceed 2**53.
      Floats that are all whole at fit are of this kind, too, and come back as floats.
      If such a column later holds 2.5, `encode` gives 2.5, but `decode` rounds.
    - *categorical* and *boolean*: ``0, ..., n_categories - 1`` for the values observed
      at fit, sorted or in their declared order.
    - *datetime* and *timedelta*: positions on the coarsest grid of time that holds all
      cells, 0 for the earliest: steps of any length (7 days, a day, 15 minutes, a
      microsecond), a day of the month (month ends, starts of quarters) or business
      days; in columns with a time zone, also those of its wall clock. A time off the
      grid that is repeated or far away (9999-12-31) may be an exception to it.
    - *missing*, a column without an observed cell: NaN.

    A missing cell comes back as the missing value of its column: null in polars (also
    for NaN in a float column), NA in nullable pandas dtypes, the first missing object
    found at fit in object columns. Object columns return Python numbers, which are
    floats if ints and floats were mixed.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen.table import TableCodec
    >>> X = pd.DataFrame({"age": [31, 58, 40], "plan": ["basic", "plus", None]})
    >>> codec = TableCodec().fit(X)
    >>> codec.encode(X)
    array([[31.,  0.],
           [58.,  1.],
           [40., nan]])
    >>> codec.decode([[44.6, 1.0]])
       age  plan
    0   45  plus
    """

    _parameter_constraints = {
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "extrapolate": ["boolean"],
    }

    def __init__(self, *, categorical_features="from_dtype", extrapolate=False):
        self.categorical_features = categorical_features
        self.extrapolate = extrapolate

    def fit(self, X, y=None):
        """Recognise the kinds of the columns, with their ranges and categories.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            If it has no rows, the dtypes decide the kinds.
        y : ignored

        Returns
        -------
        self : TableCodec

        Raises
        ------
        TypeError
            If `X` is sparse, or if a column holds lists, dicts or several types, or has
            a nested or sparse dtype.
        ValueError
            If `X` is not two-dimensional; if names are duplicated; if a column holds
            infinity, complex numbers, numbers or dates that float64 cannot hold
            exactly, or text that is distinct in each of at least 10 rows.
        """
        self._validate_params()
        container, X = as_table(X)
        names = container.names(X)
        listed = listed_columns(self.categorical_features, names)
        codecs, natives = [], []
        for position, name in enumerate(names):
            column = container.column(X, position)
            cells = container.read(column, name)
            codecs.append(fit_kind(cells, name, listed[position]))
            natives.append(container.native(column))
        # attributes are set last: a fit that fails leaves the codec as it was
        validate_data(self, X, skip_check_array=True, reset=True)
        self._container, self._form = container, container.form(X)
        self._codecs, self._natives = codecs, natives
        self.columns_ = tuple(codec.column for codec in codecs)
        return self

    def encode(self, X, *, unseen="error"):
        """Encode a table that has the fitted columns.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Dtypes and container may differ from those at fit if the cells are of the
            same sort.
        unseen : {"error", "missing"}, default="error"
            Treatment of categories that were not seen at fit, and of cells in a column
            without an observed one at fit: an error, or NaN.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            float64, NaN where a cell is missing.

        Raises
        ------
        ValueError
            If columns differ from those at fit, or a category was not seen at fit.
        TypeError
            If cells of a column are of another sort than at fit.
        """
        container, X = self._check_table(X)
        Z = np.empty((len(X), len(self.columns_)))
        for position, codec in enumerate(self._codecs):
            column = container.column(X, position)
            cells = container.read(column, codec.column.name)
            encode = codec.encode if unseen == "error" else codec.encode_seen
            Z[:, position] = encode(cells)
        return Z

    def decode(self, Z):
        """Decode a matrix to a table of the fitted container, columns and dtypes.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features)
            Numbers as `encode` returns them. Categories, integers and dates are rounded
            to the nearest, decimals to the places of the fitted column.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            pandas dataframes have a fresh RangeIndex.

        Raises
        ------
        ValueError
            If a cell is infinite, or missing in a column whose dtype cannot hold
            missing cells.
        """
        check_is_fitted(self)
        Z = self._check_shape(Z)
        self._check_finite(Z)
        columns = [
            self._container.write(
                codec.decode(Z[:, position], self.extrapolate),
                self._natives[position],
                codec.column.name,
            )
            for position, codec in enumerate(self._codecs)
        ]
        return self._container.build(columns, self._form, len(Z))

    def replace(self, X, Z, cells):
        """Copy a table with some cells replaced.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Left unchanged.
        Z : array-like of shape (n_samples, n_features)
            Only the numbers at `cells` are used.
        cells : array-like of bool of shape (n_samples, n_features)
            Mask of the cells to replace by the decoded `Z`.

        Returns
        -------
        X_new : table of shape (n_samples, n_features)
            With the container, index and dtypes of `X`; other cells are bit-identical.

        Raises
        ------
        ValueError
            If shapes differ, or a dtype of `X` cannot hold a new cell.
        """
        container, X = self._check_table(X)
        cells = np.asarray(cells)
        shape = (len(X), len(self.columns_))
        if cells.shape != shape or cells.dtype != bool:
            raise ValueError(
                f"cells must be a boolean array of the shape of X, {shape}; got shape "
                f"{cells.shape} and dtype {cells.dtype}."
            )
        Z = np.where(cells, self._check_shape(Z, len(X)), np.nan)
        self._check_finite(Z)
        changes = {}
        for position in np.flatnonzero(cells.any(axis=0)):
            mask, codec = cells[:, position], self._codecs[position]
            decoded = codec.decode(Z[mask, position], self.extrapolate)
            native = container.native(container.column(X, position))
            new = container.write(decoded, native, codec.column.name)
            changes[int(position)] = mask, new
        return container.put(X, changes)

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
        (2.0, inf)
        """
        check_is_fitted(self)
        out, limits = Given(n_samples, len(self.columns_), {}, {}, {}), {}
        in_dict = isinstance(given, Mapping)
        for name, values in given_items(given):
            position = self._position(name)
            codec = self._codecs[position]
            if in_dict and isinstance(values, tuple | set | frozenset):
                limits[position] = values
                continue
            z = codec.encode(given_cells(values, codec, n_samples))
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

    def names_in_part(self, positions):
        """Names of some columns in a table that holds no others.

        Parameters
        ----------
        positions : sequence of int
        """
        if self._container is NumpyTables:
            return list(range(len(positions)))
        return [self.columns_[position].name for position in positions]

    def __getstate__(self):
        state = super().__getstate__()
        if "_form" in state:
            natives = [Native(*map(to_plain, native)) for native in state["_natives"]]
            form = to_plain(state["_form"])
            state = {**state, "_form": form, "_natives": natives}
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "_form" in state:
            self._form = from_plain(self._form)
            self._natives = [Native(*map(from_plain, n)) for n in self._natives]

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

    def _check_table(self, X):
        check_is_fitted(self)
        container, X = as_table(X)
        validate_data(self, X, skip_check_array=True, reset=False)
        names, fitted = container.names(X), [column.name for column in self.columns_]
        # scikit-learn compares names that are strings
        framed = container is not NumpyTables and self._container is not NumpyTables
        if framed and names != fitted:
            raise ValueError(
                "The names of the columns should match those that were passed during "
                f"fit, in the same order: {fitted[:10]}; got {names[:10]}."
            )
        return container, X

    def _check_shape(self, Z, n_samples=None):
        Z = float_array(Z, "Z")
        rows = len(Z) if n_samples is None and Z.ndim else n_samples
        if Z.shape != (rows, len(self.columns_)):
            raise ValueError(
                f"Z must be of shape ({rows}, {len(self.columns_)}), one column for "
                f"each of the fitted table; got {Z.shape}."
            )
        return Z

    def _check_finite(self, Z):
        infinite = np.isinf(Z).any(axis=0)
        if infinite.any():
            name = self.columns_[infinite.argmax()].name
            raise column_error(name, "is infinite in Z: give finite numbers or NaN.")
