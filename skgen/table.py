"""Tables of any container as float64 matrices and back: `TableCodec`.

What it is made of is in `skgen._table`.
"""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._table.cells import Column, column_error
from skgen._table.codecs import fit_column
from skgen._table.containers import Native, NumpyTables
from skgen._table.given import read_given
from skgen._table.inputs import (
    as_table,
    float_array,
    listed_columns,
)
from skgen._table.rows import (
    concat_rows,
    declare_categories,
    n_rows,
    table_from_columns,
    take_rows,
)
from skgen._table.storage import from_plain, to_plain

__all__ = [
    "Column",
    "TableCodec",
    "as_table",
    "column_error",
    "concat_rows",
    "declare_categories",
    "n_rows",
    "table_from_columns",
    "take_rows",
]


class TableCodec(BaseEstimator):
    """Code tables as float64 matrices, and matrices as tables of the same schema.

    ``decode(encode(X))`` equals ``X``: container, column order, names, dtypes,
    categories and their order, and which cells are missing. pandas and polars
    dataframes, 2-D numpy arrays and lists of rows (which come back as arrays) are
    understood, with numbers, booleans, text, categories, dates and durations in the
    dtypes of each.

    Parameters
    ----------
    categorical_features : "from_dtype", None, or array-like, default="from_dtype"
        Columns of numbers or booleans that are to be categories.

        - ``"from_dtype"`` or ``None``: none; text and category dtypes are categories
          anyway.
        - array-like of str: names of columns.
        - array-like of int: positions of columns.
        - array-like of bool: a mask of shape (n_features,).

        A text column listed here may also be one of distinct values, which is refused
        elsewhere as an identifier.
    extrapolate : bool, default=False
        Whether `decode` gives numbers and dates outside the range observed at fit as
        they are. Otherwise it clips them.

    Attributes
    ----------
    columns_ : tuple of Column
        What each column is, in the order of the fitted table.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    Notes
    -----
    In the matrix NaN is a missing cell, and

    - a *continuous* column is in the user's own units;
    - an *integer* column too (less the smallest where numbers pass 2**53); a column of
      floats that are all whole is one and comes back as floats. The cells at fit
      decide: where it later holds 2.5, `encode` gives 2.5, but `decode` rounds to
      whole numbers;
    - *categorical* and *boolean* columns are codes ``0, ..., n_categories - 1`` of the
      values observed at fit, sorted or as declared;
    - *datetime* and *timedelta* columns are whole steps since the earliest, a step
      being the coarsest of day, hour, minute, second, ms, us and ns that fits (of UTC,
      for columns with a time zone);
    - a *missing* column, without an observed cell, is NaN.

    A missing cell comes back as the one its column knows: null in polars (also for NaN
    in a float column), NA in nullable pandas dtypes, the first missing object found at
    fit in object columns. Object columns give Python numbers back, floats where ints
    and floats are mixed.

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
        """Learn what the columns are.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            May have no rows; kinds are then those of the dtypes.
        y : ignored

        Returns
        -------
        self : TableCodec

        Raises
        ------
        TypeError
            If a column holds what cannot be coded: lists, dicts, several types, nested
            or sparse dtypes; or if `X` is sparse.
        ValueError
            If `X` is not two-dimensional; if a column holds infinity, complex numbers,
            numbers or dates that float64 cannot hold exactly, or text that is
            distinct in each of at least 10 rows; if names are duplicated.
        """
        self._validate_params()
        container, X = as_table(X)
        names = container.names(X)
        listed = listed_columns(self.categorical_features, names)
        codecs, natives = [], []
        for position, name in enumerate(names):
            column = container.column(X, position)
            cells = container.read(column, name)
            codecs.append(fit_column(cells, name, listed[position]))
            natives.append(container.native(column))
        # attributes are set last: a fit that fails leaves the codec as it was
        validate_data(self, X, skip_check_array=True, reset=True)
        self._container, self._form = container, container.form(X)
        self._codecs, self._natives = codecs, natives
        self.columns_ = tuple(codec.column for codec in codecs)
        return self

    def encode(self, X):
        """Numbers of a table with the fitted columns.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Dtypes and container may differ from those at fit as long as the cells are
            of the same sort.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            float64, NaN where a cell is missing.

        Raises
        ------
        ValueError
            If columns differ from those at fit; if a category was not seen at fit.
        TypeError
            If cells of a column are of another sort than at fit.
        """
        container, X = self._check_table(X)
        Z = np.empty((len(X), len(self.columns_)))
        for position, codec in enumerate(self._codecs):
            column = container.column(X, position)
            cells = container.read(column, codec.column.name)
            Z[:, position] = codec.encode(cells)
        return Z

    def decode(self, Z):
        """Table of the fitted container, columns and dtypes.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features)
            Numbers as `encode` gives them. Codes, integers and dates are rounded to the
            nearest, decimals to the places of the fitted column.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Dataframes of pandas have a fresh RangeIndex.

        Raises
        ------
        ValueError
            If a cell is missing in a column whose dtype cannot hold missing cells, or
            infinite.
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
        """Copy of a table with some cells replaced.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Left unchanged.
        Z : array-like of shape (n_samples, n_features)
            Read at `cells` alone.
        cells : array-like of bool of shape (n_samples, n_features)
            Which cells to replace by the decoded `Z`.

        Returns
        -------
        X_new : table of shape (n_samples, n_features)
            In the container and dtypes of `X`, index included; all other cells are
            bit-identical.

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

    def encode_given(self, given, n_samples):
        """Numbers of rows of which only some columns are given.

        Parameters
        ----------
        given : dict or dataframe
            Either ``{column: value}``, each value a scalar or an array or list of shape
            (n_samples,), or a dataframe of `n_samples` rows with some of the columns.
            Columns of arrays are named by their position. Dates may be text of ISO
            8601: ``"2024-01-31"``, ``"2024-01-31T09:30"``, or for columns with a time
            zone ``"2024-01-31T09:30+01:00"``.
        n_samples : int
            Number of rows.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            NaN where nothing is given; a cell given as missing is not given.

        Raises
        ------
        ValueError
            If a column is unknown, a category was not seen at fit, a text is no date or
            a length differs.

        Examples
        --------
        >>> from skgen.table import TableCodec
        >>> codec = TableCodec().fit([[1.5, True], [2.5, False]])
        >>> codec.encode_given({1: True}, 2)
        array([[nan,  1.],
               [nan,  1.]])
        """
        return self.read_given(given, n_samples).matrix(len(self.columns_))

    def read_given(self, given, n_samples):
        """Known cells and limits of rows, in encoded units.

        Parameters
        ----------
        given : dict or dataframe
            As in `encode_given`. In a dict, a tuple is a range ``(lowest, highest)``
            and a set a choice of values.
        n_samples : int
            Number of rows.

        Returns
        -------
        given : Given
            Its ``matrix(n_features)`` has the known cells. Its ``limits`` is a dict
            from the positions of columns to their limits: `low` and `high` of a range,
            the `values` of a set, and ``allows(z)``, which is true for the numbers
            within.

        Raises
        ------
        ValueError
            As `encode_given`, and if a range has no lowest and highest value or a set
            is empty.

        Examples
        --------
        >>> from skgen.table import TableCodec
        >>> codec = TableCodec().fit([[1.5, "a"], [2.5, "b"]])
        >>> limit = codec.read_given({0: (2, None)}, n_samples=3).limits[0]
        >>> limit.low, limit.high
        (2.0, inf)
        """
        check_is_fitted(self)
        return read_given(given, self._codecs, n_samples)

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
