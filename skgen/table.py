"""Tables of any container as float64 matrices and back: `TableCodec`.

The only module that knows dataframes. What a column is and how its cells become numbers
is in `skgen._columns`, in plain numpy.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from ._columns import (
    MIN_IDENTIFIERS,
    TIMES,
    Cells,
    Column,
    FactorCodec,
    cast_exactly,
    column_error,
    fit_column,
    label_cells,
    missing_objects,
    object_array,
    read_array,
    times_array,
    write_array,
)

__all__ = [
    "Column",
    "TableCodec",
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
      floats that are all whole is one and comes back as floats;
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

    _parameter_constraints = {  # noqa: RUF012
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
        container, X = _as_table(X)
        validate_data(self, X, skip_check_array=True, reset=True)
        names = container.names(X)
        listed = _listed(self.categorical_features, names)
        self._container, self._form = container, container.form(X)
        self._codecs, self._natives = [], []
        for position, name in enumerate(names):
            column = container.column(X, position)
            cells = container.read(column, name)
            self._codecs.append(fit_column(cells, name, listed[position]))
            self._natives.append(container.native(column))
        self.columns_ = tuple(codec.column for codec in self._codecs)
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
            Either ``{column: value}``, each value a scalar or an array of shape
            (n_samples,), or a dataframe of `n_samples` rows with some of the columns.
            Columns of arrays are named by their position.
        n_samples : int
            Number of rows.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            NaN where nothing is given; a cell given as missing is not given.

        Raises
        ------
        ValueError
            If a column is unknown, a category was not seen at fit or a length differs.

        Examples
        --------
        >>> from skgen.table import TableCodec
        >>> codec = TableCodec().fit([[1.5, True], [2.5, False]])
        >>> codec.encode_given({1: True}, 2)
        array([[nan,  1.],
               [nan,  1.]])
        """
        check_is_fitted(self)
        positions = {column.name: at for at, column in enumerate(self.columns_)}
        Z = np.full((n_samples, len(positions)), np.nan)
        for name, values in _given_items(given):
            if name not in positions:
                known = ", ".join(map(repr, list(positions)[:10]))
                more = ", ..." if len(positions) > 10 else ""
                raise ValueError(
                    f"given holds the column {name!r}, which the fitted table does not "
                    f"have. Its columns are {known}{more}."
                )
            codec = self._codecs[positions[name]]
            z = codec.encode(_given_cells(values, codec))
            if len(z) != n_samples and not _is_scalar(values):
                raise column_error(
                    name, f"is given for {len(z)} rows, but {n_samples} are asked for."
                )
            Z[:, positions[name]] = z
        return Z

    def _check_table(self, X):
        check_is_fitted(self)
        container, X = _as_table(X)
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
        Z = np.asarray(Z, dtype=np.float64)
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


# --- checks -------------------------------------------------------------------------


def _as_table(X):
    """The container of `X`, and `X` as a dataframe or 2-D array."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse data was passed, but dense data is required. Use '.toarray()' to "
            "convert to a dense numpy array."
        )
    if nw.dependencies.is_pandas_dataframe(X):
        container = PandasTables
    elif nw.dependencies.is_polars_dataframe(X):
        container = PolarsTables
    else:
        _refuse_other_containers(X)
        container, X = NumpyTables, _as_array(X)
    if X.shape[1] == 0:
        raise ValueError(
            f"Found 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    names = container.names(X)
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise column_error(repeated, "has the name of another one: rename one of them.")
    return container, X


def _refuse_other_containers(X):
    if nw.dependencies.is_into_series(X):
        raise ValueError(
            f"Expected a 2-dimensional container but got {type(X)} instead. Pass a "
            "DataFrame containing a single row (i.e. single sample) or a single column "
            "(i.e. single feature) instead."
        )
    if nw.dependencies.is_polars_lazyframe(X):
        raise TypeError(
            "X is a polars LazyFrame, whose rows are not known: collect it."
        )
    if nw.dependencies.is_into_dataframe(X):
        raise TypeError(f"X is a {type(X)}: convert it to pandas or polars.")
    if isinstance(X, np.matrix | np.ma.MaskedArray):
        raise TypeError(
            f"X is a {type(X).__name__}, which is not supported: convert it with "
            "numpy.asarray, after filling masked cells with NaN."
        )


def _as_array(X):
    if isinstance(X, list | tuple):
        # numpy would write the numbers of mixed rows as text
        array = np.array(X, dtype=object)
        if array.ndim == 1 and any(isinstance(row, list | tuple) for row in X):
            raise ValueError("The rows of X have different numbers of cells.")
        plain = {bool, int, float}
        if set(map(type, array.flat)) <= plain:
            array = np.asarray(X)
    else:
        array = np.asarray(X)
    if array.ndim < 2:
        found = "1D" if array.ndim else "scalar"
        raise ValueError(
            f"Expected 2D array, got {found} array instead.\nReshape your data either "
            "using array.reshape(-1, 1) if your data has a single feature or "
            "array.reshape(1, -1) if it contains a single sample."
        )
    if array.ndim > 2:
        raise ValueError(
            f"Found array with dim {array.ndim}, while dim <= 2 is required."
        )
    return array


def _listed(categorical_features, names):
    """Mask of the columns that the user lists as categorical."""
    mask = np.zeros(len(names), dtype=bool)
    if categorical_features is None or isinstance(categorical_features, str):
        return mask
    listed = np.asarray(categorical_features)
    if listed.ndim != 1:
        raise ValueError(
            "categorical_features must be one-dimensional: names, positions or a mask; "
            f"got shape {listed.shape}."
        )
    if listed.size == 0:
        return mask
    if listed.dtype.kind == "b":
        if len(listed) != len(names):
            raise ValueError(
                "categorical_features set as a boolean mask must have shape "
                f"({len(names)},), one for each column; got {listed.shape}."
            )
        return listed
    if listed.dtype.kind in "iu":
        if listed.min() < 0 or listed.max() >= len(names):
            raise ValueError(
                "categorical_features set as integer positions must be in "
                f"[0, {len(names) - 1}]; got {listed.min()} to {listed.max()}."
            )
        mask[listed] = True
        return mask
    unknown = [name for name in listed.tolist() if name not in names]
    if unknown:
        raise ValueError(
            f"categorical_features names the column {unknown[0]!r}, which X does not "
            f"have. Its columns are {names[:10]}."
        )
    mask[[names.index(name) for name in listed.tolist()]] = True
    return mask


# --- given cells --------------------------------------------------------------------


def _given_items(given):
    if isinstance(given, Mapping):
        return given.items()
    container, table = _as_table(given)
    if container is NumpyTables:
        raise ValueError(
            "given must be a dict {column: value} or a dataframe, which name their "
            "columns; got an array."
        )
    return [
        (name, container.column(table, position))
        for position, name in enumerate(container.names(table))
    ]


def _is_scalar(values):
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        return True
    return isinstance(values, np.ndarray) and values.ndim == 0


def _given_cells(values, codec):
    name = codec.column.name
    for container in (PandasTables, PolarsTables):
        if container.is_series(values):
            return container.read(values, name)
    if isinstance(values, np.generic | np.ndarray) and np.ndim(values) < 2:
        values = np.atleast_1d(values)
    else:
        values = object_array([values] if _is_scalar(values) else list(values))
    if isinstance(codec, FactorCodec) and codec.type == "label":
        values = values.astype(object)  # categories may be of any Python type
        return label_cells(values, missing_objects(values), sort=False)
    return read_array(values, name)


# --- containers ---------------------------------------------------------------------


class Native(NamedTuple):
    """What a container needs to know to write a column back."""

    dtype: object
    missing: object = None  # fills missing cells of object columns


def _native_of_array(values):
    if values.dtype.kind != "O":
        return Native(values.dtype)
    missing = missing_objects(values)
    return Native(values.dtype, values[missing.argmax()] if missing.any() else None)


def _unsupported(dtype, name):
    return column_error(
        name,
        f"has the unsupported dtype {dtype}. Cast it to numbers, text, a category, a "
        "datetime or a timedelta (dense, not nested), or drop it.",
        TypeError,
    )


class NumpyTables:
    """2-D arrays.

    A container knows, of a table, its ``names`` and its ``form`` (what `build` needs
    beside the columns), its ``column`` at a position and that column's ``native``
    dtype. It can ``read`` a column as `Cells`, ``write`` cells as a native column,
    ``build`` a table of native columns, and ``put`` native cells in a copy of a table.
    """

    @staticmethod
    def names(X):
        return list(range(X.shape[1]))

    @staticmethod
    def form(X):
        return X.dtype

    @staticmethod
    def column(X, position):
        return X[:, position]

    read = staticmethod(read_array)
    native = staticmethod(_native_of_array)

    @staticmethod
    def write(cells, native, name):
        return write_array(cells, native.dtype, name, native.missing)

    @staticmethod
    def build(columns, form, n_samples):
        out = np.empty((n_samples, len(columns)), dtype=form)
        for position, column in enumerate(columns):
            out[:, position] = column
        return out

    @staticmethod
    def put(X, changes):
        out = X.copy()
        for position, (mask, new) in changes.items():
            out[mask, position] = new
        return out


class PandasTables:
    """pandas dataframes."""

    is_series = staticmethod(nw.dependencies.is_pandas_series)

    @staticmethod
    def names(X):
        return X.columns.tolist()

    @staticmethod
    def form(X):
        return X.columns

    @staticmethod
    def column(X, position):
        return X.iloc[:, position]

    @staticmethod
    def native(column):
        if isinstance(column.dtype, np.dtype):
            return _native_of_array(column.to_numpy())
        return Native(column.dtype)

    @staticmethod
    def read(column, name):
        dtype = column.dtype
        if isinstance(dtype, np.dtype):
            return read_array(column.to_numpy(), name)
        kind = nw.from_native(column, series_only=True).dtype
        missing = column.isna().to_numpy()
        if hasattr(column, "cat"):
            levels = object_array(column.cat.categories.tolist())
            codes = column.cat.codes.to_numpy().astype(np.intp)
            ordered = bool(dtype.ordered)
            return Cells("label", codes, missing, levels, ordered=ordered)
        if kind == nw.String or kind == nw.Categorical:
            values = column.to_numpy(dtype=object, na_value=None)
            return label_cells(values, missing, free_text=kind == nw.String)
        if kind.is_integer() or kind.is_float() or kind == nw.Boolean:
            nothing = False if kind == nw.Boolean else 0
            values = column.to_numpy(dtype=dtype.numpy_dtype, na_value=nothing)
            cells = read_array(values, name)
            return replace(cells, missing=missing | cells.missing)
        # narwhals does not know every time zone of pandas
        if dtype.kind in "mM" or kind == nw.Date:
            zone = getattr(getattr(dtype, "pyarrow_dtype", dtype), "tz", None)
            cells = read_array(_pandas_times(column), name)
            return replace(cells, zoned=zone is not None)
        if str(dtype) == "null[pyarrow]":
            return Cells("missing", np.zeros(len(missing)), missing)
        raise _unsupported(dtype, name)

    @staticmethod
    def write(cells, native, name):
        dtype = native.dtype
        if isinstance(dtype, np.dtype):
            return write_array(cells, dtype, name, native.missing)
        pd = import_module("pandas")
        if cells.type == "missing":
            return pd.array([pd.NA] * len(cells.values), dtype=dtype)
        if isinstance(dtype, pd.CategoricalDtype):
            codes = _relevel(cells, dtype.categories.tolist(), name)
            return pd.Categorical.from_codes(codes, dtype=dtype)
        if cells.type == "label":
            levels = pd.array(cells.levels, dtype=dtype)
            return levels.take(cells.values, allow_fill=True)
        if cells.type in TIMES:
            return _write_pandas_times(pd, cells, dtype, name)
        out = pd.array(
            cast_exactly(cells.values, cells.missing, dtype.numpy_dtype, name),
            dtype=dtype,
        )
        out[cells.missing] = pd.NA
        return out

    @staticmethod
    def build(columns, form, n_samples):
        pd = import_module("pandas")
        index = pd.RangeIndex(n_samples)
        out = pd.DataFrame(
            {
                position: pd.Series(column, index=index, dtype=column.dtype, copy=False)
                for position, column in enumerate(columns)
            },
            index=index,
        )
        out.columns = form
        return out

    @staticmethod
    def put(X, changes):
        pd = import_module("pandas")
        out = X.copy()
        for position, (mask, new) in changes.items():
            # not by assignment, which some dtypes of arrow do not offer
            column = X.iloc[:, position]
            both = pd.concat([column, pd.Series(new, dtype=column.dtype, copy=False)])
            order = np.arange(len(X))
            order[mask] = len(X) + np.arange(mask.sum())
            out.isetitem(position, both.iloc[order].set_axis(X.index))
        return out


def _pandas_times(column):
    """datetime64 (of UTC) or timedelta64 array of a pandas column."""
    code = "m8" if column.dtype.kind == "m" else "M8"
    if not hasattr(column.dtype, "pyarrow_dtype"):
        return column.to_numpy(dtype=f"{code}[{column.dtype.unit}]")
    dtype = column.dtype.pyarrow_dtype
    unit = getattr(dtype, "unit", "D")  # dates have none
    ticks = column.astype(f"int{dtype.bit_width}[pyarrow]")
    nothing = np.iinfo(f"i{dtype.bit_width // 8}").min
    ticks = ticks.to_numpy(dtype=np.int64, na_value=nothing)
    missing = column.isna().to_numpy()
    ticks = np.where(missing, np.iinfo(np.int64).min, ticks)
    return ticks.view(f"{code}[{unit}]")


def _write_pandas_times(pd, cells, dtype, name):
    values = times_array(cells)
    if isinstance(dtype, pd.DatetimeTZDtype):
        values = _to_unit(values, dtype.unit, cells, name)
        return pd.array(values).tz_localize("UTC").tz_convert(dtype.tz)
    arrow = dtype.pyarrow_dtype
    unit = getattr(arrow, "unit", "D")  # dates have none
    values = _to_unit(values, unit, cells, name)
    ticks = np.where(cells.missing, 0, values.view(np.int64))
    ticks = pd.array(ticks, dtype="int64[pyarrow]")
    ticks[cells.missing] = pd.NA
    return ticks.astype(f"int{arrow.bit_width}[pyarrow]").astype(dtype)


def _to_unit(values, unit, cells, name):
    dtype = np.dtype(f"{values.dtype.kind}8[{unit}]")
    return cast_exactly(values, cells.missing, dtype, name)


def _relevel(cells, levels, name):
    """Codes of labels in another list of levels."""
    if levels == cells.levels.tolist():
        return cells.values
    position = {level: at for at, level in enumerate(levels)}
    table = np.array(
        [position.get(level, -1) for level in cells.levels.tolist()] + [-1]
    )
    codes = table[cells.values]
    if (codes[~cells.missing] < 0).any():
        raise column_error(
            name,
            "lacks in its category dtype here a category of the fitted column. Cast it "
            "to the dtype it had at fit.",
        )
    return codes


class PolarsTables:
    """polars dataframes."""

    is_series = staticmethod(nw.dependencies.is_polars_series)

    @staticmethod
    def names(X):
        return X.columns

    form = names

    @staticmethod
    def column(X, position):
        return X.to_series(position)

    @staticmethod
    def native(column):
        return Native(column.dtype)

    @staticmethod
    def read(column, name):
        kind = nw.from_native(column, series_only=True).dtype
        missing = column.is_null().to_numpy()
        if kind == nw.Boolean or kind.is_float() or kind.is_integer():
            if kind in (nw.Int128, nw.UInt128):
                raise _unsupported(kind, name)
            nothing = False if kind == nw.Boolean else 0
            cells = read_array(column.fill_null(nothing).to_numpy(), name)
            return replace(cells, missing=missing | cells.missing)
        if kind == nw.String or kind == nw.Categorical:
            values = object_array(column.to_list())
            return label_cells(values, missing, free_text=kind == nw.String)
        if str(column.dtype) == "Null":
            return Cells("missing", np.zeros(len(missing)), missing)
        if kind == nw.Enum:
            levels = object_array(list(kind.categories))
            codes = column.to_physical().cast(int).fill_null(-1).to_numpy()
            return Cells("label", codes, missing, levels)
        if kind in (nw.Datetime, nw.Duration, nw.Date):
            values = column.to_physical().cast(int).fill_null(0).to_numpy()
            type_ = "timedelta" if kind == nw.Duration else "datetime"
            unit = getattr(kind, "time_unit", "D")
            zoned = getattr(kind, "time_zone", None) is not None
            return Cells(type_, values, missing, unit=unit, zoned=zoned)
        raise _unsupported(kind, name)

    @staticmethod
    def write(cells, native, name):
        pl = import_module("polars")
        dtype, missing = native.dtype, pl.Series(cells.missing)
        if cells.type == "missing":
            return pl.repeat(None, len(missing), dtype=dtype, eager=True)
        if cells.type == "label":
            codes = pl.Series(cells.values).set(missing, None)
            levels = pl.Series(cells.levels.tolist(), dtype=pl.String)
            return levels.gather(codes).cast(dtype)
        if cells.type in TIMES:
            values = times_array(cells)
            unit = getattr(dtype, "time_unit", "D")
            values = _to_unit(values, unit, cells, name).view(np.int64)
            values = pl.Series(values).set(missing, None)
            return values.cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)
        target = pl.Series([], dtype=dtype).to_numpy().dtype
        values = cast_exactly(cells.values, cells.missing, target, name)
        return pl.Series(values, dtype=dtype).set(missing, None)

    @staticmethod
    def build(columns, form, n_samples):
        pl = import_module("polars")
        return pl.DataFrame(dict(zip(form, columns, strict=True)))

    @staticmethod
    def put(X, changes):
        pl = import_module("polars")
        columns = []
        for position, (mask, new) in changes.items():
            column, dtype = X.to_series(position).clone(), X.dtypes[position]
            if dtype == pl.Categorical:  # which older releases do not mix
                column, new = column.cast(pl.String), new.cast(pl.String)
            if dtype != pl.Null:  # where polars writes nothing
                column = column.scatter(np.flatnonzero(mask), new)
            columns.append(column.cast(dtype))
        return X.with_columns(columns)


# --- helpers for wrappers -----------------------------------------------------------


def n_rows(X):
    """Number of rows of a table or target of any container.

    Parameters
    ----------
    X : dataframe, series, array or list

    Returns
    -------
    n_samples : int

    Examples
    --------
    >>> from skgen.table import n_rows
    >>> n_rows([[1, 2], [3, 4], [5, 6]])
    3
    """
    return X.shape[0] if hasattr(X, "shape") else len(X)


def take_rows(X, indices):
    """Rows of a table or target at some positions, in the same container.

    Parameters
    ----------
    X : dataframe, series, array or list
    indices : array-like of int of shape (n,)
        Positions, repeated ones allowed; or a boolean mask of shape (n_samples,).

    Returns
    -------
    X_taken : same type as `X`
        pandas keeps the index of the rows.

    Examples
    --------
    >>> from skgen.table import take_rows
    >>> take_rows([[1, 2], [3, 4]], [1, 1])
    [[3, 4], [3, 4]]
    """
    indices = np.asarray(indices)
    if indices.dtype == bool:
        indices = np.flatnonzero(indices)
    return _safe_indexing(X, indices.astype(np.intp), axis=0)


def concat_rows(X, new):
    """Rows of a table or target, bit-identical, followed by new ones in its dtypes.

    Parameters
    ----------
    X : dataframe, series, array or list
    new : table or target of the same columns
        Cast to the dtypes of `X`. An array serves for any container.

    Returns
    -------
    X_all : same type as `X`
        A fresh RangeIndex for pandas, the name kept for series.

    Raises
    ------
    ValueError
        If columns differ, or the cells of a column do not fit its dtype exactly.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen.table import concat_rows
    >>> concat_rows(pd.Series([1, 2], name="a", dtype="int8"), [3.0])
    0    1
    1    2
    2    3
    Name: a, dtype: int8
    """
    if nw.dependencies.is_pandas_dataframe(X) or nw.dependencies.is_pandas_series(X):
        return _concat_pandas(X, new)
    if nw.dependencies.is_polars_dataframe(X) or nw.dependencies.is_polars_series(X):
        return _concat_polars(X, new)
    if isinstance(X, list):
        return [*X, *(new.tolist() if hasattr(new, "tolist") else new)]
    X, new = np.asarray(X), np.asarray(new)
    try:
        cast = new.astype(X.dtype)
    except (TypeError, ValueError):
        raise _does_not_fit(new.dtype, X.dtype) from None
    if X.dtype.kind not in "fO" and not np.array_equal(cast, new):
        raise _does_not_fit(new.dtype, X.dtype)
    return np.concatenate([X, cast])


def _concat_pandas(X, new):
    pd = import_module("pandas")
    if X.ndim == 1:
        column = _cast_pandas(pd.Series(new), X.dtype, X.name)
        return pd.concat([X, column], ignore_index=True).rename(X.name)
    if not nw.dependencies.is_pandas_dataframe(new):
        new = pd.DataFrame(new, columns=X.columns)
    _check_same_names(X.columns.tolist(), new.columns.tolist())
    columns = {
        position: _cast_pandas(new.iloc[:, position], X.dtypes.iloc[position], name)
        for position, name in enumerate(X.columns)
    }
    cast = pd.DataFrame(columns, index=new.index)
    cast.columns = X.columns
    return pd.concat([X, cast], ignore_index=True)


def _concat_polars(X, new):
    pl = import_module("polars")
    if nw.dependencies.is_polars_series(X):
        return pl.concat([X, _cast_polars(pl.Series(X.name, new), X.dtype, X.name)])
    if not nw.dependencies.is_polars_dataframe(new):
        new = pl.DataFrame(new, schema=X.columns, orient="row")
    _check_same_names(X.columns, new.columns)
    columns = [_cast_polars(new[name], X.schema[name], name) for name in X.columns]
    return pl.concat([X, pl.DataFrame(columns)])


def _check_same_names(names, others):
    if names != others:
        raise ValueError(
            f"The new rows must have the columns of X in the same order, {names[:10]}; "
            f"got {others[:10]}."
        )


def _cast_pandas(column, dtype, name):
    if column.dtype == dtype:
        return column
    missing = column.isna()
    if (
        hasattr(dtype, "categories")
        and not (column.isin(dtype.categories) | missing).all()
    ):
        raise _does_not_fit(column.dtype, dtype, name)
    try:
        cast = column.astype(dtype)
    except (TypeError, ValueError):
        raise _does_not_fit(column.dtype, dtype, name) from None
    exact = getattr(dtype, "kind", "O") in "iubmM"
    if not cast.isna().equals(missing) or (
        exact and not (cast == column)[~missing].all()
    ):
        raise _does_not_fit(column.dtype, dtype, name)
    return cast


def _cast_polars(column, dtype, name):
    if column.dtype == dtype:
        return column
    pl = import_module("polars")
    try:
        cast = column.cast(dtype)
    except pl.exceptions.PolarsError:
        raise _does_not_fit(column.dtype, dtype, name) from None
    if dtype.is_integer() and not (cast == column).all():
        raise _does_not_fit(column.dtype, dtype, name)
    return cast


def _does_not_fit(found, dtype, name=None):
    problem = (
        f"is of dtype {dtype}, but the new rows hold cells of dtype {found} that do "
        "not fit it: cast one of the two first."
    )
    return ValueError(f"X {problem}") if name is None else column_error(name, problem)


def declare_categories(X):
    """Give text columns a dtype that declares all their categories.

    Some rows of the result then still tell that the column is one of categories, even
    where all their texts are distinct. Columns that are identifiers in `X` itself
    (see `TableCodec`) are left as they are.

    Parameters
    ----------
    X : table

    Returns
    -------
    X_declared : table
        Text columns as category (pandas) or Enum (polars); other containers unchanged.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen.table import declare_categories
    >>> declare_categories(pd.DataFrame({"city": ["Oslo", "Rome", "Oslo"]})).dtypes
    city    category
    dtype: object
    """
    if nw.dependencies.is_pandas_dataframe(X):
        pd = import_module("pandas")
        out = X.copy(deep=False)
        for position in range(X.shape[1]):
            column = X.iloc[:, position]
            text = pd.api.types.infer_dtype(column, skipna=True) == "string"
            if text and not _identifies(column.nunique(), column.count()):
                out.isetitem(position, column.astype("category"))
        return out
    if nw.dependencies.is_polars_dataframe(X):
        pl = import_module("polars")
        columns = []
        for column in X.select(pl.selectors.string()):
            levels = column.drop_nulls().unique().sort()
            if not _identifies(len(levels), column.count()):
                columns.append(column.cast(pl.Enum(levels)))
        return X.with_columns(columns)
    return X


def _identifies(n_distinct, n_observed):
    return n_distinct == n_observed >= MIN_IDENTIFIERS


def table_from_columns(columns, container="pandas"):
    """Dataframe of some columns.

    Parameters
    ----------
    columns : dict of str to ndarray of shape (n_samples,)
    container : {"pandas", "polars"}, default="pandas"
        Library of the dataframe.

    Returns
    -------
    X : dataframe of shape (n_samples, n_features)

    Raises
    ------
    ImportError
        If the library is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.table import table_from_columns
    >>> table_from_columns({"a": np.arange(2), "b": np.array([0.5, 1.5])})
       a    b
    0  0  0.5
    1  1  1.5
    """
    if container not in ("pandas", "polars"):
        raise ValueError(f"container must be 'pandas' or 'polars'; got {container!r}.")
    try:
        library = import_module(container)
    except ImportError as error:
        raise ImportError(
            f"A table of {container} was asked for, which is not installed. Run "
            f'pip install "skgen-tabular[{container}]".'
        ) from error
    return library.DataFrame(columns)
